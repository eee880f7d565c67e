"""Cached pictures of widgets, and sheets for export."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme
from xorviz.ui.theme.style import bold

_MARGIN, _GAP = 8, 6
_WRAP = Qt.TextFlag.TextWordWrap


def is_vector(painter: QPainter) -> bool:
    """Tell whether a painter makes a vector drawing, such as SVG, instead of pixels."""
    return painter.paintEngine().type() != QPaintEngine.Type.Raster


def pixmap_of(size: QSize, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
    """Return a transparent picture of this many pixels, painted by a function."""
    pixmap = QPixmap(size)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        paint(painter)
    finally:  # Qt ends the process when a picture goes that is being painted
        painter.end()
    return pixmap


@guarded
class Sheet(QWidget):
    """A part of a panel below a heading: for files, never shown on screen.

    It is a child of that part, with its fonts and colours.
    """

    def __init__(self, part: QWidget, paint: Callable[[QPainter], None]) -> None:
        super().__init__(part)
        self.hide()  # else it is shown with its part
        self._part, self._paint = part, paint
        self._theme, self._title, self._words = LIGHT, "", ""

    def show_heading(self, title: str, words: str, theme: Theme) -> None:
        """Set the heading, and resize to the part's current size."""
        self._theme, self._title, self._words = theme, title, words
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        size = self._part.size()
        self.resize(size.width() + 2 * _MARGIN, self._top + size.height() + _MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        title, words = self._rects
        for rect, text, font, color in (
            (title, self._title, bold(self.font()), self._theme.text),
            (words, self._words, self.font(), self._theme.quiet),
        ):
            painter.setFont(font)
            painter.setPen(QColor(color))
            painter.drawText(rect, int(_WRAP), text)
        painter.translate(_MARGIN, self._top)
        self._paint(painter)
        painter.end()

    @property
    def _rects(self) -> tuple[QRectF, QRectF]:
        """The rectangles of the title and the words, wrapped to the width of the part."""
        space = QRectF(_MARGIN, _MARGIN, self._part.width(), 1e4)
        title = QFontMetricsF(bold(self.font())).boundingRect(space, int(_WRAP), self._title)
        space.moveTop(title.bottom() + 1)
        words = QFontMetricsF(self.font()).boundingRect(space, int(_WRAP), self._words)
        for rect in (title, words):
            rect.setWidth(space.width())
        return title, words

    @property
    def _top(self) -> int:
        """Pixels from the top to the part."""
        return round(self._rects[1].bottom()) + _GAP


class Painted:
    """A cached picture of a widget, repainted after ``clear`` and when the size changes.

    It holds no reference to the widget, so that neither keeps the other alive.
    """

    def __init__(self) -> None:
        self.pixmap: QPixmap | None = None

    def clear(self) -> None:
        """Repaint the next time."""
        self.pixmap = None

    def draw(self, widget: QWidget, painter: QPainter, paint: Callable[[QPainter], None]) -> None:
        """Draw a widget from the cached picture, or by ``paint`` itself into a vector drawing.

        The painter's state is unchanged afterwards.
        """
        if is_vector(painter):
            painter.save()
            paint(painter)
            painter.restore()
        else:
            ratio = painter.deviceTransform().m11()
            size = (QSizeF(widget.size()) * ratio).toSize()
            if self.pixmap is None or self.pixmap.size() != size:
                self.pixmap = pixmap_of(size, ratio, lambda inner: _paint(inner, widget, paint))
            painter.drawPixmap(0, 0, self.pixmap)


def _paint(painter: QPainter, widget: QWidget, paint: Callable[[QPainter], None]) -> None:
    painter.setFont(widget.font())
    paint(painter)
