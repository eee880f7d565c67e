"""The notice bar: a question answered by mouse or key, without taking the focus."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, child, press
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.ui.forms.boxes import column
from xorviz.ui.said import told_of

QUESTION = "The last session ended unexpectedly at step 60\u202f000 & <b>was not saved</b>."
LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
ANSWERS = ("Restore", "Open beside", "Save & quit")


class Harness:
    """A bar above a field, in a window with shortcuts, and its answers."""

    def __init__(self, qtbot: QtBot) -> None:
        content, self.bar, self.other = QWidget(), NoticeBar(), QLineEdit()
        column(content, self.bar, self.other)
        self.window = active_window(qtbot, content, "Space", "Esc")
        self.answers: list[str] = []
        self.other.setFocus()

    def ask(self, text: str, *answers: str) -> None:
        """Ask a question, and note which answer is given."""
        self.bar.ask(text, {answer: partial(self.answers.append, answer) for answer in answers})

    @property
    def buttons(self) -> list[QPushButton]:
        return [b for b in self.bar.findChildren(QPushButton) if b.isVisible()]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(qtbot)
    yield harness
    harness.window.hide()


def test_a_question_is_plain_explained_and_alerts_but_takes_no_focus(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[QAccessible.Event] = []
    tell = QAccessible.updateAccessibility

    def note(event: QAccessibleEvent) -> None:
        told.append(event.type())
        tell(event)

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    assert not harness.bar.isVisible()
    harness.ask("?", *ANSWERS)
    harness.ask(QUESTION, *ANSWERS[1:])  # before it
    assert harness.bar.isVisible()
    assert harness.other.hasFocus()
    assert told.count(QAccessible.Event.Alert) == 2
    label = child(harness.bar, QLabel, "notice_text")
    assert (label.text(), label.textFormat()) == (QUESTION, Qt.TextFormat.PlainText)
    assert harness.bar.accessibleName() == QUESTION
    assert "&lt;b&gt;" in label.toolTip()
    assert [b.text() for b in harness.buttons] == ["Open beside", "Save && quit"]
    assert [b.isDefault() for b in harness.buttons] == [True, False]
    assert ["Esc" in b.toolTip() for b in harness.buttons] == [False, True]
    for button in harness.buttons:
        assert button.accessibleDescription() == QUESTION
        assert told_of(button)[0] == told_of(harness.bar)[0] != ""


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("way", ["click", "Enter", "Esc"])
def test_an_answer_is_given_once_the_bar_is_hidden_and_moves_the_focus_nowhere(
    harness: Harness, number: int, way: str
) -> None:
    harness.ask("?", *ANSWERS)
    button = harness.buttons[number]
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    if way == "click":
        QTest.mouseClick(button, LEFT)
    else:
        button.setFocus()
        press(Key.Key_Return if way == "Enter" else Key.Key_Escape)
    assert harness.answers == [ANSWERS[-1 if way == "Esc" else number]]
    assert not harness.bar.isVisible()
    assert harness.other.hasFocus() == (way == "click")
    assert harness.window.used == []


def test_what_follows_an_answer_may_be_another_question(harness: Harness) -> None:
    seen: list[bool] = []

    def follow() -> None:
        seen.append(harness.bar.isVisible())
        harness.ask("??", "No")

    harness.bar.ask("?", {"Yes": follow})
    QTest.mouseClick(harness.buttons[0], LEFT)
    assert seen == [False]
    assert harness.bar.isVisible()
    QTest.mouseClick(harness.buttons[0], LEFT)
    assert harness.answers == ["No"]


def test_questions_and_notices_wait_for_each_other_and_none_is_lost(harness: Harness) -> None:
    harness.bar.show_notice("Notice")
    harness.ask("Older?", "Yes", "No")
    harness.ask("Newer?", "Yes", "No")
    harness.bar.show_notice("Next notice")
    told = []
    while harness.bar.isVisible():
        told.append((harness.bar.accessibleName(), child(harness.bar, QLabel, "quiet").text()))
        QTest.keyClick(harness.bar, Key.Key_Escape)
    order = ("Newer?", "Older?", "Next notice", "Notice")
    assert told == list(zip(order, ("3 more", "2 more", "1 more", "0 more"), strict=True))
    assert harness.answers == ["No", "No"]


def test_what_the_user_is_about_to_answer_stays(harness: Harness) -> None:
    harness.bar.show_notice("Notice")
    harness.buttons[0].setFocus()
    harness.ask("Question?", "Yes", "No")
    assert harness.bar.accessibleName() == "Notice"
    press(Key.Key_Return)
    assert (harness.bar.accessibleName(), harness.answers) == ("Question?", [])
    QTest.mouseMove(harness.buttons[1])
    QApplication.processEvents()
    assert harness.bar.underMouse()
    harness.ask("Newer?", "Yes", "No")
    assert harness.bar.accessibleName() == "Question?"
    QTest.mouseMove(harness.other)
    QApplication.processEvents()
    assert harness.bar.accessibleName() == "Newer?"


def test_other_keys_are_left_to_the_window(harness: Harness) -> None:
    harness.ask("?", *ANSWERS)
    harness.buttons[0].setFocus()
    press(Key.Key_Space)
    press(Key.Key_X)
    harness.other.setFocus()
    press(Key.Key_Escape)
    assert (harness.window.used, harness.answers) == (["Space", "Esc"], [])
    assert harness.bar.isVisible()
