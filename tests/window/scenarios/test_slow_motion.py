"""Slow motion in the whole window: when it ends, and that it never begins by itself."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.support.windows import Do, Open, action, opened
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.window.main_window import MainWindow


@pytest.fixture
def window(window: MainWindow) -> Iterator[MainWindow]:
    """Return the window that the tests of this module share, without slow motion."""
    yield window
    diagram(window).slow_motion.setChecked(False)


def diagram(window: MainWindow) -> NetworkDiagram:
    return window._views[NetworkDiagram]


def test_slow_motion_ends_when_its_panel_moves_or_is_hidden(window: MainWindow) -> None:
    desk, name, page = window._desk, "network_diagram", window._desk._page
    alone = partial(desk.toggle_alone, "weight_heatmap")
    acts: list[Callable[[], object]] = [
        action(window, "why").trigger,  # for which another column goes, and the network moves
        *[partial(desk.toggle_window, name)] * 3,
        partial(desk.hide_panel, name),
        alone,
    ]
    for act in acts:
        window.resize(850, 530)
        action(window, "explain_step").trigger()
        assert diagram(window).walk.is_on
        act()
        QApplication.processEvents()
        assert not action(window, "explain_step").isChecked()
        held = {panel.content.objectName() for slot in page.slots for panel in slot.panels}
        assert held == set(page.tree.panels)
        assert "loss_plot" in held or act is alone, "it has its place again"
    action(window, "slow_motion").trigger()  # it would take steps that nobody sees
    assert not diagram(window).walk.is_on
    alone()
    action(window, "why").trigger()
    desk.show_panel(name)


def test_run_ends_slow_motion(qtbot: QtBot, window: MainWindow) -> None:
    action(window, "slow_motion").trigger()
    assert diagram(window).walk.is_on
    action(window, "run").trigger()
    qtbot.waitUntil(lambda: not diagram(window).walk.is_on)
    assert window.session.activity is Activity.PLAYING
    action(window, "slow_motion").trigger()  # which pauses
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)
    assert diagram(window).walk.is_on


@pytest.mark.parametrize("workspace", ["learn", "lab"])
def test_explain_this_step_brings_the_network_into_sight_with_room(
    window: MainWindow, do: Do, workspace: str
) -> None:
    action(window, f"workspace_{workspace}").trigger()
    window.introduce()
    before = window._desk.layouts()
    for _ in range(2):
        action(window, "explain_step").trigger()
        assert diagram(window).walk.is_on
        assert window._desk.aside == ""
        assert not window._views[LossPlot].is_seen, "the column is the network's"
        assert diagram(window).hasFocus()
        QTest.keyClick(diagram(window), Qt.Key.Key_Escape)
        assert not action(window, "explain_step").isChecked()
        assert not diagram(window).walk.is_on
        QApplication.processEvents()
        assert window._views[LossPlot].is_seen
    assert window._desk.layouts().keys() - before.keys() <= {"learn"}
    action(window, "explain_step").trigger()
    do("step")
    assert diagram(window).walk.is_on, "it explains the next one"
    action(window, "explain_step").trigger()
    assert not diagram(window).walk.is_on
    action(window, "slow_motion").trigger()
    assert action(window, "explain_step").isChecked()


def test_slow_motion_needs_the_network_in_sight(qtbot: QtBot, window: MainWindow, do: Do) -> None:
    do(window.document.start_side_by_side, RunConfig(rate=0.5))
    qtbot.waitUntil(lambda: not diagram(window).is_seen)
    action(window, "slow_motion").trigger()
    assert not diagram(window).walk.is_on


@pytest.mark.thorough
def test_a_new_window_does_not_begin_with_it(open_window: Open, store: QSettings) -> None:
    store.setValue("choices/slow_motion", "true")  # by a version that stored it
    window = open_window()
    assert not diagram(window).walk.is_on
    assert window._status._notice == ""


@pytest.mark.thorough
def test_the_stage_may_change_where_nobody_sees_it(window: MainWindow) -> None:
    action(window, "workspace_inside").trigger()
    action(window, "workspace_lab").trigger()
    walk = diagram(window).walk
    assert not walk.is_watched
    walk.go_to(3)  # the panel One step shows another one
    assert walk.stage == 3


@pytest.mark.thorough
def test_a_window_can_be_deleted_in_slow_motion(qapp: QApplication, tmp_path: Path) -> None:
    window = opened(tmp_path / "settings.ini")
    action(window, "workspace_inside").trigger()
    window._desk.show_panel("step_explainer")
    action(window, "slow_motion").trigger()
    assert diagram(window).walk.is_on
    window.session.close()
    window._views.analyst.close()
    window.lab.runner.close()
    window.file.autosave.close()
    delete(window)  # as a process does that ends without closing it
