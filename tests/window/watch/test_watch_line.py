"""The line of a watched run: what it says, and what gives way in a narrow one."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from xorviz.ui.chrome.strip_button import StatusMark
from xorviz.window.watch.watch_line import LineText, WatchLine

TEXT = LineText("my network", ", watched, step 12\u202f340", True, "all that is known")
WHOLE = TEXT.name + TEXT.does
VERDICT = "Step 1 is faulty: b1: not updated"


@pytest.fixture
def line(qtbot: QtBot) -> WatchLine:
    actions = (QAction("Train from t&his state"), QAction("C&ompare with a correct copy"))
    for name, action in zip(("continue_here", "train_twin"), actions, strict=True):
        action.setObjectName(name)
    made = WatchLine(actions)
    qtbot.addWidget(made)
    made.resize(1250, 40)
    with qtbot.waitExposed(made):
        made.show()
    made.show_run(TEXT)
    made.show_verdict(StatusMark.DIAMOND, "Step 1 is faulty:", VERDICT, "how it was found")
    return made


def said(line: WatchLine) -> str:
    return child(line, QLabel, "watched_run").text()


def buttons(line: WatchLine) -> list[str]:
    return [button.text() for button in line.findChildren(QPushButton) if button.isVisible()]


def test_it_names_the_run_and_the_verdict_and_offers_both_buttons(line: WatchLine) -> None:
    assert said(line) == WHOLE
    assert line.verdict.line.text() == VERDICT
    assert line.verdict.toolTip() == "how it was found"
    assert buttons(line) == ["Train from this state", "Compare with a correct copy"]


def test_in_a_narrow_one_the_buttons_are_in_a_menu_and_then_the_text_is_cut(
    line: WatchLine,
) -> None:
    label, seen = child(line, QLabel, "watched_run"), list[tuple[int, bool, bool]]()
    whole = label.width()
    for width in range(1250, 420, -10):
        line.resize(width, 40)
        QTest.qWait(0)
        is_whole = line.verdict.width() >= line.verdict.whole_width
        state = (len(buttons(line)), label.width() == whole, is_whole)
        if not seen or seen[-1] != state:
            seen.append(state)
    assert seen == [(2, True, True), (1, True, True), (1, False, True), (1, False, False)]
    assert said(line) == WHOLE
    assert [one.text() for one in line._more.menu().actions()] == [
        *("Train from t&his state", "C&ompare with a correct copy")
    ]


def test_a_long_name_gives_way_to_the_verdict(line: WatchLine) -> None:
    line.resize(830, 40)
    line.show_run(replace(TEXT, name=60 * "n"))
    QTest.qWait(0)
    assert line.verdict.width() >= line.verdict.whole_width


def test_other_digits_move_nothing(line: WatchLine) -> None:
    label = child(line, QLabel, "watched_run")
    before = label.geometry(), line.verdict.geometry()
    for step in range(100):
        line.show_run(replace(TEXT, does=f", watched, step 12\u202f{300 + step}"))
        QTest.qWait(0)
        assert (label.geometry(), line.verdict.geometry()) == before


def test_larger_text_needs_more_space(line: WatchLine) -> None:
    font = line.font()
    font.setPointSizeF(2 * font.pointSizeF())
    line.setFont(font)
    QTest.qWait(0)
    assert line.verdict.geometry().right() <= line.width()


def test_the_verdict_opens_the_check_and_offers_change(qtbot: QtBot, line: WatchLine) -> None:
    with qtbot.waitSignal(line.check_clicked):
        line.verdict.click()
    line.show_offers(line._offers[:1])
    assert buttons(line) == ["Train from this state"]
