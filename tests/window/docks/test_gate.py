"""The gate: changes of the layout wait until nothing is dragged, and keep their order."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QRubberBand, QWidget
from pytestqt.qtbot import QtBot
from xorviz.window.docks.gate import LayoutGate

from tests.support.screen import shown

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    return shown(qtbot, QWidget())


@pytest.fixture
def gate(window: QWidget) -> LayoutGate:
    return LayoutGate(window)


@pytest.fixture
def made() -> list[str]:
    return []


def test_changes_wait_in_their_order_while_a_button_is_held(
    qtbot: QtBot, gate: LayoutGate, made: list[str]
) -> None:
    widget = shown(qtbot, QWidget())
    QTest.mousePress(widget, LEFT)
    assert gate.is_shut
    gate.make(lambda: made.append("first"))
    gate.make(lambda: made.append("second"))
    assert made == []
    QTest.mouseRelease(widget, LEFT)
    qtbot.waitUntil(lambda: made == ["first", "second"])
    gate.make(lambda: made.append("third"))  # at once
    assert made == ["first", "second", "third"]


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the mouse", extend=True)
def test_it_is_shut_while_a_dragged_panel_has_the_mouse_or_a_place_to_drop_it_is_shown(
    qtbot: QtBot, window: QWidget, gate: LayoutGate, made: list[str]
) -> None:
    place = QRubberBand(QRubberBand.Shape.Rectangle, window)  # as QMainWindow shows it
    widget = shown(qtbot, QWidget())
    for begin, end in ((widget.grabMouse, widget.releaseMouse), (place.show, place.hide)):
        made.clear()
        begin()
        gate.make(lambda: made.append("later"))
        assert made == []
        end()
        qtbot.waitUntil(lambda: made == ["later"])


def test_a_change_that_asks_for_another_is_finished_first(
    gate: LayoutGate, made: list[str]
) -> None:
    def first() -> None:
        gate.make(lambda: made.append("second"))
        made.append("first")

    gate.make(first)
    assert made == ["first", "second"]


def test_a_change_that_fails_holds_up_no_other(
    qtbot: QtBot, gate: LayoutGate, made: list[str]
) -> None:
    def failing() -> None:
        gate.make(lambda: made.append("next"))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        gate.make(failing)
    qtbot.waitUntil(lambda: made == ["next"])
