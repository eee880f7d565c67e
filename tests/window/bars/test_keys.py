"""When the keys of the actions act: letters switched off, and fields that use them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from xorviz.window.bars.actions import Actions
from xorviz.window.bars.keys import Keys
from xorviz.window.document.settings import Settings

Start = Callable[[], Actions]


@pytest.fixture
def start(qtbot: QtBot, store: QSettings) -> Start:
    """Return a function that gives the actions of a new window their keys."""
    windows: list[QWidget] = []

    def start_one() -> Actions:
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        actions = Actions(window)
        Keys(window.actions(), actions["letter_keys"], window)
        Settings(store).keep_switches([actions["letter_keys"]])
        return actions

    return start_one


def active(action: QAction) -> list[str]:
    return [key.toString() for key in action.shortcuts()]


def test_single_letters_are_switched_off_and_all_else_stays(start: Start) -> None:
    actions = start()
    actions["letter_keys"].setChecked(False)
    for its_actions in (actions, start()):
        assert active(its_actions["step"]) == ["Right"]
        assert active(its_actions["reset"]) == []
        assert "(" not in its_actions["reset"].toolTip()
        assert active(its_actions["run"]) == ["Space"]
        assert active(its_actions["save"]) == ["Ctrl+S"]
    actions["letter_keys"].setChecked(True)
    assert active(actions["step"]) == ["S", "Right"]
    assert "(R)" in actions["reset"].toolTip()


def test_own_keys_of_an_older_version_are_ignored(start: Start, store: QSettings) -> None:
    store.setValue("keys/reset", '["Ctrl+K"]')
    store.setValue("keys/pin", "broken")
    store.setValue("choices/letter_keys", "false")
    actions = start()
    assert not actions["letter_keys"].isChecked()
    assert (active(actions["palette"]), active(actions["reset"])) == (["Ctrl+K"], [])
    assert store.value("keys/reset") == '["Ctrl+K"]'
