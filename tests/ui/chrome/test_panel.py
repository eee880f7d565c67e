"""The frame of a panel: title, read-out, options."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import Counting, child, drag, move_mouse
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.chrome.panel import ICONS, Panel, hold_size, is_in_sight, measure_again
from xorviz.ui.one_of import OneOf


class Window(QMainWindow):
    """A window with two panels, of which the tests look at the first."""

    def __init__(self) -> None:
        super().__init__()
        area = Qt.DockWidgetArea.LeftDockWidgetArea
        self.panel, self.other = self.made("Sketch"), self.made("Other")
        for panel in (self.panel, self.other):
            self.addDockWidget(area, panel)
        self.options, self.close_button = (
            child(self.panel, ToolButton, name) for name in ("options", "close")
        )

    def made(self, title: str) -> Panel:
        content = QWidget()
        content.setObjectName(title.lower())
        content.setWhatsThis(f"About {title}.")
        return Panel(title, content)

    @property
    def entries(self) -> list[QAction]:
        menu = self.options.menu()
        assert isinstance(menu, QMenu)
        return menu.actions()


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.resize(500, 300)
    with qtbot.waitExposed(window):
        window.show()
    return window


def actions(window: Window, *texts: str) -> list[QAction]:
    found = [QAction(text, window) for text in texts]
    for one in found:
        one.setCheckable(True)
    return found


def test_a_panel_is_named_and_explained_and_can_be_moved_floated_and_closed(window: Window) -> None:
    panel = window.panel
    assert (panel.objectName(), panel.windowTitle()) == ("sketch_panel", "Sketch")
    assert child(panel, QLabel, "panel_title").text() == "Sketch"
    assert panel.whatsThis() == panel.titleBarWidget().toolTip() == "About Sketch."
    kinds = QDockWidget.DockWidgetFeature
    for feature in (kinds.DockWidgetMovable, kinds.DockWidgetFloatable, kinds.DockWidgetClosable):
        assert feature in panel.features()
    for action in (panel.action, panel.float_action, panel.close_action):
        assert action.statusTip()
    assert panel.action.objectName() == "show_sketch"
    assert not window.options.isVisible(), "outside of the program's window"
    assert not window.close_button.isVisible()


def test_a_panel_is_brought_to_the_front_hidden_and_floated(window: Window) -> None:
    panel = window.panel
    placed: list[bool] = []
    panel.placed.connect(lambda: placed.append(True))
    window.tabifyDockWidget(panel, window.other)
    QApplication.processEvents()
    assert not panel.is_in_front
    seen = []
    for _ in range(3):
        panel.toggle()
        QApplication.processEvents()
        seen.append((panel.is_in_front, panel.action.isChecked()))
    assert seen == [(True, True), (False, False), (True, True)]
    for is_shown in (False, True):
        panel.setVisible(is_shown)
        assert panel.action.isChecked() == is_shown
    assert not is_in_sight(window.other)
    for is_floating, text in ((True, "&Dock"), (False, "&Float")):
        panel.toggle_floating()
        assert panel.isFloating() == is_floating
        assert panel.float_action.text() == text
        placed.clear()
        panel.resize(333, 222)
        resized = len(placed)
        panel.move(55, 44)
        assert 0 < resized < len(placed) or not is_floating
    panel.content.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.activateWindow()
    panel.content.setFocus()
    assert (panel.has_focus, window.other.has_focus) == (True, False)


def test_a_read_out_is_plain_cut_off_with_a_tip_and_widens_nothing(
    qtbot: QtBot, window: Window
) -> None:
    readout, before = window.panel.readout, window.panel.minimumSizeHint().width()
    assert readout.textFormat() == Qt.TextFormat.PlainText
    readout.setText("<b>long</b> " * 99)
    qtbot.waitUntil(lambda: "&lt;b&gt;long" in readout.toolTip())
    assert window.panel.minimumSizeHint().width() == before
    readout.setText("short")
    qtbot.waitUntil(lambda: readout.toolTip() == "")
    readout.setToolTip("of its own")
    readout.setText("long " * 99)
    window.grab()
    assert readout.toolTip() == "of its own"


def test_options_are_grouped_in_the_menu_and_summed_up_in_its_button(window: Window) -> None:
    height = window.panel.titleBarWidget().sizeHint().height()
    rows, edges = actions(window, "Row 00", "Row 01"), actions(window, "Up to 1", "Up to 2")
    (single,) = actions(window, "Slow motion")
    edges[0].setStatusTip("The strongest colour")
    OneOf(window, dict(enumerate(rows)), 0)
    OneOf(window, dict(enumerate(edges)), 0, "Edge colours")
    exports = [QAction("Save picture", window)]
    for text in ("row 00", "row 01"):
        window.panel.set_options([*rows, single, *edges], text, exports)
        assert window.options.text() == text
        texts = [entry.text() for entry in window.entries]
        shown = ["Row 00", "Row 01", "", "Slow motion", "", "Edge colours", "", "Save picture"]
        assert texts == [*shown, "", "&Float", "&Close"]
    assert window.options.isVisible()
    assert window.close_button.isVisible()
    inner = window.entries[5].menu()
    assert isinstance(inner, QMenu)
    assert (inner.actions(), window.entries[5].toolTip()) == (edges, "The strongest colour")
    assert window.panel.titleBarWidget().sizeHint().height() == height
    square = QPixmap(8, 8)
    square.fill(Qt.GlobalColor.red)
    window.panel.set_icons({ICONS[0]: QIcon(square)})
    icons = window.options.icon(), window.close_button.icon()
    assert [icon.isNull() for icon in icons] == [False, True]
    styles = Qt.ToolButtonStyle
    assert window.options.toolButtonStyle() == styles.ToolButtonTextBesideIcon
    window.panel.set_options([], "")
    assert window.options.toolButtonStyle() == styles.ToolButtonIconOnly


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_the_menu_and_the_buttons_are_reached_by_keyboard_and_mouse(window: Window) -> None:
    panel, (wavy, straight) = window.panel, actions(window, "Wavy", "Straight")
    panel.set_options([wavy, straight], "wavy")
    closed: list[bool] = []
    panel.close_action.triggered.connect(lambda: closed.append(True))
    for button in (window.options, window.close_button):
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
        assert button.accessibleName().startswith("Sketch: ")
        assert button.toolTip()
    QTest.keyClick(window.close_button, Qt.Key.Key_Return)
    assert closed == [True]
    laid_out: list[Qt.LayoutDirection] = []

    def note_direction() -> None:
        laid_out.append(panel.menu.layoutDirection())
        panel.menu.close()

    panel.menu.aboutToShow.connect(lambda: QTimer.singleShot(0, note_direction))
    QTest.keyClick(window.options, Qt.Key.Key_Return)
    assert laid_out == [Qt.LayoutDirection.LeftToRight], "not as the button, whose icon is last"
    panel.menu.aboutToShow.disconnect()
    panel.titleBarWidget().customContextMenuRequested.emit(QPoint(5, 5))
    assert panel.menu.isVisible()
    at = panel.menu.actionGeometry(wavy).center()
    QTest.mouseClick(panel.menu, Qt.MouseButton.LeftButton, pos=at)
    assert [one.isChecked() for one in (wavy, straight)] == [True, False]
    assert not panel.menu.isVisible()


def test_what_needs_more_than_its_limit_is_scrolled(window: Window) -> None:
    panel = window.panel
    panel.content.setMinimumSize(300, 900)
    for most in (QSize(100, 80), QSize(200, 60)):
        panel.limit(most)
        measure_again(window)
        least = panel.minimumSizeHint()
        assert most.width() <= least.width() < most.width() + 60
        assert most.height() <= least.height() < most.height() + 90
    QApplication.processEvents()
    assert panel.content.size().height() >= 900


def test_the_edges_of_a_docked_panel_cannot_be_dragged(window: Window) -> None:
    panel, before = window.panel, window.panel.geometry()
    edge = QPoint(panel.width() // 2, panel.height() - 1)
    move_mouse(panel, edge)  # Qt notes an edge while the mouse comes
    drag(panel, edge, edge - QPoint(0, 30))
    assert panel.geometry() == before


def test_a_window_is_measured_without_the_events_of_another_and_may_be_held(window: Window) -> None:
    inside, dialog = Counting(window.panel.content), Counting(window)
    dialog.setWindowFlag(Qt.WindowType.Dialog)
    for widget in (inside, dialog):
        QApplication.postEvent(widget, QEvent(QEvent.Type.LayoutRequest))
        widget.requests = 0
    measure_again(window)
    assert (inside.requests, dialog.requests) == (1, 0)
    size = window.size()
    hold_size(window, True)
    window.panel.setMinimumWidth(900)
    measure_again(window)
    assert window.size() == size
    hold_size(window, False)
    measure_again(window)
    assert window.width() >= 900
