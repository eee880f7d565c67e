"""Colours, widths and dashes of a network's edges, and the key that explains them."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from xorviz.core.numerals import MINUS
from xorviz.panels.learn.weights.range import range_text
from xorviz.ui.theme.palette import LEVELS, LIGHT, Theme, diverging_names, level

_THINNEST = 1.0
_DASH, _GAP = (7.0, 2.0), (4.0, 0.8)
"""Of a negative edge: at least so many pixels, and so many of its widths."""
_ZERO = (LEVELS // 2 - 1, LEVELS // 2)
"""Levels that stand for zero, or nearly: neither positive nor negative, and dotted."""
_DOTS = (1.0, 3.0)
_SLICES = 40
"""Of the key's colours."""
_KEY_WIDTH = 160


class Weight(Enum):
    """How an edge stands among the others: its palest colour, its strength, what it is wider."""

    PLAIN = (0.42, 1.0, 0.0)
    BACK = (0.35, 0.25, 0.0)
    FRONT = (0.6, 1.0, 0.8)


class EdgeInk:
    """A pen for each level of the colour map; negative ones are dashed. Pens are made once.

    Weak edges are mixed with the ground: a translucent pen takes six times as long.
    """

    def __init__(self) -> None:
        self.theme = LIGHT
        self.widest = 6.0
        """Pixels of an edge at the end of the range."""
        self.strength = 1.0
        """Of all colours; the rest is the ground's."""
        self._pens: dict[tuple[int, Weight], QPen] = {}
        self._wedges: list[tuple[int, float, QColor]] = []
        """Of the key: the slice, how wide the edge is there, and its colour."""

    def recolour(self, theme: Theme) -> None:
        """Use these colours."""
        self.theme = theme
        self._forget()

    def adapt(self, widest: float, strength: float) -> None:
        """Use these widths and strong or weak colours."""
        if (widest, strength) != (self.widest, self.strength):
            self.widest, self.strength = widest, strength
            self._forget()

    def _forget(self) -> None:
        self._pens.clear()
        self._wedges.clear()

    def pen(self, at: int, weight: Weight) -> QPen:
        """Return the pen of a level of the map."""
        pen = self._pens.get((at, weight))
        if pen is None:
            pen = self._pens[at, weight] = self._made(at, weight)
        return pen

    def width(self, at: int) -> float:
        """Return how wide the edge of a level is."""
        return _THINNEST + abs(_share(at)) * (self.widest - _THINNEST)

    def color(self, at: int, weight: Weight = Weight.PLAIN) -> QColor:
        """Return the colour of a level, never so pale that the edge is lost."""
        palest, strength, _ = weight.value
        if at in _ZERO:
            return _blended(QColor(self.theme.panel), QColor(self.theme.quiet), strength)
        share = _share(at)
        depth = palest + (1 - palest) * abs(share)
        name = diverging_names(self.theme)[level(depth if share >= 0 else -depth, 1)][0]
        if weight is Weight.PLAIN:
            strength *= self.strength
        return _blended(QColor(self.theme.panel), QColor(name), strength)

    def _made(self, at: int, weight: Weight) -> QPen:
        width = self.width(at) + weight.value[2]
        brush = QBrush(self.color(at, weight))
        pen = QPen(brush, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if at in _ZERO:
            pen.setDashPattern(_DOTS)
        elif _share(at) < 0:
            pen.setDashPattern([max(least / width, of) for least, of in (_DASH, _GAP)])
        return pen

    def paint_key(self, painter: QPainter, room: QRectF, limit: float) -> None:
        """Explain the edges: from negative and dashed to positive and solid, thin near zero."""
        end = range_text(limit)
        ends = (f"weight {MINUS}{end}", f"+{end}")
        wide = [painter.fontMetrics().horizontalAdvance(text) + 6 for text in ends]
        # Whole pixels: slices that share one would show as stripes.
        step = int(min(_KEY_WIDTH, room.width() - sum(wide))) // _SLICES
        if step < 1:
            return
        length = step * _SLICES
        left = float(round(room.center().x() - (sum(wide) + length) / 2))
        painter.setPen(QColor(self.theme.quiet))
        middle = Qt.AlignmentFlag.AlignVCenter
        for text, x, width, side in (
            (ends[0], left, wide[0] - 6, Qt.AlignmentFlag.AlignLeft),
            (ends[1], left + wide[0] + length + 6, wide[1] - 6, Qt.AlignmentFlag.AlignLeft),
        ):
            rect = QRectF(x, room.top(), width, room.height())
            painter.drawText(rect, side | middle, text)
        self._paint_wedges(painter, QPointF(left + wide[0], room.center().y()), step)

    def _paint_wedges(self, painter: QPainter, start: QPointF, step: int) -> None:
        """Paint every weight there is, from one end of the range to the other."""
        if not self._wedges:
            self._wedges = self._made_wedges()
        for i, width, color in self._wedges:
            x = start.x() + i * step
            painter.fillRect(QRectF(x, start.y() - width / 2, step, width), color)

    def _made_wedges(self) -> list[tuple[int, float, QColor]]:
        levels = [round((i + 0.5) / _SLICES * (LEVELS - 1)) for i in range(_SLICES)]
        return [
            (i, self.width(at), self.color(at))
            for i, at in enumerate(levels)
            # Every fourth is a gap between two dashes.
            if at in _ZERO or _share(at) >= 0 or i % 4 != 3
        ]


def _blended(ground: QColor, color: QColor, strength: float) -> QColor:
    """Return a colour with as much of the ground as its strength leaves."""
    pairs = zip(ground.getRgb()[:3], color.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(low + strength * (high - low)) for low, high in pairs))


def _share(at: int) -> float:
    """Return where a level is between -1 and 1."""
    return 2 * at / (LEVELS - 1) - 1
