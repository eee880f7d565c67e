"""Where the last start did not finish, its layout is given up, and can be chosen again."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from xorviz.window.docks import guard

from tests.support.cases import some
from tests.support.commands import python
from tests.support.windows import Open, find
from tests.window.docks.test_docks import panel, shown
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.main_window import MainWindow

DIE_AT_START = """
import os, pathlib, sys
from xorviz.window.docks.start_mark import StartMark

assert not StartMark(pathlib.Path(sys.argv[1])).set()
os._exit(9)
"""


def die_at_start(store: QSettings) -> None:
    """Leave what a start leaves that was killed before its first frame."""
    path = Path(store.fileName()).parent / guard.FILE_NAME
    assert python("-c", DIE_AT_START, path).status == 9
    assert path.exists()


def question(window: MainWindow) -> str:
    return find(window, QLabel, "notice_text").text() if notice(window).isVisible() else ""


def notice(window: MainWindow) -> NoticeBar:
    return find(window, NoticeBar, "notice_bar")


def answer(window: MainWindow, text: str) -> None:
    buttons = notice(window).findChildren(QPushButton)
    next(b for b in buttons if b.text() == text and b.isVisible()).click()


@pytest.fixture
def own_layout(open_window: Open) -> list[str]:
    """Save a layout of a person, and return its panels."""
    window = open_window()
    panel(window, "Loss").hide()
    own = sorted(shown(window))
    window.close()
    return own


@pytest.mark.thorough
def test_a_start_that_succeeds_leaves_no_mark(
    qtbot: QtBot, open_window: Open, store: QSettings, own_layout: list[str]
) -> None:
    path = Path(store.fileName()).parent / guard.FILE_NAME
    assert not path.exists()  # closed in order
    window = open_window()
    assert sorted(shown(window)) == own_layout
    assert path.exists()
    qtbot.waitUntil(lambda: not path.exists())


@pytest.mark.thorough
def test_the_layout_is_given_up_where_the_last_start_died(
    open_window: Open, store: QSettings, own_layout: list[str]
) -> None:
    die_at_start(store)
    window = open_window()
    assert "Loss" in shown(window)
    assert question(window).startswith("The last start of xorviz did not finish.")
    answer(window, guard.USE)
    assert sorted(shown(window)) == own_layout
    assert question(window) == ""
    window.close()
    assert sorted(shown(open_window())) == own_layout


@pytest.mark.thorough
@pytest.mark.parametrize("is_answered", some([True, False], 1))
def test_the_default_layout_stays_unless_the_other_is_chosen(
    open_window: Open, store: QSettings, own_layout: list[str], is_answered: bool
) -> None:
    die_at_start(store)
    window = open_window()
    if is_answered:
        answer(window, guard.KEEP)
    window.close()
    again = open_window()
    assert "Loss" in shown(again)
    assert "Loss" not in own_layout
    assert question(again) == ""


@pytest.mark.thorough
def test_a_second_window_takes_the_first_start_for_no_failure(
    open_window: Open, own_layout: list[str]
) -> None:
    first, second = open_window(), open_window()  # within the second that a start is watched
    for window in (first, second):
        assert sorted(shown(window)) == own_layout
        assert question(window) == ""


def test_without_a_saved_layout_there_is_none_to_give_up(
    open_window: Open, store: QSettings
) -> None:
    die_at_start(store)
    assert question(open_window()) == ""


@pytest.mark.thorough
def test_another_question_comes_first(
    open_window: Open, store: QSettings, own_layout: list[str]
) -> None:
    die_at_start(store)
    window = open_window()
    notice(window).ask("Something else?", {"Yes": str, "No": str})
    window._guard.offer()
    assert question(window) == "Something else?"
    answer(window, "No")
    assert question(window) == guard.TEXT
    answer(window, guard.USE)
    assert sorted(shown(window)) == own_layout
