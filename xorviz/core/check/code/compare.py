"""A step beside the negative gradient, array by array.

Shapes: R rows, O outputs, P trained numbers, M steps that were taken from the same weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.check.code.losses import Signal
from xorviz.core.check.code.slopes import ROUNDINGS, Slopes

ENOUGH = 8.0
"""Decimal digits that must agree by themselves before a step counts as explained."""
_STEADY = 0.02
"""Share of the largest slope of an array up to which the error of a slope may go."""
_ALIKE = 1e6
"""Condition of a fit from which the gradient and what is added to it are one direction."""
_GROSS = 1000.0
"""A fault leaves over that much more than what is exact: less may be left by many small steps."""

EXACT, UNMOVED, FLAT, LOST = (
    "exact",
    "not updated",
    "not told: its gradient is 0",
    "not told: lost in rounding",
)
OPPOSITE, ELSEWHERE = "opposite sign", "another direction"
RESHAPED = "its shape changes"


@dataclass(frozen=True, eq=False)
class Steps:
    """What a program changed in some steps from the same weights. A value."""

    cuts: Mapping[str, slice]
    """Of each array among the P numbers."""
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
    """The rows (M, R) that each step may be made of, likeliest first."""
    previous: Array | None = None
    """(1, P) the change before, by which momentum is found."""

    @property
    def bases(self) -> tuple[tuple[str, ...], ...]:
        """Return what may be added to a right step."""
        if self.previous is not None:
            return (("momentum",), ("momentum", "decay"))
        return ((), ("decay",), ("decay of the sign",), ("decay", "decay of the sign"))

    def basis(self, name: str) -> Array:
        """Return (M, P) what a step may contain beside the gradient."""
        if self.previous is not None and name == "momentum":
            return self.previous
        one = self.before if name == "decay" else np.sign(self.before)
        return -np.broadcast_to(one, self.changes.shape)


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A step read as one of a loss, over some rows, with something added or not. A value."""

    steps: Steps
    signal: Signal
    mask: Array
    """(M, R)"""
    extras: tuple[str, ...] = ()
    rate: float = 0.0
    rate_error: float = 0.0
    agreeing: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """The arrays that follow the gradient at this rate, each with what is added to it."""

    @cached_property
    def gradient(self) -> tuple[Array, Array]:
        """(M, P) the gradient, and bounds of its errors."""
        slopes, t = self.steps.slopes, self.steps.t
        y, epsilon = slopes.y, slopes.epsilon * ROUNDINGS
        signal = self.signal.slope(y, t)
        shaken = np.abs(self.signal.slope(y + epsilon * np.maximum(1, np.abs(y)), t) - signal)
        shaken = shaken + (epsilon + self.signal.error) * np.abs(signal)
        g = np.einsum("mr,ro,rop->mp", self.mask, signal, slopes.by_weight)
        errors = np.einsum("mr,ro,rop->mp", self.mask, np.abs(signal), slopes.errors)
        errors += np.einsum("mr,ro,rop->mp", self.mask, shaken, np.abs(slopes.by_weight))
        return g, errors

    @cached_property
    def known(self) -> Mapping[str, Mask]:
        """The places (M, n) of each array where the gradient is known well enough."""
        g, errors = self.gradient
        found: dict[str, Mask] = {}
        for name, cut in self.steps.cuts.items():
            size = np.abs(g[:, cut])
            firm = np.where(errors[:, cut] <= _STEADY * size, size, 0)
            found[name] = errors[:, cut] <= _STEADY * firm.max() if firm.max() > 0 else firm > 0
        return found

    def part(self, whole: Array, name: str) -> Array:
        """Return the known numbers (n,) of an array."""
        return np.asarray(whole[:, self.steps.cuts[name]][self.known[name]])

    def parts(self, whole: Array, names: Sequence[str]) -> Array:
        """Return the known numbers of several arrays."""
        return np.concatenate([self.part(whole, name) for name in names])

    def tolerance(self, rate: float, names: Sequence[str]) -> Array:
        """Return how far a right step at this rate may be from the gradient."""
        return self.parts(self.steps.errors, names) + 2 * abs(rate) * self.parts(
            self.gradient[1], names
        )

    @cached_property
    def told(self) -> list[str]:
        """The arrays whose gradient is not 0, as far as it is known."""
        return [name for name, known in self.known.items() if known.any()]

    def fitted(self, names: Sequence[str]) -> tuple[Array, Array] | None:
        """Return the rate and what is added, as these arrays show them, and their errors."""
        columns = [-self.gradient[0], *map(self.steps.basis, self.extras)]
        table = np.stack([self.parts(column, names) for column in columns], axis=-1)
        change = self.parts(self.steps.changes, names)
        if len(change) < len(columns) or not np.isfinite(change).all():
            return None
        table_sizes = np.linalg.norm(table, axis=0)
        if not table_sizes.all() or np.linalg.cond(table / table_sizes) > _ALIKE:
            return None  # they cannot be told apart
        inverse = np.linalg.pinv(table)
        found = inverse @ change
        return found, np.abs(inverse) @ self.tolerance(float(found[0]), names)

    def left(self, name: str, rate: float) -> Array:
        """Return what is left of the change of an array without a step down the gradient."""
        return np.asarray(
            self.part(self.steps.changes, name) + rate * self.part(self.gradient[0], name)
        )

    def added(self, name: str, rate: float, error: float, common: Array) -> Array | None:
        """Return what is added to a step of an array at a rate; None if it does not follow it."""
        left = self.left(name, rate)
        allowed = self.tolerance(rate, [name]) + error * np.abs(self.part(self.gradient[0], name))
        if (np.abs(left) <= allowed).all():
            return np.zeros(len(self.extras))
        if not self.extras or not np.isfinite(left).all():
            return None
        basis = np.stack([self.part(self.steps.basis(n), name) for n in self.extras], axis=-1)
        candidates = [common]
        if len(left) > len(self.extras) + 1 and "momentum" not in self.extras:
            candidates.append(np.asarray(np.linalg.lstsq(basis, left, rcond=None)[0], dtype=float))
        for found in candidates:
            is_share = bool((found > -1e-12).all() and (found < 1).all())
            if is_share and (np.abs(left - basis @ found) <= allowed).all():
                return np.asarray(found)
        return None

    def clustered(self) -> Iterator["Hypothesis"]:
        """Yield this reading at every rate that some of the arrays show."""
        told = self.told
        free = len(self.extras) + 1
        pools = [[name] for name in told if not self.extras or self.known[name].sum() > free]
        if self.extras and len(told) > 1:
            each = ([n for n in told if n != out] for out in told)
            pools += [told, *(() if pools else each)]
        for pool in pools:
            if (fit := self.fitted(pool)) is None:
                continue
            (rate, *common), error = fit[0], float(fit[1][0])
            rate = float(rate)
            if not rate or not np.isfinite(rate):
                continue
            if self.added(pool[0], rate, error, np.array(common)) is None and len(pool) == 1:
                continue  # not even itself
            found = {n: self.added(n, rate, error, np.array(common)) for n in told}
            agreeing = {n: tuple(map(float, a)) for n, a in found.items() if a is not None}
            yield self._at(rate, error, agreeing)

    def _at(
        self, rate: float, error: float, agreeing: Mapping[str, tuple[float, ...]]
    ) -> "Hypothesis":
        made = replace(self, rate=rate, rate_error=error, agreeing=agreeing)
        for name in ("gradient", "known", "told"):  # the same: not computed again
            made.__dict__[name] = getattr(self, name)
        return made

    def digits(self, name: str) -> float:
        """Return to how many decimal digits a step of an array at this rate can be told."""
        g = np.abs(self.part(self.gradient[0], name))
        allowed = self.tolerance(self.rate, [name]) + self.rate_error * g
        return float(np.clip(np.log10(abs(self.rate) * g.max() / allowed.max()), 0, 12))

    @cached_property
    def evidence(self) -> float:
        """Return how many decimal digits agree, beyond those that the fit was free to choose."""
        digits = {name: self.digits(name) for name in self.agreeing}
        counts = {name: self._weighty(name) for name in digits}
        free = 1 + len(self.extras)
        return sum(digits[n] * counts[n] for n in digits) - free * max(digits.values(), default=0)

    def _weighty(self, name: str) -> int:
        """Return how many numbers of an array show that it follows the gradient."""
        g = np.abs(self.rate * self.part(self.gradient[0], name))
        return int((g > 100 * self.tolerance(self.rate, [name])).sum())

    @property
    def wrong(self) -> list[str]:
        """The arrays that do not follow the gradient at this rate, where that can be told."""
        return [n for n in self.told if n not in self.agreeing and self.digits(n) > 1]

    @cached_property
    def stray(self) -> list[str]:
        """The arrays that move although their gradient is 0."""
        return [name for name in self.steps.cuts if name not in self.told and self._strays(name)]

    def _strays(self, name: str) -> bool:
        cut = self.steps.cuts[name]
        g, errors = (part[:, cut] for part in self.gradient)
        left = self.steps.changes[:, cut] + self.rate * g
        allowed = self.steps.errors[:, cut] + 2 * abs(self.rate) * errors
        added: list[Array | float] = [0.0]
        for found in set(self.agreeing.values()):
            parts = zip(found, self.extras, strict=True)
            added.append(sum((c * self.steps.basis(n)[:, cut] for c, n in parts), start=0.0))
        return not any((np.abs(left - more) <= allowed).all() for more in added)

    @property
    def is_whole(self) -> bool:
        """Whether every array that can be told agrees, and enough of them."""
        return self.evidence >= ENOUGH and not self.wrong and not self.stray

    @property
    def is_gross(self) -> bool:
        """Whether every array that is wrong is so by far more than small steps would leave."""
        many = [n for n in self.agreeing if self._weighty(n) > 1]
        left = max((self._share(n) for n in many or self.agreeing), default=1.0)
        return all(self._share(n) > _GROSS * left for n in self.wrong)

    def _share(self, name: str) -> float:
        """Return how much of the step of an array is left over at this rate."""
        step = np.abs(self.rate * self.part(self.gradient[0], name)).max()
        size = max(step, np.nan_to_num(np.abs(self.part(self.steps.changes, name))).max())
        left = self.left(name, self.rate)
        for n, c in zip(self.extras, self.agreeing.get(name, ()), strict=False):
            left = left - c * self.part(self.steps.basis(n), name)
        return float(np.nan_to_num(np.abs(left), nan=np.inf).max() / size)

    @property
    def is_cut(self) -> bool:
        """Whether what is wrong are numbers of one size, none larger: they are clipped or signs."""
        cut: list[Array] = []
        for name in self.wrong:
            change, step = self.part(self.steps.changes, name), self.part(self.gradient[0], name)
            off = np.abs(self.left(name, self.rate)) > self.tolerance(self.rate, [name])
            if (np.sign(change) != np.sign(-self.rate * step))[off].any():
                return False
            cut.append(np.abs(change[off]))
        sizes, largest = np.concatenate(cut), np.nanmax(np.abs(self.steps.changes))
        return bool(len(sizes) > 1 and (sizes > largest * (1 - 1e-3)).all())

    def own(self, name: str) -> tuple[float, float, float]:
        """Return the rate of an array by itself, its cosine, and the share that is left over."""
        change, g = self.part(self.steps.changes, name), self.part(self.gradient[0], name)
        if name in self.agreeing and self.extras:
            added = (c * self.part(self.steps.basis(n), name)
                     for c, n in zip(self.agreeing[name], self.extras, strict=True))  # fmt: skip
            change = change - sum(added)
        sizes = float(np.linalg.norm(change)), float(np.linalg.norm(g))
        if not np.isfinite(sizes[0]) or not sizes[0] or not sizes[1]:
            return 0.0, 0.0, 1.0
        rate = float(-(g @ change) / sizes[1] ** 2)
        cosine = float(-(g @ change) / sizes[0] / sizes[1])
        return rate, cosine, float(np.linalg.norm(change + rate * g) / sizes[0])

    def finding(self, name: str) -> str:
        """Return in words what is found of one array."""
        if not np.isfinite(self.steps.changes[:, self.steps.cuts[name]]).all():
            return RESHAPED
        if name not in self.told:
            return FLAT
        if self.digits(name) <= 1:
            return LOST
        if name in self.agreeing:
            return EXACT
        if not self.part(self.steps.changes, name).any():
            return UNMOVED
        rate, _, _ = self.own(name)
        straight = np.abs(self.left(name, rate)) <= self.tolerance(rate, [name])
        says = times(rate / self.rate)
        cut = self.steps.cuts[name]
        is_one = cut.stop - cut.start == 1 and "." in says  # one number has no direction
        return says if straight.all() and not is_one else ELSEWHERE


def times(ratio: float) -> str:
    """Return in words how many times as long a step is: 4 times as long, 1/4 as long."""
    size, words = abs(ratio), [OPPOSITE] if ratio < 0 else []
    if abs(size - 1) > 1e-3:
        inverse = round(1 / size)
        is_part = inverse > 1 and abs(size * inverse - 1) < 1e-3
        is_whole = size > 1 and abs(size / round(size) - 1) < 1e-3
        shown = f"1/{inverse}" if is_part else f"{round(size) if is_whole else size:.3g}"
        words.append(f"{shown} times as long" if size > 1 else f"{shown} as long")
    return ", ".join(words) or EXACT


def masks(rows: int) -> list[Array]:
    """Return the sets of rows (1, R) that one step may be made of: all, each, then others."""
    sizes = [rows, *range(1, rows)] if rows <= 4 else [rows, 1]
    chosen = [np.array(c, dtype=int) for s in sizes for c in combinations(range(rows), s)]
    return [np.isin(np.arange(rows), some)[np.newaxis].astype(float) for some in chosen]


def best(
    steps: Steps, signals: Sequence[Signal], scales: Mapping[str, Sequence[float]]
) -> Hypothesis | None:
    """Return the reading of a step under which most arrays follow the gradient.

    Scales are the rates that are possible for each loss, where one was said.
    """
    found: tuple[tuple[float, ...], Hypothesis] | None = None
    for bare in _readings(steps, signals):
        is_rare = len(bare.mask) == 1 and 1 < bare.mask.sum() < bare.mask.shape[1]
        if is_rare and found is not None and found[1].evidence >= ENOUGH:
            continue  # some of the rows are tried where neither all nor one explain anything
        for reading in bare.clustered():
            rank = _rank(reading, scales.get(reading.signal.name, ()))
            if found is None or rank > found[0]:
                found = (rank, reading)
            is_right = reading.is_whole and reading.rate > 0 and reading.signal.is_right
            if is_right and (not scales or rank[1]):
                return found[1]
    return None if found is None else _turned(found[1])


def _readings(steps: Steps, signals: Sequence[Signal]) -> Iterator[Hypothesis]:
    """Yield what a step may be, likeliest first: of some rows and a wrong loss only as it is."""
    fitting = [s for s in signals if s.fits(steps.slopes.y, steps.t)]
    for extras in steps.bases:
        for mask in steps.rows if not extras else steps.rows[: 1 + len(steps.t)]:
            for signal in fitting:
                if signal.is_right or not (extras or mask is not steps.rows[0]):
                    bare = Hypothesis(steps, signal, mask, extras)
                    if np.isfinite(bare.gradient[0]).all():
                        yield bare


def _rank(reading: Hypothesis, scales: Sequence[float]) -> tuple[float, ...]:
    """Return what is compared of two readings, the better being larger."""
    is_said = any(abs(reading.rate - s) <= 1e-3 * abs(s) for s in scales)
    cuts = reading.steps.cuts
    tables = [n for n, cut in cuts.items() if cut.stop - cut.start > 1] or list(cuts)
    return (
        reading.evidence >= ENOUGH,
        is_said,
        len(reading.agreeing) - len(reading.stray),
        reading.rate > 0,
        reading.signal.is_right,
        -len(reading.extras),
        tables[-1] in reading.agreeing,
        round(reading.evidence, 3),
    )


def _turned(reading: Hypothesis) -> Hypothesis:
    """Return the reading at the positive rate, if one array follows it while others oppose it."""
    if reading.rate > 0 or reading.extras:
        return reading
    rate, error = -reading.rate, reading.rate_error
    found = {n: reading.added(n, rate, error, np.zeros(0)) for n in reading.told}
    agreeing = {n: tuple(map(float, a)) for n, a in found.items() if a is not None}
    if not agreeing:
        return reading
    turned = reading._at(rate, error, agreeing)
    turned.__dict__["evidence"] = reading.evidence  # the same numbers, whatever their sign
    return turned
