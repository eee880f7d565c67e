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
    icon = coloured(svg.replace(_INK, color))
    for size in icon.availableSizes():
        # Painting it over is far quicker than rendering it again.
        drawn = icon.pixmap(size, 1.0)
        icon.addPixmap(_painted_over(drawn, disabled), QIcon.Mode.Disabled)
    return icon


def coloured(svg: str) -> QIcon:
    """Return an icon in its own colours."""
    renderer, icon = QSvgRenderer(QByteArray(svg.encode())), QIcon()
    for size in _SIZES:
        icon.addPixmap(pixmap_of(QSize(size, size), 1.0, renderer.render))
    return icon


def _painted_over(pixmap: QPixmap, color: str) -> QPixmap:
    """Return the pixmap in one colour, its transparency unchanged."""
    result = QPixmap(pixmap)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), QColor(color))
    painter.end()
    return result
