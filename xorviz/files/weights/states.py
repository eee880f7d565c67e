"""The networks or the outputs that arrays are, by their names or their order.

Several states of one network may be among them, before and after a training step.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.files.atomic import FileError
from xorviz.files.weights.names import (
    MOMENT,
    is_of_outputs,
    is_unnamed,
    kind_of,
    moment_of,
    roles,
    shown,
    time_of,
)
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.values import Part

States = tuple[Arrays, ...]
"""One network, or two or three consecutive states of one."""
State = Mapping[str, Part]
"""By w1, b1, w2, b2."""

MOST_STATES = 3
WANTED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"
_MOST_ARRAYS, _MOST_OUTPUTS = 100, 4
_MARKS = (r"(?!)", MOMENT.pattern, r"\d{1,6}(?=\D*$)", r"\d{1,6}", r"^[^.]*\.")
"""What in a name may show the state, in this order: nothing, a word, a number, its first part."""


def states_of(parts: Iterable[Part], said: Mapping[str, Any] | None = None) -> States:
    """Return the states that arrays are, or the outputs. Raises FileError.

    ``said`` is what was saved with them.
    """
    found = list(islice(parts, _MOST_ARRAYS + 1))
    if len(found) > _MOST_ARRAYS:
        raise FileError(f"These are more than {_MOST_ARRAYS} arrays; {WANTED}.")
    if not any(kind_of(part.name) for part in found):
        outputs = [part for part in found if is_of_outputs(part.name)][:1]
        found = outputs or [part for part in found if is_unnamed(part.name)]
        arrays = [part.array for part in found]
        if all(array.size == 1 for array in arrays[1:]) and _is_line(arrays):
            return (Arrays(outputs=np.concatenate([array.ravel() for array in arrays])),)
        found = _named(found)
    states = _split([part for part in found if kind_of(part.name)])
    if len(states) > MOST_STATES:
        raise FileError(
            f"These are {len(states)} states of a network; allowed are two, or three, in a row."
        )
    return tuple(_arrays(state, said or {}) for state in states)


def _arrays(state: State, said: Mapping[str, Any]) -> Arrays:
    """Return a state, or raise FileError: of all numbers only outputs may be nan."""
    for part in state.values():
        if (odd := part.array[~np.isfinite(part.array)]).size:
            raise FileError(
                f"It holds {odd.flat[0]}, which is not finite: the training of these weights has "
                "diverged, perhaps at too large a rate."
            )
    given: dict[str, Any] = {role: part.array for role, part in state.items()}
    return Arrays(**given, said=said, is_course="w1" in state and "theta" in state["w1"].name)


def _is_line(arrays: Sequence[Array]) -> bool:
    """Return whether arrays are outputs: one list, row or column, or several of one number."""
    first = arrays[0] if arrays else np.zeros((2, 2))
    is_short = first.ndim < 2 or (1 in first.shape and first.size <= _MOST_OUTPUTS)
    count = first.size + len(arrays) - 1
    if is_short and not 1 <= count <= _MOST_OUTPUTS:
        raise FileError(f"These are {count} numbers; {WANTED}.")
    return is_short


def _named(parts: Sequence[Part]) -> list[Part]:
    """Return arrays without names as w1[, b1], w2[, b2] of each state, with its word of MOMENT."""
    if not parts:
        raise FileError(f"There are no weights in it; {WANTED}.")
    shapes, count = [part.array.shape for part in parts], len(parts)
    size = next((n for n in (2, 3, 4) if shapes == shapes[:n] * (count // n)), count)
    is_b2_last = int(np.prod(shapes[size - 1])) == 1
    names: Sequence[str] = ("w1", "b1", "w2", "b2")[:size]
    if size == 2 or (size == 3 and is_b2_last):
        names = ("w1", "w2", "b2")[:size]
    elif size == 4 and len(shapes[1]) == 2 and len(shapes[2]) == 1:  # coefs_, intercepts_
        names = ("w1", "w2", "b1", "b2")
    if size > 4 or (size == 3 and shapes[1:3] == [(1,), (1,)]):
        raise FileError(
            f"These are {size} arrays without names, and which is which is unclear; write w1 =, "
            f"b1 =, w2 =, b2 = before them."
        )
    return [
        Part(f"{moment_of(part.name)}.{names[place % size]}", part.array)
        for place, part in enumerate(parts)
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
    states: dict[tuple[float | str, int], dict[str, Part]] = {}
    seen: Counter[tuple[str, float | str]] = Counter()
    for part in parts:
        name, key = _unmarked(part.name.lower(), mark)
        states.setdefault((key, seen[name, key]), {})[name] = Part(name, part.array)
        seen[name, key] += 1
    order = sorted(states, key=lambda place: (isinstance(place[0], float) and place[0], place[1]))
    with suppress(FileError):  # two names for one array
        found: list[State] = [
            {role: states[place][name] for name, role in roles(states[place]).items()}
            for place in order
        ]
        if len(found) == 1 or any({"w1", "w2"} <= state.keys() for state in found):
            return found
    return []


def _unmarked(name: str, mark: re.Pattern[str]) -> tuple[str, float | str]:
    """Return a name without its mark, if that leaves an array's name, and the state."""
    if found := mark.search(name):
        rest = f"{name[: found.start()]}{name[found.end() :]}".strip("._/- ")
        time = time_of(found[0])
        if kind_of(rest):
            return rest, found[0] if time is None else time
    return name, -0.5  # after what was before, and before all that is numbered


def _shapes(state: State) -> frozenset[tuple[str, tuple[int, ...]]]:
    return frozenset((name, part.array.shape) for name, part in state.items())
