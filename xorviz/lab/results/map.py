"""Maps of many networks in rows and columns: over two settings, or over two initial weights.

Shapes: R rows, with two blocks those of the second below the first's; C columns; S seeds per cell.
Of a map of initial weights R and C are SIDE, N = R C networks by their places, P trainable numbers.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, ClassVar

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.network import flat
from xorviz.core.rules import SettingError, written
from xorviz.core.runs.record import WEIGHT, Record, numbers_of
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import SETTINGS, RunConfig, Value, refusal
from xorviz.core.steps import fresh_memory, joined
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, interval_text, percent, still_learning_text
from xorviz.lab.training.cohort import Start

Cell = tuple[int, int]
"""Row and column."""

AXES = {name: row for name, row in SETTINGS.items() if row.tried}
"""The settings that a map may vary."""

_BIASES = "biases"
_WAVES = (4, 12, 48)
"""Seeds that every cell gets before any cell gets more, from coarse to fine."""
_NEVER = np.iinfo(np.int64).max
"""Stands for a missing step; sorts after all others."""


@dataclass(frozen=True, slots=True)
class MapPlan:
    """Two settings to vary, the others as in the base. A value."""

    title: ClassVar = "Success map"

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
            raise SettingError(self.why_not((0, 0)))
        return LabPlan(recipes, range(self.seeds), self.steps, waves=_WAVES)

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
    def blocks(self) -> int:
        """How often all values of the rows are repeated."""
        return 1 + self.with_biases

    @property
    def shape(self) -> Cell:
        """(R, C)."""
        return self.blocks * len(self.up_values), len(self.across_values)

    def place(self, cell: Cell) -> int:
        """Return the place in the plan of a cell's first network; its settings go together."""
        return [*_recipes_of(self)].index(cell) * self.seeds

    def run(self, cell: Cell) -> RunConfig:
        """Return the settings of a cell's first network, which must go together."""
        return replace(self.base, seed=0, **self._varied(cell))

    def why_not(self, cell: Cell) -> str:
        """Return why the settings of a cell don't go together; empty if they do."""
        return refusal(self.base, **self._varied(cell))

    def _varied(self, cell: Cell) -> dict[str, Any]:
        """Return the settings that are a cell's own."""
        block, row = divmod(cell[0], len(self.up_values))
        own: dict[str, Any] = {_BIASES: bool(block)} if self.with_biases else {}
        return own | {self.up: self.up_values[row], self.across: self.across_values[cell[1]]}

    def cell_of(self, config: RunConfig) -> Cell | None:
        """Return the cell of networks with these settings and any seed, or None."""
        own = replace(config, seed=0)
        return next((cell for cell, recipe in _recipes_of(self).items() if recipe == own), None)

    def name(self, cell: Cell) -> str:
        """Return the name of a cell, such as width 3, rate 0.5."""
        (across, up), own = self.names, self._varied(cell)
        return f"{up} {written(own[self.up])}, {across} {written(own[self.across])}"

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
    cells: Iterator[Cell] = np.ndindex(plan.shape)
    return {cell: plan.run(cell) for cell in cells if not plan.why_not(cell)}


@dataclass(frozen=True, slots=True)
class MapCells:
    """Steps for each cell of a map. A value: its arrays are never written to."""

    map_plan: MapPlan
    done: Steps
    """(R, C) networks that are done."""
    right: Steps
    """(R, C) those of them that have all four rows correct."""
    still_learning: Steps
    """(R, C) those of them that were still learning when they were stopped."""
    medians: Array
    """(R, C) step by which half of these were first correct; NaN if there are none."""

    @property
    def shares(self) -> Array:
        """(R, C) share of correct networks among those done; NaN if none is done."""
        shares = np.full(self.done.shape, np.nan)
        np.divide(self.right, self.done, out=shares, where=self.done > 0)
        return shares

    @property
    def is_final(self) -> Mask:
        """(R, C) which cells are complete."""
        return np.asarray(self.done == self.map_plan.seeds)

    def share(self, cell: Cell) -> Proportion | None:
        """Return the share of a cell's networks that are correct, or None if none is done."""
        done = int(self.done[cell])
        return Proportion(int(self.right[cell]), done) if done else None

    @property
    def may_rise(self) -> Mask:
        """(R, C) where half a percent or more were still learning when they were stopped."""
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
        best, worst = (self.words((int(row), int(column))) for row, column in ends)
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
            parts.append(f"biases {written(plan.run(cell).biases)}")
        return "; ".join(parts)


def _medians(right: Mask, firsts: Steps) -> Array:
    """Return the medians (cells,) of the first steps (cells, S) of correct networks."""
    steps = np.sort(np.where(right, firsts, _NEVER), axis=1)
    counts, cells = right.sum(axis=1), np.arange(len(right))
    return np.where(counts > 0, steps[cells, np.maximum(counts - 1, 0) // 2], np.nan)


SIDE = 129
"""One more than a power of two: the points of a coarser grid belong to all finer ones."""
_STRIDES = (16, 8, 4, 2, 1)
"""Cells between the points of a grid, from coarse to fine."""
_LEAST_SPAN = 1e-9
"""Of a weight whose values are told apart."""

Span = tuple[float, float]
"""The least and the largest value of a weight."""
FIRST_SPAN: Span = (-10.0, 10.0)
"""Before another one is chosen."""


@cache
def _in_order() -> tuple[Steps, Steps, tuple[int, ...]]:
    """Return the cells (N,) by place, the places (N,) by cell, and how many each grid adds."""
    row, column = np.indices((SIDE, SIDE))
    strides = np.gcd(np.gcd(row, column), _STRIDES[0]).ravel()
    cells = np.argsort(-strides, kind="stable")
    return cells, np.argsort(cells), tuple(int((strides == one).sum()) for one in _STRIDES)


def places() -> Steps:
    """Return the places (R, C) of the cells' networks."""
    return _in_order()[1].reshape(SIDE, SIDE)


def known_places(done: Mask) -> Steps:
    """Return the place (R, C) that stands for each cell while some networks (N,) are done, or -1.

    It is the cell's own, or that of the nearest cell in the finest grid that has it done.
    """
    known = np.full((SIDE, SIDE), -1)
    for stride in _STRIDES:
        near = (np.arange(SIDE) + stride // 2) // stride * stride
        found = places()[np.ix_(near, near)]
        known = np.where(done[found], found, known)
    return known


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GridStart(Start):
    """Initial weights with two of them replaced: the seed of a network is its place in the map."""

    pair: tuple[int, int]
    """Indices in the parameters of the weights across and up."""
    across: Array
    """(C,) values."""
    up: Array
    """(R,) values."""

    def for_seed(self, seed: int, shape: RunConfig) -> tuple[Array, Array]:
        """Return the parameters (P,) and the memory (D,) of the network at a place."""
        row, column = divmod(int(_in_order()[0][seed]), SIDE)
        parameters = self.parameters.copy()
        parameters[list(self.pair)] = self.across[column], self.up[row]
        return parameters, joined(fresh_memory(shape))


@dataclass(frozen=True, slots=True)
class StartMap:
    """Two initial weights of a run to vary, to see where each start leads. A value.

    All else is as in the run. After Kolen and Pollack, Back Propagation is Sensitive to Initial
    Conditions (1990).
    """

    title: ClassVar = "Map of starts"
    base: Record
    """At step 0, with the weights set there: see started_alike."""
    pair: tuple[int, int] = (0, 1)
    """Indices in the parameters of the weights across and up."""
    spans: tuple[Span, Span] = (FIRST_SPAN, FIRST_SPAN)
    """Of the two."""
    steps: int = 2000

    @property
    def names(self) -> tuple[str, str]:
        """The weights across and up: w1[x1→h1], b2."""
        across, up = (parameter_names(self.base.config)[index] for index in self.pair)
        return across, up

    @property
    def said(self) -> str:
        """The axes in words."""
        across, up = (
            f"{name} from {numerals.real(low)} to {numerals.real(high)}"
            for name, (low, high) in zip(self.names, self.spans, strict=True)
        )
        return f"Initial {across} across, {up} upwards"

    @property
    def counts(self) -> str:
        """How many steps each network has."""
        return numerals.counted(self.steps, "step")

    @property
    def across_values(self) -> tuple[float, ...]:
        """Of the columns, from left to right."""
        return tuple(np.linspace(*self.spans[0], SIDE).tolist())

    @property
    def up_values(self) -> tuple[float, ...]:
        """Of the rows, from top to bottom: the largest is at the top."""
        low, high = self.spans[1]
        return tuple(np.linspace(high, low, SIDE).tolist())

    @property
    def parameters(self) -> Array:
        """(P,) the run's own initial weights."""
        return np.asarray(flat(Recording(self.base).weights))

    @property
    def plan(self) -> LabPlan:
        """The lab's plan: one recipe, whose seeds are places in the map, from coarse to fine."""
        start = GridStart(
            parameters=self.parameters,
            pair=self.pair,
            across=np.array(self.across_values),
            up=np.array(self.up_values),
        )
        *waves, _ = _in_order()[2]
        config, every = self.base.config, range(SIDE**2)
        return LabPlan((config,), every, self.steps, starts=(start,), waves=tuple(waves))

    @property
    def shape(self) -> Cell:
        """(R, C)."""
        return SIDE, SIDE

    def place(self, cell: Cell) -> int:
        """Return the place of a cell's network."""
        return int(places()[cell])

    def values(self, cell: Cell) -> tuple[float, float]:
        """Return the two weights of a cell, across and up."""
        return self.across_values[cell[1]], self.up_values[cell[0]]

    def name(self, cell: Cell) -> str:
        """Return a cell's two weights: w1[x1→h1] -2.5, b2 0.125."""
        pairs = zip(self.names, self.values(cell), strict=True)
        return ", ".join(f"{name} {numerals.real(value)}" for name, value in pairs)

    def why_not(self, _: Cell) -> str:
        """Return why a cell has no network: each has one."""
        return ""

    def run(self, cell: Cell) -> Record:
        """Return a cell's run, at step 0. Raises SettingError for a run with too many changes."""
        run = Recording(self.base)
        numbers = list(numbers_of(run.weights))
        for place, value in zip(self.pair, self.values(cell), strict=True):
            field, index, _ = numbers[place]
            run.intervene(field, value, index)
        return run.record()

    def cell_of(self, run: Record) -> Cell | None:
        """Return the cell nearest to a run at step 0 that differs in nothing else, or None."""
        config = self.base.config
        if config.batch != "shuffled":  # else the seed decides the orders, too
            config = replace(config, seed=run.config.seed)
        if run.config != config:
            return None
        place, mine, theirs = list(self.pair), self.parameters, replace(self, base=run).parameters
        (x, y), mine[place] = theirs[place].tolist(), theirs[place]
        (left, right), (low, high) = self.spans
        is_in_sight = left <= x <= right and low <= y <= high
        if not is_in_sight or not np.array_equal(mine, theirs):
            return None
        across, up = np.array(self.across_values), np.array(self.up_values)
        return int(np.abs(up - y).argmin()), int(np.abs(across - x).argmin())

    def zoomed(self, at: Cell, share: float) -> tuple[Span, Span]:
        """Return a share of both spans, with a cell where it is, and within what is allowed."""

        def ends(value: float, low: float, high: float) -> Span:
            digits = decimals(share * (high - low)) + 1
            low, high = value - share * (value - low), value + share * (high - value)
            return round(max(low, WEIGHT.low), digits), round(min(high, WEIGHT.high), digits)

        x, y = self.values(at)
        return ends(x, *self.spans[0]), ends(y, *self.spans[1])


def decimals(span: float) -> int:
    """Return how many decimals tell the values of a map's labels apart."""
    return max(0, 3 - math.floor(math.log10(max(span, _LEAST_SPAN))))
