"""Canvas of the hidden units: a small response map for each."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from xorviz.core.analysis.responses import (
    Span,
    color_span,
    largest_responses,
    response_maps,
    responses,
)
from xorviz.core.analysis.surface import unit_line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.units.drawing import FOOT_SPACE, UnitDrawing, rgb32
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, LIGHT, Theme

_GAP = 12
_FEW, _LEAST_OF_FEW, _LEAST = 12, 44, 72
"""A few maps may shrink further before they scroll than many."""
_SAMPLES, _COARSEST, _FINEST = 40_000, 24, 64
"""Samples computed per repaint, and the limits of samples along a map's side."""


@guarded
class UnitCanvas(QAbstractScrollArea):
    """Computes and paints only the visible maps. Empty without a snapshot.

    A frame costs 1.4 ms with 3 units, 2.8 ms with 24; in a QScrollArea those take a tenth more.
    """

    pointed_at = Signal(object)  # int | None: the unit under the mouse
    clicked = Signal(object)  # int | None

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._theme = LIGHT
        self._colors = rgb32(LIGHT)
        self._span = Span(0.0, 1.0)
        self._responses = np.zeros((4, 0))
        self._maps: dict[int, QImage] = {}
        self._drawing: UnitDrawing | None = None
        self._drawing_key: tuple[object, ...] = ()
        self.tiles = Tiles.fitted(1, 1, 1, 0, 0, 1, 0)
        """Layout of the maps, before scrolling."""
        self.selected: int | None = None
        self.pointed: int | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setMinimumSize(120, 80)

    def sizeHint(self) -> QSize:
        return QSize(480, 190)

    def apply_theme(self, theme: Theme) -> None:
        self._theme, self._colors = theme, rgb32(theme)
        self._maps.clear()
        self.viewport().update()

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        before, self._snapshot = self.count, snapshot
        self._maps.clear()
        if snapshot is not None:
            weights, activation = snapshot.weights, snapshot.config.activation
            largest = float(largest_responses(weights, activation).max())
            self._span = color_span(activation, largest)
            self._responses = responses(weights, activation)
        if self.count != before:
            self._lay_out()
        self.viewport().update()

    @property
    def count(self) -> int:
        return 0 if self._snapshot is None else self._snapshot.config.width

    def select(self, selected: int | None, pointed: int | None) -> None:
        """Frame the selected unit, and more lightly the one pointed at."""
        if (selected, pointed) != (self.selected, self.pointed):
            self.selected, self.pointed = selected, pointed
            self.viewport().update()

    def scroll_to(self, unit: int) -> None:
        tile, bar = self.tiles.tile(unit), self.verticalScrollBar()
        low, high = tile.bottom() + _GAP - self.viewport().height(), tile.top() - _GAP
        bar.setValue(round(min(max(bar.value(), low), high)))

    def visible_units(self) -> range:
        """Return the units whose tiles are at least partly visible."""
        if not self.count:
            return range(0)
        top = self.verticalScrollBar().value()
        return self.tiles.between(top, top + self.viewport().height())

    def map_rect(self, unit: int) -> QRectF:
        """Return the rectangle of a unit's map in the viewport."""
        return self.tiles.picture(unit).translated(0, -self.verticalScrollBar().value())

    def unit_under(self, point: QPointF) -> int | None:
        """Return the unit whose tile contains a point of the viewport."""
        at = point + QPointF(0, self.verticalScrollBar().value())
        return next((u for u in self.visible_units() if self.tiles.tile(u).contains(at)), None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        space, bar = self.maximumViewportSize(), self.verticalScrollBar()
        least = _LEAST_OF_FEW if self.count <= _FEW else _LEAST
        width, foot = space.width() - 4, self._foot_height + FOOT_SPACE
        self.tiles = Tiles.fitted(
            self.count, width, space.height() - 4, foot, _GAP, least, bar.sizeHint().width()
        ).moved(2, 2)
        bar.setRange(0, max(0, self.tiles.height + 2 - space.height()))
        bar.setPageStep(max(1, space.height() - self.tiles.pitch // 2))
        bar.setSingleStep(max(1, self.tiles.pitch // 3))
        self._maps.clear()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self.unit_under(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.unit_under(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointed_at.emit(None)
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._snapshot is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self._compute_maps()
        drawing = self._current_drawing()
        for unit in self.visible_units():
            self._paint_unit(painter, drawing, unit, self._snapshot)
        painter.end()

    def _current_drawing(self) -> UnitDrawing:
        """Return the cached drawing for the current size, theme and font."""
        key = (self._theme, self.font(), self.tiles.side, self.devicePixelRatioF())
        if self._drawing is None or key != self._drawing_key:
            self._drawing, self._drawing_key = UnitDrawing(*key), key
        return self._drawing

    @property
    def _foot_height(self) -> int:
        return self.fontMetrics().height() + 2

    def _compute_maps(self) -> None:
        """Compute all missing visible maps at once."""
        units = self.visible_units()
        missing = [unit for unit in units if unit not in self._maps]
        if self._snapshot is None or not missing:
            return
        n = int(np.clip(np.sqrt(_SAMPLES / len(units)), _COARSEST, _FINEST))
        weights, activation = self._snapshot.weights, self._snapshot.config.activation
        answers = response_maps(weights, activation, missing, n)
        shares = (answers.astype(float) - self._span.low) / (self._span.high - self._span.low)
        pixels = self._colors[(shares * (LEVELS - 1) + 0.5).astype(np.uint8)]
        for unit, plane in zip(missing, pixels, strict=True):
            image = QImage(plane.tobytes(), n, n, 4 * n, QImage.Format.Format_RGB32)
            self._maps[unit] = image.copy()  # the image does not own its buffer

    def _paint_unit(
        self, painter: QPainter, drawing: UnitDrawing, unit: int, snapshot: Snapshot
    ) -> None:
        rect, weights = self.map_rect(unit), snapshot.weights
        painter.drawImage(rect, self._maps[unit])
        line = unit_line(weights, unit)
        if line is not None:
            drawing.line(painter, rect.topLeft(), line)
        drawing.markers(painter, rect.topLeft(), snapshot.config.targets)
        drawing.responses(painter, rect.topLeft(), self._responses[:, unit].tolist(), self._span)
        foot = QRectF(rect.left(), rect.bottom() + FOOT_SPACE, rect.width(), self._foot_height)
        is_selected, weight = unit == self.selected, float(weights.w2[unit, 0])
        drawing.foot(painter, foot, f"h{unit + 1}", weight, is_selected)
        if is_selected or unit == self.pointed:
            drawing.frame(painter, rect, is_selected)
