"""Names that other programs give to the arrays of a network with one hidden layer."""

import re
from collections.abc import Iterable

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
    0: ("dense", "fc", "linear", "layer", "lin"),
}
"""The second layer first, since weights_hidden_output names both; 0 before dense_1."""
_NO_WEIGHTS = frozenset({"d", "grad", "grads", "gradient", "gradients", "delta", "velocity"})
"""In names of arrays that have the shape of the weights but are not weights."""
_OUTPUTS = frozenset({"outputs", "output", "predictions", "prediction", "y", "y_pred"})
_TIMES = {
    -1: "before|old|initial|init|start|previous|prev",
    1: "middle|mid|between",
    2: "after|new|updated|next|then|end",
    3: "later|final|last",
}
MOMENT = re.compile(rf"(?<![a-z])(?:{'|'.join(_TIMES.values())})(?![a-z])", re.IGNORECASE)
"""Words that put several states in order; a state without one is in between."""
LONGEST = 80
"""Characters of a name that are read, its last ones, and that are shown, its first ones."""


def kind_of(name: str) -> str | None:
    """Return w for a name of weights, b for one of a bias, otherwise None."""
    read = _read(name)
    return None if read is None else read[0]


def is_of_outputs(name: str) -> bool:
    """Return whether a name is one of outputs."""
    return name.lower() in _OUTPUTS


def is_unnamed(name: str) -> bool:
    """Return whether a name is only a place or a moment: 0, arr_1, layers.2, after."""
    last = name.lower().rpartition(".")[2]
    return re.fullmatch(rf"(arr_)?[0-9]*|{MOMENT.pattern}", last) is not None


def moment_of(name: str) -> str:
    """Return the last word of MOMENT in a name; otherwise nothing."""
    return "".join(MOMENT.findall(name[-LONGEST:].lower())[-1:])


def time_of(mark: str) -> float | None:
    """Return the place in time of a number or a word of MOMENT; None for anything else."""
    if mark.isdigit():
        return float(mark)
    return next((float(t) for t, words in _TIMES.items() if mark in words.split("|")), None)


def roles(names: Iterable[str]) -> dict[str, str]:
    """Return w1, b1, w2 or b2 for each name, without names that mean none of them.

    Layers may be numbered from 1, from 0 or with gaps. Raises FileError if there are more than
    two layers, or two names for an array.
    """
    found = {name: read for name in names if (read := _read(name)) is not None}
    others = {name: read for name, read in found.items() if _MATRIX not in _words(name)}
    found = others if any(kind == "w" for kind, *_ in others.values()) else found
    numbers = sorted({layer for _, layer, is_number in found.values() if is_number})
    if len(numbers) > 2:
        raise FileError(
            f"These are {len(numbers)} layers of weights; xorviz has two, w1 and w2, "
            "with one hidden layer between them."
        )
    start = numbers[0] if numbers in ([1], [2]) else 1
    result: dict[str, str] = {}
    for name, (kind, layer, is_number) in found.items():
        role = f"{kind}{start + numbers.index(layer) if is_number else layer}"
        if role in result:
            raise FileError(f"Both {shown(result[role])} and {shown(name)} would be {role}.")
        result[role] = name
    return {name: role for role, name in result.items()}


def shown(name: str) -> str:
    """Return a name shortened and printable, for messages."""
    printable = "".join(c if c.isprintable() else "?" for c in name.replace(". ", "._"))
    return shortened(printable, LONGEST)


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
    layers = (layer for layer, known in _LAYERS.items() if not set(known).isdisjoint(words))
    return next(((kinds[-1], layer, layer == 0) for layer in layers), None)
