"""A bar beside the panels, as if the window were less wide; without it all is as before."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.support.watched import watched_record
from tests.support.windows import action, settle
from tests.window.docks.test_docks import PAIR, panel, places, put
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.panels.registry import Workspace
from xorviz.window.bars.tool_bar import SideBar
from xorviz.window.main_window import MainWindow

SIZES = [(850, 530), (1280, 800), (1920, 1080)]


def pinned() -> Project:
    recording = Recording(RunConfig())
    recording.advance(5)
    return Project(recording.record(), 5).pinning(recording.record(), 5)


PROJECTS = {
    "alone": Project(Record(RunConfig()), 0),
    "pinned": pinned(),
    "pair": PAIR,
    "watched": Project(watched_record(), 9),
}


@pytest.fixture(scope="module")
def bar(shared_window: MainWindow) -> SideBar:
    content = QLabel("Predict, run, see why")
    content.setObjectName("beside")
    bar = SideBar(content)
    shared_window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, bar)
    bar.hide()
    return bar


@pytest.fixture
def window(reset_window: MainWindow, bar: SideBar) -> MainWindow:
    reset_window._docks.show_around(bar, QSize(0, 0))
    return reset_window


def show(window: MainWindow, bar: SideBar, width: int) -> None:
    """Show the bar with a width, or hide it for 0."""
    window._docks.show_around(bar, QSize(width, 0))
    QApplication.processEvents()


def check_there_and_back(window: MainWindow, bar: SideBar, width: int) -> None:
    """Show and hide the bar: the window stays as it is, and the panels come back to the pixel."""
    size, before = window.size(), places(window)
    show(window, bar, width)
    with_bar = places(window)
    assert window.size() == size
    assert bar.geometry().right() < min(rect[0] for rect in with_bar.values())
    assert bar.width() == width
    assert max(x + w for x, _, w, _ in with_bar.values()) <= window.width()
    show(window, bar, 0)
    assert places(window) == before
    assert window.size() == size


def make_layout(window: MainWindow) -> None:
    """Change the layout as a person does."""
    window.resizeDocks([panel(window, "Decision surface")], [350], Qt.Orientation.Horizontal)
    panel(window, "Weights").action.trigger()
    QApplication.processEvents()
    window._docks._make(lambda: None)


@pytest.mark.thorough
def test_the_panels_make_room_and_come_back_to_the_pixel(window: MainWindow, bar: SideBar) -> None:
    make_layout(window)
    check_there_and_back(window, bar, 260)


@pytest.mark.thorough
def test_the_panels_are_as_in_a_window_that_is_less_wide(window: MainWindow, bar: SideBar) -> None:
    size = window.size()
    window.resize(size - QSize(260, 0))
    narrower = places(window)
    window.resize(size)
    check_there_and_back(window, bar, 260)
    show(window, bar, 260)
    assert places(window) == {name: (x + 260, y, w, h) for name, (x, y, w, h) in narrower.items()}


@pytest.mark.thorough
def test_workspace_and_layouts_that_were_set_aside_come_back_whatever_was_changed(
    window: MainWindow, bar: SideBar
) -> None:
    make_layout(window)
    before, docks = places(window), window._docks
    docks.set_aside()
    show(window, bar, 260)
    panel(window, "Loss").close_action.trigger()
    action(window, "reset_layout").trigger()
    panel(window, "Network").close_action.trigger()
    show(window, bar, 0)
    assert places(window) != before
    docks.bring_back()
    assert places(window) == before
    docks.bring_back()
    assert places(window) == before


@pytest.mark.thorough
@pytest.mark.parametrize("is_made", [False, True])
@pytest.mark.parametrize("name", ["pinned", "pair"])
def test_a_bar_that_follows_the_window_squeezes_nothing(
    qtbot: QtBot, window: MainWindow, bar: SideBar, name: str, is_made: bool
) -> None:
    put(qtbot, window, PROJECTS[name])
    if is_made and name != "pair":
        make_layout(window)
    before = places(window)
    window._docks.set_aside()
    show(window, bar, 320)
    with_bar = places(window)
    for width, height in (*SIZES, (1000, 700), (1280, 800)):
        window.resize(width, height)
        show(window, bar, width // 4)
        assert window.size() == QSize(width, height)
        assert bar.width() == width // 4
    if is_made:
        assert places(window) == with_bar
    show(window, bar, 0)
    window._docks.bring_back()
    assert places(window) == before


@pytest.mark.thorough
def test_the_bar_stays_and_other_workspaces_come_back(
    qtbot: QtBot, window: MainWindow, bar: SideBar
) -> None:
    for name in ("pinned", "pair", "alone"):
        put(qtbot, window, PROJECTS[name])
        action(window, "workspace_inside").trigger()
        before, docks = places(window), window._docks
        docks.set_aside()
        show(window, bar, 260)
        put(qtbot, window, PROJECTS["alone"])
        for space in ("lab", "learn", "inside", "learn"):
            action(window, f"workspace_{space}").trigger()
            assert not bar.isHidden()
        panel(window, "Loss").close_action.trigger()
        show(window, bar, 0)
        put(qtbot, window, PROJECTS[name])
        docks.bring_back()
        assert docks.workspace is Workspace.INSIDE
        assert places(window) == before


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(len(PROJECTS)))
def test_in_every_workspace_and_room(
    qtbot: QtBot, window: MainWindow, bar: SideBar, number: int
) -> None:
    """Each project in each workspace, which has every size with one project or another."""
    action(window, f"zoom_{(100, 200)[number % 2]}").trigger()
    put(qtbot, window, [*PROJECTS.values()][number])
    for place, workspace in enumerate(Workspace, number):
        width, height = SIZES[place % len(SIZES)]
        window.resize(width, height)
        action(window, f"workspace_{workspace}").trigger()
        settle(qtbot, window)
        check_there_and_back(window, bar, max(280, width // 4))
    action(window, "zoom_100").trigger()


@pytest.mark.thorough
def test_in_projector_mode(qtbot: QtBot, window: MainWindow, bar: SideBar) -> None:
    before = places(window)
    show(window, bar, 260)
    with_bar = places(window)
    action(window, "projector").trigger()
    action(window, "projector").trigger()
    assert places(window) == with_bar
    show(window, bar, 0)
    assert places(window) == before
    action(window, "projector").trigger()
    check_there_and_back(window, bar, 300)
    action(window, "projector").trigger()
    assert places(window) == before
