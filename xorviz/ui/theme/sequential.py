"""The colours for values without a sign: strong where low, pale where high."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from xorviz.ui.theme.palette import LEVELS, Theme

_STRENGTH = 0.75
"""Share of the accent in the strongest colour: what is drawn on it must stay readable."""


@cache
def sequential(theme: Theme) -> NDArray[np.uint8]:
    """Return the map for values without a sign, (LEVELS, 3), from low to high.

    One hue whose lightness changes evenly: it reads the same to the colour-blind, and in grey.
    """
    ground, accent = (
        np.array([QColor(name).red(), QColor(name).green(), QColor(name).blue()], dtype=float)
        for name in (theme.neutral, theme.accent)
    )
    share = np.linspace(_STRENGTH, 0, LEVELS)[:, np.newaxis]
    return np.asarray(np.round(share * accent + (1 - share) * ground), dtype=np.uint8)
