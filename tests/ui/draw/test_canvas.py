"""What is painted by hand: pointing, clicking, menus, and when it is painted."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import move_mouse, shown
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.theme.palette import DARK


class Halves(Canvas):
    """Two spots, left and right, above an empty lower half."""

    is_cached = True
    has_menus = True

    def __init__(self) -> None:
        super().__init__(QSize(90, 80), QSize(20, 20))
        self.done: list[str] = []

    def spot_at(self, point: QPointF) -> str | None:
        if point.y() > self.height() / 2:
            return None
        return "left" if point.x() < self.width() / 2 else "right"

    def neighbour(self, dx: int, dy: int) -> str:  # noqa: ARG002
        return "right" if dx > 0 else "left"

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


def test_the_picture_is_kept_while_marks_move(halves: Halves) -> None:
    halves.mark("left")
    halves.grab()
    assert halves.done[-1:] == ["marked left"]
    assert "painted" not in halves.done
    halves.paint_anew()
    halves.grab()
    assert halves.done[-2:] == ["painted", "marked left"]


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


def test_it_tells_what_is_pointed_at_and_clicked(halves: Halves) -> None:
    pointed: list[object] = []
    clicked: list[tuple[object, bool]] = []
    twice: list[object] = []
    halves.pointed_at.connect(pointed.append)
    halves.clicked.connect(lambda spot, is_shift: clicked.append((spot, is_shift)))
    halves.clicked_twice.connect(twice.append)
    left, right, below = QPoint(10, 10), QPoint(90, 10), QPoint(50, 90)
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseMove(halves, right)
    QTest.mouseClick(halves, Qt.MouseButton.LeftButton, pos=left)
    QTest.mouseClick(halves, Qt.MouseButton.LeftButton, shift, right)
    QTest.mouseClick(halves, Qt.MouseButton.LeftButton, pos=below)
    QTest.mouseClick(halves, Qt.MouseButton.RightButton, pos=left)
    assert clicked == [("left", False), ("right", True), (None, False)]
    QTest.mouseDClick(halves, Qt.MouseButton.LeftButton, pos=left)
    assert twice == ["left"]
    QTest.mouseMove(halves, left)
    assert {"left", "right"} >= set(pointed)
    assert pointed[-1] == "left"


def test_a_spot_has_its_menu_and_the_rest_is_left_to_the_view(halves: Halves) -> None:
    asked: list[tuple[object, QPoint]] = []
    halves.menu_requested.connect(lambda spot, at: asked.append((spot, at)))
    reasons = QContextMenuEvent.Reason
    taken = []
    for reason, at in (
        (reasons.Mouse, QPoint(10, 10)),
        (reasons.Mouse, QPoint(10, 90)),
        (reasons.Keyboard, QPoint(10, 10)),
    ):
        event = QContextMenuEvent(reason, at, halves.mapToGlobal(at))
        QApplication.sendEvent(halves, event)
        taken.append(event.isAccepted())
    assert taken == [True, False, False]
    assert asked == [("left", halves.mapToGlobal(QPoint(10, 10)))]


def test_the_pointer_says_whether_a_spot_can_be_clicked_or_only_read(halves: Halves) -> None:
    shapes = Qt.CursorShape
    for shape in (shapes.CrossCursor, shapes.PointingHandCursor):
        for place, expected in (((20, 20), shape), ((20, 80), shapes.ArrowCursor)):
            move_mouse(halves, QPoint(*place))
            assert halves.cursor().shape() == expected
        halves.clicked.connect(lambda *_: None)
