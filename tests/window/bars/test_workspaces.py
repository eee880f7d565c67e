"""Workspaces: docks follow the actions, and the actions the docks."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from tests.support.cases import some
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
    """A view without content."""

    def _draw_latest(self) -> None:
        pass


def blank(names: set[str]) -> list[View]:
    return [Blank(name, name) for name in sorted(names)]


@dataclass
class Harness:
    """A window with empty panels, and the workspaces emitted."""

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
def harness(qtbot: QtBot, store: QSettings) -> Harness:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions, settings = Actions(window), Settings(store)
    makers = (lambda: blank(LATER), lambda: blank(BESIDE))
    panels = Docks(window, blank(AT_FIRST), *makers)
    Workspaces(panels, actions, settings)
    harness = Harness(window, panels, actions, settings)
    panels.workspace_changed.connect(harness.seen.append)
    panels.start(settings.workspace(), {})
    return harness


def test_an_action_switches_the_panels(harness: Harness) -> None:
    for workspace in (Workspace.LAB, Workspace.INSIDE, Workspace.LEARN):
        harness.choose(workspace)
        assert harness.panels.workspace is workspace
        assert harness.checked == [workspace]
    assert harness.seen == [Workspace.LEARN, Workspace.LAB, Workspace.INSIDE, Workspace.LEARN]


@pytest.mark.thorough
def test_choosing_the_current_workspace_changes_nothing(harness: Harness) -> None:
    harness.choose(Workspace.LAB)
    seen = list(harness.seen)
    harness.choose(Workspace.LAB)
    assert harness.seen == seen
    assert harness.checked == [Workspace.LAB]


def test_the_action_is_checked_when_docks_switch(harness: Harness) -> None:
    harness.panels.switch(Workspace.LAB)
    assert harness.checked == [Workspace.LAB]
    harness.panels.reveal("units")  # not part of the lab
    assert harness.checked == [Workspace.INSIDE]
    harness.panels.show_beside(True)  # in the workspace Learn
    assert harness.checked == [Workspace.LEARN]


@pytest.mark.parametrize("workspace", some(Workspace, 1))
def test_the_last_workspace_is_saved(
    harness: Harness, store: QSettings, workspace: Workspace
) -> None:
    harness.choose(Workspace.INSIDE if workspace is Workspace.LEARN else Workspace.LEARN)
    harness.choose(workspace)
    assert harness.settings.workspace() is workspace
    store.sync()
    again = QSettings(store.fileName(), QSettings.Format.IniFormat)
    assert Settings(again).workspace() is workspace


def test_the_action_is_checked_at_the_start(harness: Harness) -> None:
    harness.panels.start(Workspace.LAB, {})
    assert harness.checked == [Workspace.LAB]
    assert harness.settings.workspace() is Workspace.LAB
