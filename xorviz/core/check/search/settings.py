"""The settings that a step may have been taken with, and which of them are likely."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules.row_terms import UNITS, Forward, forwards, signals, terms
from xorviz.core.check.said import OUTPUTS, Said
from xorviz.core.check.search.step import Step
from xorviz.core.truth_table import ROWS

XOR = (1, 0, 1, 0)
"""In the order of ROWS."""
_MOST, _MOST_WHOLE = 20, 8
"""Settings that are looked at closely: by each array, and by all arrays of a correct step."""
_LEAST_WHOLE = -2.0
"""Logarithm of the residual of a correct step above which it is none."""
_WORSE = 10
"""Powers of ten by which all arrays together may be nearer to other directions."""
_CANCELLED = 1e-12
"""Share of a squared length below which it is rounding error."""
_LEAST_ANGLE = 1e-6
"""Relative residuals below it are equal here, where squares of them are computed."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Targets, as a program writes them."""

    bits: tuple[int, ...]
    """In the order of ROWS."""
    are_signed: bool
    """Whether they are -1 and 1 in place of 0 and 1."""
    doubt: float
    """0 for those that are said or for XOR, 1 for their opposite, one half for others."""

    @property
    def values(self) -> Array:
        """The targets (B,)."""
        values = np.array(self.bits, dtype=float)
        return 2 * values - 1 if self.are_signed else values


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What a program computes with, except for the loss and the rate."""

    seen: Forward
    output: str
    goal: Goal
    row: int | None
    """The only row that is used; None for all four."""

    @property
    def mask(self) -> Array:
        """Which rows are used (B,), as 0 and 1."""
        return mask_of(self.row)


def mask_of(row: int | None) -> Array:
    """Return which rows are used (B,), as 0 and 1."""
    return np.ones(len(ROWS)) if row is None else np.eye(len(ROWS))[row]


def goals(said: tuple[int, ...] | None) -> list[Goal]:
    """Return all targets that are possible, the likely ones first."""
    bits = XOR if said is None else said
    opposite = tuple(1 - bit for bit in bits)
    known = [(bits, 0.0), (opposite, 1.0)]
    if said is None:
        others = [one for one in product((0, 1), repeat=len(ROWS)) if one not in (bits, opposite)]
        known += [(one, 0.5) for one in others]
    return [Goal(one, signed, doubt) for one, doubt in known for signed in (False, True)]


def outputs_for(said: Said) -> tuple[str, ...]:
    """Return the activations of the output unit that are possible."""
    if said.output is not None:
        return (said.output,)
    return ("sigmoid",) if said.is_entropy else OUTPUTS


def likely(taken: Step, said: Said, along: Mapping[str, Array] | None = None) -> list[Model]:
    """Return the settings whose directions are nearest to the changes, likely ones first.

    Those come first by which a correct step is nearest, then those that are nearest array by array.
    The changes may hold an unknown multiple of ``along``, of which each array is (N,).
    """
    outputs = outputs_for(said)
    found: list[tuple[float, float, Model]] = []
    for seen in forwards(taken.before, said.activation):
        measured = _nearest(seen, outputs, goals(said.targets), taken, along)
        found += _scored(seen, outputs, measured, said)
    # Where directions tie, the likely ones are first.
    found.sort(key=lambda one: (round(one[0], 3), one[2].goal.doubt, one[2].row is None))
    whole = [setting for score, _, setting in found[:_MOST_WHOLE] if score < _LEAST_WHOLE]
    found.sort(key=lambda one: (round(one[1], 3), one[2].goal.doubt, one[2].row is None))
    by_array = [setting for _, score, setting in found[:_MOST] if score < found[0][1] + _WORSE]
    return list({id(one): one for one in (*whole, *by_array)}.values())


def _scored(
    seen: Forward, outputs: Sequence[str], measured: Sequence[tuple[Array, Array]], said: Said
) -> Iterator[tuple[float, float, Model]]:
    """Yield settings with the logarithms of residuals: of all arrays as one, and summed."""
    wanted = goals(said.targets)
    whole, *by_array = measured
    if said.batch in {None, "full"}:
        all_rows = sum((full for full, _ in by_array), np.zeros_like(whole[0]))
        for (i, output), (j, goal) in product(enumerate(outputs), enumerate(wanted)):
            yield (float(whole[0][i, j]), float(all_rows[i, j]), Model(seen, output, goal, None))
    if said.batch in {None, "row"}:
        one_row = sum((single for _, single in by_array), np.zeros(len(ROWS)))
        only = range(len(ROWS)) if said.order is None or len(said.order) > 1 else said.order
        for row in only:
            for output, goal in _shown(seen, product(outputs, wanted[:2]), row, said):
                yield (float(whole[1][row]), float(one_row[row]), Model(seen, output, goal, row))


def _shown(
    seen: Forward, pairs: Iterable[tuple[str, Goal]], row: int, said: Said
) -> Iterable[tuple[str, Goal]]:
    """Return the outputs and targets that one row distinguishes.

    They only scale the step, and perhaps turn it around, which is all that shows without a rate.
    """
    if said.rate is not None:
        return pairs
    by_sign: dict[float, tuple[str, Goal]] = {}
    for output, goal in pairs:
        error = UNITS[output].value(seen.logit[row]) - goal.values[row]
        by_sign.setdefault(float(np.sign(error)), (output, goal))
    return by_sign.values()


def _nearest(
    seen: Forward,
    outputs: Sequence[str],
    wanted: Sequence[Goal],
    taken: Step,
    along: Mapping[str, Array] | None,
) -> list[tuple[Array, Array]]:
    """Return the logarithm of the least residual of all arrays as one, and of each on its own.

    By output and targets for all rows (O, T), and by row for each alone (B,).
    """
    targets = np.array([goal.values for goal in wanted])
    sent = [np.array([s for _, s in signals(seen.logit, output, targets)]) for output in outputs]
    right = [s[: 1 + (output == "sigmoid")] for s, output in zip(sent, outputs, strict=True)]
    found, pieces = [], []
    for name, named in terms(seen, taken.before, taken.after).items():
        change, stack = taken.changes[name], np.array([term for _, term in named])
        beside = np.zeros_like(change) if along is None else along[name]
        pieces.append((change, stack[:1], beside))
        if change.size > 1 + beside.any() and change.any():
            found.append(_least(change, stack, beside, sent))
    changes, stacks, besides = zip(*pieces, strict=True)
    whole = np.concatenate(changes), np.concatenate(stacks, axis=-1), np.concatenate(besides)
    # The sum over the rows may be missing in an array.
    each = [(np.minimum(full, alone.min()), alone) for full, alone in found]
    return [_least(*whole, right), *each]


def _least(
    change: Array, stack: Array, beside: Array, sent: Sequence[Array]
) -> tuple[Array, Array]:
    """Return the logarithm of the least residual of a change (N,) by terms (K, B, N).

    For the signals (S, T, B) of each output with all rows (O, T), and for each row alone (B,).
    """
    change, stack = _across(beside, change), _across(beside, stack)
    met, sizes = stack @ change, stack @ stack.swapaxes(1, 2)  # (K, B), (K, B, B)
    length = float(change @ change)
    squares = np.diagonal(sizes, axis1=1, axis2=2)
    alone = _residual(met**2, squares, length, squares).min(axis=0)
    full = [
        _residual((s @ met.T) ** 2, _squares(s, sizes), length, _squares(abs(s), abs(sizes)))
        .min(axis=(0, 2)) for s in sent
    ]  # fmt: skip
    return _log(np.array(full)), _log(alone)


def _squares(sent: Array, sizes: Array) -> Array:
    """Return the squared lengths (S, T, K) of directions of signals (S, T, B)."""
    through = np.tensordot(sent, sizes, axes=(2, 1))  # (S, T, K, B)
    return np.asarray((through * sent[:, :, np.newaxis]).sum(axis=-1))


def _residual(met: Array, squares: Array, length: float, sizes: Array) -> Array:
    """Return the share of a change's squared length that directions leave over.

    Where rows cancel each other, squares are far smaller than sizes, and nothing is known.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(squares > _CANCELLED * sizes, met / (squares * length), 0.0)
    return np.asarray(np.clip(1 - share, 0.0, 1.0))


def _log(squared: Array) -> Array:
    known = np.nan_to_num(squared, nan=1.0)  # of huge weights
    return np.asarray(np.log10(np.maximum(known, _LEAST_ANGLE**2)))


def _across(direction: Array, vectors: Array) -> Array:
    """Return vectors (..., N) without their part along a direction (N,)."""
    length = float(direction @ direction)
    if not length:
        return vectors
    return np.asarray(vectors - (vectors @ direction / length)[..., np.newaxis] * direction)
