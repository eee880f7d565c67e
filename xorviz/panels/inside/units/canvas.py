"""Canvas of the hidden units: a small response map for each."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QScrollBar

from xorviz.core.analysis.responses import (
    Span,
    color_span,
    largest_responses,
    response_maps,
    responses,
)
from xorviz.core.analysis.surface import unit_line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.square_items import level_images
from xorviz.panels.inside.units.drawing import FOOT_SPACE, UnitDrawing
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded

_GAP = 12
_FEW, _LEAST_OF_FEW, _LEAST = 12, 44, 72
"""A few maps may shrink further before they scroll than many."""
_SAMPLES, _COARSEST, _FINEST = 40_000, 24, 64
"""Samples computed per repaint, and the limits of samples along a map's side."""


@guarded
class UnitCanvas(Canvas):
    """Computes and paints only the visible maps; its spots are the units.

    By hand: a frame costs 1.4 ms with 3 units, 2.8 ms with 24.
    """

    def __init__(self) -> None:
        super().__init__(QSize(480, 190), QSize(120, 80))
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.selected: int | None = None
        """The selected unit, whose frame is thicker than that of the marked one."""
        self._snapshot: Snapshot | None = None
        self._span = Span(0.0, 1.0)
        self._responses = np.zeros((4, 0))
        self._maps: dict[int, QImage] = {}
        self._tiles = Tiles.fitted(1, 1, 1, 0, 0, 1, 0)
        self.bar.valueChanged.connect(self.update)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        before, self._snapshot = self.count, snapshot
        self._maps.clear()
        weights, activation = snapshot.weights, snapshot.config.activation
        self._span = color_span(activation, float(largest_responses(weights, activation).max()))
        self._responses = responses(weights, activation)
        if self.count != before:
            self.lay_out()
        self.update()

    @property
    def count(self) -> int:
        return 0 if self._snapshot is None else self._snapshot.config.width

    @property
    def tiles(self) -> Tiles:
        """Layout of the maps as they are scrolled."""
        return self._tiles.moved(0, -self.bar.value())

    def select(self, selected: int | None, pointed: int | None) -> None:
        """Frame the selected unit, and more lightly the one pointed at."""
        if selected != self.selected:
            self.selected = selected
            self.update()
        self.mark(pointed)

    def scroll_to(self, unit: int) -> None:
        tile = self.tiles.tile(unit)
        below, above = tile.bottom() + _GAP - self.height(), tile.top() - _GAP
        self.bar.setValue(self.bar.value() + round(min(max(below, 0), above)))

    def visible_units(self) -> range:
        """Return the units whose tiles are at least partly visible."""
        return self.tiles.between(0, self.height()) if self.count else range(0)

    def spot_at(self, point: QPointF) -> int | None:
        tiles = self.tiles
        return next((u for u in self.visible_units() if tiles.tile(u).contains(point)), None)

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the unit beside the selected one; at first h1."""
        return self._tiles.beside(self.selected, dx, dy) if self.count else None

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.bar.event(event)

    def _recolour(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        width, height, bar = self.width(), self.height(), self.bar
        thickness = bar.sizeHint().width()
        least = _LEAST_OF_FEW if self.count <= _FEW else _LEAST
        foot = self._foot_height + FOOT_SPACE
        tiles = Tiles.fitted(self.count, width - 4, height - 4, foot, _GAP, least, thickness)
        self._tiles = tiles.moved(2, 2)
        bar.setGeometry(width - thickness, 0, thickness, height)
        bar.setRange(0, max(0, self._tiles.height + 2 - height))
        bar.setPageStep(max(1, height - tiles.pitch // 2))
        bar.setSingleStep(max(1, tiles.pitch // 3))
        bar.setVisible(bar.maximum() > 0)
        self._drawing = UnitDrawing(self.theme, self.font(), tiles.side)
        self._maps.clear()

    @property
    def _foot_height(self) -> int:
        return self.fontMetrics().height() + 2

    def _paint(self, painter: QPainter) -> None:
        if self._snapshot is None:
            return
        hints = QPainter.RenderHint
        painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
        self._compute_maps(self._snapshot)
        tiles = self.tiles
        for unit in self.visible_units():
            self._paint_unit(painter, tiles.picture(unit), unit, self._snapshot)

    def _compute_maps(self, snapshot: Snapshot) -> None:
        """Compute all missing visible maps at once."""
        units = self.visible_units()
        if missing := [unit for unit in units if unit not in self._maps]:
            n = int(np.clip(np.sqrt(_SAMPLES / len(units)), _COARSEST, _FINEST))
            answers = response_maps(snapshot.weights, snapshot.config.activation, missing, n)
            shares = (answers.astype(float) - self._span.low) / (self._span.high - self._span.low)
            self._maps.update(zip(missing, level_images(shares, self.theme), strict=True))

    def _paint_unit(self, painter: QPainter, rect: QRectF, unit: int, snapshot: Snapshot) -> None:
        drawing, corner, weights = self._drawing, rect.topLeft(), snapshot.weights
        painter.drawImage(rect, self._maps[unit])
        if (line := unit_line(weights, unit)) is not None:
            drawing.line(painter, corner, line)
        drawing.markers(painter, corner, snapshot.config.targets)
        drawing.responses(painter, corner, self._responses[:, unit].tolist(), self._span)
        foot = QRectF(rect.left(), rect.bottom() + FOOT_SPACE, rect.width(), self._foot_height)
        is_selected, weight = unit == self.selected, float(weights.w2[unit, 0])
        drawing.foot(painter, foot, f"h{unit + 1}", weight, is_selected)
        if is_selected or unit == self.marked:
            drawing.frame(painter, rect, is_selected)
