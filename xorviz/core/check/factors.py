"""The factors of a training step, and what faulty programs have in their place.

For each row, the change of a weight is a product: of the error, the slope of the output unit, w2,
the slope of the hidden unit and the input. A fault leaves out a factor, or has another in its
place.
The code has the names of the usual program: X (4, 2), t (4, 1), z, h, z_y, y, d_y, d_h, rate.
Shapes: B rows, H hidden units; other axes may come before them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array, Numbers, Steps
from xorviz.core.network import ACTIVATIONS, INPUTS, UNITS, Weights, sigmoid
from xorviz.core.truth_table import ROWS

ARRAYS = ("w1", "b1", "w2", "b2")
"""In the order of network.Weights.arrays."""
HIDDEN = ("w1", "b1")
"""Arrays of the hidden layer."""
XOR = (1, 0, 1, 0)
"""In the order of ROWS."""


def names_of(weights: Weights) -> tuple[str, ...]:
    """Return the names of the arrays that are there."""
    return tuple(name for name in ARRAYS if getattr(weights, name) is not None)


def by_name(weights: Weights) -> dict[str, Array]:
    """Return the arrays that are there by their names, each in a line (N,)."""
    return {name: np.ravel(getattr(weights, name)) for name in names_of(weights)}


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """What a program has computed for some rows when it starts to go back."""

    activation: str
    output: str
    x: Numbers
    """(B, 2)."""
    rows: Steps
    """(B,) as indices into ROWS."""
    w2: Numbers
    """(..., 1, H)."""
    z: Numbers
    """(..., B, H) inputs of the hidden units."""
    h: Numbers
    """(..., B, H) their responses."""
    z_y: Numbers
    """(..., B) input of the output unit."""
    y: Numbers
    """(..., B)."""
    w2_after: Numbers | None = None
    """(..., 1, H) as the step leaves it."""


class Goal(NamedTuple):
    """The targets of a program. A value."""

    bits: tuple[int, ...] = XOR
    """In the order of ROWS."""
    is_signed: bool = False
    """Whether they are -1 and 1 in place of 0 and 1."""

    @property
    def values(self) -> Array:
        """The numbers (4,)."""
        bits = np.array(self.bits, dtype=float)
        return 2 * bits - 1 if self.is_signed else bits

    @property
    def inverse(self) -> "Goal":
        """The same with true and false in each other's place."""
        return self._replace(bits=tuple(1 - bit for bit in self.bits))


@dataclass(frozen=True, slots=True)
class Model:
    """What a program computes outputs with. A value."""

    activation: str
    output: str
    are_inputs_signed: bool = False
    """Whether inputs are -1 and 1 in place of 0 and 1."""
    rows: tuple[int, ...] = tuple(range(len(ROWS)))
    """The rows that are used, as indices into ROWS."""

    def forward(self, weights: Weights, rows: Steps | None = None) -> Forward:
        """Return the forward pass of its rows, or of others (..., B).

        The weights may have axes before theirs, which the rows share.
        """
        used = np.array(self.rows) if rows is None else rows
        x = 2 * INPUTS[used] - 1 if self.are_inputs_signed else INPUTS[used]
        z = x @ weights.w1
        z = z if weights.b1 is None else z + weights.b1[..., np.newaxis, :]
        h = UNITS[self.activation].value(z)
        z_y = (h @ weights.w2)[..., 0]
        z_y = z_y if weights.b2 is None else z_y + weights.b2
        w2, y = weights.w2.swapaxes(-1, -2), UNITS[self.output].value(z_y)
        return Forward(self.activation, self.output, x, used, w2, z, h, z_y, y)


class Way(NamedTuple):
    """One form of a factor."""

    name: str
    """Of the fault; empty for the right form."""
    value: Callable[[Forward], Numbers]
    code: str
    """In NumPy, as the products below."""

    @property
    def faults(self) -> tuple[str, ...]:
        """The name in a tuple, which is empty for the right form."""
        return (self.name,) if self.name else ()


INVERTED = "targets inverted"
OUTPUT_AS_ERROR = "the output stands in place of the error"


@cache
def errors(goal: Goal) -> tuple[Way, ...]:
    """Return the right error, and those in its place; inverted targets are another goal."""
    t = goal.values
    return (
        Way("", lambda f: f.y - t[f.rows], "(y - t)"),
        Way(OUTPUT_AS_ERROR, lambda f: f.y, "y"),
        Way("the error is squared", lambda f: (f.y - t[f.rows]) ** 2, "(y - t) ** 2"),
    )


NO_SLOPE = "derivative of the {} activation is missing"
EXTRA_SLOPE = "derivative of the output activation kept, which cross-entropy cancels"
NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "linear": "a linear unit"}
_VALUES = {"sigmoid": "sigmoid({})", "tanh": "np.tanh({})", "relu": "{}", "linear": "{}"}
"""A unit's response in NumPy."""
_SLOPES = {"sigmoid": "{0} * (1 - {0})", "tanh": "(1 - {0}**2)", "relu": "({0} > 0)", "linear": "1"}
"""The slope at a response."""


@cache
def slopes(unit: str, layer: str) -> tuple[Way, ...]:
    """Return the right slope of a layer's units ("hidden" or "output"), and those in its place.

    Of ReLU there are two right ones, which differ at the kink.
    """
    z, h = ("z_y", "y") if layer == "output" else ("z", "h")
    found = [("", _SLOPES[unit].format(h)), *_slope_faults(unit, layer, z, h)]
    return tuple(Way(name, _computed(code, layer), code) for name, code in found)


def _slope_faults(unit: str, layer: str, z: str, h: str) -> Iterator[tuple[str, str]]:
    """Yield the names and the code of what stands in place of a unit's slope."""
    the, value, slope = f"derivative of the {layer} activation", _VALUES[unit], _SLOPES[unit]
    if unit == "relu":
        yield "", f"({z} >= 0)"
    if unit != "linear":
        yield f"{the} is missing", "1"
        yield f"{the} replaced by its output {h}", h
    if unit in {"sigmoid", "tanh"}:
        yield f"{the} taken of its output instead of its input", slope.format(value.format(h))
        yield f"{the} computed from its input instead of its output", slope.format(z)
        yield f"{the} replaced by 1 − {h}", f"(1 - {h})"
    for other in (name for name in ACTIVATIONS if name != unit):
        name = f"derivative of {NAMES[other]}{{}} in place of that of {NAMES[unit]} ({layer} layer)"
        if (unit, other) != ("sigmoid", "relu"):  # there it is 1
            yield name.format(""), _SLOPES[other].format(h)
        if layer == "hidden":
            yield name.format(f" at {z}"), _SLOPES[other].format(_VALUES[other].format(z))
    if layer == "hidden":
        yield f"{the} summed over the units", f"({slope.format(h)}).sum(axis=1, keepdims=True)"


def _computed(code: str, layer: str) -> Callable[[Forward], Numbers]:
    """Return what computes a slope: its own code, with other axes before its rows.

    The code may use z, h, z_y, y, np and sigmoid; beside hidden units, z_y and y are columns.
    """
    compiled = compile(code.replace("axis=1", "axis=-1"), code, "eval")

    def value(f: Forward) -> Numbers:
        of_rows, like = {"z_y": f.z_y, "y": f.y}, f.y
        if layer == "hidden":
            of_rows, like = {name: v[..., np.newaxis] for name, v in of_rows.items()}, f.h
        names = {"z": f.z, "h": f.h, **of_rows, "np": np, "sigmoid": sigmoid}
        return np.asarray(eval(compiled, names) + 0 * like)

    return value


def _summed(of_units: Numbers) -> Numbers:
    return np.asarray(of_units.sum(axis=-1, keepdims=True) + 0 * of_units)


ERROR_SENT = "error propagated back instead of the output's delta"
OUTPUT_SENT = "output propagated back instead of the output's delta"
W2_MISSING = "w2 is missing in the backward pass"
W2_FIRST = "w2 updated before the hidden layer uses it"
DELTA_USED = "the output's delta is used for the hidden units"
W2_WAYS = (
    Way("", lambda f: f.w2, "w2.T"),
    Way(W2_MISSING, lambda f: np.ones_like(f.w2), "np.ones_like(w2.T)"),
    Way("sign of w2 lost in the backward pass", lambda f: np.abs(f.w2), "abs(w2.T)"),
    Way(
        "w2 summed over the units in the backward pass",
        lambda f: f.w2.sum(axis=-1, keepdims=True) + 0 * f.w2,
        "(w2.sum() * np.ones_like(w2.T))",
    ),
    Way(W2_FIRST, lambda f: f.w2 if f.w2_after is None else f.w2_after, "w2_new.T"),
)


class Term(NamedTuple):
    """How an array's gradient is made of the deltas of its layer."""

    name: str
    value: Callable[[Forward, Numbers], Numbers]
    """Of the deltas (..., B, H or 1): the terms (..., B, N) of each row."""
    code: str


def _outer(x: Numbers, d_h: Numbers) -> Numbers:
    """Return the terms of w1 (..., B, 2 H)."""
    many = x[..., :, np.newaxis] * d_h[..., np.newaxis, :]
    return np.asarray(many.reshape(*many.shape[:-2], -1))


TERMS: Mapping[str, tuple[Term, ...]] = {
    "w1": (
        Term("", lambda f, d: _outer(f.x, d), "X.T @ d_h"),
        Term("inputs left out", lambda f, d: _outer(np.ones_like(f.x), d), "d_h.sum(axis=0)"),
        Term("transposed", lambda f, d: _outer(d, f.x), "(d_h.T @ X).reshape(w1.shape)"),
    ),
    "b1": (
        Term("", lambda _, d: d, "d_h.sum(axis=0)"),
        Term("one change for all units: the sum", lambda _, d: _summed(d), "d_h.sum()"),
        Term(
            "one change for all units: the mean",
            lambda _, d: _summed(d) / d.shape[-1],
            "d_h.sum(axis=0).mean()",
        ),
    ),
    "w2": (
        Term("", lambda f, d: f.h * d, "h.T @ d_y"),
        Term("hidden outputs left out", lambda f, d: np.ones_like(f.h) * d, "d_y.sum(axis=0)"),
        Term("z in place of h", lambda f, d: f.z * d, "z.T @ d_y"),
    ),
    "b2": (Term("", lambda _, d: d, "d_y.sum(axis=0)"),),
}
"""The right one first."""

NOT_UPDATED = "not updated"
WRONG_SIGN = "added instead of subtracted"
MEAN_FOR_SUM = "a mean over the rows where the others have a sum"
SUM_FOR_MEAN = "a sum over the rows where the others have a mean"
OTHER_RATE = "a rate different from the others"
SCALES = {MEAN_FOR_SUM, SUM_FOR_MEAN, OTHER_RATE}
"""Faults of an array beside the others, of which some may be the wrong ones instead."""
UNSAID_RATE = "a rate different from yours"
ONE_ROW = "only row {} is used"
