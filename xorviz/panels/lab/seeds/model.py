"""Table model of a recipe's networks, sorted by any column.

Shapes: N networks. A network's number is its index in the order of the plan's seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.config import COUNTED, ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.training.cohort import NO_STEP
from xorviz.panels.lab.outcomes import OUTCOMES, codes_of
from xorviz.ui.guard import guarded


@dataclass(frozen=True, slots=True)
class SeedColumn:
    """A column of the table."""

    header: str
    tip: str
    sample: str
    """A text of typical width."""
    values: Callable[[LabSnapshot, range], Array]
    """(N,) values of a range of networks; NaN if there is none."""
    write: Callable[[float], str]


def _seeds(snapshot: LabSnapshot, places: range) -> Array:  # noqa: ARG001
    return np.array(snapshot.plan.seeds, dtype=float)


def _outcomes(snapshot: LabSnapshot, places: range) -> Array:
    return codes_of(snapshot, places).astype(float)


def _outcome_text(code: float) -> str:
    return OUTCOMES[int(code)]


def _steps(name: str) -> Callable[[LabSnapshot, range], Array]:
    def values(snapshot: LabSnapshot, places: range) -> Array:
        steps = getattr(snapshot, name)[places.start : places.stop]
        return np.where(steps == NO_STEP, np.nan, steps)

    return values


def _numbers(name: str) -> Callable[[LabSnapshot, range], Array]:
    def values(snapshot: LabSnapshot, places: range) -> Array:
        found: Array = getattr(snapshot, name)[places.start : places.stop]
        return found

    return values


def _output(row: int) -> SeedColumn:
    x1, x2 = ROWS[row]

    def values(snapshot: LabSnapshot, places: range) -> Array:
        found: Array = snapshot.outputs[places.start : places.stop, row]
        return found

    tip = f"What the network answers to {x1} {x2} in the end"
    return SeedColumn(f"y {x1}{x2}", tip, "0.88", values, lambda y: numerals.fixed(y, 2))


COLUMNS = (
    SeedColumn("seed", "Seed of the initial weights", "88888", _seeds, numerals.plain),
    SeedColumn("outcome", "What became of the network", "one row on the fence", _outcomes,
           _outcome_text),
    SeedColumn("first right", "The first step after which all four rows were right",
           numerals.whole(88_888), _steps("first_right"), numerals.whole),
    SeedColumn("first learned", "The first step after which all four errors were below 0.1",
           numerals.whole(88_888), _steps("first_learned"), numerals.whole),
    SeedColumn("loss", "The loss in the end", numerals.real(8.888e-8), _numbers("loss"),
           numerals.real),
    SeedColumn("gradient", "The norm of the gradient in the end: how steep the loss is",
           numerals.real(8.888e-8), _numbers("gradient_norm"), numerals.real),
    *(_output(row) for row in COUNTED),
)  # fmt: skip
SEED, OUTCOME, FIRST_RIGHT, FIRST_LEARNED = range(4)


NEVER = "–"
_STEPS_AND_SEEDS = (SEED, FIRST_RIGHT, FIRST_LEARNED)

_Index = QModelIndex | QPersistentModelIndex
_Order = NDArray[np.int64]


@guarded
class SeedModel(QAbstractTableModel):
    """One row per network. Texts are made on demand, so 10,000 rows cost as much as a screenful."""

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: LabSnapshot | None = None
        self._places = range(0)
        self._values: dict[int, Array] = {}
        self._order: _Order = np.empty(0, dtype=np.int64)
        self._rows: _Order = self._order
        self._sorted_by, self._is_descending = SEED, False

    def show_snapshot(self, snapshot: LabSnapshot | None, recipe: int = 0) -> None:
        """Show the networks of a recipe; the current row stays while the plan is the same."""
        places = range(0) if snapshot is None else snapshot.plan.places_of(recipe)
        before, self._snapshot = self._snapshot, snapshot
        is_same = snapshot and before and snapshot.plan is before.plan and places == self._places
        self._places, self._values = places, {}
        if is_same:
            self._arrange(self._sorted())
            last = self.index(len(places) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self._take(self._sorted())
            self.endResetModel()

    def number_at(self, row: int) -> int | None:
        """Return the number of a row's network, or None."""
        return int(self._order[row]) if 0 <= row < len(self._order) else None

    def row_of(self, number: int) -> int:
        return int(self._rows[number])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, with missing values last."""
        self._sorted_by, self._is_descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange(self._sorted())
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def longest(self, column: int) -> list[str]:
        """Return the texts that a column must fit: a sample, and the largest value."""
        texts = [COLUMNS[column].sample]
        if self._snapshot is not None and column in _STEPS_AND_SEEDS:
            values = self._column(column)
            known = values[~np.isnan(values)]
            texts += [COLUMNS[column].write(float(known.max()))] if len(known) else []
        return texts

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole:
                return f"{COLUMNS[section].header}{self._arrow(section)}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{COLUMNS[section].tip}; click to sort by it (O)"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
            case _:
                return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index.row(), index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                text = self._text(index.row(), index.column())
                return f"{COLUMNS[index.column()].header} {text}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case _:
                return None

    def _arrow(self, column: int) -> str:
        """Return the sort arrow of a column; Qt's own would cover the end of the text."""
        return "" if column != self._sorted_by else (" ▾" if self._is_descending else " ▴")

    def _text(self, row: int, column: int) -> str:
        number = int(self._order[row])
        value = float(self._column(column)[number])
        if not np.isnan(value):
            return COLUMNS[column].write(value)
        is_done = self._snapshot is not None and self._snapshot.done[self._places[number]]
        return NEVER if is_done else ""

    def _column(self, column: int) -> Array:
        """Return the cached values of a column (N,)."""
        if column not in self._values and self._snapshot is not None:
            self._values[column] = COLUMNS[column].values(self._snapshot, self._places)
        return self._values[column]

    def _sorted(self) -> _Order:
        """Return the numbers of the networks (N,) in row order."""
        if self._snapshot is None:
            return np.empty(0, dtype=np.int64)
        values = self._column(self._sorted_by)
        # NaN comes last.
        return np.argsort(-values if self._is_descending else values, kind="stable")

    def _arrange(self, order: _Order) -> None:
        """Reorder the rows; persistent indices follow their networks."""
        if np.array_equal(order, self._order):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        numbers = [int(self._order[index.row()]) for index in held]
        self._take(order)
        moved = [
            self.index(self.row_of(number), index.column())
            for number, index in zip(numbers, held, strict=True)
        ]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _take(self, order: _Order) -> None:
        self._order, self._rows = order, np.empty_like(order)
        self._rows[order] = np.arange(len(order))


def _alignment(column: int) -> Qt.AlignmentFlag:
    flags = Qt.AlignmentFlag
    return (flags.AlignLeft if column == OUTCOME else flags.AlignRight) | flags.AlignVCenter
