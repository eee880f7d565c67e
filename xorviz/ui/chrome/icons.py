"""The program's own icons, in the colours of the theme."""

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from xorviz.ui.draw.painted import pixmap_of

_SIZES = (16, 32, 48, 64)
_INK = "#000"
"""The colour of the lines in the SVG files."""


def tinted(svg: str, color: str, disabled: str) -> QIcon:
    """Return an icon in one colour, and in another for the disabled state."""
    icon = QIcon()
    for pixmap in _drawn(svg.replace(_INK, color)):
        icon.addPixmap(pixmap)
        # Painting it over is far quicker than rendering it again.
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
    return [pixmap_of(QSize(size, size), 1.0, renderer.render) for size in _SIZES]


def _painted_over(pixmap: QPixmap, color: str) -> QPixmap:
    """Return the pixmap in one colour, its transparency unchanged."""
    result = QPixmap(pixmap)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), QColor(color))
    painter.end()
    return result
