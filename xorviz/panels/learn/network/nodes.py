"""How the nodes of the network are painted."""

from collections.abc import Sequence
from functools import cached_property

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, unit_line
from xorviz.core.arrays import Array
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.row_signs import paint_sign
from xorviz.panels.base.square_items import point_in
from xorviz.panels.learn.network.graph import HIDDEN, OUTPUT, DiagramPicture, Node
from xorviz.panels.learn.network.layout import DiagramLayout, NodePlace, verdict
from xorviz.panels.learn.network.maps import NodeMaps
from xorviz.ui.draw.painted import Painted, write_at
from xorviz.ui.theme.palette import Theme, diverging, faint, level
from xorviz.ui.theme.style import bold

_ROUND = 5.0
_WITH_LINE, _WITH_SIGNS = 24.0, 44.0
"""Sides from which a picture has the unit's boundary, and the signs of the rows."""
_VEIL = 130
"""Opacity, of 255, of the veil over units that are not the selected one."""
_RING = 2.5


class NodeInk:
    """Paints nodes of a layout in a theme and a font. It only keeps what it has painted."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self._theme, self._font = theme, font
        self._bold = bold(font)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._text, self._quiet = QColor(theme.text), QColor(theme.quiet)
        self._over_unit, self._over_output = Painted(), Painted()
        """The marks over the pictures of hidden units, which are the same in all, and of o."""

    def paint_still(self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout) -> None:
        """Paint what no step changes of the nodes in sight: frames, names, inputs, constants."""
        for node, place in zip(picture.graph.nodes, plan.places, strict=True):
            if place is None:
                continue
            if node.is_constant:
                self._paint_constant(painter, place)
            elif node.is_input:
                self._paint_input(painter, picture, node, place, plan.sizes.has_names)
            else:
                painter.setPen(self._rim)
                painter.setBrush(QColor(self._theme.panel))
                painter.drawRoundedRect(place.frame, _ROUND, _ROUND)
                if node.layer == HIDDEN and plan.sizes.text:
                    self._write_left(painter, _beside(plan, place)[0], node.name, self._quiet)

    def paint(
        self, painter: QPainter, picture: DiagramPicture, plan: DiagramLayout, unit: int | None
    ) -> None:
        """Paint the rest of all nodes in sight, with one hidden unit selected."""
        ratio = painter.deviceTransform().m11()
        sides = round(plan.sizes.unit * ratio), round(plan.sizes.output * ratio)
        maps = picture.maps(self._theme, plan.units, sides)
        for node, place in zip(picture.graph.nodes, plan.places, strict=True):
            if place is None:
                continue
            if node.unit is not None:
                self._paint_unit(painter, picture, plan, maps, node)
                if unit not in (None, node.unit):
                    painter.fillRect(place.picture, faint(self._theme.panel, _VEIL))
            elif node.layer == OUTPUT:
                self._paint_output(painter, picture, place, maps, plan.sizes.foot)
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
        box = QRectF(place.frame.right() + 4, place.frame.center().y() - size[1] / 2, *size)
        self.tag(painter, box, text, self._theme.rule)

    def tag(self, painter: QPainter, box: QRectF, text: str, rim: str) -> None:
        """Write a text in a frame of its own."""
        painter.setPen(QPen(QColor(rim), self._theme.stroke))
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
        rect = place.picture
        painter.drawImage(rect, maps.units[unit])
        if rect.width() >= _WITH_LINE and (line := unit_line(picture.network, unit)) is not None:
            painter.setPen(QPen(self._text, 1.2 * self._theme.stroke, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(*(point_in(rect, *end) for end in line.tolist()))
        self._paint_over(painter, self._over_unit, picture, rect)
        if plan.sizes.text:
            value = numerals.fixed(float(picture.values[node.number]), 2)
            self._write_left(painter, _beside(plan, place)[1], value, self._text)

    def _paint_output(
        self,
        painter: QPainter,
        picture: DiagramPicture,
        place: NodePlace,
        maps: NodeMaps,
        foot: int,
    ) -> None:
        """Paint the output, with its value and target, or its value alone, in lines below."""
        rect, theme = place.picture, self._theme
        painter.drawImage(rect, maps.output)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._text, 1.8 * theme.stroke))
        for line in maps.boundary:
            painter.drawPolyline(_points(rect, line))
        self._paint_over(painter, self._over_output, picture, rect, picture.targets)
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

    def _paint_over(
        self,
        painter: QPainter,
        painted: Painted,
        picture: DiagramPicture,
        rect: QRectF,
        targets: Sequence[int] = (),
    ) -> None:
        """Paint the signs of targets, if any, and the ring of the row over a node's picture."""
        area = QRectF(QPointF(), rect.size())

        def paint(inner: QPainter) -> None:
            if area.width() >= _WITH_SIGNS:
                radius = min(max(area.width() / 20, 2.5), 5.5) * self._theme.stroke
                for row, target in zip(ROWS, targets, strict=False):
                    paint_sign(inner, point_in(area, *row), radius, target, self._theme)
            self._mark_row(inner, area, picture.row)

        painter.translate(rect.topLeft())
        painted.draw(painter, area, paint, (picture.row, targets))
        painter.translate(-rect.topLeft())

    def _mark_row(self, painter: QPainter, rect: QRectF, row: int) -> None:
        """Ring the chosen row in a picture: there is the value that the node has."""
        at, stroke = point_in(rect, *ROWS[row]), self._theme.stroke
        radius = min(max(rect.width() / 13, 2.5), 8.0) * stroke
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("#000000", 3.0), ("#FFFFFF", 1.5)):
            painter.setPen(QPen(QColor(color), width * stroke))
            painter.drawEllipse(at, radius, radius)

    def _write(
        self, painter: QPainter, box: QRectF, text: str, color: QColor, is_bold: bool = False
    ) -> None:
        """Write in the middle of a box."""
        metrics = self._bold_metrics if is_bold else self._metrics
        painter.setFont(self._bold if is_bold else self._font)
        painter.setPen(color)
        left = box.center().x() - metrics.horizontalAdvance(text) / 2
        write_at(painter, box, left, text, metrics)
        painter.setFont(self._font)

    def _write_left(self, painter: QPainter, box: QRectF, text: str, color: QColor) -> None:
        painter.setPen(color)
        write_at(painter, box, box.left(), text, self._metrics)


def _beside(plan: DiagramLayout, place: NodePlace) -> tuple[QRectF, QRectF]:
    """Return where a hidden unit's name and value are: in two lines if these fit, else in one."""
    rect, frame, line = place.picture, place.frame, plan.line
    if plan.is_two_lined:
        name = QRectF(rect.right() + 5, frame.center().y() - line, 0, line)
        return name, name.translated(0, line)
    name = QRectF(rect.right() + 5, frame.top(), plan.sizes.text, frame.height())
    return name, name.translated(plan.after_name, 0)


def _points(rect: QRectF, line: Array) -> QPolygonF:
    """Return the points of a line (K, 2) of the square in a picture."""
    scale = rect.width() / (HIGH - LOW)
    x = rect.left() + (line[:, 0] - LOW) * scale
    y = rect.top() + (HIGH - line[:, 1]) * scale
    points: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
    return points
