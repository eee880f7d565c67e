"""The first page, and when it goes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import press
from tests.support.snapshots import far_record
from tests.support.windows import Do, action, find
from xorviz.core.runs.project import Project
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.welcome import Welcome
from xorviz.window.main_window import MainWindow


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share, with the welcome."""
    action(window, "introduction").trigger()
    return window


KEYS = {"run": Qt.Key.Key_Space, "step": Qt.Key.Key_S, "close": Qt.Key.Key_Escape, "lab": None}


@pytest.mark.parametrize("way", some([*KEYS], 3))
def test_the_welcome_stands_beside_all_panels_until_training_begins_or_it_is_closed(
    qtbot: QtBot, window: MainWindow, way: str
) -> None:
    window._settings.set_choice("introduced", False)
    welcome, panels = find(window, Welcome), window._desk._page.tree.panels
    assert welcome.isVisible()
    assert {"decision_surface", "loss_plot"} < {*panels}
    assert QApplication.focusWidget() is window
    if (key := KEYS[way]) is not None:
        press(key)
    else:
        action(window, "workspace_lab").trigger()
    qtbot.waitUntil(lambda: not welcome.isVisible())
    window.session.pause()
    assert window._settings.is_introduced


def test_the_welcome_stays_with_a_new_run_and_goes_with_a_trained_one(
    qtbot: QtBot, window: MainWindow, do: Do
) -> None:
    do("new_weights")
    assert find(window, Welcome).isVisible()
    window.file.put(Project(far_record(RunConfig(), 300), 300), None)
    qtbot.waitUntil(lambda: not find(window, Welcome).isVisible())


def test_it_offers_the_lessons(window: MainWindow) -> None:
    assert find(window, QPushButton, "welcome_lessons").menu() is window.lessons.menu
