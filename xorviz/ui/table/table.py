"""The view of a table: its current row, keys, mouse, and widths of columns."""

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, is_plain
from xorviz.ui.table.model import Column, TableModel
from xorviz.ui.theme.palette import LIGHT, Theme, mixed

SORT_KEY = Qt.Key.Key_O
"""Sorts by the current column; pressed again, in the other direction."""

_AROUND_HEADER = 10
"""Pixels of the header above and below its text together."""
_MARGIN = 8
"""Width of a column beyond its widest text, in pixels."""
_AT_THE_RIGHT = 4
"""Qt draws a right-aligned header a little beyond its section."""
_LONGEST = 280
"""Most pixels that a column gets for its texts if it may cut them off."""
_BAR = 3

_Index = QModelIndex | QPersistentModelIndex


@guarded
class Table(QTableView):
    """Rows below a header. No cell is selected; the current row is marked, and keys act on it."""

    used = Signal(int, bool)  # number of a row, whether Shift was held
    pointed_at = Signal(object)  # int | None: number of the current row
    menu_requested = Signal(int, QPoint)  # number of a row, point of the screen
    focused = Signal()

    has_menus = False
    """Whether each row has a menu of its own."""

    model_class = TableModel

    def __init__(self, name: str, columns: Sequence[Column[Any]], around: int) -> None:
        """Make a table whose rows have so many pixels above and below their text together."""
        super().__init__()
        self._around = around
        self._is_whole = False
        self.rows = self.model_class(columns, self)
        self.tinted: Collection[int] = ()
        """Columns with another ground."""
        self.optional: Collection[int] = ()
        """Columns that are hidden while there is no room for all."""
        self.theme = LIGHT
        self._least: dict[int, int] = {}
        self._wanted: dict[int, int] = {}
        """The widths of visible columns below which texts must, or may, be cut off."""
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self._set_up()
        self._fit_heights()
        self.clicked.connect(self._use_clicked)
        self.setMouseTracking(True)
        self.entered.connect(self._show_cursor)
        self.viewportEntered.connect(self._unset_cursor)
        self.rows.modelReset.connect(self.fit_columns)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.theme = theme
        self.rows.apply_theme(theme)
        self.fit_columns()

    def show_whole(self) -> None:
        """Be as high as the rows, and as wide as the columns that are not optional."""
        self._is_whole = True
        self._fit_heights()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def whole_height(self) -> int:
        """The height in pixels that shows all rows."""
        return self.horizontalHeader().height() + self.verticalHeader().length() + 2

    def current_number(self) -> int | None:
        return self.rows.number_at(self.currentIndex().row())

    def show_current(self, number: int) -> None:
        """Make a row the current one, and scroll to it."""
        column = max(self.currentIndex().column(), 0)
        self.setCurrentIndex(self.rows.index(self.rows.place_of(number), column))

    @Slot()
    def fit_columns(self) -> None:
        """Make the visible columns as wide as their texts may get."""
        self._least, self._wanted = {}, {}
        for column, entry in enumerate(self.rows.columns):
            if self.isColumnHidden(column) and column not in self.optional:
                continue
            header = f"{entry.title} ▾" if self.rows.is_sorting else entry.title
            texts = (header, *self.rows.widest(column))
            least = max(map(self.fontMetrics().horizontalAdvance, texts)) + _MARGIN
            wanted = max(least, self.sizeHintForColumn(column))
            self._wanted[column] = max(least, min(wanted, _LONGEST)) if entry.elides else wanted
            self._least[column] = least if entry.elides else wanted
        self._share_width()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        least = sum(w for column, w in self._least.items() if column not in self.optional)
        height = super().minimumSizeHint().height()
        return QSize(least + _AT_THE_RIGHT, height) if self._is_whole else super().minimumSizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_heights()
            self.fit_columns()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = self.current_number()
        # Keys that the editor of a cell does not use arrive here too, such as Enter.
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in ENTER and number is not None and not is_editing:
            if not event.isAutoRepeat():
                self.used.emit(number, event.modifiers() == Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == SORT_KEY and self.rows.is_sorting and is_plain(event):
            self._sort_by_current()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if is_mouse else self.currentIndex()
        number = self.rows.number_at(index.row()) if self.has_menus else None
        event.setAccepted(number is not None)  # else the view around it has a menu
        if number is not None:
            self.setCurrentIndex(index)
            at = event.pos() if is_mouse else self.visualRect(index).bottomLeft()
            self.menu_requested.emit(number, self.viewport().mapToGlobal(at))

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()  # the whole row is marked
        self.pointed_at.emit(self.current_number())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grounds, then Qt's cells over them: cells painted in Python would cost more."""
        painter, theme = QPainter(self.viewport()), self.theme
        if self.currentIndex().isValid():
            row = self.visualRect(self.currentIndex())
            row.setLeft(0)
            row.setRight(self.viewport().width())
            # One that never takes the focus is led by a field beside it.
            if self.hasFocus() or self.focusPolicy() == Qt.FocusPolicy.NoFocus:
                painter.fillRect(row, QColor(theme.hover))
            row.setWidth(_BAR)
            painter.fillRect(row, QColor(theme.accent))
        for column in self.tinted:
            left, width = self.columnViewportPosition(column), self.columnWidth(column)
            painter.fillRect(left, 0, width, self.verticalHeader().length(), QColor(tint(theme)))
        painter.end()
        super().paintEvent(event)

    def _set_up(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        # Qt's triggers would edit on Enter, which uses a row, and on Space, which runs and pauses.
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # Qt's own least follows the font, but may still be that of larger text.
        self.verticalHeader().setMinimumSectionSize(1)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(self.rows.is_sorting)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(16)
        header.setResizeContentsPrecision(20)  # rows that are measured
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(self.rows.is_sorting)
        header.setSortIndicatorShown(False)  # the model adds an arrow to the text

    def _fit_heights(self) -> None:
        """Make rows and header as high as the font asks for."""
        line = self.fontMetrics().height()
        self.verticalHeader().setDefaultSectionSize(line + self._around)
        self.horizontalHeader().setFixedHeight(line + _AROUND_HEADER)
        if self._is_whole:
            self.setFixedHeight(self.whole_height)

    def _sort_by_current(self) -> None:
        header, column = self.horizontalHeader(), max(self.currentIndex().column(), 0)
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        is_up = (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (column, up)
        self.sortByColumn(column, down if is_up else up)
        self.scrollTo(self.currentIndex())

    @Slot(QModelIndex)
    def _use_clicked(self, index: QModelIndex) -> None:
        number = self.rows.number_at(index.row())
        if number is not None and self.rows.columns[index.column()].is_button:
            shift = QApplication.keyboardModifiers() == Qt.KeyboardModifier.ShiftModifier
            self.used.emit(number, shift)

    @Slot(QModelIndex)
    def _show_cursor(self, index: QModelIndex) -> None:
        """Show by the mouse's cursor whether a click on a cell does something."""
        is_button = self.rows.columns[index.column()].is_button
        shapes = Qt.CursorShape
        self.viewport().setCursor(shapes.PointingHandCursor if is_button else shapes.ArrowCursor)

    @Slot()
    def _unset_cursor(self) -> None:
        self.viewport().unsetCursor()

    def _share_width(self) -> None:
        """Give spare width to texts that are cut off, then evenly to the columns that share it."""
        widths, space = dict(self._least), self.viewport().width() - _AT_THE_RIGHT
        for column in self.optional:
            is_hidden = sum(widths.values()) > space
            self.setColumnHidden(column, is_hidden)
            if is_hidden:
                widths.pop(column, None)
        spare = max(0, space - sum(widths.values()))
        for column, least in widths.items():
            more = min(spare, self._wanted[column] - least)
            widths[column] = least + more
            spare -= more
        sharing = [column for column in widths if self.rows.columns[column].shares] or list(widths)
        for column, width in widths.items():
            share = spare // len(sharing) if column in sharing else 0
            self.setColumnWidth(column, width + share)


def tint(theme: Theme) -> str:
    """Return the ground of tinted columns: the panel's colour with a tenth of the accent."""
    return mixed(theme.accent, theme.panel, 0.1)
