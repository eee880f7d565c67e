"""What screen readers find: a name for all that can be used, tables, and all that Tab reaches."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QKeySequenceEdit,
    QLineEdit,
    QRadioButton,
    QTabBar,
    QTableView,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import getCppPointer

from tests.support.windows import action, find, settle
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.said import told_of
from xorviz.window.main_window import MainWindow

USABLE = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox),
    *(QKeySequenceEdit, QLineEdit, QTabBar, View),
)
FIELDS = (QAbstractSlider, QAbstractSpinBox, QCheckBox, QComboBox, QRadioButton)
DIALOGS = ("help", "about", "preferences", "side_by_side", "own_network", "export")


def usable(root: QWidget) -> list[QWidget]:
    """Return the visible widgets that a person can use, without Qt's own parts and spare tabs."""
    kinds = (w for w in root.findChildren(QWidget) if isinstance(w, USABLE) and w.isVisible())
    focused = (w for w in kinds if w.focusPolicy() != Qt.FocusPolicy.NoFocus)
    used = (w for w in focused if not isinstance(w, QTabBar) or w.count())
    return [w for w in used if not w.objectName().startswith("qt_")]


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def unexplained(widgets: Iterable[QWidget]) -> list[str]:
    """Return the widgets without a name, and the fields without a tool tip."""
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in widgets
        if not name_of(widget) or (isinstance(widget, FIELDS) and not widget.toolTip())
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("workspace", list(Workspace))
def test_all_in_a_workspace_has_a_name_and_tab_goes_round_it_and_back(
    qtbot: QtBot, reset_window: MainWindow, workspace: Workspace
) -> None:
    window = reset_window
    window.session.step(300)
    settle(qtbot, window)
    action(window, "more").setChecked(True)
    window.document.pin()
    window._desk.switch(workspace)
    qtbot.wait(1)
    found = usable(window)
    assert unexplained(found) == []
    assert [
        w for w in found if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not told_of(w)[0]
    ] == []
    backward, forward = (walked(window, key) for key in (Qt.Key.Key_Backtab, Qt.Key.Key_Tab))
    assert forward == [forward[0], *backward[:0:-1]]
    assert len(forward) > 20
    controls = {w.focusProxy() or w for w in found}
    stops = [w for w in controls if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()]
    assert [w for w in stops if address(w) not in forward and not is_lone_tab(w)] == []
    tables = [t for t in window.findChildren(QTableView) if t.isVisible()]
    if workspace is Workspace.LEARN:
        assert {"Truth table", "Runs"} <= {name_of(table) for table in tables}
    for table in tables:
        interface = QAccessible.queryAccessibleInterface(table)
        assert interface.role() == QAccessible.Role.Table
        cells = [interface.child(i) for i in range(interface.childCount())]
        assert {cell.role() for cell in cells} >= {QAccessible.Role.Cell}


def walked(window: MainWindow, key: Qt.Key) -> list[int]:
    """Return the addresses of what gets the focus by a key, from Run on until it has it again.

    No widgets: Python would keep them, and what they lie in, alive.
    """
    find(window, QToolButton, "run_button").setFocus()
    path: list[int] = []
    while (widget := QApplication.focusWidget()) is not None and address(widget) not in path:
        path.append(address(widget))
        QTest.keyClick(widget, key)
    assert widget is not None
    assert address(widget) == path[0]
    return path


def address(widget: QWidget) -> int:
    return getCppPointer(widget)[0]


def is_lone_tab(widget: QWidget) -> bool:
    return isinstance(widget, QTabBar) and widget.count() == 1


@pytest.mark.thorough
def test_all_that_can_be_used_in_a_dialog_has_a_name(
    qtbot: QtBot, reset_window: MainWindow
) -> None:
    reset_window.session.step(300)
    settle(qtbot, reset_window)
    for name in DIALOGS:
        before = set(reset_window.findChildren(QDialog))
        action(reset_window, name).trigger()
        (dialog,) = set(reset_window.findChildren(QDialog)) - before
        qtbot.waitExposed(dialog)
        found = set(usable(dialog))
        for tabs in dialog.findChildren(QTabWidget):
            for page in range(tabs.count()):
                tabs.setCurrentIndex(page)
                found.update(usable(dialog))
        assert found
        missing = unexplained(found)
        dialog.close()
        dialog.deleteLater()
        assert missing == [], name
