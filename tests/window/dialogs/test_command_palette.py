"""The palette of commands: all that the menus have, found by letters, done by Enter or a click."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.screen import child, spoken
from tests.support.windows import Do, action
from xorviz.ui.keys import plain_text, reason_against
from xorviz.ui.table import Table
from xorviz.window.dialogs.command_palette import Command, CommandPalette, commands_of, found
from xorviz.window.main_window import MainWindow

KEYS, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier


def opened(qtbot: QtBot, window: MainWindow) -> CommandPalette:
    """Press Ctrl+K where the focus is, and wait until one can type."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, KEYS.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = child(window, CommandPalette)
    qtbot.waitUntil(field(palette).hasFocus)
    return palette


@pytest.fixture
def palette(qtbot: QtBot, window: MainWindow) -> Iterator[CommandPalette]:
    palette = opened(qtbot, window)
    yield palette
    if isValid(palette):
        palette.close()


def field(palette: CommandPalette) -> QLineEdit:
    return child(palette, QLineEdit, "search")


def titles(palette: CommandPalette) -> list[str]:
    """Return the titles in the list, from the top."""
    model = child(palette, Table).model()
    return [model.index(row, 1).data() for row in range(model.rowCount())]


def current(palette: CommandPalette) -> str:
    table = child(palette, Table)
    return str(table.model().index(table.currentIndex().row(), 1).data())


def said(palette: CommandPalette) -> str:
    return child(palette, QLabel, "quiet").text()


@pytest.mark.thorough
def test_it_has_all_that_the_menus_have(palette: CommandPalette, window: MainWindow) -> None:
    entries = [
        entry
        for menu in window.menuBar().findChildren(QMenu)
        for entry in menu.actions()
        if not entry.menu() and not entry.isSeparator()
    ]
    assert len(entries) > 60
    assert {plain_text(entry) for entry in entries} <= set(titles(palette))
    assert action(window, "slow_motion") in [one.action for one in palette._commands]
    paths = {one.title: one.path for one in palette._commands}
    assert paths["Quit"] == "File"
    assert paths["200 %"] == "View › Zoom"
    assert paths["Slow motion"] == "View › Panel options › Network"
    assert paths["Reduce motion"] == "View"
    assert paths["1  One unit draws one line"] == "Lessons"
    assert len({one.path for one in palette._commands if one.path.startswith("View › Panel")}) > 9


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["Unpin", "Pin run", "Run lab", "Dark"]),
        ("pin", ["Pin run", "Unpin"]),  # words that begin so come first
        ("RUN pi", ["Pin run", "Unpin"]),
        ("run la", ["Run lab"]),
        ("them", ["Dark"]),
        ("nothing", []),
    ],
)
@pytest.mark.usefixtures("qapp")
def test_all_words_must_be_in_title_or_menu(typed: str, expected: list[str]) -> None:
    pairs = ("Unpin", "Run"), ("Pin run", "Run"), ("Run lab", "Run"), ("Dark", "Theme")
    known = [Command(QAction(title), title, path) for title, path in pairs]
    assert [one.title for one in found(known, typed)] == expected


def test_where_panels_can_move_comes_last() -> None:
    pairs = ("Loss panel to the left", "View › Panels › Move to"), ("Logarithmic loss axis", "View")
    known = [Command(QAction(title), title, path) for title, path in pairs]
    assert [one.title for one in found(known, "loss")] == [pairs[1][0], pairs[0][0]]


def test_letters_find_and_enter_does_it_and_the_focus_is_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    rate = child(window, QWidget, "rate")
    rate.setFocus()
    palette = opened(qtbot, window)
    assert QApplication.activeModalWidget() is palette  # menus stay as they are listed
    switch = action(window, "letter_keys")
    before = switch.isChecked()
    for key, is_done in ((KEYS.Key_Escape, False), (KEYS.Key_Return, True)):
        QTest.keyClicks(field(palette), "singl")
        assert current(palette) == "Single-letter keys"
        QTest.keyClick(field(palette), key)
        assert (switch.isChecked() != before) == is_done
        window.activateWindow()  # as a window manager does
        qtbot.waitUntil(rate.hasFocus)
        palette = palette if is_done else opened(qtbot, window)
    switch.trigger()


@pytest.mark.thorough
def test_enter_does_nothing_until_a_command_is_chosen_by_keys_or_a_click(
    palette: CommandPalette, window: MainWindow
) -> None:
    table, typing = child(palette, Table), field(palette)
    QTest.keyClick(typing, KEYS.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(typing, KEYS.Key_Down)
    assert current(palette) == titles(palette)[0]
    QTest.keyClicks(typing, "x")
    QTest.keyClick(typing, KEYS.Key_Backspace)
    assert table.current_number() is None
    QTest.keyClicks(typing, "zoom %")
    assert titles(palette) == ["100 %", "110 %", "125 %", "150 %", "175 %", "200 %"]
    keys = {KEYS.Key_Up: "100 %", KEYS.Key_Down: "110 %", KEYS.Key_PageDown: "200 %"}
    for key, expected in keys.items():
        QTest.keyClick(typing, key)
        assert current(palette) == expected
    at = table.visualRect(table.model().index(0, 1)).center()
    action(window, "zoom_110").setChecked(True)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, NONE, at)
    assert action(window, "zoom_100").isChecked()
    assert not isValid(palette) or not palette.isVisible()


def test_a_disabled_command_is_shown_and_says_why(
    palette: CommandPalette, window: MainWindow
) -> None:
    QTest.keyClicks(field(palette), "undo")
    assert current(palette) == "Undo"
    assert said(palette) == "Edit: Not now: There is nothing to undo"
    assert "Not now: There is nothing to undo" in spoken(field(palette))
    QTest.keyClick(field(palette), KEYS.Key_Return)
    assert palette.isVisible()
    QTest.keyClicks(field(palette), "xyz")
    assert said(palette) == "No command has these words"
    QTest.keyClick(field(palette), KEYS.Key_Return)
    assert palette.isVisible()


def test_every_disabled_command_has_a_reason(window: MainWindow, do: Do) -> None:
    for steps in (0, 9):
        do(window.session.step, steps)
        disabled = [o for o in commands_of(window.menuBar()) if not o.action.isEnabled()]
        assert len(disabled) > 4
        assert [one.title for one in disabled if not reason_against(one.action)] == []


@pytest.mark.thorough
def test_what_is_on_has_a_tick_and_a_screen_reader_says_all(palette: CommandPalette) -> None:
    QTest.keyClicks(field(palette), "100 %")
    model, role = child(palette, Table).model(), Qt.ItemDataRole.AccessibleTextRole
    cells = [model.index(0, column).data() for column in range(4)]
    assert cells == ["✓", "100 %", "View › Zoom", "Ctrl+0"]
    said = model.index(0, 1).data(role)
    assert said.startswith("100 %, on, View › Zoom, Ctrl+0, Show all text at 100 %")
