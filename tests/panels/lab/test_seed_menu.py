"""The context menu of a network of the lab."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.panels.lab.seed_menu import SeedMenu


def test_it_offers_the_network_as_pictured_and_untrained(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda _, at: opened.append(at))
    owner = shown(qtbot, QWidget())
    menu = SeedMenu(owner)
    seen: list[tuple[int, int]] = []
    menu.chosen.connect(lambda index, step: seen.append((index, step)))
    menu.open_for(3, 4294967295, 20_000, QPoint(10, 10))
    texts = [action.text() for action in menu.actions()]
    assert texts == [
        "Put seed 4294967295 on the bench, trained to step 20\u2009000\tEnter",
        "Put seed 4294967295 on the bench, untrained at step 0\tShift+Enter",
    ]
    for action in menu.actions():
        action.trigger()
    assert opened == [QPoint(10, 10)]
    assert seen == [(3, 20_000), (3, 0)]
    menu.let_go()  # the network is shown no more
    for action in menu.actions():
        action.trigger()
    assert len(seen) == 2


def test_before_its_first_step_a_network_has_one_choice(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda _, __: None)
    menu = SeedMenu(owner := shown(qtbot, QWidget()))
    assert owner
    menu.open_for(3, 7, 0, QPoint())
    texts = [action.text() for action in menu.actions() if action.isVisible()]
    assert texts == ["Put seed 7 on the bench, untrained at step 0\tEnter"]
