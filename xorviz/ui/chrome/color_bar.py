"""A strip of colours with numbers below it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter
from PySide6.QtWidgets import QSizePolicy

from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

_BAR_HEIGHT = 8
_EVERY = 3
"""One of so many colours is painted, and between two of them what lies between."""


@guarded
class ColorBar(Canvas):
    """A colour scale; its labels are spread evenly below it."""

    def __init__(self, colors: Callable[[Theme], Sequence[tuple[QColor, QColor]]]) -> None:
        """Make a scale of a theme's colour map: fills, and inks on them."""
        super().__init__(QSize(0, 0), QSize(0, 0))
        self._colors_of = colors
        self._labels: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_labels(self, labels: Sequence[str]) -> None:
        """Show these labels, from the first colour to the last."""
        if labels != self._labels:
            self._labels = labels
            self.setAccessibleName("Colours from " + " to ".join((labels[0], labels[-1])))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, _BAR_HEIGHT + 4 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def _readable(self) -> list[tuple[int, str]]:
        """Return the labels with their indices; only the two ends if not all fit."""
        labels = list(enumerate(self._labels))
        advance = self.fontMetrics().horizontalAdvance
        needed = 2 * max((advance(label) for label in self._labels), default=0)
        fits = needed * (len(labels) - 1) / 2 + advance("  ") <= self.width()
        return labels if fits else [labels[0], labels[-1]]

    def _paint(self, painter: QPainter) -> None:
        colors = self._colors_of(self.theme)[::_EVERY]
        bar = QRectF(0, 0, self.width(), _BAR_HEIGHT)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for i, (color, _) in enumerate(colors):
            gradient.setColorAt(i / (len(colors) - 1), color)
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(self.theme.quiet))
        line = QRectF(0, _BAR_HEIGHT + 3, self.width(), self.fontMetrics().height())
        last = len(self._labels) - 1
        for i, label in self._readable():
            where = {0: Qt.AlignmentFlag.AlignLeft, last: Qt.AlignmentFlag.AlignRight}
            painter.drawText(line, where.get(i, Qt.AlignmentFlag.AlignHCenter), label)
