"""The strip of the outcomes of a recipe's seeds, and the histogram of first correct steps."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from xorviz.core import numerals
from xorviz.lab.results.success import StepHistogram
from xorviz.panels.lab.lab_view import NetworkTiles
from xorviz.panels.lab.outcomes import OUTCOMES, paint_mark
from xorviz.ui.draw.painted import is_vector, take
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import BarPlot
from xorviz.ui.plot.curve_row import PlotLabel
from xorviz.ui.plot.step_marks import StepMark
from xorviz.ui.theme.palette import Theme

_CAPTION = "First correct step"
_NONE, _NONE_YET = "no network is correct", "no network is correct yet"


@guarded
class SeedHistogram(BarPlot):
    """Bars of ten bins a decade, with a dashed line at the median and notes at the right."""

    def __init__(self) -> None:
        axis = ScaledAxis("left", numerals.whole, is_whole=True)
        super().__init__("Histogram of first correct steps", axis, _CAPTION)
        self.setObjectName("seed_histogram")
        self.histogram: StepHistogram | None = None
        row = self.rows[0]
        row.scales.step_axis.set_log(is_log=True)

    def show_histogram(self, histogram: StepHistogram) -> None:
        before, self.histogram = self.histogram, histogram
        if before is None or len(before.edges) != len(histogram.edges):
            self.follow()
        median = "" if histogram.median is None else f", median {numerals.whole(histogram.median)}"
        said = f"Histogram of first correct steps{median}", *_notes(histogram)
        self.setAccessibleName("; ".join(said))
        self._draw()

    def marked_text(self) -> str:
        """Return the steps and the seeds of the framed bar; empty if there is none."""
        place = self.bars.marked
        if self.histogram is None or place is None:
            return ""
        first, last = (int(edge) for edge in self.histogram.edges[place : place + 2])
        seeds = numerals.counted(int(self.histogram.counts[place]), "seed")
        until = "" if last - first == 1 else f" to {numerals.whole(last - 1)}"
        return f"first correct at step {numerals.whole(first)}{until}: {seeds}"

    def _draw(self) -> None:
        if (histogram := self.histogram) is None:
            return
        colors = [self._theme.accent] * len(histogram.counts)
        self.bars.show_bars(histogram.edges.astype(float), histogram.counts.astype(float), colors)
        median, row, notes = histogram.median, self.rows[0], _notes(histogram)
        text = "" if median is None else f"median {numerals.whole(median)}"
        row.marks.show_marks([] if median is None else [StepMark(median, text)])
        row.point((), "" if histogram.highest else _NONE if notes else _NONE_YET)
        self.leave_beside(notes)
        row.label([PlotLabel(int(histogram.edges[-1]), 0, note) for note in notes])
        row.ends = row.scales.value_axis.fitted(0, max(histogram.highest, 1))
        low, high = _ends(histogram)
        self.step_ends = math.log10(low), math.log10(high)
        self.fit_curves()


def _ends(histogram: StepHistogram) -> tuple[int, int]:
    """Return the first step, 1 or 3 times a power of ten, and the end of the plan.

    They hardly change during training, since networks become correct ever later.
    """
    first = int(histogram.edges[histogram.first_used])
    decade = 10 ** int(math.log10(first))
    return 3 * decade if first >= 3 * decade else decade, int(histogram.edges[-1])


def _notes(histogram: StepHistogram) -> tuple[str, ...]:
    """Return texts about networks without a step."""
    counts = {
        "still learning": histogram.still_learning,
        "never correct": histogram.never,
        "later failed again": histogram.lost,
    }
    return tuple(f"{numerals.whole(count)} {word}" for word, count in counts.items() if count)


LARGEST, SMALLEST = 16, 3
"""Largest and smallest side of a cell in pixels."""
_ROUND_FROM, _ROUND_BY = 20, 5
"""Longer rows have a multiple of five cells, so that seeds can be found."""


def seed_tiles(count: int, width: int, height: int) -> Tiles:
    """Return the largest cells that fit, from the top left; of too many seeds, the first."""
    for cell in range(LARGEST, SMALLEST - 1, -1):
        tiles = _cells(count, width, cell)
        if tiles.rows * cell <= height:
            return tiles
    return _cells(min(count, tiles.columns * max(1, height // SMALLEST)), width, SMALLEST)


def _cells(count: int, width: int, cell: int) -> Tiles:
    columns, gap = max(1, width // cell), 2 if cell >= 9 else 1
    if columns >= _ROUND_FROM:
        columns -= columns % _ROUND_BY
    return Tiles(count, columns, cell - gap, foot=0, gap=gap, left=0, top=0)


Codes = NDArray[np.uint8]

_EDGE = 2
"""Pixels around the cells, for outlines at the edge."""
_CLOSE_FROM = 7
"""Side of a cell from which outlines are close to the mark."""


@guarded
class SeedStrip(NetworkTiles):
    """Wrapped cells, one for each seed; marks the seed pointed at and the chosen one."""

    def __init__(self) -> None:
        super().__init__("seed_strip", QSize(0, 0), QSize(0, 0))
        self.codes: Codes = np.empty(0, dtype=np.uint8)
        """(N,) indices in OUTCOMES."""
        self.chosen: int | None = None

    def show_codes(self, codes: Codes) -> None:
        """Show outcomes (N,), given as indices in OUTCOMES."""
        self.codes = codes
        self.lay_out()

    def choose(self, chosen: int | None) -> None:
        """Mark the seed that was made the current run."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def height_for(self, width: int, most: int) -> int:
        """Return the height at a width, up to a limit."""
        grid = self._grid_for(width, most)
        return min(most, grid.rows * grid.pitch + self._around(grid))

    def _lay_out(self) -> None:
        self.grid = self._grid_for(self.width(), self.height()).moved(_EDGE, _EDGE)
        self.order = range(len(self.codes))

    def _paint(self, painter: QPainter) -> None:
        if is_vector(painter):
            for index, code in enumerate(self.codes[: self.grid.count].tolist()):
                paint_mark(painter, self.grid.picture(index), OUTCOMES[code], self.theme)
        elif self.grid.count:
            ratio = painter.deviceTransform().m11()
            painter.drawImage(_EDGE, _EDGE, strip_image(self.codes, self.grid, self.theme, ratio))
        if self.grid.count < len(self.codes):
            below = _EDGE + self.grid.rows * self.grid.pitch + self.fontMetrics().ascent()
            painter.setPen(QColor(self.theme.quiet))
            shown, count = numerals.whole(self.grid.count), numerals.whole(len(self.codes))
            text = f"{shown} of {count} shown. The table shows all."
            painter.drawText(QPointF(_EDGE, below), text)

    def _paint_marks(self, painter: QPainter) -> None:
        """Frame the seed pointed at and the chosen one, outside the marks."""
        for index, width in ((self.marked, 1.5), (self.chosen, 2.0)):
            if index is not None and index < self.grid.count:
                out = 1.0 if self.grid.pitch >= _CLOSE_FROM else 1.5
                frame = self.grid.picture(index).adjusted(-out, -out, out, out)
                take(painter, self.theme.text, width * self.theme.stroke)
                painter.drawRect(frame)

    def _grid_for(self, width: int, height: int) -> Tiles:
        count, across = len(self.codes), width - 2 * _EDGE
        grid = seed_tiles(count, across, height - self._around())
        if grid.count < count:
            grid = seed_tiles(count, across, height - self._around(grid))
        return grid

    def _around(self, grid: Tiles | None = None) -> int:
        """Return the height that the cells leave; below too few of them is a line of text."""
        is_short = grid is not None and grid.count < len(self.codes)
        return 2 * _EDGE + is_short * self.fontMetrics().height()


_FORMAT = QImage.Format.Format_ARGB32_Premultiplied
Pixels = NDArray[np.uint32]


def strip_image(codes: NDArray[np.uint8], grid: Tiles, theme: Theme, ratio: float) -> QImage:
    """Return the image of all cells at a pixel ratio.

    Ten thousand seeds take 1 ms; painted one by one they take 38 ms.
    """
    side = max(1, round(grid.pitch * ratio))
    stamps = _stamps(grid.pitch, grid.side, theme, side)
    padded = np.full(grid.rows * grid.columns, len(OUTCOMES), dtype=np.uint8)
    padded[: grid.count] = codes[: grid.count]
    cells = stamps[padded].reshape(grid.rows, grid.columns, side, side)
    pixels = np.ascontiguousarray(cells.transpose(0, 2, 1, 3)).reshape(grid.rows * side, -1)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, _FORMAT).copy()
    image.setDevicePixelRatio(side / grid.pitch)
    return image


@lru_cache(maxsize=16)
def _stamps(cell: int, mark: int, theme: Theme, side: int) -> Pixels:
    """Return the cell of each outcome, and an empty one: (O + 1, side, side)."""
    image = QImage(side, side * (len(OUTCOMES) + 1), _FORMAT)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(side / cell, side / cell)
    for place, outcome in enumerate(OUTCOMES):
        rect = QRectF(0, place * cell, mark, mark)
        paint_mark(painter, rect, outcome, theme)
    painter.end()
    found = np.frombuffer(image.constBits(), dtype=np.uint32)
    return found.reshape(len(OUTCOMES) + 1, side, side).copy()
