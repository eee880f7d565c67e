"""The menu of the hidden units: automatic first, then each, the one in force checked."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from xorviz.panels.inside.hidden_space.hidden_space import UnitMenu


def test_the_menu_tells_what_was_picked(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    menu, picked = UnitMenu("Across", parent), list[int | None]()
    menu.unit_picked.connect(picked.append)
    menu.width_now = 3
    for place in (3, 0, 1):
        menu.fill()
        menu.actions()[place].trigger()
    assert picked == [2, None, 0]


def test_one_unit_is_checked_at_a_time(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = UnitMenu("Up", parent)
    menu.width_now, menu.picked = 4, None
    menu.fill()

    def checked() -> list[str]:
        return [action.text() for action in menu.actions() if action.isChecked()]

    assert checked() == [menu.actions()[0].text()]
    menu.picked = 3
    menu.fill()
    assert checked() == ["h4"]
    assert len(menu.findChildren(QAction)) >= 5
