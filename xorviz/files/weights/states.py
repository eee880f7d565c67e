"""The networks or the outputs that named arrays are, in one state or before and after a step."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.roles import kind_of, roles, words_of


class Part(NamedTuple):
    """An array as it was found, with all names and places on the way: after.hidden.weight."""

    name: str
    array: Array


States = tuple[Arrays, ...]
"""One network, or two or three consecutive states of one."""

MOST_STATES = 3
WANTED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"
MOST_ARRAYS, _MOST_OUTPUTS, _LAYERS = 100, 4, 2


def _table(*lines: str) -> dict[str, int]:
    """Return for each word the number of its line."""
    return {word: number for number, line in enumerate(lines) for word in line.split()}


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
    outputs = [part for part in found if _OUTPUTS.fullmatch(part.name)][:1]
    others = outputs or [part for part in found if _UNNAMED.fullmatch(part.name)]
    if others and not named:
        if (numbers := _line(others)) is not None:
            if len(numbers) > _MOST_OUTPUTS:
                raise FileError(f"These are {len(numbers)} numbers; {WANTED}.")
            return (Arrays(outputs=numbers),)
        named = _in_order(others)
    else:
        named = _of_network(named, found)
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


def _of_network(named: list[Part], found: Sequence[Part]) -> list[Part]:
    """Return the arrays with names of weights, and with too few of these also others.

    If these are not one network, those with the usual names. Raises FileError if there are none.
    """
    are_enough = sum(kind_of(part.name) == "w" for part in named) >= _LAYERS
    every = [part for part in found if kind_of(part.name) or part.array.ndim]
    if not named and len(every) < _LAYERS:
        raise FileError(f"There are no weights in it; {WANTED}.")
    try:
        _split(named if are_enough else every)
    except FileError:
        usual = [part for part in named if "".join(words_of(part.name)) in WEIGHT_FIELDS]
        if not (usual or (named and not are_enough)):
            raise
        return usual or named
    return named if are_enough else every


def _in_order(parts: Sequence[Part]) -> list[Part]:
    """Return arrays without names as w1[, b1], w2[, b2] of each state, with its moment."""
    shapes, count = [part.array.shape for part in parts], len(parts)
    size = next((n for n in (2, 3, 4) if shapes == shapes[:n] * (count // n)), count)
    state = {str(place): part.array for place, part in enumerate(parts[:size])}
    names = roles(state, are_in_order=True)
    return [
        Part(f"{moment_in(part.name)}.{names[str(place % size)]}", part.array)
        for place, part in enumerate(parts)
    ]


def moment_in(name: str) -> str:
    """Return the first word of TIMES in a name; empty if there is none."""
    return next((word for word in words_of(name) if word in TIMES), "")


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
        name, time, words = part.name, _NO_TIME, words_of(part.name)
        if places := [place for place, word in enumerate(words) if re.fullmatch(mark, word)]:
            told = words.pop(places[which])
            rest = " ".join(words)
            if kind_of(rest) or (rest and not kind_of(part.name)):
                name, time = rest, int(TIMES.get(told, told))
        states.setdefault((time, seen[time, name]), {})[name] = part.array
        seen[time, name] += 1
    in_order = [states[place] for place in sorted(states)]
    return [{role: named[name] for name, role in roles(named).items()} for named in in_order]


@lru_cache
def is_meant(name: str) -> bool:
    """Return whether what has this name must be an array of a network, or of outputs."""
    is_numbered = kind_of(name) and any(map(str.isdigit, name))
    return any((is_numbered, _OUTPUTS.fullmatch(name), _UNNAMED.fullmatch(name)))
