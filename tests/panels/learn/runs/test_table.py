"""The table of runs: keys, editing names, mouse, menu, and the current row."""

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.panels.learn.runs.harness import THREE, RunsHarness, at_step, project
from tests.support.cases import some
from tests.support.screen import child, press
from tests.support.snapshots import QUICK, trained
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.settings import RunConfig
from xorviz.ui.theme.palette import DARK

Key = Qt.Key
MOUSE = QContextMenuEvent.Reason.Mouse
ACTING = (Key.Key_Return, Key.Key_Enter, Key.Key_Delete)
popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
"""A warning of the offscreen platform about every menu."""


def test_keys_act_on_the_current_row(harness: RunsHarness) -> None:
    harness.press(Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Right, *ACTING)
    assert harness.requests == [("recall", 1), ("recall", 1), ("delete", 1)]
    assert harness.column("name") == ["current run", "Run 1", "Run 2", "Run 3"], "only requested"
    assert harness.column("line", Qt.ItemDataRole.AccessibleTextRole) == ["line shown"] * 4


def test_nothing_is_requested_of_the_current_run(harness: RunsHarness) -> None:
    assert harness.row == 0
    harness.press(*ACTING, Key.Key_F2)
    for title in ("line", "name", "steps"):
        harness.double_click(0, title)
    assert harness.requests == []
    assert harness.editors == []


def test_keys_with_modifiers_do_nothing(harness: RunsHarness) -> None:
    harness.go_to(1)
    press(Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert harness.requests == []


def test_a_held_key_deletes_one_run(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_Delete)
    none = Qt.KeyboardModifier.NoModifier
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Delete, none, "", autorep=True, count=1)
    QApplication.sendEvent(harness.table, held)
    assert harness.requests == [("delete", 0)]


def test_f2_edits_a_name(harness: RunsHarness) -> None:
    harness.go_to(2, "steps")
    harness.press(Key.Key_F2)
    (editor,) = harness.editors
    assert editor.text() == "Run 2"
    assert editor.accessibleName()
    assert editor.maxLength() == LONGEST_NAME
    text = "SrN p vm<b>5"
    QTest.keyClicks(editor, text)
    harness.press(Key.Key_F2, Key.Key_Left, Key.Key_Delete, Key.Key_Right)
    assert editor.text() == text[:-1]
    harness.press(Key.Key_Return)
    assert harness.requests == [("rename", 1, text[:-1])]
    assert harness.editors == []
    assert harness.table.hasFocus()
    assert harness.column("name")[2] == "Run 2"


@pytest.mark.parametrize(
    ("typed", "requests"),
    some([("  slow   one ", [("rename", 0, "slow one")]), ("Run 1", []), ("   ", [])], 2),
)
def test_an_edit_requests_a_cleaned_name(
    harness: RunsHarness, typed: str, requests: list[object]
) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    harness.editors[0].setText(typed)
    harness.press(Key.Key_Return)
    assert harness.editors == []
    assert harness.requests == requests


def test_escape_cancels_editing(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    QTest.keyClicks(harness.editors[0], "no")
    harness.press(Key.Key_Escape)
    assert harness.editors == []
    assert harness.requests == []


def test_typed_text_survives_updates(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    QTest.keyClicks(harness.editors[0], "sl")
    for step in range(5):
        harness.view.show_snapshot(at_step(step))
    harness.show(project(*THREE).changing(0, is_shown=False).changing(1, name="other"))
    harness.view.show_snapshot(trained(RunConfig(momentum=0.5)))
    harness.view.apply_theme(DARK)
    QTest.keyClicks(harness.editors[0], "ow")
    harness.press(Key.Key_Return)
    assert harness.requests == [("rename", 0, "slow")]


def test_an_untouched_editor_follows_the_project(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    harness.show(project(*THREE).changing(0, name="other"))
    assert harness.editors[0].text() == "other"
    harness.press(Key.Key_Return)
    assert harness.requests == []


@pytest.mark.parametrize(
    ("title", "requests"),
    [
        ("width", [("recall", 1)]),
        ("steps", [("recall", 1)]),
        ("line", [("show", 1, False)] * 2),
        ("name", []),
    ],
)
def test_a_double_click_recalls_shows_or_edits(
    harness: RunsHarness, title: str, requests: list[object]
) -> None:
    harness.double_click(2, title)
    assert harness.requests == requests
    edited = [editor.text() for editor in harness.editors]
    assert edited == (["Run 2"] if title == "name" else [])


def test_a_click_shows_or_hides_a_line_and_no_more(harness: RunsHarness) -> None:
    harness.show(project(*THREE).changing(2, is_shown=False))
    harness.click(1, "line")
    harness.click(3, "line")
    assert harness.requests == [("show", 0, False), ("show", 2, True)]
    for title in ("name", "width", "steps"):
        harness.click(2, title)
    assert harness.row == 2
    below = QPoint(300, harness.table.viewport().height() - 3)
    QTest.mouseDClick(harness.table.viewport(), Qt.MouseButton.LeftButton, pos=below)
    assert len(harness.requests) == 2
    assert harness.editors == []


@popped_up
def test_the_menu_lists_actions_and_keys_and_requests_them(harness: RunsHarness) -> None:
    harness.show(project(*THREE).changing(0, is_shown=False))
    harness.ask_for_menu(harness.center(1, "steps"), MOUSE)
    assert harness.offered("curve").text() == "Show curve"
    harness.ask_for_menu(harness.center(2, "steps"), MOUSE)
    assert harness.menu.isVisible()
    texts = [action.text() for action in harness.menu.actions()]
    assert texts[:4] == ["Make current\tEnter", "Rename\tF2", "Hide curve", "Delete\tDel"]
    assert harness.menu.actions()[5:] == harness.view.exports
    for word in ("Make current", "curve", "Delete", "Rename"):
        harness.offered(word).trigger()
    assert harness.requests == [("recall", 1), ("show", 1, False), ("delete", 1)]
    assert [editor.text() for editor in harness.editors] == ["Run 2"]


@popped_up
def test_the_menu_is_disabled_for_the_current_run(harness: RunsHarness) -> None:
    harness.ask_for_menu(harness.center(0, "steps"), MOUSE)
    assert not any(action.isEnabled() for action in harness.menu.actions()[:4])


@popped_up
def test_without_a_row_the_menu_is_the_panel_s(harness: RunsHarness) -> None:
    harness.table.setCurrentIndex(QModelIndex())
    harness.ask_for_menu(QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)
    assert not harness.menu.isVisible()
    assert child(harness.view, QMenu, "view_menu").actions()[1:] == harness.view.exports


def test_the_current_row_stays_on_its_run(harness: RunsHarness) -> None:
    three = project(*THREE)
    harness.go_to(3, "steps")
    harness.show(three.without(0))
    assert harness.row == 2
    harness.show(three.without(0).pinning(Record(QUICK), 0))
    assert harness.row == 2
    assert harness.table.currentIndex().column() == harness.index(0, "steps").column()
    harness.go_to(0)
    harness.show(three)
    assert harness.row == 0


def test_after_deleting_a_run_the_next_row_is_current(harness: RunsHarness) -> None:
    three = project(*THREE)
    harness.go_to(2)
    harness.show(three.without(1))
    assert harness.row == 2
    harness.show(three.without(1).without(2))
    assert harness.row == 1


@pytest.mark.parametrize("has_focus", [True, False])
def test_a_row_becomes_current_with_the_focus_alone(harness: RunsHarness, has_focus: bool) -> None:
    if not has_focus:
        harness.table.clearFocus()
    harness.table.setCurrentIndex(QModelIndex())
    harness.show(project(*THREE).without(0))
    assert harness.row == (0 if has_focus else -1)
