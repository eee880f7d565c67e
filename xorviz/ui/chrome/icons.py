"""The program's own icons, in the colours of the theme."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIZES = (16, 32, 48, 64)
_INK = "#000"
"""What the files are drawn in, to be replaced."""


def tinted(svg: str, color: str, disabled: str) -> QIcon:
    """Return an icon drawn in one colour, and in another while its action is disabled."""
    icon = QIcon()
    for pixmap in _drawn(svg.replace(_INK, color)):
        icon.addPixmap(pixmap)
        # Painted over, which is far quicker than to read and to draw it again.
        icon.addPixmap(_painted_over(pixmap, disabled), QIcon.Mode.Disabled)
    return icon


def coloured(svg: str) -> QIcon:
    """Return an icon in its own colours."""
    icon = QIcon()
    for pixmap in _drawn(svg):
        icon.addPixmap(pixmap)
    return icon


def _drawn(svg: str) -> list[QPixmap]:
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    return [_pixmap(renderer.render, size) for size in _SIZES]


def _pixmap(render: Callable[[QPainter, QRectF], None], size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _painted_over(pixmap: QPixmap, color: str) -> QPixmap:
    """Return the same in one colour, as dense as it is."""
    result = QPixmap(pixmap)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), QColor(color))
    painter.end()
    return result
