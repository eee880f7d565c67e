"""Why? in the window: opened, closed, and always of the run that is shown."""

from collections.abc import Callable
from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import BEFORE, after, right, upwards
from tests.support.cases import some
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_record
from tests.support.windows import Do, Open, action, find, settle
from tests.window.dialogs.own_network.test_dialog import text
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import Weights, flat
from xorviz.core.runs.project import Project
from xorviz.core.settings import RunConfig
from xorviz.panels.why.check import CheckPart
from xorviz.panels.why.why import Why, origin_of
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.main_window import MainWindow

TRAP = trained(RunConfig(width=2, biases=True, rate=0.5, seed=13), 2000).record
OTHER = trained(QUICK, 2000).record


@pytest.fixture
def window(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """Return a window whose run is stuck, without Why?."""
    window._desk.close_aside()
    put(qtbot, window, Project(TRAP, 2000))
    return window


def put(qtbot: QtBot, window: MainWindow, project: Project) -> None:
    window.file.put(project, None)
    settle(qtbot, window)


def is_open(window: MainWindow) -> bool:
    return window._desk.aside == "why"


def test_a_key_the_state_line_and_esc_open_and_close_why(window: MainWindow) -> None:
    def click() -> None:
        QTest.mouseClick(window._strip, Qt.MouseButton.LeftButton)

    ways: list[Callable[[], object]] = [
        lambda: QTest.keyClick(window, Qt.Key.Key_D),
        click,
        action(window, "why").trigger,
    ]
    for way in ways:
        for opens in (True, False):
            way()
            assert is_open(window) == opens
    click()
    window._desk.toggle_alone("loss_plot")
    click()
    assert find(window, Why, "why").isVisible()
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Escape)
    assert not is_open(window)


def assert_of_this_run(window: MainWindow) -> None:
    """Assert that all that Why? shows is of the network that the window shows."""
    view, seen = find(window, Why, "why"), window._strip.seen
    assert seen is not None
    assert view.snapshot is seen
    assert seen.step == window.session.step_wanted
    said = diagnose_seen(seen).said
    assert said.text in unescape(find(window, QLabel, "why_text").text())
    rows = {tuple(row) for row in (view.table() or ((), ()))[1]}
    assert {row[0] for row in rows} == {seen.step}
    assert (seen.step, "00", "output", float(seen.outputs[1])) in rows
    if (trial := view.fixes._shown) is not None:
        assert trial.is_about(seen) or trial.subject.run == seen.run
    if view.check.isVisible():
        assert origin_of(seen.record) is not None


def test_why_is_always_about_the_run_that_is_shown(window: MainWindow, do: Do) -> None:
    document, session = window.document, window.session
    action(window, "why").trigger()
    watched = watched_record(steps=(0, 5, 40))
    acts: list[Callable[[], object]] = [
        lambda: session.step(300),
        lambda: session.seek(1000),
        document.undo,
        lambda: session.seek(2000),
        lambda: document.change_setting("rate", 2.0),
        lambda: session.step(10),
        document.undo,
        document.draw_seed,
        lambda: session.step(150),
        document.undo,
        document.redo,
        lambda: window.file.put(Project(watched, 40), None),
        lambda: session.seek(5),
        lambda: window.file.put(Project(TRAP, 2000, OTHER), None),
        lambda: window.file.put(Project(TRAP, 2000), None),
    ]
    for act in acts:
        do(act)
        if not is_open(window):  # it went with a run that rests before its first step
            assert window.document.project.record.newest == 0
            window._why.open()
        assert_of_this_run(window)


def test_why_closes_when_a_run_before_its_first_step_takes_over(
    qtbot: QtBot, window: MainWindow, do: Do
) -> None:
    action(window, "why").trigger()
    acts: list[tuple[Callable[[], object], bool]] = [
        (lambda: window.session.seek(0), True),
        (lambda: window.session.seek(1500), True),
        (lambda: window.document.change_setting("rate", 2.0), True),
        (window.session.play, True),
        (window.document.reset, False),
    ]
    for act, stays in acts:
        act()
        qtbot.waitUntil(lambda: not window.session._waiting)
        if not window.session.playing:
            settle(qtbot, window)
        assert is_open(window) == stays
    do("why")  # a person may look at it all the same
    assert is_open(window)
    assert "Press Run" in find(window, QLabel, "why_text").text()
    do(window.session.step, 10)
    do(window.document.draw_seed)
    assert not is_open(window)
    action(window, "why").trigger()
    window.document.open_anew(QUICK, "width", "done")  # it trains at once
    qtbot.waitUntil(lambda: window.document.project.record.newest > 0)
    do(window.session.pause)
    assert is_open(window)


def import_network(qtbot: QtBot, window: MainWindow, *states: Weights) -> None:
    action(window, "own_network").trigger()
    dialog = find(window, OwnNetworkDialog, "own_network")
    find(dialog, QPlainTextEdit, "own_text").setPlainText("\n".join(map(text, states)))
    start = find(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.waitUntil(start.isEnabled)
    start.click()
    settle(qtbot, window)


@pytest.mark.thorough
@pytest.mark.parametrize(("is_wrong", "is_tried"), some([(True, False), (False, True)], 1))
def test_the_check_of_an_imported_step_comes_and_goes_with_its_network(
    qtbot: QtBot, open_window: Open, is_wrong: bool, is_tried: bool
) -> None:
    window = open_window(QUICK)
    state = after(change=upwards if is_wrong else right)
    import_network(qtbot, window, BEFORE, state)
    check = find(window, CheckPart)
    assert is_open(window)
    assert check.isVisible()
    assert ("faulty" in check.said) == is_wrong
    assert window.session.config.rate == 0.25
    assert window.lab.trials.is_known == is_tried
    window.lab.trials.cancel()
    window.session.step(5)
    settle(qtbot, window)
    assert check.isVisible(), "the same network, trained on"
    for act, is_shown in (
        (window.document.undo, False),
        (window.document.redo, True),
        (lambda: import_network(qtbot, window, state), False),
    ):
        act()
        settle(qtbot, window)
        seen = window._strip.seen
        assert seen is not None
        window._why.open()
        assert check.isVisible() == is_shown, flat(seen.weights)
    window.lab.trials.cancel()
