"""The notice bar: a question answered by mouse or key, without taking the focus."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import ShortcutWindow, active_window, child, press
from xorviz.ui.chrome.notice_bar import NoticeBar

QUESTION = "The last session ended unexpectedly at step 60\u202f000."


@dataclass
class Harness:
    """A bar above a field, in a window with shortcuts, and its answers."""

    bar: NoticeBar
    other: QLineEdit
    window: ShortcutWindow
    answers: list[str] = field(default_factory=list)

    def ask(self, text: str, answers: list[str]) -> None:
        """Ask a question, and note which answer is given."""
        self.bar.ask(text, {answer: partial(self.answers.append, answer) for answer in answers})

    def buttons(self) -> list[QPushButton]:
        return [b for b in self.bar.findChildren(QPushButton) if b.isVisible()]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    content, bar, other = QWidget(), NoticeBar(), QLineEdit()
    layout = QVBoxLayout(content)
    layout.addWidget(bar)
    layout.addWidget(other)
    window = active_window(qtbot, content, "Space", "Esc")
    harness = Harness(bar, other, window)
    yield harness
    window.hide()


def test_a_question_is_shown_without_taking_the_focus(harness: Harness) -> None:
    assert not harness.bar.isVisible()
    harness.other.setFocus()
    harness.ask(QUESTION, ["Restore", "Discard"])
    assert harness.bar.isVisible()
    assert harness.other.hasFocus()
    assert child(harness.bar, QLabel).text() == QUESTION
    assert [b.text() for b in harness.buttons()] == ["Restore", "Discard"]


@pytest.mark.parametrize("number", some([0, 1, 2], 1))
def test_a_click_answers_and_hides_the_bar(harness: Harness, number: int) -> None:
    harness.ask("?", ["Restore", "Open beside", "Discard"])
    QTest.mouseClick(harness.buttons()[number], Qt.MouseButton.LeftButton)
    assert harness.answers == [["Restore", "Open beside", "Discard"][number]]
    assert not harness.bar.isVisible()


def test_the_bar_is_hidden_before_what_follows_an_answer(qtbot: QtBot, harness: Harness) -> None:
    seen: list[bool] = []
    harness.bar.ask("?", {"Yes": lambda: seen.append(harness.bar.isVisible())})
    with qtbot.waitSignal(harness.bar.answered):
        QTest.mouseClick(harness.buttons()[0], Qt.MouseButton.LeftButton)
    assert seen == [False]


def test_what_follows_an_answer_may_be_another_question(harness: Harness) -> None:
    harness.bar.ask("?", {"Yes": lambda: harness.ask("??", ["No"])})
    QTest.mouseClick(harness.buttons()[0], Qt.MouseButton.LeftButton)
    assert harness.bar.isVisible()
    QTest.mouseClick(harness.buttons()[0], Qt.MouseButton.LeftButton)
    assert harness.answers == ["No"]


def test_tab_reaches_every_answer_and_enter_presses_it(harness: Harness) -> None:
    harness.ask("?", ["Restore", "Discard"])
    harness.other.setFocus()
    reached = []
    for _ in range(3):
        press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        reached.append(focused.objectName() if focused else "")
    assert {"notice_answer_1", "notice_answer_2"} <= set(reached)
    harness.buttons()[1].setFocus()
    press(Qt.Key.Key_Return)
    assert harness.answers == ["Discard"]


@pytest.mark.parametrize("number", some([0, 1], 1))
def test_escape_gives_the_last_answer(harness: Harness, number: int) -> None:
    harness.ask("?", ["Restore", "Discard"])
    harness.buttons()[number].setFocus()
    press(Qt.Key.Key_Escape)
    assert harness.answers == ["Discard"]
    assert harness.window.used == []
    assert not harness.bar.isVisible()


def test_other_keys_are_left_to_the_window(harness: Harness) -> None:
    harness.ask("?", ["Restore", "Discard"])
    harness.buttons()[0].setFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_X)
    assert harness.window.used == ["Space"]
    assert harness.answers == []
    harness.other.setFocus()
    press(Qt.Key.Key_Escape)
    assert harness.window.used == ["Space", "Esc"]
    assert harness.bar.isVisible()


def test_an_answer_moves_the_focus_nowhere(harness: Harness) -> None:
    harness.ask("?", ["Restore", "Discard"])
    harness.buttons()[0].setFocus()
    press(Qt.Key.Key_Return)
    assert not harness.other.hasFocus()


def test_texts_are_plain_and_explained(harness: Harness) -> None:
    harness.ask("<b>run</b> & <img src=x>", ["Yes"])
    assert child(harness.bar, QLabel).textFormat() == Qt.TextFormat.PlainText

    harness.ask(QUESTION, ["Restore", "Discard"])
    assert harness.bar.accessibleName() == QUESTION
    assert [b.toolTip() for b in harness.buttons()] == ["Restore", "Discard (Esc)"]
    for button in harness.buttons():
        assert button.accessibleName() in button.text()
        assert button.accessibleDescription() == QUESTION
        assert button.whatsThis() == harness.bar.whatsThis() != ""


def test_a_long_question_is_elided_beside_its_answers(harness: Harness) -> None:
    harness.ask("?", ["Restore", "Discard"])
    height = harness.bar.sizeHint().height()
    question = "A question of many words. " * 8
    harness.ask(question, ["Restore", "Discard"])
    harness.window.resize(400, 300)
    QApplication.processEvents()
    assert harness.window.width() == 400
    assert harness.bar.height() == height
    assert harness.buttons()[1].geometry().right() < harness.bar.width()
    assert child(harness.bar, QLabel).toolTip() == question


def test_the_first_answer_is_the_default_and_another_question_replaces_it(harness: Harness) -> None:
    harness.ask("?", ["Restore", "Open beside", "Discard"])
    assert [button.isDefault() for button in harness.buttons()] == [True, False, False]

    harness.ask("?", ["a", "b", "c"])
    harness.ask("??", ["Save & quit"])
    (button,) = harness.buttons()
    assert child(harness.bar, QLabel).text() == "??"
    assert button.accessibleName() == "Save & quit"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert harness.answers == ["Save & quit"]
