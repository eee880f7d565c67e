"""How the arrays of a program are read: found out from the first state, then the same for all.

Shapes: P numbers of the network.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from traceback import format_exception_only
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.network import flat
from xorviz.core.rules import SettingError, shortened
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.core.runs.source import cleaned_name
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import Arrays, OwnNetwork, arranged, likely, readings
from xorviz.files.weights.reader import only
from xorviz.files.weights.roles import shown
from xorviz.files.weights.states import MOST_ARRAYS, Part, states_of
from xorviz.files.weights.values import parts_in
from xorviz.watching.states_file import MOST_NUMBERS, NUMBERS, OUTPUTS

_NEEDED = (
    "needed: w1 and w2, perhaps with b1 and b2, as arrays, tensors or nested lists, or a model "
    "with one hidden layer"
)


@contextmanager
def _refusing() -> Iterator[None]:
    """Raise SettingError for what cannot be read, and for whatever a program's objects raise."""
    try:
        yield
    except SettingError:
        raise
    except FileError as error:
        raise SettingError(str(error).rstrip(".")) from None
    except Exception as error:
        raise SettingError(f"the weights cannot be read: {said_by(error)[:-1]}") from error


def said_by(error: Exception) -> str:
    """Return what an error says in a sentence; one of the program is named."""
    if isinstance(error, SettingError):
        return f"{str(error).rstrip('.')}."
    said = shown(" ".join("".join(format_exception_only(error)).split()))
    return f"{said.rstrip('.')}."


@dataclass(frozen=True, slots=True, eq=False)
class WeightReading:
    """Which arrays are taken, and where each of their numbers goes. A value."""

    shapes: Mapping[str, tuple[int, ...]]
    """Of all arrays by their names, in the order of their numbers."""
    places: NDArray[np.intp]
    """(P,) for each number of the network its place among all numbers of the arrays, and a 0."""
    is_any: bool = False
    """Whether the arrays are taken as they are."""

    @_refusing()
    def numbers(self, held: object) -> Array:
        """Return the numbers (P,). Raises SettingError for arrays of another shape."""
        found = self._found(held)
        every = [found[name].ravel() for name in self.shapes]
        return np.concatenate([*every, [0.0]])[self.places].astype(NUMBERS)

    def _found(self, held: object) -> dict[str, Array]:
        """Return the arrays by their names; those named and shaped as at first need no search."""
        if (
            isinstance(held, dict)
            and held.keys() == self.shapes.keys()
            and all(_is_plain(held[name], shape) for name, shape in self.shapes.items())
        ):
            return held  # 5 us in place of 25
        found = dict(_parts(held, self.is_any))
        shapes = {name: array.shape for name, array in found.items()}
        if _sides(shapes) != _sides(self.shapes):
            raise SettingError(
                f"the arrays have the shapes {_listed(shapes)}; at first they had "
                f"{_listed(self.shapes)}, and a run keeps its network"
            )
        return found

    @_refusing()
    def earlier(self, given: Sequence[Any], data: bytes) -> Array:
        """Return the numbers (P,) of arrays as they were when this was a copy of all their data.

        Raises SettingError as above.
        """
        rest = BytesIO(data)
        copies = [np.frombuffer(rest.read(a.nbytes), a.dtype).reshape(a.shape) for a in given]
        return self.numbers(held_in(copies, {}))


@_refusing()
def first_reading(held: object, orientation: str | None) -> tuple[WeightReading, OwnNetwork]:
    """Return how a program's arrays are read, and the network that they are now.

    The places follow from the same reading of arrays that hold their own places. Raises
    SettingError for anything that is not the weights of a 2-H-1 network.
    """
    parts = _parts(held)
    ends = np.cumsum([1, *(part.array.size for part in parts)])
    counted = [
        Part(name, np.arange(start, start + array.size, dtype=float).reshape(array.shape))
        for start, (name, array) in zip(ends, parts, strict=False)
    ]
    arrays, places = _network(parts), _network(counted)
    is_open = orientation is None and len(likely(places)) > 1
    first, *others = (one.orientation for one in readings(places, orientation))
    chosen = first if is_open else orientation
    network = arranged(arrays, chosen)
    if is_open:
        say = " or ".join(f"orientation={other!r}" for other in others)
        note = f"{network.notes[0]}, read as {first}; if it is not, say {say}"
        network = replace(network, notes=(note, *network.notes[1:]))
    line = flat(arranged(places, chosen).weights).astype(np.intp) - 1  # where nothing is, -1
    shapes = {name: array.shape for name, array in parts}
    return WeightReading(shapes, line), network


@_refusing()
def any_reading(held: object) -> WeightReading:
    """Return how arrays of a program are read as they are. Raises SettingError if none can be."""
    parts = _parts(held, is_any=True)
    if not parts:
        raise SettingError(f"no weights are given; {_NEEDED}")
    numbers = np.concatenate([array.ravel() for _, array in parts] or [np.zeros(0)])
    for what, count, most in (
        ("arrays", len(parts), MOST_ARRAYS),
        ("numbers", numbers.size, MOST_NUMBERS),
    ):
        if not 0 < count <= most:
            raise SettingError(f"these are {count} {what}; allowed: 1 to {most}")
    if not np.isfinite(numbers).all():
        raise SettingError("a weight is not finite; show the weights before training diverges")
    shapes = {name: array.shape for name, array in parts}
    return WeightReading(shapes, np.arange(numbers.size), is_any=True)


def arrays_of(reading: WeightReading) -> dict[str, tuple[int, ...]]:
    """Return the shapes by names, as a file may have them that is not of a 2-H-1 network."""
    shapes = [*reading.shapes.values()]
    called = {_called(name): shape for name, shape in reading.shapes.items()}
    is_known = {*called} <= {*WEIGHT_FIELDS} and called.get("w2", ())[1:] == (1,)
    if len(called) < len(shapes) or OUTPUTS in called or is_known:
        called = {f"array {n}": shape for n, shape in enumerate(shapes, 1)}
    return called


@_refusing()
def held_in(given: Sequence[Any], named: Mapping[str, Any]) -> object:
    """Return what ``see`` was given as one object: a model, or arrays by their names.

    Raises SettingError, as the functions above do.
    """
    is_model = len(given) == 1 and not named and not hasattr(given[0], "shape")
    return given[0] if is_model else {**{f"array {n}": a for n, a in enumerate(given, 1)}, **named}


def _called(name: str) -> str:
    """Return the name of an array, which may be just its place."""
    return f"array {int(name or 0) + 1}" if name.isdecimal() or not name else cleaned_name(name)


def _parts(held: object, is_any: bool = False) -> list[Part]:
    """Return the arrays in an object, in their order. Raises FileError."""
    return list(islice(parts_in(held, is_any=is_any), MOST_ARRAYS + 1))


def _network(parts: Sequence[Part]) -> Arrays:
    """Return the arrays by their names or their order. Raises SettingError and FileError."""
    if not parts:
        raise SettingError(f"no weights are given; {_NEEDED}")
    arrays = only(states_of(parts))
    if arrays.outputs is not None:
        raise SettingError(f"these are numbers alone; {_NEEDED}")
    return arrays


def _is_plain(array: object, shape: tuple[int, ...]) -> bool:
    return type(array) is np.ndarray and array.shape == shape and array.dtype.kind == "f"


def _sides(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, list[int]]:
    """Return shapes without sides of 1, which programs gain and lose by broadcasting."""
    return {name: [side for side in shape if side != 1] for name, shape in shapes.items()}


def _listed(shapes: Mapping[str, tuple[int, ...]]) -> str:
    return shortened(", ".join(map(str, shapes.values()))) or "of nothing"
