"""How the nodes of the network are painted."""

from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, unit_line
from xorviz.core.arrays import Array
from xorviz.core.config import ROWS
from xorviz.panels.base.row_signs import paint_sign
from xorviz.panels.learn.network.graph import HIDDEN, OUTPUT, DiagramPicture, Node
from xorviz.panels.learn.network.layout import DiagramLayout, NodePlace, verdict
from xorviz.panels.learn.network.maps import NodeMaps, Sides
from xorviz.ui.theme.palette import Theme, diverging, faint, level
from xorviz.ui.theme.style import bold

_ROUND = 5.0
_WITH_LINE, _WITH_SIGNS = 24.0, 44.0
"""Sides from which a picture has the unit's boundary, and the signs of the rows."""
_VEIL = 130
"""Opacity, of 255, of the veil over units that are not the selected one."""
_RING = 2.5


class NodeInk:
    """Paints nodes in a theme and a font. Never changes."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self._theme, self._font = theme, font
        self._bold = bold(font)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._text, self._quiet = QColor(theme.text), QColor(theme.quiet)

    def paint(
        self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout, unit: int | None
    ) -> None:
        """Paint all nodes in sight, with one hidden unit selected."""
        ratio = painter.deviceTransform().m11()
        sides = Sides(round(plan.sizes.unit * ratio), round(plan.sizes.output * ratio))
        maps = picture.maps(self._theme, plan.units, sides)
        for node, place in zip(picture.graph.nodes, plan.places, strict=True):
            if place is None:
                continue
            if node.is_constant:
                self._paint_constant(painter, place)
            elif node.layer == HIDDEN:
                self._paint_unit(painter, picture, plan, maps, node)
                if unit is not None and node.unit != unit:
                    painter.fillRect(place.picture, faint(self._theme.panel, _VEIL))
            elif node.layer == OUTPUT:
                self._paint_output(painter, picture, place, maps, plan.sizes.foot)
            else:
                self._paint_input(painter, picture, node, place, plan.sizes.has_names)
        if unit in plan.units:
            selected = next(node for node in picture.graph.nodes if node.unit == unit)
            self.ring(painter, plan.place(selected), self._theme.accent)
            self.label(painter, picture, plan, selected)

    def label(
        self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout, node: Node
    ) -> None:
        """Write name and value beside a hidden unit in sight that has no room for them."""
        place = plan.places[node.number]
        if plan.sizes.text or node.unit is None or place is None:
            return
        text = f"{node.name} {numerals.fixed(float(picture.values[node.number]), 2)}"
        size = self._metrics.horizontalAdvance(text) + 8, self._metrics.height()
        box = QRectF(place.frame.right() + 4, place.center.y() - size[1] / 2, *size)
        painter.setPen(self._rim)
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRoundedRect(box, 3, 3)
        self._write(painter, box, text, self._text)

    def ring(self, painter: QPainter, place: NodePlace | None, color: str) -> None:
        """Frame a node."""
        if place is not None:
            width = _RING * self._theme.stroke
            away = width / 2 - 0.5
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(color), width))
            frame = place.frame.adjusted(-away, -away, away, away)
            painter.drawRoundedRect(frame, _ROUND + 1, _ROUND + 1)

    @cached_property
    def _rim(self) -> QPen:
        return QPen(QColor(self._theme.rule), self._theme.stroke)

    def _paint_frame(self, painter: QPainter, frame: QRectF) -> None:
        painter.setPen(self._rim)
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRoundedRect(frame, _ROUND, _ROUND)

    def _paint_constant(self, painter: QPainter, place: NodePlace) -> None:
        painter.setPen(self._rim)
        painter.setBrush(QColor(self._theme.hover))
        radius = place.frame.height() / 2
        painter.drawRoundedRect(place.frame, radius, radius)
        self._write(painter, place.frame, "1", self._text)

    def _paint_input(
        self,
        painter: QPainter,
        picture: DiagramPicture,
        node: Node,
        place: NodePlace,
        has_name: bool,
    ) -> None:
        value = float(picture.values[node.number])
        fill, ink = diverging(self._theme)[level(2 * value - 1, 1)]
        painter.setPen(self._rim)
        painter.setBrush(fill)
        painter.drawRoundedRect(place.frame, _ROUND, _ROUND)
        self._write(painter, place.frame, f"{value:.0f}", ink, is_bold=True)
        if not has_name:
            return
        line = self._metrics.height()
        above = QRectF(place.frame.left(), place.frame.top() - line - 1, place.frame.width(), line)
        self._write(painter, above, node.name, self._quiet)

    def _paint_unit(
        self,
        painter: QPainter,
        picture: DiagramPicture,
        plan: DiagramLayout,
        maps: NodeMaps,
        node: Node,
    ) -> None:
        place, unit = plan.place(node), node.position
        self._paint_frame(painter, place.frame)
        rect = place.picture
        painter.drawImage(rect, maps.units[unit])
        if rect.width() >= _WITH_LINE and (line := unit_line(picture.network, unit)) is not None:
            painter.setPen(QPen(self._text, 1.2 * self._theme.stroke, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(*(_at(rect, *end) for end in line.tolist()))
        self._mark_row(painter, rect, picture.row)
        if not plan.sizes.text:
            return
        value = numerals.fixed(float(picture.values[node.number]), 2)
        beside = QRectF(rect.right() + 5, place.frame.top(), plan.sizes.text, place.frame.height())
        if plan.is_two_lined:
            line_height = self._metrics.height()
            top = QRectF(beside.left(), beside.center().y() - line_height, 0, line_height)
            self._write_left(painter, top, node.name, self._quiet)
            self._write_left(painter, top.translated(0, line_height), value, self._text)
        else:
            self._write_left(painter, beside, node.name, self._quiet)
            after = self._metrics.horizontalAdvance(f"h{plan.graph.width} ")
            self._write_left(painter, beside.translated(after, 0), value, self._text)

    def _paint_output(
        self,
        painter: QPainter,
        picture: DiagramPicture,
        place: NodePlace,
        maps: NodeMaps,
        foot: int,
    ) -> None:
        """Paint the output, with its value and target, or its value alone, in lines below."""
        self._paint_frame(painter, place.frame)
        rect, theme = place.picture, self._theme
        painter.drawImage(rect, maps.output)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._text, 1.8 * theme.stroke))
        for line in maps.boundary:
            painter.drawPolyline(_points(rect, line))
        if rect.width() >= _WITH_SIGNS:
            radius = min(max(rect.width() / 20, 2.5), 5.5) * theme.stroke
            for row, target in zip(ROWS, picture.targets, strict=True):
                paint_sign(painter, _at(rect, *row), radius, target, theme)
        self._mark_row(painter, rect, picture.row)
        if not foot:
            return
        height = self._metrics.height()
        below = QRectF(place.frame.left(), rect.bottom() + 2, place.frame.width(), height)
        value = numerals.fixed(float(picture.values[-1]), 2)
        color = self._quiet if picture.is_correct else QColor(theme.wrong)
        if foot == 1:
            self._write(painter, below, f"{value} {'✓' if picture.is_correct else '✗'}", color)
            return
        self._write(painter, below, f"o  {value}", self._text, is_bold=True)
        text = verdict(picture.target, picture.is_correct)
        self._write(painter, below.translated(0, height), text, color)

    def _mark_row(self, painter: QPainter, rect: QRectF, row: int) -> None:
        """Ring the chosen row in a picture: there is the value that the node has."""
        at, stroke = _at(rect, *ROWS[row]), self._theme.stroke
        radius = min(max(rect.width() / 13, 2.5), 8.0) * stroke
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("#000000", 3.0), ("#FFFFFF", 1.5)):
            painter.setPen(QPen(QColor(color), width * stroke))
            painter.drawEllipse(at, radius, radius)

    def _write(
        self, painter: QPainter, box: QRectF, text: str, color: QColor, is_bold: bool = False
    ) -> None:
        """Write in the middle of a box. Qt's own alignment takes three times as long."""
        metrics = self._bold_metrics if is_bold else self._metrics
        painter.setFont(self._bold if is_bold else self._font)
        painter.setPen(color)
        left = box.center().x() - metrics.horizontalAdvance(text) / 2
        painter.drawText(QPointF(left, _base(box, metrics)), text)
        painter.setFont(self._font)

    def _write_left(self, painter: QPainter, box: QRectF, text: str, color: QColor) -> None:
        painter.setPen(color)
        painter.drawText(QPointF(box.left(), _base(box, self._metrics)), text)


def _base(box: QRectF, metrics: QFontMetricsF) -> float:
    return box.center().y() + (metrics.ascent() - metrics.descent()) / 2


def _at(rect: QRectF, x1: float, x2: float) -> QPointF:
    """Return where a point of the square is in a picture."""
    scale = rect.width() / (HIGH - LOW)
    return QPointF(rect.left() + (x1 - LOW) * scale, rect.top() + (HIGH - x2) * scale)


def _points(rect: QRectF, line: Array) -> list[QPointF]:
    """Return the points of a line (K, 2) of the square in a picture."""
    scale = rect.width() / (HIGH - LOW)
    x = rect.left() + (line[:, 0] - LOW) * scale
    y = rect.top() + (HIGH - line[:, 1]) * scale
    return [QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
