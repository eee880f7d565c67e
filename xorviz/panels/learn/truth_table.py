"""The panel with the truth table: the network's output and error in each row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QPointF, QSize, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap

from xorviz.core import numerals
from xorviz.core.analysis.jumps import other_phase
from xorviz.core.diagnosis.words import number_of
from xorviz.core.network import Weights, inputs, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import TargetsView
from xorviz.panels.base.square_items import paint_sign
from xorviz.panels.base.words import at_step, correct_text, number, whose
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.table import CENTRE, LEFT, Column, Table
from xorviz.ui.theme.palette import Theme

_AROUND_ROW = 17
_ALTERNATES = 0.05
"""Smallest difference of two outputs that are both shown."""
_LEAST_WIDTH = 244
"""Pixels for all columns, where text has its usual size."""


@dataclass(frozen=True, slots=True)
class _TruthRow:
    """A row of the truth table; without a network it has its inputs alone."""

    number: int
    """Its index in ROWS."""
    config: RunConfig = field(default_factory=RunConfig)
    """The settings of the network."""
    target: int | None = None
    """As a bit."""
    output: float = 0.0
    error: float = 0.0
    is_right: bool = False
    other: float | None = None
    """The output after the next step, if it alternates with this one."""


def _rows_of(snapshot: Snapshot, after: Weights | None = None) -> list[_TruthRow]:
    """Return the rows, with both outputs where an output alternates from step to step."""
    given, targets = snapshot.outputs.tolist(), snapshot.config.targets
    errors, right = snapshot.errors.tolist(), snapshot.right.tolist()
    there = given if after is None else outputs(after, snapshot.config).tolist()
    others = [b if abs(b - a) > _ALTERNATES else None for a, b in zip(given, there, strict=True)]
    return [
        _TruthRow(
            row, snapshot.config, targets[row], given[row], errors[row], right[row], others[row]
        )
        for row in COUNTED
    ]


def _output(row: _TruthRow, between: str = "↔") -> str:
    """Return a row's output; of two the lower one first, so that the text does not flicker."""
    if row.other is None:
        return number(row.output, 3)
    low, high = sorted((row.output, row.other))
    return f"{number(low)}{between}{number(high)}"


def _input(position: int) -> Callable[[_TruthRow], str]:
    return lambda row: number_of(ROWS[row.number][position], row.config)


def _output_tip(row: _TruthRow) -> str:
    if row.other is None:
        return "The network's output for these inputs"
    return (
        f"The output alternates between {_output(row, ' and ')} from step to step. The error and "
        "the mark are those of the step shown."
    )


def _known(write: Callable[[_TruthRow], str]) -> Callable[[_TruthRow], str]:
    return lambda row: "" if row.target is None else write(row)


@cache
def _sign(target: int, theme: Theme, size: int) -> QPixmap:
    """Return the sign of a target: a circle for 0, a square for 1."""

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(size, size) / 2
        paint_sign(painter, middle, 0.385 * size, target, theme, ring="transparent")

    return pixmap_of(QSize(size, size) * 3, 3, paint)


COLUMNS: tuple[Column[_TruthRow], ...] = (
    Column("x1", _input(0), "First input", CENTRE, shares=False),
    Column("x2", _input(1), "Second input", CENTRE, shares=False),
    Column(
        "target",
        _known(lambda row: number_of(row.target or 0, row.config)),
        "The output that is to be learned",
        align=LEFT,
        details=lambda _: "Click, or press Enter, to change this target and start again",
        icon=lambda row, theme: _sign(row.target or 0, theme, QFontMetrics(QFont()).height()),
        is_button=True,
        shares=False,
    ),
    Column(
        "output",
        _known(_output),
        "The network's output",
        # A thin space more: with the arrow of another font, widths are not whole pixels.
        sample=_output(_TruthRow(0, output=0.88, other=0.88)) + numerals.THIN_SPACE,
        details=_output_tip,
        spoken=_known(lambda row: f"output {_output(row, ' and ')}"),
    ),
    Column(
        "error",
        _known(lambda row: numerals.signed(row.error, 3)),
        "Output minus target",
        sample=numerals.signed(-0.888, 3),
    ),
    Column(
        "",
        _known(lambda row: "✓" if row.is_right else "✗"),
        "Whether the output is on its target's side of the middle",
        align=CENTRE,
        sample="✓",
        ink=lambda row, theme: theme.accent if row.is_right else theme.wrong,
        spoken=lambda row: "correct" if row.is_right else "wrong",
        shares=False,
    ),
)


_ERROR = 4
"""The column that is hidden first where there is little room."""


class TruthTable(TargetsView):
    """A table of four rows. A click on a target, or Enter, requests to flip it."""

    row_chosen = Signal(int)
    """An index into ROWS: the row that the mouse or a key went to."""

    has_table = True
    explanation = (
        "The four rows that the network learns, with its output and error in each. Click a target "
        "to change it, or a row to see its values in Network."
    )

    def __init__(self) -> None:
        super().__init__("truth_table")
        self._table = Table("Truth table", COLUMNS, _AROUND_ROW)
        self._table.rows.show_rows([_TruthRow(row) for row in COUNTED])
        self._table.optional = (_ERROR,)
        self._coding = RunConfig().coding
        self._table.show_whole()
        self._table.used.connect(self._use_row)
        self._table.pointed_at.connect(self._choose_row)
        self._focus_table(self._table)
        column(self, self._table, STRETCH, margins=(1, 0, 1, 0)).addStrut(_LEAST_WIDTH)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the columns with numbers of the four rows."""
        x, goals = (a.astype(int).tolist() for a in (inputs(snapshot.config), snapshot.goals))
        shown = _rows_of(snapshot)
        rows = ((*x[row.number], goals[row.number], row.output, row.error) for row in shown)
        return ("x1", "x2", "target", "output", "error"), rows

    def describe(self, snapshot: Snapshot) -> str:
        config = snapshot.config
        rows = (
            f"{ROW_NAMES[row]} has target {number_of(config.targets[row], config)} and output "
            f"{number(snapshot.outputs[row], 3)}"
            for row in COUNTED
        )
        return f"{at_step(snapshot)}: {'; '.join(rows)}; {correct_text(snapshot)}."

    def _draw(self, snapshot: Snapshot) -> None:
        after = None if snapshot.is_untrained else other_phase(snapshot)
        self._table.rows.show_rows(_rows_of(snapshot, after))
        if snapshot.config.coding != self._coding:
            self._coding = snapshot.config.coding
            self._table.fit_columns()
        reached = "correct" if snapshot.learned_since is None else "learned"
        count = f"{whose(snapshot)}{int(snapshot.right.sum())} {reached}"
        said = "" if snapshot.is_untrained else count
        self.readout_changed.emit(said if snapshot.tried is None else self.resting_text)

    @Slot(int)
    def show_row(self, row: int) -> None:
        """Mark a row, by its index in ROWS."""
        self._table.show_current(COUNTED.index(row))

    @Slot(object)
    def _choose_row(self, shown_row: int | None) -> None:
        if shown_row is not None:
            self.row_chosen.emit(COUNTED[shown_row])

    @Slot(int)
    def _use_row(self, shown_row: int) -> None:
        self._flip(COUNTED[shown_row])
