"""Drawing of a network diagram: edges, nodes and their labels."""

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from xorviz.core import numerals
from xorviz.panels.inside.diagram.graph import HIDDEN, OUTPUT, Edge, Node, Spot
from xorviz.panels.inside.diagram.ink import EdgeInk, Emphasis
from xorviz.panels.inside.diagram.layout import DiagramLayout, Names
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.ui.theme.palette import (
    LEVELS,
    LIGHT,
    Theme,
    diverging_names,
    faint,
    ink_on,
    level,
    mixed,
)

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


def verdict(target: int, is_correct: bool) -> str:
    """Return the text below the output."""
    return f"target {target} {'✓' if is_correct else '✗'}"


def edge_label(value: float) -> str:
    """Return a weight with two decimals."""
    return numerals.signed(value, 2)


class Drawing:
    """Paints a diagram with a given layout. Caches pens and colours only."""

    def __init__(self) -> None:
        self.theme = LIGHT
        self.ink = EdgeInk()
        self.unit: int | None = None
        """The selected hidden unit, if the network contains it."""
        self.marked: Spot | None = None
        self._fills: dict[tuple[int, bool], tuple[QColor, QColor]] = {}

    def recolour(self, theme: Theme) -> None:
        self.theme = theme
        self.ink.recolour(theme)
        self._fills.clear()

    def paint(
        self, painter: QPainter, picture: DiagramPicture, layout: DiagramLayout, lines: list[QLineF]
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_edges(painter, picture, lines)
        for node in picture.graph.nodes:
            self._paint_node(painter, picture, layout, node)
        self._write_names(painter, layout)
        self._write_verdict(painter, picture, layout)

    def _paint_edges(self, painter: QPainter, picture: DiagramPicture, lines: list[QLineF]) -> None:
        """Paint weak edges first, then the selected unit's, then the edge under the mouse."""
        shares = np.clip(picture.weights / picture.limit, -1, 1)
        levels = np.rint((shares + 1) / 2 * (LEVELS - 1)).astype(int).tolist()
        order = np.argsort(np.abs(shares), kind="stable").tolist()
        edges, unit, pen = picture.graph.edges, self.unit, self.ink.pen
        own = [number for number in order if unit is None or edges[number].unit == unit]
        others = [] if unit is None else [n for n in order if edges[n].unit != unit]
        front = Emphasis.PLAIN if unit is None else Emphasis.FRONT
        for numbers, emphasis in ((others, Emphasis.BACK), (own, front)):
            for number in numbers:
                painter.setPen(pen(levels[number], emphasis))
                painter.drawLine(lines[number])
        if isinstance(self.marked, Edge):
            number = self.marked.number
            self._paint_marked(painter, lines[number], levels[number])

    def _paint_marked(self, painter: QPainter, line: QLineF, at: int) -> None:
        width = self.ink.width(at)
        for color, wider in ((self.theme.text, _HALO), (self.theme.panel, _HALO - 2)):
            painter.setPen(QPen(QColor(color), width + wider, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(line)
        painter.setPen(self.ink.pen(at, Emphasis.FRONT))
        painter.drawLine(line)

    def _paint_node(
        self, painter: QPainter, picture: DiagramPicture, layout: DiagramLayout, node: Node
    ) -> None:
        x, y = layout.centers[node.number].tolist()
        radius = float(layout.radii[node.number])
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
        text = _inside(node, float(picture.values[node.number]), layout)
        if text and painter.fontMetrics().horizontalAdvance(text) <= 2 * radius:
            painter.setPen(ink)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _is_highlighted(self, node: Node) -> bool:
        return node == self.marked or (self.unit is not None and node.unit == self.unit)

    def _paint_ring(self, painter: QPainter, rect: QRectF, node: Node) -> None:
        """Ring a node: in the accent colour if selected, in the text colour if marked."""
        is_selected = self.unit is not None and node.unit == self.unit
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
        is_faded = self.unit is not None and node.layer == HIDDEN and node.unit != self.unit
        key = level(shade, 1), is_faded
        if key not in self._fills:
            color = diverging_names(self.theme)[key[0]][0]
            color = mixed(color, self.theme.panel) if is_faded else color
            self._fills[key] = QColor(color), QColor(ink_on(color))
        return self._fills[key]

    def _rim(self, node: Node, picture: DiagramPicture, radius: float) -> QPen:
        if node.layer == OUTPUT:
            color = self.theme.plus if picture.target else self.theme.minus
            return QPen(QColor(color), _OUTPUT_RIM)
        return QPen(QColor(self.theme.quiet), _RIM if radius > 4 else _RIM / 2)

    def _write_names(self, painter: QPainter, layout: DiagramLayout) -> None:
        """Write the names of the units; in a crowded layer only the first and the last."""
        units = [node for node in layout.graph.nodes if node.unit is not None]
        for node in layout.graph.nodes:
            names = layout.names_of(node)
            is_shown = names in {Names.ABOVE, Names.BESIDE} and not node.is_constant
            at_end = names is Names.NOWHERE and node in {units[0], units[-1]}
            if is_shown or at_end or (names is Names.NOWHERE and self._is_highlighted(node)):
                self._write_name(painter, layout, node)

    def _write_name(self, painter: QPainter, layout: DiagramLayout, node: Node) -> None:
        x, y = layout.centers[node.number].tolist()
        radius = float(layout.radii[node.number])
        height = painter.fontMetrics().height()
        width = painter.fontMetrics().horizontalAdvance(node.name) + 4.0
        is_highlighted = self._is_highlighted(node)
        gap = _RING + 2 if is_highlighted else _NAME_GAP
        match layout.names_of(node):
            case Names.ABOVE:
                space = QRectF(x - width / 2, y - radius - gap - height, width, height)
            case _:
                space = QRectF(x - radius - gap - 2 - width, y - height / 2, width, height)
                painter.fillRect(space, faint(self.theme.panel, _VEIL))
        painter.setPen(QColor(self.theme.text if is_highlighted else self.theme.quiet))
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, node.name)

    def _write_verdict(
        self, painter: QPainter, picture: DiagramPicture, layout: DiagramLayout
    ) -> None:
        """Write the target below the output, and whether the output is correct."""
        output = picture.graph.nodes[-1]
        x, y = layout.centers[output.number].tolist()
        text, metrics = verdict(picture.target, picture.is_correct), painter.fontMetrics()
        width, top = metrics.horizontalAdvance(text) + 2.0, float(layout.radii[-1]) + 3
        color = self.theme.quiet if picture.is_correct else self.theme.wrong
        painter.setPen(QColor(color))
        space = QRectF(x - width / 2, y + top, width, metrics.height())
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, text)

    def write_at_edge(self, painter: QPainter, edge: Edge, value: float, space: QRectF) -> None:
        is_marked = edge == self.marked
        painter.setPen(QPen(QColor(self.theme.text if is_marked else self.theme.hairline), 1))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRoundedRect(space, 3, 3)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, edge_label(value))


def _inside(node: Node, value: float, layout: DiagramLayout) -> str:
    """Return the text inside a node: its value, else its name, else nothing."""
    if node.is_constant:
        return node.name if layout.radii[node.number] >= _LEAST_TEXT_RADIUS else ""
    if layout.fits_value(node):
        return numerals.fixed(value, 2)
    if node.is_input:
        return numerals.fixed(value, 0)
    return node.name if layout.names_of(node) is Names.INSIDE else ""
