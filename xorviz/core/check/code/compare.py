"""A step beside the negative gradient, array by array.

Shapes: R rows, O outputs, P trained numbers in A arrays, M steps from the same weights.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.code_check import EXACT, UNTOLD, ArrayCheck
from xorviz.core.check.code.slopes import Slopes
from xorviz.core.network import sigmoid

ENOUGH = 8.0
"""Decimal digits that must agree beyond those that were fitted, before a step is explained."""
ROUNDINGS = 16
"""Rounding errors of one operation that a number may have gathered."""
_ALIKE = 1e6
"""Condition of a fit from which the gradient and what is added to it are one direction."""
_GROSS = 1000.0
"""A fault leaves over that much more than what is exact: less may be left by many small steps."""
OPPOSITE, UNMOVED, ELSEWHERE = "opposite sign", "not updated", "another direction"
FLAT, STRAY = f"{UNTOLD}: its gradient is 0", f"{UNTOLD}: it moves, though its gradient is 0"
LOSSES = (
    "squares",
    "cross-entropy",
    "cross-entropy of logits",
    "categorical cross-entropy",
    "categorical cross-entropy of logits",
)
WRONG = ("the slope of sigmoid is taken twice", "the slope of sigmoid is taken of the output",
         "the slope of tanh is left out")  # fmt: skip
"""Signals of no loss. A sigmoid's slope left out is right, of cross-entropy."""
Losses = Callable[[Array, Array, Array], dict[str, Array]]


def signals(y: Array, t: Array, like: Array) -> dict[str, Array]:
    """Return the derivatives (R, O) by y of all losses that fit outputs such as ``like``."""
    error, bell, raised = y - t, y * (1 - y), np.exp(y)
    found = {LOSSES[0]: error}
    if t.min() >= 0:
        found[LOSSES[2]] = sigmoid(y) - t
        if y.shape[1] > 1:
            found[LOSSES[4]] = raised / raised.sum(axis=1, keepdims=True) - t
        if ((like > 0) & (like < 1)).all():
            is_share = y.shape[1] > 1 and np.allclose(like.sum(axis=1), 1, atol=1e-5)
            found |= {LOSSES[3]: -t / y} if is_share else {LOSSES[1]: error / bell}
            again = sigmoid(y) * sigmoid(-y)
            found |= {WRONG[0]: error * bell, WRONG[1]: error * again / bell}
    if (np.abs(like) < 1).all():
        found[WRONG[2]] = error / (1 - y**2)
    return found


@dataclass(frozen=True, eq=False)
class Steps:
    """What a program changed in steps from the same weights. A value."""

    names: Sequence[str]
    sizes: Sequence[int]
    """Of each array, in the order of the P numbers."""
    before: Array
    """(P,)"""
    changes: Array
    """(M, P); not a number where an array changed its shape."""
    errors: Array
    """(M, P) bounds of their rounding."""
    slopes: Slopes
    t: Array
    """(R, O)"""
    rows: Sequence[Array]
    """The rows (M, R) that the steps may be made of, likeliest first."""
    previous: Array | None = None
    """(1, P) the change before, by which momentum is found."""

    def each(self, reduced: np.ufunc, table: Array) -> Array:
        """Return (A,) what a table (M, P) is reduced to for each array."""
        starts = np.cumsum([0, *self.sizes[:-1]])
        return np.asarray(reduced.reduceat(reduced.reduce(table, axis=0), starts))

    def gradients(self, rows: Array, losses: Losses) -> Iterator[tuple[str, Array, Array]]:
        """Yield each loss, its gradient (M, P) over rows (M, R), and bounds of its errors."""
        y, by_weight, unit = self.slopes.y, self.slopes.by_weight, self.slopes.rounding * ROUNDINGS
        shaken = losses(y + unit * np.maximum(1, np.abs(y)), self.t, y)
        for name, s in losses(y, self.t, y).items():
            bounds = np.abs(shaken[name] - s) + unit * np.abs(s)
            errors = np.einsum("mr,ro,rop->mp", rows, np.abs(s), self.slopes.errors)
            errors += np.einsum("mr,ro,rop->mp", rows, bounds, np.abs(by_weight))
            yield name, np.einsum("mr,ro,rop->mp", rows, s, by_weight), errors


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """Steps read as those of a loss, over some rows, at a rate. A value."""

    steps: Steps
    loss: str
    rows: Array
    g: Array
    """(M, P) the gradient."""
    pull: Array
    """(P,) what decay takes away from the weights."""
    rate: float
    allowed: Array
    """(M, P) how far a right step may be from the gradient."""
    momentum: float | None
    common: float
    """The decay as the arrays show it that gave the rate."""
    free: int
    """Count of what was fitted."""

    @cached_property
    def followed(self) -> tuple[Array, Array]:
        """(A,) 1 for arrays that follow the gradient down, -1 up it, else 0; and their decay."""
        steps = self.steps
        sign, share = np.zeros(len(steps.sizes)), np.zeros(len(steps.sizes))
        for way in (1, -1):
            left = self.left(way)
            own = steps.each(np.add, -left * self.pull) / steps.each(
                np.add, left * 0 + self.pull**2
            )
            has_own = self.free > 1 + (steps.previous is not None)
            for decay in (
                0 * share,
                0 * share + self.common,
                np.where(np.array(steps.sizes) > 2, own, 0),
            ):
                off = np.abs(left + np.repeat(decay, steps.sizes) * self.pull)
                fits = steps.each(np.logical_and, off <= self.allowed) & (sign == 0)
                fits &= (decay > -1e-12) & (decay < 1)
                sign[fits], share[fits] = way, decay[fits]
        return sign, share

    def left(self, way: int = 1) -> Array:
        """Return (M, P) what is left of the changes without a step down the gradient, or up it."""
        previous = 0.0 if self.momentum is None else self.momentum * self.steps.previous
        return self.steps.changes - previous + way * self.rate * self.g

    @cached_property
    def digits(self) -> Array:
        """(M, P) to how many decimal digits each number can be told."""
        step = np.maximum(self.rate * np.abs(self.g), 1e-300)
        return np.log10(step / self.allowed).clip(0, 12)

    @cached_property
    def evidence(self) -> float:
        """How many decimal digits agree, beyond those that the fit was free to choose."""
        agreeing = self.digits * np.repeat(self.followed[0] != 0, self.steps.sizes)
        return float(agreeing.sum() - self.free * agreeing.max())

    @cached_property
    def arrays(self) -> dict[str, ArrayCheck]:
        """What is found of each array."""
        steps, each, (signs, share) = self.steps, self.steps.each, self.followed
        change = np.nan_to_num(self.left(0) + np.repeat(share, steps.sizes) * self.pull)
        step = self.rate * self.g
        squares = each(np.add, step**2)
        times = -each(np.add, change * step) / np.where(squares, squares, 1)
        length = np.sqrt(each(np.add, change**2))
        cosine = times * np.sqrt(squares) / np.where(length, length, 1)
        largest = np.maximum(each(np.maximum, np.abs(change)), each(np.maximum, np.abs(step)))
        left = each(np.maximum, np.abs(change + step)) / np.maximum(largest, 1e-300)
        off = np.abs(change + np.repeat(times, steps.sizes) * step)
        wide = self.allowed * np.repeat(np.maximum(1, np.abs(times)), steps.sizes)
        is_straight = each(np.logical_and, off <= wide)
        is_told = each(np.maximum, self.digits) > 1
        total = each(np.add, np.abs(steps.changes))
        found = {}
        for n, name in enumerate(steps.names):
            if not is_told[n]:
                finding = FLAT if signs[n] else STRAY
            elif signs[n]:
                finding = EXACT if signs[n] > 0 else OPPOSITE
            elif np.isnan(total[n]) or not total[n]:
                finding = "its shape changes" if total[n] else UNMOVED
            else:
                finding = _times(times[n], steps.sizes[n]) if is_straight[n] else ELSEWHERE
            numbers = (float(v[n]) for v in (cosine, times * self.rate, left))
            found[name] = ArrayCheck(finding, *numbers)
        return found

    @property
    def wrong(self) -> list[str]:
        """The arrays that do not follow the negative gradient, where that can be told."""
        return [name for name, array in self.arrays.items() if array.is_wrong]

    @property
    def is_explained(self) -> bool:
        """Whether enough agrees, and what does not is wrong by more than small steps leave."""
        arrays = self.arrays.values()
        exact = max((array.residual for array in arrays if array.finding == EXACT), default=0.0)
        is_gross = all(array.residual > _GROSS * exact for array in arrays if array.is_wrong)
        return self.evidence >= ENOUGH and is_gross and not any(a.finding == STRAY for a in arrays)

    @property
    def is_right(self) -> bool:
        """Whether every array that can be told follows the negative gradient of a loss."""
        return self.loss not in WRONG and not self.wrong and self.is_explained

    @property
    def is_uphill(self) -> bool:
        """Whether every array that can be told follows the gradient of a loss up, not down."""
        return self.loss not in WRONG and self.followed[0].max() <= 0 and self.followed[0].any()

    @property
    def is_cut(self) -> bool:
        """Whether all that is off is of one size, the largest, as clipping and Adam make it."""
        changes, sizes = self.steps.changes, np.abs(self.steps.changes)
        off = np.abs(self.left()) > self.allowed
        largest = sizes[off] > 0.999 * np.nanmax(sizes)
        return bool(off.sum() > 1 and largest.all() and (changes * self.g < 0)[off].all())

    def rank(self, rates: Sequence[float]) -> tuple[float, ...]:
        """Return what is compared of two hypotheses, the better being larger."""
        strays = sum(array.finding == STRAY for array in self.arrays.values())
        is_said = any(abs(self.rate - rate) <= 1e-3 * rate for rate in rates)
        followed = np.count_nonzero(self.followed[0])
        return (self.evidence >= ENOUGH, is_said, followed - strays, self.loss not in WRONG,
                -self.free, self.followed[0][np.array(self.steps.sizes) > 1][-1:].any(), self.evidence)  # fmt: skip


def _times(ratio: float, count: int) -> str:
    """Return in words how many times as long a step is: 4 times as long, 1/4 as long."""
    size, sign = abs(ratio), f"{OPPOSITE}, " if ratio < 0 else ""
    whole, parts = round(size), round(1 / size)
    if whole and abs(size / whole - 1) < 1e-3:
        return f"{sign}{whole} times as long"
    if parts and abs(size * parts - 1) < 1e-3:
        return f"{sign}1/{parts} as long"
    return f"{sign}{size:.3g} times as long" if count > 1 else ELSEWHERE


def _hypotheses(
    steps: Steps, loss: str, rows: Array, g: Array, g_errors: Array, pull: Array
) -> Iterator[Hypothesis]:
    """Yield a hypothesis at every rate that some of the arrays show."""
    has_momentum, has_decay = steps.previous is not None, bool(pull.any())
    columns = [-g, *[steps.previous] * has_momentum, *[np.broadcast_to(-pull, g.shape)] * has_decay]
    ends, free, seen = np.cumsum([0, *steps.sizes]), len(columns), set()
    pools = [slice(*ends[n : n + 2]) for n in range(len(steps.sizes))]
    for n, pool in enumerate([*pools, slice(None)] if free > 1 else pools):
        table, change = (
            np.array([c[:, pool].ravel() for c in columns]),
            steps.changes[:, pool].ravel(),
        )
        sizes, length = np.linalg.norm(table, axis=1), float(np.linalg.norm(change))
        if n in seen or not sizes.all() or not 0 < length < np.inf or len(change) < 2 * free - 1:
            continue
        weight = 1 / (steps.errors + 2 * length / sizes[0] * g_errors)[:, pool].ravel()
        table = table * weight
        if free > 1 and np.linalg.cond(table.T / np.linalg.norm(table, axis=1)) > _ALIKE:
            continue  # they cannot be told apart
        inverse = table.T / (table**2).sum() if free == 1 else np.linalg.pinv(table)
        rate, *more = map(float, (change * weight) @ inverse)
        error = np.abs(inverse[:, 0]).sum()
        allowed = steps.errors + 2 * abs(rate) * g_errors + error * np.abs(g)
        one = Hypothesis(steps, loss, rows, g, pull, abs(rate), allowed,
                         more[0] if has_momentum else None, more[-1] if has_decay else 0.0, free)  # fmt: skip
        seen |= set(np.flatnonzero(one.followed[0]).tolist())
        if one.followed[0].any():
            yield one


def best(steps: Steps, losses: Losses, rates: Sequence[float]) -> Hypothesis | None:
    """Return the hypothesis under which most arrays follow the gradient, at a said rate first."""
    found = []
    pulls = [0 * steps.before, steps.before, np.sign(steps.before)][
        : 3 if steps.previous is None else 2
    ]
    for pull in pulls:
        for place, rows in enumerate(steps.rows):
            for loss, g, errors in steps.gradients(rows, losses):
                if loss in WRONG and (place or pull.any()):
                    continue
                for one in _hypotheses(steps, loss, rows, g, errors, pull):
                    found.append(one)
                    if one.is_right and (not rates or one.rank(rates)[1]):
                        return one
    return max(found, key=lambda one: one.rank(rates), default=None)
