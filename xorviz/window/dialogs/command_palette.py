"""The palette of commands: all that is in the menus, found by a few letters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QMenuBar, QWidget

from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.keys import plain_text, reason_against, written
from xorviz.ui.said import tell
from xorviz.ui.table import LEFT, Column, Table
from xorviz.ui.theme.palette import Theme

_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
"""Keys in the field that move the current row, by how many rows."""
_AROUND_ROW = 10
_HOW = "Type a few letters of a command. Up and Down choose one, Enter runs it, Esc closes."


@dataclass(frozen=True)
class Command:
    """An entry of a menu, and the titles of the menus that lead to it."""

    action: QAction
    title: str
    path: str

    @property
    def is_on(self) -> bool:
        return self.action.isCheckable() and self.action.isChecked()

    @property
    def key(self) -> str:
        return written(*self.action.shortcuts()[:1])

    @property
    def about(self) -> str:
        """What it does, or why it does nothing now."""
        if self.action.isEnabled():
            return self.action.statusTip() or self.title
        return f"Not now: {reason_against(self.action) or 'it does not apply'}"

    @property
    def spoken(self) -> str:
        state = ("on" if self.is_on else "off") if self.action.isCheckable() else ""
        parts = self.title, state, self.path, self.key, self.about
        return ", ".join(filter(None, parts))


def _ink(command: Command, theme: Theme) -> str | None:
    return None if command.action.isEnabled() else theme.quiet


def _quiet(_command: Command, theme: Theme) -> str:
    return theme.quiet


_COLUMNS: tuple[Column[Command], ...] = (
    Column("On", lambda one: "✓" * one.is_on, sample="✓", ink=_ink, details=attrgetter("about"),
           shares=False, is_button=True),
    Column("Command", lambda one: one.title, align=LEFT, ink=_ink, details=attrgetter("about"),
           sample="Logarithmic step axis of the outputs", elides=True, is_button=True,
           spoken=lambda one: one.spoken),
    Column("Menu", lambda one: one.path, align=LEFT, ink=_quiet, details=attrgetter("about"),
           sample="Panel options › Loss", elides=True, is_button=True),
    Column("Key", lambda one: one.key, sample="Ctrl+Shift+Z", ink=_ink, details=attrgetter("about"),
           shares=False, is_button=True),
)  # fmt: skip
_MENU = 2
_PLACES = "Move to"


@guarded
class CommandPalette(Dialog):
    """A field and the commands that have all words typed into it; Enter or a click does one."""

    def __init__(self, parent: QWidget, commands: Sequence[Command], theme: Theme) -> None:
        super().__init__(parent, "command_palette", "Commands: xorviz")
        self.setModal(True)  # else menus would change below the list
        self._commands, self._found = commands, list(commands)
        self._field = QLineEdit(placeholderText="Type a command", clearButtonEnabled=True)
        self._field.setObjectName("search")
        explain(self._field, "Command", _HOW)
        self._table = Table("Commands", _COLUMNS, _AROUND_ROW)
        self._table.setObjectName("commands")
        tell(self._table, _HOW)
        self._table.horizontalHeader().hide()
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # a path's end says most
        self._table.optional = (_MENU,)  # the current command's is below, too
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # one types, whatever is clicked
        self._says = plain_label("quiet")
        self._says.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._says.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # the list stays still
        column(self, self._field, (self._table, 1), self._says, gap=8)
        self._field.textChanged.connect(self._show_found)
        self._field.returnPressed.connect(self._do_current)
        self._table.pointed_at.connect(self._describe)
        self._table.used.connect(self._do_current)
        self.apply_theme(theme)
        self._show_found("")
        self.open_wide(104, 28)

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        self._table.apply_theme(theme)

    @Slot(str)
    def _show_found(self, typed: str) -> None:
        self._found = found(self._commands, typed)
        self._table.rows.show_rows(self._found, kind=typed)
        if self._found and typed:
            self._table.show_current(0)
        else:  # Enter does nothing until something is typed or chosen
            self._table.setCurrentIndex(QModelIndex())
        self._describe()

    @Slot()
    def _describe(self) -> None:
        """Say below the list what the current command does, also to screen readers."""
        number = self._table.current_number()
        command = None if number is None else self._found[number]
        nothing = _HOW if self._found else "No command has these words"
        self._says.setText(f"{command.path}: {command.about}" if command else nothing)
        self._field.setAccessibleDescription(command.spoken if command else _HOW)

    @Slot()
    def _do_current(self) -> None:
        """Do the current command after closing, so that it finds the focus where it was."""
        number = self._table.current_number()
        action = None if number is None else self._found[number].action
        if action is not None and action.isEnabled():
            self.accept()
            action.trigger()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by, number = _MOVES.get(Qt.Key(event.key()), 0), self._table.current_number()
        if by and self._found:
            wanted = 0 if number is None else number + by
            self._table.show_current(min(max(wanted, 0), len(self._found) - 1))
        elif not by:
            super().keyPressEvent(event)


def commands_of(bar: QMenuBar) -> list[Command]:
    """Return all that is in the menus of a bar, in their order."""
    menus = [menu for entry in bar.actions() if isinstance(menu := entry.menu(), QMenu)]
    return [command for menu in menus for command in _commands_in(menu, ())]


def found(commands: Iterable[Command], typed: str) -> list[Command]:
    """Return the commands that have all words of a text; first those with words that begin so.

    The places where each panel can move come last: there are dozens, with the names of others.
    """
    words = typed.casefold().split()

    def misses(command: Command) -> tuple[bool, int]:
        misses = sum(f" {word}" not in f" {command.title.casefold()}" for word in words)
        return command.path.endswith(_PLACES), misses

    texts = {command: f"{command.title} {command.path}".casefold() for command in commands}
    return sorted((one for one, text in texts.items() if all(w in text for w in words)), key=misses)


def _commands_in(menu: QMenu, above: tuple[str, ...]) -> Iterator[Command]:
    menu.aboutToShow.emit()  # some menus are filled as they open
    path = (*above, plain_text(menu.menuAction()))
    for action in menu.actions():
        if isinstance(inner := action.menu(), QMenu):
            yield from _commands_in(inner, path)
        elif action.isVisible() and not action.isSeparator():
            yield Command(action, plain_text(action), " › ".join(path))
