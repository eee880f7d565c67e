"""How nodes and edges of the network are painted."""

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.surface import unit_line
from xorviz.core.arrays import Array
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.square_items import paint_sign, point_in
from xorviz.panels.learn.network.graph import HIDDEN, OUTPUT, DiagramPicture, Node
from xorviz.panels.learn.network.layout import DiagramLayout, NodePlace, verdict
from xorviz.ui.draw.painted import paint_tag, take, write_at
from xorviz.ui.theme.palette import LEVELS, Theme, diverging, faint, level, mixed
from xorviz.ui.theme.style import bold

_ROUND = 5.0
_WITH_LINE, _WITH_SIGNS = 24.0, 44.0
"""Sides from which a picture has the unit's boundary, and the signs of the rows."""
_VEIL = 130
"""Opacity, of 255, of the veil over units that are not the selected one."""
_RING = 2.5


class NodeInk:
    """Paints the nodes of a layout in a theme and a font."""

    def __init__(self, plan: DiagramLayout, theme: Theme, font: QFont) -> None:
        self._plan, self._theme, self._font = plan, theme, font
        self._bold = bold(font)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._text, self._quiet = QColor(theme.text), QColor(theme.quiet)

    def paint_still(self, painter: QPainter, picture: DiagramPicture) -> None:
        """Paint what no step changes of the nodes in sight: frames, names, inputs, constants."""
        for node, place in self._plan.places.items():
            if node.is_constant:
                self._paint_constant(painter, place)
            elif node.is_input:
                self._paint_input(painter, node, place, float(picture.values[node.number]))
            else:
                self._frame(painter, place.frame, self._theme.panel, _ROUND)
                if node.layer == HIDDEN and self._plan.sizes.text:
                    self._write_left(painter, self._beside(place)[0], node.name, self._quiet)

    def paint(self, painter: QPainter, picture: DiagramPicture, unit: int | None) -> None:
        """Paint the rest of all nodes in sight, with one hidden unit selected."""
        plan, ratio = self._plan, painter.deviceTransform().m11()
        sides = round(plan.sizes.unit * ratio), round(plan.sizes.output * ratio)
        images, output, boundary = picture.maps(self._theme, plan.units, sides)
        for node, place in plan.places.items():
            if node.unit is not None:
                painter.drawImage(place.picture, images[node.position - plan.first])
                self._paint_unit(painter, picture, node, place)
                if unit not in (None, node.unit):
                    painter.fillRect(place.picture, faint(self._theme.panel, _VEIL))
            elif node.layer == OUTPUT:
                painter.drawImage(place.picture, output)
                self._paint_output(painter, picture, boundary, place)
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
        paint_tag(painter, box, text, self._text, self._theme.panel, rim, self._theme.stroke)

    def ring(self, painter: QPainter, node: Node, color: str) -> None:
        """Frame a node, if it is in sight."""
        if (place := self._plan.places.get(node)) is not None:
            width = _RING * self._theme.stroke
            away = width / 2 - 0.5
            take(painter, color, width)
            frame = place.frame.adjusted(-away, -away, away, away)
            painter.drawRoundedRect(frame, _ROUND + 1, _ROUND + 1)

    def _frame(self, painter: QPainter, frame: QRectF, fill: QColor | str, radius: float) -> None:
        take(painter, self._theme.rule, self._theme.stroke, fill)
        painter.drawRoundedRect(frame, radius, radius)

    def _paint_constant(self, painter: QPainter, place: NodePlace) -> None:
        self._frame(painter, place.frame, self._theme.hover, place.frame.height() / 2)
        self._write(painter, place.frame, "1", self._text)

    def _paint_input(self, painter: QPainter, node: Node, place: NodePlace, value: float) -> None:
        fill, ink = diverging(self._theme)[level(1 if value > 0 else -1, 1)]
        self._frame(painter, place.frame, fill, _ROUND)
        self._write(painter, place.frame, numerals.tick(value), ink, is_bold=True)
        if self._plan.sizes.has_names:
            line = self._metrics.height()
            above = QRectF(place.frame.topLeft(), QSizeF(place.frame.width(), line))
            self._write(painter, above.translated(0, -line - 1), node.name, self._quiet)

    def _paint_unit(
        self, painter: QPainter, picture: DiagramPicture, node: Node, place: NodePlace
    ) -> None:
        """Paint a hidden unit's boundary, the mark of the row, and its value if there is room."""
        rect, line = place.picture, None
        if rect.width() >= _WITH_LINE:
            line = unit_line(picture.network, picture.config, node.position)
        if line is not None:
            painter.setPen(QPen(self._text, 1.2 * self._theme.stroke, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(*(point_in(rect, *end) for end in line.tolist()))
        self._mark_row(painter, rect, picture.row)
        if self._plan.sizes.text:
            value = numerals.fixed(float(picture.values[node.number]), 2)
            self._write_left(painter, self._beside(place)[1], value, self._text)

    def _paint_output(
        self, painter: QPainter, picture: DiagramPicture, boundary: list[Array], place: NodePlace
    ) -> None:
        """Paint the output, with its value and target, or its value alone, in lines below."""
        rect, theme = place.picture, self._theme
        take(painter, self._text, 1.8 * theme.stroke)
        for line in boundary:
            painter.drawPolyline(QPolygonF([point_in(rect, *at) for at in line.tolist()]))
        if rect.width() >= _WITH_SIGNS:
            radius = min(max(rect.width() / 20, 2.5), 5.5) * theme.stroke
            for row, target in zip(ROWS, picture.targets, strict=True):
                paint_sign(painter, point_in(rect, *row), radius, target, theme)
        self._mark_row(painter, rect, picture.row)
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

    def _mark_row(self, painter: QPainter, rect: QRectF, row: int) -> None:
        """Ring the chosen row in a picture: there is the value that the node has."""
        at, stroke = point_in(rect, *ROWS[row]), self._theme.stroke
        radius = min(max(rect.width() / 13, 2.5), 8.0) * stroke
        for color, width in (("#000000", 3.0), ("#FFFFFF", 1.5)):
            take(painter, color, width * stroke)
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


_THINNEST, _AS_THIN = 1.0, 1.35
_DASH, _GAP = (7.0, 2.0), (4.0, 0.8)
"""Dash and gap of a negative edge: the least length in pixels, and in edge widths."""
_ZERO = (LEVELS // 2 - 1, LEVELS // 2)
"""Levels of weights near zero, which are dotted."""
_DOTS = (1.0, 3.0)


_PALEST, _BACK = 0.42, 0.25
"""Least colour depth of an edge, and the strength of those that stand back from a unit's."""


class EdgeInk:
    """A cached pen for each level of the colour map; negative edges are dashed. Never changes.

    Faded colours are mixed with the background: a translucent pen takes six times as long.
    """

    def __init__(self, theme: Theme, widest: float, strength: float) -> None:
        """Take the width in pixels of an edge at the end of the range, and a share of its colour.

        The rest of the colour is background.
        """
        self._theme, self._widest, self._strength = theme, widest, strength
        self._pens: dict[tuple[int, bool], QPen] = {}

    def width(self, at: int) -> float:
        width = _THINNEST + abs(_share(at)) * (self._widest - _THINNEST)
        # Qt paints lines of one pixel in a fifth of the time: most of a wide network's are weak.
        return (_THINNEST if width < _AS_THIN else width) * self._theme.stroke

    def color(self, at: int, is_back: bool = False) -> QColor:
        """Return the colour of an edge, never too pale to be seen unless it stands back."""
        share, panel = _share(at), self._theme.panel
        if at in _ZERO:
            return QColor(mixed(self._theme.quiet, panel, _BACK if is_back else 1.0))
        depth = _PALEST + (1 - _PALEST) * abs(share)
        fill, _ = diverging(self._theme)[level(depth if share >= 0 else -depth, 1)]
        return QColor(mixed(fill.name(), panel, _BACK if is_back else self._strength))

    def pen(self, at: int, is_back: bool = False) -> QPen:
        pen = self._pens.get((at, is_back))
        if pen is None:
            width, color = self.width(at), self.color(at, is_back)
            pen = QPen(QBrush(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            if at in _ZERO:
                pen.setDashPattern(_DOTS)
            elif _share(at) < 0:
                pen.setDashPattern([max(least / width, of) for least, of in (_DASH, _GAP)])
            self._pens[at, is_back] = pen
        return pen


def _share(at: int) -> float:
    """Return a level's position in the range, from -1 to 1."""
    return 2 * at / (LEVELS - 1) - 1
