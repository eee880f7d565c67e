"""Keys that a focused widget handles before shortcuts, tips of actions, options, and focus."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.screen import child, heard, shown
from xorviz.ui.focus import focus_of, has_focus_proxy
from xorviz.ui.forms.boxes import column
from xorviz.ui.keys import (
    ARROWS,
    MOVES,
    allow,
    claims,
    explain_action,
    is_for_fields,
    is_letter,
    is_plain,
    plain_text,
    reason_against,
    written,
)
from xorviz.ui.one_of import OneOf, grouped
from xorviz.ui.said import announce, plain

Key, Held = Qt.Key, Qt.KeyboardModifier


@pytest.mark.parametrize("held", [Held.NoModifier, Held.KeypadModifier, Held.ShiftModifier,
                                  Held.ControlModifier, Held.AltModifier])  # fmt: skip
def test_plain_named_keys_are_claimed_and_no_others(held: Qt.KeyboardModifier) -> None:
    is_free = held in {Held.NoModifier, Held.KeypadModifier}
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        for key in (*MOVES, Key.Key_S, Key.Key_Space):
            event = QKeyEvent(kind, key, held)
            event.ignore()
            expected = is_free and key in ARROWS and kind == QEvent.Type.ShortcutOverride
            assert claims(event, ARROWS) == event.isAccepted() == expected
            assert is_plain(event) == is_free
    assert not claims(QEvent(QEvent.Type.ShortcutOverride), ARROWS)


def test_keys_are_told_apart_by_where_they_are_of_use() -> None:
    keys = {"S": (True, True), "+": (True, True), "Space": (False, True), "Home": (False, True),
            "F5": (False, False), "Ctrl+S": (False, False)}  # fmt: skip
    assert {key: (is_letter(key), is_for_fields(key)) for key in keys} == keys
    assert written("Left", "Ctrl+S") == "Left or Ctrl+S"
    assert (ARROWS[Key.Key_Right], ARROWS[Key.Key_Down]) == ((1, 0), (0, 1))
    assert sorted(ARROWS.values()) == [(-1, 0), (0, -1), (0, 1), (1, 0)]


@pytest.mark.usefixtures("qapp")
def test_a_disabled_action_says_why_in_place_of_what_it_does() -> None:
    action = QAction("Step && &back\tDone")
    assert plain_text(action) == "Step & back"
    explain_action(action)
    assert action.toolTip() == action.statusTip() == "Step & back"
    assert action.whatsThis() == "Step & back."
    action.setShortcut("Left")
    explain_action(action, "Show the previous step.")
    allow(action, "This is the first step")
    explain_action(action, "Show the step before.")  # what it does may change meanwhile
    assert not action.isEnabled()
    assert reason_against(action) == action.statusTip() == "This is the first step"
    assert action.toolTip() == "This is the first step (Left)"
    allow(action)
    assert action.isEnabled()
    assert (reason_against(action), action.toolTip()) == ("", "Show the step before. (Left)")
    assert action.whatsThis() == "Show the step before. Key: Left."


def test_of_options_one_holds_and_each_change_is_told_once(qtbot: QtBot) -> None:
    owner = QObject()
    actions = {value: QAction(f"&{value}", owner) for value in ("a", "b", "c")}
    choice = OneOf(owner, actions, "b")
    told: list[object] = heard(choice.chosen)

    def checked() -> list[str]:
        return [value for value, action in actions.items() if action.isChecked()]

    assert (checked(), choice.value, choice.texts["a"]) == (["b"], "b", "a")
    for trigger, value, so_far in (
        (actions["c"].trigger, "c", ["c"]),
        (actions["c"].trigger, "c", ["c"]),  # the chosen one cannot be unchecked
        (lambda: choice.choose("a"), "a", ["c", "a"]),
    ):
        trigger()
        assert (checked(), choice.value, told) == ([value], value, so_far)
    (group,) = grouped(actions.values(), QMenu())
    assert group == list(actions.values())


def test_texts_are_shown_as_they_are_and_said(qtbot: QtBot, announced: list[str]) -> None:
    assert plain("1 < 2 & 3") == "1 < 2 & 3"
    assert "&lt;b&gt;" in plain("<b>1</b>")
    widget = QWidget()
    qtbot.addWidget(widget)
    announce(widget, "")
    announce(widget, "All four correct")
    assert announced == ["All four correct"]


def test_the_widget_that_has_the_focus_outlives_what_was_asked(qtbot: QtBot) -> None:
    page, button = QWidget(), QPushButton()
    column(page, button, QTableView())
    shown(qtbot, page)
    table = child(page, QTableView)
    button.setFocus()
    focused = focus_of(page)
    assert focused is button
    assert has_focus_proxy(table.viewport())
    assert not has_focus_proxy(table)
    asked = QLineEdit(page)
    assert not has_focus_proxy(asked)
    asked.deleteLater()
    QApplication.sendPostedEvents(asked, QEvent.Type.DeferredDelete)
    assert not isValid(asked)
    assert isValid(focused)
