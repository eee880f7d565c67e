"""A pass inside one call: the exact gradient of one row after the other, through predict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.compare import ENOUGH, Steps
from xorviz.core.check.code.forward import Outputs
from xorviz.core.check.code.losses import Signal
from xorviz.core.check.code.slopes import slopes

_ROUNDS = 30
"""Times that the rates are refined; each leaves a share of the error before."""
_LOSSES = 2
"""Losses that are tried, those that are nearest to first order."""
_NEAREST = 3
"""Orders that are fitted exactly, those that come nearest."""
_ORDERS = 2.0
"""Decimal digits by which an order of the rows is chosen."""
_FAR = 0.4
"""Share of a change that a pass may leave over of the batch's step: the same to first order."""


@dataclass(frozen=True, eq=False)
class Pass:
    """An order of rows, at rates of the arrays that explain a change. A value."""

    signal: Signal
    order: tuple[int, ...]
    rates: Mapping[str, float]
    left: Mapping[str, float]
    """The share of the change of each array that is left over."""


def orders(rows: int) -> Iterator[tuple[int, ...]]:
    """Yield the orders that are tried: as given and reversed first, of four rows all."""
    given = tuple(range(rows))
    yield given
    yield given[::-1]
    if rows <= 4:
        yield from (order for order in permutations(given) if order not in {given, given[::-1]})


def found(steps: Steps, forward: Outputs, signals: Sequence[Signal]) -> Pass | None:
    """Return the pass that explains a change exactly: at one rate, else at one for each array."""
    change = steps.changes[0]
    if not np.isfinite(change).all():
        return None
    likely: list[tuple[float, int, _Run, Array, float]] = []
    for signal in signals:
        if signal.is_right and signal.fits(steps.slopes.y, steps.t):
            s = signal.slope(steps.slopes.y, steps.t)
            g = -np.einsum("ro,rop->p", s, steps.slopes.by_weight)
            own = np.array([_ratio(change[cut], g[cut]) for cut in steps.cuts.values()])
            run = _Run(steps, forward, signal)
            off = float(np.linalg.norm(change - run.spread(own) * g))
            likely.append((off, len(likely), run, own, _ratio(change, g)))
    for off, _, run, own, one in sorted(likely)[:_LOSSES]:
        if off < _FAR * np.linalg.norm(change) and max(own) > 0:
            ranked = sorted(orders(len(steps.t)), key=lambda order: run.off(order, own))
            starts = [(order, np.full(len(own), one), False) for order in ranked[:_NEAREST]]
            for order, start, alone in (*starts, (ranked[0], own, True)):
                if (exact := run.refined(order, start, alone)) is not None:
                    return exact
    return None


@dataclass(frozen=True, eq=False)
class _Run:
    """Simulated passes of one loss. A value; it leaves the weights as they were before."""

    steps: Steps
    forward: Outputs
    signal: Signal

    def change(self, order: Sequence[int], rates: Array) -> tuple[Array, Array]:
        """Return the change (P,) of a pass, and bounds of its errors; a rate for each array."""
        each = self.spread(rates)
        at, errors = self.steps.before, np.zeros(len(each))
        for row in order:
            self._write(at)
            rows = slice(row, row + 1)
            here = slopes(self.forward, list(self.steps.cuts), rows)
            s = self.signal.slope(here.y, self.steps.t[rows])
            at = at - each * np.einsum("ro,rop->p", s, here.by_weight)
            errors = errors + np.abs(each) * np.einsum("ro,rop->p", np.abs(s), here.errors)
        self._write(self.steps.before)
        return at - self.steps.before, errors

    def spread(self, rates: Array) -> Array:
        """Return the rate (P,) of each number."""
        sizes = [cut.stop - cut.start for cut in self.steps.cuts.values()]
        return np.repeat(rates, sizes)

    def _write(self, at: Array) -> None:
        for name, cut in self.steps.cuts.items():
            shape = self.forward.holders.read(name)[0].shape
            self.forward.holders.write(name, at[cut].reshape(shape))

    def off(self, order: Sequence[int], rates: Array) -> float:
        """Return how far a pass is from the change in direction."""
        change, _ = self.change(order, rates)
        cuts = self.steps.cuts.values()
        again = [_ratio(self.steps.changes[0][cut], change[cut]) for cut in cuts]
        return float(np.linalg.norm(self.steps.changes[0] - change * self.spread(np.array(again))))

    def _evidence(self, allowed: Array, alone: bool) -> float:
        """Return how many decimal digits agree beyond those that rates and order were free in."""
        wanted = np.abs(self.steps.changes[0])
        digits = np.log10(np.maximum(wanted, allowed) / allowed).clip(0, 12)
        cuts = self.steps.cuts.values() if alone else [slice(None)]
        return float(digits.sum() - sum(digits[cut].max() for cut in cuts) - _ORDERS)

    def refined(self, order: tuple[int, ...], rates: Array, alone: bool) -> Pass | None:
        """Return the pass at the rates that fit, one for all arrays or one for each."""
        wanted, last = self.steps.changes[0], np.inf
        for _ in range(_ROUNDS):
            change, errors = self.change(order, rates)
            gaps = np.abs(wanted - change)
            allowed = self.steps.errors[0] + 4 * errors
            if (gaps <= allowed).all():
                if self._evidence(allowed, alone) < ENOUGH or rates.max() <= 0:
                    return None
                names = self.steps.cuts
                return Pass(
                    self.signal,
                    order,
                    dict(zip(names, map(float, rates), strict=True)),
                    {n: _share(gaps[c], wanted[c]) for n, c in names.items()},
                )
            if not np.linalg.norm(gaps) < 0.9 * last:
                return None  # it is at its best, and not exact
            last = float(np.linalg.norm(gaps))
            cuts = list(self.steps.cuts.values()) if alone else [slice(None)]
            ratios = [_ratio(wanted[cut], change[cut]) for cut in cuts]
            if not np.isfinite(ratios).all():
                return None
            rates = rates * np.array(ratios)
        return None


def _ratio(wanted: Array, change: Array) -> float:
    size = float(change @ change)
    return float(wanted @ change) / size if size else 1.0


def _share(gap: Array, wanted: Array) -> float:
    size = float(np.linalg.norm(wanted))
    return float(np.linalg.norm(gap)) / size if size else 0.0
