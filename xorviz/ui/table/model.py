"""The columns of a table, declared once, and the model of any rows in them.

Shapes: N rows. The number of a row is its index among the rows as given, however they are sorted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPixmap

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

LEFT, CENTRE, RIGHT = (
    side | Qt.AlignmentFlag.AlignVCenter
    for side in (
        Qt.AlignmentFlag.AlignLeft,
        Qt.AlignmentFlag.AlignHCenter,
        Qt.AlignmentFlag.AlignRight,
    )
)

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
            found[Qt.ItemDataRole.ForegroundRole] = lambda row, theme: _brush(ink(row, theme))
        if self.icon:
            found[Qt.ItemDataRole.DecorationRole] = self.icon
        if font := self.font:
            found[Qt.ItemDataRole.FontRole] = lambda row, _: font(row)
        return found


def _brush(color: str | None) -> QBrush | None:
    return None if color is None else QBrush(QColor(color))


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
        """Have all cells painted anew."""
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
                return f"{column.tip}; click to sort by it (O)" if column.keys else column.tip
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
