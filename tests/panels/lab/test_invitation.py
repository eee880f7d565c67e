"""What stands in place of seeds before there are any."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown
from xorviz.panels.lab.invitation import Invitation


def test_it_says_how_to_get_there_and_its_button_leads_there(qtbot: QtBot) -> None:
    invitation = shown(qtbot, Invitation("Ctrl+R trains them."))
    assert child(invitation, QLabel).text() == "Ctrl+R trains them."
    button = child(invitation, QPushButton)
    with qtbot.waitSignal(invitation.run_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
