"""The panels of weights on the screen: their numbers by name, and the field that sets one."""

from typing import Any, TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, type_into
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.graph import Edge, Spot
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.weight_editor import WeightEditor
from xorviz.panels.learn.weight_grid import Cell, cells
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.draw.cell_grid import CellGrid

V = TypeVar("V", bound=NetworkDiagram | WeightHeatmap)


def named(snapshot: Snapshot, name: str) -> Cell:
    """Return the cell of a weight."""
    return next(cell for cell in cells(snapshot.weights) if cell.name == name)


class WeightPage(Page[V]):
    """A diagram or a heat map."""

    def __init__(self, qtbot: QtBot, view: V, snapshot: Snapshot) -> None:
        super().__init__(qtbot, view, snapshot, (480, 360))
        self.real = snapshot
        view.weight_tried.connect(self._try)
        view.trial_ended.connect(lambda: self.show(self.real))
        self.clear()

    def show(self, shown: Any) -> None:
        if not shown.is_preview:
            self.real = shown
        super().show(shown)

    def _try(self, field: str, index: tuple[int, ...], value: float) -> None:
        """Show a preview, as the session does."""
        self.show(self.real.trying(Intervention(self.real.step, field, value, index)))

    def clear(self) -> None:
        """Forget what was heard."""
        for heard in self.heard.values():
            heard.clear()

    @property
    def snapshot(self) -> Snapshot:
        """The one that is shown."""
        assert self.view._snapshot is not None
        return self.view._snapshot

    @property
    def editor(self) -> WeightEditor:
        return child(self.view, WeightEditor)

    def spot(self, name: str) -> Spot:
        """Return a node or an edge of the diagram."""
        plan = child(self.view, DiagramCanvas).plan
        assert plan is not None
        return next(spot for spot in plan.graph.spots if spot.name == name)

    def rect_of(self, name: str) -> QRectF:
        """Return the rectangle of a weight's number."""
        if isinstance(self.view, WeightHeatmap):
            cell = named(self.snapshot, name)
            return child(self.view, CellGrid).rect_of((cell.row, cell.column))
        edge = self.spot(name)
        assert isinstance(edge, Edge)
        return child(self.view, DiagramCanvas).rect_of(edge)

    def at(self, name: str) -> QPoint:
        """Return a point of a weight, or of a node, to which nothing else is nearer."""
        if isinstance(self.view, WeightHeatmap):
            return self.rect_of(name).toRect().center()
        canvas, spot = child(self.view, DiagramCanvas), self.spot(name)
        assert canvas.plan is not None
        if not isinstance(spot, Edge):
            return canvas.plan.places[spot].frame.center().toPoint()
        points = [canvas.plan.paths[spot].pointAtPercent(i / 40).toPoint() for i in range(1, 40)]
        return next(p for p in points if canvas.plan.spot_at(QPointF(p), None) == spot)

    def point_at(self, *names: str) -> str:
        """Move the mouse to weights or nodes; return the last read-out."""
        return [self.point(self.at(name)) for name in names][-1]

    def click_on(self, *names: str) -> None:
        for name in names:
            self.click(self.at(name))

    def double_click(self, name: str) -> None:
        self.click_on(name)
        QTest.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(name))

    def set(self, name: str, text: str) -> None:
        """Double-click a weight, and type a value."""
        self.double_click(name)
        type_into(self.editor, text)
