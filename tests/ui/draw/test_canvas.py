"""What is painted by hand: pointing, clicking, menus, when it is painted, and kept pictures."""

import gc
import weakref

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    heard,
    is_near,
    move_mouse,
    move_pressed,
    near,
    painted_at,
    press_left,
    shown,
)
from xorviz.files.exports.pictures import svg_bytes
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.painted import Painted
from xorviz.ui.theme.palette import DARK

BUTTON, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
LEFT_SPOT, RIGHT_SPOT, NO_SPOT = QPoint(10, 10), QPoint(90, 10), QPoint(50, 90)


class Halves(Canvas):
    """Two spots, left and right, above an empty lower half."""

    is_cached = True
    has_menus = True

    def __init__(self) -> None:
        super().__init__(QSize(90, 80), QSize(20, 20))
        self.done: list[str] = []
        self.pointed: list[object] = heard(self.pointed_at)

    def spot_at(self, point: QPointF) -> str | None:
        if point.y() > self.height() / 2:
            return None
        return "left" if point.x() < self.width() / 2 else "right"

    def _lay_out(self) -> None:
        self.done.append("laid out")

    def _recolour(self) -> None:
        self.done.append(self.theme.name)

    def _paint(self, painter: QPainter) -> None:  # noqa: ARG002
        self.done.append("painted")

    def _paint_marks(self, painter: QPainter) -> None:  # noqa: ARG002
        self.done.append(f"marked {self.marked}")


@pytest.fixture
def halves(qtbot: QtBot) -> Halves:
    halves = shown(qtbot, Halves(), 100, 100)
    halves.grab()
    halves.done.clear()
    return halves


def test_the_picture_is_kept_while_marks_move(qtbot: QtBot, halves: Halves) -> None:
    QApplication.processEvents()
    halves.done.clear()
    halves.mark("left")
    qtbot.waitUntil(lambda: halves.done == ["marked left"])
    halves.mark("left")
    QApplication.processEvents()
    assert halves.done == ["marked left"]
    halves.paint_anew()
    qtbot.waitUntil(lambda: halves.done[1:] == ["painted", "marked left"])
    halves.is_cached = False
    halves.grab()
    halves.grab()
    assert halves.done[3:] == ["painted", "marked left"] * 2
    assert (halves.sizeHint(), halves.minimumSize()) == (QSize(90, 80), QSize(20, 20))


def test_size_font_and_theme_paint_it_anew(qtbot: QtBot, halves: Halves) -> None:
    with qtbot.waitSignal(halves.laid_out):
        halves.resize(120, 100)
    halves.grab()
    assert [done for done in halves.done if "marked" not in done] == ["laid out", "painted"]
    font = halves.font()
    font.setPointSize(17)
    with qtbot.waitSignal(halves.laid_out):
        halves.setFont(font)
    halves.done.clear()
    halves.apply_theme(DARK)
    halves.grab()
    assert halves.done[:2] == ["dark", "painted"]


def test_it_tells_what_is_pointed_at_and_clicked_and_shows_that_by_the_pointer(
    halves: Halves,
) -> None:
    clicked: list[tuple[object, bool]] = []
    shapes, shift = Qt.CursorShape, Qt.KeyboardModifier.ShiftModifier
    for over in (shapes.CrossCursor, shapes.PointingHandCursor):
        for place, shape in ((LEFT_SPOT, over), (NO_SPOT, shapes.ArrowCursor)):
            move_mouse(halves, place)
            assert halves.cursor().shape() == shape
        if over == shapes.CrossCursor:  # from now on it can be clicked, too
            halves.clicked.connect(lambda spot, is_shift: clicked.append((spot, is_shift)))
    twice: list[object] = heard(halves.clicked_twice)
    QTest.mouseClick(halves, BUTTON, pos=LEFT_SPOT)
    QTest.mouseClick(halves, BUTTON, shift, RIGHT_SPOT)
    QTest.mouseClick(halves, BUTTON, pos=NO_SPOT)
    QTest.mouseClick(halves, RIGHT, pos=LEFT_SPOT)
    assert clicked == [("left", False), ("right", True), (None, False)]
    QTest.mouseDClick(halves, BUTTON, pos=LEFT_SPOT)
    QTest.mouseDClick(halves, RIGHT, pos=LEFT_SPOT)
    assert twice == ["left"]
    halves.pointed.clear()
    for place in (LEFT_SPOT, RIGHT_SPOT, NO_SPOT, LEFT_SPOT):
        move_mouse(halves, place)
    QApplication.sendEvent(halves, QEvent(QEvent.Type.Leave))
    assert halves.pointed == ["left", "right", None, "left", None]


def test_a_drag_ends_where_the_button_is_not_held_any_longer(
    halves: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halves, "can_drag", lambda spot: spot == "left")
    ways: list[float] = []
    halves.dragged.connect(lambda _spot, way, _shift: ways.append(way))
    kept: list[bool] = heard(halves.dropped)
    press_left(halves, LEFT_SPOT)
    move_pressed(halves, LEFT_SPOT - QPoint(0, 5))
    assert (ways, kept) == ([5], [])
    move_mouse(halves, LEFT_SPOT - QPoint(0, 9))  # a dialog has taken the release
    move_mouse(halves, RIGHT_SPOT)
    assert (ways, kept, halves.pointed[-1]) == ([5], [False], "right")
    press_left(halves, LEFT_SPOT)
    move_pressed(halves, LEFT_SPOT - QPoint(0, 5))
    press_left(halves, RIGHT_SPOT)  # without any move after the dialog
    assert (ways, kept) == ([5, 5], [False, False])


def test_a_spot_has_its_menu_and_the_rest_is_left_to_the_view(halves: Halves) -> None:
    asked: list[tuple[object, QPoint]] = []
    halves.menu_requested.connect(lambda spot, at: asked.append((spot, at)))
    reasons = QContextMenuEvent.Reason
    taken = []
    for has_menus in (True, False):
        halves.has_menus = has_menus
        for reason, at in (
            (reasons.Mouse, LEFT_SPOT),
            (reasons.Mouse, NO_SPOT),
            (reasons.Keyboard, LEFT_SPOT),
        ):
            event = QContextMenuEvent(reason, at, halves.mapToGlobal(at))
            QApplication.sendEvent(halves, event)
            taken.append(event.isAccepted())
    assert taken == [True, False, False, False, False, False]
    assert asked == [("left", halves.mapToGlobal(LEFT_SPOT))]


# Kept pictures

RED, GREEN = "#C00000", "#00A000"


class Sketch(QWidget):
    """A kept picture of a red left half and a word, with green painted over it."""

    def __init__(self) -> None:
        super().__init__()
        self.picture, self.look = Painted(), "one"
        self.times = 0
        self.was_clipped = True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        self.picture.draw(painter, QRectF(self.rect()), self._paint, self.look)
        self.was_clipped = painter.hasClipping() and painter.clipBoundingRect().right() <= 50
        painter.fillRect(QRectF(50, 50, 50, 50), GREEN)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        self.times += 1
        painter.setClipRect(QRectF(0, 0, 50, 100))
        painter.fillRect(self.rect(), RED)
        painter.drawText(5, 20, f"{painter.font().pixelSize()} pixels")


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    return shown(qtbot, Sketch(), 100, 100)


def test_a_picture_is_painted_again_only_for_another_look(sketch: Sketch) -> None:
    first = sketch.grab().toImage()
    assert near(first, RED)[60, 25]
    assert near(first, GREEN)[75, 75]
    assert is_near(first.pixelColor(75, 25), sketch.palette().window().color())
    font = sketch.font()
    font.setPixelSize(23)
    for change in (
        sketch.picture.clear,
        lambda: sketch.resize(140, 60),
        lambda: sketch.setFont(font),
        lambda: setattr(sketch, "look", "two"),
    ):
        change()
        times = sketch.times
        sketch.grab()
        sketch.grab()
        assert sketch.times == times + 1
    image = painted_at(sketch, 2)
    assert sketch.picture.pixmap is not None
    assert sketch.picture.pixmap.size() == image.size(), "as many pixels as the screen"
    assert near(image, RED)[50, 98:102].tolist() == [True, True, False, False]


def test_a_vector_drawing_gets_the_picture_itself_and_its_clip_ends(sketch: Sketch) -> None:
    for write in (svg_bytes, QWidget.grab):
        sketch.was_clipped = True
        write(sketch)
        assert not sketch.was_clipped
    kept = sketch.picture.pixmap
    svg = svg_bytes(sketch).decode()
    assert "<image" not in svg
    assert " pixels<" in svg
    assert sketch.picture.pixmap is kept is not None


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
