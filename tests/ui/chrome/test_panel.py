"""The frame of a panel: title, read-out, options."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, drag, move_mouse
from xorviz.ui.chrome.panel import Panel


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


def test_there_is_no_button_without_options(window: QMainWindow) -> None:
    assert not button(window).isVisible()


def test_the_button_opens_and_sums_up_the_options(window: QMainWindow) -> None:
    actions = options()
    child(window, Panel).set_options(actions, "straight")
    options_button = button(window)
    assert options_button.isVisible()
    assert options_button.text() == "straight"
    assert "straight" in options_button.toolTip()
    assert options_button.accessibleName() == "Sketch: options"
    assert options_button.menu().actions() == actions


def test_another_text_keeps_the_menu(window: QMainWindow) -> None:
    panel, actions = child(window, Panel), options()
    panel.set_options(actions, "straight")
    menu = button(window).menu()
    panel.set_options(actions, "wavy")
    assert button(window).text() == "wavy"
    assert button(window).menu() is menu
    assert menu.actions() == actions


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
