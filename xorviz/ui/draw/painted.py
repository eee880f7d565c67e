"""Keeps what a widget paints as a picture, for as long as nothing of it changes."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from xorviz.ui.theme.palette import LIGHT, Theme
from xorviz.ui.theme.style import bold

_MARGIN, _GAP = 8, 6
_WRAP = Qt.TextFlag.TextWordWrap


class Sheet(QWidget):
    """What a part of a panel paints, below a heading: for files, and never on the screen.

    It belongs to that part, and has its fonts and colours.
    """

    def __init__(self, part: QWidget, paint: Callable[[QPainter], None]) -> None:
        super().__init__(part)
        self.hide()  # else it would come with its part
        self._part, self._paint = part, paint
        self._theme, self._title, self._words = LIGHT, "", ""

    def show_heading(self, title: str, words: str, theme: Theme) -> None:
        """Say what the part is a picture of, and take over how large the part is now."""
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
        """Where the title and the words are, broken into lines as wide as the part."""
        room = QRectF(_MARGIN, _MARGIN, self._part.width(), 1e4)
        title = QFontMetricsF(bold(self.font())).boundingRect(room, int(_WRAP), self._title)
        room.moveTop(title.bottom() + 1)
        words = QFontMetricsF(self.font()).boundingRect(room, int(_WRAP), self._words)
        for rect in (title, words):
            rect.setWidth(room.width())
        return title, words

    @property
    def _top(self) -> int:
        """Where the part begins."""
        return round(self._rects[1].bottom()) + _GAP


class Painted:
    """A picture of a widget, painted anew only once it was let go or needs another size.

    It holds no reference to the widget, so that neither keeps the other alive.
    """

    def __init__(self) -> None:
        self.pixmap: QPixmap | None = None
        """What was painted last."""

    def let_go(self) -> None:
        """Paint anew when it is wanted next."""
        self.pixmap = None

    def draw(self, widget: QWidget, painter: QPainter, paint: Callable[[QPainter], None]) -> None:
        """Draw what paint does, all over a widget: from the picture, where pixels are wanted.

        Painters of drawings, such as SVG, get every line and letter as such. The painter is left
        as it was.
        """
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:  # a drawing, not a picture
            painter.save()
            paint(painter)
            painter.restore()
        else:
            ratio = painter.deviceTransform().m11()
            painter.drawPixmap(0, 0, self._pictured(widget, ratio, paint))

    def _pictured(
        self, widget: QWidget, ratio: float, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        """Return the picture, with so many pixels for each of the widget's."""
        size = (QSizeF(widget.size()) * ratio).toSize()
        if self.pixmap is None or self.pixmap.size() != size:
            self.pixmap = QPixmap(size)
            self.pixmap.setDevicePixelRatio(ratio)
            self.pixmap.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self.pixmap)
            inner.setFont(widget.font())
            paint(inner)
            inner.end()
        return self.pixmap
