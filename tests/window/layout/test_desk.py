"""The desk in the real window: what is shown, and what its user does to it."""

import json
from collections.abc import Callable, Iterable
from itertools import product

import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QRubberBand, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import press
from tests.support.windows import Open, action, find, settle
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.chrome.panel import NO_LIMIT, Panel
from xorviz.ui.chrome.slot import PanelSlot, TabBar
from xorviz.ui.said import told_of
from xorviz.window.layout.desk import Desk, PanelWindow, saved_tree
from xorviz.window.main_window import MainWindow

LEARN = (
    "controls", "truth_table", "decision_surface", "network_diagram", "weight_heatmap", "loss_plot",
)  # fmt: skip
PAIR = Project(Record(RunConfig()), 0, beside=Record(RunConfig(rate=0.5)))
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(window: MainWindow) -> Desk:
    return window._desk


def seen(desk: Desk) -> set[str]:
    """Return the names of the panels in sight, in whatever window."""
    return {panel.content.objectName() for panel in desk.made if panel.isVisible()}


def slot_of(desk: Desk, name: str) -> PanelSlot:
    return next(slot for slot in desk._page.slots if desk[name] in slot.panels)


def title_of(desk: Desk, name: str) -> tuple[TabBar, QPoint]:
    """Return the bar that has a panel's title, and the middle of that title."""
    slot = slot_of(desk, name)
    return slot.tabs, slot.tabs.tabRect(slot.panels.index(desk[name])).center()


def hold(bar: QWidget, start: QPoint, end: QPoint) -> None:
    """Drag by plain mouse events to a point of the screen, and keep the button down."""
    button, held = Qt.MouseButton.NoButton, LEFT
    QTest.mousePress(bar, LEFT, pos=start)
    for at in (bar.mapToGlobal(start) + QPoint(0, 40), end):
        where = QPointF(bar.mapFromGlobal(at))
        moved = QMouseEvent(
            QEvent.Type.MouseMove, where, QPointF(at), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(bar, moved)


def drag(bar: QWidget, start: QPoint, end: QPoint) -> None:
    """Drag by plain mouse events to a point of the screen."""
    hold(bar, start, end)
    QTest.mouseRelease(bar, LEFT, pos=bar.mapFromGlobal(end))
    QApplication.processEvents()


def shares(desk: Desk) -> list[float]:
    """Return what parts of the desk all slots have, in width and height."""
    for _ in range(3):  # bars and splitters settle one after the other
        QApplication.processEvents()
    page = desk._page
    return [
        round(part, 4)
        for slot in page.slots
        for part in (slot.width() / page.width(), slot.height() / page.height())
    ]


def test_the_first_screen_shows_the_three_pictures_that_were_asked_for(desk: Desk) -> None:
    assert seen(desk) == set(LEARN)
    lefts = [slot_of(desk, name).mapTo(desk, QPoint(0, 0)).x() for name in LEARN]
    assert lefts[0] == lefts[1] < lefts[2] < lefts[3] == lefts[4] == lefts[5]


def test_a_tab_brings_its_panel_to_the_front(desk: Desk) -> None:
    desk.move_panel("loss_plot", "network_diagram", is_below=False)
    assert "network_diagram" not in seen(desk)
    bar, at = title_of(desk, "network_diagram")
    QTest.mouseClick(bar, LEFT, pos=at)
    assert "network_diagram" in seen(desk)
    assert "loss_plot" not in seen(desk)
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Left)
    assert "loss_plot" in seen(desk)
    assert "network_diagram" not in seen(desk)
    desk.switch(Workspace.INSIDE)
    desk.switch(Workspace.LEARN)
    assert "loss_plot" in seen(desk)


def test_a_title_is_dragged_to_the_place_of_its_panel(desk: Desk) -> None:
    surface = slot_of(desk, "decision_surface")
    bar, at = title_of(desk, "loss_plot")
    drag(bar, at, surface.mapToGlobal(surface.rect().center()))
    assert desk["loss_plot"] in slot_of(desk, "decision_surface").panels
    bar, at = title_of(desk, "loss_plot")
    drag(bar, at, surface.mapToGlobal(QPoint(20, surface.height() - 10)))
    below, above = slot_of(desk, "loss_plot"), slot_of(desk, "decision_surface")
    assert below is not above
    assert below.mapTo(desk, QPoint()).y() > above.mapTo(desk, QPoint()).y()
    before = seen(desk)
    bar, at = title_of(desk, "loss_plot")
    drag(bar, at, desk.mapToGlobal(QPoint(-200, -200)))  # nowhere
    assert seen(desk) == before == set(LEARN)


@pytest.mark.parametrize("end", ["other tabs", "hidden", "another window"])
def test_a_drag_that_cannot_end_leaves_nothing(desk: Desk, end: str) -> None:
    surface = slot_of(desk, "decision_surface")
    bar, at = title_of(desk, "loss_plot")
    mark = find(desk, QRubberBand)
    hold(bar, at, surface.mapToGlobal(surface.rect().center()))
    assert mark.isVisible()
    if end == "other tabs":
        desk.move_panel("weight_heatmap", "loss_plot", is_below=False)
    elif end == "hidden":
        desk.toggle_alone("truth_table")
    else:
        desk["truth_table"].window_action.trigger()
        QTest.qWaitForWindowActive(desk["truth_table"].window())
    before = desk.layouts()
    assert not mark.isVisible()
    QTest.mouseRelease(bar, LEFT)
    QApplication.processEvents()
    assert desk.layouts() == before


def test_only_the_left_button_drags_and_opens(desk: Desk) -> None:
    bar, at = title_of(desk, "loss_plot")
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        QTest.mouseDClick(bar, button, pos=at)
        QApplication.processEvents()
    assert seen(desk) == set(LEARN)
    surface = slot_of(desk, "decision_surface")
    hold(bar, at, surface.mapToGlobal(surface.rect().center()))
    QTest.mouseRelease(bar, Qt.MouseButton.RightButton)
    QApplication.processEvents()
    assert seen(desk) == set(LEARN)


def test_the_menu_of_a_panel_moves_it(desk: Desk) -> None:
    panel = desk["weight_heatmap"]
    panel.menu.aboutToShow.emit()
    entries = {entry.text(): entry for entry in panel.move_menu.actions()}
    assert len(entries) == len(desk._page.slots) * 2 - 2
    entries["Tabs with Loss"].trigger()
    assert slot_of(desk, "loss_plot") is slot_of(desk, "weight_heatmap")
    for toggle in (desk.toggle_alone, desk.toggle_window):  # it has no place to be moved from
        toggle("weight_heatmap")
        panel.menu.aboutToShow.emit()
        assert not panel.move_menu.isEnabled()


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
@pytest.mark.parametrize("reason", QContextMenuEvent.Reason)
def test_a_title_has_the_menu_of_its_panel(desk: Desk, reason: QContextMenuEvent.Reason) -> None:
    for name in ("network_diagram", "weight_heatmap"):
        desk.move_panel(name, "loss_plot", is_below=False)
    by_mouse = reason is not QContextMenuEvent.Reason.Keyboard
    for name in ("weight_heatmap", "network_diagram", "loss_plot"):
        bar, at = title_of(desk, name)
        bar.setCurrentIndex(bar.tabAt(at))
        at = at if by_mouse else bar.rect().center()  # as Qt asks
        QApplication.sendEvent(bar, QContextMenuEvent(reason, at, bar.mapToGlobal(at)))
        assert QApplication.activePopupWidget() is desk[name].menu
        desk[name].menu.close()


def test_nothing_goes_below_the_runs(window: MainWindow, desk: Desk) -> None:
    window.document.pin()
    panel, runs = desk["loss_plot"], slot_of(desk, "runs")
    panel.menu.aboutToShow.emit()
    assert "Below Runs" not in {entry.text() for entry in panel.move_menu.actions()}
    hold(*title_of(desk, "loss_plot"), runs.mapToGlobal(QPoint(20, runs.height() - 5)))
    mark = find(desk, QRubberBand)
    assert mark.size() == runs.size()


def test_a_panel_of_any_height_may_be_a_tab_beside_the_runs(window: MainWindow, desk: Desk) -> None:
    window.document.pin()
    runs, most = slot_of(desk, "runs"), desk["runs"].height()
    assert runs.maximumHeight() < 2 * most
    desk.move_panel("decision_surface", "runs", is_below=False)
    assert runs.maximumHeight() == NO_LIMIT
    assert slot_of(desk, "decision_surface") is runs


HIDES: dict[str, Callable[[Panel], object]] = {
    "its menu": lambda panel: panel.hide_action.trigger(),
    "View": lambda panel: panel.action.trigger(),
    "its button": lambda panel: find(panel.corner, ToolButton, "close").click(),
}


@pytest.mark.parametrize("way", some(HIDES, 1))
def test_a_hidden_panel_comes_back_beside_its_neighbours(desk: Desk, way: str) -> None:
    panel = desk["weight_heatmap"]
    HIDES[way](panel)
    assert "weight_heatmap" not in seen(desk)
    assert not panel.action.isChecked()
    desk.switch(Workspace.LAB)
    desk.switch(Workspace.LEARN)
    assert "weight_heatmap" not in seen(desk)
    panel.action.trigger()
    assert "weight_heatmap" in seen(desk)
    assert panel.action.isChecked()


def test_the_button_that_hides_is_under_the_pointer_only(desk: Desk) -> None:
    slot, close = slot_of(desk, "loss_plot"), find(desk["loss_plot"].corner, ToolButton, "close")
    assert not close.isVisible()
    width = desk["loss_plot"].readout.width()
    slot.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    QApplication.sendEvent(slot, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert close.isVisible()
    assert desk["loss_plot"].readout.width() == width
    slot.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
    QApplication.sendEvent(slot, QEvent(QEvent.Type.Leave))
    assert not close.isVisible()


def test_one_panel_is_shown_alone_and_all_again(desk: Desk) -> None:
    before = shares(desk)
    bar, at = title_of(desk, "loss_plot")
    QTest.mouseDClick(bar, LEFT, pos=at)
    QTest.mouseRelease(bar, LEFT, pos=at)
    QApplication.processEvents()
    assert seen(desk) == {"loss_plot"}
    QTest.keyClick(desk.window(), Qt.Key.Key_Escape)
    assert seen(desk) == set(LEARN)
    assert shares(desk) == before
    desk["loss_plot"].maximise_action.trigger()
    desk.reveal("truth_table")  # what is asked for is shown
    assert seen(desk) == set(LEARN)


def test_a_panel_in_a_window_of_its_own_comes_back_by_closing_that(desk: Desk) -> None:
    before = shares(desk)
    panel = desk["loss_plot"]
    panel.window_action.trigger()
    window = panel.window()
    assert isinstance(window, PanelWindow)
    assert window.parentWidget() is desk.window()
    assert seen(desk) == set(LEARN)
    assert not any(panel in slot.panels for slot in desk._page.slots)
    window.close()
    assert panel.window() is desk.window()
    assert seen(desk) == set(LEARN)
    assert shares(desk) == before
    panel.window_action.trigger()
    desk.reset()
    assert panel.window() is desk.window()
    assert shares(desk) == before


def test_a_window_may_be_closed_where_its_panel_has_no_place(desk: Desk) -> None:
    desk["loss_plot"].window_action.trigger()
    desk.switch(Workspace.INSIDE)
    desk["loss_plot"].window().close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.switch(Workspace.LEARN)
    assert seen(desk) == set(LEARN)


def test_a_panel_with_a_window_does_not_come_aside(desk: Desk) -> None:
    desk.need_all()
    desk.toggle_window("units")
    desk.open_aside("units")
    assert isinstance(desk["units"].window(), PanelWindow)
    assert desk.aside == ""


def test_a_passing_column_may_be_all_that_there_is(desk: Desk) -> None:
    for name in LEARN:
        desk.hide_panel(name)
    desk.open_aside("units")
    assert seen(desk) == {"units"}


def test_what_is_asked_for_is_in_sight_whatever_is_shown_alone_or_aside(
    window: MainWindow, desk: Desk
) -> None:
    desk.open_aside("units")
    desk.toggle_alone("loss_plot")
    desk.reveal("units")
    assert "units" in seen(desk)
    desk.toggle_alone("loss_plot")
    desk.close_aside()
    assert seen(desk) == {"loss_plot"}
    desk.reset()
    desk.open_aside("units")
    window.resize(400, 500)
    QApplication.processEvents()
    assert seen(desk) == {"units"}
    desk.show_panel("loss_plot")
    assert "loss_plot" in seen(desk)


def test_a_panel_goes_with_its_reason(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    window.document.put(PAIR)
    window.document.pin()
    settle(qtbot, window)
    assert desk["decision_surface_beside"] in desk.all
    assert desk["runs"].action.isEnabled()
    for name in ("runs", "decision_surface_beside"):
        desk.toggle_window(name)
    desk.toggle_alone("weight_heatmap_beside")
    window.document.put(Project(Record(RunConfig()), 0))
    settle(qtbot, window)
    assert seen(desk) == set(LEARN)
    assert desk["decision_surface_beside"] not in desk.all
    assert not desk["runs"].action.isEnabled()


def test_a_passing_column_is_never_kept(desk: Desk) -> None:
    names: list[str] = []
    desk.aside_changed.connect(names.append)
    desk.open_aside("units")
    assert "units" in seen(desk)
    right = slot_of(desk, "units").mapTo(desk, QPoint(0, 0)).x()
    assert right == max(slot.mapTo(desk, QPoint(0, 0)).x() for slot in desk._page.slots)
    desk.reset()
    assert "units" in seen(desk)
    QTest.keyClick(desk.window(), Qt.Key.Key_Escape)
    assert seen(desk) == set(LEARN)
    assert names == ["units", ""]
    assert "units" not in json.dumps(desk.layouts())


def test_runs_come_with_the_first_pinned_run(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    assert "runs" not in seen(desk)
    window.document.pin()
    assert "runs" in seen(desk)
    assert slot_of(desk, "runs").width() == desk._page.width()
    window.document.put(Project(Record(RunConfig()), 0))
    settle(qtbot, window)
    assert seen(desk) == set(LEARN)
    window.document.pin()
    desk["runs"].hide_action.trigger()
    window.document.put(Project(Record(RunConfig()), 0))
    settle(qtbot, window)
    window.document.pin()  # hidden by hand: for good
    assert seen(desk) == set(LEARN)


def test_a_second_run_has_a_layout_of_its_own(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    desk["truth_table"].hide_action.trigger()
    before = shares(desk)
    window.document.put(PAIR)
    settle(qtbot, window)
    assert {"decision_surface_beside", "weight_heatmap_beside", "truth_table"} <= seen(desk)
    desk.switch(Workspace.INSIDE)
    desk.switch(Workspace.LEARN)
    assert "decision_surface_beside" in seen(desk)
    window.document.put(Project(Record(RunConfig()), 0))
    settle(qtbot, window)
    assert seen(desk) == set(LEARN) - {"truth_table"}
    assert shares(desk) == before


def test_in_a_small_window_slots_become_tabs_and_the_settings_fold(
    window: MainWindow, desk: Desk
) -> None:
    before = shares(desk)
    window.resize(850, 530)
    assert desk.is_placed("weight_heatmap")
    assert "decision_surface" in seen(desk)
    assert len(desk._page.slots) < len(LEARN)
    for name in LEARN:
        tabs, at = title_of(desk, name)
        assert told_of(tabs, tabs.mapToGlobal(at))[0] == desk[name].content.property("about")
    window.resize(560, 530)
    fold = find(desk, ToolButton, "fold_settings")
    assert fold.isVisible()
    assert "controls" not in seen(desk)
    fold.click()
    assert "controls" in seen(desk)
    fold.click()
    desk.reveal("truth_table")  # also what is in the folded column is shown when it is asked for
    assert "truth_table" in seen(desk)
    fold.click()
    window.resize(1280, 800)
    desk.reset()
    assert shares(desk) == before


def test_an_audience_sees_the_pictures_larger_and_no_buttons(
    qtbot: QtBot, window: MainWindow, desk: Desk
) -> None:
    present, picture = action(window, "present"), window._views[DecisionSurface]._canvas

    def side() -> float:
        QApplication.processEvents()
        return float(min(picture.width(), picture.height()))

    before, layout = side(), shares(desk)
    window.document.pin()
    present.trigger()
    assert window.isFullScreen()
    assert not {"controls", "runs"} & seen(desk)
    for workspace in reversed(Workspace):  # also in slots that Learn doesn't use
        desk.switch(workspace)
        buttons = desk._page.findChildren(ToolButton, "options")
        assert buttons
        assert not any(button.isVisible() for button in buttons)
    window.showNormal()  # the whole screen of a test is smaller
    window.resize(1280, 800)
    assert side() > before
    window.document.put(Project(Record(RunConfig()), 0))
    settle(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert not present.isChecked()
    window.resize(1280, 800)
    QApplication.processEvents()
    assert shares(desk) == layout


def test_the_focus_stays_where_it_is(desk: Desk) -> None:
    content = desk["loss_plot"].content
    content.setFocus()
    focused = QApplication.focusWidget()
    desk.move_panel("loss_plot", "truth_table", is_below=True)
    assert QApplication.focusWidget() is focused
    assert focused is not None
    assert focused.isVisible()
    desk["loss_plot"].hide_action.trigger()
    assert QApplication.focusWidget() is desk.window()


# What is kept.


def test_a_layout_comes_back_as_fractions_in_a_window_of_any_size(
    window: MainWindow, desk: Desk
) -> None:
    desk.move_panel("weight_heatmap", "truth_table", is_below=True)
    row = desk._page.findChildren(QSplitter)[1]
    assert row.orientation() is Qt.Orientation.Horizontal
    for splitter in desk._page.findChildren(QSplitter):
        if splitter.count() > 1 and splitter.sizes()[1]:
            splitter.moveSplitter(splitter.sizes()[0] + 30, 1)
    before, saved = shares(desk), json.loads(json.dumps(desk.layouts()))
    for size in (QSize(2560, 1440), QSize(850, 530), QSize(1280, 800)):
        window.resize(size)
        QApplication.processEvents()
    assert shares(desk) == pytest.approx(before, abs=0.01)
    desk.reset()
    assert shares(desk) != pytest.approx(before, abs=0.01)
    desk.start(Workspace.LEARN, {key: saved_tree(key, value) for key, value in saved.items()})
    assert shares(desk) == pytest.approx(before, abs=0.01)


@pytest.mark.thorough
def test_a_panel_that_is_made_late_comes_back_at_the_next_start(open_window: Open) -> None:
    first = open_window()
    first._desk.show_panel("units")
    first.close()
    assert "units" in seen(open_window()._desk)


def test_a_bar_stops_where_a_panel_cannot_be_read(window: MainWindow, desk: Desk) -> None:
    window.document.pin()
    bars = [s for s in desk._page.findChildren(QSplitter) if s.count() > 1]
    for splitter, place in product(bars, (0, 9999)):
        QApplication.processEvents()
        splitter.moveSplitter(place, 1)
        before = shares(desk)
        desk._refresh()
        assert shares(desk) == pytest.approx(before, abs=0.01)


@pytest.mark.parametrize("own_window", some(["controls", None], 1))
def test_a_bar_beside_a_passing_column_stays_where_it_is_dragged(
    window: MainWindow, desk: Desk, own_window: str | None
) -> None:
    action(window, "zoom_200").trigger()  # the other columns are below each other, or folded
    try:
        if own_window is not None:
            desk.toggle_window(own_window)
        desk.open_aside("units")
        window.resize(850, 600)
        QApplication.processEvents()
        bars = [s for s in desk._page.findChildren(QSplitter) if s.count() > 1 and s.sizes()[1]]
        for splitter, by in product(bars, (9, -40, 20)):
            splitter.moveSplitter(splitter.sizes()[0] + by, 1)
            before = shares(desk)
            desk._refresh()
            assert shares(desk) == pytest.approx(before, abs=0.01)
    finally:
        action(window, "zoom_100").trigger()


@pytest.mark.parametrize(
    "saved", [QByteArray(b"\0\0\0\xff"), [1], {}, 7, {"columns": [[10**400, []]]}]
)
def test_what_is_no_layout_is_refused(saved: object) -> None:
    with pytest.raises(ValueError, match="not a layout"):
        saved_tree("learn", saved)


# Every size of window and text.


def scroll_bars(page: QWidget) -> Iterable[QAbstractScrollArea]:
    """Yield the areas that show both scroll bars, or one within another one that shows one."""
    shown = [
        area
        for area in page.findChildren(QAbstractScrollArea)
        if area.isVisible() and area.verticalScrollBar().isVisible()
    ]
    for area in shown:
        has_both = area.viewport().height() < area.contentsRect().height()
        around = (other for other in shown if other is not area and other.isAncestorOf(area))
        if has_both or any(around):
            yield area


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("size", "zoom", "is_pair"),
    list(product(((850, 530), (1280, 800), (1920, 1080)), ("100", "150", "200"), (False, True))),
)
def test_no_panel_is_empty_and_no_scroll_bar_stands_beside_another(
    qtbot: QtBot, window: MainWindow, desk: Desk, size: tuple[int, int], zoom: str, is_pair: bool
) -> None:
    window.resize(*size)
    if is_pair:
        window.document.put(PAIR)
        settle(qtbot, window)
    action(window, f"zoom_{zoom}").trigger()
    try:
        for workspace in Workspace:
            desk.switch(workspace)
            QApplication.processEvents()
            assert window.size() == QSize(*size)
            for slot in desk._page.slots:
                place = QRect(slot.mapTo(desk._page, QPoint(0, 0)), slot.size())
                assert desk._page.rect().contains(place)
                assert min(slot.width(), slot.height()) > 3 * desk.fontMetrics().height()
            assert not list(scroll_bars(desk._page))
    finally:
        action(window, "zoom_100").trigger()
