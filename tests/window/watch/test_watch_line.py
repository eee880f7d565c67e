"""The line of a watched run: what it says, and what a narrow one goes without."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from xorviz.ui.chrome.strip_button import StatusMark
from xorviz.window.watch.watch_line import LineText, WatchLine

TEXT = LineText(
    name="my network",
    state="step 12\u202f340",
    watched="watched",
    speed="1\u202f430 steps/s",
    assumed="rate 0.5 assumed",
    is_live=True,
    tip="all that is known",
)
WHOLE = "my network, watched, step 12\u202f340, 1\u202f430 steps/s, rate 0.5 assumed"
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


def test_a_narrow_one_goes_without_what_tells_least(line: WatchLine) -> None:
    seen: list[tuple[str, bool, int]] = []
    for width in range(1250, 420, -10):
        line.resize(width, 40)
        QTest.qWait(0)
        is_whole = line.verdict.width() >= line.verdict.whole_width
        state = (said(line), is_whole, len(buttons(line)))
        if not seen or seen[-1] != state:
            seen.append(state)
    step = "step 12\u202f340"
    texts = [
        *(WHOLE, f"my network, watched, {step}, 1\u202f430 steps/s"),
        *(f"my network, {step}, 1\u202f430 steps/s", f"my network, {step}", "my network"),
    ]
    unfolded = [texts.index(text) for text, _, count in seen if count == 2]
    folded = [texts.index(text) for text, _, count in seen if count == 1]
    assert unfolded == [0, 1, 2, 3]  # then the buttons are in a menu
    assert folded == sorted(folded)
    assert folded[-1] == 4
    assert [is_whole for _, is_whole, _ in seen] == [True] * (len(seen) - 1) + [False]
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
        line.show_run(replace(TEXT, state=f"step 12\u202f{300 + step}"))
        QTest.qWait(0)
        assert (label.geometry(), line.verdict.geometry()) == before


def test_larger_text_needs_more_space(line: WatchLine) -> None:
    font = line.font()
    font.setPointSizeF(2 * font.pointSizeF())
    line.setFont(font)
    QTest.qWait(0)
    assert "assumed" not in said(line)
    assert line.verdict.geometry().right() <= line.width()


def test_the_verdict_opens_the_check_and_offers_change(qtbot: QtBot, line: WatchLine) -> None:
    with qtbot.waitSignal(line.check_clicked):
        line.verdict.click()
    line.show_offers(line._offers[:1])
    assert buttons(line) == ["Train from this state"]
