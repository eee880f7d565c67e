"""What's This: one thing, two sentences, and a link, by the mouse and by keyboard."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QWhatsThisClickedEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTabBar, QToolTip, QVBoxLayout, QWhatsThis, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.ui.said import WhatsThis, tell, told_of
from xorviz.ui.table import Column, Table

SHIFT = Qt.KeyboardModifier.ShiftModifier


class Board(QWidget):
    """Two halves, of which the left one is a thing."""

    def about_at(self, point: QPoint | None) -> str:
        return "The left half." if point is not None and point.x() < self.width() / 2 else ""


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return shown(qtbot, Board(), 200, 100)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(QWhatsThis, "showText", lambda _at, text, _window: texts.append(text))
    return texts


def ask(widget: QWidget, x: int, y: int) -> QHelpEvent:
    """Ask what is at a place, as a click does after Help > What's This."""
    at = QPoint(x, y)
    event = QHelpEvent(QEvent.Type.WhatsThis, at, widget.mapToGlobal(at))
    QCoreApplication.sendEvent(widget, event)
    return event


def test_the_thing_comes_first_then_the_nearest_text_and_never_more_than_two_sentences(
    board: Board,
) -> None:
    tell(board, "All of it, at 0.5. E.g. this. And more.", "panels")
    part = QLineEdit(board)
    part.setToolTip("A part.")
    for x, wanted in ((10, "The left half."), (150, "All of it, at 0.5. E.g. this.")):
        assert told_of(board, board.mapToGlobal(QPoint(x, 5))) == (wanted, "panels")
    part.move(120, 0)
    assert told_of(part, board.mapToGlobal(QPoint(150, 5))) == ("A part.", "panels")
    assert told_of(part) == ("A part.", "panels"), "by keyboard"


def test_cells_headers_and_tabs_say_their_own(qtbot: QtBot) -> None:
    column = Column("a", str, "A number", details=lambda row: f"It is {row}")
    table, tabs = Table("Numbers", (column,), 9), QTabBar()
    table.rows.show_rows([3, 4])
    tabs.addTab("one")
    tabs.setTabToolTip(0, "The first")
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(tabs)
    layout.addWidget(table)
    shown(qtbot, page, 200, 200)
    place = table.visualRect(table.model().index(1, 0)).center()
    header = table.horizontalHeader().viewport()
    for part, at, wanted in (
        (table.viewport(), place, "It is 4"),
        (header, QPoint(5, 5), "A number"),
        (tabs, QPoint(5, 5), "The first"),
    ):
        assert told_of(part, part.mapToGlobal(at))[0] == wanted
    table.setCurrentIndex(table.model().index(0, 0))
    assert told_of(table)[0] == "It is 3"


def test_a_window_answers_clicks_and_shift_f1_with_a_link_that_opens_the_guide(
    qtbot: QtBot, board: Board, said: list[str]
) -> None:
    opened: list[str] = []
    WhatsThis(board, opened.append)
    inside = QWidget(board)
    inside.resize(board.size())
    field = QLineEdit(inside)
    field.setToolTip("A <i>field</i>")
    inside.show()
    field.setFocus()
    tell(board, "1 < 2", "words")
    assert ask(inside, 20, 50).isAccepted()
    assert ask(inside, 150, 50).isAccepted()
    with qtbot.waitActive(board):
        board.activateWindow()
    QTest.keyClick(field, Qt.Key.Key_F1, SHIFT)
    QTest.keyClick(field, Qt.Key.Key_F1)
    ink = QToolTip.palette().toolTipText().color().name()
    link = f'<a href="words" style="color: {ink}">More in the guide</a>'
    texts = ("The left half.", "1 &lt; 2.", "A <i>field</i>.")
    assert said == [f"<p>{text} {link}</p>" for text in texts]
    QCoreApplication.sendEvent(board, QWhatsThisClickedEvent("words"))
    assert opened == ["words"]


def test_without_a_guide_there_is_no_link(board: Board, said: list[str]) -> None:
    WhatsThis(board)
    tell(board, "All.", "words")
    ask(board, 150, 5)
    assert said == ["<p>All.</p>"]
