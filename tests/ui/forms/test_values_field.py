"""A field for several values: what it reads, and what it refuses."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.core.lists import Listed
from xorviz.core.rules import Real
from xorviz.ui.forms.fields import ValuesField


def test_typed_values_are_read_when_finished_and_others_refused(qtbot: QtBot) -> None:
    field = shown(qtbot, ValuesField("some_values"), 120, 30)
    heard: list[Any] = []
    field.values_chosen.connect(lambda text, values: heard.append((text, values)))
    field.refused.connect(heard.append)
    field.setAccessibleName("Values of x")
    field.show_values(Listed(Real(-9, 9)), "1,2")
    for typed in ("1,2", "\u22125..5, 7", "1..x"):
        field.setText(typed)
        assert len(heard) == (typed == "1..x"), "nothing is read while typing"
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard[0] == ("-5..5, 7", (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7))
    assert heard[1].startswith("Values of x is '1..x'; allowed: a number from −9")
    assert (len(heard), field.text()) == (2, "-5..5, 7")
