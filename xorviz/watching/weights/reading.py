"""How the arrays of a program are read: found out from the first state, then the same for all.

Shapes: P numbers of the network.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from traceback import format_exception_only
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array, Numbers
from xorviz.core.network import flat
from xorviz.core.rules import SettingError
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import Arrays, OwnNetwork, arranged, likely, readings
from xorviz.files.weights.states import Part, kind_of, roles, shown, states_of
from xorviz.watching.weights.models import Leaf, leaves, numbers_of

_NEEDED = (
    "needed: w1 and w2, perhaps with b1 and b2, as arrays, tensors or nested lists, or a model "
    "with one hidden layer"
)
_NOTHING = np.zeros(1)
_FEWEST, _MOST = 2, 4
"""Arrays of a network."""


@contextmanager
def _refusing() -> Iterator[None]:
    """Raise SettingError for whatever a program's own objects raise."""
    try:
        yield
    except SettingError:
        raise
    except Exception as error:
        why = " ".join("".join(format_exception_only(error)).split())
        raise SettingError(f"the weights cannot be read: {shown(why)}") from error


@dataclass(frozen=True, slots=True, eq=False)
class WeightReading:
    """Which arrays are taken, and where each of their numbers goes. A value."""

    names: tuple[str, ...]
    """Those of the arrays; empty where they are taken in their order."""
    shapes: tuple[tuple[int, ...], ...]
    places: NDArray[np.intp]
    """(P,) for each number of the network its place among 0 and all numbers of the arrays."""

    @_refusing()
    def parameters(self, given: Sequence[Any], named: Mapping[str, Any]) -> Array:
        """Return the numbers (P,) in a copy. Raises SettingError for arrays of another shape."""
        found = leaves(given, named)
        if self.names:
            by_name = dict(found)
            found = [(name, by_name[name]) for name in self.names if name in by_name]
        arrays = [numbers_of(value, _called(name, n)) for n, (name, value) in enumerate(found)]
        shapes = tuple(array.shape for array in arrays)
        if shapes != self.shapes and _sides(shapes) != _sides(self.shapes):
            raise SettingError(
                f"the arrays have the shapes {_listed(shapes)}; at first they had "
                f"{_listed(self.shapes)}, and a run keeps its network"
            )
        return _in_line(arrays)[self.places]


@_refusing()
def first_reading(
    given: Sequence[Any], named: Mapping[str, Any], orientation: str | None
) -> tuple[WeightReading, OwnNetwork]:
    """Return how a program's arrays are read, and the network that they are now.

    Raises SettingError for anything that is not the weights of a 2-H-1 network.
    """
    found = leaves(given, named)
    if not found:
        kinds = ", ".join(type(value).__name__ for value in given)
        what = f"{kinds} holds no weights" if kinds else "no weights are given"
        raise SettingError(f"{what}; {_NEEDED}")
    try:
        return _by_name(found, orientation)
    except SettingError:
        # Parameters may have names that mean nothing; they are in the order of the layers then.
        if all(kind_of(name) for name, _ in found):
            raise
        return _in_order(found, orientation)


def _by_name(found: list[Leaf], orientation: str | None) -> tuple[WeightReading, OwnNetwork]:
    if not any(name for name, _ in found):
        raise SettingError("the arrays have no names")
    try:
        known = roles([name for name, _ in found])
    except FileError as error:
        raise SettingError(str(error).rstrip(".")) from None
    return _read([(name, value) for name, value in found if name in known], True, orientation)


def _in_order(found: list[Leaf], orientation: str | None) -> tuple[WeightReading, OwnNetwork]:
    if not _FEWEST <= len(found) <= _MOST:
        count = "this is one array" if len(found) == 1 else f"these are {len(found)} arrays"
        raise SettingError(f"{count}; {_NEEDED}")
    return _read([("", value) for _, value in found], False, orientation)


def _read(
    found: list[Leaf], has_names: bool, orientation: str | None
) -> tuple[WeightReading, OwnNetwork]:
    """Return the reading of these arrays, and their network.

    The places follow from the same reading of arrays that hold their own places.
    """
    names = [name for name, _ in found]
    arrays = [numbers_of(value, _called(name, n)) for n, (name, value) in enumerate(found)]
    ends = np.cumsum([1, *(array.size for array in arrays)])
    counted = [
        np.arange(start, start + array.size, dtype=float).reshape(array.shape)
        for start, array in zip(ends, arrays, strict=False)
    ]
    places = _assembled(names, counted)
    is_open = orientation is None and len(likely(places)) > 1
    first, *others = (one.orientation for one in readings(places, orientation))
    chosen = first if is_open else orientation
    network = arranged(_assembled(names, arrays), chosen)
    if is_open:
        say = " or ".join(f"orientation={other!r}" for other in others)
        note = f"{network.notes[0]}, read as {first}; if it is not, say {say}"
        network = replace(network, notes=(note, *network.notes[1:]))
    line = flat(arranged(places, chosen).weights).astype(np.intp)
    shapes = tuple(array.shape for array in arrays)
    return WeightReading(tuple(names) if has_names else (), shapes, line), network


def _assembled(names: list[str], arrays: list[Numbers]) -> Arrays:
    """Return the arrays by their names or their order. Raises SettingError."""
    parts = [Part(name, array) for name, array in zip(names, arrays, strict=True)]
    try:
        return states_of(parts)[0]
    except FileError as error:
        raise SettingError(str(error).rstrip(".")) from None


def _in_line(arrays: list[Numbers]) -> Array:
    """Return 0 and all numbers of some arrays."""
    return np.concatenate([_NOTHING, *(array.ravel() for array in arrays)])


def _sides(shapes: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """Return shapes without sides of 1, which programs gain and lose by broadcasting."""
    return [[side for side in shape if side != 1] for shape in shapes]


def _called(name: str, place: int) -> str:
    return shown(name) if name else f"array {place + 1}"


def _listed(shapes: tuple[tuple[int, ...], ...]) -> str:
    return ", ".join(map(str, shapes)) or "of nothing"
