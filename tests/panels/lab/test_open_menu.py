"""The menu that makes a network of the lab the current run."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE
from tests.support.screen import shown
from xorviz.core.config import RunConfig
from xorviz.panels.lab.open_menu import OpenMenu


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    return shown(qtbot, QWidget())


@pytest.fixture
def menu(owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> OpenMenu:
    monkeypatch.setattr(QMenu, "popup", lambda _, __: None)
    return OpenMenu(owner, "Enter", "Shift+Enter")


def texts(menu: OpenMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isVisible()]


def test_it_offers_the_network_as_pictured_and_untrained(menu: OpenMenu) -> None:
    opened: list[tuple[RunConfig, int]] = []
    menu.open_requested.connect(lambda config, step: opened.append((config, step)))
    menu.open_at(QPoint(10, 10), "seed 7", RECIPE, 1000)
    assert texts(menu) == [
        "Put seed 7 on the bench, trained to step 1\u2009000\tEnter",
        "Put seed 7 on the bench, untrained at step 0\tShift+Enter",
    ]
    for action in menu.actions():
        action.trigger()
    assert opened == [(RECIPE, 1000), (RECIPE, 0)]
    menu.let_go()  # the network is drawn no more
    for action in menu.actions():
        action.trigger()
    assert len(opened) == 2


def test_before_its_first_step_a_network_has_one_choice(menu: OpenMenu) -> None:
    menu.open_at(QPoint(), "seed 7", RECIPE, 0)
    assert texts(menu) == ["Put seed 7 on the bench, untrained at step 0\tEnter"]
