"""Names that other programs give to the arrays of a network with one hidden layer."""

import re
from collections.abc import Sequence

from xorviz.core.rules import shortened
from xorviz.files.atomic import FileError

_MATRIX = "m"
"""Names weights only where no other name does: optimizers have such arrays, too."""
_KINDS = {
    "w": ("w", "weight", "weights", "kernel", "kernels", "wih", "who", "wh", "wo", "syn", "theta",
          _MATRIX),
    "b": ("b", "bias", "biases", "bh", "bo"),
}  # fmt: skip
_LAYERS = {
    2: ("output", "out", "o", "ho", "who", "wo", "bo"),
    1: ("hidden", "hid", "h", "ih", "wih", "wh", "bh", "input", "in"),
}
"""The second layer first, since weights_hidden_output names both."""
_FIRST_WORDS = frozenset({"dense", "fc", "linear", "layer", "lin"})
"""For layers numbered from the second on: dense, dense_1."""
_NO_WEIGHTS = frozenset({"d", "grad", "grads", "gradient", "gradients", "delta", "velocity"})
"""In names of arrays that have the shape of the weights but are not weights."""
_OF_LAYERS = {"weight": "out-in", "kernel": "in-out"}
"""The orientation of w1 in PyTorch, fc1.weight, and in Keras and TensorFlow, dense/kernel."""
_OF_COURSES = {"syn": "in-out", "theta": "out-in-first"}
"""The same in two courses, syn0 and Theta1."""
_MOMENTS = {
    -1: ("before", "old", "initial", "init", "start", "previous", "prev"),
    1: ("middle", "mid", "between"),
    2: ("after", "new", "updated", "next", "then", "end"),
    3: ("later", "final", "last"),
}
MOMENT = re.compile(
    rf"(?<![a-z])({'|'.join(word for words in _MOMENTS.values() for word in words)})(?![a-z])",
    re.IGNORECASE,
)
"""Words that put several states in order; a state without one is in between."""
LONGEST = 80
"""Characters of a name that are read, its last ones, and that are shown, its first ones."""


def kind_of(name: str) -> str | None:
    """Return w for a name of weights, b for one of a bias, otherwise None."""
    read = _read(name)
    return None if read is None else read[0]


def moment_of(name: str) -> int:
    """Return when an array was so, as the last word of MOMENT in its name shows; otherwise 0."""
    words = MOMENT.findall(name[-LONGEST:].lower())
    return next((m for m, known in _MOMENTS.items() if words and words[-1] in known), 0)


def roles(names: Sequence[str]) -> dict[str, str]:
    """Return w1, b1, w2 or b2 for each name, without names that mean none of them.

    Layers may be numbered from 1, from 0 or with gaps. Raises FileError if there are more than
    two layers, or two names for an array.
    """
    found = {name: read for name in names if (read := _read(name)) is not None}
    others = {name: read for name, read in found.items() if _MATRIX not in _words(name)}
    found = others if any(kind == "w" for kind, *_ in others.values()) else found
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
    """Return how the programs that give w1 such a name order it, where they all do the same."""
    *layer, last = re.split("[./]", re.sub(r":0$", "", name[-LONGEST:].lower()))
    return _OF_LAYERS.get(last) if layer else _OF_COURSES.get(last.rstrip("_0123456789"))


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


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]{1,6}", re.sub(r":0$", "", name[-LONGEST:].lower()))


def _read(name: str) -> tuple[str, int, bool] | None:
    """Return kind, layer, and whether the layer is a number, to be ranked among the others."""
    words = _words(name)
    kinds = [kind for word in words for kind, known in _KINDS.items() if word in known]
    if not kinds or not _NO_WEIGHTS.isdisjoint(words):
        return None
    if numbers := [int(word) for word in words if word.isdigit()]:
        return kinds[-1], numbers[-1], True
    for layer, known in _LAYERS.items():
        if not set(known).isdisjoint(words):
            return kinds[-1], layer, False
    return (kinds[-1], 0, True) if not _FIRST_WORDS.isdisjoint(words) else None
