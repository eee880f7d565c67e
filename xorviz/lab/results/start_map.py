"""Map over two initial weights of one network: where each start leads.

After Kolen and Pollack, Back Propagation is Sensitive to Initial Conditions (1990). Shapes: P
trainable numbers; R rows and C columns, SIDE of each; N = R C networks, by their places.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.network import flat
from xorviz.core.runs.record import WEIGHT, Record, numbers_of
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.core.steps import fresh_memory, joined
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.map import Cell
from xorviz.lab.training.cohort import Start

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
    """Two initial weights of a run to vary, all else as in the run. A value."""

    title: ClassVar = "Map of starts"
    run: Record
    """At step 0, with the weights set there: see started_alike."""
    pair: tuple[int, int] = (0, 1)
    """Indices in the parameters of the weights across and up."""
    spans: tuple[Span, Span] = (FIRST_SPAN, FIRST_SPAN)
    """Of the two."""
    steps: int = 2000

    @property
    def waves(self) -> tuple[int, ...]:
        """How many networks each grid but the last adds."""
        return _in_order()[2][:-1]

    @property
    def names(self) -> tuple[str, str]:
        """The weights across and up: w1[x1→h1], b2."""
        across, up = (parameter_names(self.run.config)[index] for index in self.pair)
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
        return np.asarray(flat(Recording(self.run).weights))

    @property
    def plan(self) -> LabPlan:
        """The lab's plan: one recipe, whose seeds are places in the map, from coarse to fine."""
        start = GridStart(
            parameters=self.parameters,
            pair=self.pair,
            across=np.array(self.across_values),
            up=np.array(self.up_values),
        )
        return LabPlan((self.run.config,), range(SIDE**2), self.steps, starts=(start,))

    @property
    def shape(self) -> Cell:
        """(1, R, C)."""
        return 1, SIDE, SIDE

    def place(self, cell: Cell) -> int:
        """Return the place of a cell's network."""
        return int(places()[cell[1:]])

    def values(self, cell: Cell) -> tuple[float, float]:
        """Return the two weights of a cell, across and up."""
        return self.across_values[cell[2]], self.up_values[cell[1]]

    def name(self, cell: Cell) -> str:
        """Return a cell's two weights: w1[x1→h1] -2.5, b2 0.125."""
        pairs = zip(self.names, self.values(cell), strict=True)
        return ", ".join(f"{name} {numerals.real(value)}" for name, value in pairs)

    def why_not(self, _: Cell) -> str:
        """Return why a cell has no network: each has one."""
        return ""

    def record(self, cell: Cell) -> Record:
        """Return a cell's run, at step 0. Raises SettingError for a run with too many changes."""
        run = Recording(self.run)
        numbers = list(numbers_of(run.weights))
        for place, value in zip(self.pair, self.values(cell), strict=True):
            field, index, _ = numbers[place]
            run.intervene(field, value, index)
        return run.record()

    def cell_of(self, run: Record) -> Cell | None:
        """Return the cell nearest to a run at step 0 that differs in nothing else, or None."""
        config = self.run.config
        if config.batch != "shuffled":  # else the seed decides the orders, too
            config = replace(config, seed=run.config.seed)
        if run.config != config:
            return None
        place, mine, theirs = list(self.pair), self.parameters, replace(self, run=run).parameters
        (x, y), mine[place] = theirs[place].tolist(), theirs[place]
        (left, right), (low, high) = self.spans
        is_in_sight = left <= x <= right and low <= y <= high
        if not is_in_sight or not np.array_equal(mine, theirs):
            return None
        across, up = np.array(self.across_values), np.array(self.up_values)
        return 0, int(np.abs(up - y).argmin()), int(np.abs(across - x).argmin())

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
