"""A strip of colours with numbers below it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xorviz.ui.guard import guarded

_BAR_HEIGHT = 8


@guarded
class ColorBar(QWidget):
    """A colour scale; its labels are spread evenly below it."""

    def __init__(self) -> None:
        super().__init__()
        self._colors: Sequence[QColor] = ()
        self._labels: Sequence[str] = ()
        self._ink = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_colors(self, colors: Sequence[QColor], ink: str) -> None:
        """Show these colours, spread evenly, with labels in this ink."""
        self._colors, self._ink = colors, QColor(ink)
        self.update()

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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        self.paint(painter)
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """Paint the strip and its labels."""
        if not self._colors:
            return
        bar = QRectF(0, 0, self.width(), _BAR_HEIGHT)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for i, color in enumerate(self._colors):
            gradient.setColorAt(i / (len(self._colors) - 1), color)
        painter.fillRect(bar, gradient)
        painter.setPen(self._ink)
        line = QRectF(0, _BAR_HEIGHT + 3, self.width(), self.fontMetrics().height())
        last = len(self._labels) - 1
        for i, label in self._readable():
            where = {0: Qt.AlignmentFlag.AlignLeft, last: Qt.AlignmentFlag.AlignRight}
            painter.drawText(line, where.get(i, Qt.AlignmentFlag.AlignHCenter), label)
