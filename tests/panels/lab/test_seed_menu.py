"""The context menu of a network of the lab."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.panels.lab.seed_menu import SeedMenu


def test_it_offers_step_0_and_the_newest_step(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda _, at: opened.append(at))
    owner = shown(qtbot, QWidget())
    menu = SeedMenu(owner)
    seen: list[tuple[int, bool]] = []
    menu.chosen.connect(lambda index, as_it_stands: seen.append((index, as_it_stands)))
    menu.open_for(3, 4294967295, 20_000, QPoint(10, 10))
    texts = [action.text() for action in menu.actions()]
    assert texts == [
        "Put seed 4294967295 on the bench at step 0\tEnter",
        "Take it to step 20\u2009000, where it stands\tShift+Enter",
    ]
    for action in menu.actions():
        action.trigger()
    assert opened == [QPoint(10, 10)]
    assert seen == [(3, False), (3, True)]
