"""Colours, widths and dashes of edges, and the legend that explains them."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from xorviz.core.numerals import MINUS
from xorviz.panels.learn.weights.range import range_text
from xorviz.ui.theme.palette import LEVELS, LIGHT, Theme, diverging_names, level, mixed

_THINNEST = 1.0
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
    """A cached pen for each level of the colour map; negative edges are dashed.

    Faded colours are mixed with the background: a translucent pen takes six times as long.
    """

    def __init__(self) -> None:
        self.theme = LIGHT
        self.widest = 6.0
        """Width in pixels of an edge at the end of the range."""
        self.strength = 1.0
        """Share of an edge's own colour; the rest is background."""
        self._pens: dict[tuple[int, Emphasis], QPen] = {}
        self._wedges: list[tuple[int, float, QColor]] = []
        """Slices of the legend: index, edge width and colour."""

    def recolour(self, theme: Theme) -> None:
        self.theme = theme
        self._clear()

    def adapt(self, widest: float, strength: float) -> None:
        if (widest, strength) != (self.widest, self.strength):
            self.widest, self.strength = widest, strength
            self._clear()

    def _clear(self) -> None:
        self._pens.clear()
        self._wedges.clear()

    def pen(self, at: int, emphasis: Emphasis) -> QPen:
        pen = self._pens.get((at, emphasis))
        if pen is None:
            pen = self._pens[at, emphasis] = self._make_pen(at, emphasis)
        return pen

    def width(self, at: int) -> float:
        return _THINNEST + abs(_share(at)) * (self.widest - _THINNEST)

    def color(self, at: int, emphasis: Emphasis = Emphasis.PLAIN) -> QColor:
        """Return the colour of an edge, never too pale to be seen."""
        palest, strength, _ = emphasis.value
        if at in _ZERO:
            return QColor(mixed(self.theme.quiet, self.theme.panel, strength))
        share = _share(at)
        depth = palest + (1 - palest) * abs(share)
        name = diverging_names(self.theme)[level(depth if share >= 0 else -depth, 1)][0]
        if emphasis is Emphasis.PLAIN:
            strength *= self.strength
        return QColor(mixed(name, self.theme.panel, strength))

    def _make_pen(self, at: int, emphasis: Emphasis) -> QPen:
        width = self.width(at) + emphasis.value[2]
        brush = QBrush(self.color(at, emphasis))
        pen = QPen(brush, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if at in _ZERO:
            pen.setDashPattern(_DOTS)
        elif _share(at) < 0:
            pen.setDashPattern([max(least / width, of) for least, of in (_DASH, _GAP)])
        return pen

    def paint_key(self, painter: QPainter, space: QRectF, limit: float) -> None:
        """Paint the legend, from negative and dashed to positive and solid, thin near zero."""
        end = range_text(limit)
        ends = (f"weight {MINUS}{end}", f"+{end}")
        wide = [painter.fontMetrics().horizontalAdvance(text) + 6 for text in ends]
        # Whole pixels: slices that share a pixel would show as stripes.
        step = int(min(_KEY_WIDTH, space.width() - sum(wide))) // _SLICES
        if step < 1:
            return
        length = step * _SLICES
        left = float(round(space.center().x() - (sum(wide) + length) / 2))
        painter.setPen(QColor(self.theme.quiet))
        middle = Qt.AlignmentFlag.AlignVCenter
        for text, x, width, side in (
            (ends[0], left, wide[0] - 6, Qt.AlignmentFlag.AlignLeft),
            (ends[1], left + wide[0] + length + 6, wide[1] - 6, Qt.AlignmentFlag.AlignLeft),
        ):
            rect = QRectF(x, space.top(), width, space.height())
            painter.drawText(rect, side | middle, text)
        self._paint_wedges(painter, QPointF(left + wide[0], space.center().y()), step)

    def _paint_wedges(self, painter: QPainter, start: QPointF, step: int) -> None:
        """Paint a wedge through all weights of the range."""
        if not self._wedges:
            self._wedges = self._make_wedges()
        for i, width, color in self._wedges:
            x = start.x() + i * step
            painter.fillRect(QRectF(x, start.y() - width / 2, step, width), color)

    def _make_wedges(self) -> list[tuple[int, float, QColor]]:
        levels = [round((i + 0.5) / _SLICES * (LEVELS - 1)) for i in range(_SLICES)]
        return [
            (i, self.width(at), self.color(at))
            for i, at in enumerate(levels)
            # Every fourth slice is a gap between dashes.
            if at in _ZERO or _share(at) >= 0 or i % 4 != 3
        ]


def _share(at: int) -> float:
    """Return a level's position in the range, from -1 to 1."""
    return 2 * at / (LEVELS - 1) - 1
