"""Switching among workspaces: the panels follow the actions, and the actions the panels."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from xorviz.panels import registry
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.workspaces import Workspaces
from xorviz.window.docks.arrangements import ARRANGEMENTS, PAIR
from xorviz.window.docks.docks import Docks
from xorviz.window.document.settings import Settings

AT_FIRST = {entry.name for entry in registry.PANELS if entry.is_at_start}
LATER = {entry.name for entry in registry.PANELS} - AT_FIRST
BESIDE = set(PAIR.shown) - set(ARRANGEMENTS[Workspace.LEARN].shown)


class Blank(View):
    """Content without any."""

    def _draw_latest(self) -> None:
        pass


def blank(names: set[str]) -> list[View]:
    return [Blank(name, name) for name in sorted(names)]


@dataclass
class Bench:
    """A window with empty panels, and the workspaces that its panels tell of."""

    window: QMainWindow
    panels: Docks
    actions: Actions
    settings: Settings
    seen: list[Workspace] = field(default_factory=list)

    @property
    def checked(self) -> list[Workspace]:
        return [Workspace(a.data()) for a in self.actions.workspaces.actions() if a.isChecked()]

    def choose(self, workspace: Workspace) -> None:
        self.actions[f"workspace_{workspace}"].trigger()


@pytest.fixture
def bench(qtbot: QtBot, store: QSettings) -> Bench:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions, settings = Actions(window), Settings(store)
    makers = (lambda: blank(LATER), lambda: blank(BESIDE))
    panels = Docks(window, blank(AT_FIRST), *makers)
    Workspaces(panels, actions, settings)
    bench = Bench(window, panels, actions, settings)
    panels.workspace_changed.connect(bench.seen.append)
    panels.start(settings.workspace(), {})
    return bench


def test_at_first_the_network_learns(bench: Bench) -> None:
    assert bench.panels.workspace is Workspace.LEARN
    assert bench.checked == [Workspace.LEARN]


def test_an_action_switches_the_panels(bench: Bench) -> None:
    for workspace in (Workspace.LAB, Workspace.INSIDE, Workspace.LEARN):
        bench.choose(workspace)
        assert bench.panels.workspace is workspace
        assert bench.checked == [workspace]
    assert bench.seen == [Workspace.LEARN, Workspace.LAB, Workspace.INSIDE, Workspace.LEARN]


def test_the_one_that_is_shown_stays_when_it_is_chosen_again(bench: Bench) -> None:
    bench.choose(Workspace.LAB)
    seen = list(bench.seen)
    bench.choose(Workspace.LAB)
    assert bench.seen == seen
    assert bench.checked == [Workspace.LAB]


def test_panels_that_switch_by_themselves_check_the_action(bench: Bench) -> None:
    bench.panels.switch(Workspace.LAB)
    assert bench.checked == [Workspace.LAB]
    bench.panels.reveal("units")  # which are not shown in the lab
    assert bench.checked == [Workspace.INSIDE]
    bench.panels.show_beside(True)  # two runs are compared as they learn
    assert bench.checked == [Workspace.LEARN]


@pytest.mark.parametrize("workspace", Workspace)
def test_the_one_that_was_shown_last_is_remembered(
    bench: Bench, store: QSettings, workspace: Workspace
) -> None:
    bench.choose(Workspace.INSIDE if workspace is Workspace.LEARN else Workspace.LEARN)
    bench.choose(workspace)
    assert bench.settings.workspace() is workspace
    store.sync()
    again = QSettings(store.fileName(), QSettings.Format.IniFormat)
    assert Settings(again).workspace() is workspace


def test_panels_that_start_elsewhere_check_the_action(bench: Bench) -> None:
    bench.panels.start(Workspace.LAB, {})
    assert bench.checked == [Workspace.LAB]
    assert bench.settings.workspace() is Workspace.LAB
