"""Tables: columns and rows as a model, and the view with its keys, mouse and widths of columns."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, is_plain
from xorviz.ui.theme.palette import LIGHT, Theme, mixed

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
LEFT, CENTRE = Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | _MIDDLE

_MOST_COMPARED = 50
"""Most rows whose texts are compared with those before; beyond, painting all costs less."""

_Row = TypeVar("_Row")
_Row_co = TypeVar("_Row_co", covariant=True)
_Index = QModelIndex | QPersistentModelIndex
_Order = NDArray[np.int64]


class Rows(Protocol[_Row_co]):
    """The rows of a table; a row may be made when it is asked for."""

    def __len__(self) -> int: ...
    def __getitem__(self, number: int, /) -> _Row_co: ...


@dataclass(frozen=True)
class Column(Generic[_Row]):
    """A column of a table."""

    title: str
    text: Callable[[_Row], str]
    tip: str = ""
    """The tool tip of the header."""
    align: Qt.AlignmentFlag = RIGHT
    sample: str = ""
    """A text as wide as those to come, with a square for an icon."""
    details: Callable[[_Row], str] | None = None
    """The tool tip of a cell."""
    ink: Callable[[_Row, Theme], str | None] | None = None
    """The colour of a text, by default as usual."""
    icon: Callable[[_Row, Theme], QPixmap] | None = None
    font: Callable[[_Row], QFont | None] | None = None
    spoken: Callable[[_Row], str] | None = None
    """What a screen reader says of a cell; by default the title and the text."""
    keys: Callable[[Any], NDArray[Any]] | None = None
    """What rows are sorted by: numbers (N,) of all rows, NaN where one is missing."""
    is_button: bool = False
    """Whether a click on a cell uses its row, as Enter does."""
    shares: bool = True
    """Whether it gets a share of the width that no column needs."""
    elides: bool = False
    """Whether it cuts off texts longer than its sample while there is no room for them."""

    @cached_property
    def looks(self) -> Mapping[int, Callable[[_Row, Theme], Any]]:
        """What a cell has beside its text, by role: Qt asks for each of them, often."""
        found: dict[int, Any] = {}
        if details := self.details:
            found[Qt.ItemDataRole.ToolTipRole] = lambda row, _: details(row)
        if ink := self.ink:
            found[Qt.ItemDataRole.ForegroundRole] = lambda row, theme: (
                QBrush(QColor(color)) if (color := ink(row, theme)) else None
            )
        if self.icon:
            found[Qt.ItemDataRole.DecorationRole] = self.icon
        if font := self.font:
            found[Qt.ItemDataRole.FontRole] = lambda row, _: font(row)
        return found


@guarded
class TableModel(QAbstractTableModel):
    """Rows as cells. Texts are made on demand, so 10,000 rows cost as much as a screenful."""

    def __init__(self, columns: Sequence[Column[Any]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self.is_sorting = any(column.keys for column in columns)
        self._rows: Rows[Any] = ()
        self._kind: object = None
        self._texts: dict[int, tuple[str, ...]] = {}
        """Texts of the rows that were asked for, by number."""
        self._order: _Order = np.empty(0, dtype=np.int64)
        self._places = self._order
        self._sorted_by, self._is_descending = 0, False
        self._theme = LIGHT

    def show_rows(self, rows: Rows[Any], kind: object = None) -> None:
        """Show rows. Of the same kind, they are those before, in a newer state.

        Then the current row stays, and only cells whose text changed are painted, which is
        expensive. A row that is the same object is not looked at.
        """
        is_same = kind == self._kind and len(rows) == len(self._rows)
        before, texts = self._rows, self._texts
        if not is_same:
            self.beginResetModel()
        self._rows, self._kind, self._texts = rows, kind, {}
        if is_same:
            if self.is_sorting:
                self._arrange(self._sorted())
            self._announce_changes(before, texts)
        else:
            self._take(self._sorted())
            self.endResetModel()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.announce_all()

    def announce_all(self) -> None:
        """Have all cells repainted."""
        if len(self._rows):
            last = self.index(len(self._rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def number_at(self, place: int) -> int | None:
        """Return the number of the row at a place from the top."""
        return int(self._order[place]) if 0 <= place < len(self._order) else None

    def place_of(self, number: int) -> int:
        return int(self._places[number])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, with missing values last; persistent indexes follow their rows."""
        self._sorted_by, self._is_descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange(self._sorted())
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def widest(self, column: int) -> list[str]:
        """Return texts that a column must fit: its sample, and that of the largest key."""
        sample, keys = self.columns[column].sample, self._keys(column)
        if keys is None or np.isnan(keys).all():
            return [sample]
        return [sample, self._texts_of(int(np.nanargmax(keys)))[column]]

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        column = self.columns[section]
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole:
                return f"{column.title}{self._arrow(section)}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{column.tip}; click to sort by it (F3)" if column.keys else column.tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.align
            case _:
                return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Qt asks for seven roles of each cell that it paints, this one first.
        number, column = int(self._order[index.row()]), self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts_of(number)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.align
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = f"{column.title} {self._texts_of(number)[index.column()]}"
            return column.spoken(self._rows[number]) if column.spoken else title
        look = column.looks.get(role)
        return look(self._rows[number], self._theme) if look else None

    def _texts_of(self, number: int) -> tuple[str, ...]:
        if number not in self._texts:
            row = self._rows[number]
            self._texts[number] = tuple(column.text(row) for column in self.columns)
        return self._texts[number]

    def _announce_changes(self, before: Rows[Any], texts: Mapping[int, tuple[str, ...]]) -> None:
        if len(texts) > _MOST_COMPARED:
            self.announce_all()
            return
        for number, old in texts.items():
            if self._rows[number] is before[number]:
                self._texts[number] = old
                continue
            new = self._texts_of(number)
            if changed := [column for column, text in enumerate(new) if text != old[column]]:
                place = self.place_of(number)
                self.dataChanged.emit(self.index(place, changed[0]), self.index(place, changed[-1]))

    def _arrow(self, column: int) -> str:
        """Return the sort arrow of a column; Qt's own would cover the end of the text."""
        is_sorted = self.is_sorting and column == self._sorted_by
        return (" ▾" if self._is_descending else " ▴") if is_sorted else ""

    def _sorted(self) -> _Order:
        """Return the numbers of the rows (N,) from the top."""
        keys = self._keys(self._sorted_by)
        if keys is None:
            return np.arange(len(self._rows))
        # NaN comes last.
        return np.argsort(-keys if self._is_descending else keys, kind="stable")

    def _keys(self, column: int) -> NDArray[Any] | None:
        keys = self.columns[column].keys
        return keys(self._rows) if keys and len(self._rows) else None

    def _arrange(self, order: _Order) -> None:
        if np.array_equal(order, self._order):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        numbers = [int(self._order[index.row()]) for index in held]
        self._take(order)
        moved = [
            self.index(self.place_of(number), index.column())
            for number, index in zip(numbers, held, strict=True)
        ]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _take(self, order: _Order) -> None:
        self._order, self._places = order, np.empty_like(order)
        self._places[order] = np.arange(len(order))


SORT_KEY = Qt.Key.Key_F3
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
        super().__init__(showGrid=False, wordWrap=False)
        self._around = around
        self._is_whole = False
        self.rows = self.model_class(columns, self)
        self.tinted: Collection[int] = ()
        """Columns with another ground."""
        self.optional: Collection[int] = ()
        """Columns that are hidden where others' texts would else be cut off."""
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

    def height_of(self, rows: int) -> int:
        """Return the height in pixels that shows so many rows."""
        line = self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().height() + rows * line + 2

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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the mouse's cursor whether a click on a cell does something."""
        super().mouseMoveEvent(event)
        index, shapes = self.indexAt(event.position().toPoint()), Qt.CursorShape
        is_button = index.isValid() and self.rows.columns[index.column()].is_button
        self.viewport().setCursor(shapes.PointingHandCursor if is_button else shapes.ArrowCursor)

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
        self.setFrameShape(self.Shape.NoFrame)
        self.setTabKeyNavigation(False)
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
            self.setFixedHeight(self.height_of(self.rows.rowCount()))

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

    def _share_width(self) -> None:
        """Give spare width to texts that are cut off, then evenly to the columns that share it."""
        widths, space = dict(self._least), self.viewport().width() - _AT_THE_RIGHT
        for column in self.optional:
            others = sum(self._wanted[other] for other in widths if other != column)
            is_hidden = self._least.get(column, 0) + others > space
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
