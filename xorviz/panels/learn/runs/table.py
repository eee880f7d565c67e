"""The table of runs: what the user does to a pinned run, by keys, mouse and menu."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xorviz.core.runs.project import PinnedRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import LONGEST_NAME, cleaned_name
from xorviz.panels.learn.runs.columns import (
    COLUMNS,
    CURRENT_RUN,
    LINE,
    NAME,
    PLACES,
    RunRow,
    as_pinned,
    needed_columns,
    rows_of,
    summary,
)
from xorviz.ui.guard import guarded
from xorviz.ui.keys import is_plain
from xorviz.ui.table import Table, TableModel

_AROUND_ROW = 10

_KEYS = {Qt.Key.Key_F2: "rename", Qt.Key.Key_Delete: "delete"}
_ACTIONS = {
    "recall": "Make current\tEnter",
    "rename": "Rename\tF2",
    "show": "Show curve",
    "delete": "Delete\tDel",
}
"""The menu of a pinned run, with the keys."""
_HIDE = "Hide curve"

_Index = QModelIndex | QPersistentModelIndex


@guarded
class RunsModel(TableModel):
    """Runs as cells; the names of pinned runs can be edited."""

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        is_name = index.column() == NAME and index.row() > 0
        return flags | Qt.ItemFlag.ItemIsEditable if is_name else flags


@guarded
class RunsTable(Table):
    """A row for each run, the current one first. What is done to a pinned run is only requested."""

    recall_requested = Signal(int)  # each with the style of a pinned run
    delete_requested = Signal(int)
    show_requested = Signal(int, bool)
    rename_requested = Signal(int, str)

    model_class = RunsModel
    has_menus = True

    def __init__(self) -> None:
        super().__init__("Runs", COLUMNS, _AROUND_ROW)
        self._runs: Sequence[RunRow] = ()
        self.menu = QMenu(self)
        """What can be done to the current row's run; the view may add to it."""
        self._actions = {name: self.menu.addAction(text) for name, text in _ACTIONS.items()}
        for name, action in self._actions.items():
            action.triggered.connect(partial(self._do, name))
        editors = _NameEditors(self)
        editors.name_entered.connect(self._rename)
        self.setItemDelegate(editors)
        self.setObjectName("runs_table")
        self.used.connect(self._recall)
        self.menu_requested.connect(self._open_menu)
        self.clicked.connect(self._show_clicked)

    def show_runs(self, current: Record, pinned: Sequence[PinnedRun]) -> None:
        """Show runs; the current row stays on its run, or in place if that is gone.

        With the focus there is always a current row.
        """
        rows = rows_of(current, pinned)
        index, run = self.currentIndex(), self.current_run()
        place, column = index.row(), index.column()
        styles = [row.run.style for row in rows]
        self._runs = rows
        for number in range(len(COLUMNS)):
            self.setColumnHidden(number, number not in needed_columns(rows))
        self.tinted = [PLACES[field] for field in rows[0].differing]
        self.rows.show_rows(rows, styles)
        self.rows.announce_all()  # the looks of settings depend on all runs
        self.fit_columns()
        if (place >= 0 or self.hasFocus()) and not self.currentIndex().isValid():
            style = CURRENT_RUN if run is None else run.style
            place = styles.index(style) if style in styles else min(place, len(rows) - 1)
            self.setCurrentIndex(self.rows.index(place, max(column, NAME)))

    def show_current_run(self, current: Record) -> bool:
        """Show the current run at another step; cheap. False if its recipe is another one."""
        known = self._runs[0].run.record if self._runs else None
        if known is None or replace(known, newest=current.newest) != current:
            return False
        self._runs = [replace(self._runs[0], run=as_pinned(current)), *self._runs[1:]]
        self.rows.show_rows(self._runs, [row.run.style for row in self._runs])
        return True

    @property
    def summary(self) -> str:
        """The number of pinned runs and their differences as text."""
        return summary(self._runs)

    def current_run(self) -> PinnedRun | None:
        """Return the pinned run that keys act on."""
        place = self.currentIndex().row()
        return self._runs[place].run if place > 0 else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _KEYS.get(Qt.Key(event.key())) if is_plain(event) else None
        if name is None or self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # a key held down must not delete one run after another
            self._do(name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            # Qt does not emit clicked for the second of two quick clicks.
            self._do({NAME: "rename", LINE: "show"}.get(index.column(), "recall"))

    @Slot(int, QPoint)
    def _open_menu(self, _number: int, at: QPoint) -> None:
        run = self.current_run()
        for action in self._actions.values():
            action.setEnabled(run is not None)
        is_shown = run is not None and run.is_shown
        self._actions["show"].setText(_HIDE if is_shown else _ACTIONS["show"])
        self.menu.popup(at)

    @Slot(QModelIndex)
    def _show_clicked(self, index: QModelIndex) -> None:
        if index.column() == LINE:
            self._do("show")

    @Slot(int, bool)
    def _recall(self, _number: int, with_shift: bool) -> None:
        if not with_shift:
            self._do("recall")

    @Slot(int, str)
    def _rename(self, place: int, text: str) -> None:
        """Request another name, unless it is empty. The cell stays as it is."""
        run, name = self._runs[place].run, cleaned_name(text)
        if name not in {"", run.name}:
            self.rename_requested.emit(run.style, name)

    def _do(self, name: str, _checked: bool = False) -> None:
        """Request an action on the current row's run, if it is a pinned one."""
        run = self.current_run()
        if run is None:
            return
        match name:
            case "recall":
                self.recall_requested.emit(run.style)
            case "rename":
                self.edit(self.currentIndex().siblingAtColumn(NAME))
            case "show":
                self.show_requested.emit(run.style, not run.is_shown)
            case _:
                self.delete_requested.emit(run.style)


@guarded
class _NameEditors(QStyledItemDelegate):
    """Makes the field that a name is edited in."""

    name_entered = Signal(int, str)  # row, text

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: _Index,  # noqa: ARG002
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_NAME)
        editor.setAccessibleName("Name of the run")
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Put the name into the editor, unless the user is typing another one."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(index.data())

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:  # noqa: ARG002
        if isinstance(editor, QLineEdit):
            self.name_entered.emit(index.row(), editor.text())
