"""How a program's outputs change with its weights, by differences through its forward function.

Shapes: R rows, O outputs, P trained numbers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.forward import Outputs

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


def slopes(forward: Outputs, names: Sequence[str], rows: slice = slice(None)) -> Slopes:
    """Return the derivatives at the weights as they are, which are there again afterwards."""
    y, epsilon = forward(rows)
    found = [one for name in names for one in _of_array(forward, rows, name, y, epsilon)]
    by_weight, errors = (np.stack(part, axis=-1) for part in zip(*found, strict=True))
    return Slopes(y, by_weight, errors, epsilon)


def _of_array(
    forward: Outputs, rows: slice, name: str, y: Array, epsilon: float
) -> Iterator[tuple[Array, Array]]:
    """Yield the derivatives (R, O) by each number of an array, and bounds of their errors."""
    kept, own = forward.holders.read(name)
    for index in np.ndindex(kept.shape):

        def at(offset: float, index: tuple[int, ...] = index) -> tuple[Array, float]:
            moved = kept.copy()
            moved[index] += offset
            forward.holders.write(name, moved)
            place = forward.holders.read(name)[0][index]  # rounded, if in 32 bit
            return forward(rows)[0], float(place)

        h = _distance(epsilon)
        yield _slope(at, y, h, 2 * epsilon / h, own * (1 + abs(float(kept[index]))) / h)
    forward.holders.write(name, kept)


def _distance(epsilon: float) -> float:
    """Return the distance at which differences of the sixth order err least, a power of two."""
    return float(2.0 ** round(np.log2(epsilon) / 7 - 1.4))


def _slope(
    at: Callable[[float], tuple[Array, float]], y: Array, h: float, rounding: float, uneven: float
) -> tuple[Array, Array]:
    """Return the derivatives (R, O) by one number, and bounds of their errors.

    The outputs are rounded by so much for each unit of y and h, the places of the number by uneven.
    """
    middle, bend = [], []
    for times in (1, 2, 4):
        (above, high), (below, low) = at(times * h), at(-times * h)
        middle.append((above - below) / (high - low))
        bend.append((above - 2 * y + below) / (times * h))
    # Richardson's extrapolation: what goes with the square and the fourth power of h is gone.
    near, far = ((4 * a - b) / 3 for a, b in (middle[:2], middle[1:]))
    slope = (16 * near - far) / 15
    # Of a smooth function the bend goes with h and its third power; what is left is a kink's jump.
    near_jump, far_jump = (2 * a - b for a, b in (bend[:2], bend[1:]))
    jump = (8 * near_jump - far_jump) / 7
    jump = np.maximum(np.abs(jump) - 4 * uneven * np.abs(slope), 0)
    errors = np.abs(slope - near) + jump + uneven * (np.abs(bend[0]) + np.abs(bend[1]))
    return slope, errors + rounding * np.abs(y)


def used(forward: Outputs, names: Sequence[str]) -> list[str]:
    """Return the names of the arrays that the outputs depend on, at some weights or other."""
    holders, random = forward.holders, np.random.default_rng(0)
    forward()  # what it keeps of its own has the shapes of this form now
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
