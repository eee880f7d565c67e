"""Pictures of widgets as PNG, SVG and PDF, in files and on the clipboard."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QMimeData,
    QPoint,
    QRectF,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPalette,
    QPdfWriter,
    QPicture,
    QRegion,
    QStandardItemModel,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractItemView, QGraphicsView, QWidget

from xorviz.core import numerals
from xorviz.files.atomic import FileError
from xorviz.files.exports.picture_options import MM_PER_INCH, SCREEN_DPI, PictureOptions

_TOO_LARGE = "The picture could not be made: there is not enough memory."
_MOST_PIXELS = 16_384
"""Along one side."""
_POINTS_PER_INCH, _PDF_DPI = 72, 1200
_AS_SHOWN = PictureOptions()
_SHARP = PictureOptions(dpi=2 * SCREEN_DPI, background="transparent")
"""Of a picture embedded in a drawing."""
_SVG = "http://www.w3.org/2000/svg"
_GROUP, _LINE = f"{{{_SVG}}}g", f"{{{_SVG}}}polyline"

ET.register_namespace("", _SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def image_of(widget: QWidget, options: PictureOptions = _AS_SHOWN) -> QImage:
    """Return a picture of a widget in its own size or another one. Raises FileError."""
    across, up = (inches * options.dpi for inches in options.inches("png", _shape(widget)))
    if (longest := round(max(across, up))) > _MOST_PIXELS:
        wanted, most = map(numerals.whole, (longest, _MOST_PIXELS))
        raise FileError(f"The picture would be {wanted} pixels long; allowed: up to {most}.")
    formats = QImage.Format
    kind = formats.Format_ARGB32_Premultiplied if options.is_clear else formats.Format_RGB32
    image = QImage(round(across), round(up), kind)
    if image.isNull():
        raise FileError(_TOO_LARGE)
    image.setDevicePixelRatio(_fitting(widget, across, up))
    image.fill(_ground(widget, options))
    with _painting(image) as painter:
        _render(widget, painter, QWidget.RenderFlag.DrawChildren)
    dots = round(options.dpi * 1000 / MM_PER_INCH)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    return image


def _shape(widget: QWidget) -> tuple[float, float]:
    return widget.width(), widget.height()


def _fitting(widget: QWidget, across: float, up: float) -> float:
    """Return how much larger a widget may be drawn within a width and a height."""
    return min(across / max(widget.width(), 1), up / max(widget.height(), 1))


def rgb(image: QImage) -> NDArray[np.uint8]:
    """Return an image's colours, (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def png_bytes(widget: QWidget, options: PictureOptions = _AS_SHOWN) -> bytes:
    """Return a picture as a PNG file with its resolution, and the widget in words.

    Raises FileError.
    """
    buffer, image = QBuffer(), image_of(widget, options)
    image.setText("Title", _title(widget))
    image.setText("Description", widget.accessibleDescription())
    if not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise FileError(_TOO_LARGE)
    return bytes(buffer.data().data())


def _title(widget: QWidget) -> str:
    return widget.accessibleName() or widget.windowTitle()


def copy_picture(widget: QWidget, options: PictureOptions = _AS_SHOWN) -> None:
    """Put a picture on the clipboard. Raises FileError."""
    QGuiApplication.clipboard().setImage(image_of(widget, options))


def copy_drawing(widget: QWidget, options: PictureOptions = _AS_SHOWN) -> None:
    """Put a drawing on the clipboard, with a picture as an alternative. Raises FileError."""
    both = _no_content()
    both.setData("image/svg+xml", QByteArray(svg_bytes(widget, options)))
    both.setImageData(image_of(widget, options))
    QGuiApplication.clipboard().setMimeData(both)


def _no_content() -> QMimeData:
    """Return empty content for the clipboard, made by Qt.

    Qt may delete it after Python has ended, which kills the process if Python has made it.
    """
    model = QStandardItemModel(1, 1)
    content = model.mimeData([model.index(0, 0)])
    content.clear()
    return content


def pdf_bytes(widget: QWidget, options: PictureOptions = _AS_SHOWN) -> bytes:
    """Return a drawing as a PDF file of one page, exactly as large as the picture.

    Text is text, and its fonts are in the file. Raises FileError.
    """
    inches = options.inches("pdf", _shape(widget))
    width, height = (side * _POINTS_PER_INCH for side in inches)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(_title(widget))
    writer.setCreator("xorviz")
    writer.setResolution(_PDF_DPI)
    # Qt knows only pages of whole points: one that is too large by less than that is cut below.
    page = QSizeF(math.ceil(width), math.ceil(height))
    match_exactly = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", match_exactly))
    writer.setPageMargins(QMarginsF())
    with _painting(writer) as painter:
        per_point, fitting = _PDF_DPI / _POINTS_PER_INCH, _fitting(widget, width, height)
        painter.scale(per_point, per_point)
        painter.translate(0, page.height() - height)
        painter.fillRect(QRectF(0, 0, width, height), _ground(widget, options))
        painter.scale(fitting, fitting)
        _paint_parts(widget, painter)
    before = b"/MediaBox [0 0 %.6f %.6f]" % page.toTuple()
    exact = b"/MediaBox [0 0 %.6f %.6f]" % (width, height)
    return bytes(buffer.data().data()).replace(before, exact.ljust(len(before)))


def svg_bytes(widget: QWidget, options: PictureOptions = _AS_SHOWN) -> bytes:
    """Return a drawing as an SVG file, with real text, in millimetres if a size is asked for.

    A table that needs scroll bars is embedded as a picture. Raises FileError.
    """
    buffer = QBuffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the other version never clips
    generator.setOutputDevice(buffer)
    generator.setResolution(widget.logicalDpiX())
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    generator.setTitle(_title(widget))
    generator.setDescription(widget.accessibleDescription())
    with _painting(generator) as painter:
        if not options.is_clear:
            painter.fillRect(widget.rect(), _ground(widget, options))
        _paint_parts(widget, painter)
    root = ET.fromstring(buffer.data().data())
    sides = [f"{inches * MM_PER_INCH:.6g}mm" for inches in options.inches("svg", _shape(widget))]
    if options.size is None:
        sides = [str(widget.width()), str(widget.height())]
    root.attrib |= dict(zip(("width", "height"), sides, strict=True))
    _tidy(root)
    drawing: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return drawing


def _paint_parts(widget: QWidget, painter: QPainter) -> None:
    """Paint a widget and what is in it, one by one: all at once, Qt paints pixels."""
    is_svg = isinstance(painter.device(), QSvgGenerator)
    if is_svg and isinstance(widget, QAbstractItemView) and _is_cut_off(widget):
        # Many programs do not clip: rows would cover the scroll bars and leave the drawing.
        painter.drawImage(widget.rect(), image_of(widget, _SHARP))
        return
    painter.save()
    painter.setClipRect(widget.rect(), Qt.ClipOperation.IntersectClip)
    with _uncached(widget):
        if is_svg:  # by way of a record: QSvgGenerator clips child widgets in the wrong place
            with _painting(record := QPicture()) as recorder:
                _render(widget, recorder, QWidget.RenderFlag.IgnoreMask)
            painter.drawPicture(0, 0, record)
        else:  # in which a record would have the size of another resolution
            _render(widget, painter, QWidget.RenderFlag.IgnoreMask)
    for child in _parts(widget):
        painter.save()
        painter.translate(child.pos())
        _paint_parts(child, painter)
        painter.restore()
    painter.restore()


def _ground(widget: QWidget, options: PictureOptions) -> QColor:
    """Return the background: the window colour for a window, otherwise that of a panel."""
    roles = QPalette.ColorRole
    role = roles.Window if widget.isWindow() else roles.Base
    return QColor(0, 0, 0, 0) if options.is_clear else widget.palette().color(role)


@contextmanager
def _painting(device: QPaintDevice) -> Iterator[QPainter]:
    """Give a painter on a device. Raises FileError."""
    painter = QPainter()
    if not painter.begin(device):
        raise FileError(_TOO_LARGE)
    try:
        yield painter
    finally:
        painter.end()


def _render(widget: QWidget, painter: QPainter, flags: QWidget.RenderFlag) -> None:
    """Paint a widget by QWidget's function: QGraphicsView has one of its own."""
    QWidget.render(widget, painter, QPoint(), QRegion(), flags)


def _parts(widget: QWidget) -> Iterator[QWidget]:
    """Yield the widgets that are seen in another one."""
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isHidden() and not child.isWindow():
            yield child


@contextmanager
def _uncached(widget: QWidget) -> Iterator[None]:
    """Let a view paint its background anew: one that is kept would be drawn as an image."""
    view = widget.parent()
    if not isinstance(view, QGraphicsView) or widget is not view.viewport():
        yield
        return
    before = view.cacheMode()
    view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
    yield
    view.setCacheMode(before)


def _is_cut_off(table: QAbstractItemView) -> bool:
    """Return whether a table is larger than its widget."""
    bars = table.horizontalScrollBar(), table.verticalScrollBar()
    return any(bar.maximum() > bar.minimum() for bar in bars)


def _tidy(element: ET.Element) -> None:
    """Remove empty groups, join consecutive line segments, and name fonts that are everywhere."""
    if "stroke-dasharray" in element.attrib:  # else dots of one pixel merge
        element.set("stroke-linecap", "butt")
    if family := element.get("font-family"):  # Qt's name of a font may be unknown elsewhere
        element.set("font-family", f"{family}, sans-serif")
    last: ET.Element | None = None
    for child in list(element):
        _tidy(child)
        if child.tag == _GROUP and not len(child):
            element.remove(child)
        elif last is not None and _continues(last, child):
            last.set("points", f"{last.get('points')} {child.get('points', '').split()[-1]}")
            element.remove(child)
        else:
            last = child


def _continues(line: ET.Element, other: ET.Element) -> bool:
    """Return whether a segment begins where a line ends."""
    if line.tag != _LINE or other.tag != _LINE:
        return False
    points = other.get("points", "").split()
    return len(points) == 2 and line.get("points", "").rstrip().rsplit(" ", 1)[-1] == points[0]


WRITERS = {"png": png_bytes, "svg": svg_bytes, "pdf": pdf_bytes}
"""What makes the file of each kind of picture: as large as the widget fits into its size."""
