"""A button for an action: mouse, Enter, texts and state."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, press, press_left, release_left
from xorviz.ui.chrome.buttons import ActionButton


@pytest.fixture
def action(qapp: QApplication) -> QAction:
    action = QAction("Kick")
    action.setObjectName("kick")
    action.setToolTip("Move all weights (Alt+K)")
    return action


def test_a_press_triggers_the_action(qtbot: QtBot, action: QAction) -> None:
    done: list[bool] = []
    action.triggered.connect(lambda: done.append(True))
    button = ActionButton(action)
    window = active_window(qtbot, button, "Space")
    press_left(button, button.rect().center())
    release_left(button, button.rect().center())
    assert len(done) == 1
    press(Qt.Key.Key_Return)
    assert len(done) == 2
    press(Qt.Key.Key_Space)  # which belongs to the window
    assert len(done) == 2
    assert window.used == ["Space"]


def test_its_texts_are_those_of_the_action(qtbot: QtBot, action: QAction) -> None:
    button = ActionButton(action)
    qtbot.addWidget(button)
    assert (button.text(), button.objectName()) == ("Kick", "kick_button")
    assert button.accessibleName() == "Kick"
    assert button.toolTip() == button.accessibleDescription() == "Move all weights (Alt+K)"
    action.setToolTip("Not now")
    assert button.toolTip() == button.accessibleDescription() == "Not now"


def test_it_is_enabled_with_its_action(qtbot: QtBot, action: QAction) -> None:
    action.setEnabled(False)
    button = ActionButton(action)
    qtbot.addWidget(button)
    assert not button.isEnabled()
    action.setEnabled(True)
    assert button.isEnabled()
