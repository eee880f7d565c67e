"""The columns of the table of seeds.

Shapes: N networks. A network's number is its index in the order of the plan's seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.config import COUNTED, ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.training.cohort import NO_STEP
from xorviz.panels.lab.outcomes import OUTCOMES, codes_of, paint_mark
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.table.model import LEFT, Column
from xorviz.ui.theme.palette import Theme

NEVER = "–"

_MARK, _MARK_RATIO = 9, 3


class SeedRows:
    """The networks of a recipe as rows. The values of a column are computed when asked for."""

    def __init__(self, snapshot: LabSnapshot, places: range) -> None:
        self.snapshot, self.places = snapshot, places
        self._values: dict[_Values, Array] = {}

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, number: int) -> "SeedRow":
        return SeedRow(self, number)

    def part(self, name: str) -> Array:
        """Return these networks' part (N, ...) of an array of the snapshot."""
        found: Array = getattr(self.snapshot, name)[self.places.start : self.places.stop]
        return found

    def values(self, of: "_Values") -> Array:
        """Return a column's values (N,)."""
        if of not in self._values:
            self._values[of] = of(self)
        return self._values[of]


_Values = Callable[[SeedRows], Array]
"""Gives values (N,) of networks; NaN where there is none."""


@dataclass(frozen=True, slots=True)
class SeedRow:
    """A row of the table."""

    rows: SeedRows
    number: int

    def text(self, values: _Values, write: Callable[[float], str]) -> str:
        """Return a value as text; of a missing one, whether it may still come."""
        value = float(self.rows.values(values)[self.number])
        if not np.isnan(value):
            return write(value)
        return NEVER if self.rows.part("done")[self.number] else ""


def _seeds(rows: SeedRows) -> Array:
    return np.array(rows.snapshot.plan.seeds, dtype=float)


def _outcomes(rows: SeedRows) -> Array:
    return codes_of(rows.snapshot, rows.places).astype(float)


def _outcome_text(code: float) -> str:
    return OUTCOMES[int(code)]


def _mark(row: SeedRow, theme: Theme) -> QPixmap:
    return _drawn_mark(row.text(_outcomes, _outcome_text), theme)


@cache
def _drawn_mark(outcome: str, theme: Theme) -> QPixmap:
    def paint(painter: QPainter) -> None:
        paint_mark(painter, QRectF(0, 1, _MARK, _MARK), outcome, theme)

    return pixmap_of(QSize(_MARK, _MARK + 1) * _MARK_RATIO, _MARK_RATIO, paint)


def _column(
    title: str, tip: str, sample: str, values: _Values, write: Callable[[float], str]
) -> Column[SeedRow]:
    def keys(rows: SeedRows) -> Array:
        return rows.values(values)

    return Column(
        title, lambda row: row.text(values, write), tip, sample=sample, keys=keys, is_button=True
    )


def _steps(title: str, tip: str, name: str) -> Column[SeedRow]:
    def values(rows: SeedRows) -> Array:
        steps = rows.part(name)
        return np.where(steps == NO_STEP, np.nan, steps)

    return _column(title, tip, numerals.whole(88_888), values, numerals.whole)


def _real(title: str, tip: str, name: str) -> Column[SeedRow]:
    return _column(title, tip, numerals.real(8.888e-8), lambda rows: rows.part(name), numerals.real)


def _output(row: int) -> Column[SeedRow]:
    x1, x2 = ROWS[row]
    tip = f"What the network answers to {x1} {x2} in the end"
    write = partial(numerals.fixed, decimals=2)
    return _column(f"y {x1}{x2}", tip, "0.88", lambda rows: rows.part("outputs")[:, row], write)


COLUMNS = (
    _column("seed", "Seed of the initial weights", "88888", _seeds, numerals.plain),
    replace(
        _column("outcome", "What became of the network", "■ one row on the fence", _outcomes,
                _outcome_text),
        align=LEFT,
        looks={Qt.ItemDataRole.DecorationRole: _mark},
    ),
    _steps("first right", "The first step after which all four rows were right", "first_right"),
    _steps("first learned", "The first step after which all four errors were below 0.1",
           "first_learned"),
    _real("loss", "The loss in the end", "loss"),
    _real("gradient", "The norm of the gradient in the end: how steep the loss is",
          "gradient_norm"),
    *(_output(row) for row in COUNTED),
)  # fmt: skip
