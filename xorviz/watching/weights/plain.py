"""Plain NumPy arrays in their order, which are read in a few microseconds. P numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array

Copied = tuple[tuple[Any, ...], bytes]
"""The arrays of a call, and a copy of all their numbers as they were then."""


@dataclass(frozen=True, slots=True, eq=False)
class PlainArrays:
    """Arrays of one type, each in one piece. A value."""

    shapes: list[tuple[int, ...]]
    type: np.dtype[Any]
    places: NDArray[np.intp]
    """(P,) for each number of the network its place among all numbers of the arrays."""

    def parameters(self, copied: Copied) -> Array | None:
        """Return the numbers (P,); None if the arrays are of other shapes or types than these."""
        weights, numbers = copied
        if not all(isinstance(w, np.ndarray) and w.dtype == self.type for w in weights):
            return None  # bytes can be joined, too
        if [w.shape for w in weights] != self.shapes:
            return None
        return np.frombuffer(numbers, self.type)[self.places].astype(np.float64, copy=False)


def copied(weights: tuple[Any, ...]) -> Copied | None:
    """Return arrays with a copy of their numbers, in a fifth of a microsecond, or None."""
    try:
        return weights, b"".join(weights)
    except Exception:  # tensors, lists, models, and arrays that are not in one piece
        return None


def plain_arrays(weights: Sequence[Any], places: NDArray[np.intp]) -> PlainArrays | None:
    """Return how these arrays are read if they are plain.

    ``places`` are those among 0 and all numbers, as WeightReading has them.
    """
    are_plain = all(type(w) is np.ndarray and w.flags.c_contiguous for w in weights)
    types = {w.dtype for w in weights} if are_plain else set()
    if len(types) != 1 or not places.all():  # where a bias is missing, it is 0
        return None
    return PlainArrays([w.shape for w in weights], types.pop(), places - 1)
