"""The panel with the truth table: the network's output and error in each row."""

from collections.abc import Callable
from functools import cache
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QVBoxLayout

from xorviz.core import numerals
from xorviz.core.config import ROWS
from xorviz.core.diagnosis.words import UNTRAINED
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import SHOWN_ROWS
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, claims_arrow
from xorviz.ui.theme.palette import LIGHT, Theme

COLUMNS = ("x1", "x2", "target", "output", "error", "")
_X1, _X2, _TARGET, _OUTPUT, _ERROR, _MARK = range(len(COLUMNS))

_ROW_HEIGHT = 31
_Index = QModelIndex | QPersistentModelIndex


class TruthTable(SnapshotView):
    """A table of four rows. A click on a target, or Enter, requests to flip it."""

    targets_requested = Signal(object)  # tuple[int, int, int, int] in the order of ROWS

    explanation = (
        "The four rows that the network learns: its inputs, the answer it should give, the "
        "answer it gives, and the difference. A tick says that the answer is on the target's "
        "side of one half. Click a target, or press Enter in its row, to flip it: that starts "
        "the run again, with another function to learn."
    )

    def __init__(self) -> None:
        super().__init__("truth_table")
        self._model = _Model()
        self._table = _Table()
        self._table.setModel(self._model)
        self._table.setAccessibleName("Truth table")
        self._table.flip_requested.connect(self._flip)
        self._table.fit_columns()
        self.setMinimumWidth(236)
        self.setFocusProxy(self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.addWidget(self._table)
        layout.addStretch()

    def _draw(self, snapshot: Snapshot) -> None:
        self._model.show_snapshot(snapshot)
        right = f"{int(snapshot.right.sum())} of {len(ROWS)} right"
        self.readout_changed.emit(UNTRAINED if snapshot.is_untrained else right)

    def _recolour(self) -> None:
        self._model.apply_theme(self.theme)

    @Slot(int)
    def _flip(self, shown_row: int) -> None:
        if self._snapshot is not None:
            row = SHOWN_ROWS[shown_row]
            targets = list(self._snapshot.config.targets)
            targets[row] = 1 - targets[row]
            self.targets_requested.emit(tuple(targets))


@guarded
class _Model(QAbstractTableModel):
    """A snapshot's rows as cells."""

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._theme = LIGHT
        self._shapes: tuple[QPixmap, QPixmap] | None = None
        self._texts = self._written()
        self._answers: dict[int, Callable[[int, int], Any]] = {
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.TextAlignmentRole: lambda _, column: _alignment(column),
            Qt.ItemDataRole.ForegroundRole: self._ink,
            Qt.ItemDataRole.DecorationRole: self._shape,
            Qt.ItemDataRole.ToolTipRole: _tip,
        }

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot; only changed cells are repainted, since painting one is expensive."""
        self._snapshot = snapshot
        before, self._texts = self._texts, self._written()
        for row, (old, new) in enumerate(zip(before, self._texts, strict=True)):
            changed = [column for column in range(len(COLUMNS)) if old[column] != new[column]]
            if changed:
                self.dataChanged.emit(self.index(row, changed[0]), self.index(row, changed[-1]))

    def _written(self) -> list[list[str]]:
        """Return the text of each cell, by the rows and columns shown."""
        return [[self._text(row, column) for column in range(len(COLUMNS))] for row in SHOWN_ROWS]

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._shapes = (
            _drawn_shape(theme.minus, square=False),
            _drawn_shape(theme.plus, square=True),
        )
        self.dataChanged.emit(self.index(0, 0), self.index(len(ROWS) - 1, _MARK))

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: ARG002
        return len(ROWS)

    def columnCount(self, parent: _Index | None = None) -> int:  # noqa: ARG002
        return len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Fast path: Qt requests seven roles for each cell that it paints.
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()][index.column()]
        answer = self._answers.get(role)
        return answer(SHOWN_ROWS[index.row()], index.column()) if answer else None

    def _ink(self, row: int, column: int) -> QBrush | None:
        color = self._theme.accent if self._is_right(row) else self._theme.wrong
        return QBrush(QColor(color)) if column == _MARK else None

    def _shape(self, row: int, column: int) -> QPixmap | None:
        return self._shapes[self._target(row)] if column == _TARGET and self._shapes else None

    def _target(self, row: int) -> int:
        return self._snapshot.config.targets[row] if self._snapshot else 0

    def _is_right(self, row: int) -> bool:
        return self._snapshot is not None and bool(self._snapshot.right[row])

    def _text(self, row: int, column: int) -> str:
        if column in {_X1, _X2}:
            return str(ROWS[row][column])
        if self._snapshot is None:
            return ""
        match column:
            case 2:
                return str(self._target(row))
            case 3:
                return numerals.fixed(float(self._snapshot.outputs[row]), 3)
            case 4:
                return numerals.signed(float(self._snapshot.errors[row]), 3)
            case _:
                return "✓" if self._is_right(row) else "✗"

    def _spoken(self, row: int, column: int) -> str:
        if column == _MARK:
            return "right" if self._is_right(row) else "wrong"
        return f"{COLUMNS[column]} {self._text(row, column)}"


@guarded
class _Table(QTableView):
    """A table without scroll bars; a click on a target, or Enter, requests to flip it."""

    flip_requested = Signal(int)  # the row as shown

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(14, 14))
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.08)
        self.setFont(font)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(16)
        header.setFixedHeight(24)
        header.setFont(QApplication.font())
        self.setFixedHeight(24 + len(ROWS) * _ROW_HEIGHT + 2)
        self.clicked.connect(self._flip_target)

    def fit_columns(self) -> None:
        """Fix the column widths, the error's to the rest; they do not depend on the texts."""
        header = self.horizontalHeader()
        widths = ((_X1, 22), (_X2, 22), (_TARGET, 46), (_OUTPUT, 54), (_MARK, 20))
        for column, width in widths:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        header.setSectionResizeMode(_ERROR, QHeaderView.ResizeMode.Stretch)

    def event(self, event: QEvent) -> bool:
        return claims_arrow(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.currentIndex().isValid():
            self.flip_requested.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _flip_target(self, index: QModelIndex) -> None:
        if index.column() == _TARGET:
            self.flip_requested.emit(index.row())


@cache
def _alignment(column: int) -> Qt.AlignmentFlag:
    flags = Qt.AlignmentFlag
    centred = dict.fromkeys((_X1, _X2, _MARK), flags.AlignHCenter)
    return {**centred, _TARGET: flags.AlignLeft}.get(column, flags.AlignRight) | flags.AlignVCenter


def _tip(row: int, column: int) -> str | None:  # noqa: ARG001
    return "Click, or press Enter, to flip this target" if column == _TARGET else None


def _drawn_shape(color: str, square: bool) -> QPixmap:
    """Return the sign of a target: a circle for 0, a square for 1."""

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        if square:
            painter.drawRoundedRect(2, 2, 10, 10, 1.5, 1.5)
        else:
            painter.drawEllipse(2, 2, 10, 10)

    return pixmap_of(QSize(14, 14) * 3, 3, paint)
