"""The table model of the current and the pinned runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QPixmap

from xorviz.core.runs.project import PinnedRun, cleaned_name
from xorviz.core.runs.record import Record
from xorviz.panels.curves.run_styles import RUN_STYLES, line_pen, swatch, swatch_of
from xorviz.panels.learn.runs.columns import (
    CHANGES,
    COLUMNS,
    LINE,
    LOSS,
    NAME,
    differing_settings,
    recipe,
    texts_of,
)
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

CURRENT_RUN = -1
"""The style of the current run; pinned runs have an index of RUN_STYLES."""
THIS_RUN = "this run"

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Row:
    """A run, and its text in each column."""

    run: PinnedRun
    texts: tuple[str, ...]


@guarded
class RunsModel(QAbstractTableModel):
    """A row for each run. An edit only requests a new name; the cell stays as it is."""

    rename_requested = Signal(int, str)
    """A style and a name."""
    columns_changed = Signal()
    """Other columns are needed, or other widths."""

    def __init__(self, functions: Mapping[str, str]) -> None:
        super().__init__()
        self._functions = functions
        self._rows: list[_Row] = []
        self._differing: frozenset[str] = frozenset()
        self._theme = LIGHT
        self._bold = QFont()
        self._bold.setBold(True)
        self._lines: dict[int, QPixmap] = {}

    @property
    def pinned_count(self) -> int:
        """Number of pinned runs."""
        return max(0, len(self._rows) - 1)

    @property
    def differing(self) -> list[str]:
        """The headers of the settings in which the runs differ."""
        return [column.header for column in COLUMNS if column.setting in self._differing]

    @property
    def is_changed_apart(self) -> bool:
        """Whether the changes on the way differ between the runs."""
        return len({row.run.record.interventions for row in self._rows}) > 1

    def pinned_at(self, row: int) -> PinnedRun | None:
        """Return the pinned run of a row; None for the current run, and beyond the last."""
        return self._rows[row].run if 0 < row < len(self._rows) else None

    def row_of(self, style: int) -> int | None:
        """Return the row of a pinned run, or of the current one."""
        return next((i for i, row in enumerate(self._rows) if row.run.style == style), None)

    def is_needed(self, column: int) -> bool:
        """Return whether these runs differ in a column; columns of results are always needed."""
        if column == CHANGES:
            return any(row.run.record.interventions for row in self._rows)
        return not COLUMNS[column].setting or COLUMNS[column].setting in self._differing

    def widest(self, column: int) -> list[str]:
        """Return the texts that a column must be wide enough for."""
        sample = COLUMNS[column].sample
        if column == LOSS and "loss" in self._differing:
            sample = f"{sample} {self._rows[0].run.record.config.loss}"
        return [sample, *(row.texts[column] for row in self._rows)]

    def show_runs(self, current: Record, pinned: Sequence[PinnedRun]) -> None:
        """Show these runs."""
        runs = [PinnedRun(THIS_RUN, current, current.newest, CURRENT_RUN), *pinned]
        self._differing = differing_settings(run.record for run in runs)
        rows = [self._row(run) for run in runs]
        if [row.run.style for row in rows] == [row.run.style for row in self._rows]:
            self._rows = rows
            self._repaint()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        self.columns_changed.emit()

    def show_current_run(self, current: Record) -> None:
        """Update the current run; cheap while its recipe stays the same."""
        if not self._rows or _has_another_recipe(current, self._rows[0].run.record):
            self.show_runs(current, [row.run for row in self._rows[1:]])
            return
        old = self._rows[0].texts
        self._rows[0] = self._row(PinnedRun(THIS_RUN, current, current.newest, CURRENT_RUN))
        texts = self._rows[0].texts
        if changed := [column for column in range(len(COLUMNS)) if texts[column] != old[column]]:
            self.dataChanged.emit(self.index(0, changed[0]), self.index(0, changed[-1]))

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._lines = {style: swatch(style, theme) for style in range(len(RUN_STYLES))}
        self._lines[CURRENT_RUN] = swatch_of(line_pen(theme.text, 2), smooth=False)
        self._repaint()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        is_name = index.column() == NAME and self.pinned_at(index.row()) is not None
        return flags | Qt.ItemFlag.ItemIsEditable if is_name else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].header
            case Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
            case _:
                return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], index.column()
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.texts[column]
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row.run)
            case look:
                return self._look(row, column, look)

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Request another name, unless it is empty."""
        run, name = self.pinned_at(index.row()), cleaned_name(str(value))
        if run is not None and role == Qt.ItemDataRole.EditRole and name not in {"", run.name}:
            self.rename_requested.emit(run.style, name)
        return False

    def _row(self, run: PinnedRun) -> _Row:
        names_loss = "loss" in self._differing
        return _Row(run, texts_of(run.name, run.record, self._functions, names_loss))

    def _repaint(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _look(self, row: _Row, column: int, role: Qt.ItemDataRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return self._line(row.run, role) if column == LINE else self._emphasis(row, column, role)

    def _emphasis(self, row: _Row, column: int, role: Qt.ItemDataRole) -> Any:
        """Return the look of a differing setting, in the accent if not the current run's value."""
        if COLUMNS[column].setting not in self._differing:
            return None
        match role:
            case Qt.ItemDataRole.FontRole:
                return self._bold
            case Qt.ItemDataRole.BackgroundRole:
                return QBrush(QColor(tint(self._theme)))
            case Qt.ItemDataRole.ForegroundRole:
                is_other = row.texts[column] != self._rows[0].texts[column]
                return QBrush(QColor(self._theme.accent if is_other else self._theme.text))
            case _:
                return None

    def _line(self, run: PinnedRun, role: Qt.ItemDataRole) -> Any:
        if role == Qt.ItemDataRole.DecorationRole:
            return self._lines.get(run.style)
        if role != Qt.ItemDataRole.CheckStateRole or run.style == CURRENT_RUN:
            return None
        return Qt.CheckState.Checked if run.is_shown else Qt.CheckState.Unchecked

    def _tip(self, run: PinnedRun) -> str:
        """Return the recipe as rich text, with the name escaped."""
        line = escape(recipe(run.name, run.record, self._functions))
        return f'<p style="white-space:pre">{line}</p>'


def tint(theme: Theme) -> str:
    """Return the background of differing settings: the panel colour with a tenth of accent."""
    panel, accent = QColor(theme.panel), QColor(theme.accent)
    channels = ("red", "green", "blue")
    mixed = (0.9 * getattr(panel, c)() + 0.1 * getattr(accent, c)() for c in channels)
    return QColor(*map(round, mixed)).name().upper()


def _spoken(row: _Row, column: int) -> str:
    visibility = "shown" if row.run.is_shown else "hidden"
    return f"{COLUMNS[column].header} {visibility if column == LINE else row.texts[column]}"


def _has_another_recipe(one: Record, other: Record) -> bool:
    return one.config != other.config or one.interventions != other.interventions


def _alignment(column: int) -> Qt.AlignmentFlag:
    flags = Qt.AlignmentFlag
    side = flags.AlignRight if column > NAME else flags.AlignLeft
    return side | flags.AlignVCenter
