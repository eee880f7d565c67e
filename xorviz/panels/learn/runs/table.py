"""The table of runs: its columns, and what is done to a pinned run by keys, mouse and menu."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from html import escape
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xorviz.core import numerals
from xorviz.core.numerals import listed
from xorviz.core.runs.project import PinnedRun
from xorviz.core.runs.recipe_text import as_known
from xorviz.core.runs.record import Record, Streak
from xorviz.core.runs.source import LONGEST_NAME, cleaned_name
from xorviz.core.settings import LOSS_NAMES, SETTINGS, Role, Setting
from xorviz.panels.base.curves import BESIDE, RUN_STYLES
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.forms.fields import check_box_size, paint_check_box
from xorviz.ui.guard import guarded
from xorviz.ui.keys import is_plain
from xorviz.ui.plot.lines import stroke_pen
from xorviz.ui.table import LEFT, Column, Table, TableModel
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold

CURRENT_RUN, RUN_BESIDE = -1, -2
"""The styles of the current run and of run B; pinned runs have an index of RUN_STYLES."""
THIS_RUN = "current run"
UNKNOWN_TO_ALL = ()
"""The history of a setting that no one knows."""

_BOX_LEFT, _LINE_LEFT, _LINE_WIDTH = 0.3, 2.0, 2.3
"""Of the check box and the line, in sizes of the box."""
_LINE_RATIO = 3
_LONGEST_STEP = numerals.whole(99_999_999)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a row of the table."""

    run: PinnedRun
    settings: Mapping[str, str]
    """Texts by field, in the order of SETTINGS."""
    differing: frozenset[str]
    """The settings in which the runs differ."""
    unlike: frozenset[str]
    """Those in which this one differs from the baseline, or else from the current run."""
    baseline: PinnedRun | None = None
    """The run to which all others show their differences, if one is chosen."""

    @property
    def against(self) -> Record | None:
        """The run to which this one shows its differences, if any."""
        baseline = self.baseline
        return None if baseline is None or baseline.style == self.run.style else baseline.record


def rows_of(
    current: Sequence[Record], pinned: Iterable[PinnedRun], baseline: int | None = None
) -> list[RunRow]:
    """Return a row for each run, the current one or the two side by side first.

    The baseline is the style of a run.
    """
    runs = [*as_pinned(current), *pinned]
    styles = [run.style for run in runs]
    base = styles.index(baseline) if baseline in styles else None
    histories = [{field: _history(field, run.record) for field in SETTINGS} for run in runs]
    differing = frozenset(
        field for field in SETTINGS if len({own[field] for own in histories} - {UNKNOWN_TO_ALL}) > 1
    )
    return [
        RunRow(
            run,
            {field: _text(field, values, run.record) for field, values in own.items()},
            differing,
            frozenset(f for f in differing if _differ(own[f], histories[base or 0][f])),
            None if base is None else runs[base],
        )
        for run, own in zip(runs, histories, strict=True)
    ]


def as_pinned(current: Sequence[Record]) -> list[PinnedRun]:
    """Return the current run, or A and B, as the others are; a watched one has its own name."""
    names = ("A", "B") if len(current) > 1 else (THIS_RUN,)
    return [
        PinnedRun(name if run.source is None else run.source.name, run, run.newest, style)
        for name, run, style in zip(names, current, (CURRENT_RUN, RUN_BESIDE), strict=False)
    ]


def _history(field: str, record: Record) -> tuple[object, ...]:
    """Return the value of a setting at the start, and those it was changed to on the way."""
    if SETTINGS[field].part is Role.START and record.is_given:
        return UNKNOWN_TO_ALL
    later = (change.value for change in record.interventions if change.field == field)
    return getattr(record.config, field), *later


def _differ(mine: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Return whether histories are known to differ."""
    return UNKNOWN_TO_ALL not in (mine, other) and mine != other


def _text(field: str, history: tuple[Any, ...], record: Record) -> str:
    """Return the first and the last value of a setting, and whether no one has said it."""
    if history == UNKNOWN_TO_ALL:
        return numerals.NOTHING
    first, *later = map(SETTINGS[field].shown, history)
    written = " → ".join((first, *["…"] * (len(later) > 1), *later[-1:]))
    return as_known(field, written, record.source)


def loss_text(record: Record) -> str:
    """Return the loss of a run's newest step, if it is known."""
    return numerals.NOTHING if record.loss is None else numerals.real(record.loss)


def _tip(row: RunRow) -> str:
    """Return all settings of a run in one line of rich text, with the name escaped."""
    settings = (f"{COLUMNS[PLACES[field]].title} {text}" for field, text in row.settings.items())
    source, count = row.run.record.source, len(row.run.record.interventions)
    changes = f"; changed {numerals.counted(count, 'time')} during the run" if count else ""
    kept = len(row.run.record.checkpoints)
    by = f"; watched: {source.program}, {numerals.counted(kept, 'state')} kept" if source else ""
    line = escape(f"{row.run.name}: {', '.join(settings)}{changes}{by}")
    return f'<p style="white-space:pre">{line}</p>'


def _line(row: RunRow, theme: Theme) -> QPixmap:
    size = check_box_size(QFontMetrics(QFont()))
    return _drawn_line(row.run.style, row.run.is_shown, theme, size)


@cache
def _drawn_line(style: int, is_shown: bool, theme: Theme, size: int) -> QPixmap:
    """Return the line of a run's curve, with a check box if it is pinned.

    Qt's own check box is invisible on a dark panel.
    """
    is_current = style < 0
    line = BESIDE if is_current else RUN_STYLES[style]
    color = theme.text if style == CURRENT_RUN else line.color(theme)

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Of two pixels, so that its colour is not paled by smoothing.
        painter.setPen(stroke_pen(theme, color, 2, line.dash))
        left, y = round(_LINE_LEFT * size), size // 2
        painter.drawLine(left, y, whole.width(), y)
        if not is_current:
            box = QRect(round(_BOX_LEFT * size), 0, size, size)
            paint_check_box(painter, box, QColor(theme.quiet), QColor(theme.text), is_shown)

    whole = QSize(round((_LINE_LEFT + _LINE_WIDTH) * size), size)
    return pixmap_of(whole * _LINE_RATIO, _LINE_RATIO, paint)


def _column(
    title: str,
    number: Callable[[Record], float | None],
    tip: str,
    sample: str = "",
    write: Callable[[float], str] = numerals.whole,
) -> Column[RunRow]:
    """Return the column of a number, or of its differences."""

    def text(row: RunRow) -> str:
        mine = number(row.run.record)
        theirs = None if row.against is None else number(row.against)
        if mine is None or theirs is None:
            return numerals.NOTHING if mine is None else write(mine)
        sign = {1: "+", -1: numerals.MINUS}.get((mine > theirs) - (mine < theirs), "")
        return f"{sign}{write(abs(mine - theirs))}"

    return Column(title, text, tip, sample=sample, details=_tip)


def _since(streak: Streak, run: Record) -> int | None:
    """Return the step since which something holds, if it does at a run's last step."""
    return streak.since if streak.since is not None and streak.since <= run.newest else None


def _setting_column(field: str, setting: Setting) -> Column[RunRow]:
    """Return the column of a setting; where runs differ, what the current one has not is marked."""

    def ink(row: RunRow, theme: Theme) -> str | None:
        color = theme.accent if field in row.unlike else theme.text
        return color if field in row.differing else None

    def font(row: RunRow) -> QFont | None:
        return bold(QFont()) if field in row.differing else None

    def text(row: RunRow) -> str:
        return row.settings[field] if row.against is None or field in row.unlike else ""

    title, tip = setting.short, setting.help
    return Column(title, text, tip, details=_tip, ink=ink, font=font)


def _is_baseline(row: RunRow) -> bool:
    return row.baseline is not None and row.against is None


COLUMNS: tuple[Column[RunRow], ...] = (
    Column(
        "line",
        lambda _: "",
        "Colour and style of the run's curve, and whether it is shown",
        align=LEFT,
        details=_tip,
        icon=_line,
        spoken=lambda row: f"line {'shown' if row.run.is_shown else 'hidden'}",
        shares=False,
    ),
    Column(
        "name",
        lambda row: row.run.name,
        "The name of the run",
        align=LEFT,
        sample=THIS_RUN,
        details=_tip,
        elides=True,
        font=lambda row: bold(QFont()) if _is_baseline(row) else None,
        spoken=lambda row: f"name {row.run.name}{', baseline' * _is_baseline(row)}",
    ),
    *(_setting_column(field, setting) for field, setting in SETTINGS.items()),
    _column(
        "changes",
        lambda record: len(record.interventions),
        "How many changes were made during the run",
    ),
    _column(
        "steps",
        lambda record: record.newest,
        "How many steps the run has",
        numerals.whole(999_999_999),
    ),
    _column(
        "final loss",
        lambda record: record.loss,
        "The loss at the run's last step",
        numerals.real(8.888e-88),
        numerals.real,
    ),
    Column(
        "final loss",
        lambda row: f"{loss_text(row.run.record)} {row.run.record.config.loss}",
        "The loss at the run's last step, by its own loss function",
        sample=f"{numerals.real(8.888e-88)} {max(LOSS_NAMES, key=len)}",
        details=_tip,
    ),
    _column(
        "correct since",
        lambda record: _since(record.right, record),
        "The step since which all four rows have been correct, without a break; of a watched run, "
        "of those kept",
        _LONGEST_STEP,
    ),
    _column(
        "learned since",
        lambda record: _since(record.learned, record),
        "The step since which all four errors have been below 0.1, without a break; of a watched "
        "run, of those kept",
        _LONGEST_STEP,
    ),
)
LINE, NAME = 0, 1
PLACES = {field: index for index, field in enumerate(SETTINGS, NAME + 1)}
"""The columns of the settings."""
CHANGES, STEPS, LOSS, NAMED_LOSS, RIGHT, LEARNED = range(len(COLUMNS) - 6, len(COLUMNS))
"""The loss stands with the name of its formula where the runs differ in it."""


_DISPENSABLE = (LEARNED, STEPS, RIGHT, CHANGES, LOSS, NAMED_LOSS, *reversed(PLACES.values()))
"""Columns that a narrow table goes without, the first ones first."""


def needed_columns(rows: Sequence[RunRow]) -> set[int]:
    """Return the columns to show: of settings, those in which the runs differ."""
    differing = rows[0].differing
    unneeded = {index for field, index in PLACES.items() if field not in differing}
    unneeded.add(LOSS if "loss" in differing else NAMED_LOSS)
    if not any(row.run.record.interventions for row in rows):
        unneeded.add(CHANGES)
    return set(range(len(COLUMNS))) - unneeded


def summary(rows: Sequence[RunRow]) -> str:
    """Return the number of pinned runs, and in what the runs differ, or from which one."""
    count = sum(row.run.style >= 0 for row in rows)
    pinned = f"{count} pinned" if count else "none pinned"
    if len(rows) == 1:
        return pinned
    differing, baseline = rows[0].differing, rows[0].baseline
    if baseline is not None:
        return f"{pinned}, differences to {baseline.name}"
    names = [COLUMNS[index].title for field, index in PLACES.items() if field in differing]
    if names:
        return f"{pinned}, differing in {listed(names)}"
    is_changed_apart = len({row.run.record.interventions for row in rows}) > 1
    return f"{pinned}, same settings{', changed differently during the run' * is_changed_apart}"


_AROUND_ROW = 6

_KEYS = {Qt.Key.Key_F2: "rename", Qt.Key.Key_Delete: "delete", Qt.Key.Key_B: "baseline"}
_ACTIONS = {
    "recall": "Make current\tEnter",
    "rename": "Rename\tF2",
    "show": "Show curve",
    "delete": "Delete\tDel",
    "baseline": "Show differences to this run\tB",
}
"""The menu of a run, with the keys; all but the last are for pinned runs."""

_Index = QModelIndex | QPersistentModelIndex


@guarded
class RunsModel(TableModel):
    """Runs as cells; the names of pinned runs can be edited."""

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        is_name = index.column() == NAME and self._rows[index.row()].run.style >= 0
        return flags | Qt.ItemFlag.ItemIsEditable if is_name else flags


@guarded
class RunsTable(Table):
    """A row for each run, the current ones first. What is done to a pinned run is only requested.

    All rows can show their differences to one of them, the baseline.
    """

    recall_requested = Signal(int)  # each with the style of a pinned run
    delete_requested = Signal(int)
    show_requested = Signal(int, bool)
    rename_requested = Signal(int, str)
    changed = Signal()
    """Another baseline is chosen."""

    model_class = RunsModel
    has_menus = True

    def __init__(self) -> None:
        super().__init__("Runs", COLUMNS, _AROUND_ROW)
        self._runs: Sequence[RunRow] = ()
        self._pinned: Sequence[PinnedRun] = ()
        self._baseline: int | None = None
        """The style of the run to which the others show their differences."""
        self.menu = QMenu(self)
        """What can be done to the current row's run; the view may add to it."""
        self._actions = {name: self.menu.addAction(text) for name, text in _ACTIONS.items()}
        for name, action in self._actions.items():
            action.triggered.connect(partial(self._do, name))
        self._actions["baseline"].setCheckable(True)
        editors = _NameEditors(self)
        editors.name_entered.connect(self._rename)
        self.setItemDelegate(editors)
        self.setObjectName("runs_table")
        self.used.connect(self._recall)
        self.menu_requested.connect(self._open_menu)
        self.clicked.connect(self._show_clicked)

    def show_runs(self, current: Sequence[Record], pinned: Sequence[PinnedRun]) -> None:
        """Show runs; the current row stays on its run, or in place if that is gone.

        With the focus there is always a current row.
        """
        rows = rows_of(current, pinned, self._baseline)
        index, run = self.currentIndex(), self.current_run()
        place, column = index.row(), index.column()
        styles = [row.run.style for row in rows]
        self._runs, self._pinned = rows, pinned
        needed = needed_columns(rows)
        self.optional = [number for number in _DISPENSABLE if number in needed]
        for number in set(range(len(COLUMNS))).difference(self.optional):
            self.setColumnHidden(number, number not in needed)
        self.tinted = [PLACES[field] for field in rows[0].differing]
        self.rows.show_rows(rows, styles)
        self.rows.announce_all()  # the looks of settings depend on all runs
        self.fit_columns()
        if (place >= 0 or self.hasFocus()) and not self.currentIndex().isValid():
            style = CURRENT_RUN if run is None else run.style
            place = styles.index(style) if style in styles else min(place, len(rows) - 1)
            self.setCurrentIndex(self.rows.index(place, max(column, NAME)))

    def show_current_runs(self, current: Sequence[Record]) -> bool:
        """Show the current runs at another step; cheap. False if a recipe is another one."""
        known = [row.run.record for row in self._runs if row.run.style < 0]
        if len(known) != len(current) or any(
            replace(before, newest=now.newest) != now
            for before, now in zip(known, current, strict=True)
        ):
            return False
        rows = [replace(r, run=run) for r, run in zip(self._runs, as_pinned(current), strict=False)]
        rows += self._runs[len(rows) :]
        if self._baseline is not None and self._baseline < 0:
            base = next((row.run for row in rows if row.run.style == self._baseline), None)
            rows = [replace(row, baseline=base) for row in rows]
        self._runs = rows
        self.rows.show_rows(self._runs, [row.run.style for row in self._runs])
        return True

    @property
    def summary(self) -> str:
        """The number of pinned runs and their differences as text."""
        return summary(self._runs)

    def current_run(self) -> PinnedRun | None:
        """Return the pinned run that keys act on."""
        row = self._row
        return row.run if row is not None and row.run.style >= 0 else None

    @property
    def _row(self) -> RunRow | None:
        """The current row, if there is one."""
        place = self.currentIndex().row()
        return self._runs[place] if place >= 0 else None

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
        self._actions["baseline"].setEnabled(len(self._runs) > 1)
        self._actions["baseline"].setChecked(self._row is not None and _is_baseline(self._row))
        is_shown = run is not None and run.is_shown
        self._actions["show"].setText("Hide curve" if is_shown else _ACTIONS["show"])
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
        """Request an action on the current row's run, if it is a pinned one; or compare with it."""
        run = self.current_run()
        if name == "baseline":
            self._choose_baseline()
        if run is None:
            return
        match name:
            case "recall":
                self.recall_requested.emit(run.style)
            case "rename":
                self.edit(self.currentIndex().siblingAtColumn(NAME))
            case "show":
                self.show_requested.emit(run.style, not run.is_shown)
            case "delete":
                self.delete_requested.emit(run.style)

    def _choose_baseline(self) -> None:
        """Show the differences to the current row's run, or if it does, the values again."""
        if (row := self._row) is not None:
            self._baseline = None if _is_baseline(row) else row.run.style
            self.show_runs([r.run.record for r in self._runs if r.run.style < 0], self._pinned)
            self.changed.emit()


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
