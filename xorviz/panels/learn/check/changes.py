"""The changes of a training step as the cells of three grids, one below the other."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.check.step_check import UNKNOWN, StepCheck
from xorviz.panels.learn.weight_editor import Cell, cells
from xorviz.ui.draw.cell_grid import Place

_EXPLAINED = ("yours", "exact", "difference")
_UNEXPLAINED = ("yours", "nearest rule", "difference")
GRIDS = len(_EXPLAINED)
"""How many grids there are."""
_DIGITS = 6
_VANISHING = 1e-6
"""Share of the strongest colour below which a number is written as 0."""


@dataclass(frozen=True, slots=True)
class NumberChange:
    """The change of one number: the step's own, and that of a correct step."""

    cell: Cell
    exact: float

    @property
    def values(self) -> tuple[float, float, float]:
        """Its numbers, one for each grid."""
        yours = self.cell.value
        return yours, self.exact, yours - self.exact

    def text(self, grid: int, names: tuple[str, ...]) -> str:
        """Return its name and all its numbers, first that of a grid, which is never cut off."""
        told = [
            f"{name} {numerals.real(value, _DIGITS)}"
            for name, value in zip(names, self.values, strict=True)
        ]
        return ", ".join([f"{self.cell.name} {told[grid]}", *told[:grid], *told[grid + 1 :]])


def is_explained(check: StepCheck) -> bool:
    """Return whether any array's change is explained, so that the rule means something."""
    return any(finding.name != UNKNOWN for finding in check.arrays.values())


def grid_names(check: StepCheck) -> tuple[str, ...]:
    """Return the names of the grids."""
    return _EXPLAINED if is_explained(check) else _UNEXPLAINED


def changes(check: StepCheck) -> list[NumberChange]:
    """Return the changes of all numbers, array by array."""
    pairs = zip(cells(check.yours), cells(check.exact), strict=True)
    return [NumberChange(yours, exact.value) for yours, exact in pairs]


def limits(found: Iterable[NumberChange]) -> dict[str, float]:
    """Return the change that has the strongest colour, for each array.

    Each has its own: those of the hidden layer are often far smaller than the output's.
    """
    largest: dict[str, float] = defaultdict(float)
    for change in found:
        finite = (abs(value) for value in change.values if math.isfinite(value))
        largest[change.cell.field] = max(largest[change.cell.field], *finite, 0.0)
    return {name: round_bound(value) for name, value in largest.items()}


def placed(found: Iterable[NumberChange], rows: int) -> dict[Place, tuple[NumberChange, int]]:
    """Return the change and the grid of each cell, in three grids of so many rows."""
    return {
        (grid * rows + change.cell.row, change.cell.column): (change, grid)
        for change in found
        for grid in range(GRIDS)
    }


def cell_text(value: float, limit: float) -> str:
    """Return a number as it is written in a cell of a grid with this strongest colour."""
    if not math.isfinite(value):
        return "–"
    if abs(value) < _VANISHING * limit:
        return "0"
    if not 0.01 <= limit < 1000:
        return "+" * (value > 0) + numerals.power(value, 1)
    return numerals.signed(value, 4 if limit <= 1 else 2)
