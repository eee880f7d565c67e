"""How a program's outputs change with its weights, by differences through its forward function.

Shapes: R rows, O outputs, P trained numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.forward import Forward
from xorviz.core.check.code.holders import DOUBLE

ROUNDINGS = 16
"""Rounding errors of one operation that a number may have gathered."""


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """The derivatives of the outputs by the weights at one point. A value."""

    y: Array
    """(R, O) the outputs."""
    by_weight: Array
    """(R, O, P)"""
    errors: Array
    """(R, O, P) bounds; at a kink, such as ReLU's at 0, half the jump and more: both sides fit."""
    epsilon: float
    """Relative rounding error of the outputs."""


def slopes(forward: Forward, names: Sequence[str], rows: slice = slice(None)) -> Slopes:
    """Return the derivatives at the weights as they are, which are there again afterwards."""
    y, epsilon = forward(rows)
    found: list[tuple[Array, Array]] = []
    for name in names:
        kept, own = forward.holders.read(name)
        h = _distance(epsilon)
        for index in np.ndindex(kept.shape):
            found.append(_slope(forward, rows, name, kept, index, h, y, epsilon, own))
        forward.holders.write(name, kept)
    each = [np.stack(part, axis=-1) for part in zip(*found, strict=True)]
    return Slopes(y, each[0], each[1], epsilon)


def _distance(epsilon: float) -> float:
    """Return the distance at which differences of the sixth order err least, a power of two."""
    return float(2.0 ** round(np.log2(epsilon) / 7 - 1.4))


def _slope(
    forward: Forward,
    rows: slice,
    name: str,
    kept: Array,
    index: tuple[int, ...],
    h: float,
    y: Array,
    epsilon: float,
    own: float,
) -> tuple[Array, Array]:
    """Return the derivatives (R, O) by one number, and bounds of their errors."""
    middle, bend = [], []
    for times in (1, 2, 4):
        ends, places = [], []
        for sign in (1, -1):
            moved = kept.copy()
            moved[index] += sign * times * h
            forward.holders.write(name, moved)
            ends.append(forward(rows)[0])
            places.append(forward.holders.read(name)[0][index])  # rounded, if in 32 bit
        middle.append((ends[0] - ends[1]) / (places[0] - places[1]))
        bend.append((ends[0] - 2 * y + ends[1]) / (times * h))
    # Richardson's extrapolation: what goes with the square and the fourth power of h is gone.
    near, far = ((4 * a - b) / 3 for a, b in (middle[:2], middle[1:]))
    slope = (16 * near - far) / 15
    # Of a smooth function the bend goes with h and its third power; what is left is a kink's jump.
    near_jump, far_jump = (2 * a - b for a, b in (bend[:2], bend[1:]))
    jump = (8 * near_jump - far_jump) / 7
    uneven = own * (1 + abs(kept[index])) / h
    rounding = 2 * epsilon * np.abs(y) / h + uneven * (np.abs(bend[0]) + np.abs(bend[1]))
    jump = np.maximum(np.abs(jump) - 4 * uneven * np.abs(slope), 0)
    errors = np.abs(slope - near) + jump + rounding
    return slope, errors


def used(forward: Forward, names: Sequence[str]) -> list[str]:
    """Return the names of the arrays that the outputs depend on, at some weights or other."""
    holders, random = forward.holders, np.random.default_rng(0)
    kept = {name: holders.read(name)[0] for name in names}
    seen: set[str] = set()
    for size in (0.0, 0.5, 2.0):
        base = {n: k + size * random.uniform(-1, 1, k.shape) for n, k in kept.items()}
        for name in names:
            if name in seen:
                continue
            try:
                for other, values in base.items():
                    holders.write(other, values)
                before = forward()[0]
                holders.write(name, base[name] + random.uniform(0.1, 0.5, base[name].shape))
                seen |= {name} if (forward()[0] != before).any() else set()
            except (ValueError, ArithmeticError, TypeError, IndexError):
                continue  # a number that is no weight
    for name, values in kept.items():
        holders.write(name, values)
    return [name for name in names if name in seen]

