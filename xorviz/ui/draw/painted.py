"""Cached pictures of widgets, and sheets for export."""

import math
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

_MARGIN, _GAP = 8, 6


def is_vector(painter: QPainter) -> bool:
    """Return whether a painter makes a vector drawing, such as SVG, instead of pixels."""
    return painter.paintEngine().type() != QPaintEngine.Type.Raster


def pixmap_of(size: QSize, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
    """Return a transparent picture of this many pixels, painted by a function."""
    pixmap = QPixmap(size)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:  # Qt ends the process when a picture goes while painted
        paint(painter)
    return pixmap


def write_at(
    painter: QPainter, box: QRectF, left: float, text: str, metrics: QFontMetricsF
) -> None:
    """Write text in the middle of a box's height. Qt's own alignment takes three times as long."""
    base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(left, base), text)


def paint_dot(painter: QPainter, at: QPointF, fill: str, ring: str, radius: float = 3.5) -> None:
    """Paint a disc with a ring."""
    painter.setPen(QPen(QColor(ring), 1.5))
    painter.setBrush(QColor(fill))
    painter.drawEllipse(at, radius, radius)


def take(
    painter: QPainter,
    line: QColor | str | None,
    width: float = 1.0,
    fill: QColor | str | None = None,
) -> None:
    """Let what follows have this outline and this fill; None is no line, and no fill."""
    painter.setPen(Qt.PenStyle.NoPen if line is None else QPen(QColor(line), width))
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else QColor(fill))


def paint_tag(
    painter: QPainter,
    box: QRectF,
    text: str,
    ink: QColor | str,
    fill: QColor | str,
    rim: QColor | str | None = None,
    width: float = 1.0,
) -> None:
    """Write a text in the middle of a small frame, in the painter's font."""
    take(painter, rim, width, fill)
    painter.drawRoundedRect(box, 3, 3)
    take(painter, ink)
    metrics = QFontMetricsF(painter.font())
    left = box.center().x() - metrics.horizontalAdvance(text) / 2
    write_at(painter, box, left, text, metrics)


@guarded
class Sheet(QWidget):
    """A part of a panel below a heading: for files, never shown on screen.

    It is a child of that part, with its fonts and colours.
    """

    def __init__(self, part: QWidget, paint: Callable[[QPainter], None]) -> None:
        super().__init__(part)
        self.hide()  # else it is shown with its part
        self._part, self._paint = part, paint
        self._heading = QTextDocument(self)
        self._heading.setDocumentMargin(0)

    def show_heading(self, title: str, words: str, theme: Theme) -> None:
        """Set the heading, and resize to the part's current size."""
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        size = self._part.size()
        self._heading.setDefaultFont(self.font())
        self._heading.setTextWidth(size.width())
        # HTML has no thin spaces, unless spaces are kept as they are.
        self._heading.setDefaultStyleSheet("p { white-space: pre-wrap; margin: 0; }")
        self._heading.setHtml(
            f'<p style="color: {theme.text}"><b>{escape(title)}</b></p>'
            f'<p style="color: {theme.quiet}">{escape(words)}</p>'
        )
        self.resize(size.width() + 2 * _MARGIN, self._top + size.height() + _MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.save()
        painter.translate(_MARGIN, _MARGIN)
        self._heading.drawContents(painter)
        painter.restore()
        painter.translate(_MARGIN, self._top)
        self._paint(painter)
        painter.end()

    @property
    def _top(self) -> int:
        """Pixels from the top to the part."""
        return _MARGIN + round(self._heading.size().height()) + _GAP


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
        # It has the pixels of the screen: smoothing would only wait for Qt's other threads.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawPixmap(area.topLeft(), self.pixmap)
        painter.setRenderHints(hints)
