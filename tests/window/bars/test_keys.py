"""The keys of the actions: chosen, moved, reset, switched off."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.keys import Keys, name_of
from xorviz.window.document.settings import Settings

Start = Callable[[], tuple[Keys, Actions]]


@pytest.fixture
def start(qtbot: QtBot, store: QSettings) -> Start:
    """Return a function that gives the actions of a new window their keys."""
    windows: list[QWidget] = []

    def start_one() -> tuple[Keys, Actions]:
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        actions, keys = Actions(window), Keys(Settings(store), window)
        keys.adopt(window.actions())
        return keys, actions

    return start_one


def active(action: QAction) -> list[str]:
    return [key.toString() for key in action.shortcuts()]


def test_a_chosen_key_is_taken_from_the_action_that_has_it_and_saved(start: Start) -> None:
    keys, actions = start()
    reset, pin = actions["reset"], actions["pin"]
    assert keys.holder_of("R", pin) is reset
    keys.choose(pin, ["R", "Ctrl+P"])
    for one_keys, its_actions in ((keys, actions), start()):
        assert active(its_actions["pin"]) == ["R", "Ctrl+P"]
        assert active(its_actions["reset"]) == []
        assert one_keys.is_changed(its_actions["reset"])
    assert "(R)" in pin.toolTip()
    assert "Key: R." in pin.whatsThis()
    assert "(" not in reset.toolTip()
    keys.reset(reset)
    assert (active(reset), active(pin)) == (["R"], ["Ctrl+P"])
    keys.reset_all()
    assert (active(reset), active(pin)) == (["R"], ["P"])
    assert not any(keys.is_changed(action) for action in keys.actions)


def test_single_letters_are_switched_off_and_all_else_stays(start: Start) -> None:
    keys, actions = start()
    keys.switch_letters(False)
    for _, its_actions in ((keys, actions), start()):
        assert active(its_actions["step"]) == ["Right"]
        assert active(its_actions["step_n"]) == active(its_actions["reset"]) == []
        assert active(its_actions["run"]) == ["Space"]
        assert active(its_actions["save"]) == ["Ctrl+S"]
    assert keys.of(actions["reset"]) == ["R"]
    keys.switch_letters(True)
    assert active(actions["step"]) == ["S", "Right"]


def test_actions_that_come_later_do_not_take_a_chosen_key(start: Start) -> None:
    keys, actions = start()
    keys.choose(actions["pin"], ["Alt+1"])
    panel = QAction("Settings", actions["pin"])
    panel.setObjectName("show_controls")
    panel.setShortcut("Alt+1")
    keys.adopt([panel])
    assert (active(actions["pin"]), active(panel)) == (["Alt+1"], [])
    panel.setShortcut("Alt+2")  # in another workspace
    keys.adopt([panel])
    assert active(panel) == ["Alt+2"]


@pytest.mark.parametrize(
    "broken", ["", "R", '"R"', "[7]", '["Frobnicate"]', '["R, S"]', "[" * 9_000, '{"R": 1}']
)
def test_a_broken_stored_key_is_ignored_and_no_other_is_lost(
    start: Start, store: QSettings, broken: str
) -> None:
    store.setValue("keys/reset", broken)
    store.setValue("keys/pin", '["Ctrl+P"]')
    store.setValue("keys/of_a_later_version", '["Ctrl+J"]')
    keys, actions = start()
    assert active(actions["reset"]) == ["R"]
    assert active(actions["pin"]) == ["Ctrl+P"]
    keys.choose(actions["run"], ["F2"])
    assert store.value("keys/of_a_later_version") == '["Ctrl+J"]'


def test_of_two_actions_with_the_same_stored_key_the_first_has_it(
    start: Start, store: QSettings
) -> None:
    store.setValue("keys/pin", '["F2"]')
    store.setValue("keys/run", '["F2"]')
    _, actions = start()
    assert (active(actions["run"]), active(actions["pin"])) == (["F2"], [])


def test_an_option_of_a_titled_choice_is_called_after_both(qtbot: QtBot) -> None:
    view = NetworkDiagram()
    qtbot.addWidget(view)
    option = next(one for one in view.options if one.objectName() == "edge_range_5")
    assert name_of(option) == "Network: Edge colours up to ±5"
    assert name_of(view.slow_motion) == "Network: Slow motion"


def test_a_right_click_offers_a_titled_choice_as_a_menu(qtbot: QtBot) -> None:
    view = NetworkDiagram()
    qtbot.addWidget(view)
    picked: list[QMenu] = []
    with patch.object(QMenu, "popup", lambda menu, _: picked.append(menu)):
        at = QPoint(5, 5)
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(view, QContextMenuEvent(reason, at, view.mapToGlobal(at)))
    entries = {entry.text(): entry for menu in picked for entry in menu.actions()}
    inner = entries["Edge colours"].menu()
    assert isinstance(inner, QMenu)
    assert {one.objectName() for one in inner.actions()} >= {"edge_range_1", "edge_range_5"}
