"""The notice bar: a question answered by mouse or key, without taking the focus."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import ShortcutWindow, active_window, child, press
from xorviz.ui.chrome.notice_bar import NoticeBar

QUESTION = "The last session ended unexpectedly at step 60\u2009000."


@dataclass
class Bench:
    """A bar above a field, in a window with shortcuts, and its answers."""

    bar: NoticeBar
    other: QLineEdit
    window: ShortcutWindow
    answers: list[str] = field(default_factory=list)

    def buttons(self) -> list[QPushButton]:
        return [b for b in self.bar.findChildren(QPushButton) if b.isVisible()]


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    content, bar, other = QWidget(), NoticeBar(), QLineEdit()
    layout = QVBoxLayout(content)
    layout.addWidget(bar)
    layout.addWidget(other)
    window = active_window(qtbot, content, "Space", "Esc")
    bench = Bench(bar, other, window)
    bar.answered.connect(bench.answers.append)
    yield bench
    window.hide()


def test_a_question_is_shown_without_taking_the_focus(bench: Bench) -> None:
    assert not bench.bar.isVisible()
    bench.other.setFocus()
    bench.bar.ask(QUESTION, ["Restore", "Discard"])
    assert bench.bar.isVisible()
    assert bench.other.hasFocus()
    assert child(bench.bar, QLabel).text() == QUESTION
    assert [b.text() for b in bench.buttons()] == ["Restore", "Discard"]


@pytest.mark.parametrize("number", some([0, 1, 2], 1))
def test_a_click_answers_and_hides_the_bar(bench: Bench, number: int) -> None:
    bench.bar.ask("?", ["Restore", "Open beside", "Discard"])
    QTest.mouseClick(bench.buttons()[number], Qt.MouseButton.LeftButton)
    assert bench.answers == [["Restore", "Open beside", "Discard"][number]]
    assert not bench.bar.isVisible()


def test_the_bar_is_hidden_before_the_answer_is_emitted(bench: Bench) -> None:
    seen: list[bool] = []
    bench.bar.answered.connect(lambda _: seen.append(bench.bar.isVisible()))
    bench.bar.ask("?", ["Yes"])
    QTest.mouseClick(bench.buttons()[0], Qt.MouseButton.LeftButton)
    assert seen == [False]


def test_tab_reaches_every_answer_and_enter_presses_it(bench: Bench) -> None:
    bench.bar.ask("?", ["Restore", "Discard"])
    bench.other.setFocus()
    reached = []
    for _ in range(3):
        press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        reached.append(focused.objectName() if focused else "")
    assert {"notice_answer_1", "notice_answer_2"} <= set(reached)
    bench.buttons()[1].setFocus()
    press(Qt.Key.Key_Return)
    assert bench.answers == ["Discard"]


@pytest.mark.parametrize("number", some([0, 1], 1))
def test_escape_gives_the_last_answer(bench: Bench, number: int) -> None:
    bench.bar.ask("?", ["Restore", "Discard"])
    bench.buttons()[number].setFocus()
    press(Qt.Key.Key_Escape)
    assert bench.answers == ["Discard"]
    assert bench.window.used == []
    assert not bench.bar.isVisible()


def test_other_keys_are_left_to_the_window(bench: Bench) -> None:
    bench.bar.ask("?", ["Restore", "Discard"])
    bench.buttons()[0].setFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_X)
    assert bench.window.used == ["Space"]
    assert bench.answers == []
    bench.other.setFocus()
    press(Qt.Key.Key_Escape)
    assert bench.window.used == ["Space", "Esc"]
    assert bench.bar.isVisible()


def test_an_answer_moves_the_focus_nowhere(bench: Bench) -> None:
    bench.bar.ask("?", ["Restore", "Discard"])
    bench.buttons()[0].setFocus()
    press(Qt.Key.Key_Return)
    assert not bench.other.hasFocus()


def test_a_question_has_one_to_three_answers(bench: Bench) -> None:
    for answers in [[], ["a", "b", "c", "d"]]:
        with pytest.raises(ValueError, match="1 to 3 answers"):
            bench.bar.ask("?", answers)
        assert not bench.bar.isVisible()


def test_texts_are_plain_and_explained(bench: Bench) -> None:
    bench.bar.ask("<b>run</b> & <img src=x>", ["Yes"])
    assert child(bench.bar, QLabel).textFormat() == Qt.TextFormat.PlainText

    bench.bar.ask(QUESTION, ["Restore", "Discard"])
    assert bench.bar.accessibleName() == QUESTION
    assert [b.toolTip() for b in bench.buttons()] == ["Restore", "Discard (Esc)"]
    for button in bench.buttons():
        assert button.accessibleName() in button.text()
        assert button.accessibleDescription() == QUESTION
        assert button.whatsThis() == bench.bar.whatsThis() != ""


def test_a_long_question_is_elided_beside_its_answers(bench: Bench) -> None:
    bench.bar.ask("?", ["Restore", "Discard"])
    height = bench.bar.sizeHint().height()
    question = "A question of many words. " * 8
    bench.bar.ask(question, ["Restore", "Discard"])
    bench.window.resize(400, 300)
    QApplication.processEvents()
    assert bench.window.width() == 400
    assert bench.bar.height() == height
    assert bench.buttons()[1].geometry().right() < bench.bar.width()
    assert child(bench.bar, QLabel).toolTip() == question


def test_the_first_answer_is_the_default_and_another_question_replaces_it(bench: Bench) -> None:
    bench.bar.ask("?", ["Restore", "Open beside", "Discard"])
    assert [button.isDefault() for button in bench.buttons()] == [True, False, False]

    bench.bar.ask("?", ["a", "b", "c"])
    bench.bar.ask("??", ["Save & quit"])
    (button,) = bench.buttons()
    assert child(bench.bar, QLabel).text() == "??"
    assert button.accessibleName() == "Save & quit"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.answers == ["Save & quit"]
