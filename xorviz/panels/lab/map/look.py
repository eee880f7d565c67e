"""Colours and texts of a map's cells.

Shapes: B blocks, R rows, C columns.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from xorviz.core import numerals
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import AXES, MapCells, MapPlan
from xorviz.lab.results.success import percent
from xorviz.ui.draw.cell_grid import NONE
from xorviz.ui.theme.palette import LEVELS, Theme, contrast, ink_on

MAY_RISE = "+"
"""After a share that may rise with more steps."""
_LEAST_SHARE = 400
"""The strongest colour stands for this fraction of the plan's steps."""


@dataclass(frozen=True, slots=True)
class MapLook:
    """Colours and texts of a map's cells."""

    cells: MapCells
    levels: NDArray[np.intp]
    """(B, R, C) indices in map_colors, or NONE."""
    texts: NDArray[np.str_]
    """(B, R, C)."""
    widest: str
    """A text at least as wide as any."""
    ends: tuple[str, str]
    """Labels of the palest and the strongest colour."""
    scale: str
    """What the colours mean, in a word or two."""
    note: str = ""
    """What the sign after a share means, if any cell has it."""

    @classmethod
    def of_shares(cls, cells: MapCells) -> "MapLook":
        """Show success rates in percent."""
        texts, may_rise = [], cells.may_rise
        for cell in np.ndindex(cells.done.shape):
            share = cells.share((cell[0], cell[1], cell[2]))
            texts.append(percent(share, 0) + MAY_RISE * bool(may_rise[cell]) if share else "")
        found = np.array(texts).reshape(cells.done.shape)
        levels, widest, ends = _levels(cells.shares), f"99{MAY_RISE}", ("0", "100 %")
        note = f"{MAY_RISE} some still learning" if may_rise.any() else ""
        return cls(cells, levels, found, widest, ends, "share correct", note)

    @classmethod
    def of_medians(cls, cells: MapCells) -> "MapLook":
        """Show the median first correct step on a logarithmic scale, low medians strongest."""
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
        found = np.array(texts).reshape(cells.done.shape)
        levels = _levels(np.where(none_right, 0, shares))
        return cls(cells, levels, found, "8.8k", ends, "median step")

    def heading(self, snapshot: LabSnapshot, block: str) -> tuple[str, str]:
        """Return the map's title, and a line with counts, notes and common settings."""
        plan = self.cells.map_plan
        counts = numerals.counted(plan.seeds, "seed"), numerals.counted(plan.steps, "step")
        title = f"Success map: {self.scale}, {AXES[plan.up].short} × {AXES[plan.across].short}"
        return title, joined((*counts, _how_far(snapshot), self.note, block, *_common(plan)))


def _how_far(snapshot: LabSnapshot) -> str:
    if snapshot.done.all():
        return ""
    percent = f"{int(100 * snapshot.progress)}\u00a0%"  # never breaks the line
    return f"cancelled at {percent}" if snapshot.is_over else f"{percent} done"


def _common(map_plan: MapPlan) -> Iterator[str]:
    """Yield the settings that all cells share, unless they are the default."""
    varied = {map_plan.up, map_plan.across} | ({"biases"} if map_plan.with_biases else set())
    for name, part in recipe_parts(map_plan.base).items():
        if name != "init" or not varied & {"init", "init_range"}:
            yield "" if name in varied else part
        elif "init_range" not in varied:
            yield f"initial range {numerals.plain(map_plan.base.init_range)}"
        elif "init" not in varied:
            yield f"initial weights {map_plan.base.init}"


@cache
def map_colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return LEVELS colours from pale to the accent, each with a text colour."""
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
    """Return a number of steps in at most four characters: 640, 1.3k, 13k, 2.0M."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if steps >= 0.9995 * size:
            value = steps / size
            return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"
    return str(round(steps))


def _levels(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the levels of shares from 0 to 1, NONE for NaN."""
    known = np.isfinite(shares)
    levels = np.rint(np.where(known, shares, 0) * (LEVELS - 1)).astype(np.intp)
    return np.where(known, levels, NONE)
