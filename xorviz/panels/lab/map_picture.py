"""The picture of a map: colours and texts of its cells, in one or two blocks, with their scale.

Shapes: B blocks, R rows, C columns.
"""

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from xorviz.core import numerals
from xorviz.core.rules import written
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.map import Cell, MapCells, MapPlan
from xorviz.lab.results.start_map import StartMap, decimals
from xorviz.lab.results.success import percent
from xorviz.panels.lab.outcomes import OUTCOMES, OutcomeLegend, color_of
from xorviz.panels.lab.start_look import StartCells
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.cell_grid import NONE, CellGrid, Place
from xorviz.ui.draw.grid_layout import GridLayout, GridPlan, Heads
from xorviz.ui.draw.painted import Sheet
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, Theme, ink_on

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
    """(B, R, C) indices in map_colors, or NONE."""
    texts: NDArray[np.str_]
    """(B, R, C)."""
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
            share = cells.share((cell[0], cell[1], cell[2]))
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
        yield from recipe_parts(map_plan.run.config).values()
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
    pale, strong = (
        np.array([QColor(name).red(), QColor(name).green(), QColor(name).blue()])
        for name in (theme.neutral, theme.accent)
    )
    found = []
    for share in np.linspace(0, 1, LEVELS) ** 2:
        r, g, b = np.rint(share * strong + (1 - share) * pale).astype(int).tolist()
        fill = f"#{r:02X}{g:02X}{b:02X}"
        found.append((QColor(fill), QColor(ink_on(fill))))
    return tuple(found)


def compact(steps: float) -> str:
    """Return a number of steps in at most four characters: 640, 1.3k, 13k, 2.0M."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if steps >= 0.9995 * size:
            value = steps / size
            return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"
    return str(round(steps))


def _levels(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the levels of shares from 0 to 1, NONE for NaN."""
    known = np.isfinite(shares)
    levels = np.rint(np.where(known, shares, 0) * (LEVELS - 1)).astype(np.intp)
    return np.where(known, levels, NONE)


@cache
def _all_colors(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return the colours of shares and steps, of outcomes, and of cells not known yet."""
    names = (*(color_of(theme, outcome) for outcome in OUTCOMES), theme.panel)
    return (*map_colors(theme), *((QColor(name), QColor(theme.text)) for name in names))


_HEADINGS = ("biases off", "biases on")
_WITH_BAR = 180
"""Least height in pixels that shows the scale of the colours, where there are no numbers."""
_WIDE = 1.15
"""Width of the letters of a line of many digits, in average letters."""
_TIP_GAP, _TIP_FRAME = 4, 16
"""Pixels between a cell and its tool tip, and of its frame, both sides together."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of a map in one grid of rows and columns: side by side or above each other."""

    map_plan: MapPlan | StartMap
    is_stacked: bool

    def arranged(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of all cells (B, R, C) as rows and columns of the grid."""
        return np.concatenate(list(values), axis=0 if self.is_stacked else 1)

    def cell(self, place: Place) -> Cell:
        _, rows, columns = self.map_plan.shape
        return place[0] // rows + place[1] // columns, place[0] % rows, place[1] % columns

    def place(self, cell: Cell | None) -> Place | None:
        """Return the place of a cell in the grid, if it has one."""
        blocks, rows, columns = self.map_plan.shape
        if cell is None or cell[0] >= blocks:
            return None
        down, across = (cell[0], 0) if self.is_stacked else (0, cell[0])
        return down * rows + cell[1], across * columns + cell[2]


@lru_cache(maxsize=8)  # needed for each frame while the map grows
def grid_plan(way: Blocks, widest: str) -> GridPlan:
    """Return the names of an arrangement's rows and columns."""
    plan = way.map_plan
    (across, up), count = plan.names, plan.shape[0]
    if isinstance(plan, StartMap):
        rows = _heads_of_weight(up, plan.up_values)
        return GridPlan(rows, _heads_of_weight(across, plan.across_values), widest)
    down, beside = (count, 1) if way.is_stacked else (1, count)
    rows, columns = _heads(up, plan.up_values, down), _heads(across, plan.across_values, beside)
    return GridPlan(rows, columns, widest)


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

    pointed_at = Signal(object)  # Cell | None
    clicked = Signal(object, bool)  # Cell | None, whether Shift was held
    menu_requested = Signal(object, QPoint)  # Cell, a point of the screen

    def __init__(self) -> None:
        super().__init__()
        self.grid = CellGrid(QSize(420, 240), QSize(160, 70), _all_colors)
        self.grid.is_cached = self.grid.has_menus = True
        self._bar, self._legend = ColorBar(map_colors), OutcomeLegend()
        self._sheet = Sheet(self, self._paint_all)
        self._look: MapLook | None = None
        self.shown: Blocks | None = None
        self.tip = ""
        """The tool tip of the marked cell."""
        self._base: Cell | None = None
        self._marked: Cell | None = None
        bar = self._bar, Qt.AlignmentFlag.AlignRight
        column(self, (self.grid, 1), self._legend, bar, margins=(0, 0, 0, 0), gap=4)
        self._connect()

    def _connect(self) -> None:
        grid, cell = self.grid, self._cell
        grid.pointed_at.connect(lambda place: self.pointed_at.emit(cell(place)))
        grid.clicked.connect(lambda place, shift: self.clicked.emit(cell(place), shift))
        grid.menu_requested.connect(lambda place, at: self.menu_requested.emit(cell(place), at))
        self.grid.laid_out.connect(self._arrange)

    def show_look(self, look: MapLook) -> None:
        """Show the cells of a map."""
        self._look = look
        self._bar.set_labels(look.ends, look.scale)
        self._bar.setToolTip(f"Colour scale: {look.scale}, {look.ends[0]} to {look.ends[1]}.")
        self._arrange()

    def show_message(self, message: str) -> None:
        """Show a sentence in place of a map."""
        self._look = self.shown = None
        self._bar.hide()
        self._legend.hide()
        self.grid.show_message(message)

    def show_base(self, cell: Cell | None) -> None:
        """Outline the cell of the lab's recipe, or none; the arrow keys start there."""
        self._base = cell
        self._show_marks()

    def mark(self, cell: Cell | None) -> None:
        """Frame a cell, or none."""
        self._marked = cell
        self._show_marks()

    def neighbour(self, dx: int, dy: int) -> Cell | None:
        """Return the cell beside the marked one, also in the other block, or the first."""
        return self._cell(self.grid.neighbour(dx, dy))

    def center_of(self, cell: Cell) -> QPointF | None:
        """Return the centre of a cell, if it is shown."""
        place = self.shown.place(cell) if self.shown else None
        return self.grid.mapTo(self, self.grid.rect_of(place).center()) if place else None

    def sheet(self, snapshot: LabSnapshot) -> Sheet:
        """Return the map below a heading, for export."""
        assert self._look is not None, "the map is drawn first"
        self._sheet.show_heading(*self._look.heading(snapshot), self.grid.theme)
        return self._sheet

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the marked cell beside it."""
        if event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        if self.shown and (place := self.shown.place(self._marked)):
            _show_tip(self, self.grid.rect_of(place).toRect().translated(self.grid.pos()), self.tip)
        return True

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
        """Show two blocks side by side or above each other: whichever has larger numbers."""
        if (look := self._look) is None:
            return
        map_plan = look.cells.map_plan
        ways = [Blocks(map_plan, stacked) for stacked in (False, True)[: map_plan.shape[0]]]
        frames = {way: self._frame(way, look) for way in ways}
        best = max(ways, key=lambda way: (not frames[way].is_turned, frames[way].digits))
        self.shown = best
        self._bar.setVisible(not frames[best].digits and self.height() >= _WITH_BAR)
        self._show_outcomes(look)
        texts = self.shown.arranged(look.texts).tolist()
        self.grid.show_cells(
            grid_plan(self.shown, look.widest),
            self.shown.arranged(look.levels),
            lambda row, column: texts[row][column],
            self.shown.arranged(~look.cells.is_final),
        )
        self._show_marks()

    def _show_outcomes(self, look: MapLook) -> None:
        """Show the legend of a map of starts."""
        is_of_starts = isinstance(look.cells, StartCells) and self.height() >= _WITH_BAR
        self.grid.zooms = isinstance(look.cells, StartCells)
        self._legend.setVisible(is_of_starts)
        if isinstance(look.cells, StartCells) and is_of_starts:
            self._legend.show_codes(look.cells.codes)
            most = self.height() / 4
            self._legend.setFixedHeight(self._legend.height_for(self.width(), most))

    def _frame(self, way: Blocks, look: MapLook) -> GridLayout:
        return GridLayout.fitted(grid_plan(way, look.widest), self.grid.size(), self.grid.font())

    def _show_marks(self) -> None:
        if self.shown is not None:
            base = self.shown.place(self._base)
            self.grid.outline(base)
            self.grid.start = base or (0, 0)
            self.grid.mark(self.shown.place(self._marked))

    def _cell(self, place: Place | None) -> Cell | None:
        return self.shown.cell(place) if self.shown and place else None


def _show_tip(picture: QWidget, cell: QRect, text: str) -> None:
    """Show the parts of a text, divided by semicolons, in a tool tip below a cell or above it.

    Qt's own place is below the mouse: over the cell, and perhaps beyond the window.
    """
    letter = _WIDE * QFontMetrics(QToolTip.font()).averageCharWidth()
    most = max(12, int((picture.width() - _TIP_FRAME) / letter))
    lines = [line for part in text.split("; ") for line in textwrap.wrap(part, most)]
    QToolTip.showText(picture.mapToGlobal(cell.bottomLeft()), "\n".join(lines), picture, cell)
    for tip in QApplication.topLevelWidgets():
        if tip.objectName() == "qtooltip_label":
            tip.move(picture.mapToGlobal(_place_beside(cell, tip.size(), picture.rect())))


def _place_beside(cell: QRect, size: QSize, space: QRect) -> QPoint:
    """Return the top left corner of a rectangle of this size that covers no part of a cell.

    It is below the cell, above it, or at one of its sides, whichever is the first within the
    space; if none is, it is within the space.
    """
    right, bottom = space.right() + 1 - size.width(), space.bottom() + 1 - size.height()

    def within(x: int, y: int) -> QPoint:
        return QPoint(max(space.left(), min(x, right)), max(space.top(), min(y, bottom)))

    x, y = within(cell.left(), cell.top()).toTuple()
    around = cell.adjusted(-size.width(), -size.height(), 1, 1)
    away = around.adjusted(-_TIP_GAP, -_TIP_GAP, _TIP_GAP, _TIP_GAP)
    tried = (x, away.bottom()), (x, away.top()), (away.right(), y), (away.left(), y)
    return next((QPoint(*at) for at in tried if within(*at).toTuple() == at), within(x, bottom))
