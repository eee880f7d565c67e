"""The left button picks steps; everything else is left to pyqtgraph."""

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text
from xorviz.ui.plot.plot import Plot
from xorviz.ui.plot.step_picker import StepPicker

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class Board:
    """A plot with a picker, and what it has emitted."""

    def __init__(self, qtbot: QtBot) -> None:
        step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
        self.plot = Plot(bottom=step, left=loss)
        self.window = QWidget()
        QVBoxLayout(self.window).addWidget(self.plot)
        shown(qtbot, self.window)
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()
        self.box = self.plot.getPlotItem().getViewBox()
        self.picker = StepPicker(self.plot, self.box)
        self.emitted: list[tuple[str, QPoint | None]] = []
        self.picker.pressed.connect(lambda at: self._note("pressed", at))
        self.picker.dragged.connect(lambda at: self._note("dragged", at))
        self.picker.left.connect(lambda: self.emitted.append(("left", None)))
        self.picker.fit_requested.connect(lambda: self.emitted.append(("fit", None)))

    def _note(self, what: str, at: QPointF) -> None:
        self.emitted.append((what, self.plot.mapFromScene(at)))

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    @property
    def middle(self) -> QPoint:
        place = self.plot.mapFromScene(self.box.sceneBoundingRect().center())
        assert isinstance(place, QPoint)
        return place

    @property
    def on_axis(self) -> QPoint:
        return QPoint(8, self.middle.y())

    @property
    def range(self) -> list[list[float]]:
        return [list(ends) for ends in self.box.viewRange()]

    def drag(
        self, button: Qt.MouseButton, modifier: Qt.KeyboardModifier, start: QPoint, end: QPoint
    ) -> None:
        QTest.mousePress(self.viewport, button, modifier, start)
        for share in (0.5, 1.0):
            QTest.mouseMove(self.viewport, start + (end - start) * share)
            QApplication.processEvents()
        QTest.mouseRelease(self.viewport, button, modifier, end)


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def test_a_click_emits_its_point(board: Board) -> None:
    QTest.mouseClick(board.viewport, LEFT, pos=board.middle)
    assert board.emitted == [("pressed", board.middle)]


def test_a_drag_emits_every_point_and_keeps_the_range(board: Board) -> None:
    before, end = board.range, board.middle + QPoint(40, 10)
    board.drag(LEFT, NONE, board.middle, end)
    assert board.emitted == [
        ("pressed", board.middle),
        ("dragged", board.middle + QPoint(20, 5)),
        ("dragged", end),
    ]
    assert board.range == before


def test_a_drag_continues_outside_of_the_axes(board: Board) -> None:
    board.drag(LEFT, NONE, board.middle, board.on_axis)
    assert board.emitted[-1] == ("dragged", board.on_axis)


def test_moves_after_the_release_emit_nothing(board: Board) -> None:
    board.drag(LEFT, NONE, board.middle, board.middle + QPoint(5, 5))
    board.emitted.clear()
    QTest.mouseMove(board.viewport, board.middle + QPoint(30, 30))
    QApplication.processEvents()
    assert board.emitted == []


@pytest.mark.parametrize(("button", "modifier"), [(MIDDLE, NONE), (LEFT, SHIFT)])
def test_the_middle_button_and_shift_pan(
    board: Board, button: Qt.MouseButton, modifier: Qt.KeyboardModifier
) -> None:
    before = board.range
    board.drag(button, modifier, board.middle, board.middle + QPoint(60, 30))
    assert board.emitted == []
    assert board.range != before


def test_a_double_click_inside_is_two_presses(board: Board) -> None:
    QTest.mouseClick(board.viewport, LEFT, pos=board.middle)
    QTest.mouseDClick(board.viewport, LEFT, pos=board.middle)
    assert set(board.emitted) == {("pressed", board.middle)}


def test_a_double_click_on_an_axis_requests_a_fit(board: Board) -> None:
    QTest.mouseDClick(board.viewport, LEFT, pos=board.on_axis)
    assert board.emitted == [("fit", None)]


def test_a_click_on_an_axis_emits_nothing(board: Board) -> None:
    QTest.mouseClick(board.viewport, LEFT, pos=board.on_axis)
    assert board.emitted == []


def test_a_release_elsewhere_ends_the_drag(board: Board) -> None:
    QTest.mousePress(board.viewport, LEFT, pos=board.middle)
    board.emitted.clear()
    place = QPointF(board.middle + QPoint(9, 9))
    there = QPointF(board.viewport.mapToGlobal(place))
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, place, there, none, none, NONE)
    QApplication.sendEvent(board.viewport, move)
    assert board.emitted == []
    QTest.mouseRelease(board.viewport, LEFT, pos=board.middle)


def test_leaving_with_the_mouse_is_emitted(board: Board) -> None:
    QApplication.sendEvent(board.viewport, QEvent(QEvent.Type.Leave))
    assert board.emitted == [("left", None)]
