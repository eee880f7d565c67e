"""The picture of a map: colours and texts of its cells, with their scale.

Shapes: R rows, C columns, N networks.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.arrays import Mask
from xorviz.core.rules import written
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import Cell, MapCells, MapPlan, StartMap, decimals, known_places, places
from xorviz.lab.results.success import percent
from xorviz.panels.base.export import Cells
from xorviz.panels.lab import outcomes
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.cell_grid import NONE, CellGrid
from xorviz.ui.draw.grid_layout import GridPlan, Heads
from xorviz.ui.draw.painted import Sheet
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, Theme, ink_on, mixed

_FASTEST = 40
"""The strongest colour stands for this fraction of the plan's steps, or less."""


@dataclass(frozen=True, slots=True)
class StartCells:
    """The cells of a map of starts. A value: its arrays are never written to."""

    map_plan: StartMap
    snapshot: LabSnapshot

    @property
    def is_final(self) -> Mask:
        """(R, C) all: a cell without a result of its own shows its neighbour's."""
        return np.ones(self.map_plan.shape, dtype=bool)

    @property
    def ends(self) -> tuple[int, int]:
        """First correct steps that have the palest and the strongest colour."""
        return self.map_plan.steps, max(1, self.map_plan.steps // _FASTEST)

    @property
    def levels(self) -> NDArray[np.intp]:
        """(R, C) indices in the colours of a picture; -1 where nothing is known."""
        most, least = self.ends
        firsts = np.clip(self.snapshot.first_right, least, most)
        shares = np.log(most / firsts) / math.log(max(most / least, 2))
        shades = np.rint(shares * (LEVELS - 1)).astype(np.intp)
        codes = self.codes
        levels = np.where(
            codes == outcomes.OUTCOMES.index(outcomes.RIGHT), shades, LEVELS + codes.astype(np.intp)
        )
        known = known_places(self.snapshot.done)
        return np.where(known < 0, -1, levels[known])

    @property
    def codes(self) -> NDArray[np.uint8]:
        """(N,) outcomes of the networks, as indices in OUTCOMES."""
        return outcomes.codes_of(self.snapshot, range(len(self.snapshot.plan)))

    @property
    def share(self) -> str:
        """How many of the starts that are done are correct; empty if none is."""
        done = int(self.snapshot.done.sum())
        return f"{100 * self.snapshot.right.sum() / done:.0f} % correct" if done else ""

    @property
    def more(self) -> str:
        """How often each outcome occurs."""
        done = self.snapshot.done
        return f"Starts: {outcomes.outcomes_text(self.codes[done])}." if done.any() else ""

    def words(self, cell: Cell) -> str:
        """Return a description of a cell."""
        place, name = self.map_plan.place(cell), self.map_plan.name(cell)
        if not self.snapshot.done[place]:
            return f"{name}: not trained yet"
        outcome, story = (
            outcomes.outcome_of(self.snapshot, place),
            outcomes.story_of(self.snapshot, place),
        )
        return f"{', '.join([outcome, *story])}; {name}"

    def table(self) -> Cells:
        """Return a row for each start that is done."""
        found, codes = self.snapshot, self.codes.tolist()
        across, up = self.map_plan.across_values, self.map_plan.up_values
        marks = np.stack((found.first_right, found.first_learned), axis=1).tolist()
        rows: list[Sequence[str | float | None]] = []
        for (row, number), place in np.ndenumerate(places()):
            if found.done[place]:
                start, end = (across[number], up[row]), float(found.loss[place])
                firsts = (mark if mark > 0 else None for mark in marks[place])
                rows.append(
                    (*start, int(found.steps[place]), outcomes.OUTCOMES[codes[place]], *firsts, end)
                )
        header = ("steps", "outcome", "first_right", "first_learned", "final_loss")
        return (*self.map_plan.names, *header), rows


MAY_RISE = "+"
"""After a share that may rise with more steps."""
_EMPTY = "empty where settings don’t go together"
_LEAST_SHARE = 400
"""The strongest colour stands for this fraction of the plan's steps."""


@dataclass(frozen=True, slots=True)
class MapLook:
    """Colours and texts of a map's cells."""

    cells: MapCells | StartCells
    levels: NDArray[np.intp]
    """(R, C) indices in map_colors, or NONE."""
    texts: NDArray[np.str_]
    """(R, C)."""
    widest: str
    """A text at least as wide as any, or nothing for colours alone."""
    ends: tuple[str, str]
    """Labels of the palest and the strongest colour."""
    scale: str
    """What the colours mean, in a word or two."""
    note: str = ""
    """What a sign after a share and empty cells mean, if there are any; of starts the share."""

    @classmethod
    def of_shares(cls, cells: MapCells) -> "MapLook":
        """Show success rates in percent."""
        texts, may_rise = [], cells.may_rise
        for cell in np.ndindex(cells.done.shape):
            share = cells.share(cell)
            texts.append(percent(share, 0) + MAY_RISE * bool(may_rise[cell]) if share else "")
        found = np.array(texts).reshape(cells.done.shape)
        levels, widest, ends = _levels(cells.shares), f"99{MAY_RISE}", ("0", "100 %")
        rise = f"{MAY_RISE} some still learning" * bool(may_rise.any())
        note = joined((rise, _EMPTY * cells.are_some_left_out))
        return cls(cells, levels, found, widest, ends, "share correct", note)

    @classmethod
    def of_medians(cls, cells: MapCells) -> "MapLook":
        """Show the median first correct step on a logarithmic scale, low medians strongest."""
        most = cells.map_plan.steps
        least = max(1, round(most / _LEAST_SHARE))
        span = math.log(max(most / least, 2))
        shares = np.clip(np.log(most / np.maximum(cells.medians, 1)) / span, 0, 1)
        none_right = (cells.done > 0) & (cells.right == 0)
        texts = [
            numerals.NOTHING if none else "" if math.isnan(median) else compact(median)
            for none, median in zip(none_right.flat, cells.medians.ravel().tolist(), strict=True)
        ]
        ends = numerals.whole(most), f"{numerals.whole(least)} steps"
        found = np.array(texts).reshape(cells.done.shape)
        levels, note = _levels(np.where(none_right, 0, shares)), _EMPTY * cells.are_some_left_out
        return cls(cells, levels, found, "8.8k", ends, "median step", note)

    @classmethod
    def of_starts(cls, cells: StartCells) -> "MapLook":
        """Show outcomes, and of correct networks the first correct step; without numbers."""
        (most, least), texts = cells.ends, np.full(cells.map_plan.shape, "")
        ends = numerals.whole(most), numerals.counted(least, "step")
        return cls(cells, cells.levels, texts, "", ends, "first correct step", cells.share)

    def state(self, snapshot: LabSnapshot) -> str:
        """Return how far the map is, what it shows, and its counts."""
        share = f"{int(100 * snapshot.progress)}\u00a0%"  # never breaks the line
        way = f"cancelled at {share}" if snapshot.is_over else f"{share} done"
        way = "" if snapshot.done.all() else way
        return joined((way, self.scale, self.note, self.cells.map_plan.counts))

    def heading(self, snapshot: LabSnapshot) -> tuple[str, str]:
        """Return the map's title, and a line with its state and common settings."""
        plan = self.cells.map_plan
        across, up = plan.names
        return f"{plan.title}: {up} × {across}", joined((self.state(snapshot), *_common(plan)))


def _common(map_plan: MapPlan | StartMap) -> Iterator[str]:
    """Yield the settings that all cells share, unless they are the default."""
    if isinstance(map_plan, StartMap):
        yield from recipe_parts(map_plan.base.config).values()
        return
    varied = {map_plan.up, map_plan.across} | ({"biases"} if map_plan.with_biases else set())
    for name, part in recipe_parts(map_plan.base).items():
        if name != "init" or not varied & {"init", "init_range"}:
            yield "" if name in varied else part
        elif "init_range" not in varied:
            yield f"initial range {numerals.plain(map_plan.base.init_range)}"
        elif "init" not in varied:
            yield f"initial weights {map_plan.base.init}"


@cache
def map_colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return LEVELS colours from pale to the accent, each with a text colour.

    Most change among the high ones: high shares differ more to the eye, and few colours are halfway
    between black and white, where no text is easy to read.
    """
    shares = np.linspace(0, 1, LEVELS) ** 2
    fills = [mixed(theme.accent, theme.neutral, share) for share in shares.tolist()]
    return tuple((QColor(fill), QColor(ink_on(fill))) for fill in fills)


def compact(steps: float) -> str:
    """Return a number of steps in at most four characters: 640, 1.3k, 13k, 2.0M."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if steps >= 0.9995 * size:
            value = steps / size
            return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"
    return str(round(steps))


def _levels(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the levels of shares from 0 to 1, NONE for NaN."""
    return np.rint(np.nan_to_num(shares * (LEVELS - 1), nan=NONE)).astype(np.intp)


@cache
def _all_colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return the colours of shares and steps, of outcomes, and of cells not known yet."""
    names = (*(outcomes.color_of(theme, outcome) for outcome in outcomes.OUTCOMES), theme.panel)
    return (*map_colors(theme), *((QColor(name), QColor(theme.text)) for name in names))


_HEADINGS = ("biases off", "biases on")
_WITH_BAR = 180
"""Least height in pixels that shows the scale of the colours, where there are no numbers."""


@lru_cache(maxsize=8)  # needed for each frame while the map grows
def grid_plan(part: MapPlan | StartMap, widest: str) -> GridPlan:
    """Return the names of a map's rows and columns."""
    across, up = part.names
    if isinstance(part, StartMap):
        rows = _heads_of_weight(up, part.up_values)
        return GridPlan(rows, _heads_of_weight(across, part.across_values), widest)
    rows = _heads(up, part.up_values, part.blocks)
    return GridPlan(rows, _heads(across, part.across_values, 1), widest)


def _heads(name: str, values: tuple[Any, ...], count: int) -> Heads:
    """Return the names of a setting's values, repeated for each block."""
    return Heads(
        tuple(map(written, values)) * count,
        tuple(len(values) * block for block in range(1, count)),
        _HEADINGS if count > 1 else (),
        name,
        isinstance(values[0], str),
    )


def _heads_of_weight(name: str, values: tuple[float, ...]) -> Heads:
    """Return the names of an initial weight's values, with as many decimals as tell them apart."""
    digits = decimals(abs(values[-1] - values[0]))
    names = tuple(numerals.fixed(value, digits) for value in values)
    return Heads(names, title=f"initial {name}", is_continuous=True)


@guarded
class MapPicture(QWidget):
    """A map as a grid, with the scale or the legend of its colours."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = CellGrid(QSize(420, 240), QSize(160, 70), _all_colors)
        self.grid.is_cached = self.grid.has_menus = True
        self._bar, self._legend = ColorBar(map_colors), outcomes.OutcomeLegend()
        self._sheet = Sheet(self, self._paint_all)
        self._look: MapLook | None = None
        bar = self._bar, Qt.AlignmentFlag.AlignRight
        column(self, (self.grid, 1), self._legend, bar, margins=(0, 0, 0, 0), gap=4)
        self.grid.laid_out.connect(self._arrange)

    def show_look(self, look: MapLook) -> None:
        """Show the cells of a map."""
        self._look, self.grid.zooms = look, isinstance(look.cells, StartCells)
        self._bar.set_labels(look.ends, look.scale)
        self._bar.setToolTip(f"Colour scale: {look.scale}, {look.ends[0]} to {look.ends[1]}.")
        plan, texts = grid_plan(look.cells.map_plan, look.widest), look.texts.tolist()
        is_open = ~look.cells.is_final
        self.grid.show_cells(plan, look.levels, lambda row, column: texts[row][column], is_open)
        self._arrange()

    def show_message(self, message: str) -> None:
        """Show a sentence in place of a map."""
        self._look = None
        self._bar.hide()
        self._legend.hide()
        self.grid.show_message(message)

    def show_base(self, cell: Cell | None) -> None:
        """Outline the cell of the lab's recipe, or none; the arrow keys start there."""
        self.grid.outline(cell)
        self.grid.start = cell or (0, 0)

    def sheet(self, snapshot: LabSnapshot) -> Sheet:
        """Return the map below a heading, for export."""
        assert self._look is not None, "the map is drawn first"
        self._sheet.show_heading(*self._look.heading(snapshot), self.grid.theme)
        return self._sheet

    def _paint_all(self, painter: QPainter) -> None:
        """Paint the map without its marks, and its colours."""
        for part in (self.grid, self._legend, self._bar):
            if not part.isHidden():
                painter.save()
                painter.translate(part.pos())
                part.paint_picture(painter)
                painter.restore()

    @Slot()
    def _arrange(self) -> None:
        """Show the scale of the colours where there are no numbers, and the legend of outcomes."""
        if (look := self._look) is None or self.grid.frame is None:
            return
        has_room = self.height() >= _WITH_BAR
        self._bar.setVisible(not self.grid.frame.digits and has_room)
        self._legend.setVisible(isinstance(look.cells, StartCells) and has_room)
        if isinstance(look.cells, StartCells):
            self._legend.show_codes(look.cells.codes)
            most = self.height() / 4
            self._legend.setFixedHeight(self._legend.height_for(self.width(), most))
