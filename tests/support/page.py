"""A view on the screen, as its user sees and uses it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, is_near, move_mouse, shown
from xorviz.panels.base.view import View
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import LIGHT, Theme

V = TypeVar("V", bound=View)

_STRIDE = 3
"""Pixels between the points that are tried when spots are sought."""
_ON, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class Page(Generic[V]):
    """A view, where its spots are, and all signals that it has emitted."""

    def __init__(
        self,
        qtbot: QtBot,
        view: V,
        snapshot: Any = None,
        size: tuple[int, int] = (480, 420),
        theme: Theme = LIGHT,
    ) -> None:
        """Show a view in a theme, with a snapshot if one is given."""
        self.view = view
        view.apply_theme(theme)
        if hasattr(view, "answer_at_once"):
            view.answer_at_once()
        self.heard: dict[str, list[Any]] = defaultdict(list)
        """What each signal of the view has sent: a value, or a tuple of several."""
        for name in dir(type(view)):
            if isinstance(getattr(type(view), name), Signal) and not hasattr(QWidget, name):
                self._listen(name)
        shown(qtbot, view, *size)
        if snapshot is not None:
            self.show(snapshot)

    def _listen(self, name: str) -> None:
        heard = self.heard[name]
        signal = getattr(self.view, name)
        signal.connect(lambda *sent: heard.append(sent[0] if len(sent) == 1 else sent))

    def show(self, snapshot: Any) -> None:
        """Show another snapshot."""
        self.view.show_snapshot(snapshot)  # type: ignore[attr-defined]

    def read(self) -> str:
        """Return the read-out beside the title."""
        return (self.heard["readout_changed"] or [""])[-1]

    @property
    def canvas(self) -> Canvas:
        """The picture of spots: the first that is in sight."""
        return next(one for one in self.view.findChildren(Canvas) if one.isVisible())

    @property
    def plot(self) -> CurvePlot:
        """The plot of curves."""
        return child(self.view, CurvePlot)

    def spots(self) -> dict[Any, QPoint]:
        """Return every spot of the canvas that the mouse finds, with a point well inside it."""
        canvas, found = self.canvas, defaultdict(list)
        canvas.grab()  # lays it out
        for y in range(1, canvas.height(), _STRIDE):
            for x in range(1, canvas.width(), _STRIDE):
                if (spot := canvas.spot_at(QPointF(x, y))) is not None:
                    found[spot].append((x, y))
        return {spot: _inmost(points) for spot, points in found.items()}

    def on_plot(self, step: float, value: float = 0.5, row: int = 0) -> QPoint:
        """Return the pixel of a step and a value in a row of the plot."""
        plot = self.plot
        for _ in range(3):  # painting sets the widths of the axes
            plot.grab()
            QApplication.processEvents()
        at = plot.rows[row]
        place: QPoint = plot.mapFromScene(at.box.mapToScene(QPointF(*at.scales.at(step, value))))
        return place

    def point(self, at: QPoint | QPointF | None, part: QWidget | None = None) -> str:
        """Move the mouse to a point of the canvas or another part, or away; return the read-out."""
        part = part or self.canvas
        if at is None:
            QCoreApplication.sendEvent(part, QEvent(QEvent.Type.Leave))
        else:
            move_mouse(part, at)
        return self.read()

    def click(self, at: QPoint, part: QWidget | None = None, shift: bool = False) -> None:
        """Click a point of the canvas or another part."""
        part = part or self.canvas
        QTest.mouseClick(part, Qt.MouseButton.LeftButton, _SHIFT if shift else _ON, at)

    def press(self, *keys: Qt.Key, shift: bool = False) -> str:
        """Press keys in the view; return the read-out."""
        target = self.view.focusProxy() or self.view
        for key in keys:
            QTest.keyClick(target, key, _SHIFT if shift else _ON)
        return self.read()

    def option(self, name: str) -> QAction:
        """Return an option of the view."""
        return child(self.view, QAction, name)

    def choose(self, name: str) -> None:
        """Choose an option, as in the view's menu."""
        self.option(name).trigger()

    def has(self, at: QPoint, color: str, tolerance: int = 12, part: QWidget | None = None) -> bool:
        """Return whether a small square around a point has a colour somewhere."""
        image, near = (part or self.canvas).grab().toImage(), range(-2, 3)
        found = [image.pixelColor(at + QPoint(dx, dy)) for dx in near for dy in near]
        return any(is_near(one, QColor(color), tolerance) for one in found)


def _inmost(points: Sequence[tuple[int, int]]) -> QPoint:
    """Return the point that is nearest to the middle of all."""
    known = np.array(points)
    middle = np.median(known, axis=0)
    return QPoint(*known[np.abs(known - middle).sum(axis=1).argmin()].tolist())
