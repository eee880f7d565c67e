"""A network trained by another program: its orientation, and a run from it. H hidden units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.rules import Real, SettingError, Whole, checked
from xorviz.core.runs.record import Record, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, in_row_order

ORIENTATIONS = ("in-out", "out-in")
"""w1 with a row for each input, (2, H), or with a row for each hidden unit, (H, 2)."""

OUTPUT = Real(-1e6, 1e6)
"""Range of outputs that are finite; those of another unit than a sigmoid may leave 0 to 1."""

_WIDTH = SETTINGS["width"].rule
assert isinstance(_WIDTH, Whole)
WIDEST = _WIDTH.high


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """Arrays as another program wrote them: weights in any orientation, or four outputs."""

    w1: Array | None = None
    b1: Array | None = None
    w2: Array | None = None
    b2: Array | None = None
    outputs: Array | None = None
    """(4,) or fewer in the written order, perhaps not finite, if there are no weights."""
    rows: tuple[Row, ...] | None = None
    """The rows of these outputs, if they were written beside them, and so decide."""
    config: RunConfig | None = None
    """The settings, if xorviz wrote the file."""
    orientation: str | None = None
    """The one that the names of the arrays tell, if any."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnNetwork:
    """Weights as xorviz orders them, with notes on how they were read. A value."""

    weights: Weights
    notes: tuple[str, ...]
    """For the user to check, such as "w1 as (3, 2): transposed"."""

    @property
    def width(self) -> int:
        """H, the number of hidden units."""
        return int(self.weights.w1.shape[1])

    @property
    def summary(self) -> str:
        """What was recognised, in one line: 2-3-1 with biases, w1 as (2, 3)."""
        biases = "without biases" if self.weights.b1 is None else "with biases"
        return ", ".join([f"2-{self.width}-1 {biases}", *self.notes])


class OrientationError(SettingError):
    """An orientation is missing or impossible."""


def checked_outputs(arrays: Arrays, order: Sequence[Row] = PRINTED_ORDER) -> Array:
    """Return the outputs (4,) in the order of ROWS, or fewer as given. Raises SettingError."""
    assert arrays.outputs is not None
    given = arrays.outputs.tolist()
    for (x1, x2), y in zip(order, given, strict=False):
        if math.isfinite(y):
            checked(OUTPUT, f"the output for {x1}{x2}", y)
    return np.array(in_row_order(given, order) if len(given) == len(order) else given)


def orientations(arrays: Arrays) -> tuple[str, ...]:
    """Return those of ORIENTATIONS that fit the shape of w1. Raises SettingError if none does."""
    shape = _present("w1", arrays.w1).shape
    fits = [
        name
        for name, sides in zip(ORIENTATIONS, (shape, shape[::-1]), strict=True)
        if len(sides) == 2 and sides[0] == 2 and 1 <= sides[1] <= WIDEST
    ]
    if not fits:
        has_third = len(shape) == 2 and 3 in shape
        raise SettingError(
            f"w1 has the shape {shape}; allowed: (2, H) or (H, 2), H from 1 to {WIDEST}"
            f"{'; give the weights of a third, constant input as b1' if has_third else ''}"
        )
    return tuple(fits)


def needs_orientation(arrays: Arrays) -> bool:
    """Return whether only the user can say what the rows of w1 stand for."""
    if len(orientations(arrays)) == 1 or arrays.config is not None or _told(arrays):
        return False
    w1 = _present("w1", arrays.w1)
    return not np.array_equal(w1, w1.T)


def arranged(arrays: Arrays, orientation: str | None = None) -> OwnNetwork:
    """Return the network that arrays describe.

    Raises OrientationError if an orientation is needed or wrong, and SettingError, with the name
    of the wrong array and the allowed shapes, if they describe no network.
    """
    fits, w1 = orientations(arrays), _present("w1", arrays.w1)
    if orientation is None and needs_orientation(arrays):
        raise OrientationError(
            "w1 has the shape (2, 2), which does not tell whether its rows are the inputs or "
            "the hidden units"
        )
    told = _told(arrays) if len(fits) > 1 and arrays.config is None else None
    chosen = orientation or told or fits[0]
    if chosen not in fits:
        raise OrientationError(f"w1 has the shape {w1.shape}, which can only be {fits[0]}")
    note = f"w1 as {w1.shape}"
    notes = [note if chosen == "in-out" else f"{note}: transposed"]
    if told and not orientation:
        w2 = _present("w2", arrays.w2)
        notes[0] += f", since w2 is {w2.shape}" if w2.ndim == 2 else ", as its name tells"
    w1 = (w1 if chosen == "in-out" else w1.T).copy()
    width = w1.shape[1]
    w2 = _vector("w2", _present("w2", arrays.w2), width)[:, np.newaxis]
    b1 = None if arrays.b1 is None else _vector("b1", arrays.b1, width)
    b2 = None if arrays.b2 is None else _vector("b2", arrays.b2, 1)
    if b1 is None and b2 is not None:
        b1 = np.zeros(width)
        notes.append("b1 is missing and taken as 0")
    elif b2 is None and b1 is not None:
        b2 = np.zeros(1)
        notes.append("b2 is missing and taken as 0")
    weights = Weights(w1, b1, w2, b2)
    setting(weights, 0)  # refuses a number that is too large
    return OwnNetwork(weights, tuple(notes))


def _told(arrays: Arrays) -> str | None:
    """Return the orientation that goes with w2 as a row or a column, or that the names tell."""
    match () if arrays.w2 is None else arrays.w2.shape:
        case (1, units) if units > 1:
            return "out-in"
        case (units, 1) if units > 1:
            return "in-out"
    return arrays.orientation


def record_of(config: RunConfig, weights: Weights) -> Record:
    """Return a run with these weights at step 0, as interventions. Raises SettingError."""
    record = Record(config, setting(weights, 0))
    return Recording(record).record()  # with its loss and a checkpoint, as files need them


def _present(name: str, array: Array | None) -> Array:
    if array is None:
        raise SettingError(f"{name} is missing; a network has w1 and w2, and perhaps b1 and b2")
    return array


def _vector(name: str, array: Array, length: int) -> Array:
    """Return a row, column or list as (length,)."""
    if not length == array.size == max(array.shape, default=1):
        lists = f"({length},) or ({length}, 1) or (1, {length})"
        allowed = lists if length > 1 else "one number"
        beside = "" if name == "b2" else f" beside {length} hidden unit{'s' if length > 1 else ''}"
        raise SettingError(f"{name} has the shape {array.shape}; allowed{beside}: {allowed}")
    return array.ravel()
