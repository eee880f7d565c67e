"""The cached picture of a widget: when it is repainted, its scale, and SVG."""

import gc
import weakref

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, shown
from xorviz.files.exports.pictures import svg_bytes
from xorviz.ui.draw.painted import Painted

RED, GREEN = QColor("#c00000"), QColor("#00a000")


class Sketch(QWidget):
    """A cached picture of a red left half and a word, with green painted over it."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = Painted()
        self.times = 0
        self.fonts: list[int] = []
        self.was_clipped = True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        self.picture.draw(painter, QRectF(self.rect()), self._paint)
        self.was_clipped = painter.hasClipping() and painter.clipBoundingRect().right() <= 50
        painter.fillRect(QRectF(50, 50, 50, 50), GREEN)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        self.times += 1
        self.fonts.append(painter.font().pixelSize())
        painter.setClipRect(QRectF(0, 0, 50, 100))
        painter.fillRect(self.rect(), RED)
        painter.drawText(5, 20, "word")


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    return shown(qtbot, Sketch(), 100, 100)


def enlarged(sketch: Sketch, scale: int) -> QImage:
    image = QImage(sketch.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.white)
    sketch.render(image)
    return image


def test_it_is_painted_once_and_transparently(sketch: Sketch) -> None:
    first = sketch.grab().toImage()
    times, kept = sketch.times, sketch.picture.pixmap
    assert sketch.grab().toImage() == first
    assert sketch.times == times
    assert sketch.picture.pixmap is kept
    assert is_near(first.pixelColor(25, 75), RED)
    assert is_near(first.pixelColor(75, 75), GREEN)

    image = enlarged(sketch, 1)
    before = sketch.palette().color(sketch.backgroundRole())
    assert is_near(image.pixelColor(75, 25), before)


def test_it_is_repainted_after_clear(sketch: Sketch) -> None:
    sketch.grab()
    times = sketch.times
    sketch.picture.clear()
    sketch.grab()
    sketch.grab()
    assert sketch.times == times + 1


def test_it_is_repainted_in_another_size(sketch: Sketch) -> None:
    sketch.grab()
    times = sketch.times
    sketch.resize(140, 60)
    sketch.grab()
    assert sketch.times == times + 1
    assert sketch.picture.pixmap is not None
    assert sketch.picture.pixmap.size() == sketch.size()


@pytest.mark.parametrize("scale", some([2, 3], 1))
def test_a_larger_scale_has_more_pixels(sketch: Sketch, scale: int) -> None:
    image = enlarged(sketch, scale)
    assert sketch.picture.pixmap is not None
    assert sketch.picture.pixmap.size() == image.size()
    assert is_near(image.pixelColor(50 * scale - 1, 10), RED)
    assert not is_near(image.pixelColor(50 * scale, 10), RED)


def test_it_uses_the_font_of_the_widget(sketch: Sketch) -> None:
    font = sketch.font()
    font.setPixelSize(23)
    sketch.setFont(font)
    sketch.picture.clear()
    sketch.grab()
    assert sketch.fonts[-1] == 23


def test_an_svg_has_text_and_no_image(sketch: Sketch) -> None:
    sketch.grab()
    kept = sketch.picture.pixmap
    svg = svg_bytes(sketch).decode()
    assert "<image" not in svg
    assert ">word<" in svg
    assert sketch.picture.pixmap is kept


def test_the_painter_s_clip_is_restored(sketch: Sketch) -> None:
    for write in (svg_bytes, QWidget.grab):
        sketch.was_clipped = True
        write(sketch)
        assert not sketch.was_clipped


def test_a_picture_does_not_keep_its_widget_alive(qtbot: QtBot) -> None:
    sketch = Sketch()
    sketch.resize(100, 100)
    sketch.grab()
    picture, gone = sketch.picture, weakref.ref(sketch)
    gc.disable()  # a cycle would wait for it
    try:
        del sketch
        assert gone() is None
    finally:
        gc.enable()
    assert picture.pixmap is not None
