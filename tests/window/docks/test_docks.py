"""The panels: where they stand, which are shown when, and what is as it was before."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import Open, action, settle
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.window.main_window import MainWindow

FIRST = ["Network", "Truth table", "Decision surface", "Loss", "Weights"]
TWINS = ["Decision surface B", "Weights B"]
PAIR = Project(Record(RunConfig()), 0, beside=Record(RunConfig(rate=0.5)))
ALONE = Project(Record(RunConfig()), 0)

Rect = tuple[int, int, int, int]


def panel(window: MainWindow, title: str) -> Panel:
    return next(p for p in window.findChildren(Panel) if p.windowTitle() == title)


def shown(window: MainWindow) -> list[str]:
    return [p.windowTitle() for p in window.findChildren(QDockWidget) if p.isVisible()]


def places(window: MainWindow) -> dict[str, Rect]:
    visible = [p for p in window.findChildren(QDockWidget) if p.isVisible()]
    return {p.windowTitle(): p.geometry().getRect() for p in visible}  # type: ignore[misc]


def put(qtbot: QtBot, window: MainWindow, project: Project) -> None:
    window.document.put(project)
    settle(qtbot, window)


def test_the_columns_stand_side_by_side(window: MainWindow) -> None:
    at = places(window)
    assert sorted(at) == sorted(FIRST)
    left = {title: x for title, (x, *_) in at.items()}
    top = {title: y for title, (_, y, *_) in at.items()}
    assert left["Network"] == left["Truth table"] < left["Decision surface"] < left["Loss"]
    assert left["Loss"] == left["Weights"]
    assert top["Network"] == top["Decision surface"] == top["Loss"]
    assert top["Truth table"] > top["Network"]
    assert top["Weights"] > top["Loss"]
    widths = [at[title][2] for title in ("Network", "Decision surface", "Loss")]
    assert widths[1] == max(widths)


def test_panels_are_shown_and_hidden_by_their_number(window: MainWindow) -> None:
    titles = ["Network", "Truth table", "Decision surface", "Loss", "Weights", "Runs"]
    for number, title in enumerate(titles, start=1):
        was_visible = panel(window, title).isVisible()
        for _ in range(2):
            key = Qt.Key(Qt.Key.Key_0.value + number)
            QTest.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
            assert panel(window, title).isVisible() != was_visible
            was_visible = not was_visible


def test_the_panel_of_kept_runs_comes_with_the_first_one(qtbot: QtBot, window: MainWindow) -> None:
    runs = panel(window, "Runs")
    assert not runs.isVisible()
    window.document.pin()
    assert runs.isVisible()
    runs.hide()
    window.session.step(5)
    settle(qtbot, window)
    window.document.pin()  # not again where somebody has hidden it
    assert not runs.isVisible()


def test_it_comes_below_all_others(qtbot: QtBot, window: MainWindow) -> None:
    window.document.pin()
    qtbot.waitUntil(lambda: panel(window, "Runs").height() > 50)
    at = places(window)
    assert at["Runs"][1] > max(y for title, (_, y, *_) in at.items() if title != "Runs")
    assert at["Runs"][2] == pytest.approx(window.width(), abs=30)


def test_it_comes_with_a_study_that_has_kept_runs(qtbot: QtBot, window: MainWindow) -> None:
    put(qtbot, window, ALONE.pinning(ALONE.record, 0))
    assert panel(window, "Runs").isVisible()


def test_the_twins_come_and_go_with_the_second_run(qtbot: QtBot, window: MainWindow) -> None:
    before = places(window)
    for _ in range(3):
        put(qtbot, window, PAIR)
        assert sorted(shown(window)) == sorted(FIRST + TWINS)
        at = places(window)
        assert at["Decision surface B"][0] > at["Decision surface"][0]
        assert at["Weights B"][0] > at["Weights"][0]
        assert at["Weights"][1] > at["Decision surface"][1]
        put(qtbot, window, ALONE)
        assert places(window) == before


def test_what_was_hidden_is_hidden_again_after_lock_step(qtbot: QtBot, window: MainWindow) -> None:
    panel(window, "Truth table").hide()
    put(qtbot, window, PAIR)
    panel(window, "Loss").hide()
    put(qtbot, window, ALONE)
    assert sorted(shown(window)) == sorted(set(FIRST) - {"Truth table"})


@pytest.mark.parametrize("has_pinned", [False, True])
def test_the_layout_is_reset_during_lock_step(
    qtbot: QtBot, window: MainWindow, has_pinned: bool
) -> None:
    project = PAIR.pinning(PAIR.record, 0) if has_pinned else PAIR
    window.resize(window.width(), 1000)
    put(qtbot, window, project)
    runs = ["Runs"] if has_pinned else []
    for hidden in (FIRST, TWINS):
        for title in hidden:
            panel(window, title).hide()
    panel(window, "Weights").setFloating(True)
    action(window, "reset_layout").trigger()
    assert sorted(shown(window)) == sorted(FIRST + TWINS + runs)
    assert not panel(window, "Weights").isFloating()
    put(qtbot, window, Project(project.record, 0, pinned=project.pinned))
    assert sorted(shown(window)) == sorted(FIRST + runs)


def test_a_window_closed_in_lock_step_opens_as_it_was_before(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    window.resize(window.width(), 700)  # fits with its frame, so that it comes back
    qtbot.waitUntil(lambda: places(window)["Network"][3] < 450, timeout=10_000)
    before = places(window)
    put(qtbot, window, PAIR)
    window.close()
    assert places(open_window()) == before


@pytest.mark.parametrize("was_inside", [False, True])
@pytest.mark.parametrize("comes_back_first", [False, True])
def test_lock_step_ends_after_another_workspace_was_seen(
    qtbot: QtBot, window: MainWindow, was_inside: bool, comes_back_first: bool
) -> None:
    inside, learn = action(window, "workspace_inside"), action(window, "workspace_learn")
    if was_inside:
        inside.trigger()
        learn.trigger()
    before = places(window)
    put(qtbot, window, PAIR)
    inside.trigger()
    assert not set(TWINS) & set(shown(window))
    if comes_back_first:
        learn.trigger()
        assert sorted(shown(window)) == sorted(FIRST + TWINS)
    put(qtbot, window, ALONE)
    learn.trigger()
    assert places(window) == before


def test_a_floating_twin_stays_out_of_other_workspaces(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "workspace_inside").trigger()
    put(qtbot, window, PAIR)
    panel(window, "Weights B").setFloating(True)
    action(window, "workspace_inside").trigger()
    assert not set(TWINS) & set(shown(window))
    action(window, "workspace_learn").trigger()
    assert panel(window, "Weights B").isFloating()


def test_a_layout_noted_during_lock_step_brings_no_twins(qtbot: QtBot, window: MainWindow) -> None:
    put(qtbot, window, PAIR)
    noted = window._docks.layouts()
    put(qtbot, window, ALONE)
    window._docks.start(Workspace.LEARN, noted)
    assert sorted(shown(window)) == sorted(FIRST)


def test_runs_without_room_beside_two_come_back_after_another_workspace(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(window.width(), 700)
    pinned = PAIR.pinning(PAIR.record, 0).pinned
    put(qtbot, window, Project(ALONE.record, 0, pinned=pinned))
    put(qtbot, window, Project(PAIR.record, 0, PAIR.beside, pinned))
    action(window, "workspace_inside").trigger()
    action(window, "workspace_learn").trigger()
    assert not panel(window, "Runs").isVisible()
    put(qtbot, window, Project(ALONE.record, 0, pinned=pinned))
    assert panel(window, "Runs").isVisible()


def test_reading_out_is_done_beside_the_title(qtbot: QtBot, window: MainWindow) -> None:
    assert panel(window, "Truth table").readout.text() == "2 of 4 right"
