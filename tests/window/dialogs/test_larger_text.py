"""Dialogs have the room that they need at any size of text."""

import pytest
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.windows import action
from xorviz.window.main_window import MainWindow


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name", some(["export", "own_network", "side_by_side", "help", "about"], 2)
)
def test_a_dialog_shows_all_it_has_at_200_percent(
    qtbot: QtBot, reset_window: MainWindow, name: str
) -> None:
    action(reset_window, "zoom_200").trigger()
    action(reset_window, name).trigger()
    (dialog,) = (one for one in reset_window.findChildren(QDialog) if one.isVisible())
    qtbot.waitActive(dialog)
    least = dialog.minimumSizeHint()
    assert dialog.width() >= least.width()
    assert dialog.height() >= least.height()
    for label in dialog.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.minimumSizeHint().width()
    dialog.close()
    action(reset_window, "zoom_100").trigger()
