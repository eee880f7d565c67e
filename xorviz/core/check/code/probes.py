"""The directions in which a program's numbers are moved, and how long that may take.

Shapes: P numbers in all, of which an array has N; K directions.
"""

import time
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.numerals import counted, listed

_WHOLE = 64
"""Numbers of an array up to which each is moved alone."""
_MOST, _LEAST, _WORK = 16, 3, 4_000_000
"""Directions of a larger array: as many as move so many numbers in all, within these limits."""


class OutOfTime(BaseException):
    """The time that a check may take is over. No handler of a program's own errors takes it."""


class Budget:
    """The seconds that a check may take, and how far it has come."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._end = seconds, time.monotonic() + seconds
        self.progress = "0 derivatives"

    def check(self) -> None:
        """Raise OutOfTime if it is over."""
        if time.monotonic() > self._end:
            raise OutOfTime


class Direction(NamedTuple):
    """A direction of length 1."""

    place: slice
    """Of the P numbers, those that move."""
    way: Array
    """(N,) how far."""


class Probes:
    """Directions that show each array: each number of a small one, and a sample of a large one.

    The sample has single numbers, drawn at random, and at least as many random directions, which
    all numbers of the array are part of: so none goes unseen.
    """

    def __init__(self, places: Mapping[str, slice]) -> None:
        """Take the arrays' places in the P numbers."""
        count = max((place.stop for place in places.values()), default=0)
        most = max(_LEAST, min(_MOST, _WORK // max(1, count)))
        self.directions: list[Direction] = []
        self.places: dict[str, slice] = {}
        self.sampled: list[str] = []
        self.singles, self.mixed = most // 2, most - most // 2
        for name, place in places.items():
            size, begin = place.stop - place.start, len(self.directions)
            random = np.random.default_rng([1, *name.encode()])
            is_whole = size <= _WHOLE
            numbers = range(size) if is_whole else random.choice(size, self.singles, replace=False)
            for n in (place.start + int(number) for number in numbers):
                self.directions.append(Direction(slice(n, n + 1), np.ones(1)))
            for _ in range(0 if is_whole else self.mixed):
                way = random.choice([-1.0, 1.0], size) / size**0.5
                self.directions.append(Direction(place, way))
            self.places[name] = slice(begin, len(self.directions))
            self.sampled += [] if is_whole else [name]
        self.is_single = np.array([len(way) == 1 for _, way in self.directions])

    def of(self, numbers: Array) -> Array:
        """Return what numbers (..., P) are along each direction, (..., K)."""
        return np.stack([numbers[..., at] @ way for at, way in self.directions], axis=-1)

    def bounds(self, errors: Array) -> Array:
        """Return bounds (..., K) along each direction for independent errors (..., P)."""
        squares = [errors[..., at] ** 2 @ way**2 for at, way in self.directions]
        return np.sqrt(np.stack(squares, axis=-1))

    @property
    def sentence(self) -> str:
        """What was looked at of large arrays, or nothing."""
        if not self.sampled:
            return ""
        return (
            f" Checked of {listed(self.sampled)}: {counted(self.singles, 'number')} each, and"
            f" {self.mixed} random directions through all."
        )
