"""Several states of one network in one file or text: which array belongs to which state."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from xorviz.files.atomic import FileError
from xorviz.files.weights.names import MOMENT, kind_of, moment_of, roles
from xorviz.files.weights.values import Part

MOST_STATES = 3
_MOST_ARRAYS = 4
"""Of a state."""
_MARKS = tuple(
    re.compile(mark)
    for mark in (r"(?!)", MOMENT.pattern, r"\d{1,6}(?=\D*$)", r"\d{1,6}", r"^[^.]*\.")
)
"""What in a name may show the state, in this order: nothing, a word, a number, its first part."""
State = Mapping[str, Part]
"""By w1, b1, w2, b2."""


def split(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the arrays of each state, in the order of time; one list if there are no more.

    Arrays of several states are named repeatedly, have names such as w1_before, w1_1 and
    after.w1, or come without names in the order of the states. Raises FileError.
    """
    named = [part for part in parts if kind_of(part.name)]
    states = _named(named) if named else _repeated(parts)
    if len(states) < 2:
        return [list(parts)]
    if len(states) > MOST_STATES:
        raise FileError(
            f"These are {len(states)} states of a network; allowed are two, or three, in a row."
        )
    moments = [{part.moment for part in state} for state in states]
    if len({min(found) for found in moments if len(found) == 1}) == len(states):
        states.sort(key=lambda state: state[0].moment)
    return states


def _named(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the states by the first mark in the names that makes whole networks."""
    found = [states for mark in _MARKS if (states := _states(parts, mark))]
    whole = [states for states in found if not _missing(states)]
    if found and not whole:
        raise FileError(
            f"{_missing(found[-1])[0]} is missing in one of {len(found[-1])} states; give the same "
            "arrays before and after the step."
        )
    alike = (states for states in whole if len({_shapes(state) for state in states}) == 1)
    return [list(state.values()) for state in next(alike, next(iter(whole), []))]


def _states(parts: Sequence[Part], mark: re.Pattern[str]) -> list[State]:
    """Return the states if this is what tells them apart; none if no state has a w1 and a w2.

    What is there several times for one state is of as many states, in the order of the parts.
    """
    states: dict[tuple[float | str, int], dict[str, Part]] = {}
    seen: Counter[tuple[str, float | str]] = Counter()
    for part in parts:
        name, key = _unmarked(part.name.lower(), mark)
        place = key, seen[name, key]
        seen[name, key] += 1
        states.setdefault(place, {})[name] = part._replace(name=name)
    order = sorted(states, key=lambda place: (isinstance(place[0], float) and place[0], place[1]))
    try:
        found: list[State] = [
            {role: states[place][name] for name, role in roles(list(states[place])).items()}
            for place in order
        ]
    except FileError:  # two names for one array
        return []
    return found if any({"w1", "w2"} <= state.keys() for state in found) else []


def _unmarked(name: str, mark: re.Pattern[str]) -> tuple[str, float | str]:
    """Return a name without its mark, if that leaves an array's name, and the state."""
    if found := mark.search(name):
        rest = f"{name[: found.start()]}{name[found.end() :]}".strip("._/- ")
        if kind_of(rest):
            text = found[0]
            return rest, float(moment_of(text) or text) if text[-1] != "." else text
    return name, -0.5  # after what was before, and before all that is numbered


def _missing(states: Sequence[State]) -> list[str]:
    """Return those of w1, b1, w2, b2 that some state has and another has not."""
    names = sorted({name for state in states for name in state})
    return [name for name in names if any(name not in state for state in states)]


def _shapes(state: State) -> frozenset[tuple[str, tuple[int, ...]]]:
    return frozenset((name, part.array.shape) for name, part in state.items())


def _repeated(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the states of arrays that repeat the shapes of the first ones; otherwise one."""
    shapes = [part.array.shape for part in parts]
    is_network = len(parts) > 1 and len(shapes[0]) == 2 and shapes[0] != (1, 1)
    for size in range(2, _MOST_ARRAYS + 1):
        count, rest = divmod(len(parts), size)
        if is_network and count > 1 and not rest and shapes == shapes[:size] * count:
            return [list(parts[n : n + size]) for n in range(0, len(parts), size)]
    return [list(parts)]
