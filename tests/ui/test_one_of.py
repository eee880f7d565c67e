"""Options of which one holds."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from xorviz.ui.one_of import OneOf


def test_one_holds_and_each_change_is_told_once(qtbot: QtBot) -> None:
    owner = QObject()
    actions = {value: QAction(value, owner) for value in ("a", "b", "c")}
    choice = OneOf(owner, actions, "b")
    told: list[object] = []
    choice.chosen.connect(told.append)

    def checked() -> list[str]:
        return [value for value, action in actions.items() if action.isChecked()]

    assert (checked(), choice.value) == (["b"], "b")
    actions["c"].trigger()
    assert (checked(), choice.value, told) == (["c"], "c", ["c"])
    actions["c"].trigger()
    assert (checked(), told) == (["c"], ["c"]), "the chosen one cannot be unchecked"
    choice.choose("a")
    assert (checked(), choice.value, told) == (["a"], "a", ["c", "a"])
