"""The columns of the table of seeds.

Shapes: N networks. A network's number is its index in the order of the plan's seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
from xorviz.ui.table.model import LEFT, RIGHT, Column
from xorviz.ui.theme.palette import Theme

NEVER = "–"

_MARK, _MARK_RATIO = 9, 3
_Values = Callable[[LabSnapshot, range], Array]
"""Gives values (N,) of a range of networks; NaN where there is none."""


class SeedRows:
    """The networks of a recipe as rows. The values of a column are computed when asked for."""

    def __init__(self, snapshot: LabSnapshot, places: range) -> None:
        self.snapshot, self.places = snapshot, places
        self._values: dict[_Values, Array] = {}

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, number: int) -> "SeedRow":
        return SeedRow(self, number)

    def values(self, of: _Values) -> Array:
        """Return a column's values (N,)."""
        if of not in self._values:
            self._values[of] = of(self.snapshot, self.places)
        return self._values[of]


@dataclass(frozen=True, slots=True)
class SeedRow:
    """A row of the table."""

    networks: SeedRows
    number: int

    def text(self, values: _Values, write: Callable[[float], str]) -> str:
        """Return a value as text; of a missing one, whether it may still come."""
        value = float(self.networks.values(values)[self.number])
        if not np.isnan(value):
            return write(value)
        networks = self.networks
        return NEVER if networks.snapshot.done[networks.places[self.number]] else ""


def _seeds(snapshot: LabSnapshot, places: range) -> Array:  # noqa: ARG001
    return np.array(snapshot.plan.seeds, dtype=float)


def _outcomes(snapshot: LabSnapshot, places: range) -> Array:
    return codes_of(snapshot, places).astype(float)


def _outcome_text(code: float) -> str:
    return OUTCOMES[int(code)]


def _mark(network: SeedRow, theme: Theme) -> QPixmap:
    return _drawn_mark(network.text(_outcomes, _outcome_text), theme)


@cache
def _drawn_mark(outcome: str, theme: Theme) -> QPixmap:
    def paint(painter: QPainter) -> None:
        paint_mark(painter, QRectF(0, 1, _MARK, _MARK), outcome, theme)

    return pixmap_of(QSize(_MARK, _MARK + 1) * _MARK_RATIO, _MARK_RATIO, paint)


def _steps(name: str, snapshot: LabSnapshot, places: range) -> Array:
    steps = getattr(snapshot, name)[places.start : places.stop]
    return np.where(steps == NO_STEP, np.nan, steps)


def _numbers(name: str, snapshot: LabSnapshot, places: range) -> Array:
    found: Array = getattr(snapshot, name)[places.start : places.stop]
    return found


def _outputs(row: int, snapshot: LabSnapshot, places: range) -> Array:
    found: Array = snapshot.outputs[places.start : places.stop, row]
    return found


def _column(
    title: str, tip: str, sample: str, values: _Values, write: Callable[[float], str]
) -> Column[SeedRow]:
    is_outcome = values is _outcomes
    return Column(
        title,
        lambda network: network.text(values, write),
        tip,
        align=LEFT if is_outcome else RIGHT,
        sample=sample,
        looks={Qt.ItemDataRole.DecorationRole: _mark} if is_outcome else {},
        keys=lambda networks: networks.values(values),
        is_button=True,
    )


def _output(row: int) -> Column[SeedRow]:
    x1, x2 = ROWS[row]
    tip = f"What the network answers to {x1} {x2} in the end"
    write = partial(numerals.fixed, decimals=2)
    return _column(f"y {x1}{x2}", tip, "0.88", partial(_outputs, row), write)


COLUMNS = (
    _column("seed", "Seed of the initial weights", "88888", _seeds, numerals.plain),
    _column("outcome", "What became of the network", "■ one row on the fence", _outcomes,
            _outcome_text),
    _column("first right", "The first step after which all four rows were right",
            numerals.whole(88_888), partial(_steps, "first_right"), numerals.whole),
    _column("first learned", "The first step after which all four errors were below 0.1",
            numerals.whole(88_888), partial(_steps, "first_learned"), numerals.whole),
    _column("loss", "The loss in the end", numerals.real(8.888e-8), partial(_numbers, "loss"),
            numerals.real),
    _column("gradient", "The norm of the gradient in the end: how steep the loss is",
            numerals.real(8.888e-8), partial(_numbers, "gradient_norm"), numerals.real),
    *(_output(row) for row in COUNTED),
)  # fmt: skip
