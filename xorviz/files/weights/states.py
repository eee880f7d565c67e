"""The networks or the outputs that named arrays are, in one state or before and after a step."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
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

MOST_STATES = 3
WANTED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"
MOST_ARRAYS, _MOST_OUTPUTS = 100, 4
LONGEST = 80
"""Characters of a name that are read, its last ones, and that are shown, its first ones."""


def _table(*lines: str) -> dict[str, int]:
    """Return for each word the number of its line."""
    return {word: number for number, line in enumerate(lines) for word in line.split()}


_KINDS = _table("w weight weights kernel kernels wih who wh wo syn theta m", "b bias biases bh bo")
_MATRIX = "m"
"""Names weights only where no other name does: optimizers have such arrays, too."""
_LAYERS = _table(
    "dense fc linear layer lin", "hidden hid h ih wih wh bh input in", "output out o ho who wo bo"
)
"""The last one counts: weights_hidden_output names both. A word of the first stands for 0."""
_NO_WEIGHTS = _table("d grad grads gradient gradients delta velocity")
"""In names of arrays that have the shape of the weights but are not weights."""
_BEFORE = _table("before old initial init start previous prev")
_AFTER = _table("middle mid between", "after new updated next then end", "later final last")
TIMES = dict.fromkeys(_BEFORE, -2) | _AFTER
"""Words that put several states in order."""
_NO_TIME = -1
"""Of a state without such a word or a number."""
_MARKS = (("", 0), ("|".join(TIMES), 0), (r"\d+", -1), (r"\d+", 0))
"""What in a name may tell its state: nothing, a word of TIMES, its last number, its first."""
_OUTPUTS = re.compile(r"outputs?|predictions?|y|y_pred", re.IGNORECASE)
_UNNAMED = re.compile(rf"(.*\.)?(arr_|array )?[0-9]*|{'|'.join(TIMES)}", re.IGNORECASE)
"""Names that are only a place or a moment: 0, arr_1, array 1, layers.2, after."""


def states_of(parts: Iterable[Part], said: Mapping[str, Any] | None = None) -> States:
    """Return the states that arrays are, or the outputs. Raises FileError.

    ``said`` is what was saved with them.
    """
    found = list(islice(parts, MOST_ARRAYS + 1))
    if len(found) > MOST_ARRAYS:
        raise FileError(f"These are more than {MOST_ARRAYS} arrays; {WANTED}.")
    named = [part for part in found if kind_of(part.name)]
    if not named:
        outputs = [part for part in found if _OUTPUTS.fullmatch(part.name)][:1]
        found = outputs or [part for part in found if _UNNAMED.fullmatch(part.name)]
        if not found:
            raise FileError(f"There are no weights in it; {WANTED}.")
        if (numbers := _line(found)) is not None:
            if len(numbers) > _MOST_OUTPUTS:
                raise FileError(f"These are {len(numbers)} numbers; {WANTED}.")
            return (Arrays(outputs=numbers),)
        named = _in_order(found)
    for part in named:
        if (odd := part.array[~np.isfinite(part.array)]).size:
            raise FileError(
                f"It holds {odd.flat[0]}, which is not finite: the training of these weights has "
                "diverged, perhaps at too large a rate."
            )
    states = _split(named)
    if len(states) > MOST_STATES:
        raise FileError(f"These are {len(states)} states of a network; allowed are one to three.")
    is_course = any("theta" in part.name.lower() for part in named)
    more: dict[str, Any] = {"said": said or {}, "is_course": is_course}
    return tuple(Arrays(**(more | state)) for state in states)


def _line(parts: Sequence[Part]) -> Array | None:
    """Return all numbers if they are single ones, or one list, or one short row or column."""
    first = parts[0].array
    is_line = first.ndim < 2 or (1 in first.shape and first.size <= _MOST_OUTPUTS)
    if all(part.array.size == 1 for part in parts) or (is_line and len(parts) == 1):
        return np.concatenate([part.array.ravel() for part in parts])
    return None


def _in_order(parts: Sequence[Part]) -> list[Part]:
    """Return arrays without names as w1[, b1], w2[, b2] of each state, with its moment."""
    shapes, count = [part.array.shape for part in parts], len(parts)
    size = next((n for n in (2, 3, 4) if shapes == shapes[:n] * (count // n)), count)
    ends_in_one = parts[size - 1].array.size == 1
    if size > 4 or (size == 3 and ends_in_one and parts[1].array.size == 1):
        raise FileError(
            f"These are {size} arrays without names, and which is which is unclear; write w1 =, "
            "b1 =, w2 =, b2 = before them."
        )
    names = ["w1", "b1", "w2", "b2"]
    if size == 2 or (size == 3 and ends_in_one):
        names = ["w1", "w2", "b2"]
    elif [len(shape) for shape in shapes[1:3]] == [2, 1]:  # coefs_, intercepts_
        names = ["w1", "w2", "b1", "b2"]
    return [
        Part(f"{moment_in(part.name)}.{names[place % size]}", part.array)
        for place, part in enumerate(parts)
    ]


def moment_in(name: str) -> str:
    """Return the first word of TIMES in a name; empty if there is none."""
    return next((word for word in _words(name) if word in TIMES), "")


def _split(parts: Sequence[Part]) -> list[dict[str, Array]]:
    """Return the states by role, in the order of time, by the mark that leaves equal networks."""
    found, refused = [], []
    for mark in _MARKS:
        try:
            found.append(_states(parts, *mark))
        except FileError as error:  # two names for one array
            refused.append(error)
    if not found:
        raise refused[0]
    return min(found, key=_doubt)


def _doubt(states: Sequence[Mapping[str, Array]]) -> tuple[int, int]:
    """Return how many states are no networks, and how many have not the shapes of the first."""
    shapes = [{role: array.shape for role, array in state.items()} for state in states]
    are_whole = [{"w1", "w2"} <= state.keys() for state in states]
    return are_whole.count(False), sum(one != shapes[0] for one in shapes)


def _states(parts: Sequence[Part], mark: str, which: int) -> list[dict[str, Array]]:
    """Return the states by role that a mark tells apart, in the order of time. Raises FileError.

    What is there several times for one state is of as many states, in the order of the parts.
    """
    states: dict[tuple[int, int], dict[str, Array]] = {}
    seen: Counter[tuple[int, str]] = Counter()
    for part in parts:
        name, time, words = part.name, _NO_TIME, _words(part.name)
        if places := [place for place, word in enumerate(words) if re.fullmatch(mark, word)]:
            told = words.pop(places[which])
            if kind_of(rest := " ".join(words)):
                name, time = rest, int(TIMES.get(told, told))
        states.setdefault((time, seen[time, name]), {})[name] = part.array
        seen[time, name] += 1
    in_order = [states[place] for place in sorted(states)]
    return [{role: named[name] for name, role in roles(named).items()} for named in in_order]


@lru_cache
def kind_of(name: str) -> str | None:
    """Return w for a name of weights, b for one of a bias, otherwise None."""
    read = _read(name)
    return read and read[0]


@lru_cache
def is_meant(name: str) -> bool:
    """Return whether an array of this name may be one of a network, or of outputs."""
    return any((kind_of(name), _OUTPUTS.fullmatch(name), _UNNAMED.fullmatch(name)))


def roles(names: Iterable[str]) -> dict[str, str]:
    """Return w1, b1, w2 or b2 for each name, without names that mean none of them.

    Layers may be numbered from 1, from 0 or with gaps. Raises FileError if there are more than
    two layers, or two names for an array.
    """
    found = {name: read for name in names if (read := _read(name))}
    others = {name: read for name, read in found.items() if _MATRIX not in _words(name)}
    found = others if any(kind == "w" for kind, *_ in others.values()) else found
    numbers = sorted({layer for _, layer, is_number in found.values() if is_number})
    if len(numbers) > 2:
        raise FileError(
            f"These are {len(numbers)} layers of weights; xorviz has two, w1 and w2, "
            "with one hidden layer between them."
        )
    start = 2 if numbers == [2] else 1
    named: dict[str, str] = {}
    for name, (kind, layer, is_number) in found.items():
        role = f"{kind}{start + numbers.index(layer) if is_number else layer}"
        if other := named.get(role):
            raise FileError(f"Both {shown(other)} and {shown(name)} would be {role}.")
        named[role] = name
    return {name: role for role, name in named.items()}


def shown(name: str) -> str:
    """Return a name shortened and printable, for messages."""
    printable = "".join(c if c.isprintable() else "?" for c in name.replace(". ", "._"))
    return shortened(printable, LONGEST)


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]{1,6}", name[-LONGEST:].lower().removesuffix(":0"))


def _read(name: str) -> tuple[str, int, bool] | None:
    """Return kind, layer, and whether the layer is a number, to be ranked among the others."""
    words = _words(name)
    kinds = ["wb"[_KINDS[word]] for word in words if word in _KINDS]
    if not kinds or not _NO_WEIGHTS.keys().isdisjoint(words):
        return None
    if numbers := [int(word) for word in words if word.isdigit()]:
        return kinds[-1], numbers[-1], True
    layers = [_LAYERS[word] for word in words if word in _LAYERS]
    return (kinds[-1], max(layers), max(layers) == 0) if layers else None
