"""Canvas of the network diagram: edges, nodes and their labels."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from xorviz.core import numerals
from xorviz.panels.learn.network.graph import HIDDEN, OUTPUT, DiagramPicture, Edge, Node, Spot
from xorviz.panels.learn.network.ink import EdgeInk, Emphasis
from xorviz.panels.learn.network.layout import DiagramLayout, Names, verdict
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, Theme, diverging, faint, ink_on, level, mixed

_KEY_SPACE = 8
"""Pixels above and below the legend of weights."""
_WIDEST, _CROWDED_WIDEST = 7.0, 1.8
"""Width in pixels of the strongest edges, in a roomy and in a crowded diagram."""
_PER_WIDTH = 6
"""The distance between two hidden units is at least this many edge widths."""
_CROWDED_STRENGTH = 0.85
_LABEL_AT = (0.5, 0.42)
"""Position of the number along an edge of the first and the second layer, from 0 to 1."""
_CORNER = 0.25
"""Corner radius of a square node, as a share of its radius."""
_OUTPUT_RIM, _RIM, _RING = 3.0, 1.0, 3.0
"""Line widths around the output, around all other nodes, and around a highlighted node."""
_HALO = 5.0
"""Extra width of the halo around the edge under the mouse."""
_LEAST_TEXT_RADIUS = 6.0
_NAME_GAP = 1.0
_VEIL = 204
"""Opacity, of 255, of the background of a name written over edges."""


@guarded
class DiagramCanvas(Canvas):
    """Paints the network as large as it fits, or nothing. Its spots are nodes and edges.

    By hand: a frame costs 0.7 ms with 3 units, 1.5 ms with 24.
    """

    def __init__(self) -> None:
        super().__init__(QSize(420, 320), QSize(160, 90))
        self.picture: DiagramPicture | None = None
        self.plan: DiagramLayout | None = None
        """Layout of the picture."""
        self.unit: int | None = None
        """The selected hidden unit. May be beyond the width."""

    def show_picture(self, picture: DiagramPicture, unit: int | None) -> None:
        """Paint a network, with the edges of one hidden unit highlighted."""
        before, self.picture = self.picture, picture
        self.unit = unit if unit in range(picture.graph.width) else None
        if before is None or before.shape != picture.shape:
            self.lay_out()
        self.update()

    def spot_at(self, point: QPointF) -> Spot | None:
        return self.plan.spot_at(point.x(), point.y(), self.unit) if self.plan else None

    def neighbour(self, dx: int, dy: int) -> Spot | None:
        """Return the spot beside the marked one; at first the selected unit, or x1."""
        if self.picture is None:
            return None
        graph, spot = self.picture.graph, self.marked
        if spot is None:
            return next(node for node in graph.nodes if node.unit == self.unit)
        if dx:
            return graph.beside(spot, dx)
        column = graph.column_of(spot)
        return column[min(max(0, column.index(spot) + dy), len(column) - 1)]

    def rect_of(self, edge: Edge) -> QRectF:
        """Return the rectangle of an edge's number."""
        plan, picture = self.plan, self.picture
        if plan is None or picture is None:
            return QRectF()
        metrics, label = self.fontMetrics(), numerals.signed(float(picture.weights[edge.number]))
        rect = QRectF(0, 0, metrics.horizontalAdvance(label) + 8, metrics.height())
        rect.moveCenter(plan.lines[edge.number].pointAt(_LABEL_AT[edge.layer]))
        return rect

    def _recolour(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        if (picture := self.picture) is None:
            return
        height = self.height() - self._key_height()
        plan = DiagramLayout(*picture.shape, self.width(), height, self.fontMetrics())
        self.plan = plan
        # Edges are thinner and paler the closer the hidden units are.
        is_crowded = plan.names[HIDDEN] is Names.NOWHERE
        widest = max(_CROWDED_WIDEST, min(_WIDEST, plan.hidden_apart / _PER_WIDTH))
        self._ink = EdgeInk(self.theme, widest, _CROWDED_STRENGTH if is_crowded else 1.0)

    def _key_height(self) -> int:
        return self.fontMetrics().height() + _KEY_SPACE

    def _paint(self, painter: QPainter) -> None:
        plan, picture = self.plan, self.picture
        if plan is None or picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_edges(painter, picture, plan.lines)
        for node in picture.graph.nodes:
            self._paint_node(painter, picture, plan, node)
        self._write_names(painter, plan)
        self._write_verdict(painter, picture, plan)
        self._write_at_edges(painter, picture)
        height = self._key_height()
        key = QRectF(0, self.height() - height, self.width(), height)
        self._ink.paint_key(painter, key, picture.limit)

    def _paint_edges(
        self, painter: QPainter, picture: DiagramPicture, lines: Sequence[QLineF]
    ) -> None:
        """Paint weak edges first, then the selected unit's, then the edge under the mouse."""
        shares = np.clip(picture.weights / picture.limit, -1, 1)
        levels = np.rint((shares + 1) / 2 * (LEVELS - 1)).astype(int).tolist()
        order = np.argsort(np.abs(shares), kind="stable").tolist()
        edges, unit, pen = picture.graph.edges, self.unit, self._ink.pen
        drawn = [(number, Emphasis.PLAIN) for number in order]
        if unit is not None:
            others = [(n, Emphasis.BACK) for n in order if edges[n].unit != unit]
            drawn = others + [(n, Emphasis.FRONT) for n in order if edges[n].unit == unit]
        for number, emphasis in drawn:
            painter.setPen(pen(levels[number], emphasis))
            painter.drawLine(lines[number])
        if isinstance(self.marked, Edge):
            number = self.marked.number
            self._paint_marked(painter, lines[number], levels[number])

    def _paint_marked(self, painter: QPainter, line: QLineF, at: int) -> None:
        width = self._ink.width(at)
        for color, wider in ((self.theme.text, _HALO), (self.theme.panel, _HALO - 2)):
            painter.setPen(QPen(QColor(color), width + wider, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(line)
        painter.setPen(self._ink.pen(at, Emphasis.FRONT))
        painter.drawLine(line)

    def _paint_node(
        self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout, node: Node
    ) -> None:
        x, y = plan.centers[node.number].tolist()
        radius = float(plan.radii[node.number])
        fill, ink = self._fill(node, float(picture.shades[node.number]))
        rect = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        painter.setBrush(fill)
        painter.setPen(self._rim(node, picture, radius))
        if node.layer == OUTPUT and picture.target:
            painter.drawRoundedRect(rect, _CORNER * radius, _CORNER * radius)
        else:
            painter.drawEllipse(rect)
        if self._is_highlighted(node):
            self._paint_ring(painter, rect, node)
        text = _inside(node, float(picture.values[node.number]), plan)
        if text and painter.fontMetrics().horizontalAdvance(text) <= 2 * radius:
            painter.setPen(ink)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _is_selected(self, spot: Spot) -> bool:
        """Tell whether a node or an edge is the selected unit's."""
        return self.unit is not None and spot.unit == self.unit

    def _is_highlighted(self, node: Node) -> bool:
        return node == self.marked or self._is_selected(node)

    def _paint_ring(self, painter: QPainter, rect: QRectF, node: Node) -> None:
        """Ring a node: in the accent colour if selected, in the text colour if marked."""
        is_selected = self._is_selected(node)
        away = _RING if rect.width() > 2 * _LEAST_TEXT_RADIUS else 1.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if is_selected:
            painter.setPen(QPen(QColor(self.theme.accent), min(_RING, away)))
            painter.drawEllipse(rect.adjusted(-away, -away, away, away))
        if node == self.marked:
            away += _RING if is_selected else 0
            painter.setPen(QPen(QColor(self.theme.text), 2))
            painter.drawEllipse(rect.adjusted(-away, -away, away, away))

    def _fill(self, node: Node, shade: float) -> tuple[QColor, QColor]:
        """Return fill and text colour of a node; other units fade while one is selected."""
        if node.is_constant:
            return QColor(self.theme.hover), QColor(self.theme.text)
        at = level(shade, 1)
        is_faded = self.unit is not None and node.layer == HIDDEN and not self._is_selected(node)
        return _faded(self.theme, at) if is_faded else diverging(self.theme)[at]

    def _rim(self, node: Node, picture: DiagramPicture, radius: float) -> QPen:
        if node.layer == OUTPUT:
            color = self.theme.plus if picture.target else self.theme.minus
            return QPen(QColor(color), _OUTPUT_RIM)
        return QPen(QColor(self.theme.quiet), _RIM if radius > 4 else _RIM / 2)

    def _write_names(self, painter: QPainter, plan: DiagramLayout) -> None:
        """Write the names of the units; in a crowded layer only the first and the last."""
        units = [node for node in plan.graph.nodes if node.unit is not None]
        for node in plan.graph.nodes:
            names = plan.names[node.layer]
            is_shown = names in {Names.ABOVE, Names.BESIDE} and not node.is_constant
            at_end = names is Names.NOWHERE and node in {units[0], units[-1]}
            if is_shown or at_end or (names is Names.NOWHERE and self._is_highlighted(node)):
                self._write_name(painter, plan, node)

    def _write_name(self, painter: QPainter, plan: DiagramLayout, node: Node) -> None:
        x, y = plan.centers[node.number].tolist()
        radius = float(plan.radii[node.number])
        height = painter.fontMetrics().height()
        width = painter.fontMetrics().horizontalAdvance(node.name) + 4.0
        is_highlighted = self._is_highlighted(node)
        gap = _RING + 2 if is_highlighted else _NAME_GAP
        if plan.names[node.layer] is Names.ABOVE:
            space = QRectF(x - width / 2, y - radius - gap - height, width, height)
        else:
            space = QRectF(x - radius - gap - 2 - width, y - height / 2, width, height)
            painter.fillRect(space, faint(self.theme.panel, _VEIL))
        painter.setPen(QColor(self.theme.text if is_highlighted else self.theme.quiet))
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, node.name)

    def _write_verdict(
        self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout
    ) -> None:
        """Write the target below the output, and whether the output is correct."""
        output = picture.graph.nodes[-1]
        x, y = plan.centers[output.number].tolist()
        text, metrics = verdict(picture.target, picture.is_correct), painter.fontMetrics()
        width, top = metrics.horizontalAdvance(text) + 2.0, float(plan.radii[-1]) + 3
        color = self.theme.quiet if picture.is_correct else self.theme.wrong
        painter.setPen(QColor(color))
        space = QRectF(x - width / 2, y + top, width, metrics.height())
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, text)

    def _write_at_edges(self, painter: QPainter, picture: DiagramPicture) -> None:
        """Write the weights of the selected unit's edges and of the marked edge."""
        shown = [edge for edge in picture.graph.edges if self._is_selected(edge)]
        if isinstance(self.marked, Edge):
            shown = [edge for edge in shown if edge != self.marked] + [self.marked]
        for edge in shown:
            rim = self.theme.text if edge == self.marked else self.theme.hairline
            space = self.rect_of(edge)
            painter.setPen(QPen(QColor(rim), 1))
            painter.setBrush(QColor(self.theme.panel))
            painter.drawRoundedRect(space, 3, 3)
            painter.setPen(QColor(self.theme.text))
            label = numerals.signed(float(picture.weights[edge.number]))
            painter.drawText(space, Qt.AlignmentFlag.AlignCenter, label)


@cache
def _faded(theme: Theme, at: int) -> tuple[QColor, QColor]:
    """Return fill and text colour of a unit that is not the selected one."""
    color = mixed(diverging(theme)[at][0].name(), theme.panel)
    return QColor(color), QColor(ink_on(color))


def _inside(node: Node, value: float, plan: DiagramLayout) -> str:
    """Return the text inside a node: its value, else its name, else nothing."""
    if node.is_constant:
        return node.name if plan.radii[node.number] >= _LEAST_TEXT_RADIUS else ""
    if plan.fits_value(node):
        return numerals.fixed(value, 2)
    if node.is_input:
        return numerals.fixed(value, 0)
    return node.name if plan.names[node.layer] is Names.INSIDE else ""
