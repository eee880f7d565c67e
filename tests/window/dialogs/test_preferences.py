"""The preferences: each choice applies at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QKeySequenceEdit, QPushButton, QTabWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.windows import action
from xorviz.core.rules import Switch
from xorviz.ui.forms.fields import ChoiceField, SwitchField
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.window.dialogs.preferences import PreferencesDialog
from xorviz.window.main_window import MainWindow


@pytest.fixture
def dialog(
    qtbot: QtBot, reset_window: MainWindow, qapp: QApplication
) -> Iterator[PreferencesDialog]:
    action(reset_window, "preferences").trigger()
    dialog = child(reset_window, PreferencesDialog, "preferences_dialog")
    qtbot.waitActive(dialog)
    yield dialog
    dialog._keys_page._keys.reset_all()
    dialog._keys_page._keys.switch_letters(True)
    for name in ("theme_system", "zoom_100"):
        action(reset_window, name).trigger()
    dialog.close()
    look.apply_theme(qapp, LIGHT)


def keys_of(one: QAction) -> list[str]:
    return [key.toString() for key in one.shortcuts()]


def go_to(dialog: PreferencesDialog, name: str) -> None:
    """Show the keys of an action, by the search."""
    child(dialog, QTabWidget, "preferences_pages").setCurrentIndex(1)
    dialog._keys_page._search.setText(name)


def press(dialog: PreferencesDialog, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    """Type a key into the first field."""
    edit = child(dialog, QKeySequenceEdit, "key_1")
    edit.setFocus()
    QTest.keyClick(edit, key, modifier)


def said(dialog: PreferencesDialog) -> str:
    return dialog._keys_page._says.text()


@pytest.mark.thorough
def test_look_and_motion_apply_at_once_and_follow_the_menus(
    dialog: PreferencesDialog, reset_window: MainWindow, qapp: QApplication
) -> None:
    before = qapp.font().pointSizeF()
    child(dialog, ChoiceField, "preferences_theme").choose("dark")
    child(dialog, ChoiceField, "preferences_zoom").choose("150")
    child(dialog, SwitchField, "preferences_reduced_motion").click()
    assert qapp.palette().window().color().name() == DARK.ground.lower()
    assert qapp.font().pointSizeF() == 1.5 * before
    assert reset_window._appearance.theme.reduced_motion
    action(reset_window, "zoom_out").trigger()
    action(reset_window, "reduced_motion").trigger()
    assert child(dialog, ChoiceField, "preferences_zoom").currentData() == "125"
    assert not child(dialog, SwitchField, "preferences_reduced_motion").isChecked()


def test_a_key_is_changed_and_all_that_names_it_follows(
    dialog: PreferencesDialog, reset_window: MainWindow
) -> None:
    pin = action(reset_window, "pin")
    go_to(dialog, "Pin run")
    press(dialog, Qt.Key.Key_F2, Qt.KeyboardModifier.ControlModifier)
    assert keys_of(pin) == ["Ctrl+F2"]
    assert "(Ctrl+F2)" in pin.toolTip()
    press(dialog, Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier)
    assert keys_of(pin) == []
    child(dialog, QPushButton, "reset_key").click()
    assert keys_of(pin) == ["P"]


def test_a_key_of_another_action_is_moved_only_if_one_agrees(
    dialog: PreferencesDialog, reset_window: MainWindow
) -> None:
    pin, option = action(reset_window, "pin"), action(reset_window, "unit_lines")
    move = child(dialog, QPushButton, "move_key")
    (key,) = keys_of(option)
    go_to(dialog, "Pin run")
    press(dialog, Qt.Key[f"Key_{key}"], Qt.KeyboardModifier.NoModifier)
    assert keys_of(pin) == ["P"]
    assert f"{key} is the key of “Decision surface: " in said(dialog)
    move.click()
    assert (keys_of(pin), keys_of(option)) == ([key], [])
    assert not move.isVisible()
    child(dialog, QPushButton, "reset_all_keys").click()
    assert (keys_of(pin), keys_of(option)) == (["P"], [key])


@pytest.mark.parametrize(
    ("key", "modifier", "why"),
    [
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "cancels steps"),
        (Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier, "opens the menu File"),
    ],
)
def test_a_key_with_a_fixed_meaning_is_refused(
    dialog: PreferencesDialog,
    reset_window: MainWindow,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    why: str,
) -> None:
    go_to(dialog, "Pin run")
    press(dialog, key, modifier)
    assert keys_of(action(reset_window, "pin")) == ["P"]
    assert why in said(dialog)
    assert child(dialog, QKeySequenceEdit, "key_1").keySequence().toString() == "P"


def test_letters_are_switched_off_everywhere(
    dialog: PreferencesDialog, reset_window: MainWindow
) -> None:
    child(dialog, SwitchField, "preferences_letters").click()
    letters = [
        one.objectName()
        for one in reset_window.findChildren(QAction)
        for key in keys_of(one)
        if len(key.removeprefix("Shift+")) == 1
    ]
    assert letters == []


def test_they_close_with_the_window(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "preferences").trigger()
    dialog = child(window, PreferencesDialog, "preferences_dialog")
    qtbot.waitActive(dialog)
    go_to(dialog, "Pin run")
    edit = child(dialog, QKeySequenceEdit, "key_1")
    edit.setFocus()
    window.close()
    assert not dialog.isVisible()
    assert not edit.hasFocus()  # else it would change keys while the window is deleted


def test_what_is_tried_by_itself_is_a_choice_and_is_kept(
    dialog: PreferencesDialog, reset_window: MainWindow
) -> None:
    switch, by_itself = (
        child(dialog, SwitchField, "preferences_try"),
        action(reset_window, "try_by_itself"),
    )
    assert not switch.isChecked()
    switch.click()
    assert by_itself.isChecked()
    assert reset_window._settings.choice("try_by_itself", Switch(), False)
    by_itself.trigger()
    assert not switch.isChecked()
