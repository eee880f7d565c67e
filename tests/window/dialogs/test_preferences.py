"""The preferences: each choice applies at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
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
    child(dialog, SwitchField, "preferences_letter_keys").setChecked(True)
    for name in ("theme_system", "zoom_100"):
        action(reset_window, name).trigger()
    dialog.close()
    look.apply_theme(qapp, LIGHT)


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


def test_letters_are_switched_off_everywhere_and_stay_so(
    dialog: PreferencesDialog, reset_window: MainWindow
) -> None:
    child(dialog, SwitchField, "preferences_letter_keys").click()
    keys = [key.toString() for one in reset_window.findChildren(QAction) for key in one.shortcuts()]
    assert [key for key in keys if len(key) == 1] == []
    assert {"Space", "Right", "Ctrl+S", "F1"} <= set(keys)
    assert not reset_window._settings.choice("letter_keys", Switch(), True)


def test_what_is_tried_by_itself_is_a_choice_and_is_kept(
    dialog: PreferencesDialog, reset_window: MainWindow
) -> None:
    switch, by_itself = (
        child(dialog, SwitchField, "preferences_try_by_itself"),
        action(reset_window, "try_by_itself"),
    )
    assert not switch.isChecked()
    switch.click()
    assert by_itself.isChecked()
    assert reset_window._settings.choice("try_by_itself", Switch(), False)
    by_itself.trigger()
    assert not switch.isChecked()
