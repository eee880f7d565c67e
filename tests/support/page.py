"""A view on the screen, as its user sees and uses it."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, Generic, TypeVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, is_near, move_mouse, shown
from xorviz.core.arrays import Array
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.keys import ARROWS
from xorviz.ui.plot.bars import BarPlot
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import LIGHT, Theme

V = TypeVar("V", bound=View)

_STRIDE, _COARSE = 3, 4
"""Pixels between the points where spots are sought, and the share of them that is tried first."""
_MANY = 500
"""Spots from which a canvas is sampled."""
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
        self._resting = ""
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
        text: str = (self.heard["readout_changed"] or [""])[-1]
        return text

    def words(self) -> set[str]:
        """Return all that the view says: its read-out, its labels, and to screen readers."""
        parts: list[QWidget] = [self.view, *self.view.findChildren(QWidget)]
        texts = {self.read(), *(label.text() for label in self.view.findChildren(QLabel))}
        texts |= {part.accessibleName() for part in parts}
        return (texts | {part.accessibleDescription() for part in parts}) - {""}

    def host(self) -> None:
        """Highlight the units that the view points at, and choose those it requests: a window."""
        view, chosen = self.view, list[int | None]([None])
        assert isinstance(view, SnapshotView)

        def point(unit: int | None) -> None:
            view.show_unit(chosen[0] if unit is None else unit, is_chosen=unit is None)

        def choose(unit: int | None) -> None:
            chosen[0] = unit
            point(None)

        view.unit_pointed.connect(point)
        view.unit_requested.connect(choose)

    def picture(self) -> QImage:
        """Return what the view paints, once its parts have their places."""
        for _ in range(3):  # layouts within layouts
            QApplication.processEvents()
        for plot in self.view.findChildren(CurvePlot):
            self._settle(plot)
        return self.view.grab().toImage()

    @property
    def canvas(self) -> Canvas:
        """The picture of spots: that which the arrow keys walk through, or the first in sight."""
        if isinstance(walked := self.view._pointable, Canvas):
            return walked
        return next(one for one in self.view.findChildren(Canvas) if one.isVisible())

    @property
    def plot(self) -> CurvePlot:
        """The plot of curves."""
        return child(self.view, CurvePlot)

    def spots(self) -> dict[Any, QPoint]:
        """Return every spot of the canvas that the mouse finds, with a point well inside it.

        Where every point is a spot of its own, only a sample.
        """
        canvas, found = self.canvas, dict[tuple[int, int], Any]()
        canvas.grab()  # lays it out

        def look(points: Iterable[tuple[int, int]]) -> None:
            new = [at for at in points if at not in found]
            found.update((at, canvas.spot_at(QPointF(*at))) for at in new)

        width, height = (max(1, length - 2) // _STRIDE for length in canvas.size().toTuple())
        columns, rows = ({*range(0, n, _COARSE), n} for n in (width, height))
        look(_pixels(columns, rows))
        if len(set(found.values())) < _MANY:
            for x, y in product(columns, rows):  # look closer where spots begin and end
                corners = product((x, min(x + _COARSE, width)), (y, min(y + _COARSE, height)))
                if len({found[at] for c in corners for at in _pixels(*([n] for n in c))}) > 1:
                    look(_pixels(range(x, x + _COARSE), range(y, y + _COARSE)))
        spots = defaultdict(list)
        for at, spot in found.items():
            if spot is not None:
                spots[spot].append(at)
        return {spot: _inmost(points) for spot, points in spots.items()}

    def places(self) -> list[QPoint]:
        """Return a point in each place that the mouse finds; of curves, at each recorded step."""
        plot = self.view._pointable
        if not isinstance(plot, CurvePlot):
            return list(self.spots().values())
        steps: Array = plot.steps.astype(float)
        row = plot.rows[0]
        if isinstance(plot, BarPlot):
            steps = (plot.bars.edges[1:] + plot.bars.edges[:-1]) / 2
        self._settle(plot)
        middle = row.scales.area.height() / 2
        across = [row.scales.at(step)[0] for step in steps.tolist()]
        return [plot.mapFromScene(row.box.mapToScene(QPointF(x, middle))) for x in across]

    @property
    def part(self) -> QWidget:
        """What the mouse points into: the plot that the arrow keys walk through, or the canvas."""
        plot = self.view._pointable
        return plot.viewport() if isinstance(plot, CurvePlot) else self.canvas

    def said(self) -> str:
        """Return what is said of the place pointed at; nothing if that is what is always said."""
        about: str = self.part.accessibleDescription()
        return about if self.read() == self._resting else self.read()

    def leave(self) -> None:
        """Point at nothing, by Esc and by the mouse."""
        self.press(Qt.Key.Key_Escape)
        self._resting = self.point(None, self.part)

    def walk(self, most: int = 1000) -> dict[str, tuple[Qt.Key, ...]]:
        """Go everywhere that the arrow keys lead to; return what is said there, and the way there.

        Begins and ends with the cursor nowhere.
        """
        self.leave()
        here = start = self.said()
        ways: dict[str, tuple[Qt.Key, ...]] = {start: ()}
        leads: dict[str, dict[Qt.Key, str]] = {start: {}}
        for _ in range(most):
            way = _way_on(here, leads)
            if way is None and here == start:
                break
            if way is None:
                self.press(Qt.Key.Key_Escape)
                here = start
            for key in way or ():
                before = here
                self.press(key)
                here = self.said()
                leads[before][key] = here
                leads.setdefault(here, {})
                ways.setdefault(here, (*ways[before], key))
        self.leave()
        del ways[start]
        return ways

    def on_plot(self, step: float, value: float = 0.5, row: int = 0) -> QPoint:
        """Return the pixel of a step and a value in a row of the plot."""
        plot = self.plot
        self._settle(plot)
        at = plot.rows[row]
        place: QPoint = plot.mapFromScene(at.box.mapToScene(QPointF(*at.scales.at(step, value))))
        return place

    def _settle(self, plot: CurvePlot) -> None:
        """Paint until the axes keep their widths, which painting sets."""
        for _ in range(3):
            before = [row.scales.value_axis.width() for row in plot.rows]
            plot.grab()
            QApplication.processEvents()
            if before == [row.scales.value_axis.width() for row in plot.rows]:
                break

    def point(self, at: QPoint | QPointF | None, part: QWidget | None = None) -> str:
        """Move the mouse to a point of the canvas or another part, or away; return the read-out."""
        part = part or self.canvas
        if at is None:
            QCoreApplication.sendEvent(part, QEvent(QEvent.Type.Leave))
            if isinstance(plot := part.parent(), CurvePlot):
                QCoreApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
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


def _pixels(columns: Iterable[int], rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return points of a canvas by their numbers across and down."""
    return [(1 + _STRIDE * x, 1 + _STRIDE * y) for x, y in product(columns, rows)]


def _way_on(start: Any, leads: dict[Any, dict[Qt.Key, Any]]) -> tuple[Qt.Key, ...] | None:
    """Return the keys to press to try one that was not tried yet, if there is any ahead."""
    ways, seen = deque[tuple[Any, tuple[Qt.Key, ...]]]([(start, ())]), {start}
    while ways:
        here, way = ways.popleft()
        for key in ARROWS:
            if key not in leads[here]:
                return *way, key
            if (there := leads[here][key]) not in seen:
                seen.add(there)
                ways.append((there, (*way, key)))
    return None


def _inmost(points: Sequence[tuple[int, int]]) -> QPoint:
    """Return the point that is nearest to the middle of all."""
    known = np.array(points)
    middle = np.median(known, axis=0)
    return QPoint(*known[np.abs(known - middle).sum(axis=1).argmin()].tolist())
