"""The types of arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Steps = NDArray[np.int64]
"""Steps and counts."""
Mask = NDArray[np.bool_]
Numbers = NDArray[Any]
"""Real, or complex where a derivative is taken by a complex step."""
