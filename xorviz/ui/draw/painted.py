"""Cached pictures of widgets, and sheets for export."""

import math
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
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
    """A cached picture, painted again only when it would look different.

    It holds no reference to what it shows, so that neither keeps the other alive.
    """

    def __init__(self) -> None:
        self.pixmap: QPixmap | None = None
        self._look: object = None

    def clear(self) -> None:
        """Paint it again the next time."""
        self.pixmap = None

    def draw(
        self,
        painter: QPainter,
        area: QRectF,
        paint: Callable[[QPainter], None],
        look: object = None,
    ) -> None:
        """Draw an area from the picture, or by ``paint`` itself into a vector drawing.

        The picture depends on the area, the painter's scale and font, and the look. The painter's
        state is unchanged afterwards.
        """
        if is_vector(painter):
            painter.save()
            paint(painter)
            painter.restore()
            return
        ratio, font, hints = painter.deviceTransform().m11(), painter.font(), painter.renderHints()
        look = ratio, area, font, look
        if self.pixmap is None or look != self._look:

            def paint_area(inner: QPainter) -> None:
                inner.setFont(font)
                inner.setRenderHints(hints)
                inner.translate(-area.topLeft())
                paint(inner)

            size = area.size() * ratio
            whole = QSize(math.ceil(size.width()), math.ceil(size.height()))
            self.pixmap, self._look = pixmap_of(whole, ratio, paint_area), look
        painter.drawPixmap(area.topLeft(), self.pixmap)
