"""The context menu of a network of the lab."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.lab import with_outcomes
from tests.support.screen import shown
from xorviz.panels.lab.outcomes import RIGHT
from xorviz.panels.lab.seed_menu import SeedMenu

LAST_SEED = 4294967295
SNAPSHOT = with_outcomes([RIGHT] * 4, first_seed=LAST_SEED - 3)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    return shown(qtbot, QWidget())


@pytest.fixture
def menu(owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> SeedMenu:
    monkeypatch.setattr(QMenu, "popup", lambda _, __: None)
    menu = SeedMenu(owner)
    menu.show_seeds(SNAPSHOT, range(4))
    return menu


def texts(menu: SeedMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isVisible()]


def test_it_offers_the_network_as_pictured_and_untrained(menu: SeedMenu) -> None:
    opened: list[tuple[int, int]] = []
    menu.open_requested.connect(lambda config, step: opened.append((config.seed, step)))
    menu.open_at(3, QPoint(10, 10))
    assert texts(menu) == [
        "Put seed 4294967295 on the bench, trained to step 1\u2009000\tEnter",
        "Put seed 4294967295 on the bench, untrained at step 0\tShift+Enter",
    ]
    for action in menu.actions():
        action.trigger()
    menu.use(3, untrained=False)
    menu.use(3, untrained=True)
    menu.use(None, untrained=False)
    assert opened == [(LAST_SEED, 1000), (LAST_SEED, 0)] * 2
    menu.let_go()  # the networks are drawn no more
    for action in menu.actions():
        action.trigger()
    menu.use(3, untrained=False)
    menu.open_at(3, QPoint(10, 10))
    assert len(opened) == 4


def test_before_its_first_step_a_network_has_one_choice(menu: SeedMenu) -> None:
    SNAPSHOT.steps[0] = 0
    menu.open_at(0, QPoint())
    assert texts(menu) == ["Put seed 4294967292 on the bench, untrained at step 0\tEnter"]
