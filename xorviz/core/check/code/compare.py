"""A step beside the negative gradient, array by array.

Shapes: R rows, O outputs, P trained numbers in A arrays, M steps from the same weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.check.code.code_check import EXACT, UNTOLD, ArrayCheck
from xorviz.core.check.code.slopes import Slopes
from xorviz.core.network import sigmoid

ENOUGH, ROUNDINGS, _GROSS, _TINY = 8.0, 16, 1000.0, 1e-300
"""Decimal digits that must agree beyond those that were fitted; rounding errors that a number may
gather; how much more a fault leaves over than what is exact, since small steps leave less."""
OPPOSITE, UNMOVED, RESHAPED = "opposite sign", "not updated", "its shape changes"
ELSEWHERE = "another direction"
FLAT, STRAY = f"{UNTOLD}: its gradient is 0", f"{UNTOLD}: it moves, though its gradient is 0"
LOSSES = ("squares", "cross-entropy", "cross-entropy of logits", "categorical cross-entropy",
          "categorical cross-entropy of logits")  # fmt: skip
WRONG = ("slope of sigmoid taken twice", "slope of sigmoid taken of the output",
         "slope of tanh left out")  # fmt: skip
"""Signals of no loss. A sigmoid's slope left out is right, of cross-entropy."""


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

    sizes: Mapping[str, int]
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

    @property
    def velocity(self) -> Array:
        """(1, P) the change before; 0 where it is not known."""
        return np.zeros_like(self.changes[:1]) if self.previous is None else self.previous

    def each(self, reduced: np.ufunc, table: Array | Mask) -> Any:
        """Return (A,) what a table (M, P) is reduced to for each array."""
        starts = np.cumsum([0, *list(self.sizes.values())[:-1]])
        return reduced.reduceat(reduced.reduce(table, axis=0), starts)

    def spread(self, numbers: Array) -> Array:
        """Return (P,) the number of each array (A,) for all of its own."""
        return np.repeat(numbers, list(self.sizes.values()))

    def gradients(self, rows: Array, only: str | None = None) -> Iterator[tuple[str, Array, Array]]:
        """Yield each loss, its gradient (M, P) over rows (M, R), and bounds of its errors.

        One that is said is tried alone, squares beside the wrong signals.
        """
        y, by_weight, unit = self.slopes.y, self.slopes.by_weight, self.slopes.rounding * ROUNDINGS
        shaken = signals(y + unit * np.maximum(1, np.abs(y)), self.t, y)
        found = signals(y, self.t, y)
        wrong = [w for w in WRONG if w in found and only in {None, LOSSES[0]}]
        for name in [*found] if only is None else [only, *wrong]:
            s = found[name]
            bounds = np.abs(shaken[name] - s) + unit * np.abs(s)
            errors = np.einsum("mr,ro,rop->mp", rows, np.abs(s), self.slopes.errors)
            errors += np.einsum("mr,ro,rop->mp", rows, bounds, np.abs(by_weight))
            yield name, np.einsum("mr,ro,rop->mp", rows, s, by_weight), errors


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """Steps read as those of a loss, over some rows, at a rate. A value."""

    loss: str
    rows: Array
    """(M, R)"""
    rate: float
    momentum: float | None
    decay: float | None
    arrays: Mapping[str, ArrayCheck]
    evidence: float
    """Decimal digits that agree, beyond those that the fit was free to choose."""
    is_cut: bool
    """Whether all that is off is of one size, the largest, as clipping makes it."""

    def of(self, *findings: str) -> list[str]:
        """Return the arrays of some findings."""
        return [name for name, array in self.arrays.items() if array.finding in findings]

    @property
    def wrong(self) -> list[str]:
        """The arrays that do not follow the negative gradient, where that can be told."""
        return [name for name, array in self.arrays.items() if array.is_wrong]

    @property
    def is_explained(self) -> bool:
        """Whether enough agrees, and what does not is wrong by more than small steps leave."""
        exact = max((self.arrays[name].residual for name in self.of(EXACT)), default=0.0)
        is_gross = all(a.residual > _GROSS * exact for a in self.arrays.values() if a.is_wrong)
        return self.evidence >= ENOUGH and is_gross and not self.of(STRAY)

    def is_right(self, *allowed: str) -> bool:
        """Whether it is of a loss, and every array exact or untold, or of an allowed finding."""
        is_all = len(self.of(EXACT, FLAT, *allowed)) == len(self.arrays)
        is_any = bool(self.of(EXACT, *allowed))
        return self.loss not in WRONG and is_all and is_any and self.is_explained

    def rank(self, sizes: Mapping[str, int]) -> tuple[float, ...]:
        """Return what is compared of two hypotheses, the better being larger."""
        count = len(self.of(EXACT, OPPOSITE, FLAT))
        simple = (self.momentum is None) + (self.decay is None) + (self.loss not in WRONG)
        tables = [name for name, size in sizes.items() if size > 1] or [*sizes]
        is_last = tables[-1] in self.of(EXACT)  # nearest to the outputs
        return self.evidence >= ENOUGH, count, simple, is_last, self.evidence


def best(steps: Steps, only: str | None) -> Hypothesis | None:
    """Return the hypothesis under which most arrays follow the gradient."""
    found: list[Hypothesis] = []
    for pull in (0 * steps.before, steps.before, np.sign(steps.before)):
        for place, rows in enumerate(steps.rows):
            for loss, g, errors in steps.gradients(rows, only):
                if loss not in WRONG or not (place or pull.any()):
                    for one in _at_rates(steps, loss, rows, g, errors, pull):
                        found.append(one)
                        if one.is_right():
                            return one
    return max(found, key=lambda one: one.rank(steps.sizes), default=None)


def _at_rates(
    steps: Steps, loss: str, rows: Array, g: Array, g_errors: Array, pull: Array
) -> Iterator[Hypothesis]:
    """Yield a hypothesis at every rate that some of the arrays show by themselves."""
    has_momentum, has_decay = steps.previous is not None, bool(pull.any())
    columns = [-g, *[steps.velocity] * has_momentum, *[0 * g - pull] * has_decay]
    ends, free = np.cumsum([0, *steps.sizes.values()]), len(columns)
    pools = [slice(start, end) for start, end in pairwise(ends)]
    for pool in [*pools, slice(None)] if free > 1 else pools:
        is_small = has_decay and steps.before[pool].size < 3  # its own decay may be anything
        used = columns[: free - is_small]
        table = np.array([column[:, pool].ravel() for column in used])
        change, size = steps.changes[:, pool].ravel(), np.linalg.norm(table[0])
        length = np.linalg.norm(change)
        if not size or not 0 < length < np.inf or len(change) < 2 * len(used) - 1:
            continue
        weight = 1 / (steps.errors + 2 * length / size * g_errors)[:, pool].ravel()
        table *= weight
        inverse = (
            table.T / (table**2).sum() if len(used) == 1 else np.linalg.pinv(table, rcond=1e-6)
        )
        rate, *more = map(float, (change * weight) @ inverse)
        if pool.stop is not None and (np.abs(change * weight - [rate, *more] @ table) > 4).any():
            continue  # not even these follow it
        if has_momentum and not 0 <= more[0] < 0.9999:
            continue
        error = np.abs(inverse[:, 0]).sum()
        allowed = steps.errors + 2 * abs(rate) * g_errors + error * np.abs(g)
        momentum = more[0] if has_momentum else None
        yield _read(
            steps,
            (loss, rows, abs(rate), momentum),
            g,
            allowed,
            pull,
            more[-1] if has_decay and not is_small else 0.0,
        )


def _read(
    steps: Steps, said: tuple[str, Array, float, float | None], g: Array, allowed: Array,
    pull: Array, common: float,
) -> Hypothesis:  # fmt: skip
    """Return what is found of each array at a rate, with the common decay, its own or none."""
    each, spread, step = steps.each, steps.spread, said[2] * g
    base = steps.changes - (said[3] or 0.0) * steps.velocity
    sign, decay = _followed(steps, base, step, allowed, pull, common)
    change = np.nan_to_num(base + spread(decay) * pull)
    digits = np.log10(np.maximum(np.abs(step), _TINY) / allowed).clip(0, 12)
    agreeing = digits * spread(sign != 0)
    is_flat = each(np.maximum, digits) <= 1
    squares, lengths = (np.maximum(each(np.add, v**2), _TINY) for v in (step, change))
    times = -each(np.add, change * step) / squares
    left, largest = np.abs(change + step), np.maximum(np.abs(change), np.abs(step))
    residual = each(np.maximum, left) / np.maximum(each(np.maximum, largest), _TINY)
    is_bent = each(np.logical_or, np.abs(change + spread(times) * step)
                   > spread(1 + np.abs(times)) * allowed)  # fmt: skip
    total = each(np.add, np.abs(steps.changes))
    findings = np.select(
        [is_flat & (sign != 0), is_flat, sign > 0, sign < 0, np.isnan(total), total == 0, is_bent],
        [FLAT, STRAY, EXACT, OPPOSITE, RESHAPED, UNMOVED, ELSEWHERE],
        [f"{ratio:.3g} times as long" for ratio in times],
    )
    numbers = np.array([times * np.sqrt(squares / lengths), times * said[2], residual]).T.tolist()
    arrays = [ArrayCheck(str(f), *n) for f, n in zip(findings, numbers, strict=True)]
    off = left > allowed
    is_cut = (np.abs(change[off]) > 0.999 * np.abs(change).max()).all() and off.sum() > 1
    free = 1 + bool(pull.any()) + (said[3] is not None)
    return Hypothesis(*said, float(decay.max()) or None,
                      dict(zip(steps.sizes, arrays, strict=True)),
                      float(agreeing.sum() - free * agreeing.max()),
                      bool(is_cut and (change * step <= 0)[off].all()))  # fmt: skip


def _followed(
    steps: Steps, base: Array, step: Array, allowed: Array, pull: Array, common: float
) -> tuple[Array, Array]:
    """Return (A,) 1 for arrays that follow a gradient down, -1 up it, else 0; and their decay.

    Small arrays have the common decay, or one that all have together that are left.
    """
    each, spread = steps.each, steps.spread
    sign, decay = np.zeros((2, len(steps.sizes)))
    for way in (1, -1):
        left = base + way * step
        own = each(np.add, -left * pull) / each(np.add, pull**2 + 0 * left)
        own[len(left) * np.array([*steps.sizes.values()]) < 3] = np.nan
        for kind in range(4):
            rest = spread(sign == 0) * pull + 0 * left
            joint = -(left * rest).sum() / (rest**2).sum() if (rest != 0).sum() > 2 else np.nan
            share = (0 * sign, 0 * sign + common, own, 0 * sign + joint)[kind]
            off = ~(np.abs(left + spread(share) * pull) <= allowed)
            fits = ~each(np.logical_or, off) & (sign == 0) & (share > -1e-12) & (share < 1)
            sign[fits], decay[fits] = way, share[fits]
    both = np.column_stack([steps.before, np.sign(steps.before)])
    ends = np.cumsum([0, *steps.sizes.values()])
    has_extras = pull.any() or steps.previous is not None
    for n, (start, end) in enumerate(pairwise(ends) if has_extras else ()):
        # Decay of the weights and of their signs at once.
        left, basis = (base + step)[:, start:end].ravel(), np.tile(both[start:end].T, len(base)).T
        if not sign[n] and end - start > 2 and np.isfinite(left).all():
            own = np.linalg.lstsq(basis, left, rcond=None)[0]
            fits = (np.abs(left - basis @ own) <= allowed[:, start:end].ravel()).all()
            sign[n], decay[n] = (1, -own[0]) if fits and (own < 1e-12).all() else (0, 0)
    return sign, decay
