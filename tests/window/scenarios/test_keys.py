"""Keys and screen readers: what each key does where, and a name for all that can be used."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import astuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence
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
    QPlainTextEdit,
    QRadioButton,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import getCppPointer

from tests.support.cases import some
from tests.support.windows import Do, Open, action, find, settle
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.keys import is_for_fields
from xorviz.ui.said import told_of
from xorviz.window.main_window import MainWindow

# Space opens a list, which grabs the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")

KEYS = {
    "run": ["Space"],
    "step": ["S", "Right"],
    "step_back": ["Left"],
    "to_start": ["Home"],
    "to_live": ["End"],
    "reset": ["R"],
    "new_weights": ["N"],
    "pin": ["P"],
    "side_by_side": ["C"],
    "fit_runs": ["F"],
    "why": ["D"],
    "undo": ["Ctrl+Z"],
    "redo": ["Ctrl+Shift+Z"],
    "open": ["Ctrl+O"],
    "save": ["Ctrl+S"],
    "export": ["Ctrl+E"],
    "own_network": ["Ctrl+I"],
    "palette": ["Ctrl+K"],
    "workspace_learn": ["Ctrl+1"],
    "workspace_inside": ["Ctrl+2"],
    "workspace_lab": ["Ctrl+3"],
    "zoom_in": ["Ctrl++", "Ctrl+="],
    "zoom_out": ["Ctrl+-"],
    "zoom_100": ["Ctrl+0"],
    "help": ["F1"],
    "fold_settings": ["F9"],
    "present": ["F5"],
    "quit": ["Ctrl+Q"],
}
"""All keys of the window, beside Esc, which cancels steps; no panel has another one."""

FIELDS = QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit
USED_BY: dict[str, tuple[type[QWidget], ...]] = {
    "Left": (QAbstractSlider, SnapshotView),
    "Right": (QAbstractSlider, SnapshotView),
    "Home": (QAbstractSlider,),
    "End": (QAbstractSlider,),
}
"""Widgets beside fields that use a key themselves while they have the focus."""
CHARACTERS = "srpdR 0-é"
"""Those that keys of the window have too, and some others."""
DIALOGS = ("own_network", "preferences", "palette", "side_by_side")


def press_key(key: str) -> None:
    """Press a key in the widget that has the focus, as a keyboard does it."""
    focused, combination = QApplication.focusWidget(), QKeySequence(key)[0]  # type: ignore[index]
    assert focused is not None
    letter = " " if key == "Space" else key.lower() * (len(key) == 1)
    kind, modifiers = QTest.KeyAction.Click, combination.keyboardModifiers()
    QTest.sendKeyEvent(kind, focused, combination.key(), letter, modifiers)


def press(name: str) -> None:
    """Press the first key of an action."""
    press_key(KEYS[name][0])


def type_character(into: QWidget, character: str) -> None:
    key = QKeySequence(character)[0].key()  # type: ignore[index]
    shift, none = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
    modifier = shift if character.isupper() else none
    QTest.sendKeyEvent(QTest.KeyAction.Click, into, key, character, modifier)


def close_list(field: QWidget) -> None:
    if isinstance(field, QComboBox):
        field.hidePopup()


def focusable(qtbot: QtBot, window: MainWindow) -> list[QWidget]:
    """Show as many widgets as possible, and return those that take the focus."""
    window.session.step(300)
    settle(qtbot, window)
    action(window, "more").setChecked(True)
    window.document.pin()
    widgets = by_tab(window)
    assert len(widgets) > 30
    assert {"timeline", "timeline_step", "rate", "runs_table"} <= {w.objectName() for w in widgets}
    return widgets


def by_tab(window: QWidget) -> list[QWidget]:
    found = [w for w in window.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [w for w in found if w.isVisible() and w.isEnabled() and w.focusProxy() is None]


@pytest.mark.thorough
def test_these_are_all_keys_and_no_two_actions_share_one(window: MainWindow) -> None:
    assert window._desk.all  # all panels are made
    found = {
        one.objectName(): [key.toString() for key in one.shortcuts()]
        for one in window.findChildren(QAction)
        if one.shortcuts()
    }
    assert found == KEYS
    assert max(Counter(key for keys in found.values() for key in keys).values()) == 1


def watched(window: MainWindow) -> list[str]:
    """Return a list to which the actions that have keys add their names in place of acting."""
    fired: list[str] = []
    for name in KEYS:
        one = action(window, name)
        one.triggered.disconnect()  # only keys are tested here
        one.triggered.connect(lambda _=False, name=name: fired.append(name))
    return fired


@pytest.mark.thorough
def test_each_key_works_wherever_the_focus_is_and_types_in_a_field(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    kinds = (QAbstractSpinBox, QAbstractSlider, SnapshotView)
    one_of_each = {
        next((kind for kind in kinds if isinstance(widget, kind)), None): widget
        for widget in focusable(qtbot, window)
    }
    fired = watched(window)
    # What is typed comes last: Ctrl+Z would take it back.
    pairs = sorted(
        ((key, name) for name, keys in KEYS.items() for key in keys),
        key=lambda pair: is_for_fields(pair[0]),
    )
    for widget in (window, *one_of_each.values()):
        for key, name in pairs:
            if not (widget.isVisible() and widget.isEnabled()):
                continue  # what was typed has changed that
            action(window, name).setEnabled(True)
            widget.setFocus()
            is_used = isinstance(widget, FIELDS) and is_for_fields(key)
            is_used = is_used and not (key == "Space" and is_left_to_the_window(widget))
            press_key(key)
            close_list(widget)
            is_used = is_used or isinstance(widget, USED_BY.get(key, ()))
            assert fired == [name] * (not is_used), f"{key} in {widget.objectName()} {widget}"
            fired.clear()


def is_left_to_the_window(field: QWidget) -> bool:
    """Return whether no text is typed into a field, but numbers or nothing: Space acts."""
    is_number = isinstance(field, NumberField) and not field.is_being_typed_in
    return is_number or isinstance(field, QTableView)


def all_but(field: QWidget, window: MainWindow) -> Callable[[], object]:
    """Return what reads all that typing into a field must not change."""

    def read() -> object:
        seen, project = window._display.seen(), window.document.project
        panels = [one.objectName() for one in window._desk.made if not one.isHidden()]
        run = (astuple(seen.config), seen.run, seen.step)
        # A letter chooses in a list, which may be a setting of the run.
        own = window.session.activity if isinstance(field, QComboBox) else run
        shown = [run.is_shown for run in project.pinned]
        return own, shown, window._desk.workspace, panels, window.session.activity

    return read


def type_all(qtbot: QtBot, field: QWidget, window: MainWindow, acted: list[str]) -> None:
    """Type characters into a field, and see that nothing else is changed."""
    line = field.lineEdit() if isinstance(field, QAbstractSpinBox) else None
    text = line.text() if line else ""
    read = all_but(field, window)
    before = read()
    for character in CHARACTERS:
        field.activateWindow()  # pictures that a letter has made may have taken that
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        if character == " " and is_left_to_the_window(field):
            continue
        type_character(field, character)
        close_list(field)
        settle(qtbot, window)
        assert (acted, read()) == ([], before), f"{character!r} in {field.objectName()} {field}"
    if line:
        line.setText(text)
        line.setModified(False)


def type_into_fields(qtbot: QtBot, parent: QWidget, window: MainWindow) -> int:
    """Type into all fields, and return how many there are."""
    fields = [widget for widget in by_tab(parent) if isinstance(widget, FIELDS)]
    acted: list[str] = []
    for one in window.findChildren(QAction):
        one.triggered.connect(lambda _=False, one=one: acted.append(one.text()))
    for field in fields:
        if field.isVisible() and field.isEnabled():  # what was typed before may have changed that
            type_all(qtbot, field, window, acted)
    return len(fields)


@pytest.mark.thorough
@pytest.mark.parametrize("place", some([Workspace.LEARN, *DIALOGS, Workspace.LAB], 1))
def test_what_is_typed_into_a_field_does_nothing_else(
    qtbot: QtBot, open_window: Open, place: str
) -> None:
    window = open_window()
    focusable(qtbot, window)
    if place in DIALOGS:
        action(window, place).trigger()
        dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
        assert type_into_fields(qtbot, dialog, window)
        dialog.close()
    else:
        window._desk.switch(Workspace(place))
        settle(qtbot, window)
        assert type_into_fields(qtbot, window, window) >= 3


USABLE = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox),
    *(QKeySequenceEdit, QLineEdit, QTabBar, View),
)
TIPPED = (QAbstractSlider, QAbstractSpinBox, QCheckBox, QComboBox, QRadioButton)


@pytest.mark.parametrize("workspace", some(list(Workspace), 1))
def test_the_focus_of_what_is_disabled_or_hidden_goes_to_what_is_around_it(
    window: MainWindow, workspace: Workspace
) -> None:
    action(window, f"workspace_{workspace}").trigger()
    for widget in by_tab(window):
        for change in (widget.setEnabled, widget.setVisible):
            widget.setFocus()
            change(False)
            focused = QApplication.focusWidget()
            assert focused is not None
            assert focused.isAncestorOf(widget), (name_of(widget), name_of(focused))
            change(True)


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
        if not name_of(widget) or (isinstance(widget, TIPPED) and not widget.toolTip())
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("workspace", list(Workspace))
def test_all_in_a_workspace_has_a_name_and_tab_goes_round_it_and_back(
    qtbot: QtBot, window: MainWindow, do: Do, workspace: Workspace
) -> None:
    do(window.session.step, 300)
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
