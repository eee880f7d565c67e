"""What is found out about the code of a network: updates beside the negative gradient.

Shapes: K directions in which weights are moved, of which an array has N; M updates, one by each
row or one in all; R rows of an update; D kinds of decay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.program import WRONG, Updates
from xorviz.core.check.step_check import FAULTY
from xorviz.core.shown import Shown

EXACT, UNTOLD = "exact", "unclear"
_ENOUGH, _GROSS, _TINY = 8.0, 1000.0, 1e-150
"""Decimal digits that must agree beyond those that were fitted; how much more a fault leaves over
than what is exact, since small steps leave less."""
OPPOSITE, UNMOVED, ELSEWHERE = "opposite sign", "not updated", "another direction"
_RESHAPED = "its shape changes"
_FLAT, _STRAY = f"{UNTOLD}: its gradient is 0", f"{UNTOLD}: it moves, though its gradient is 0"


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """What is found out about the change of one array. A value."""

    finding: str
    """In words, such as exact, not updated, opposite sign, 4 times as long."""
    cosine: float = 0.0
    """Of its change and the negative gradient."""
    rate: float = 0.0
    """Of this array alone."""
    residual: float = 0.0
    """Share of the step that is left over at the rate of the others."""

    @property
    def is_wrong(self) -> bool:
        """Whether it clearly does not follow the negative gradient."""
        return not self.finding.startswith((EXACT, UNTOLD))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CodeCheck(Shown):
    """Whether the code that trains a network is right, array by array. A value."""

    verdict: str
    """CORRECT, FAULTY or UNDECIDED."""
    sentence: str
    arrays: Mapping[str, ArrayCheck]
    loss: str | None = None
    """None where it is unclear."""
    rate: float | None = None
    """What multiplies the gradient of the loss, whose errors are halved and summed over the rows:
    a mean of 4 rows has a quarter of it."""
    rows: str | None = None
    """All rows, each row, or one such as row 01."""
    decay: float | None = None
    """The share of itself that each weight loses in a step."""
    momentum: float | None = None

    @property
    def wrong(self) -> list[str]:
        """The names of the arrays that are found wrong."""
        return [n for n, a in self.arrays.items() if a.is_wrong and self.verdict == FAULTY]

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """Updates read as those of a loss, over some rows, at a rate. A value."""

    loss: str
    rows: tuple[int, ...] | None
    """The rows that are used, if not all."""
    rate: float
    momentum: float | None
    decay: float | None
    arrays: Mapping[str, ArrayCheck]
    evidence: float
    """Decimal digits that agree, beyond those that the fit was free to choose."""
    simple: int
    """The larger, the fewer kinds of terms it has."""
    is_last: bool
    """Whether the array nearest to the outputs is exact: hidden units are wrong more often."""
    is_cut: bool
    """Whether all that is off is too short and of one size, the largest, as clipping makes it."""

    def of(self, *findings: str) -> list[str]:
        """Return the arrays of some findings."""
        return [name for name, array in self.arrays.items() if array.finding in findings]

    @property
    def rank(self) -> tuple[float, ...]:
        """What is compared of two hypotheses, the better being larger."""
        count = len(self.of(EXACT, OPPOSITE, _FLAT))
        return self.evidence >= _ENOUGH, count, self.simple, self.is_last, self.evidence

    @property
    def is_explained(self) -> bool:
        """Whether enough agrees, and what does not is wrong by more than small steps leave."""
        exact = max((self.arrays[name].residual for name in self.of(EXACT)), default=0.0)
        is_gross = all(a.residual > _GROSS * exact for a in self.arrays.values() if a.is_wrong)
        return self.evidence >= _ENOUGH and is_gross and not self.of(_STRAY)

    def is_right(self, finding: str = EXACT) -> bool:
        """Whether it is of a loss, and every array that is clear has a finding."""
        is_all = len(self.of(finding, _FLAT)) == len(self.arrays) and bool(self.of(finding))
        return is_all and self.loss not in WRONG and self.is_explained


def best(updates: Updates, only: str | None, sizes: Sequence[int] = (1,)) -> Hypothesis | None:
    """Return the hypothesis under which most arrays follow the gradient.

    Tried are all rows, then batches of some sizes; and no decay, then that of the weights, of their
    signs, of both. Where others are as good with other rows, it has no evidence.
    """
    found: list[Hypothesis] = []
    for decays in ((), (0,), (1,), (0, 1)):
        for loss, by_row in updates.gradients.items():
            if only not in {None, loss, WRONG.get(loss)}:
                continue
            every = range(by_row.shape[2])
            parts = [rows for n in sizes if n < len(every) for rows in combinations(every, n)]
            for rows in [None, *parts] if loss not in WRONG else [None]:
                used = slice(None) if rows is None else [*rows]
                g, errors = by_row[:, :, used].sum(axis=2).swapaxes(0, 1)
                comparison = _Comparison(updates, loss, rows, g, errors, updates.pulls[[*decays]])
                for one in comparison.hypotheses():
                    found.append(one)
                    if one.is_right():
                        return one
    top = max(found, key=lambda one: one.rank, default=None)
    if top and any(one.rank[:2] == top.rank[:2] and one.rows != top.rows for one in found):
        return replace(top, evidence=0.0)
    return top


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Updates beside the gradient of one loss, with some kinds of decay."""

    updates: Updates
    loss: str
    rows: tuple[int, ...] | None
    g: Array
    """(M, K)"""
    g_errors: Array
    """(M, K)"""
    pulls: Array
    """(D, M, K) along which weights decay."""

    def hypotheses(self) -> Iterator[Hypothesis]:
        """Yield what is found at every rate that an array shows alone, or all together."""
        updates, has_momentum = self.updates, bool(self.updates.velocity.any())
        columns = np.array([-self.g, *[updates.velocity] * has_momentum, *-self.pulls])
        free = len(columns)
        for pool in [*updates.places.values(), *[slice(None)] * (free > 1)]:
            change, size = updates.change[:, pool], np.linalg.norm(self.g[:, pool])
            length = np.linalg.norm(change)
            if not size or not 0 < length < np.inf or change.size < 2 * free - 1:
                continue
            bounds = updates.errors[:, pool] + 2 * length / size * self.g_errors[:, pool]
            table = (columns[..., pool] / bounds).reshape(free, -1)
            wanted = (change / bounds).ravel()
            if not (np.isfinite(table).all() and np.isfinite(wanted).all()):
                continue  # 16 bit have overflowed
            inverse = np.linalg.pinv(table, rcond=1e-6)
            rate, *more = wanted @ inverse
            momentum = float(more[0]) if has_momentum else 0.0
            unsure = np.abs(inverse).sum(axis=0)
            is_sure = not has_momentum or 4 * unsure[1] <= momentum < 0.9999
            if is_sure and (np.abs(wanted - [rate, *more] @ table) <= 4).all():
                common = np.array(more[has_momentum:])
                yield self._at(abs(float(rate)), float(unsure[0]), momentum, common)

    def _at(self, rate: float, unsure: float, momentum: float, common: Array) -> Hypothesis:
        """Return what is found at a rate that is unsure, with momentum and a common decay (D,)."""
        step, change = rate * self.g, self.updates.change - momentum * self.updates.velocity
        allowed = self.updates.errors + 2 * rate * self.g_errors + unsure * np.abs(self.g)
        digits = np.log10(np.maximum(np.abs(step), _TINY) / allowed).clip(0, 12)
        off, decay, arrays = np.abs(change + step) > allowed, [0.0], {}
        for name, place in self.updates.places.items():
            pulls, mine = self.pulls[..., place], change[:, place]
            way, share = _followed(mine, step[:, place], allowed[:, place], pulls, common)
            mine = mine + np.tensordot(share, pulls, 1)
            array = _read(mine, step[:, place], allowed[:, place], rate)
            if digits[:, place].max() <= 1:
                array = replace(array, finding=_FLAT if way else _STRAY)
            elif way:
                array = replace(array, finding=EXACT if way > 0 else OPPOSITE)
            arrays[name] = array
            digits[:, place] *= abs(way)
            off[:, place] &= not way
            decay += share[:1].tolist()
        is_bent = any(array.finding == ELSEWHERE for array in arrays.values())
        off &= self.updates.is_single
        is_cut = off.sum() > 1 - is_bent and (np.abs(change + step) < np.abs(step))[off].all()
        is_cut = is_cut and (np.abs(change[off]) > 0.999 * np.abs(change).max()).all()
        free, last = 1 + bool(momentum) + len(self.pulls), self.updates.last
        return Hypothesis(
            self.loss, self.rows, rate, momentum or None, max(decay) or None, arrays,
            evidence=float(digits.sum() - free * digits.max()),
            simple=-free - (self.loss in WRONG),
            is_last=last is not None and arrays[last].finding == EXACT,
            is_cut=bool(is_cut),
        )  # fmt: skip


def _followed(
    change: Array, step: Array, allowed: Array, pulls: Array, common: Array
) -> tuple[int, Array]:
    """Return 1 for a change (M, N) down a gradient, -1 for one up it, else 0; and its decay (D,).

    An array has no decay, the common one, or its own if it has numbers enough to show it.
    """
    none = np.zeros(len(pulls))
    for way in (1, -1):
        left = change + way * step
        shares: list[Any] = [none, common]
        basis = pulls.reshape(len(pulls), left.size).T
        if len(pulls) and left.size > 2 and np.isfinite(left).all() and np.isfinite(basis).all():
            shares.append(np.linalg.lstsq(basis, -left.ravel(), rcond=None)[0])
        for share in shares:
            is_sound = ((share > -1e-12) & (share < 1)).all()
            if is_sound and (np.abs(left + np.tensordot(share, pulls, 1)) <= allowed).all():
                return way, share
    return 0, none


def _read(change: Array, step: Array, allowed: Array, rate: float) -> ArrayCheck:
    """Return what is found of a change (M, N) that does not follow a step."""
    if np.isnan(change).any():
        return ArrayCheck(_RESHAPED, residual=1.0)
    if not change.any():
        return ArrayCheck(UNMOVED, residual=1.0)
    # Their squares may be 0 where they are not.
    square, length = float((step**2).sum()) + _TINY**2, float(np.linalg.norm(change)) + _TINY
    times = -float((change * step).sum()) / square
    is_bent = (np.abs(change + times * step) > (1 + abs(times)) * allowed).any()
    return ArrayCheck(
        ELSEWHERE if is_bent else f"{times:.3g} times as long",
        times * square**0.5 / length, times * rate,
        float(np.abs(change + step).max() / max(np.abs(change).max(), np.abs(step).max())),
    )  # fmt: skip
