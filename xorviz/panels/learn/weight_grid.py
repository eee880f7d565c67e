"""The trainable numbers of a network, or of several below each other, as coloured cells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from PySide6.QtCore import QSize, Slot

from xorviz.core import numerals
from xorviz.core.network import Weights
from xorviz.core.runs.record import weight_name
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.cell_grid import NONE, CellGrid, Place
from xorviz.ui.draw.grid_layout import GridPlan, Heads
from xorviz.ui.forms.boxes import column
from xorviz.ui.theme.palette import diverging, level

SCROLLS = "Scroll to readable numbers"
SCROLLS_TIP = "Scroll where not all numbers fit. Otherwise show all units, if need be as colours"

RANGES = (1, 2, 5, 10, 20, 50, 100)
"""Values to choose from for the ends of the colour map."""
AUTOMATIC = 0
"""The choice of the smallest round number above all values shown."""
DEFAULT_RANGE = 5
_RANGE_TIP = "The number with the strongest colour; larger ones look the same"

_AS_POWERS = 0.1
"""Numbers in a smaller range are written as powers of ten."""


def range_options(prefix: str) -> dict[int, tuple[str, str, str]]:
    """Return names, texts and tips of the options for a range, by its value."""
    texts = {value: f"Up to ±{value}" for value in RANGES} | {AUTOMATIC: "Up to the largest"}
    return {value: (f"{prefix}_{value}", text, _RANGE_TIP) for value, text in texts.items()}


def range_labels(limit: float) -> tuple[str, str, str]:
    """Return the labels of a scale of colours up to a limit."""
    end = numerals.tick(limit)
    return f"{numerals.MINUS}{end}", "0", f"+{end}"


def cell_text(value: float, limit: float) -> str:
    """Return a number beside others up to a limit."""
    if limit < _AS_POWERS:
        return numerals.power(value, 0) if value else "0"
    return numerals.signed(value, 2 if abs(value) < 100 else 0)


def sample_text(limit: float) -> str:
    """Return a text as wide as that of almost any number up to a limit."""
    return f"{numerals.MINUS}{'0·10⁻⁰' if limit < _AS_POWERS else '00.00'}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: its field and index as in Intervention, its value, and its row and column."""

    field: str
    index: tuple[int, ...]
    value: float
    row: int
    column: int

    @property
    def name(self) -> str:
        """Its name: w1[x1→h3], b2."""
        return weight_name(self.field, self.index)

    @property
    def unit(self) -> int | None:
        """The number's hidden unit, from 0; the output's bias has none."""
        return None if self.field == "b2" else self.column


def cells(weights: Weights) -> list[Cell]:
    """Return w1, b1, w2 and b2: a column for each hidden unit, the output's bias at the end."""
    last, width = 2 + (weights.b1 is not None), weights.w1.shape[1]
    laid = [Cell("w1", at, float(value), *at) for at, value in np.ndenumerate(weights.w1)]
    if weights.b1 is not None:
        laid += [Cell("b1", at, float(v), 2, *at) for at, v in np.ndenumerate(weights.b1)]
    laid += [Cell("w2", at, float(v), last, at[0]) for at, v in np.ndenumerate(weights.w2)]
    if weights.b2 is not None:
        laid.append(Cell("b2", (0,), float(weights.b2[0]), last, width))
    return laid


@cache
def _plan_of(
    width: int, has_b1: bool, has_b2: bool, sample: str, is_upright: bool, blocks: tuple[str, ...]
) -> GridPlan:
    """Return the names of the cells, which are as wide as a sample; blocks are below each other."""
    rows = ("x1", "x2", *(("b1",) if has_b1 else ()), "to o")
    columns = tuple(f"h{unit + 1}" for unit in range(width))
    count = len(rows)
    ends = range(count, count * len(blocks), count) if any(blocks) else (count - 1,)
    return GridPlan(
        Heads(rows * len(blocks), breaks=tuple(ends), blocks=blocks if any(blocks) else ()),
        Heads((*columns, "b2"), breaks=(width,)) if has_b2 else Heads(columns),
        sample,
        is_upright=is_upright,
    )


class WeightGrid(CellGrid):
    """The numbers of networks as cells, with a scale of their colours to be put below."""

    def __init__(self, hint: QSize, least: QSize, what: str) -> None:
        super().__init__(hint, least, diverging)
        self.cells: dict[Place, Cell] = {}
        """The cell at each place."""
        self.are_dragged = False
        """Whether cells can be dragged."""
        self.bar = ColorBar(diverging, what)
        kept = self.bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # where the grid beside it has the scale of both
        self.bar.setSizePolicy(kept)
        self.below = column(None, self.bar)
        """The scale, as far to the right as the cells."""
        self.laid_out.connect(self._follow)

    def can_drag(self, spot: Place) -> bool:
        return self.are_dragged and spot in self.cells

    def show_weights(
        self,
        blocks: Mapping[str, Weights],
        limits: Mapping[str, float],
        text: Callable[[float, float], str],
        sample: str,
        scrolls: bool,
    ) -> None:
        """Show networks of one shape by their titles; a single one needs none.

        ``limits`` are the values with the strongest colour, by the fields of cells. ``text``
        returns a value with such a limit as a text, which is as wide as the sample.
        """
        first, *_ = blocks.values()
        width, has_b1, has_b2 = first.w1.shape[1], first.b1 is not None, first.b2 is not None
        plan = _plan_of(width, has_b1, has_b2, sample, scrolls, tuple(blocks))
        rows = len(plan.rows.names) // len(blocks)
        self.cells = {
            (block * rows + cell.row, cell.column): cell
            for block, weights in enumerate(blocks.values())
            for cell in cells(weights)
        }
        levels = np.full((len(plan.rows.names), len(plan.columns.names)), NONE)
        for place, cell in self.cells.items():
            levels[place] = level(cell.value, limits[cell.field])

        def written(row: int, column: int) -> str:
            cell = self.cells[row, column]
            return text(cell.value, limits[cell.field])

        self.show_scrolled(scrolls)
        self.show_cells(plan, levels, written)

    def show_message(self, message: str) -> None:
        self.cells = {}
        super().show_message(message)

    def show_scale(self, limit: float, what: str) -> None:
        """Label the colours, of which the strongest stand for this value and its negative."""
        self.bar.set_labels(range_labels(limit), what)

    @Slot()
    def _follow(self) -> None:
        left = 0 if self.frame is None else self.frame.across.start
        self.below.setContentsMargins(left, 0, 0, 0)
