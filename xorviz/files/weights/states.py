"""Several states of one network in one file or text: which array belongs to which state."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from xorviz.files.atomic import FileError
from xorviz.files.weights.arrays import MOST_ARRAYS, Part, array_of, is_list_of_arrays
from xorviz.files.weights.names import kind_of, moment_of, roles, without_moment

MOST_STATES = 3

_MOST_ARRAYS = 4
"""Of a state."""
_DEEPEST = 2
"""Levels of lists around the arrays: states, and a list of states."""

Reading = Callable[[str], tuple[str, object]]
"""What an array's name says: the name within its state, and the state."""


def split(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the arrays of each state, in the order of time; one list if there are no more.

    Arrays of several states are named repeatedly, have names such as w1_before, w1_1 and
    after.w1, or come without names in the order of the states. Raises FileError.
    """
    named = [part for part in parts if part.name and kind_of(part.name)]
    states = _named(named) if named else _unnamed(parts)
    if len(states) < 2:
        return [list(parts)]
    if len(states) > MOST_STATES:
        raise FileError(
            f"These are {len(states)} states of a network; allowed are two, or three, in a row."
        )
    return _in_time(states)


def _named(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the states by the first reading of the names that makes whole networks."""
    readings = (_as_it_is, _by_word, _by_last_number, _by_first_number, _by_first_part)
    found = [states for reading in readings if (states := _states(parts, reading))]
    whole = [states for states in found if not _missing(states)]
    if found and not whole:
        raise FileError(
            f"{_missing(found[-1])[0]} is missing in one of {len(found[-1])} states; give the same "
            "arrays before and after the step."
        )
    alike = (states for states in whole if len(states) == 1 or _are_alike(states))
    return [list(state.values()) for state in next(alike, next(iter(whole), []))]


def _missing(states: Sequence[Mapping[str, Part]]) -> list[str]:
    """Return those of w1, b1, w2, b2 that some state has and another has not."""
    names = sorted({name for state in states for name in state})
    return [name for name in names if any(name not in state for state in states)]


def _states(parts: Sequence[Part], reading: Reading) -> list[dict[str, Part]]:
    """Return the arrays of each state as w1, b1, w2, b2; none if no state has a w1 and a w2.

    What is there several times for one state is of as many states, in the order of the parts.
    """
    states: dict[tuple[object, int], dict[str, Part]] = {}
    seen: Counter[tuple[str, object]] = Counter()
    for part in parts:
        name, state = reading(part.name or "")
        place = state, seen[name, state]
        seen[name, state] += 1
        states.setdefault(place, {})[name] = part._replace(name=name)
    order = sorted(states, key=lambda place: (isinstance(place[0], int) and place[0], place[1]))
    try:
        found = [_by_role(states[place]) for place in order]
    except FileError:  # two names for one array
        return []
    return found if any({"w1", "w2"} <= state.keys() for state in found) else []


def _by_role(state: Mapping[str, Part]) -> dict[str, Part]:
    return {role: state[name] for name, role in roles(list(state)).items()}


def _as_it_is(name: str) -> tuple[str, object]:
    return name.lower(), 0


def _by_word(name: str) -> tuple[str, object]:
    return without_moment(name).lower(), moment_of(name)


def _by_last_number(name: str) -> tuple[str, object]:
    return _without(name, re.search(r"\d{1,6}(?=\D*$)", name))


def _by_first_number(name: str) -> tuple[str, object]:
    return _without(name, re.search(r"\d{1,6}", name))


def _without(name: str, number: re.Match[str] | None) -> tuple[str, object]:
    """Return a name without this number, and the number, if what is left is an array's name."""
    if number is None:
        return name.lower(), -1
    rest = f"{name[: number.start()]}{name[number.end() :]}".strip("._/- ").lower()
    return (rest, int(number[0])) if kind_of(rest) else (name.lower(), -1)


def _by_first_part(name: str) -> tuple[str, object]:
    first, _, rest = name.partition(".")
    return rest.lower(), first


def _are_alike(states: Sequence[Mapping[str, Part]]) -> bool:
    """Return whether each array has the same shape in all states, which have the same arrays."""
    shapes = [
        {name: array_of(part.value, name).shape for name, part in state.items()} for state in states
    ]
    return all(shape == shapes[0] for shape in shapes)


def _unnamed(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the states of arrays that repeat the shapes of the first ones; otherwise one."""
    arrays = [array for part in parts for array in _opened(part, _DEEPEST)]
    if len(arrays) > MOST_ARRAYS:
        return [arrays]
    named = enumerate(arrays, start=1)
    shapes = [array_of(part.value, f"array {place}").shape for place, part in named]
    for count in range(len(arrays) // 2, 1, -1):
        size = len(arrays) // count
        is_state = size <= _MOST_ARRAYS and len(shapes[0]) == 2 and shapes[0] != (1, 1)
        if is_state and shapes == shapes[:size] * count:
            return [arrays[start : start + size] for start in range(0, len(arrays), size)]
    return [arrays]


def _opened(part: Part, depth: int) -> Iterator[Part]:
    """Yield the arrays in lists of arrays; a name that means no array may tell the moment."""
    if depth and isinstance(part.value, list) and _holds_arrays(part.value, depth):
        moment = part.moment or moment_of(part.name or "")
        for value in part.value:
            yield from _opened(Part(None, value, moment), depth - 1)
    elif part.name is None:
        yield part


def _holds_arrays(value: list[object], depth: int) -> bool:
    first = value[0] if value else None
    return is_list_of_arrays(value) or (
        depth > 1 and isinstance(first, list) and is_list_of_arrays(first)
    )


def _in_time(states: list[list[Part]]) -> list[list[Part]]:
    """Return the states in the order that words tell, if they tell a different one for each."""
    moments = [{part.moment for part in state} for state in states]
    told = {min(found) for found in moments if len(found) == 1}
    if len(told) < len(states):
        return states
    return sorted(states, key=lambda state: state[0].moment)
