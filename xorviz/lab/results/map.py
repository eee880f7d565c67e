"""Success map over two settings.

Shapes: B blocks, two for biases off and on or a single one; R rows; C columns; S seeds per cell.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.rules import SettingError, written
from xorviz.core.settings import SETTINGS, RunConfig, Value, refusal
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, interval_text, percent, still_learning_text

Cell = tuple[int, int, int]
"""Block, row and column."""

AXES = {name: row for name, row in SETTINGS.items() if row.tried}
"""The settings that a map may vary."""

_BIASES = "biases"
_NEVER = np.iinfo(np.int64).max
"""Stands for a missing step; sorts after all others."""


@dataclass(frozen=True, slots=True)
class MapPlan:
    """Two settings to vary, the others as in the base. A value."""

    title: ClassVar = "Success map"
    waves: ClassVar = (4, 12, 48)
    """Seeds that every cell gets before any cell gets more, from coarse to fine."""

    base: RunConfig
    """Its own seed is ignored."""
    across: str = "rate"
    """The setting of the columns, its first value on the left."""
    up: str = "width"
    """The setting of the rows, its first value at the top."""
    seeds: int = 200
    """Seeds of each cell, from 0."""
    steps: int = 4000
    with_biases: bool = False
    """Whether there are two blocks, the first without biases and the second with them."""
    across_values: tuple[Value, ...] = ()
    """Each once; those of the table of settings by default."""
    up_values: tuple[Value, ...] = ()
    """The same for the rows."""

    def __post_init__(self) -> None:
        if not self.across_values:
            object.__setattr__(self, "across_values", AXES[self.across].tried)
        if not self.up_values:
            object.__setattr__(self, "up_values", AXES[self.up].tried)

    @property
    def plan(self) -> LabPlan:
        """The lab's plan, block by block, row by row, and column by column.

        Raises SettingError if there is no cell whose settings go together.
        """
        recipes = tuple(replace(one, seed=self.base.seed) for one in _recipes_of(self).values())
        if not recipes:
            raise SettingError(self.why_not((0, 0, 0)))
        return LabPlan(recipes, range(self.seeds), self.steps)

    @property
    def names(self) -> tuple[str, str]:
        """What varies across and up."""
        return AXES[self.across].short, AXES[self.up].short

    @property
    def said(self) -> str:
        """The axes in words."""
        across, up = self.names
        return f"{up.capitalize()} by rows, {across} by columns"

    @property
    def counts(self) -> str:
        """How many seeds each cell has, and steps each network."""
        return f"{numerals.counted(self.seeds, 'seed')}, {numerals.counted(self.steps, 'step')}"

    @property
    def shape(self) -> Cell:
        """(B, R, C)."""
        return 1 + self.with_biases, len(self.up_values), len(self.across_values)

    def recipe(self, cell: Cell) -> int:
        """Return the number of a cell's recipe in the plan; its settings must go together."""
        return [*_recipes_of(self)].index(cell)

    def place(self, cell: Cell) -> int:
        """Return the place in the plan of a cell's first network."""
        return self.recipe(cell) * self.seeds

    def config(self, cell: Cell) -> RunConfig:
        """Return the settings of a cell's first network, which must go together."""
        return replace(self.base, seed=0, **self._varied(cell))

    def why_not(self, cell: Cell) -> str:
        """Return why the settings of a cell don't go together; empty if they do."""
        return refusal(self.base, **self._varied(cell))

    def _varied(self, cell: Cell) -> dict[str, Any]:
        """Return the settings that are a cell's own."""
        own: dict[str, Any] = {_BIASES: bool(cell[0])} if self.with_biases else {}
        return own | {self.up: self.up_values[cell[1]], self.across: self.across_values[cell[2]]}

    def cell_of(self, config: RunConfig) -> Cell | None:
        """Return the cell of networks with these settings and any seed, or None."""
        row, column = getattr(config, self.up), getattr(config, self.across)
        if row not in self.up_values or column not in self.across_values:
            return None
        block = int(config.biases) if self.with_biases else 0
        cell = block, self.up_values.index(row), self.across_values.index(column)
        return cell if _recipes_of(self).get(cell) == replace(config, seed=0) else None

    def name(self, cell: Cell) -> str:
        """Return the name of a cell, such as width 3, rate 0.5."""
        (across, up), (_, row, column) = self.names, cell
        x, y = self.across_values[column], self.up_values[row]
        return f"{up} {written(y)}, {across} {written(x)}"

    def cells(self, snapshot: LabSnapshot) -> "MapCells":
        """Return the cells of a snapshot, which must be of this map's plan."""
        masks = snapshot.right, snapshot.done, snapshot.still_learning
        right, done, still_learning = (mask.reshape(-1, self.seeds) for mask in masks)
        medians = _medians(right, snapshot.first_right.reshape(right.shape))
        cells = tuple(np.array([*_recipes_of(self)]).T)  # the others have no networks
        counts, placed = np.zeros((3, *self.shape), dtype=np.int64), np.full(self.shape, np.nan)
        counts[:, *cells] = [mask.sum(axis=1) for mask in (done, right, still_learning)]
        placed[cells] = medians
        return MapCells(self, counts[0], counts[1], counts[2], placed)


@lru_cache(maxsize=8)
def _recipes_of(plan: MapPlan) -> dict[Cell, RunConfig]:
    """Return the settings of a map's cells in their order, without those that don't go together."""
    blocks, rows, columns = map(range, plan.shape)
    cells = [(block, row, column) for block in blocks for row in rows for column in columns]
    return {cell: plan.config(cell) for cell in cells if not plan.why_not(cell)}


@dataclass(frozen=True, slots=True)
class MapCells:
    """Steps for each cell of a map. A value: its arrays are never written to."""

    map_plan: MapPlan
    done: Steps
    """(B, R, C) networks that are done."""
    right: Steps
    """(B, R, C) those of them that have all four rows correct."""
    still_learning: Steps
    """(B, R, C) those of them that were still learning when they were stopped."""
    medians: Array
    """(B, R, C) step by which half of these were first correct; NaN if there are none."""

    @property
    def shares(self) -> Array:
        """(B, R, C) share of correct networks among those done; NaN if none is done."""
        shares = np.full(self.done.shape, np.nan)
        np.divide(self.right, self.done, out=shares, where=self.done > 0)
        return shares

    @property
    def is_final(self) -> Mask:
        """(B, R, C) which cells are complete."""
        return np.asarray(self.done == self.map_plan.seeds)

    def share(self, cell: Cell) -> Proportion | None:
        """Return the share of a cell's networks that are correct, or None if none is done."""
        done = int(self.done[cell])
        return Proportion(int(self.right[cell]), done) if done else None

    @property
    def may_rise(self) -> Mask:
        """(B, R, C) where half a percent or more were still learning when they were stopped."""
        return np.asarray((self.done > 0) & (200 * self.still_learning >= self.done))

    @property
    def are_some_left_out(self) -> bool:
        """Whether there are cells whose settings don't go together."""
        return len(_recipes_of(self.map_plan)) < self.done.size

    @property
    def more(self) -> str:
        """The best and the worst cell."""
        if not self.done.any():
            return "No network is done yet."
        shares, shape = self.shares, self.done.shape
        ends = (np.unravel_index(end(shares), shape) for end in (np.nanargmax, np.nanargmin))
        best, worst = (self.words((int(b), int(r), int(c))) for b, r, c in ends)
        return f"Highest at {best}. Lowest at {worst}."

    def words(self, cell: Cell) -> str:
        """Return a description of a cell."""
        plan, parts = self.map_plan, [f"{self.map_plan.name(cell)}: no network is done yet"]
        if why := plan.why_not(cell):
            return f"{plan.name(cell)}: {why}"
        if share := self.share(cell):
            so_far = "" if self.is_final[cell] else " so far"
            counts = f"{numerals.whole(share.count)} of {numerals.whole(share.of)}{so_far}"
            parts = [f"{plan.name(cell)}: {percent(share, 0)} % correct, {counts}"]
            parts.append(f"95 % interval {interval_text(share, 0)}")
        if still_learning := still_learning_text(int(self.still_learning[cell])):
            parts.append(still_learning)
        if not np.isnan(self.medians[cell]):
            parts.append(f"median first correct step {numerals.whole(float(self.medians[cell]))}")
        if _BIASES not in {plan.across, plan.up}:
            parts.append(f"biases {written(plan.config(cell).biases)}")
        return "; ".join(parts)


def _medians(right: Mask, firsts: Steps) -> Array:
    """Return the medians (cells,) of the first steps (cells, S) of correct networks."""
    steps = np.sort(np.where(right, firsts, _NEVER), axis=1)
    counts, cells = right.sum(axis=1), np.arange(len(right))
    return np.where(counts > 0, steps[cells, np.maximum(counts - 1, 0) // 2], np.nan)
