"""A network trained by another program: all ways to read its arrays. H hidden units."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights, hidden, logits
from xorviz.core.rules import Real, SettingError, checked, written
from xorviz.core.runs.record import setting
from xorviz.core.settings import ACTIVATION_NAMES, SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS, in_row_order

WAYS = {
    "in-out": "an input, as in NumPy and Keras",
    "out-in": "a unit, as in PyTorch",
    "in-out-first": "an input, below a row of biases",
    "out-in-first": "a unit, after its bias",
}
"""What a row of w1 is in each orientation."""
ORIENTATIONS = (*WAYS,)
"""w1 with a row for each input, (2, H), or with a row for each hidden unit, (H, 2).

Biases may stand in a third row or column of w1, and beside the numbers of w2: after them, or
before them in the last two.
"""
_COURSE = "out-in-first"
"""That of Theta1 in a well-known course."""

OUTPUT = Real(-1e6, 1e6)
"""Range of outputs that are finite; those of another unit than a sigmoid may leave 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """Arrays as another program wrote them: weights in any orientation, or four outputs."""

    w1: Array | None = None
    b1: Array | None = None
    w2: Array | None = None
    b2: Array | None = None
    outputs: Array | None = None
    """(4,) or fewer in the written order, perhaps not finite, if there are no weights."""
    rows: tuple[int, ...] | None = None
    """The indices of the rows of these outputs, if they were written beside them, and so decide."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """What xorviz saved beside them: settings, and perhaps the steps so far."""
    is_course: bool = False
    """Whether w1 has the name Theta1."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnNetwork:
    """Weights as xorviz orders them, with notes on how they were read. A value."""

    weights: Weights
    notes: tuple[str, ...]
    """For the user to check, such as "w1 as (3, 2): transposed"."""
    orientation: str = ORIENTATIONS[0]
    """How the arrays were read."""
    doubt: int = 0
    """How much in shapes and names speaks against it."""

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

    def is_same(self, other: "OwnNetwork") -> bool:
        """Return whether two readings compute the same outputs with any units."""
        configs = [RunConfig(activation=name) for name in ACTIVATION_NAMES]
        with np.errstate(all="ignore"):  # weights may be huge
            one, two = ([logits(network.weights, hidden(network.weights, config))
                         for config in configs] for network in (self, other))  # fmt: skip
        size = float(np.abs(self.weights.w2).sum())  # of sums that cancel
        return bool(np.allclose(one, two, rtol=1e-12, atol=1e-12 * size))

    def settings(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the arrays show. Raises SettingError where something else is said."""
        has_biases = self.weights.b1 is not None or self.weights.b2 is not None
        found: dict[str, Any] = {"width": self.width, "biases": has_biases}
        for name, value in found.items():
            if said.get(name, value) != value:
                other, mine = written(said[name]), written(value)
                raise SettingError(f"{name} is said to be {other}, but is {mine} in the arrays")
        return found


class OrientationError(SettingError):
    """An orientation is missing or impossible; ``allowed`` are those of ORIENTATIONS that fit."""

    def __init__(self, arrays: Arrays, what: str, allowed: Iterable[str]) -> None:
        shape = None if arrays.w1 is None else arrays.w1.shape
        super().__init__(f"w1 has the shape {shape}, {what}")
        self.allowed = tuple(allowed)


def checked_outputs(arrays: Arrays, order: Sequence[int] = COUNTED) -> Array:
    """Return the outputs (4,) in the order of ROWS, or fewer as given. Raises SettingError."""
    assert arrays.outputs is not None
    given = arrays.outputs.tolist()
    for row, y in zip(order, given, strict=False):
        if math.isfinite(y):
            checked(OUTPUT, f"the output for {ROW_NAMES[row]}", y)
    return np.array(in_row_order(given, order) if len(given) == len(order) else given)


def without_zeros(states: Sequence[Arrays]) -> list[Arrays]:
    """Return states without a bias that is the number 0 in each: that is how to give none."""
    zero: dict[str, Any] = {}
    for name in ("b1", "b2"):
        biases = [getattr(state, name) for state in states]
        if all(bias is not None and bias.size == 1 and not bias.any() for bias in biases):
            zero[name] = None
    return [replace(state, **zero) for state in states]


def readings(arrays: Arrays, orientation: str | None = None) -> list[OwnNetwork]:
    """Return all networks that the arrays may be, the likely first; those of an orientation.

    Biases that are not there are None. Raises SettingError, with the name of the wrong array and
    the allowed shapes, if they are no network, and OrientationError if the orientation is wrong.
    """
    w1, w2 = arrays.w1, arrays.w2
    if w1 is None or w2 is None:
        missing = "w1" if w1 is None else "w2"
        raise SettingError(f"{missing} is missing; a network has w1 and w2, and perhaps b1 and b2")
    found: dict[str, OwnNetwork] = {}
    refused: list[SettingError] = []
    for name in ORIENTATIONS:
        table = w1.T if "out-in" in name else w1
        if table.ndim != 2 or len(table) not in ((2, 3) if arrays.b1 is None else (2,)):
            continue
        try:
            network = _read(arrays, name, table, w2)
        except SettingError as error:
            refused.append(error)
        else:
            found.setdefault(network.orientation, network)
    if not found:
        allowed = "(2, H) or (H, 2), and without b1 (3, H) or (H, 3)"
        refused.append(SettingError(f"w1 has the shape {w1.shape}; allowed: {allowed}"))
        raise refused[0]
    chosen = [network for name, network in found.items() if name.startswith(orientation or "")]
    if not chosen:
        raise OrientationError(arrays, f"which can only be {' or '.join(found)}", found)
    return sorted(chosen, key=lambda one: (one.orientation != orientation, one.doubt))


def likely(arrays: Arrays) -> list[OwnNetwork]:
    """Return the likely networks, of those with the same outputs one. Raises as readings does.

    If there are several, only the user can say which it is.
    """
    first, *others = readings(arrays)
    equal = [other for other in others if other.doubt == first.doubt]
    return [first, *(other for other in equal if not other.is_same(first))]


def arranged(arrays: Arrays, orientation: str | None = None) -> OwnNetwork:
    """Return the network that arrays describe, with both biases or none.

    Raises OrientationError if an orientation is needed or wrong, and SettingError as readings.
    """
    network, *others = readings(arrays, orientation)[:1] if orientation else likely(arrays)
    if others:
        raise asked(arrays, [network, *others])
    weights = network.weights
    if (weights.b1 is None) == (weights.b2 is None):
        return network
    missing, count = ("b1", network.width) if weights.b1 is None else ("b2", 1)
    weights = replace(weights, **{missing: np.zeros(count)})
    notes = (*network.notes, f"{missing} is missing and taken as 0")
    return replace(network, weights=weights, notes=notes)


def asked(arrays: Arrays, networks: Iterable[OwnNetwork], what: str = "which") -> OrientationError:
    """Return the question which of these networks the arrays are."""
    ways = [network.orientation for network in networks]
    is_open = "whether its biases come first or last"
    if len({way.removesuffix("-first") for way in ways}) > 1:
        is_open = "whether its rows are the inputs or the hidden units"
    return OrientationError(arrays, f"{what} does not show {is_open}", ways)


def _read(arrays: Arrays, name: str, table: Array, w2: Array) -> OwnNetwork:
    """Return the network in one orientation. Raises SettingError for arrays that do not fit it."""
    b1, b2, width = arrays.b1, arrays.b2, table.shape[1]
    checked(SETTINGS["width"].rule, "the number of hidden units in w1", width)
    is_turned, place = "out-in" in name, 0 if name.endswith("-first") else -1
    where, about, notes = "last" if place else "first", ["transposed"] * is_turned, []
    shape = table.shape[::-1] if is_turned else table.shape
    holds_b1, holds_b2 = len(table) == 3, b2 is None and w2.size == width + 1
    line = _vector("w2", w2, width + holds_b2)
    if holds_b1:
        table, b1 = np.delete(table, place, axis=0), table[place]
        about.append(f"its {where} {'column' if is_turned else 'row'} holds the biases")
    elif b1 is not None and b1.shape == (len(ROWS), 1) and not is_turned:
        notes.append(f"b1 as {b1.shape}: NumPy adds it to rows, not to units")
    if holds_b2:
        line, b2 = np.delete(line, place), line[[place]]
        notes.append(f"w2 as {w2.shape}: its {where} number is the output bias")
    hidden = None if b1 is None else _vector("b1", b1, width)
    output = None if b2 is None else _vector("b2", b2, 1)
    weights = Weights(table, hidden, line[:, np.newaxis], output).each(np.copy)
    setting(weights, 0)  # refuses a number that is too large
    if not (holds_b1 or holds_b2):
        name = name.removesuffix("-first")
    first = f"w1 as {shape}" + f": {', '.join(about)}" * bool(about)
    # A row for w2 beside w1 as (2, H), or a column beside w1 as (H, 2), is unusual.
    is_odd = max(w2.shape, default=1) > 1 and w2.shape[-1 if is_turned else 0] == 1
    doubt = 0 if arrays.is_course and name == _COURSE else holds_b1 + is_odd
    return OwnNetwork(weights, (first, *notes), name, doubt)


def _vector(name: str, array: Array, length: int) -> Array:
    """Return a row, column or list as (length,)."""
    if length == array.size == max(array.shape, default=1):
        return array.ravel()
    is_by_row = name != "w2" and array.shape[:1] == (len(ROWS),)
    what = "one bias for each row of the table" if is_by_row else f"the shape {array.shape}"
    allowed = f"{length} numbers in a list, row or column" if length > 1 else "one number"
    more = ", or one more with the output bias" if name == "w2" else ""
    raise SettingError(f"{name} has {what}; allowed: {allowed}{more}")
