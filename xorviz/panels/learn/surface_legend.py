"""What the colours, signs and lines of the decision surface mean, below it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from xorviz.panels.base.square_items import paint_sign
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.plot.lines import SOLID, line_pen
from xorviz.ui.theme.palette import Theme, diverging

BOUNDARY_WIDTH, UNIT_WIDTH = 2.0, 1.2
"""Of the decision boundary and of those of hidden units, in pixels."""
UNIT_DOTS = (1.5, 2.5)
"""Lengths of dot and gap, in pixels."""

_BAR_TIP = "The network’s output: blue is 0, orange is 1, and the colour between them one half"
_TARGET_TIP = (
    "The rows of the truth table: a circle where the target is 0, a square where it is 1; a cross "
    "in it means that the output is not correct"
)
_BOUNDARY_TIP = "Where the output is one half: the line between the answers 0 and 1"
_UNIT_TIP = "Where a hidden unit’s input is zero. Click such a line to highlight its unit"
_SWATCH, _GAP, _AFTER = 1.1, 0.3, 0.2
"""Width of a sign, gaps after it and after a text, in heights of a line."""
_ABOVE, _SPACING = 4, 6

Paint = Callable[[QPainter, QRectF, Theme], None]


@guarded
class Key(Canvas):
    """A sign or line with its meaning."""

    def __init__(self, paint: Paint, text: str, tip: str, signs: int = 1) -> None:
        super().__init__(QSize(), QSize(0, 0))
        self._paint_swatch, self.text = paint, text
        self._wide = signs * _SWATCH
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.setAccessibleDescription(tip)

    def sizeHint(self) -> QSize:
        line, metrics = self.fontMetrics().height(), self.fontMetrics()
        around = round((self._wide + _GAP + _AFTER) * line)
        return QSize(metrics.horizontalAdvance(self.text) + around, line)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        self._paint_swatch(painter, QRectF(0, 0, self._wide * line, line), self.theme)
        painter.setPen(QColor(self.theme.quiet))
        left = (self._wide + _GAP) * line
        place = QRectF(left, 0, self.width() - left, line)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text)


@guarded
class SurfaceLegend(QWidget):
    """The scale of the colours, and keys beside or below it, in as many lines as needed."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = ColorBar(diverging, "output")
        self._bar.set_labels(("0", "½", "1"))
        self._bar.setToolTip(_BAR_TIP)
        boundary = partial(_paint_line, width=BOUNDARY_WIDTH, dash=SOLID)
        unit = partial(_paint_line, width=UNIT_WIDTH, dash=UNIT_DOTS)
        # The first one is shown also where there is space for no other.
        self._keys = [
            Key(boundary, "decision boundary", _BOUNDARY_TIP),
            Key(_paint_targets, "target 0, 1", _TARGET_TIP, signs=2),
            Key(unit, "hidden-unit boundary", _UNIT_TIP),
        ]
        self._row = WrappingRow(self._keys)
        self._parts = 3
        for part in (self._bar, self._row):
            part.setParent(self)

    def show_parts(self, count: int) -> None:
        """Show colours and keys (3), one line of keys (2), the colours alone (1), or nothing."""
        self._parts = count
        self._bar.setVisible(count > 0)
        self._row.setVisible(count > 1)

    def show_units(self, are_shown: bool) -> None:
        """Show or hide the key of the hidden units' lines."""
        self._keys[-1].setVisible(are_shown)

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        """Return the size with all in one line."""
        keys = sum(key.sizeHint().width() + _SPACING for key in self._keys)
        return QSize(self._bar.minimumSizeHint().width() + self._gap + keys, 0)

    def heightForWidth(self, width: int) -> int:
        rects = self._rects(width)[: self._parts]
        return max((rect.bottom() + 1 for rect in rects), default=0)

    def lay_out(self) -> None:
        """Place the parts at the current size and font."""
        for part, rect in zip((self._bar, self._row), self._rects(self.width()), strict=True):
            part.setGeometry(rect)

    def _rects(self, width: int) -> tuple[QRect, QRect]:
        """Return the places of the colours, and of the keys: beside them in one line, or below."""
        bar, spare = self._bar.sizeHint().height(), width - self.sizeHint().width()
        across, start, top = width, 0, 2 * _ABOVE + bar
        if spare >= 0 and self._parts > 1:
            across = self._bar.minimumSizeHint().width() + spare
            start, top = across + self._gap, _ABOVE
        rest = width - start
        return QRect(0, _ABOVE, across, bar), QRect(start, top, rest, self._row_height(rest))

    def _row_height(self, width: int) -> int:
        """Return the height of the keys; what is below their first line may be cut off."""
        if self._parts < 3:
            return self._keys[0].sizeHint().height()
        return self._row.heightForWidth(width)

    @property
    def _gap(self) -> int:
        """Pixels between the colours and the keys beside them."""
        return self.fontMetrics().height()


def _paint_targets(painter: QPainter, place: QRectF, theme: Theme) -> None:
    radius = 0.36 * place.height()
    for target, share in enumerate((0.25, 0.75)):
        at = QPointF(place.left() + share * place.width(), place.center().y())
        paint_sign(painter, at, radius, target, theme, ring=theme.panel)


def _paint_line(
    painter: QPainter, place: QRectF, theme: Theme, width: float, dash: tuple[float, ...]
) -> None:
    dash = tuple(theme.stroke * part for part in dash)
    painter.setPen(line_pen(theme.text, theme.stroke * width, dash))
    middle = QPointF(0, place.center().y())
    painter.drawLine(middle, middle + QPointF(place.width(), 0))
