"""The docks: default layouts, a second run, and restoring."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
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


def test_the_default_layout_has_three_columns(window: MainWindow) -> None:
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


@pytest.mark.thorough
def test_alt_and_a_number_show_and_hide_every_panel(window: MainWindow) -> None:
    titles = ["Network", "Truth table", "Decision surface", "Loss", "Weights", "Runs"]
    for number, title in enumerate(titles, start=1):
        was_visible = panel(window, title).isVisible()
        for _ in range(2):
            key = Qt.Key(Qt.Key.Key_0.value + number)
            QTest.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
            assert panel(window, title).isVisible() != was_visible
            was_visible = not was_visible


def test_the_panel_of_runs_is_shown_with_the_first_pinned_run(
    qtbot: QtBot, window: MainWindow
) -> None:
    runs = panel(window, "Runs")
    assert not runs.isVisible()
    window.document.pin()
    assert runs.isVisible()
    runs.hide()
    window.session.step(5)
    settle(qtbot, window)
    window.document.pin()  # not shown again once it was hidden
    assert not runs.isVisible()


@pytest.mark.thorough
def test_the_panel_of_runs_is_below_all_others(qtbot: QtBot, window: MainWindow) -> None:
    window.document.pin()
    qtbot.waitUntil(lambda: panel(window, "Runs").height() > 50)
    at = places(window)
    assert at["Runs"][1] > max(y for title, (_, y, *_) in at.items() if title != "Runs")
    assert at["Runs"][2] == pytest.approx(window.width(), abs=30)


@pytest.mark.thorough
def test_the_panel_of_runs_is_shown_for_a_project_with_pinned_runs(
    qtbot: QtBot, window: MainWindow
) -> None:
    put(qtbot, window, ALONE.pinning(ALONE.record, 0))
    assert panel(window, "Runs").isVisible()


@pytest.mark.thorough
def test_the_panels_of_a_second_run_are_shown_while_it_exists(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = places(window)
    for _ in range(2):
        put(qtbot, window, PAIR)
        assert sorted(shown(window)) == sorted(FIRST + TWINS)
        at = places(window)
        assert at["Decision surface B"][0] > at["Decision surface"][0]
        assert at["Weights B"][0] > at["Weights"][0]
        assert at["Weights"][1] > at["Decision surface"][1]
        put(qtbot, window, ALONE)
        assert places(window) == before


@pytest.mark.thorough
def test_panels_hidden_before_side_by_side_are_hidden_after_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel(window, "Truth table").hide()
    put(qtbot, window, PAIR)
    panel(window, "Loss").hide()
    put(qtbot, window, ALONE)
    assert sorted(shown(window)) == sorted(set(FIRST) - {"Truth table"})


@pytest.mark.thorough
@pytest.mark.parametrize("has_pinned", some([False, True], 1))
def test_the_layout_can_be_reset_during_side_by_side(
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


@pytest.mark.thorough
def test_a_window_closed_during_side_by_side_restores_the_layout_before(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    window.resize(window.width(), 700)  # fits with its frame, so that it is restored
    qtbot.waitUntil(lambda: places(window)["Network"][3] < 450, timeout=10_000)
    before = places(window)
    put(qtbot, window, PAIR)
    window.close()
    assert places(open_window()) == before


@pytest.mark.thorough
@pytest.mark.parametrize("was_inside", some([False, True], 1))
@pytest.mark.parametrize("comes_back_first", some([False, True], 1))
def test_side_by_side_can_end_in_another_workspace(
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


@pytest.mark.thorough
def test_a_floating_panel_of_a_second_run_is_hidden_in_other_workspaces(
    qtbot: QtBot, window: MainWindow
) -> None:
    action(window, "workspace_inside").trigger()
    put(qtbot, window, PAIR)
    panel(window, "Weights B").setFloating(True)
    action(window, "workspace_inside").trigger()
    assert not set(TWINS) & set(shown(window))
    action(window, "workspace_learn").trigger()
    assert panel(window, "Weights B").isFloating()


@pytest.mark.thorough
def test_a_layout_saved_during_side_by_side_shows_no_second_run(
    qtbot: QtBot, window: MainWindow
) -> None:
    put(qtbot, window, PAIR)
    noted = window._docks.layouts()
    put(qtbot, window, ALONE)
    window._docks.start(Workspace.LEARN, noted)
    assert sorted(shown(window)) == sorted(FIRST)


@pytest.mark.thorough
def test_a_panel_of_runs_without_space_is_shown_again_later(
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
