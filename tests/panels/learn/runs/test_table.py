"""The table of runs: keys, editing names, mouse, menu, and the current row."""

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.panels.learn.runs.harness import RESULTS, THREE, RunsHarness, at_step, project
from tests.support.cases import some
from tests.support.screen import ShortcutWindow, child, press
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import LONGEST_NAME
from xorviz.core.runs.record import Record
from xorviz.ui.theme.palette import DARK


@pytest.mark.parametrize("downs", some([1, 2, 3], 2))
def test_keys_act_on_the_current_row(
    key_window: ShortcutWindow, focused: RunsHarness, downs: int
) -> None:
    for _ in range(3):
        press(Qt.Key.Key_Down)
    for _ in range(3 - downs):
        press(Qt.Key.Key_Up)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        press(key)
    style = downs - 1
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_V):
        press(key)
    assert focused.requests == [
        *(("recall", style), ("recall", style), ("delete", style), ("show", style, False))
    ]
    assert key_window.used == []


def test_v_requests_to_show_a_hidden_run(focused: RunsHarness) -> None:
    focused.show(project(*THREE).changing(1, is_shown=False))
    focused.go_to(2)
    press(Qt.Key.Key_V)
    assert focused.requests == [("show", 1, True)]


def test_keys_do_nothing_to_the_current_run(
    key_window: ShortcutWindow, focused: RunsHarness
) -> None:
    assert focused.table.currentIndex().row() == 0
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_V, Qt.Key.Key_F2):
        press(key)
    assert focused.requests == []
    assert focused.editors == []
    assert key_window.used == []


def test_requests_do_not_change_the_table(focused: RunsHarness) -> None:
    focused.go_to(1)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_V):
        press(key)
    assert focused.texts("name") == ["this run", "Run 1", "Run 2", "Run 3"]
    spoken = focused.index(1, "line").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "line shown"


def test_keys_with_modifiers_do_nothing(focused: RunsHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert focused.requests == []


@pytest.mark.parametrize("key", some([Qt.Key.Key_Delete, Qt.Key.Key_V, Qt.Key.Key_Return], 1))
def test_a_held_key_requests_once(focused: RunsHarness, key: Qt.Key) -> None:
    focused.go_to(1)
    press(key)
    none = Qt.KeyboardModifier.NoModifier
    held = QKeyEvent(QEvent.Type.KeyPress, key, none, "", autorep=True, count=1)
    QApplication.sendEvent(focused.table, held)
    assert len(focused.requests) == 1


def test_f2_edits_a_name(key_window: ShortcutWindow, focused: RunsHarness) -> None:
    focused.go_to(2, "steps")
    press(Qt.Key.Key_F2)
    (editor,) = focused.editors
    assert editor.text() == "Run 2"
    assert editor.accessibleName()
    assert editor.maxLength() == LONGEST_NAME
    text = "SrN p vm<b>5"
    QTest.keyClicks(editor, text)
    assert editor.text() == text
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Delete, Qt.Key.Key_Right):
        press(key)
    assert editor.text() == text[:-1]
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.requests == [("rename", 1, text[:-1])]
    assert key_window.used == []
    assert focused.editors == []
    assert focused.table.hasFocus()
    assert focused.texts("name")[2] == "Run 2"


def test_enter_ends_editing_and_recalls_nothing(focused: RunsHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.editors == []
    assert focused.requests == []


@pytest.mark.parametrize(
    ("typed", "requests"),
    some(
        [
            ("  slow   one ", [("rename", 0, "slow one")]),
            ("<b>x</b>", [("rename", 0, "<b>x</b>")]),
            ("Run 1", []),
            ("   ", []),
        ],
        2,
    ),
)
def test_an_edit_requests_a_cleaned_name(
    focused: RunsHarness, typed: str, requests: list[object]
) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    focused.editors[0].setText(typed)
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.requests == requests
    assert focused.texts("name")[1] == "Run 1"


def test_escape_cancels_editing(focused: RunsHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    QTest.keyClicks(focused.editors[0], "no")
    press(Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert focused.editors == []
    assert focused.requests == []


def test_typed_text_survives_updates(focused: RunsHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    QTest.keyClicks(focused.editors[0], "sl")
    for step in range(5):
        focused.view.show_snapshot(at_step(step))
    changed = project(*THREE).changing(0, is_shown=False).changing(1, name="other")
    focused.show(changed)
    focused.view.show_snapshot(trained(RunConfig(momentum=0.5)))
    focused.view.apply_theme(DARK)
    QTest.keyClicks(focused.editors[0], "ow")
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.requests == [("rename", 0, "slow")]


def test_an_untouched_editor_follows_the_project(focused: RunsHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    focused.show(project(*THREE).changing(0, name="other"))
    assert focused.editors[0].text() == "other"
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.requests == []


@pytest.mark.parametrize("header", some(["width", "seed", *RESULTS], 1))
def test_a_double_click_recalls_a_run(harness: RunsHarness, header: str) -> None:
    harness.show(project(*THREE))
    harness.double_click(2, header)
    assert harness.requests == [("recall", 1)]


def test_a_double_click_on_a_name_edits_it(harness: RunsHarness) -> None:
    harness.show(project(*THREE))
    harness.double_click(2, "name")
    assert [editor.text() for editor in harness.editors] == ["Run 2"]
    assert harness.requests == []


def test_a_click_on_a_line_toggles_its_run(harness: RunsHarness) -> None:
    harness.show(project(*THREE).changing(2, is_shown=False))
    harness.click(1, "line")
    harness.click(3, "line")
    assert harness.requests == [("show", 0, False), ("show", 2, True)]


def test_two_quick_clicks_on_a_line_recall_nothing(harness: RunsHarness) -> None:
    harness.show(project(*THREE))
    harness.double_click(1, "line")
    assert harness.requests == [("show", 0, False)] * 2


def test_other_clicks_request_nothing(harness: RunsHarness) -> None:
    harness.show(project(*THREE))
    for header in ("name", "width", "steps"):
        harness.click(2, header)
    assert harness.table.currentIndex().row() == 2
    assert harness.requests == []
    assert harness.editors == []

    harness.show(project(*THREE))
    below = QPoint(300, harness.table.viewport().height() - 3)
    QTest.mouseDClick(harness.table.viewport(), Qt.MouseButton.LeftButton, pos=below)
    at = harness.center(1, "steps")
    QTest.mouseDClick(harness.table.viewport(), Qt.MouseButton.RightButton, pos=at)
    assert harness.requests == []


def test_clicks_do_nothing_to_the_current_run(harness: RunsHarness) -> None:
    for header in ["line", "name", "steps"]:
        harness.show(project(*THREE))
        harness.double_click(0, header)
        assert harness.requests == []
        assert harness.editors == []


popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
"""A warning of the offscreen platform about every menu."""


@popped_up
def test_the_menu_lists_actions_and_keys(harness: RunsHarness) -> None:
    harness.show(project(*THREE).changing(1, is_shown=False))
    harness.open_menu(QContextMenuEvent.Reason.Mouse, harness.center(1, "steps"))
    texts = [action.text().split("\t") for action in harness.menu.actions()]
    assert texts[:4] == [
        ["Make current", "Enter"], ["Rename", "F2"], ["Hide curve", "V"], ["Delete", "Del"],
    ]  # fmt: skip
    assert harness.menu.actions()[5:] == harness.view.exports
    assert harness.menu.isVisible()
    harness.open_menu(QContextMenuEvent.Reason.Mouse, harness.center(2, "steps"))
    assert harness.offered("curve").text() == "Show curve\tV"


@popped_up
def test_the_menu_requests_its_actions(harness: RunsHarness) -> None:
    harness.show(project(*THREE))
    harness.open_menu(QContextMenuEvent.Reason.Mouse, harness.center(2, "steps"))
    for word in ("Make current", "curve", "Delete", "Rename"):
        harness.offered(word).trigger()
    assert harness.requests == [("recall", 1), ("show", 1, False), ("delete", 1)]
    assert [editor.text() for editor in harness.editors] == ["Run 2"]


@popped_up
def test_the_menu_is_disabled_for_the_current_run(harness: RunsHarness) -> None:
    harness.show(project(*THREE))
    harness.open_menu(QContextMenuEvent.Reason.Mouse, harness.center(0, "steps"))
    assert not any(action.isEnabled() for action in harness.menu.actions()[:4])


@popped_up
def test_without_a_row_the_menu_is_the_panel_s(harness: RunsHarness) -> None:
    harness.show(project())
    harness.table.setCurrentIndex(QModelIndex())
    harness.open_menu(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1))
    assert not harness.menu.isVisible()
    assert child(harness.view, QMenu, "view_menu").actions()[1:] == harness.view.exports


def test_the_current_row_stays_on_its_run(harness: RunsHarness) -> None:
    three = project(*THREE)
    harness.show(three)
    harness.go_to(3, "steps")
    harness.show(three.without(0))
    assert harness.table.currentIndex().row() == 2
    harness.show(three.without(0).pinning(Record(QUICK), 0))
    assert harness.table.currentIndex().row() == 2
    assert harness.table.currentIndex().column() == harness.index(0, "steps").column()
    harness.go_to(0)
    harness.show(project(*THREE))
    assert harness.table.currentIndex().row() == 0


def test_after_deleting_a_run_the_next_row_is_current(harness: RunsHarness) -> None:
    three = project(*THREE)
    harness.show(three)
    harness.go_to(2)
    harness.show(three.without(1))
    assert harness.table.currentIndex().row() == 2
    harness.show(three.without(1).without(2))
    assert harness.table.currentIndex().row() == 1


def test_without_the_focus_no_row_becomes_current(harness: RunsHarness) -> None:
    harness.table.clearFocus()
    harness.table.setCurrentIndex(QModelIndex())
    harness.show(project(*THREE))
    assert not harness.table.currentIndex().isValid()


def test_with_the_focus_there_is_always_a_current_row(focused: RunsHarness) -> None:
    assert focused.table.hasFocus()
    focused.table.setCurrentIndex(QModelIndex())
    focused.show(project(*THREE).without(0))
    assert focused.table.currentIndex().row() == 0
