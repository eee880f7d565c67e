"""The docks: default layouts, passing modes, drags, and restoring."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMenu,
    QScrollBar,
    QStyle,
    QTabBar,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from xorviz.window.docks.layouts import outline

from tests.support.cases import some
from tests.support.watched import watched_record
from tests.support.windows import Open, action, find, settle
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel, is_in_sight
from xorviz.window.main_window import MainWindow

FIRST = ["Settings", "Truth table", "Decision surface", "Network", "Loss"]
"""In sight at first."""
ALL = [*FIRST, "Weights"]
TWINS = ["Decision surface B", "Weights B"]
PAIR = Project(Record(RunConfig()), 0, beside=Record(RunConfig(rate=0.5)))
ALONE = Project(Record(RunConfig()), 0)

VERTICAL = Qt.Orientation.Vertical

Rect = tuple[int, int, int, int]


def panel(window: MainWindow, title: str) -> Panel:
    return next(p for p in window.findChildren(Panel) if p.windowTitle() == title)


def workspace(window: MainWindow) -> Workspace:
    """Return the workspace that is shown; its action is checked, and no other."""
    shown = window._docks.workspace
    for each in Workspace:
        assert action(window, f"workspace_{each}").isChecked() == (each is shown)
    return shown


def shown(window: MainWindow) -> list[str]:
    return [p.windowTitle() for p in window.findChildren(QDockWidget) if p.isVisible()]


def places(window: MainWindow) -> dict[str, Rect]:
    QApplication.processEvents()  # QMainWindow lays out later
    visible = [p for p in window.findChildren(QDockWidget) if is_in_sight(p)]
    return {p.windowTitle(): p.geometry().getRect() for p in visible}  # type: ignore[misc]


def put(qtbot: QtBot, window: MainWindow, project: Project) -> None:
    window.document.put(project)
    settle(qtbot, window)


def test_the_default_layout_has_three_columns(window: MainWindow) -> None:
    at = places(window)
    assert sorted(at) == sorted(FIRST)
    left = {title: x for title, (x, *_) in at.items()}
    top = {title: y for title, (_, y, *_) in at.items()}
    assert left["Settings"] == left["Truth table"] < left["Decision surface"] < left["Loss"]
    assert left["Loss"] == left["Network"]
    assert top["Settings"] == top["Decision surface"] == top["Network"]
    assert top["Truth table"] > top["Settings"]
    assert top["Loss"] > top["Network"]
    assert window.tabifiedDockWidgets(panel(window, "Network")) == [panel(window, "Weights")]
    widths = [at[title][2] for title in ("Settings", "Decision surface", "Loss")]
    assert widths[1] == max(widths)


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


# A drag.

CHANGES: dict[str, Callable[[MainWindow], object]] = {
    "workspace": lambda window: action(window, "workspace_lab").trigger(),
    "reset": lambda window: action(window, "reset_layout").trigger(),
    "side by side": lambda window: window._docks.show_beside(True),
    "pinned": lambda window: window.document.pin(),
    "key of a panel": lambda window: panel(window, "Weights").action.trigger(),
    "diagnosis": lambda window: action(window, "diagnose").trigger(),
    "menu of panels": lambda window: window._docks.all,
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(CHANGES, 2))
def test_the_layout_does_not_change_while_the_mouse_is_held(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    panel(window, "Truth table").hide()  # so that a reset changes something
    before = places(window), len(window.findChildren(Panel))
    title = panel(window, "Settings").titleBarWidget()
    QTest.mousePress(title, Qt.MouseButton.LeftButton)
    CHANGES[name](window)
    settle(qtbot, window)
    assert (places(window), len(window.findChildren(Panel))) == before
    QTest.mouseRelease(title, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: (places(window), len(window.findChildren(Panel))) != before)


@pytest.mark.thorough
def test_the_lab_runs_after_the_drag(qtbot: QtBot, window: MainWindow) -> None:
    title = panel(window, "Settings").titleBarWidget()
    QTest.mousePress(title, Qt.MouseButton.LeftButton)
    action(window, "lab_run").trigger()
    assert workspace(window) == "learn"
    QTest.mouseRelease(title, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(action(window, "lab_cancel").isEnabled)
    assert workspace(window) == "lab"
    action(window, "lab_cancel").trigger()


@pytest.mark.thorough
def test_a_window_can_be_closed_while_the_mouse_is_held(open_window: Open) -> None:
    window = open_window()
    panel(window, "Loss").hide()
    action(window, "workspace_lab").trigger()
    title = panel(window, "Settings").titleBarWidget()
    QTest.mousePress(title, Qt.MouseButton.LeftButton)
    window.close()
    QTest.mouseRelease(title, Qt.MouseButton.LeftButton)
    again = open_window()
    action(again, "workspace_learn").trigger()
    assert sorted(shown(again)) == sorted(set(ALL) - {"Loss"})


def test_docks_are_not_animated(window: MainWindow) -> None:
    # Animations of docks can start one another for ever, and a drop would last longer than a drag.
    duration = QStyle.StyleHint.SH_Widget_Animation_Duration
    for dock in window.findChildren(Panel):
        assert dock.style().styleHint(duration, None, dock) == 0


# Splitters.

PINNED = ALONE.pinning(ALONE.record, 0)
WATCHED = Project(watched_record(), 40)
WATCHED_PAIR = replace(WATCHED, beside=continued(WATCHED.record, 0))
PINNED_PAIR = replace(PAIR, pinned=PINNED.pinned)


def move_splitters(window: MainWindow) -> dict[str, Rect]:
    """Move the splitters from where they are by default, and return the places of the panels."""
    docks = {title: panel(window, title) for title in FIRST}
    columns = [docks[title] for title in ("Settings", "Decision surface", "Loss")]
    window.resizeDocks(columns, [290, 470, 500], Qt.Orientation.Horizontal)
    for column, heights in ((("Settings", "Truth table"), [371, 260]),
                            (("Network", "Loss"), [223, 410])):  # fmt: skip
        window.resizeDocks([docks[title] for title in column], heights, Qt.Orientation.Vertical)
    window._docks._make(lambda: None)  # a person's change
    return places(window)


MODES = {
    "side by side": (ALONE, PAIR, ALONE),
    "pinned during side by side": (ALONE, PAIR, PINNED_PAIR, PINNED, ALONE),
    "side by side with pinned": (ALONE, PINNED, PINNED_PAIR, PINNED, ALONE),
    "unpinned during side by side": (ALONE, PINNED, PINNED_PAIR, PAIR, ALONE),
    "both end at once": (ALONE, PINNED_PAIR, ALONE),
    "twice": (ALONE, PAIR, PINNED, PAIR, PINNED, ALONE),
    "pinned before": (PINNED, PINNED_PAIR, PINNED),
    "ended and undone": (PAIR, ALONE, PAIR),
    "pinned": (ALONE, PINNED, ALONE),
    "watched beside correct code": (ALONE, WATCHED, WATCHED_PAIR, WATCHED, ALONE),
    "watched and continued": (ALONE, WATCHED, PINNED, ALONE),
    "watched": (ALONE, WATCHED, ALONE),
}


@pytest.mark.thorough
def test_splitters_return_to_the_pixel_after_every_passing_mode(
    qtbot: QtBot, window: MainWindow
) -> None:
    for n, (name, (first, *others)) in enumerate(MODES.items()):
        put(qtbot, window, first)
        before = move_splitters(window)
        for project in others:
            put(qtbot, window, project)
            if n % 2:
                action(window, "workspace_inside").trigger()
                action(window, "workspace_learn").trigger()
        assert places(window) == before, name


@pytest.mark.thorough
@pytest.mark.parametrize("project", some([PINNED, PAIR], 1))
def test_splitters_return_after_a_restart(
    qtbot: QtBot, open_window: Open, project: Project
) -> None:
    window = open_window()
    window.resize(780, 700)  # fits with its frame, so that it is restored
    qtbot.waitUntil(lambda: window.height() == 700)
    before = move_splitters(window)
    put(qtbot, window, project)
    window.file.discard_changes()
    window.close()
    assert places(open_window()) == before


@pytest.mark.thorough
def test_splitters_return_to_scale_in_a_window_of_another_size(
    qtbot: QtBot, window: MainWindow
) -> None:
    before, size = move_splitters(window), window.size()
    put(qtbot, window, PAIR)
    window.resize(size.width() + 150, size.height() + 100)
    put(qtbot, window, ALONE)
    window.resize(size)
    for title, rect in places(window).items():
        assert rect == pytest.approx(before[title], abs=12), title


@pytest.mark.parametrize("project", some([PINNED, PAIR], 1))
def test_no_panel_enlarges_the_smallest_window(
    qtbot: QtBot, window: MainWindow, project: Project
) -> None:
    window.resize(window.minimumSizeHint())
    before, size = places(window), window.size()
    put(qtbot, window, project)
    QApplication.processEvents()
    assert window.size() == size
    put(qtbot, window, ALONE)
    assert places(window) == before
    assert window.size() == size


@pytest.mark.thorough
def test_the_panel_of_runs_comes_to_the_panels_as_they_are_then(
    qtbot: QtBot, window: MainWindow
) -> None:
    put(qtbot, window, PINNED)
    put(qtbot, window, ALONE)
    before = move_splitters(window)
    put(qtbot, window, PINNED)
    now = places(window)
    assert {title: now[title][2] for title in FIRST} == {title: before[title][2] for title in FIRST}


@pytest.mark.thorough
def test_panels_shown_or_moved_while_runs_are_pinned_stay_so(
    qtbot: QtBot, window: MainWindow
) -> None:
    put(qtbot, window, PINNED)
    panel(window, "Weights").hide()
    window.splitDockWidget(panel(window, "Truth table"), panel(window, "Loss"), VERTICAL)
    QApplication.processEvents()
    order = outline(window, [panel(window, title) for title in FIRST])
    put(qtbot, window, ALONE)
    assert sorted(shown(window)) == sorted(set(ALL) - {"Weights"})
    assert outline(window, [panel(window, title) for title in FIRST]) == order


# Diagnosis.


@pytest.mark.thorough
@pytest.mark.parametrize("space", some(list(Workspace), 3))
def test_diagnosis_opens_in_place_and_closes_again(window: MainWindow, space: Workspace) -> None:
    action(window, f"workspace_{space}").trigger()
    assert window._docks.all  # makes the panel
    window._docks["diagnosis_details"].hide()
    before = places(window)
    for _ in range(2):
        action(window, "diagnose").trigger()
        assert workspace(window) == space
        assert window._docks["diagnosis_details"].is_in_front
        action(window, "diagnose").trigger()
        assert places(window) == before


@pytest.mark.thorough
def test_a_diagnosis_that_is_in_sight_gets_the_focus_before_it_closes(window: MainWindow) -> None:
    action(window, "workspace_inside").trigger()
    diagnosis = window._docks["diagnosis_details"]
    for _ in range(2):
        assert diagnosis.is_in_front
        action(window, "diagnose").trigger()
    assert not diagnosis.is_in_front


@pytest.mark.thorough
def test_diagnosis_gives_way_to_what_was_in_front(window: MainWindow) -> None:
    action(window, "workspace_inside").trigger()
    diagnosis, curvature = window._docks["diagnosis_details"], window._docks["hessian"]
    window.tabifyDockWidget(diagnosis, curvature)
    curvature.raise_()
    for is_hidden in (False, True):
        diagnosis.setHidden(is_hidden)
        before = places(window)
        action(window, "diagnose").trigger()
        assert diagnosis.is_in_front
        action(window, "diagnose").trigger()
        assert workspace(window) == "inside"
        assert places(window) == before


# Tabs, menus and tool bars.


def test_a_panel_floated_from_behind_a_tab_draws(qtbot: QtBot, window: MainWindow) -> None:
    weights, loss = panel(window, "Weights"), panel(window, "Loss")
    view = weights.content
    assert isinstance(view, View)
    window.tabifyDockWidget(weights, loss)
    loss.raise_()
    assert (view.is_seen, weights.is_in_front) == (False, False)
    window.session.step(5)
    settle(qtbot, window)
    assert not view._is_drawn
    weights.setFloating(True)
    assert (view.is_seen, weights.is_in_front) == (True, True)
    assert view._is_drawn
    weights.setFloating(False)
    loss.raise_()
    assert not view.is_seen
    weights.raise_()
    assert (view.is_seen, loss.is_in_front) == (True, False)


def test_no_menu_can_hide_a_tool_bar(window: MainWindow) -> None:
    for bar in window.findChildren(QToolBar):
        middle, reason = bar.rect().center(), QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, middle, bar.mapToGlobal(middle))
        QApplication.sendEvent(bar, event)
        assert QApplication.activePopupWidget() is None


@pytest.mark.thorough
def test_the_title_s_menu_floats_docks_and_closes_a_panel(window: MainWindow) -> None:
    surface = panel(window, "Decision surface")
    *offers, floats, closes = surface.menu.actions()
    view = surface.findChild(View)
    assert view is not None
    assert [a for a in offers if not a.isSeparator()] == [*view.options, *view.exports]
    for is_floating, text in ((True, "&Dock"), (False, "&Float")):
        floats.trigger()
        assert (surface.isFloating(), floats.text()) == (is_floating, text)
    closes.trigger()
    assert not surface.isVisible()
    assert not surface.action.isChecked()


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_a_right_click_on_a_title_or_a_tab_opens_the_panel_s_own_menu(
    qtbot: QtBot, window: MainWindow
) -> None:
    opened: list[str] = []
    assert window.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu
    for each in window.findChildren(Panel):
        each.menu.aboutToShow.connect(lambda each=each: opened.append(each.windowTitle()))
    (bar,) = window.findChildren(QTabBar, "panel_tabs")
    tab = next(i for i in range(bar.count()) if bar.tabText(i) == "Weights")
    title = panel(window, "Loss").titleBarWidget()
    label = find(title, QLabel, "panel_title")
    for widget, at in ((label, label.rect().center()), (title, QPoint(2, 2)),
                       (bar, bar.tabRect(tab).center())):  # fmt: skip
        place = widget.mapToGlobal(at)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, place)
        QApplication.sendEvent(widget, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert all(one.text() for one in menu.actions() if not one.isSeparator())
        menu.close()
    assert opened == ["Loss", "Loss", "Weights"]


@pytest.mark.thorough
def test_tool_bars_hidden_in_a_saved_layout_are_shown(open_window: Open) -> None:
    def bars(window: MainWindow) -> dict[str, bool]:
        return {bar.objectName(): bar.isVisible() for bar in window.findChildren(QToolBar)}

    window = open_window()
    window.resize(window.width(), 700)
    expected = bars(window)
    assert expected["tool_bar"]
    for bar in window.findChildren(QToolBar):
        bar.setVisible(not bar.isVisible())
    window.close()
    again = open_window()
    assert bars(again) == expected
    for name in ("workspace_lab", "workspace_learn", "reset_layout"):
        action(again, name).trigger()
        assert bars(again) == expected


@pytest.mark.thorough
def test_the_panel_of_runs_is_below_all_others(qtbot: QtBot, window: MainWindow) -> None:
    window.document.pin()
    qtbot.waitUntil(lambda: panel(window, "Runs").height() > 50)
    at = places(window)
    assert at["Runs"][1] > max(y for title, (_, y, *_) in at.items() if title != "Runs")
    assert at["Runs"][2] == pytest.approx(window.width(), abs=30)


@pytest.mark.thorough
def test_the_panels_of_a_second_run_are_shown_while_it_exists(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = places(window)
    for _ in range(2):
        put(qtbot, window, PAIR)
        assert sorted(shown(window)) == sorted(ALL + TWINS)
        at = places(window)
        assert sorted(at, key=lambda title: at[title][:2]) == [
            *("Settings", "Truth table", "Decision surface", "Weights"),
            *("Decision surface B", "Weights B", "Loss"),
        ]
        widths = [at[title][2] for title in ("Decision surface", "Decision surface B")]
        assert abs(widths[0] - widths[1]) <= 1
        rects = [QRect(*rect) for rect in at.values()]
        assert all(rect.width() > 50 and rect.height() > 50 for rect in rects)
        assert all(window.rect().contains(rect) for rect in rects)
        assert not any(one.intersects(other) for one, other in combinations(rects, 2))
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
    assert sorted(shown(window)) == sorted(set(ALL) - {"Truth table"})


@pytest.mark.thorough
@pytest.mark.parametrize("has_pinned", some([False, True], 1))
def test_the_layout_can_be_reset_during_side_by_side(
    qtbot: QtBot, window: MainWindow, has_pinned: bool
) -> None:
    project = PAIR.pinning(PAIR.record, 0) if has_pinned else PAIR
    window.resize(window.width(), 1000)
    put(qtbot, window, project)
    runs = ["Runs"] if has_pinned else []
    for hidden in (ALL, TWINS):
        for title in hidden:
            panel(window, title).hide()
    panel(window, "Weights").setFloating(True)
    action(window, "reset_layout").trigger()
    assert sorted(shown(window)) == sorted(ALL + TWINS + runs)
    assert not panel(window, "Weights").isFloating()
    put(qtbot, window, Project(project.record, 0, pinned=project.pinned))
    assert sorted(shown(window)) == sorted(ALL + runs)


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
        assert sorted(shown(window)) == sorted(ALL + TWINS)
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
def test_where_there_is_no_room_below_runs_are_a_tab_behind_the_loss(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(1024, 690)
    before = places(window)
    put(qtbot, window, PINNED)
    assert panel(window, "Runs") in window.tabifiedDockWidgets(panel(window, "Loss"))
    assert panel(window, "Loss").is_in_front
    assert {title: x for title, (x, *_) in places(window).items()} == {
        title: x for title, (x, *_) in before.items()
    }
    put(qtbot, window, ALONE)
    assert places(window) == before


# Less room.


def stacks(window: MainWindow) -> list[set[str]]:
    """Return which panels share a place, from the left and from the top."""
    names, _ = outline(window, window.findChildren(Panel))
    return [set(stack) for stack in names]


SMALL = [
    {"controls_panel", "truth_table_panel"},
    {"decision_surface_panel"},
    {"network_diagram_panel", "weight_heatmap_panel", "loss_plot_panel"},
]


@pytest.mark.thorough
def test_in_a_low_window_each_column_is_one_stack_of_tabs(qtbot: QtBot, window: MainWindow) -> None:
    before = move_splitters(window)
    window._docks.switch(Workspace.INSIDE)
    window._docks.switch(Workspace.LEARN)
    window.resize(850, 480)
    qtbot.waitUntil(lambda: stacks(window) == SMALL)
    window.resize(850, 480)  # which the panels before would not have fitted into
    assert window.size() == QSize(850, 480)
    assert sorted(places(window)) == ["Decision surface", "Network", "Settings"]
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: len(stacks(window)) == 5)
    assert places(window) == before


def drag(qtbot: QtBot, window: MainWindow, left: str, by: int) -> dict[str, Rect]:
    """Drag the splitter at the right of a panel with the mouse, and return all places."""
    rect = QRect(*places(window)[left])
    at = QPoint(rect.right() + 4, rect.center().y())
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(window, at + QPoint(by, 0))
    QApplication.processEvents()  # QMainWindow moves it later
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=at + QPoint(by, 0))
    qtbot.waitUntil(lambda: not window._docks.gate._waiting)
    assert abs(panel(window, left).width() - rect.width() - by) <= 1
    return places(window)


@pytest.mark.thorough
def test_each_room_comes_back_as_a_person_left_it(qtbot: QtBot, window: MainWindow) -> None:
    large, small = QSize(1280, 800), QSize(850, 480)
    window.resize(large)
    in_large = drag(qtbot, window, "Settings", 50)
    window.resize(small)
    in_small = drag(qtbot, window, "Decision surface", -40)
    assert stacks(window) == SMALL
    for _ in range(2):
        window.resize(850, 520)  # the large one, as far as it fits
        window.resize(large)
        assert places(window) == in_large
        window.resize(small)
        assert places(window) == in_small


@pytest.mark.thorough
@pytest.mark.parametrize("way", some(["resize", "zoom"], 1))
def test_a_layout_comes_back_after_a_visit_elsewhere_in_another_size(
    qtbot: QtBot, window: MainWindow, way: str
) -> None:
    window.resize(1280, 800)
    before = drag(qtbot, window, "Settings", 61)
    if way == "resize":
        window.resize(1000, 700)
    for zoom in ("110", "200", "125") if way == "zoom" else ():
        action(window, f"zoom_{zoom}").trigger()
    for name in ("workspace_inside", "workspace_learn"):
        action(window, name).trigger()
    window.resize(1280, 800)
    action(window, "zoom_100").trigger()
    assert places(window) == before


@pytest.mark.thorough
def test_default_sizes_are_those_of_the_window_after_a_visit_elsewhere_and_a_restart(
    open_window: Open,
) -> None:
    window = open_window()
    window.resize(900, 600)
    small = places(window)
    window.resize(1270, 790)
    action(window, "workspace_inside").trigger()
    action(window, "workspace_learn").trigger()
    large = places(window)
    window.resize(900, 600)
    assert places(window) == small
    window.close()
    again = open_window()
    assert places(again) == small
    again.resize(1270, 790)
    assert places(again) == large


@pytest.mark.thorough
def test_to_choose_a_tab_leaves_the_default_sizes(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 600)
    small = places(window)
    window.resize(1270, 790)
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    bar = next(bar for bar in bars if bar.tabText(bar.currentIndex()) == "Network")
    left, tab = Qt.MouseButton.LeftButton, bar.tabRect(1 - bar.currentIndex()).center()
    QCursor.setPos(bar.mapToGlobal(tab))
    QTest.mousePress(bar, left, pos=tab)
    QApplication.processEvents()
    QTest.mouseRelease(bar, left, pos=tab)
    settle(qtbot, window)
    assert panel(window, "Weights").is_in_front
    window.resize(900, 600)
    now = places(window)
    assert now.pop("Weights") == small.pop("Network")
    assert now == small


def test_a_floating_panel_stays_where_it_was_dragged_to(qtbot: QtBot, window: MainWindow) -> None:
    loss = panel(window, "Loss")
    loss.float_action.trigger()
    places(window)
    title, place = loss.titleBarWidget(), loss.pos() + QPoint(-90, -60)
    QTest.mousePress(title, Qt.MouseButton.LeftButton)
    loss.move(place)
    QTest.mouseRelease(title, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window._docks.gate._waiting)
    for width in (1200, 1280):
        window.resize(width, 800)
        places(window)
    assert loss.pos() == place


def test_a_field_keeps_the_focus_in_a_layout_that_comes_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    drag(qtbot, window, "Settings", 30)
    field = find(window, QWidget, "width")
    field.setFocus()
    for width in (1200, 1280):
        window.resize(width, 800)
        places(window)
    assert window.focusWidget() is field


def test_a_panel_that_was_closed_in_one_room_is_in_sight_in_the_other(window: MainWindow) -> None:
    panel(window, "Loss").close_action.trigger()
    window.resize(850, 480)
    assert "Loss" in shown(window)
    window.resize(1280, 800)
    assert "Loss" not in shown(window)


@pytest.mark.thorough
def test_default_sizes_are_those_of_the_window_and_the_text_whatever_was_before(
    window: MainWindow,
) -> None:
    for size in (QSize(850, 530), QSize(1280, 800), QSize(850, 530)):
        window.resize(size)
        at_once = places(window)
        for zoom in ("200", "100", "110", "100"):
            action(window, f"zoom_{zoom}").trigger()
        after_zoom = places(window)
        action(window, "reset_layout").trigger()
        assert at_once == after_zoom == places(window)


@pytest.mark.thorough
def test_in_large_windows_square_pictures_fill_their_columns(window: MainWindow) -> None:
    for size in (QSize(1280, 800), QSize(1920, 1080)):
        window.resize(size)
        *_, width, height = places(window)["Decision surface"]
        assert width > 0.84 * height  # with its title and legend
        action(window, "workspace_inside").trigger()
        action(window, "reset_layout").trigger()
        heights = [places(window)[title][3] for title in ("Hidden units", "Hidden space")]
        assert heights[0] < 0.6 * heights[1]
        action(window, "workspace_learn").trigger()
        action(window, "reset_layout").trigger()


@pytest.mark.thorough
def test_at_850_pixels_two_surfaces_have_room_side_by_side(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(850, 530)
    put(qtbot, window, PAIR)
    at = places(window)
    assert {"Decision surface", "Decision surface B", "Loss"} <= at.keys()
    assert min(at["Decision surface"][2:]) > 230
    put(qtbot, window, ALONE)
    assert "Truth table" in places(window)


def test_at_850_pixels_the_whole_first_screen_is_in_sight(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(850, 530)
    QApplication.processEvents()
    at = places(window)
    assert window.size() == QSize(850, 530)
    assert sorted(at) == sorted(FIRST)
    assert min(height for *_, height in at.values()) > 100


@pytest.mark.thorough
def test_runs_leave_room_for_two_runs_side_by_side(qtbot: QtBot, window: MainWindow) -> None:
    put(qtbot, window, PINNED)
    put(qtbot, window, PINNED_PAIR)
    at = places(window)
    assert at["Runs"][3] < 180
    assert at["Decision surface"][3] > 380


@pytest.mark.thorough
def test_larger_text_needs_a_larger_window(qtbot: QtBot, window: MainWindow) -> None:
    before, size = places(window), window.size()
    action(window, "zoom_175").trigger()
    qtbot.waitUntil(lambda: stacks(window) == SMALL)
    action(window, "zoom_200").trigger()
    qtbot.waitUntil(lambda: stacks(window) == [SMALL[0], set.union(*SMALL[1:])])
    assert window.size() == size
    action(window, "zoom_100").trigger()
    qtbot.waitUntil(lambda: places(window) == before)


@pytest.mark.thorough
def test_the_smallest_window_is_whole_with_all_sizes_of_text(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(850, 530)
    for project, zoom, space in product((ALONE, WATCHED), (100, 200), Workspace):
        put(qtbot, window, project)
        action(window, f"zoom_{zoom}").trigger()
        action(window, f"workspace_{space}").trigger()
        settle(qtbot, window)
        QApplication.processEvents()
        assert window.size() == QSize(850, 530)
        parts = [p for p in window.findChildren(Panel) if p.is_in_front]
        for part in (*parts, *window.findChildren(QToolBar), window.menuBar(), window.statusBar()):
            assert window.rect().contains(part.geometry()), (part, project, zoom, space)


@pytest.mark.thorough
def test_a_column_of_text_grows_with_its_text(qtbot: QtBot, window: MainWindow) -> None:
    before = places(window)
    action(window, "zoom_110").trigger()
    now = places(window)
    assert sorted(now) == sorted(before)
    assert now["Settings"][2] == pytest.approx(before["Settings"][2] * 1.1, rel=0.06)
    action(window, "zoom_100").trigger()
    assert places(window)["Settings"][2] == pytest.approx(before["Settings"][2], abs=2)


def test_splitters_return_to_the_pixel_after_undo(qtbot: QtBot, window: MainWindow) -> None:
    before = move_splitters(window)
    window.document.pin()
    settle(qtbot, window)
    assert panel(window, "Runs").isVisible()
    action(window, "undo").trigger()
    settle(qtbot, window)
    assert places(window) == before


def test_the_truth_table_needs_no_scroll_bar_with_pinned_runs(
    qtbot: QtBot, window: MainWindow
) -> None:
    for project in (ALONE, PINNED):
        put(qtbot, window, project)
        QApplication.processEvents()
        bars = panel(window, "Truth table").findChildren(QScrollBar)
        assert not [bar for bar in bars if bar.isVisible()]


@pytest.mark.thorough
def test_the_projector_shows_the_panels_for_an_audience_and_all_comes_back_also_after_a_reset(
    window: MainWindow,
) -> None:
    before = move_splitters(window)
    window._docks.show_projector(True)
    assert sorted(shown(window)) == ["Decision surface", "Loss", "Network", "Truth table"]
    projected = places(window)
    panel(window, "Loss").close_action.trigger()
    action(window, "reset_layout").trigger()
    assert places(window) == projected
    window._docks.show_projector(False)
    assert places(window) == before


@pytest.mark.thorough
def test_a_panel_of_another_workspace_comes_back_after_a_restart(open_window: Open) -> None:
    window = open_window()
    action(window, "diagnose").trigger()
    window.close()
    assert panel(open_window(), "Diagnosis").is_in_front
