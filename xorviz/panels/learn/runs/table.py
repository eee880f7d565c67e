"""The table of runs: keys, mouse, and the look of its rows."""

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
from xorviz.ui.guard import guarded
from xorviz.ui.keys import claims, is_plain
from xorviz.ui.theme.palette import LIGHT, Theme

_ROW_HEIGHT = 24
_LINE_WIDTH, _SHORTEST_NAME, _LONGEST_NAME = 66, 100, 280
_MARGIN = 14
"""Pixels of a column beyond its widest text."""

_AT_THE_RIGHT = 6
_BAR_WIDTH, _BOX_LEFT, _SWATCH_LEFT = 3, 8, 28
"""Contents of the cell of a run's line, in pixels from its left."""
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
"""The menu of a pinned run, with the keys."""
_HIDE = "Hide curve\tV"

_Index = QModelIndex | QPersistentModelIndex


@guarded
class RunsTable(QTableView):
    """A row for each run. What the user does to a pinned run is only requested."""

    recall_requested = Signal(int)  # each with the style of a pinned run
    delete_requested = Signal(int)
    show_requested = Signal(int, bool)

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self._runs = model
        self._cells = RunCells(self)
        self._needed: dict[int, int] = {}
        """The least width of each visible column."""
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
        """Use these colours, and the current font."""
        self._cells.theme = theme
        self.fit_columns()

    def current_run(self) -> PinnedRun | None:
        """Return the pinned run that keys act on."""
        return self._runs.pinned_at(self.currentIndex().row())

    def show_whole(self, is_whole: bool) -> None:
        """Limit the height to the header and one row, or not at all."""
        self.setMaximumHeight(2 * _ROW_HEIGHT if is_whole else _NO_LIMIT)

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Keep the current row on its run while other runs are shown; in place if it is gone.

        With the focus there is always a current row.
        """
        index, run = self.currentIndex(), self.current_run()
        row, column = index.row(), index.column()
        yield
        if (row >= 0 or self.hasFocus()) and not self.currentIndex().isValid():
            pinned = self._runs.row_of(CURRENT_RUN if run is None else run.style)
            last = self._runs.rowCount() - 1
            row = min(row, last) if pinned is None else pinned
            self.setCurrentIndex(self._runs.index(row, max(column, NAME)))

    @Slot()
    def fit_columns(self) -> None:
        """Show the columns needed, as wide as their texts may get."""
        for column in range(len(COLUMNS)):
            self.setColumnHidden(column, not self._runs.is_needed(column))
        shown = [c for c in range(len(COLUMNS)) if not self.isColumnHidden(c)]
        self._needed = {column: self._needed_width(column) for column in shown}
        longest = min(self._widest_text(NAME) + _MARGIN, _LONGEST_NAME)
        self._more_for_names = max(0, longest - _SHORTEST_NAME)
        self._share_width()

    def event(self, event: QEvent) -> bool:
        """Handle the table's keys before the window's shortcuts; the view claims the arrows."""
        return claims(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _action_of(event)
        # Keys that the editor of a name does not use arrive here too, such as Enter.
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if name is None or is_editing:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # a key held down must not delete one run after another
            self._do(name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            # Qt does not emit clicked for the second of two quick clicks.
            self._do({NAME: "rename", LINE: "show"}.get(index.column(), "recall"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the menu of the run under the mouse, or of the current row."""
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if is_mouse else self.currentIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            run = self.current_run()
            for action in self._menu.actions():
                action.setEnabled(run is not None)
                if action.data() == "show":
                    action.setText(_HIDE if run is not None and run.is_shown else _ACTIONS["show"])
            at = event.pos() if is_mouse else self._below_name(index)
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
        # Qt's triggers would edit on Enter, which recalls, and on Space, which runs and pauses.
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
        """Give spare width to the names first, and then to every column but the line's."""
        if not self._needed:
            return
        # Qt draws a right-aligned header a little beyond its section.
        spare = max(0, self.viewport().width() - sum(self._needed.values()) - _AT_THE_RIGHT)
        for_name = min(spare, self._more_for_names)
        share = (spare - for_name) // (len(self._needed) - 1)
        more = {LINE: 0, NAME: for_name + share}
        for column, width in self._needed.items():
            self.setColumnWidth(column, width + more.get(column, share))

    def _below_name(self, index: QModelIndex) -> QPoint:
        return self.visualRect(index.siblingAtColumn(NAME)).bottomLeft()

    @Slot(QAction)
    def _do_chosen(self, action: QAction) -> None:
        self._do(action.data())

    @Slot(QModelIndex)
    def _show_clicked(self, index: QModelIndex) -> None:
        if index.column() == LINE:
            self._do("show")

    def _do(self, name: str) -> None:
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


def _action_of(event: QKeyEvent) -> str | None:
    """Return the action of a key without modifiers."""
    return _KEYS.get(Qt.Key(event.key())) if is_plain(event) else None


@guarded
class RunCells(QStyledItemDelegate):
    """Draws the cells; marks the whole current row without hiding the look of its cells."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.theme = LIGHT

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        if index.column() == LINE:  # drawn in paint: Qt's box is invisible on a dark panel
            option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
            option.icon = QIcon()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        is_current = index.row() == self._table.currentIndex().row()
        if is_current and self._table.hasFocus():
            painter.fillRect(option.rect, QColor(self.theme.hover))
        # With a style sheet, Qt does not paint an item's background.
        if background := index.data(Qt.ItemDataRole.BackgroundRole):
            painter.fillRect(option.rect, background)
        super().paint(painter, option, index)
        if index.column() == LINE:
            painter.save()
            painter.translate(option.rect.topLeft())
            self._paint_line(painter, option.rect.height(), is_current, index)
            painter.restore()

    def _paint_line(self, painter: QPainter, height: int, is_current: bool, index: _Index) -> None:
        """Draw the mark of the current row, a pinned run's check box, and the run's line."""
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
        """Put the name into the editor, unless the user is typing another one."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)
