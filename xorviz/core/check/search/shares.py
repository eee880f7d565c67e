"""Steps that hold a share of something beside the gradient: of the velocity, or of the weights."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.search.parts import parts_of
from xorviz.core.check.search.settings import Model
from xorviz.core.check.search.step import Step

_LOOKED_AT = 3
"""Settings of which shares are taken, the likely ones."""
_ROUND = 6
"""Digits of a share that the user wrote down."""
_SEEN = 100
"""Times the rounding errors that a share must change an array by."""
_EXPLAINED = 1e-3
"""Share of a change that may be left over."""
_AS_WRITTEN = 1e-6
"""Relative distance from a short number within which a share is that number."""


def shares(
    taken: Step, along: Mapping[str, Array], settings: Sequence[Model]
) -> list[tuple[float, float]]:
    """Return the shares of ``along`` that the change of some array may hold beside a gradient.

    Each with its error, which is 0 for a short number: the user wrote that.
    """
    if not any(values.any() for values in along.values()):
        return []
    found: list[tuple[float, float]] = []
    error = sum(taken.errors.values())
    for setting in settings[:_LOOKED_AT]:
        for share, length in _of_setting(taken, setting, along):
            unsure = error / length
            pair = _as_written(share, unsure)
            is_new = not any(abs(pair[0] - other) <= _AS_WRITTEN * abs(other) for other, _ in found)
            if is_new and abs(share) > _SEEN * unsure:
                found.append(pair)
    return found


def _as_written(share: float, unsure: float) -> tuple[float, float]:
    """Return the shortest number within the error of a share, without an error, or the share."""
    limit = max(unsure, _AS_WRITTEN * abs(share))
    short = (float(f"{share:.{digits}g}") for digits in range(1, _ROUND + 1))
    written = next((number for number in short if abs(number - share) <= limit), None)
    return (share, unsure) if written is None else (written, 0.0)


def _of_setting(
    taken: Step, setting: Model, along: Mapping[str, Array]
) -> Iterator[tuple[float, float]]:
    """Yield the share of each array with the direction that explains it best, and of all.

    Each with the norm of what is along, beside that direction.
    """
    parts = parts_of(setting, taken)
    for name, part in parts.items():
        if part.change.size > 2 and along[name].any():
            share, length, left = _fitted(part.directions, along[name], part.change)
            if left < _EXPLAINED * part.moved and length:
                yield share, length
    beside, change = (
        np.concatenate([values[name] for name in parts]) for values in (along, taken.changes)
    )
    for right in next(iter(parts.values())).right:
        gradient = np.concatenate([p.directions[p.right[right]] for p in parts.values()])
        share, length, left = _fitted(gradient[np.newaxis], beside, change)
        if left < _EXPLAINED * float(np.linalg.norm(change)) and length:
            yield share, length


def _fitted(directions: Array, beside: Array, change: Array) -> tuple[float, float, float]:
    """Return the share of ``beside`` (N,) in a change (N,) next to the best of directions (P, N).

    And the norms of what is beside that direction, and of what the two leave over.
    """
    size = float(np.linalg.norm(beside))
    unit = beside / size
    across = directions - (directions @ unit)[:, np.newaxis] * unit
    rest, squares = change - (change @ unit) * unit, (across**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(squares > 0, across @ rest / squares, 0.0)
    left = np.linalg.norm(rest - rates[:, np.newaxis] * across, axis=1)
    best = int(np.argmin(left))
    share = (change - rates[best] * directions[best]) @ unit / size
    whole = float(np.linalg.norm(directions[best])) or 1.0
    return float(share), size * float(np.sqrt(squares[best])) / whole, float(left[best])
