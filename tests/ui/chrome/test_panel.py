"""The frame of a panel: title, read-out, options."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.screen import Counting, child, drag, move_mouse
from xorviz.ui.chrome.panel import Panel, measure_again
from xorviz.ui.one_of import OneOf


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    """Return a window with one panel."""
    window = QMainWindow()
    content = QWidget()
    content.setObjectName("sketch")
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, Panel("Sketch", content))
    qtbot.addWidget(window)
    window.resize(500, 300)
    with qtbot.waitExposed(window):
        window.show()
    return window


def options() -> list[QAction]:
    actions = [QAction(text) for text in ("Wavy", "Straight")]
    for action in actions:
        action.setCheckable(True)
    return actions


def button(window: QMainWindow) -> QToolButton:
    return child(window, QToolButton, "options")


def test_a_panel_is_named_after_its_content_and_can_be_moved_floated_and_closed(
    window: QMainWindow,
) -> None:
    panel = child(window, Panel)
    assert panel.objectName() == "sketch_panel"
    assert panel.windowTitle() == "Sketch"
    assert child(panel, QLabel, "panel_title").text() == "Sketch"

    features = child(window, Panel).features()
    for feature in (
        QDockWidget.DockWidgetFeature.DockWidgetMovable,
        QDockWidget.DockWidgetFeature.DockWidgetFloatable,
        QDockWidget.DockWidgetFeature.DockWidgetClosable,
    ):
        assert feature in features


def test_a_read_out_is_plain_text(window: QMainWindow) -> None:
    readout = child(window, Panel).readout
    readout.setText("<b>x</b> & y")
    assert readout.textFormat() == Qt.TextFormat.PlainText
    assert readout.isVisible()


def test_a_long_read_out_does_not_widen_the_panel(window: QMainWindow) -> None:
    panel = child(window, Panel)
    before = panel.minimumSizeHint().width()
    panel.readout.setText("step 100 000 000 " * 20)
    assert panel.minimumSizeHint().width() == before


def test_a_panel_outside_a_window_has_no_buttons(window: QMainWindow) -> None:
    assert not button(window).isVisible()
    assert not child(window, QToolButton, "close").isVisible()


def test_exports_alone_have_the_menu_s_button_too(window: QMainWindow) -> None:
    child(window, Panel).set_options([], "", [QAction("Save picture", window)])
    assert button(window).isVisible()
    assert button(window).menu().actions()[0].text() == "Save picture"


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_the_buttons_are_reached_by_tab_and_pressed_by_enter(window: QMainWindow) -> None:
    panel = child(window, Panel)
    panel.set_options(options(), "wavy")
    closed: list[bool] = []
    panel.close_action.triggered.connect(lambda: closed.append(True))
    for name in ("options", "close"):
        one = child(panel, QToolButton, name)
        assert one.focusPolicy() == Qt.FocusPolicy.TabFocus
        assert one.accessibleName().startswith("Sketch: ")
        assert one.toolTip()
    QTest.keyClick(child(panel, QToolButton, "close"), Qt.Key.Key_Return)
    assert closed == [True]
    menu = button(window).menu()
    shown: list[bool] = []
    menu.aboutToShow.connect(lambda: shown.append(True))
    laid_out: list[Qt.LayoutDirection] = []
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, note_direction))

    def note_direction() -> None:
        laid_out.append(menu.layoutDirection())
        menu.close()

    QTest.keyClick(button(window), Qt.Key.Key_Return)
    assert shown == [True]
    assert laid_out == [Qt.LayoutDirection.LeftToRight], "not as the button, whose icon is last"


def test_a_read_out_that_is_cut_off_has_its_text_as_its_tip(
    qtbot: QtBot, window: QMainWindow
) -> None:
    readout = child(window, Panel).readout
    readout.setText("long " * 99)
    qtbot.waitUntil(lambda: readout.toolTip() == readout.text())
    readout.setText("short")
    qtbot.waitUntil(lambda: readout.toolTip() == "")


def test_the_button_opens_and_sums_up_the_options(window: QMainWindow) -> None:
    actions = options()
    child(window, Panel).set_options(actions, "straight")
    options_button = button(window)
    assert options_button.isVisible()
    assert options_button.text() == "straight"
    assert options_button.menu().actions()[: len(actions)] == actions


def test_a_choice_of_one_has_a_group_of_its_own_in_the_menu(window: QMainWindow) -> None:
    single, *choices = (QAction(text, window) for text in ("Slow motion", "Row 00", "Row 01"))
    OneOf(window, dict(enumerate(choices)), 0)
    child(window, Panel).set_options([*choices, single], "row 00")
    texts = [action.text() for action in button(window).menu().actions()]
    assert texts[:5] == ["Row 00", "Row 01", "", "Slow motion", ""]


def test_a_choice_with_a_title_is_a_menu_in_the_menu(window: QMainWindow) -> None:
    single, *choices = (QAction(text, window) for text in ("Slow motion", "Up to 1", "Up to 2"))
    for choice in choices:
        choice.setStatusTip("The strongest colour")
    OneOf(window, dict(enumerate(choices)), 0, "Edge colours")
    child(window, Panel).set_options([single, *choices], "row 00")
    entries = button(window).menu().actions()
    assert [entry.text() for entry in entries[:4]] == ["Slow motion", "", "Edge colours", ""]
    assert entries[2].toolTip() == "The strongest colour"
    inner = entries[2].menu()
    assert isinstance(inner, QMenu)
    assert inner.actions() == choices


def test_another_text_keeps_the_menu(window: QMainWindow) -> None:
    panel, actions = child(window, Panel), options()
    panel.set_options(actions, "straight")
    menu = button(window).menu()
    panel.set_options(actions, "wavy")
    assert button(window).text() == "wavy"
    assert button(window).menu() is menu
    assert menu.actions()[: len(actions)] == actions


@pytest.mark.qt_log_ignore(
    "This plugin does not support (raise\\(\\)|grabbing the keyboard)", extend=True
)
def test_an_option_is_chosen_from_the_menu(window: QMainWindow) -> None:
    actions = options()
    child(window, Panel).set_options(actions, "")
    menu = button(window).menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(actions[0]).center())
    assert [action.isChecked() for action in actions] == [True, False]
    assert not menu.isVisible()


def test_the_title_bar_has_the_same_height_with_options(window: QMainWindow) -> None:
    panel = child(window, Panel)
    before = panel.titleBarWidget().sizeHint().height()
    panel.set_options(options(), "wavy")
    assert panel.titleBarWidget().sizeHint().height() == before


def test_the_edges_of_a_docked_panel_cannot_be_dragged(window: QMainWindow) -> None:
    panel = child(window, Panel)
    before = panel.geometry()
    edge = QPoint(panel.width() // 2, panel.height() - 1)
    move_mouse(panel, edge)  # Qt notes an edge while the mouse comes
    drag(panel, edge, edge - QPoint(0, 30))
    assert panel.geometry() == before


def test_a_window_is_measured_without_the_events_of_another(window: QMainWindow) -> None:
    inside, dialog = Counting(child(window, Panel).content), Counting(window)
    dialog.setWindowFlag(Qt.WindowType.Dialog)
    for widget in (inside, dialog):
        QApplication.postEvent(widget, QEvent(QEvent.Type.LayoutRequest))
        widget.requests = 0
    measure_again(window)
    assert (inside.requests, dialog.requests) == (1, 0)
