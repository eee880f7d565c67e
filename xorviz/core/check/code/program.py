"""What a program does from some weights: its outputs, their slopes, gradients, and updates.

Shapes: R rows, I inputs, O outputs, P trained numbers, K directions in which they are moved, M
updates: one by each row, or one in all.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.holders import Holders, rounding
from xorviz.core.check.code.probes import Budget, Probes
from xorviz.core.check.code.state import raw
from xorviz.core.network import sigmoid
from xorviz.core.rules import SettingError

Call = Callable[..., Any]
Gradients = dict[str, tuple[Array, Array]]
"""Of each loss and each row (R, K), and bounds of their errors."""
_FORMS: tuple[Callable[[Array], list[tuple[Any, ...]]], ...] = (
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
    "predict returns classes or rounded values; give the function that returns the outputs, or"
    " weights at which the outputs are not saturated"
)
_MOST_LAYERED = 12
"""Arrays of which the one nearest to the outputs is looked for."""
ROUNDINGS = 16
"""Rounding errors that a number may gather."""
LOSSES = ("squares", "cross-entropy", "cross-entropy of logits", "categorical cross-entropy",
          "categorical cross-entropy of logits")  # fmt: skip
WRONG = {
    "slope of sigmoid left out": LOSSES[0],
    "slope of sigmoid taken twice": LOSSES[0],
    "slope of sigmoid taken of the output": LOSSES[0],
    "slope of tanh left out": LOSSES[0],
    "the error is squared": LOSSES[0],
    "targets inverted": LOSSES[0],
    "targets inverted in the cross-entropy": LOSSES[1],
}
"""Wrong signals, with the loss meant. The first is right where that may be cross-entropy."""


def signals(y: Array, t: Array, like: Array) -> dict[str, Array]:
    """Return the derivatives (R, O) by y of all losses that fit outputs such as ``like``."""
    error, bell, raised = y - t, y * (1 - y), np.exp(y)
    left_out, twice, of_output, tanh, squared, inverted, of_entropy = WRONG
    found = {LOSSES[0]: error, squared: error**2}
    if t.min() >= 0:
        found |= {LOSSES[2]: sigmoid(y) - t, inverted: y + t - 1}
        if y.shape[1] > 1:
            found[LOSSES[4]] = raised / raised.sum(axis=1, keepdims=True) - t
        if ((like > 0) & (like < 1)).all():
            is_share = y.shape[1] > 1 and np.allclose(like.sum(axis=1), 1, atol=1e-5)
            found |= {LOSSES[3]: -t / y} if is_share else {LOSSES[1]: error / bell}
            again = sigmoid(y) * sigmoid(-y)
            found |= {twice: error * bell, of_output: error * again / bell}
            found |= {left_out: error / bell, of_entropy: (y + t - 1) / bell}
    if (np.abs(like) < 1).all():
        found[tanh] = error / (1 - y**2)
    return found


class Slopes(NamedTuple):
    """Outputs, and how they change along each direction."""

    y: Array
    """(R, O)"""
    unit: float
    """The relative rounding error of outputs."""
    slope: Array
    """(R, O, K)"""
    errors: Array
    """(R, O, K) bounds of the slopes' errors."""

    def gradients(self, t: Array) -> Gradients:
        """Return the gradients (R, K) of each loss and wrong signal over each row, and bounds.

        These are bounds of their errors, (R, K); targets are (R, O).
        """
        found, unit, y = {}, self.unit * ROUNDINGS, self.y
        shaken = signals(y + unit * np.maximum(1, np.abs(y)), t, y)
        for name, signal in signals(y, t, y).items():
            unsure = np.abs(shaken[name] - signal) + unit * np.abs(signal)
            bounds = np.einsum("ro,rop->rp", np.abs(signal), self.errors)
            bounds += np.einsum("ro,rop->rp", unsure, np.abs(self.slope))
            found[name] = np.einsum("ro,rop->rp", signal, self.slope), bounds
        return found


@dataclass(frozen=True, eq=False)
class Updates:
    """What a program changed in updates. A value."""

    places: Mapping[str, slice]
    """Of each array, in the K directions."""
    last: str | None
    """The array nearest to the outputs."""
    is_single: Any
    """(K,) whether a direction moves one number alone."""
    pulls: Array
    """(2, M, K) the weights before, and their signs: along these, weights decay."""
    velocity: Array
    """(M, K) the changes before, by which momentum is found; 0 if they are not known."""
    change: Array
    """(M, K); not a number where an array changed its shape."""
    errors: Array
    """(M, K) bounds of their rounding."""
    gradients: Mapping[str, Array]
    """(M, 2, R, K) of each loss over each row that an update may be made of, and their errors."""


@dataclass(frozen=True, eq=False)
class Program:
    """A program, and a way in which it takes its rows."""

    holders: Holders
    predict: Call
    train: Call
    """Makes an update, or returns gradients."""
    gives_gradients: bool
    x: Array
    """(R, I)"""
    t: Array
    """(R, O)"""
    budget: Budget = field(default_factory=lambda: Budget(inf))
    form: Callable[[Array], list[tuple[Any, ...]]] = _FORMS[0]
    is_by_row: bool = False
    """Whether the update is one by the rows that it is given."""

    @property
    def probes(self) -> Probes:
        """The directions in which its numbers are moved."""
        return self.holders.probes

    def calls(self, x: Array) -> list[tuple[Any, ...]]:
        """Return the arguments of the calls of predict for some rows (R, I)."""
        return [tuple(map(self.holders.tensor, call)) for call in self.form(x.copy())]

    def outputs(self, x: Array) -> Any:
        """Return the outputs (R, O) of some rows, in their own type of number."""
        self.budget.check()
        calls, count = self.calls(x), self.t.shape[1]
        parts = (_picked(self.predict(*call), len(x) // len(calls) * count) for call in calls)
        return np.concatenate([self._turned(part).reshape(-1, count) for part in parts])

    def _turned(self, array: Any) -> Any:
        return array.T if self.form is _FORMS[1] else array

    def _like(self, call: tuple[Any, ...], t: Array) -> Any:
        """Return targets (R, O) in the type and the shape of the outputs of a call."""
        y = self.predict(*call)
        if isinstance(y, float | list):
            return t.ravel().tolist() if isinstance(y, list) else float(t[0, 0])
        return self.holders.tensor(self._turned(t).reshape(_picked(y, t.size).shape).copy())

    def _train(self, row: int | None) -> Any:
        """Make one update by all rows or by one, of arguments that it may change."""
        self.budget.check()
        if not self.is_by_row:
            return self.train()
        calls = self.calls(self.x)
        x, t = calls[row or 0], np.split(self.t, len(calls))[row or 0]
        return self.train(*x, self._like(self.calls(self.x)[row or 0], t))

    def gradients(self, row: int | None) -> Gradients:
        """Return the gradients (R, K) of each loss, of each row or one, and bounds of their errors.

        They are those at the weights as they are and stay.
        """
        rows = slice(None) if row is None else [row]
        return self.slopes(self.x[rows]).gradients(self.t[rows])

    def slopes(self, x: Array) -> Slopes:
        """Return the slopes of the outputs for some rows (R, I), at the weights as they are.

        At a kink, such as that of ReLU at 0, the bound of the errors is half the jump and more:
        both sides fit.
        """
        theta = self.holders.read()
        y = self.outputs(x)
        unit, y = rounding(y), y.astype(float)
        # The distance at which differences of the sixth order err least; a power of two.
        h = 2.0 ** round(np.log2(unit) / 7 - 1.4)
        columns = []
        for n, (place, way) in enumerate(self.probes.directions):
            self.budget.progress = f"{n} of {len(self.probes.directions)} derivatives"
            own = self.holders.rounding[place]
            ends, places = [], []
            for offset in (1, 2, 4, -1, -2, -4):
                moved = theta.copy()
                moved[place] += offset * h * way
                self.holders.write(moved)
                # In 32 bit it is not quite where it was put.
                moved = self.holders.read() if own.max() > 1e-9 else moved
                places.append((moved[place] - theta[place]) @ way)
                ends.append(self.outputs(x).astype(float))
            uneven = float(np.linalg.norm(own * (1 + np.abs(theta[place])))) / h
            columns.append(_slope(np.array(ends), np.array(places), y, uneven))
        self.holders.write(theta)
        slope, errors = (np.stack(part, axis=-1) for part in zip(*columns, strict=True))
        errors += 2 * unit / h * np.abs(y)[..., np.newaxis]
        return Slopes(y, unit, slope, errors)

    def used(self) -> tuple[list[str], bool]:
        """Return the arrays that the outputs depend on, and whether they depend on the inputs.

        At some weights or other; arrays that change nothing together are not moved one by one.
        """
        holders, used, differs = self.holders, set[str](), len(self.x) == 1
        for seed, size in enumerate((0.0, 0.5, 2.0)):
            theta = holders.read() + size * holders.noise(seed)
            lifted = theta + 0.3 + 0.2 * holders.noise(seed + 3)
            groups = [[*holders.places]]
            while groups:
                group = [name for name in groups.pop() if name not in used]
                moved = theta + 0
                for place in (holders.places[name] for name in group):
                    moved[place] = lifted[place]
                is_changed = bool(group)
                try:
                    holders.go_to(theta)
                    y = self.outputs(self.x)
                    differs |= bool((y != y[:1]).any())
                    holders.go_to(moved)
                    is_changed &= bool((self.outputs(self.x) != y).any())
                except (ValueError, ArithmeticError, TypeError, IndexError):
                    is_changed &= len(group) > 1  # one of them is no weight
                half = len(group) // 2
                groups += [group[half:], group[:half]] if is_changed and half else []
                used |= {*group} if is_changed and not half else set()
                holders.restore()
        return [name for name in holders.places if name in used], differs

    def last(self) -> str | None:
        """Return the array nearest to the outputs: with zeros in it, the fewest others matter.

        None if that is not clear, or there are too many to try each with each.
        """
        holders, counts = self.holders, dict[str, int]()
        places = holders.places if len(holders.places) <= _MOST_LAYERED else {}
        theta = holders.read() + 0.5 * holders.noise(0)
        for name, place in places.items():
            cut = theta + 0
            cut[place] = 0
            holders.go_to(cut)
            y, counts[name] = self.outputs(self.x), 0
            for other in places.values():
                moved = cut + 0
                moved[other] += 0.3 if other != place else 0
                holders.write(moved)
                counts[name] += bool((self.outputs(self.x) != y).any())
        holders.restore()
        fewest = [name for name, count in counts.items() if count == min(counts.values())]
        return fewest[0] if len(fewest) == 1 else None

    def updates(self, theta: Array, *, again: bool = False) -> Updates:
        """Return the updates from weights (P,), or with ``again`` those of second calls.

        The first call then shows what momentum adds to the second, whatever it began with.
        """
        parts = []
        for row, (start, before, change) in enumerate(self.changes(theta, again=again)):
            self.holders.go_to(before)
            is_one = self.is_by_row and len(self.calls(self.x)) > 1
            losses = self.gradients(row if is_one else None)
            parts.append((before, before - start, change, self.errors(before, change), losses))
        return self.beside(parts)

    def errors(self, before: Array, change: Array) -> Array:
        """Return bounds (P,) of the rounding of a change (P,) of numbers (P,)."""
        sizes: Array = np.nan_to_num(np.abs(change))
        sizes += 4 * sizes.max() if self.gives_gradients else np.abs(before)
        return ROUNDINGS * self.holders.rounding * sizes

    def beside(self, parts: Sequence[tuple[Array, Array, Array, Array, Gradients]]) -> Updates:
        """Return updates beside gradients.

        Of each are given the weights, the change before, the change, its errors, all (P,), and the
        gradients.
        """
        probes = self.probes
        numbers = [
            np.stack([probes.of(part) for part in (before, np.sign(before), velocity, change)])
            for before, velocity, change, *_ in parts
        ]
        weights, signs, velocity, change = np.stack(numbers, axis=1)
        by_row = [losses for *_, losses in parts]
        common = [loss for loss in by_row[0] if all(loss in each for each in by_row)]
        return Updates(
            probes.places, self.holders.last, probes.is_single, np.array([weights, signs]),
            velocity, change, np.stack([probes.bounds(part[3]) + 1e-300 for part in parts]),
            {loss: np.array([each[loss] for each in by_row]) for loss in common},
        )  # fmt: skip

    def changes(self, theta: Array, *, again: bool = False) -> Iterator[tuple[Array, Array, Array]]:
        """Yield weights (P,), those before each update, and its change."""
        holders = self.holders
        for row in range(len(self.calls(self.x))) if self.is_by_row else [None]:
            holders.go_to(theta)
            start = holders.read()  # in 32 bit not quite where it was put
            if again:
                self._train(row)
            before = holders.read()
            result = self._train(row)
            change = -self._given(result) if self.gives_gradients else holders.read() - before
            yield start, before, change

    def _given(self, given: Any) -> Array:
        """Return gradients (P,), given by the ends of the arrays' names or in their order."""
        shapes = self.holders.shapes
        if isinstance(given, Mapping):
            ends = [[key for key in given if str(key).endswith(name)] for name in shapes]
            given = [given[keys[0]] if keys else None for keys in ends]
        try:
            arrays = [np.array(raw(value), dtype=float) for value in given]
        except (TypeError, ValueError):
            arrays = []
        is_sound = [array.shape for array in arrays] == [*shapes.values()]
        if not is_sound or not all(np.isfinite(array).all() for array in arrays):
            raise SettingError(f"gradients do not fit; give finite ones for {', '.join(shapes)}")
        return np.concatenate([array.ravel() for array in arrays])


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
        if array.size == size and array.dtype.kind in "fiub":
            return array
    raise ValueError("another number of outputs than there are targets")


def programs(program: Program) -> list[Program]:
    """Return a program with each way in which it takes rows, or raise SettingError."""
    failed, found, x = "", [], program.x
    is_plain = isinstance(program.holders.first, list | float | int)
    for form in _FORMS[5:] + _FORMS[:5] if is_plain else _FORMS:
        one = replace(program, form=form)
        try:  # each output belongs to its row, unless there is chance
            each = np.concatenate([one.outputs(x[[row]]) for row in range(len(x))])
            is_one = np.allclose(one.outputs(x), each, rtol=1e-5, atol=1e-6)
            found += [one] if is_one or (one.outputs(x) != one.outputs(x)).any() else []
        except Exception as error:
            failed = failed or f": {error!s:.200}"
        program.holders.restore()  # what it keeps of its own may be of another type by now
    if not found:
        raise SettingError(
            f"predict returned no {program.t.shape[1]} outputs for a row of {x.shape[1]} inputs,"
            f" nor for all {len(x)} rows{failed}"
        )
    return found


def _needed(call: Call) -> int:
    """Return how many arguments train needs; none if it is code in C that doesn't say so."""
    if not callable(call):
        raise SettingError(f"train is {call!r:.80}; allowed: a function that makes one update")
    try:
        parameters = inspect.signature(call).parameters.values()
    except ValueError:
        return 0
    return sum(p.default is p.empty and p.kind <= p.POSITIONAL_OR_KEYWORD for p in parameters)


def trainable(ways: Sequence[Program]) -> Program:
    """Return the program with the way in which it is trained: of all rows, or of each in turn."""
    if not (count := _needed(ways[0].train)):
        return ways[0]
    failed: Exception = SettingError("train takes no x and t; give a function without arguments")
    ways = [replace(way, is_by_row=True) for way in ways if len(way.calls(way.x)[0]) + 1 == count]
    for way in sorted(ways, key=lambda way: len(way.calls(way.x)) == 1):  # rows first
        way.holders.restore()
        try:
            if np.isfinite(way.updates(way.holders.read()).change).all():
                return way
        except Exception as error:
            failed = error
    raise failed
