"""How a program's outputs change with its weights, through its own forward function.

Shapes: R rows, I inputs, O outputs, P trained numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.holders import Holders, raw, rounding
from xorviz.core.rules import SettingError

Call = Callable[..., Any]
FORMS: tuple[Callable[[Array], list[tuple[Any, ...]]], ...] = (
    lambda x: [(x,)],
    lambda x: [(x.T,)],
    lambda x: [(row[np.newaxis],) for row in x],
    lambda x: [(row,) for row in x],
    lambda x: [(row[:, np.newaxis],) for row in x],
    lambda x: [(row.tolist(),) for row in x],
    lambda x: [tuple(row.tolist()) for row in x],
)
"""The calls by which rows (R, I) are handed over: all as rows or as columns; or each row as a
matrix, a vector, a column, a list, or as a number for each argument."""
CLASSES = (
    "predict returns classes or rounded values; give the function that returns the outputs"
    " themselves"
)


@dataclass(frozen=True, slots=True)
class Slopes:
    """The derivatives of the outputs by the weights. A value."""

    y: Array
    """(R, O)"""
    by_weight: Array
    """(R, O, P)"""
    errors: Array
    """(R, O, P) bounds; at a kink, such as ReLU's at 0, half the jump and more: both sides fit."""
    rounding: float
    """Relative rounding error of the outputs."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """A program's forward function, and how it takes its rows."""

    predict: Call
    holders: Holders
    x: Array
    """(R, I)"""
    count: int
    """O"""
    form: Callable[[Array], list[tuple[Any, ...]]]
    """One of FORMS."""

    def calls(self, x: Array) -> list[tuple[Any, ...]]:
        """Return the arguments of the calls for some rows (R, I)."""
        return [tuple(map(self.holders.tensor, call)) for call in self.form(x.copy())]

    def __call__(self, x: Array | None = None) -> Any:
        """Return the outputs (R, O) of the rows, or of others, in their own type of number."""
        x = self.x if x is None else x
        parts, calls = [], self.calls(x)
        for call in calls:
            y = _picked(self.predict(*call), len(x) // len(calls) * self.count)
            is_turned = self.form is FORMS[1] and y.ndim > 1
            parts.append((y.T if is_turned else y).reshape(-1, self.count))
        return np.concatenate(parts)

    def like(self, call: tuple[Any, ...], t: Array) -> Any:
        """Return targets (R, O) in the type and the shape of the outputs of a call."""
        y = self.predict(*call)
        if isinstance(y, float | list):
            return t.ravel().tolist() if isinstance(y, list) else float(t[0, 0])
        t = t.T if self.form is FORMS[1] else t
        return self.holders.tensor(t.reshape(_picked(y, t.size).shape))

    def slopes(self, row: int | None = None) -> Slopes:
        """Return the derivatives of all rows or one, at the weights as they are and stay."""
        x, theta = self.x if row is None else self.x[[row]], self.holders.read()
        y = self(x)
        unit, y = rounding(y), y.astype(float)
        # The distance at which differences of the sixth order err least; a power of two.
        h = 2.0 ** round(np.log2(unit) / 7 - 1.4)
        found = []
        for place, own in enumerate(self.holders.rounding):
            ends, places = [], []
            for offset in (1, 2, 4, -1, -2, -4):
                moved = theta.copy()
                moved[place] += offset * h
                self.holders.write(moved)
                # In 32 bit it is not quite where it was put.
                places.append(self.holders.read()[place] if own > 1e-9 else moved[place])
                ends.append(self(x).astype(float))
            uneven = own * (1 + abs(theta[place])) / h
            found.append(_slope(np.array(ends), np.array(places), y, uneven))
        self.holders.write(theta)
        slope, errors = (np.stack(part, axis=-1) for part in zip(*found, strict=True))
        return Slopes(y, slope, errors + 2 * unit / h * np.abs(y)[..., np.newaxis], unit)

    def used(self) -> list[str]:
        """Return the names of the arrays that the outputs depend on, at some weights or other."""
        holders, random, seen = self.holders, np.random.default_rng(0), set()
        for size in (0.0, 0.5, 2.0):
            theta, ends = holders.read(), np.cumsum([0, *holders.sizes.values()])
            theta += random.uniform(-size, size, theta.shape)
            for name, start, end in zip(holders.sizes, ends, ends[1:], strict=False):
                moved = theta.copy()
                moved[start:end] += random.uniform(0.1, 0.5, end - start)
                try:
                    holders.write(theta)
                    before = self()
                    holders.write(moved)
                    seen |= {name} if (self() != before).any() else set()
                except (ValueError, ArithmeticError, TypeError, IndexError):
                    pass  # a number that is no weight
                holders.restore()
        return [name for name in holders.sizes if name in seen]


def _slope(ends: Array, places: Array, y: Array, uneven: float) -> tuple[Array, Array]:
    """Return the derivatives (R, O) by one number, and bounds of their errors."""
    spans = (places[:3] - places[3:])[:, np.newaxis, np.newaxis]
    middle = (ends[:3] - ends[3:]) / spans
    bend = (ends[:3] - 2 * y + ends[3:]) / spans * 2
    # Richardson's extrapolation: what goes with the square and the fourth power of h is gone.
    near, far = (4 * middle[:2] - middle[1:]) / 3
    slope = (16 * near - far) / 15
    # Of a smooth function the bend goes with h and its third power; what is left is a kink's jump.
    near_jump, far_jump = 2 * bend[:2] - bend[1:]
    jump = np.abs(8 * near_jump - far_jump) / 7 - 4 * uneven * np.abs(slope)
    uneven_bend = uneven * np.abs(bend[:2]).sum(axis=0)
    return slope, np.abs(slope - near) + np.maximum(jump, 0) + uneven_bend


def _picked(value: Any, size: int) -> Any:
    """Return the outputs among what predict returns, which may be a tuple with all activations."""
    for candidate in (value, *reversed(value)) if isinstance(value, list | tuple) else (value,):
        try:
            array = raw(candidate)
        except (ValueError, TypeError):
            continue
        if array.size == size and array.dtype.kind in "iub":
            raise SettingError(CLASSES)
        if array.size == size and array.dtype.kind == "f":
            return array
    raise ValueError("another number of outputs than there are targets")


def forwards(predict: Call, holders: Holders, x: Array, t: Array) -> list[Outputs]:
    """Return the ways in which predict takes rows and returns an output for each target.

    Raises SettingError where there are none, or where it returns classes in place of outputs.
    """
    failed, found = "", []
    is_plain = isinstance(holders.first, float)
    for form in FORMS[5:] + FORMS[:5] if is_plain else FORMS:
        outputs = Outputs(predict, holders, x, t.shape[1], form)
        try:  # each output belongs to its row, unless there is chance
            each = np.concatenate([outputs(x[[row]]) for row in range(len(x))])
            is_one = np.allclose(outputs(), each, rtol=1e-5, atol=1e-6)
            found += [outputs] if is_one or (outputs() != outputs()).any() else []
        except SettingError:
            raise
        except Exception as error:
            failed = failed or f": {error}"
        holders.restore()  # what it keeps of its own may be of another type by now
    if not found:
        raise SettingError(
            f"predict returned no {t.shape[1]} outputs for a row of {x.shape[1]} inputs, nor for"
            f" all {len(x)} rows{failed}"
        )
    return found
