"""A visible plot of two rows of curves, with its pixels and what it emits, for tests."""

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import near, press_left, release_left, shown
from xorviz.core.arrays import Array, Mask
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, Row
from xorviz.ui.theme.palette import LIGHT

Ends = tuple[float, float]


class Board:
    """Curves fall from 1 to 0.1, if no others are shown; the lower row is logarithmic."""

    def __init__(self, qtbot: QtBot) -> None:
        axes = ScaledAxis("left"), ScaledAxis("left", least_ratio=10.0)
        axes[1].set_log(True)
        self.plot = CurvePlot("Curves", *axes, titles=["", "Lower"])
        self.plot.apply_theme(LIGHT)
        self.row, self.lower = self.plot.rows
        self.chosen: list[int] = []
        self.pointed: list[float | None] = []
        self.fits = 0
        self.plot.step_requested.connect(self.chosen.append)
        self.plot.pointed_at.connect(self.pointed.append)
        self.plot.pointed_at.connect(self.plot.mark)
        self.plot.fitted.connect(self._note_fit)
        # On its own, QTest warns of presses that it leaves to others.
        self.window = QWidget()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.resize(480, 420)
        shown(qtbot, self.window, 480, 420)

    def resize(self, width: int, height: int) -> None:
        self.plot.setFixedSize(width, height)
        self.window.resize(width, height)
        QApplication.processEvents()

    def _note_fit(self) -> None:
        self.fits += 1
        self.plot.fit_curves()

    def show(self, newest: int, shown: int | None = None, values: Array | None = None) -> None:
        """Show a run of this many steps, each recorded, with one value a step."""
        steps = np.arange(newest + 1)
        values = 0.1 + 0.9 * np.exp(-steps / 200) if values is None else values
        for row in self.plot.rows:
            row.show([Curve(steps, values, LIGHT.text)])
        self.plot.show_steps(steps, newest, shown)
        self.plot.fit_curves()

    def run(self, newest: int) -> None:
        """Show a run, and paint until the axes have their final widths."""
        self.show(newest)
        self.settle()

    def fix(self, right: int = 1000, top: float = 1.0) -> None:
        """Show the steps to a round one, and the values from 0 in both rows."""
        for row in self.plot.rows:
            row.scales.value_axis.set_log(False)
            row.ends = (0.0, top)
        self.plot.newest_still = right
        self.plot.fit_curves()
        self.settle()

    def settle(self) -> None:
        for _ in range(2):
            self.plot.grab()
            QApplication.processEvents()

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    @property
    def ranges(self) -> list[tuple[Ends, Ends]]:
        """The ends of the step axis and the value axis of each row, in view coordinates."""
        return [tuple(tuple(ends) for ends in row.box.viewRange()) for row in self.plot.rows]  # type: ignore[misc]

    def scale(self, log_value: bool, log_step: bool) -> None:
        self.row.scales.value_axis.set_log(log_value)
        self.plot.rescale()
        self.plot.set_log_steps(log_step)

    def x_of(self, step: float, row: int = 0) -> float:
        """Return the position of a step in the picture."""
        drawn = self.plot.rows[row]
        inside = QPointF(drawn.scales.at(step)[0], 0)
        return float(self.plot.viewportTransform().map(drawn.box.mapToScene(inside)).x())

    def at(self, step: float, row: int = 0) -> QPoint:
        """Return the pixel of a step, half way up a row."""
        area = self.plot.rows[row].box.sceneBoundingRect()
        return QPoint(round(self.x_of(step, row)), round(area.center().y()))

    @property
    def axes(self) -> list[QPoint]:
        """Pixels of the value axis and of the step axis."""
        middle = self.at(50)
        return [QPoint(8, middle.y()), QPoint(middle.x(), self.plot.height() - 6)]

    def press(self, place: QPoint) -> None:
        press_left(self.viewport, place)
        release_left(self.viewport, place)

    def area(self, row: Row | None = None) -> QRect:
        area: QRect = (row or self.row).box.sceneBoundingRect().toAlignedRect()
        return area

    def near(self, color: str, tolerance: int = 60, row: Row | None = None) -> Mask:
        """Return which pixels (H, W) of a row's axes nearly have a colour."""
        self.settle()
        area = self.area(row)
        found = near(self.plot.viewport().grab().toImage(), color, tolerance)
        return found[area.top() : area.bottom() + 1, area.left() : area.right() + 1]

    def share(self, color: str, value: float) -> float:
        """Return the share of the row of pixels at a value, of 0 to 1, that has a colour."""
        found = self.near(color)
        middle = round((1 - value) * found.shape[0] - 0.5)
        return float(found[max(middle - 1, 0) : middle + 2].mean(axis=1).max())

    def is_at(self, color: str, step: float, value: float) -> bool:
        """Tell whether a pixel beside a step and a value nearly has a colour."""
        found = self.near(color)
        x, y = (round(at) for at in self.row.scales.at(step, value))
        return bool(found[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4].any())

    def assert_whole_curve_is_shown(self) -> None:
        for row, ((left, right), (bottom, top)) in zip(self.plot.rows, self.ranges, strict=True):
            for curve in row.moving.curves:
                x = row.scales.step_axis.to_view(curve.steps.astype(float))
                y = row.scales.value_axis.to_view(curve.values)
                assert left < x.min() <= x.max() <= right
                assert bottom <= y.min() <= y.max() <= top

    def assert_aligned(self) -> None:
        """Assert that each step is straight below the same step of the upper row."""
        self.settle()
        for step in (1.0, 400.0):
            assert abs(self.x_of(step, 1) - self.x_of(step, 0)) <= 0.01
