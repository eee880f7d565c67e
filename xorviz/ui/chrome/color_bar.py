"""A strip of colours with a title beside it and numbers below it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter
from PySide6.QtWidgets import QSizePolicy

from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

_EVERY = 3
"""One of so many colours is painted, and between two of them what lies between."""
_LEAST = 5
"""Least width of the colours, in heights of a line."""
_GAP = 3


@guarded
class ColorBar(Canvas):
    """A colour scale; its labels are spread evenly below it."""

    def __init__(
        self, colors: Callable[[Theme], Sequence[tuple[QColor, QColor]]], title: str = ""
    ) -> None:
        """Make a scale of a theme's colour map: fills, and inks on them."""
        super().__init__(QSize(0, 0), QSize(0, 0))
        self._colors_of = colors
        self._title = title
        self._labels: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_labels(self, labels: Sequence[str], title: str | None = None) -> None:
        """Show these labels, from the first colour to the last, and another title if given."""
        title = self._title if title is None else title
        if (labels, title) != (self._labels, self._title) or not self.accessibleName():
            self._labels, self._title = labels, title
            of_what = f" of {title}" if title else ""
            self.setAccessibleName(f"Colours{of_what} from {labels[0]} to {labels[-1]}")
            self.update()

    @property
    def bar(self) -> QRectF:
        """The colours."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(f"{self._title}  ") if self._title else 0
        # As high as a small letter, on the same line as the title.
        high = max(metrics.xHeight() + 1, 4)
        top = metrics.ascent() - metrics.xHeight() if self._title else 0
        return QRectF(left, top, self.width() - left, high)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        left = round(self.bar.left())
        return QSize(left + 10 * line, round(self.bar.bottom()) + _GAP + line)

    def minimumSizeHint(self) -> QSize:
        left = round(self.bar.left())
        return QSize(left + _LEAST * self.fontMetrics().height(), self.sizeHint().height())

    def _readable(self) -> list[tuple[int, str]]:
        """Return the labels with their indices; only the two ends if not all fit."""
        labels = list(enumerate(self._labels))
        advance = self.fontMetrics().horizontalAdvance
        needed = 2 * max((advance(label) for label in self._labels), default=0)
        fits = needed * (len(labels) - 1) / 2 + advance("  ") <= self.bar.width()
        return labels if fits else [labels[0], labels[-1]]

    def _paint(self, painter: QPainter) -> None:
        colors, bar = self._colors_of(self.theme)[::_EVERY], self.bar
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for i, (color, _) in enumerate(colors):
            gradient.setColorAt(i / (len(colors) - 1), color)
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(self.theme.quiet))
        line = self.fontMetrics().height()
        painter.drawText(QRectF(0, 0, bar.left(), line), Qt.AlignmentFlag.AlignLeft, self._title)
        below = QRectF(bar.left(), bar.bottom() + _GAP, bar.width(), line)
        last = len(self._labels) - 1
        for i, label in self._readable():
            where = {0: Qt.AlignmentFlag.AlignLeft, last: Qt.AlignmentFlag.AlignRight}
            painter.drawText(below, where.get(i, Qt.AlignmentFlag.AlignHCenter), label)
