"""How a map of the lab looks: the colour and the number of each cell.

Shapes: B blocks, R rows, C columns.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from xorviz.core import numerals
from xorviz.lab.results.map import MapCells, MapPlan
from xorviz.lab.results.share_text import percent
from xorviz.ui.theme.palette import LEVELS, Theme, contrast, ink_on

UNKNOWN = -1
"""In place of a level, where no network is done."""
_LEAST_SHARE = 400
"""Of all steps of a plan, what part of them the strongest colour stands for."""


@dataclass(frozen=True, slots=True)
class MapLook:
    """The cells of a map as they are to be painted. A value."""

    cells: MapCells
    levels: NDArray[np.intp]
    """(B, R, C) places in map_colors, or UNKNOWN."""
    texts: tuple[str, ...]
    """Numbers of the cells, block by block and row by row."""
    widest: str
    """No text is wider."""
    ends: tuple[str, str]
    """What the palest and the strongest colour stand for."""

    @property
    def room(self) -> tuple[MapPlan, str]:
        """What decides where its parts are painted."""
        return self.cells.map_plan, self.widest

    @classmethod
    def of_shares(cls, cells: MapCells) -> "MapLook":
        """Show how often networks are right, in percent."""
        texts = []
        for cell in np.ndindex(cells.done.shape):
            share = cells.share((cell[0], cell[1], cell[2]))
            texts.append(percent(share, 0) if share else "")
        return cls(cells, _levels(cells.shares), tuple(texts), "100", ("0", "100 %"))

    @classmethod
    def of_medians(cls, cells: MapCells) -> "MapLook":
        """Show after how many steps networks are right: on a log scale, the fewer the stronger."""
        most = cells.map_plan.steps
        least = max(1, round(most / _LEAST_SHARE))
        span = math.log(max(most / least, 2))
        shares = np.clip(np.log(most / np.maximum(cells.medians, 1)) / span, 0, 1)
        none_right = (cells.done > 0) & (cells.right == 0)
        texts = [
            "–" if none else "" if math.isnan(median) else compact(median)
            for none, median in zip(none_right.flat, cells.medians.ravel().tolist(), strict=True)
        ]
        ends = numerals.whole(most), f"{numerals.whole(least)} steps"
        return cls(cells, _levels(np.where(none_right, 0, shares)), tuple(texts), "8.8k", ends)


@cache
def map_colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return LEVELS colours from pale to the accent, each with the ink to write on it."""
    pale, strong = (
        np.array([QColor(name).red(), QColor(name).green(), QColor(name).blue()])
        for name in (theme.neutral, theme.accent)
    )
    found = []
    for share in np.linspace(0, 1, LEVELS):
        r, g, b = np.rint(share * strong + (1 - share) * pale).astype(int).tolist()
        fill = f"#{r:02X}{g:02X}{b:02X}"
        ink = theme.text if contrast(theme.text, fill) >= 4.5 else ink_on(fill)
        found.append((QColor(fill), QColor(ink)))
    return tuple(found)


def compact(steps: float) -> str:
    """Return a number of steps in four characters at most: 640, 1.3k, 13k, 2.0M."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if steps >= 0.9995 * size:
            value = steps / size
            return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"
    return str(round(steps))


def _levels(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the levels of shares from 0 to 1."""
    known = np.isfinite(shares)
    levels = np.rint(np.where(known, shares, 0) * (LEVELS - 1)).astype(np.intp)
    return np.where(known, levels, UNKNOWN)
