"""Dashed lines on the loss plot: where a setting changed, and since when all rows are right."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg

from xorviz.core import numerals
from xorviz.core.trainer import Snapshot
from xorviz.views.axes import ScaledAxis
from xorviz.views.palette import LIGHT, Theme

_MOST = 100
"""Marks drawn at most, the newest: a slider dragged during a run makes one at each turn."""


@dataclass(frozen=True, slots=True)
class _Mark:
    step: int
    text: str
    is_success: bool


class Marks:
    """Keeps the lines on a plot in step with a snapshot; touches them only when they change."""

    def __init__(self, plot: pg.PlotItem, step_axis: ScaledAxis) -> None:
        self._plot = plot
        self._axis = step_axis
        self._theme = LIGHT
        self._marks: list[_Mark] = []
        self._lines: list[pg.InfiniteLine] = []

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the marks of this snapshot."""
        marks = [
            _Mark(change.step, f"{change.field} {numerals.plain(change.value)}", False)
            for change in snapshot.changes[-_MOST:]
        ]
        if snapshot.right_since is not None and snapshot.step > 0:
            marks.append(_Mark(snapshot.right_since, "all four right", True))
        if marks != self._marks:
            self._marks = marks
            self._make_lines()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._make_lines()

    def place(self) -> None:
        """Move the lines to where the step axis now has their steps."""
        for mark, line in zip(self._marks, self._lines, strict=True):
            line.setPos(self._position(mark))

    def _position(self, mark: _Mark) -> float:
        return float(self._axis.to_view(np.array([float(mark.step)]))[0])

    def _make_lines(self) -> None:
        for line in self._lines:
            self._plot.removeItem(line)
        self._lines = [self._line(mark, i) for i, mark in enumerate(self._marks)]
        for line in self._lines:
            self._plot.addItem(line, ignoreBounds=True)

    def _line(self, mark: _Mark, place: int) -> pg.InfiniteLine:
        color = self._theme.accent if mark.is_success else self._theme.quiet
        return pg.InfiniteLine(
            self._position(mark),
            pen=pg.mkPen(color, style=pg.QtCore.Qt.PenStyle.DashLine),
            label=mark.text,
            labelOpts={
                "color": color,
                "fill": self._theme.panel,
                # Changes alternate between two heights near the top; success stands at the foot.
                "position": 0.08 if mark.is_success else (0.94, 0.82)[place % 2],
                "anchors": [(0, 0.5), (1, 0.5)],
            },
        )
