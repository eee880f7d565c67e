"""The placeholder of a lab panel without networks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown
from xorviz.panels.lab.gallery.lab_gallery import INVITATION as GALLERY
from xorviz.panels.lab.networks_view import Invitation
from xorviz.panels.lab.seeds.lab_seeds import INVITATION as SEEDS


def test_it_shows_a_text_and_a_button(qtbot: QtBot) -> None:
    invitation = shown(qtbot, Invitation("Ctrl+R trains them."))
    assert child(invitation, QLabel).text() == "Ctrl+R trains them."
    button = child(invitation, QPushButton)
    with qtbot.waitSignal(invitation.run_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    invitation.show_ordered(True)
    assert not button.isVisible()
    assert child(invitation, QLabel).text() == "Waiting for the first results…"
    invitation.show_ordered(False)
    assert button.isVisible()
    assert child(invitation, QLabel).text() == "Ctrl+R trains them."


@pytest.mark.parametrize("text", [SEEDS, GALLERY])
def test_one_sentence_says_what_will_be_seen_here_and_which_button_begins(
    qtbot: QtBot, text: str
) -> None:
    invitation = shown(qtbot, Invitation(text))
    assert text.startswith(f"{child(invitation, QPushButton).text()} trains ")
    assert "shows here " in text
    assert text.count(".") == 1
