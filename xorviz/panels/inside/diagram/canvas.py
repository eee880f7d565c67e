"""Canvas of the network diagram: painting and mouse events."""

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from xorviz.panels.inside.diagram.drawing import Drawing, edge_label, verdict
from xorviz.panels.inside.diagram.graph import INPUTS, Edge, Spot
from xorviz.panels.inside.diagram.layout import DiagramLayout, Lettering, Names
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

_KEY_SPACE = 8
"""Pixels above and below the legend of weights."""
_WIDEST, _CROWDED_WIDEST = 7.0, 1.8
"""Width in pixels of the strongest edges, in a roomy and in a crowded diagram."""
_PER_WIDTH = 6
"""The distance between two hidden units is at least this many edge widths."""
_CROWDED_STRENGTH = 0.85
_LABEL_AT = (0.5, 0.42)
"""Position of the number along an edge of the first and the second layer, from 0 to 1."""


@guarded
class DiagramCanvas(QWidget):
    """Paints the network as large as it fits. Empty without a picture."""

    pointed_at = Signal(object)  # Spot | None
    clicked = Signal(object)  # Spot | None, with the left button
    clicked_again = Signal(object)  # Spot | None: the second click of two
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._picture: DiagramPicture | None = None
        self._layout: DiagramLayout | None = None
        self._layout_key: tuple[object, ...] = ()
        self._lines: list[QLineF] = []
        self._drawing = Drawing()
        self.setMouseTracking(True)
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def apply_theme(self, theme: Theme) -> None:
        self._drawing.recolour(theme)
        self.update()

    def show_picture(self, picture: DiagramPicture | None, unit: int | None) -> None:
        """Paint a network, or nothing, with the edges of one hidden unit highlighted."""
        self._picture = picture
        has_unit = picture is not None and unit is not None and 0 <= unit < picture.graph.width
        self._drawing.unit = unit if has_unit else None
        self.update()

    def mark(self, spot: Spot | None) -> None:
        if spot != self._drawing.marked:
            self._drawing.marked = spot
            self.update()

    def current_layout(self) -> DiagramLayout | None:
        picture = self._picture
        if picture is None:
            return None
        layout_key = (picture.graph, picture.widest_value, self.size(), self.font().key())
        if self._layout is None or layout_key != self._layout_key:
            self._layout_key, self._layout = layout_key, self._lay_out(picture)
            self._lines = [QLineF(*ends) for ends in self._layout.segments.tolist()]
            self._adapt_edges(self._layout)
        return self._layout

    def _lay_out(self, picture: DiagramPicture) -> DiagramLayout:
        metrics = self.fontMetrics()
        letters = Lettering(
            height=metrics.height(),
            value=metrics.horizontalAdvance(picture.widest_value),
            answer=metrics.horizontalAdvance("0.00"),
            name=metrics.horizontalAdvance(f"h{picture.graph.width}"),
            verdict=metrics.horizontalAdvance(verdict(0, is_correct=True)),
        )
        return DiagramLayout(
            picture.graph, self.width(), self.height() - self._key_height(), letters
        )

    def _adapt_edges(self, layout: DiagramLayout) -> None:
        """Make edges thinner and paler the closer the hidden units are."""
        is_crowded = layout.names_of_hidden is Names.NOWHERE
        widest = max(_CROWDED_WIDEST, min(_WIDEST, layout.hidden_apart / _PER_WIDTH))
        self._drawing.ink.adapt(widest, _CROWDED_STRENGTH if is_crowded else 1.0)

    def rect_of(self, edge: Edge) -> QRectF:
        """Return the rectangle of an edge's number."""
        layout, picture = self.current_layout(), self._picture
        if layout is None or picture is None:
            return QRectF()
        is_first = layout.graph.nodes[edge.start].layer == INPUTS
        x, y = layout.along(edge, _LABEL_AT[0 if is_first else 1])
        metrics = self.fontMetrics()
        label = edge_label(float(picture.weights[edge.number]))
        width, height = metrics.horizontalAdvance(label) + 8.0, float(metrics.height())
        return QRectF(x - width / 2, y - height / 2, width, height)

    def _key_height(self) -> int:
        return self.fontMetrics().height() + _KEY_SPACE

    def _spot_under(self, point: QPointF) -> Spot | None:
        layout = self.current_layout()
        return layout.spot_at(point.x(), point.y(), self._drawing.unit) if layout else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self._spot_under(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._spot_under(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked_again.emit(self._spot_under(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        layout, picture = self.current_layout(), self._picture
        if layout is None or picture is None:
            return
        painter = QPainter(self)
        self._drawing.paint(painter, picture, layout, self._lines)
        self._write_at_edges(painter, picture)
        height = self._key_height()
        key = QRectF(0, self.height() - height, self.width(), height)
        self._drawing.ink.paint_key(painter, key, picture.limit)
        painter.end()

    def _write_at_edges(self, painter: QPainter, picture: DiagramPicture) -> None:
        """Write the weights of the selected unit's edges and of the marked edge."""
        unit, marked = self._drawing.unit, self._drawing.marked
        shown = [edge for edge in picture.graph.edges if unit is not None and edge.unit == unit]
        if isinstance(marked, Edge):
            shown = [edge for edge in shown if edge != marked] + [marked]
        for edge in shown:
            value = float(picture.weights[edge.number])
            self._drawing.write_at_edge(painter, edge, value, self.rect_of(edge))
