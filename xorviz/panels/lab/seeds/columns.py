"""The columns of the table of seeds.

Shapes: N networks. A network's number is its index in the order of the plan's seeds.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from xorviz.core import numerals
from xorviz.core.arrays import Array, Steps
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.training.cohort import NO_STEP
from xorviz.panels.lab.outcomes import OUTCOMES, codes_of, paint_mark
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.table import LEFT, Column
from xorviz.ui.theme.palette import Theme

NEVER = "–"

_MARK, _MARK_RATIO = 9, 3


_OUTPUTS = {f"y {x1}{x2}": row for row in COUNTED for x1, x2 in (ROWS[row],)}
"""Indices of ROWS by the titles of their columns."""


class SeedRows:
    """The networks of a recipe as rows. A row is all of them, and a network's number."""

    def __init__(self, snapshot: LabSnapshot, places: range) -> None:
        here = slice(places.start, places.stop)
        self.done = snapshot.done[here]
        self.values: dict[str, Array] = {
            "seed": np.array(snapshot.plan.seeds, dtype=float),
            "outcome": codes_of(snapshot, places).astype(float),
            "first correct": _known(snapshot.first_right[here]),
            "first learned": _known(snapshot.first_learned[here]),
            "loss": snapshot.loss[here],
            "gradient": snapshot.gradient_norm[here],
            **{title: snapshot.outputs[here, row] for title, row in _OUTPUTS.items()},
        }
        """The values (N,) of columns by title; NaN where there is none."""

    def __len__(self) -> int:
        return len(self.done)

    def __getitem__(self, number: int) -> "SeedRow":
        return self, number


SeedRow = tuple[SeedRows, int]


def _known(steps: Steps) -> Array:
    return np.where(steps == NO_STEP, np.nan, steps)


def _outcome_text(code: float) -> str:
    return OUTCOMES[int(code)]


def _mark(row: SeedRow, theme: Theme) -> QPixmap:
    rows, number = row
    return _drawn_mark(_outcome_text(rows.values["outcome"][number]), theme)


@cache
def _drawn_mark(outcome: str, theme: Theme) -> QPixmap:
    def paint(painter: QPainter) -> None:
        paint_mark(painter, QRectF(0, 1, _MARK, _MARK), outcome, theme)

    return pixmap_of(QSize(_MARK, _MARK + 1) * _MARK_RATIO, _MARK_RATIO, paint)


def _column(title: str, tip: str, sample: str, write: Callable[[float], str]) -> Column[SeedRow]:
    def text(row: SeedRow) -> str:
        """Return a value as text; of a missing one, whether it may still come."""
        rows, number = row
        value = float(rows.values[title][number])
        if not np.isnan(value):
            return write(value)
        return NEVER if rows.done[number] else ""

    def keys(rows: SeedRows) -> Array:
        return rows.values[title]

    return Column(title, text, tip, sample=sample, keys=keys, is_button=True)


_STEP, _REAL = numerals.whole(88_888), numerals.real(8.888e-8)
COLUMNS = (
    _column("seed", "Seed of the initial weights", "88888", numerals.plain),
    replace(
        _column("outcome", "State at the last step", "■ three rows learned", _outcome_text),
        align=LEFT,
        icon=_mark,
    ),
    _column("first correct", "First step with all four rows correct", _STEP, numerals.whole),
    _column("first learned", "First step with all four errors below 0.1", _STEP, numerals.whole),
    _column("loss", "Loss at the last step", _REAL, numerals.real),
    _column("gradient", "Norm of the gradient at the last step", _REAL, numerals.real),
    *(
        _column(title, f"Output for x1 = {title[-2]}, x2 = {title[-1]} at the last step", "0.88",
                partial(numerals.fixed, decimals=2))
        for title in _OUTPUTS
    ),
)  # fmt: skip
