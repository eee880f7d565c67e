"""Pictures of widgets as PNG and SVG, in files and on the clipboard."""

import base64
import io
from collections.abc import Iterator
from itertools import count
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QMimeData, QPoint
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QImageWriter,
    QPaintDevice,
    QPainter,
    QPalette,
    QRegion,
    QStandardItemModel,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractItemView, QGraphicsView, QWidget

from xorviz.files.atomic import FileError

SCALES = (1, 2, 3, 4)
"""Allowed magnifications: pixels of the picture per pixel of the screen."""

_TOO_LARGE = "The picture could not be made: there is not enough memory."
_METRES_PER_INCH = 0.0254
_SCALE_INSIDE = 2
"""Of a picture embedded in a drawing."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_GROUP, _CLIP, _RECT, _LINE, _DEFINITIONS, _IMAGE = (
    f"{{{_SVG}}}{tag}" for tag in ("g", "clipPath", "rect", "polyline", "defs", "image")
)
_PARTS_OF_WIDGET = QWidget.RenderFlag.DrawChildren
_WIDGET_ALONE = QWidget.RenderFlag.IgnoreMask

ET.register_namespace("", _SVG)
ET.register_namespace("xlink", _XLINK)


def image_of(widget: QWidget, scale: int = 1) -> QImage:
    """Return an opaque picture of a widget, painted at a scale. Raises FileError."""
    image = QImage(widget.size() * scale, QImage.Format.Format_RGB32)
    if image.isNull():
        raise FileError(_TOO_LARGE)
    image.setDevicePixelRatio(scale)
    image.fill(_ground(widget))
    _paint(widget, image, _PARTS_OF_WIDGET)
    dots = round(widget.logicalDpiX() * scale / _METRES_PER_INCH)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    return image


def rgb(image: QImage) -> NDArray[np.uint8]:
    """Return an image's colours, (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def png_bytes(widget: QWidget, scale: int) -> bytes:
    """Return a picture as a PNG file with its resolution, and the widget in words.

    Raises FileError.
    """
    buffer, image = QBuffer(), image_of(widget, scale)
    image.setText("Title", widget.accessibleName() or widget.windowTitle())
    image.setText("Description", widget.accessibleDescription())
    if not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise FileError(_TOO_LARGE)
    return bytes(buffer.data().data())


def copy_picture(widget: QWidget, scale: int) -> None:
    """Put a picture on the clipboard. Raises FileError."""
    QGuiApplication.clipboard().setImage(image_of(widget, scale))


def copy_drawing(widget: QWidget) -> None:
    """Put a drawing on the clipboard, with a picture as an alternative. Raises FileError."""
    both = _no_content()
    both.setData("image/svg+xml", QByteArray(svg_bytes(widget)))
    both.setImageData(image_of(widget, 2))
    QGuiApplication.clipboard().setMimeData(both)


def _no_content() -> QMimeData:
    """Return empty content for the clipboard, made by Qt.

    Qt may delete it after Python has ended, which kills the process if Python has made it.
    """
    model = QStandardItemModel(1, 1)
    content = model.mimeData([model.index(0, 0)])
    content.clear()
    return content


def svg_bytes(widget: QWidget) -> bytes:
    """Return a drawing as an SVG file, with real text, in the size of the widget.

    A table that needs scroll bars is embedded as a picture. Raises FileError.
    """
    width, height = str(widget.width()), str(widget.height())
    root = ET.Element(f"{{{_SVG}}}svg", version="1.1", width=width, height=height)
    root.set("viewBox", f"0 0 {width} {height}")
    ET.SubElement(root, f"{{{_SVG}}}title").text = widget.accessibleName() or widget.windowTitle()
    ET.SubElement(root, f"{{{_SVG}}}desc").text = widget.accessibleDescription()
    ET.SubElement(root, _RECT, width=width, height=height, fill=_ground(widget).name())
    _draw(widget, root, (f"w{n}" for n in count()))
    _tidy(root)
    file = io.BytesIO()
    ET.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    return file.getvalue()


def _ground(widget: QWidget) -> QColor:
    """Return the background: the window colour for a window, otherwise that of a panel."""
    roles = QPalette.ColorRole
    return widget.palette().color(roles.Window if widget.isWindow() else roles.Base)


def _paint(widget: QWidget, device: QPaintDevice, flags: QWidget.RenderFlag) -> None:
    """Paint a widget. Raises FileError."""
    painter = QPainter()
    if not painter.begin(device):
        raise FileError(_TOO_LARGE)
    try:  # QWidget's render; QGraphicsView has one of its own
        QWidget.render(widget, painter, QPoint(), QRegion(), flags)
    finally:
        painter.end()


def _draw(widget: QWidget, parent: ET.Element, names: Iterator[str]) -> None:
    """Add a widget's drawing to its parent's, then its children's to its own.

    One by one, since QSvgGenerator clips all but a window's first widget in the wrong position.
    """
    name = next(names)
    place = {"x": "0", "y": "0", "width": str(widget.width()), "height": str(widget.height())}
    clip = ET.SubElement(ET.SubElement(parent, _DEFINITIONS), _CLIP, id=name)
    ET.SubElement(clip, _RECT, place)
    group = ET.SubElement(parent, _GROUP, {"clip-path": f"url(#{name})"})
    if parent.tag == _GROUP:
        group.set("transform", f"translate({widget.x()},{widget.y()})")
    if isinstance(widget, QAbstractItemView) and _is_cut_off(widget):
        # Many programs do not clip: rows would cover the scroll bars and leave the drawing.
        data = base64.b64encode(png_bytes(widget, _SCALE_INSIDE)).decode()
        link = {f"{{{_XLINK}}}href": f"data:image/png;base64,{data}"}
        ET.SubElement(group, _IMAGE, place | link)
        return
    group.extend(_named(_alone(widget), name))
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            _draw(child, group, names)


def _is_cut_off(table: QAbstractItemView) -> bool:
    """Return whether a table is larger than its widget."""
    bars = table.horizontalScrollBar(), table.verticalScrollBar()
    return any(bar.maximum() > bar.minimum() for bar in bars)


def _alone(widget: QWidget) -> ET.Element:
    """Return the drawing of a widget without its children. Raises FileError."""
    buffer = QBuffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the other version never clips
    generator.setOutputDevice(buffer)
    generator.setResolution(widget.logicalDpiX())
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    view = widget.parent()
    if isinstance(view, QGraphicsView) and widget is view.viewport():
        # A cached background would be drawn as an image.
        before = view.cacheMode()
        view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        _paint(widget, generator, _WIDGET_ALONE)
        view.setCacheMode(before)
    else:
        _paint(widget, generator, _WIDGET_ALONE)
    return ET.parse(io.BytesIO(buffer.data().data())).getroot()


def _named(drawing: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of a drawing, with ids that are unique among drawings."""
    for element in drawing.iter():
        if "stroke-dasharray" in element.attrib:  # else dots of one pixel merge
            element.set("stroke-linecap", "butt")
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, f"{name}{value}")
            elif value.startswith("url(#"):
                element.set(key, f"url(#{name}{value[5:]}")
            elif key == "font-family":  # Qt's name of a font may be unknown elsewhere
                element.set(key, f"{value}, sans-serif")
    return [element for element in drawing if element.tag in {_GROUP, _DEFINITIONS}]


def _tidy(element: ET.Element) -> None:
    """Remove empty groups, and join consecutive line segments."""
    for child in list(element):
        _tidy(child)
        if child.tag in {_GROUP, _DEFINITIONS} and not len(child):
            element.remove(child)
    last: ET.Element | None = None
    for child in list(element):
        if last is not None and _continues(last, child):
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
