"""Names that other programs give to the arrays of a network with one hidden layer."""

import re
from collections.abc import Sequence

from xorviz.core.rules import shortened
from xorviz.files.atomic import FileError

_KINDS = {
    "w": ("w", "weight", "weights", "kernel", "kernels", "wih", "who", "wh", "wo", "syn", "theta"),
    "b": ("b", "bias", "biases", "bh", "bo"),
}
_LAYERS = {
    2: ("output", "out", "o", "ho", "who", "wo", "bo"),
    1: ("hidden", "hid", "h", "ih", "wih", "wh", "bh", "input", "in"),
}
"""The second layer first, since weights_hidden_output names both."""
_FIRST_WORDS = frozenset({"dense", "fc", "linear", "layer", "lin"})
"""For layers numbered from the second on: dense, dense_1."""
_NO_WEIGHTS = frozenset({"d", "grad", "grads", "gradient", "gradients", "delta", "velocity"})
"""In names of arrays that have the shape of the weights but are not weights."""
MOMENTS = {
    -1: ("before", "old", "initial", "init", "start", "previous", "prev"),
    1: ("middle", "mid", "between"),
    2: ("after", "new", "updated", "next", "then", "end"),
    3: ("later", "final", "last"),
}
"""Words that tell the order of several states; without one, a state is in between."""
_MOMENT = re.compile(
    rf"(?<![a-z])({'|'.join(word for words in MOMENTS.values() for word in words)})(?![a-z])",
    re.IGNORECASE,
)
LONGEST = 80
"""Characters of a name that are read, its last ones, and that are shown, its first ones."""


def kind_of(name: str) -> str | None:
    """Return w for a name of weights, b for one of a bias, otherwise None."""
    read = _read(name)
    return None if read is None else read[0]


def moment_of(name: str) -> int:
    """Return when an array was so, as the last word of MOMENTS in its name shows; otherwise 0."""
    words = _MOMENT.findall(name[-LONGEST:].lower())
    return next((m for m, known in MOMENTS.items() if words and words[-1] in known), 0)


def without_moment(name: str) -> str:
    """Return a name without the words of MOMENTS: w1_before is w1."""
    return _MOMENT.sub("", name[-LONGEST:]).strip("._/- ")


def roles(names: Sequence[str]) -> dict[str, str]:
    """Return w1, b1, w2 or b2 for each name, without names that mean none of them.

    Layers may be numbered from 1, from 0 or with gaps. Raises FileError if there are more than
    two layers, or two names for an array.
    """
    found = {name: read for name in names if (read := _read(name)) is not None}
    layers = _in_order({layer for _, layer, is_number in found.values() if is_number})
    result: dict[str, str] = {}
    for name, (kind, layer, is_number) in found.items():
        role = f"{kind}{layers[layer] if is_number else layer}"
        if role in result.values():
            first = next(other for other, taken in result.items() if taken == role)
            raise FileError(f"Both {shown(first)} and {shown(name)} would be {role}.")
        result[name] = role
    return result


def orientation_of(name: str) -> str | None:
    """Return how the program that gives w1 this name orders it: a row for a hidden unit, or not.

    PyTorch calls it fc1.weight or 0.weight, Keras and TensorFlow dense/kernel.
    """
    last = re.split("[./]", re.sub(r":0$", "", name[-LONGEST:].lower()))[1:][-1:]
    return {"weight": "out-in", "kernel": "in-out"}.get("".join(last))


def shown(name: str) -> str:
    """Return a name shortened and printable, for messages."""
    printable = "".join(c if c.isprintable() else "?" for c in name.replace(". ", "._"))
    return shortened(printable, LONGEST)


def _in_order(numbers: set[int]) -> dict[int, int]:
    """Return the layer, 1 or 2, for each number in the names."""
    if len(numbers) > 2:
        raise FileError(
            f"These are {len(numbers)} layers of weights; xorviz has two, w1 and w2, "
            "with one hidden layer between them."
        )
    if numbers <= {1, 2}:
        return {number: number for number in numbers}
    return {number: place for place, number in enumerate(sorted(numbers), start=1)}


def _read(name: str) -> tuple[str, int, bool] | None:
    """Return kind, layer, and whether the layer is a number, to be ranked among the others."""
    words = re.findall(r"[a-z]+|[0-9]{1,6}", re.sub(r":0$", "", name[-LONGEST:].lower()))
    if not _NO_WEIGHTS.isdisjoint(words):
        return None
    kinds = [kind for word in words for kind, known in _KINDS.items() if word in known]
    if not kinds:
        return None
    if numbers := [int(word) for word in words if word.isdigit()]:
        return kinds[-1], numbers[-1], True
    for layer, known in _LAYERS.items():
        if not set(known).isdisjoint(words):
            return kinds[-1], layer, False
    return (kinds[-1], 0, True) if not _FIRST_WORDS.isdisjoint(words) else None
