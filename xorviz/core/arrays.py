"""Array types, named by what they hold."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Steps = NDArray[np.int64]
"""Step numbers and counts."""
Mask = NDArray[np.bool_]
Pixels = NDArray[np.float32]
"""Single precision, for images."""
Numbers = NDArray[Any]
"""Real, or complex where a complex step takes a derivative."""


def nearest(steps: Steps, step: float) -> int:
    """Return the index of the one of some rising steps (P,) nearest to a step; the lower of two."""
    middles = (steps[:-1] + steps[1:]) / 2
    return int(np.searchsorted(middles, step))
