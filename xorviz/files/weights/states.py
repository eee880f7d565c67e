"""The networks or the outputs that named arrays are, in one state or before and after a step."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.rules import shortened
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import Arrays


class Part(NamedTuple):
    """An array as it was found, with all names and places on the way: after.hidden.weight."""

    name: str
    array: Array


States = tuple[Arrays, ...]
"""One network, or two or three consecutive states of one."""
State = dict[str, Part]
"""By w1, b1, w2, b2."""

MOST_STATES = 3
WANTED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"
_MOST_ARRAYS, _MOST_OUTPUTS = 100, 4

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
_TIMES = {
    -1.0: "before|old|initial|init|start|previous|prev",
    1.0: "middle|mid|between",
    2.0: "after|new|updated|next|then|end",
    3.0: "later|final|last",
}
MOMENT = re.compile(rf"(?<![a-z])(?:{'|'.join(_TIMES.values())})(?![a-z])", re.IGNORECASE)
"""Words that put several states in order; a state without one is in between."""
_OUTPUTS = re.compile(r"outputs?|predictions?|y|y_pred", re.IGNORECASE)
_UNNAMED = re.compile(rf"(.*\.)?(arr_)?[0-9]*|{MOMENT.pattern}", re.IGNORECASE)
"""Names that are only a place or a moment: 0, arr_1, layers.2, after."""
_MARKS = (r"(?!)", MOMENT.pattern, r"\d{1,6}(?=\D*$)", r"\d{1,6}")
"""What in a name may show the state, in this order: nothing, a word, its last number, its first."""
LONGEST = 80
"""Characters of a name that are read, its last ones, and that are shown, its first ones."""


def states_of(parts: Iterable[Part], said: Mapping[str, Any] | None = None) -> States:
    """Return the states that arrays are, or the outputs. Raises FileError.

    ``said`` is what was saved with them.
    """
    found = list(islice(parts, _MOST_ARRAYS + 1))
    if len(found) > _MOST_ARRAYS:
        raise FileError(f"These are more than {_MOST_ARRAYS} arrays; {WANTED}.")
    named = [part for part in found if kind_of(part.name)]
    if not named:
        outputs = [part for part in found if _OUTPUTS.fullmatch(part.name)][:1]
        found = outputs or [part for part in found if _UNNAMED.fullmatch(part.name)]
        if not found:
            raise FileError(f"There are no weights in it; {WANTED}.")
        first = found[0].array
        is_line = first.ndim < 2 or (1 in first.shape and first.size <= _MOST_OUTPUTS)
        if all(part.array.size == 1 for part in found) or (is_line and len(found) == 1):
            numbers = np.concatenate([part.array.ravel() for part in found])
            if not 1 <= len(numbers) <= _MOST_OUTPUTS:
                raise FileError(f"These are {len(numbers)} numbers; {WANTED}.")
            return (Arrays(outputs=numbers),)
        named = _in_order(found)
    states = _split(named)
    if len(states) > MOST_STATES:
        raise FileError(
            f"These are {len(states)} states of a network; allowed are two, or three, in a row."
        )
    return tuple(_arrays(state, said or {}) for state in states)


def _arrays(state: State, said: Mapping[str, Any]) -> Arrays:
    """Return a state, or raise FileError: of all numbers only outputs may be nan."""
    given: dict[str, Any] = {role: part.array for role, part in state.items()}
    for array in given.values():
        if (odd := array[~np.isfinite(array)]).size:
            raise FileError(
                f"It holds {odd.flat[0]}, which is not finite: the training of these weights has "
                "diverged, perhaps at too large a rate."
            )
    return Arrays(**given, said=said, is_course="w1" in state and "theta" in state["w1"].name)


def _in_order(parts: Sequence[Part]) -> list[Part]:
    """Return arrays without names as w1[, b1], w2[, b2] of each state, with its word of MOMENT."""
    shapes, count = [part.array.shape for part in parts], len(parts)
    size = next((n for n in (2, 3, 4) if shapes == shapes[:n] * (count // n)), count)
    ends_in_one = parts[size - 1].array.size == 1
    if size > 4 or (size == 3 and ends_in_one and parts[1].array.size == 1):
        raise FileError(
            f"These are {size} arrays without names, and which is which is unclear; write w1 =, "
            "b1 =, w2 =, b2 = before them."
        )
    names = ["w1", "b1", "w2", "b2"][:size]
    if size == 2 or (size == 3 and ends_in_one):
        names = ["w1", "w2", "b2"][:size]
    elif [len(shape) for shape in shapes[1:3]] == [2, 1]:  # coefs_, intercepts_
        names = ["w1", "w2", "b1", "b2"]
    marks = ["".join(MOMENT.findall(part.name)[-1:]) for part in parts]
    return [
        Part(f"{mark}.{names[place % size]}", part.array)
        for place, (mark, part) in enumerate(zip(marks, parts, strict=True))
    ]


def _split(parts: Sequence[Part]) -> list[State]:
    """Return the states, in the order of time, by the mark that leaves the most equal networks."""
    found = [states for mark in _MARKS if (states := _states(parts, re.compile(mark)))]
    if not found:
        roles(part.name for part in parts)  # names what is twice
        raise FileError(f"There are two arrays {shown(parts[0].name)}; remove one of them.")
    best = min(found, key=lambda states: len({_shapes(state) for state in states}))
    names = sorted({name for state in best for name in state})
    if missing := [name for name in names if any(name not in state for state in best)]:
        raise FileError(
            f"{missing[0]} is missing in one of {len(best)} states; give the same arrays before "
            "and after the step."
        )
    return best


def _states(parts: Sequence[Part], mark: re.Pattern[str]) -> list[State]:
    """Return the states if this mark tells them apart: some state has a w1 and a w2 then.

    What is there several times for one state is of as many states, in the order of the parts.
    """
    states: dict[tuple[float, int], dict[str, Part]] = {}
    seen: Counter[tuple[str, float]] = Counter()
    for part in parts:
        name, time = _unmarked(part.name.lower(), mark)
        states.setdefault((time, seen[name, time]), {})[name] = Part(name, part.array)
        seen[name, time] += 1
    in_order = [named for _, named in sorted(states.items(), key=lambda item: item[0])]
    with suppress(FileError):  # two names for one array
        found = [{role: named[n] for n, role in roles(named).items()} for named in in_order]
        if len(found) == 1 or any({"w1", "w2"} <= state.keys() for state in found):
            return found
    return []


def _unmarked(name: str, mark: re.Pattern[str]) -> tuple[str, float]:
    """Return a name without its mark, if that leaves an array's name, and the state's time."""
    if found := mark.search(name):
        rest = f"{name[: found.start()]}{name[found.end() :]}".strip("._/- ")
        if kind_of(rest):
            times = (time for time, words in _TIMES.items() if found[0] in words.split("|"))
            return rest, next(times) if found[0].isalpha() else float(found[0])
    return name, -0.5  # after what was before, and before all that is numbered


def _shapes(state: State) -> frozenset[tuple[str, tuple[int, ...]]]:
    return frozenset((name, part.array.shape) for name, part in state.items())


def kind_of(name: str) -> str | None:
    """Return w for a name of weights, b for one of a bias, otherwise None."""
    read = _read(name)
    return None if read is None else read[0]


def is_meant(name: str) -> bool:
    """Return whether an array of this name may be one of a network, or of outputs."""
    return any((kind_of(name), _OUTPUTS.fullmatch(name), _UNNAMED.fullmatch(name)))


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
    start = 2 if numbers == [2] else 1
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
