"""The keys of all actions, and a way to change each."""

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLabel, QLineEdit, QMainWindow, QPushButton, QWidget

from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import SwitchField, explain
from xorviz.ui.forms.scrolled import WrappingRow, plain_label
from xorviz.ui.keys import is_letter, written
from xorviz.ui.table import LEFT, Column, Table
from xorviz.ui.theme.palette import Theme
from xorviz.window.bars.keys import MOST_KEYS, Keys, name_of

_FIXED = {
    "Esc": "cancels steps under way and closes dialogs",
    "Shift+F1": "explains any part of the window",
    "Return": "does what a click does",
    "Enter": "does what a click does",
}
"""Keys that no action can have, and what they do."""
_NO_KEY = ("Backspace", "Del")
_LETTERS_TIP = (
    "Switch this off if you dictate, or press keys by accident: keys that are one letter, digit "
    "or sign then do nothing. Space, arrow keys, and keys with Ctrl or Alt still work."
)
_AROUND_ROW = 8


@dataclass(frozen=True, slots=True)
class _Row:
    """An action, and its keys as they are written."""

    action: QAction
    title: str
    keys: str


_COLUMNS: tuple[Column[_Row], ...] = (
    Column("Action", lambda row: row.title, align=LEFT, details=lambda row: row.action.statusTip()),
    Column("Keys", lambda row: row.keys, align=LEFT, sample="Ctrl+Shift+Z or Ctrl+Y"),
)


class KeysPage(QWidget):
    """A table of all actions; the keys of the current one can be typed below it."""

    def __init__(self, keys: Keys, theme: Theme) -> None:
        super().__init__()
        self._keys = keys
        self._rows: list[_Row] = []
        self._wish: tuple[QAction, list[str]] | None = None
        """Keys to move to an action if the user agrees."""
        self._letters = SwitchField("preferences_letters", "&Single-letter keys")
        self._letters.setChecked(keys.has_letters)
        self._search = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self._search.setObjectName("search")
        self._table = Table("Keys", _COLUMNS, _AROUND_ROW)
        self._edits = [QKeySequenceEdit(maximumSequenceLength=1) for _ in range(MOST_KEYS)]
        self._says = plain_label("readout")
        self._move = QPushButton("&Move it here")
        self._reset, self._reset_all = QPushButton("&Reset key"), QPushButton("Reset &all keys")
        self._name_parts()
        self._lay_out()
        self._connect()
        self.apply_theme(theme)
        self._show_all()
        self._table.show_current(0)

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        self._table.apply_theme(theme)

    def _name_parts(self) -> None:
        explain(self._letters, "Single-letter keys", _LETTERS_TIP)
        explain(self._search, "Search the actions", "Shows the actions whose name or key has this.")
        self._table.setObjectName("preferences_keys")
        self._table.setWhatsThis("All actions. Press Enter to go to the key of the current one.")
        for number, edit in enumerate(self._edits):
            edit.setObjectName(f"key_{number + 1}")
            name = "Second key" if number else "Key"
            explain(edit, name, "Press the new key here. Backspace: no key.")
        for button, name, tip in (
            (self._move, "move_key", "Take the key from the action that has it."),
            (self._reset, "reset_key", "Give this action the key it has by default."),
            (self._reset_all, "reset_all_keys", "Give every action the keys it has by default."),
        ):
            button.setObjectName(name)
            explain(button, button.text(), tip)
            button.setAutoDefault(False)
        self._move.hide()

    def _lay_out(self) -> None:
        first, second = (QLabel(text) for text in ("&Key", "Second key"))
        for label, edit in zip((first, second), self._edits, strict=True):
            label.setBuddy(edit)
        fields = WrappingRow([first, self._edits[0], second, self._edits[1], self._reset])
        says = row(None, (self._says, 1), self._move)
        table, reset_all = (self._table, 1), (self._reset_all, Qt.AlignmentFlag.AlignLeft)
        column(self, self._letters, self._search, table, fields, says, reset_all)

    def _connect(self) -> None:
        self._letters.toggled.connect(self._keys.switch_letters)
        self._search.textChanged.connect(self._show_all)
        self._table.pointed_at.connect(self._show_action)
        self._table.used.connect(self._edit_first)
        for edit in self._edits:
            # Not when the sequence changes: it is empty for a moment.
            edit.editingFinished.connect(self._choose)
        self._move.clicked.connect(self._move_key)
        self._reset.clicked.connect(self._reset_key)
        self._reset_all.clicked.connect(self._reset_all_keys)

    @property
    def _action(self) -> QAction | None:
        """The action of the current row."""
        number = self._table.current_number()
        return None if number is None else self._rows[number].action

    @Slot()
    def _show_all(self) -> None:
        """Show the actions that the search finds, with their keys."""
        sought = self._search.text().casefold()
        rows = [_Row(one, name_of(one), written(*self._keys.of(one))) for one in self._keys.actions]
        self._rows = [row for row in rows if sought in f"{row.title} {row.keys}".casefold()]
        self._table.rows.show_rows(self._rows, kind=sought)
        if self._rows and self._table.current_number() is None:
            self._table.show_current(0)
        self._show_action()

    @Slot()
    def _show_action(self) -> None:
        """Show the keys of the current action in the fields."""
        action, self._wish = self._action, None
        self._move.hide()
        keys = self._keys.of(action) if action else []
        for edit, key in zip(self._edits, [*keys, "", ""], strict=False):
            with QSignalBlocker(edit):
                edit.setKeySequence(QKeySequence(key))
            edit.setEnabled(action is not None)
        self._reset.setEnabled(action is not None and self._keys.is_changed(action))
        self._says.setText(f"{action.statusTip().removesuffix('.')}." if action else "")

    @Slot()
    def _choose(self) -> None:
        """Give the keys in the fields to the current action, unless another has one of them."""
        if (action := self._action) is None:
            return
        typed = [edit.keySequence().toString() for edit in self._edits]
        keys = ["" if key in _NO_KEY else key for key in typed]
        for key in filter(None, keys):
            if why := self._refusal(key):
                self._show_action()
                self._says.setText(f"{written(key)} cannot be changed: it {why}.")
                return
            if holder := self._keys.holder_of(key, action):
                self._wish = action, keys
                self._move.show()
                self._says.setText(f"{written(key)} is the key of “{name_of(holder)}”.")
                return
        self._give(action, keys)

    def _refusal(self, key: str) -> str:
        """Return what a key does that no action can have."""
        window = self.window().parentWidget()
        menus = window.menuBar().actions() if isinstance(window, QMainWindow) else []
        for menu in menus:
            if QKeySequence.mnemonic(menu.text()).toString() == key:
                return f"opens the menu {menu.text().replace('&', '')}"
        return _FIXED.get(key, "")

    def _give(self, action: QAction, keys: list[str]) -> None:
        self._keys.choose(action, keys)
        self._show_all()
        if not self._keys.has_letters and any(map(is_letter, keys)):
            self._says.setText("Single-letter keys are switched off.")

    @Slot()
    def _move_key(self) -> None:
        if self._wish is not None:
            self._give(*self._wish)
            self._edit_first()

    @Slot()
    def _edit_first(self) -> None:
        self._edits[0].setFocus()

    @Slot()
    def _reset_key(self) -> None:
        if action := self._action:
            self._keys.reset(action)
            self._show_all()

    @Slot()
    def _reset_all_keys(self) -> None:
        self._keys.reset_all()
        self._show_all()
