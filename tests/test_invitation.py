"""What stands in place of seeds before there are any."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.screen import child, shown
from xorviz.views.seed_invitation import SeedInvitation


def test_it_says_how_to_get_there_and_its_button_leads_there(qtbot: QtBot) -> None:
    invitation = shown(qtbot, SeedInvitation())
    assert "Ctrl+R trains 500 seeds of this recipe." in child(invitation, QLabel).text()
    button = child(invitation, QPushButton)
    with qtbot.waitSignal(invitation.run_wanted):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
