"""The table of runs: what keys and mouse do in it, and how its rows look."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from xorviz.core.runs.project import LONGEST_NAME, PinnedRun
from xorviz.panels.learn.runs.columns import COLUMNS, LINE, NAME
from xorviz.panels.learn.runs.model import CURRENT_RUN, RunsModel
from xorviz.ui.forms.fields import CHECK_BOX_SIZE, paint_check_box
from xorviz.ui.theme.palette import LIGHT, Theme

_ROW_HEIGHT = 24
_LINE_WIDTH, _SHORTEST_NAME, _LONGEST_NAME = 66, 100, 280
_MARGIN = 14
"""Pixels of a column beyond its widest text."""

_AT_THE_RIGHT = 6
_NO_LIMIT = 16_777_215
"""Qt's QWIDGETSIZE_MAX."""

_KEYS = {
    Qt.Key.Key_Return: "recall",
    Qt.Key.Key_Enter: "recall",
    Qt.Key.Key_F2: "rename",
    Qt.Key.Key_V: "show",
    Qt.Key.Key_Delete: "delete",
}
_ACTIONS = {
    "recall": "Make current\tEnter",
    "rename": "Rename\tF2",
    "show": "Show curve\tV",
    "delete": "Delete\tDel",
}
"""What can be done to a kept run, with the key as the menu writes it."""
_HIDE = "Hide curve\tV"

_Index = QModelIndex | QPersistentModelIndex


class RunsTable(QTableView):
    """A row for each run. What a person does to a kept one is a wish."""

    recall_requested = Signal(int)  # each with the style of a kept run
    delete_requested = Signal(int)
    show_requested = Signal(int, bool)

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self._runs = model
        self._cells = RunCells(self)
        self._needed: dict[int, int] = {}
        """The width that each visible column cannot do without."""
        self._more_for_names = 0
        self._menu = QMenu(self)
        for name, text in _ACTIONS.items():
            self._menu.addAction(text).setData(name)
        self._menu.triggered.connect(self._do_chosen)
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self._set_up()
        self.clicked.connect(self._show_clicked)
        model.columns_changed.connect(self.fit_columns)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours, and the font that is there now."""
        self._cells.theme = theme
        self.fit_columns()

    def current_run(self) -> PinnedRun | None:
        """Return the kept run that the keys are about."""
        return self._runs.kept_at(self.currentIndex().row())

    def show_whole(self, is_whole: bool) -> None:
        """Be only as high as the header and one row, or as high as there is room."""
        self.setMaximumHeight(2 * _ROW_HEIGHT if is_whole else _NO_LIMIT)

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Keep to the current run while other runs are shown; to its place if it is gone.

        With the focus there is always a run that the keys are about.
        """
        place, run = self.currentIndex(), self.current_run()
        row, column = place.row(), place.column()
        yield
        if (row >= 0 or self.hasFocus()) and not self.currentIndex().isValid():
            pinned = self._runs.row_of(CURRENT_RUN if run is None else run.style)
            last = self._runs.rowCount() - 1
            row = min(row, last) if pinned is None else pinned
            self.setCurrentIndex(self._runs.index(row, max(column, NAME)))

    @Slot()
    def fit_columns(self) -> None:
        """Show the columns that have something to say, as wide as their texts may get."""
        for column in range(len(COLUMNS)):
            self.setColumnHidden(column, not self._runs.is_needed(column))
        shown = [c for c in range(len(COLUMNS)) if not self.isColumnHidden(c)]
        self._needed = {column: self._needed_width(column) for column in shown}
        longest = min(self._widest_text(NAME) + _MARGIN, _LONGEST_NAME)
        self._more_for_names = max(0, longest - _SHORTEST_NAME)
        self._share_width()

    def event(self, event: QEvent) -> bool:
        """Take the table's keys before the window's shortcuts do; the view takes the arrows."""
        return _claims_key(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _wish_of(event)
        # What a name's editor has no use for comes here too: Enter above all.
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if name is None or is_editing:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # a key held down must not delete one run after another
            self._do(name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        place = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place.isValid():
            # The second of two quick clicks on a line is a click on it, which Qt does not tell.
            self._do({NAME: "rename", LINE: "show"}.get(place.column(), "recall"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done to the run under the mouse, or to that of the keyboard."""
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        place = self.indexAt(event.pos()) if is_mouse else self.currentIndex()
        if place.isValid():
            self.setCurrentIndex(place)
            run = self.current_run()
            for action in self._menu.actions():
                action.setEnabled(run is not None)
                if action.data() == "show":
                    action.setText(_HIDE if run is not None and run.is_shown else _ACTIONS["show"])
            at = event.pos() if is_mouse else self._below_name(place)
            self._menu.popup(self.viewport().mapToGlobal(at))

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()  # the whole row is marked

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 2 * _ROW_HEIGHT)

    def _set_up(self) -> None:
        self.setObjectName("runs_table")
        self.setAccessibleName("Runs")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        # Qt's triggers know neither that Enter recalls nor that Space runs and pauses.
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView { border: none; }")  # the view around it has one
        self.setFrameShape(self.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setFixedHeight(_ROW_HEIGHT)

    def _needed_width(self, column: int) -> int:
        if column == LINE:
            return _LINE_WIDTH
        if column == NAME:
            return _SHORTEST_NAME
        header = self.horizontalHeader().sectionSizeHint(column)
        return max(header, self._widest_text(column) + _MARGIN)

    def _widest_text(self, column: int) -> int:
        font = QFont(self.font())
        font.setBold(bool(COLUMNS[column].setting))
        metrics = QFontMetrics(font)
        return max(metrics.horizontalAdvance(text) for text in self._runs.widest(column))

    def _share_width(self) -> None:
        """Give the names more room first, and then every column but the line's."""
        if not self._needed:
            return
        # Qt writes a header at the right a little beyond its section.
        room = max(0, self.viewport().width() - sum(self._needed.values()) - _AT_THE_RIGHT)
        for_name = min(room, self._more_for_names)
        share = (room - for_name) // (len(self._needed) - 1)
        more = {LINE: 0, NAME: for_name + share}
        for column, width in self._needed.items():
            self.setColumnWidth(column, width + more.get(column, share))

    def _below_name(self, place: QModelIndex) -> QPoint:
        return self.visualRect(place.siblingAtColumn(NAME)).bottomLeft()

    @Slot(QAction)
    def _do_chosen(self, action: QAction) -> None:
        self._do(action.data())

    @Slot(QModelIndex)
    def _show_clicked(self, index: QModelIndex) -> None:
        if index.column() == LINE:
            self._do("show")

    def _do(self, name: str) -> None:
        """Wish that something were done to the current run, if it is a kept one."""
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


def _claims_key(event: QEvent) -> bool:
    """Accept the shortcut override of a key that means something here."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if _wish_of(event) is None:
        return False
    event.accept()
    return True


def _wish_of(event: QKeyEvent) -> str | None:
    """Return what a key without modifiers wishes for."""
    keypad_aside = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    is_plain = keypad_aside == Qt.KeyboardModifier.NoModifier
    return _KEYS.get(Qt.Key(event.key())) if is_plain else None


_BAR_WIDTH, _BOX_LEFT, _SWATCH_LEFT = 3, 8, 28
"""What stands in the cell of a run's line, in pixels from its left."""


class RunCells(QStyledItemDelegate):
    """Marks the current row as a whole, and never hides what stands out in it."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.theme = LIGHT

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        if index.column() == LINE:  # drawn below: Qt's box is not to be seen on a dark panel
            option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
            option.icon = QIcon()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        is_current = index.row() == self._table.currentIndex().row()
        if is_current and self._table.hasFocus():
            painter.fillRect(option.rect, QColor(self.theme.hover))
        # The style sheet's items have no ground of their own.
        if ground := index.data(Qt.ItemDataRole.BackgroundRole):
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)
        if index.column() == LINE:
            painter.save()
            painter.translate(option.rect.topLeft())
            self._paint_line(painter, option.rect.height(), is_current, index)
            painter.restore()

    def _paint_line(self, painter: QPainter, height: int, is_current: bool, index: _Index) -> None:
        """Draw the mark of the current row, the box of a kept run and the run's line."""
        if is_current:
            painter.fillRect(0, 0, _BAR_WIDTH, height, QColor(self.theme.accent))
        check = index.data(Qt.ItemDataRole.CheckStateRole)
        if check is not None:
            box = QRect(_BOX_LEFT, (height - CHECK_BOX_SIZE) // 2, CHECK_BOX_SIZE, CHECK_BOX_SIZE)
            line, tick = QColor(self.theme.quiet), QColor(self.theme.text)
            is_shown = Qt.CheckState(check) == Qt.CheckState.Checked
            paint_check_box(painter, box, line, tick, is_shown)
        swatch = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(swatch, QPixmap):
            top = (height - round(swatch.deviceIndependentSize().height())) // 2
            painter.drawPixmap(_SWATCH_LEFT, top, swatch)

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
        """Put the name into the editor, unless a person is typing another one."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)
