"""Keys and explanations: each works wherever the focus is, each part says what it is."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.windows import Open, action, settle
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.window.main_window import MainWindow

NONE = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEYS: dict[str, tuple[Qt.Key, str, Qt.KeyboardModifier]] = {
    "step_back": (Qt.Key.Key_Left, "", NONE),
    "step_back_n": (Qt.Key.Key_Left, "", SHIFT),
    "to_start": (Qt.Key.Key_Home, "", NONE),
    "to_live": (Qt.Key.Key_End, "", NONE),
    "run": (Qt.Key.Key_Space, " ", NONE),
    "step": (Qt.Key.Key_S, "s", NONE),
    "step_n": (Qt.Key.Key_S, "S", SHIFT),
    "reset": (Qt.Key.Key_R, "r", NONE),
    "new_weights": (Qt.Key.Key_N, "n", NONE),
    "pin": (Qt.Key.Key_P, "p", NONE),
    "side_by_side": (Qt.Key.Key_C, "c", NONE),
    "undo": (Qt.Key.Key_Z, "\x1a", CONTROL),
    "redo": (Qt.Key.Key_Z, "\x1a", CONTROL | SHIFT),
    "redo, too": (Qt.Key.Key_Y, "\x19", CONTROL),
    "copy_command": (Qt.Key.Key_C, "\x03", CONTROL | SHIFT),
    "paste_settings": (Qt.Key.Key_V, "\x16", CONTROL | SHIFT),
    "reset_layout": (Qt.Key.Key_L, "\x0c", CONTROL | SHIFT),
    "full_screen": (Qt.Key.Key_F11, "", NONE),
    "help": (Qt.Key.Key_F1, "", NONE),
}
"""With the characters that a real keyboard sends and QTest does not."""

USED_BY: dict[str, tuple[type[QWidget], ...]] = {
    "step_back": (QAbstractSpinBox, QAbstractSlider, SnapshotView, QTableView),
    "step_back_n": (QAbstractSpinBox,),
    "to_start": (QAbstractSpinBox, QAbstractSlider, QComboBox),
    "to_live": (QAbstractSpinBox, QAbstractSlider, QComboBox),
}
"""Widgets that use a key themselves while they have the focus."""


def press(name: str) -> None:
    """Press the key of an action in the widget that has the focus."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.sendKeyEvent(QTest.KeyAction.Click, focused, *KEYS[name])


def focusable(qtbot: QtBot, window: MainWindow) -> list[QWidget]:
    """Show as many widgets as possible, and return those that take the focus."""
    window.session.step(300)
    settle(qtbot, window)
    action(window, "more").setChecked(True)
    window.document.pin()
    by_tab = [w for w in window.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    widgets = [w for w in by_tab if w.isVisible() and w.isEnabled() and w.focusProxy() is None]
    assert len(widgets) > 30
    assert {"timeline", "timeline_step", "rate", "runs_table"} <= {w.objectName() for w in widgets}
    return widgets


@pytest.mark.parametrize("name", some(KEYS, 2))
def test_each_key_works_wherever_the_focus_is(qtbot: QtBot, open_window: Open, name: str) -> None:
    window = open_window()
    widgets = [window, *focusable(qtbot, window)]
    fired: list[str] = []
    found = action(window, name.removesuffix(", too"))
    found.triggered.disconnect()  # only the key is tested here
    found.triggered.connect(lambda: fired.append(name))
    found.setEnabled(True)
    for widget in widgets:
        widget.setFocus()
        fired.clear()
        press(name)
        expected = [] if isinstance(widget, USED_BY.get(name, ())) else [name]
        assert fired == expected, f"{name} with the focus on {widget.objectName()} {widget}"


def test_every_focusable_widget_has_a_name_and_an_explanation(
    qtbot: QtBot, reset_window: MainWindow
) -> None:
    for widget in focusable(qtbot, reset_window):
        spoken = widget.accessibleName() or getattr(widget, "text", str)()
        around: QWidget | None = widget
        while around is not None and not around.whatsThis():
            around = around.parentWidget()
        assert spoken, widget
        assert around is not None, widget
        assert around.whatsThis()
