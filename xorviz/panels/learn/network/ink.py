"""How nodes and edges of the network are painted, and the legend of the edges."""

from collections.abc import Sequence
from enum import Enum
from functools import cached_property

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, unit_line
from xorviz.core.arrays import Array
from xorviz.core.numerals import MINUS
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.square_items import paint_sign, point_in
from xorviz.panels.learn.network.graph import HIDDEN, OUTPUT, DiagramPicture, Node, NodeMaps
from xorviz.panels.learn.network.layout import DiagramLayout, NodePlace, verdict
from xorviz.ui.draw.painted import Painted, write_at
from xorviz.ui.theme.palette import LEVELS, Theme, diverging, faint, level, mixed
from xorviz.ui.theme.style import bold

_ROUND = 5.0
_WITH_LINE, _WITH_SIGNS = 24.0, 44.0
"""Sides from which a picture has the unit's boundary, and the signs of the rows."""
_VEIL = 130
"""Opacity, of 255, of the veil over units that are not the selected one."""
_RING = 2.5


class NodeInk:
    """Paints the nodes of a layout in a theme and a font; caches what it has painted."""

    def __init__(self, plan: DiagramLayout, theme: Theme, font: QFont) -> None:
        self._plan, self._theme, self._font = plan, theme, font
        self._bold = bold(font)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._text, self._quiet = QColor(theme.text), QColor(theme.quiet)
        self._over_unit, self._over_output = Painted(), Painted()
        """The marks over the pictures of hidden units, which are the same in all, and of o."""

    def paint_still(self, painter: QPainter, picture: DiagramPicture) -> None:
        """Paint what no step changes of the nodes in sight: frames, names, inputs, constants."""
        for node, place in self._plan.places.items():
            if node.is_constant:
                self._paint_constant(painter, place)
            elif node.is_input:
                self._paint_input(painter, node, place, float(picture.values[node.number]))
            else:
                painter.setPen(self._rim)
                painter.setBrush(QColor(self._theme.panel))
                painter.drawRoundedRect(place.frame, _ROUND, _ROUND)
                if node.layer == HIDDEN and self._plan.sizes.text:
                    self._write_left(painter, self._beside(place)[0], node.name, self._quiet)

    def paint(self, painter: QPainter, picture: DiagramPicture, unit: int | None) -> None:
        """Paint the rest of all nodes in sight, with one hidden unit selected."""
        plan, ratio = self._plan, painter.deviceTransform().m11()
        sides = round(plan.sizes.unit * ratio), round(plan.sizes.output * ratio)
        maps = picture.maps(self._theme, plan.units, sides)
        for node, place in plan.places.items():
            if node.unit is not None:
                self._paint_unit(painter, picture, maps, node, place)
                if unit not in (None, node.unit):
                    painter.fillRect(place.picture, faint(self._theme.panel, _VEIL))
            elif node.layer == OUTPUT:
                self._paint_output(painter, picture, maps, place)
        if unit in plan.units:
            selected = next(node for node in plan.places if node.unit == unit)
            self.ring(painter, selected, self._theme.accent)
            self.label(painter, picture, selected)

    def label(self, painter: QPainter, picture: DiagramPicture, node: Node) -> None:
        """Write name and value beside a hidden unit in sight that has no room for them."""
        place = self._plan.places.get(node)
        if self._plan.sizes.text or node.unit is None or place is None:
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

    def ring(self, painter: QPainter, node: Node, color: str) -> None:
        """Frame a node, if it is in sight."""
        if (place := self._plan.places.get(node)) is not None:
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

    def _paint_input(self, painter: QPainter, node: Node, place: NodePlace, value: float) -> None:
        fill, ink = diverging(self._theme)[level(1 if value > 0 else -1, 1)]
        painter.setPen(self._rim)
        painter.setBrush(fill)
        painter.drawRoundedRect(place.frame, _ROUND, _ROUND)
        self._write(painter, place.frame, numerals.tick(value), ink, is_bold=True)
        if self._plan.sizes.has_names:
            line = self._metrics.height()
            above = QRectF(place.frame.topLeft(), QSizeF(place.frame.width(), line))
            self._write(painter, above.translated(0, -line - 1), node.name, self._quiet)

    def _paint_unit(
        self,
        painter: QPainter,
        picture: DiagramPicture,
        maps: NodeMaps,
        node: Node,
        place: NodePlace,
    ) -> None:
        rect, line = place.picture, None
        painter.drawImage(rect, maps.units[node.position])
        if rect.width() >= _WITH_LINE:
            line = unit_line(picture.network, picture.config, node.position)
        if line is not None:
            painter.setPen(QPen(self._text, 1.2 * self._theme.stroke, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(*(point_in(rect, *end) for end in line.tolist()))
        self._paint_over(painter, self._over_unit, picture, rect)
        if self._plan.sizes.text:
            value = numerals.fixed(float(picture.values[node.number]), 2)
            self._write_left(painter, self._beside(place)[1], value, self._text)

    def _paint_output(
        self, painter: QPainter, picture: DiagramPicture, maps: NodeMaps, place: NodePlace
    ) -> None:
        """Paint the output, with its value and target, or its value alone, in lines below."""
        rect, theme = place.picture, self._theme
        painter.drawImage(rect, maps.output)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._text, 1.8 * theme.stroke))
        for line in maps.boundary:
            painter.drawPolyline(_points(rect, line))
        self._paint_over(painter, self._over_output, picture, rect, picture.targets)
        if not (foot := self._plan.sizes.foot):
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

    def _beside(self, place: NodePlace) -> tuple[QRectF, QRectF]:
        """Return where a hidden unit's name and value are: in two lines if these fit, or in one."""
        rect, frame, plan = place.picture, place.frame, self._plan
        if plan.is_two_lined:
            name = QRectF(rect.right() + 5, frame.center().y() - plan.line, 0, plan.line)
            return name, name.translated(0, plan.line)
        name = QRectF(rect.right() + 5, frame.top(), plan.sizes.text, frame.height())
        return name, name.translated(plan.after_name, 0)


def _points(rect: QRectF, line: Array) -> QPolygonF:
    """Return the points of a line (K, 2) of the square in a picture."""
    scale = rect.width() / (HIGH - LOW)
    x = rect.left() + (line[:, 0] - LOW) * scale
    y = rect.top() + (HIGH - line[:, 1]) * scale
    points: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
    return points


_THINNEST, _AS_THIN = 1.0, 1.35
_DASH, _GAP = (7.0, 2.0), (4.0, 0.8)
"""Dash and gap of a negative edge: the least length in pixels, and in edge widths."""
_ZERO = (LEVELS // 2 - 1, LEVELS // 2)
"""Levels of weights near zero, which are dotted."""
_DOTS = (1.0, 3.0)
_SLICES = 40
"""Number of slices of the legend."""
_KEY_WIDTH = 160


class Emphasis(Enum):
    """Emphasis of an edge: least colour depth, strength, extra width in pixels."""

    PLAIN = (0.42, 1.0, 0.0)
    BACK = (0.35, 0.25, 0.0)
    FRONT = (0.6, 1.0, 0.8)


class EdgeInk:
    """A cached pen for each level of the colour map; negative edges are dashed. Never changes.

    Faded colours are mixed with the background: a translucent pen takes six times as long.
    """

    def __init__(self, theme: Theme, widest: float, strength: float) -> None:
        """Take the width in pixels of an edge at the end of the range, and a share of its colour.

        The rest of the colour is background.
        """
        self._theme, self._widest, self._strength = theme, widest, strength
        self._pens: dict[tuple[int, Emphasis], QPen] = {}
        levels = [round((i + 0.5) / _SLICES * (LEVELS - 1)) for i in range(_SLICES)]
        self._slices = [(self.width(at), self.color(at)) for at in levels]
        """Edge width and colour of each slice of the legend."""

    def width(self, at: int) -> float:
        width = _THINNEST + abs(_share(at)) * (self._widest - _THINNEST)
        # Qt paints lines of one pixel in a fifth of the time: most of a wide network's are weak.
        return (_THINNEST if width < _AS_THIN else width) * self._theme.stroke

    def color(self, at: int, emphasis: Emphasis = Emphasis.PLAIN) -> QColor:
        """Return the colour of an edge, never too pale to be seen."""
        palest, strength, _ = emphasis.value
        if at in _ZERO:
            return QColor(mixed(self._theme.quiet, self._theme.panel, strength))
        share = _share(at)
        depth = palest + (1 - palest) * abs(share)
        fill, _ = diverging(self._theme)[level(depth if share >= 0 else -depth, 1)]
        if emphasis is Emphasis.PLAIN:
            strength *= self._strength
        return QColor(mixed(fill.name(), self._theme.panel, strength))

    def pen(self, at: int, emphasis: Emphasis) -> QPen:
        pen = self._pens.get((at, emphasis))
        if pen is None:
            width, color = self.width(at) + emphasis.value[2], self.color(at, emphasis)
            pen = QPen(QBrush(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            if at in _ZERO:
                pen.setDashPattern(_DOTS)
            elif _share(at) < 0:
                pen.setDashPattern([max(least / width, of) for least, of in (_DASH, _GAP)])
            self._pens[at, emphasis] = pen
        return pen

    def paint_key(self, painter: QPainter, space: QRectF, limit: float) -> None:
        """Paint the legend, from negative and dashed to positive and solid, thin near zero."""
        end = numerals.tick(limit)
        low, high = f"weight {MINUS}{end}", f"+{end}"
        low_width, high_width = (
            painter.fontMetrics().horizontalAdvance(t) + 6 for t in (low, high)
        )
        # Whole pixels: slices that share a pixel would show as stripes.
        step = int(min(_KEY_WIDTH, space.width() - low_width - high_width)) // _SLICES
        if step < 1:
            return
        length = step * _SLICES
        left = float(round(space.center().x() - (low_width + high_width + length) / 2))
        painter.setPen(QColor(self._theme.quiet))
        for text, x in ((low, left), (high, left + low_width + length + 6)):
            rect = QRectF(x, space.top(), space.width(), space.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
        for i, (width, color) in enumerate(self._slices):
            # Every fourth slice of the negative half is a gap between dashes.
            if i >= _SLICES // 2 or i % 4 != 3:
                x = left + low_width + i * step
                painter.fillRect(QRectF(x, space.center().y() - width / 2, step, width), color)


def _share(at: int) -> float:
    """Return a level's position in the range, from -1 to 1."""
    return 2 * at / (LEVELS - 1) - 1
