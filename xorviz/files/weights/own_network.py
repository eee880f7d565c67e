"""A network trained by another program: its orientation, and a run from it. H hidden units."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights, outputs
from xorviz.core.rules import Real, SettingError, Whole, checked
from xorviz.core.runs.record import Record, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, in_row_order

ORIENTATIONS = ("in-out", "out-in", "in-out-first", "out-in-first")
"""w1 with a row for each input, (2, H), or with a row for each hidden unit, (H, 2).

Biases may stand in a third row or column of w1, and beside the numbers of w2: after them, or
before them in the last two.
"""
_FIRST = "-first"
_MISSING = "is missing and taken as 0"

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
    """The settings, if xorviz trained it and wrote the file."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """What a recording says of the run: settings, and the steps so far."""
    orientation: str | None = None
    """The one that goes with the names of the arrays, if any."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnNetwork:
    """Weights as xorviz orders them, with notes on how they were read. A value."""

    weights: Weights
    notes: tuple[str, ...]
    """For the user to check, such as "w1 as (3, 2): transposed"."""
    orientation: str = ORIENTATIONS[0]
    """How the arrays were read."""

    @property
    def width(self) -> int:
        """H, the number of hidden units."""
        return int(self.weights.w1.shape[1])

    @property
    def summary(self) -> str:
        """What was recognised, in one line: 2-3-1 with biases, w1 as (2, 3)."""
        kinds = "without biases", "with hidden biases", "with an output bias", "with biases"
        biases = kinds[(self.weights.b1 is not None) + 2 * (self.weights.b2 is not None)]
        return ", ".join([f"2-{self.width}-1 {biases}", *self.notes])


class OrientationError(SettingError):
    """An orientation is missing or impossible; ``allowed`` are those of ORIENTATIONS that fit."""

    def __init__(self, message: str, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


def checked_outputs(arrays: Arrays, order: Sequence[Row] = PRINTED_ORDER) -> Array:
    """Return the outputs (4,) in the order of ROWS, or fewer as given. Raises SettingError."""
    assert arrays.outputs is not None
    given = arrays.outputs.tolist()
    for (x1, x2), y in zip(order, given, strict=False):
        if math.isfinite(y):
            checked(OUTPUT, f"the output for {x1}{x2}", y)
    return np.array(in_row_order(given, order) if len(given) == len(order) else given)


def readings(arrays: Arrays, orientation: str | None = None) -> list[OwnNetwork]:
    """Return all networks that the arrays may be, the likely first; those of an orientation.

    Biases that are not there are None. Raises SettingError, with the name of the wrong array and
    the allowed shapes, if they are no network, and OrientationError if the orientation is wrong.
    """
    fitting = _layouts(arrays)
    chosen = [one for one in fitting if one.name.startswith(orientation or "")]
    if not chosen:
        names = [one.name for one in fitting]
        shape = _present("w1", arrays.w1).shape
        raise OrientationError(
            f"w1 has the shape {shape}, which can only be {' or '.join(names)}", names
        )
    chosen.sort(key=lambda one: one.name != orientation)
    return [_read(arrays, one, len(fitting) > 1) for one in chosen]


def needs_orientation(arrays: Arrays) -> bool:
    """Return whether only the user can say how the arrays are to be read. Raises SettingError."""
    return len(_likely(arrays)) > 1


def arranged(arrays: Arrays, orientation: str | None = None) -> OwnNetwork:
    """Return the network that arrays describe, with both biases or none.

    Raises OrientationError if an orientation is needed or wrong, and SettingError as readings.
    """
    likely = readings(arrays, orientation)[:1] if orientation else _likely(arrays)
    if len(likely) > 1:
        raise OrientationError(open_text(arrays, likely), [one.orientation for one in likely])
    network, weights = likely[0], likely[0].weights
    if (weights.b1 is None) == (weights.b2 is None):
        return network
    missing, count = ("b1", network.width) if weights.b1 is None else ("b2", 1)
    weights = replace(weights, **{missing: np.zeros(count)})
    return replace(network, weights=weights, notes=(*network.notes, f"{missing} {_MISSING}"))


def open_text(arrays: Arrays, likely: Sequence[OwnNetwork], what: str = "which") -> str:
    """Return the question which of these networks the arrays are."""
    rows = {network.orientation.removesuffix(_FIRST) for network in likely}
    is_open = "whether its biases come first or last"
    if len(rows) > 1:
        is_open = "whether its rows are the inputs or the hidden units"
    return f"w1 has the shape {_present('w1', arrays.w1).shape}, {what} does not show {is_open}"


@dataclass(frozen=True, slots=True)
class _Layout:
    """One way to read the arrays, as far as their shapes go."""

    name: str
    """One of ORIENTATIONS."""
    width: int
    holds_b1: bool
    """Whether w1 has a third row or column, of biases or of the weights of a constant input."""
    holds_b2: bool

    @property
    def place(self) -> str:
        """Where biases are that stand among weights."""
        return "first" if self.name.endswith(_FIRST) else "last"


def _layouts(arrays: Arrays) -> list[_Layout]:
    """Return the ways to read the arrays, the likely first. Raises SettingError if there is none.

    Where w2 fits none, they are those that w1 fits.
    """
    shape, size = _present("w1", arrays.w1).shape, _present("w2", arrays.w2).size
    found: list[_Layout] = []
    for name in ORIENTATIONS if arrays.config is None else ORIENTATIONS[:1]:
        inputs, width = (0, 0) if len(shape) != 2 else shape[::-1] if "out-in" in name else shape
        holds_b1, holds_b2 = inputs == 3, arrays.b2 is None and size == width + 1
        is_whole = inputs == 2 or (holds_b1 and arrays.b1 is None)
        if is_whole and 1 <= width <= WIDEST and (holds_b1 or holds_b2 or _FIRST not in name):
            found.append(_Layout(name, width, holds_b1, holds_b2))
    if not found:
        within = ", or (3, H) or (H, 3) with the biases in it" if arrays.b1 is None else ""
        raise SettingError(
            f"w1 has the shape {shape}; allowed{' beside b1' if not within else ''}: "
            f"(2, H) or (H, 2), H from 1 to {WIDEST}{within}"
        )
    fits = [one for one in found if size == one.width + one.holds_b2]
    return sorted(fits or found, key=lambda one: _doubt(arrays, one, fits))


def _doubt(arrays: Arrays, layout: _Layout, others: Sequence[_Layout]) -> tuple[int, bool]:
    """Return what speaks against a layout: shapes first, then names."""
    by_w2, by_name = _by_w2(arrays), arrays.orientation or ""
    is_odd = layout.holds_b1 and not by_name.endswith(_FIRST)
    is_odd = is_odd and not all(other.holds_b1 for other in others)
    is_turned = not layout.name.startswith(by_w2)
    return is_odd + is_turned, not layout.name.startswith(by_name)


def _by_w2(arrays: Arrays) -> str:
    """Return the orientation that goes with w2 as a row or a column, if it is one."""
    match () if arrays.w2 is None else arrays.w2.shape:
        case (1, units) if units > 1:
            return "out-in"
        case (units, 1) if units > 1:
            return "in-out"
    return ""


def _likely(arrays: Arrays) -> list[OwnNetwork]:
    """Return the likely networks, of those with the same outputs one."""
    layouts = _layouts(arrays)
    least = _doubt(arrays, layouts[0], layouts)
    equal = [one for one in layouts if _doubt(arrays, one, layouts) == least]
    first, *others = (_read(arrays, one, len(layouts) > 1) for one in equal)
    return [first, *(other for other in others if not _is_same(first.weights, other.weights))]


def _is_same(one: Weights, other: Weights) -> bool:
    with np.errstate(all="ignore"):  # weights may be huge
        return all(
            np.allclose(outputs(one, name), outputs(other, name), rtol=1e-12, atol=0)
            for name in ACTIVATION_NAMES
        )


def _read(arrays: Arrays, layout: _Layout, is_open: bool) -> OwnNetwork:
    """Return the network in one layout. Raises SettingError for arrays that do not fit it."""
    w1, w2 = _present("w1", arrays.w1), _present("w2", arrays.w2)
    is_turned, place = "out-in" in layout.name, 0 if layout.place == "first" else -1
    table = w1.T if is_turned else w1
    line = _vector("w2", w2, layout.width + layout.holds_b2)
    b1 = None if arrays.b1 is None else _vector("b1", arrays.b1, layout.width)
    b2 = None if arrays.b2 is None else _vector("b2", arrays.b2, 1)
    about = ["transposed"] if is_turned else []
    if layout.holds_b1:
        b1, table = table[place].copy(), np.delete(table, place, axis=0)
        about.append(f"its {layout.place} {'column' if is_turned else 'row'} holds the biases")
    notes = [": ".join(filter(None, [f"w1 as {w1.shape}", ", ".join(about)]))]
    if is_open and (by_w2 := _by_w2(arrays)) and not layout.holds_b2:
        notes[0] += f", since w2 is {w2.shape}" * layout.name.startswith(by_w2)
    elif is_open and arrays.orientation and layout.name.startswith(arrays.orientation):
        notes[0] += ", by its name"
    if layout.holds_b2:
        b2, line = line[[place]], np.delete(line, place)
        notes.append(f"w2 as {w2.shape}: its {layout.place} number is the output bias")
    if not is_turned and arrays.b1 is not None and arrays.b1.shape == (len(ROWS), 1):
        notes.append(f"b1 as {arrays.b1.shape}: NumPy adds it to rows, not to units")
    weights = Weights(table.copy(), b1, line[:, np.newaxis].copy(), b2)
    setting(weights, 0)  # refuses a number that is too large
    return OwnNetwork(weights, tuple(notes), layout.name)


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
    if length == array.size == max(array.shape, default=1):
        return array.ravel()
    units = "one number" if length == 1 else f"({length},)"
    if name != "w2" and array.shape[:1] == (len(ROWS),):
        raise SettingError(
            f"{name} has one bias for each row of the table ({len(ROWS)}); a bias belongs to a "
            f"unit: {units}"
        )
    lists = units if length == 1 else f"{units} or ({length}, 1) or (1, {length})"
    beside = "" if name == "b2" else f" beside {length} hidden unit{'s' if length > 1 else ''}"
    more = ", or one more with the output bias" if name == "w2" else ""
    raise SettingError(f"{name} has the shape {array.shape}; allowed{beside}: {lists}{more}")
