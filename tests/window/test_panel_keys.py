"""The panel Check in the window: its key, and a step that is imported."""

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import BEFORE, after, right, upwards
from tests.support.cases import some
from tests.support.snapshots import QUICK
from tests.support.windows import Open, action, find, settle
from tests.window.dialogs.own_network.asked import text
from xorviz.core.network import Weights
from xorviz.panels.learn.check_view import CheckView
from xorviz.ui.chrome.panel import Panel
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.main_window import MainWindow


def import_network(qtbot: QtBot, window: MainWindow, *states: Weights) -> None:
    action(window, "own_network").trigger()
    dialog = find(window, OwnNetworkDialog, "own_network")
    find(dialog, QPlainTextEdit, "own_text").setPlainText("\n".join(map(text, states)))
    start = find(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.waitUntil(start.isEnabled)
    start.click()
    settle(qtbot, window)


def is_in_front(window: MainWindow, name: str) -> bool:
    return find(window, Panel, f"{name}_panel").is_in_front


@pytest.mark.thorough
@pytest.mark.parametrize(("is_wrong", "is_tried"), some([(True, False), (False, True)], 1))
def test_an_imported_step_is_shown_and_a_faulty_program_is_mended_first(
    qtbot: QtBot, open_window: Open, is_wrong: bool, is_tried: bool
) -> None:
    window = open_window(QUICK)
    action(window, "check_step").trigger()
    view = find(window, CheckView, "step_check")
    assert is_in_front(window, "step_check")
    assert "Import network (Ctrl+I)" in view.description()
    action(window, "check_step").trigger()
    assert not is_in_front(window, "step_check")
    state = after(change=upwards if is_wrong else right)
    for _ in range(2):  # a second one leaves it there
        window.setFocus()
        import_network(qtbot, window, BEFORE, state)
        assert is_in_front(window, "step_check")
        assert window.focusWidget() is view
    assert ("faulty" in view.description()) == is_wrong
    assert window.session.config.rate == 0.25
    qtbot.waitUntil(lambda: window.lab.trials.is_known == is_tried)
    assert is_in_front(window, "what_helps") == is_tried
    import_network(qtbot, window, BEFORE)
    assert view.is_empty  # it forgets the step before
    window.lab.trials.cancel()
