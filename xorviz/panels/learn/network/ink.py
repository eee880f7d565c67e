"""Colours, widths and dashes of edges, and the legend that explains them."""

from enum import Enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.numerals import MINUS
from xorviz.ui.theme.palette import LEVELS, Theme, diverging, level, mixed

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
