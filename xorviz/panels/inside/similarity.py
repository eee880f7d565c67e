"""The view of symmetry: similarity of hidden units, and their differences over the run."""

import math
from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QSize, Signal, Slot
from PySide6.QtWidgets import QBoxLayout

from xorviz.core import numerals
from xorviz.core.analysis.symmetry import (
    SpreadCurve,
    SpreadHistory,
    difference,
    equal_units,
    is_mirrored,
    similarity,
    spread,
)
from xorviz.core.arrays import Array
from xorviz.core.network import flat
from xorviz.core.numerals import listed
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.draw.cell_grid import CellGrid, Place
from xorviz.ui.draw.grid_layout import GridPlan, Heads
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotLabel, round_point
from xorviz.ui.theme.palette import LEVELS, diverging

_NAMES = ("largest", "smallest")
_ZERO_SPACE = 0.6
"""Decades from the lowest power of ten to the line for exact zeros."""


@guarded
class SimilarityCurve(CurvePlot):
    """The largest and the smallest difference between two units, on a logarithmic axis.

    Exact zeros have a line of their own below the lowest decade.
    """

    def __init__(self) -> None:
        self._axis = ScaledAxis("left", smallest=1e-300)
        self._axis.set_log(True)
        name = "Differences of hidden units against step"
        super().__init__(name, self._axis, titles=["Difference"])
        self.leave_beside(_NAMES)
        self._shown: tuple[SpreadCurve, Array, Snapshot] | None = None
        self.pointed_at.connect(self.mark)

    def show_curve(self, curve: SpreadCurve, now: Array, snapshot: Snapshot) -> None:
        """Show a curve, and the differences (1, 2) in a snapshot."""
        self._shown = curve, now, snapshot
        self._draw()

    @Slot(object)
    def mark(self, step: float | None) -> None:
        super().mark(step)
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        (curve, now, snapshot), row = self._shown, self.rows[0]
        steps, spread = curve.steps, curve.spread
        lines = [(spread[:, 0], self._theme.text, ()), (spread[:, 1], self._theme.quiet, (4, 3))]
        if all(np.array_equal(pairs[:, 0], pairs[:, 1]) for pairs in (spread, now)):
            lines = lines[:1]
        row.show([Curve(steps, *line, width=1.5, is_line=curve.is_line) for line in lines])
        row.ends = self._ends(np.concatenate((spread[:, : len(lines)].ravel(), now.ravel())))
        newest = max(int(steps[-1]) if len(steps) else 0, snapshot.step)
        shown = snapshot.step if snapshot.is_past else None
        self.show_steps(steps, newest, shown, snapshot.run)
        self.fit_curves()
        self._read(curve, now, snapshot, len(lines))

    def _ends(self, values: Array) -> tuple[float, float]:
        """Return the ends of an axis over whole decades, at least one, with zero at the bottom."""
        positive = values[values > 0]
        low, high = -1, 0
        if len(positive):
            low = math.floor(math.log10(positive.min()))
            high = max(math.ceil(math.log10(positive.max())), low + 1)
        has_zero = len(positive) < len(values)
        self._axis.zero = low - _ZERO_SPACE if has_zero else None
        return (low - _ZERO_SPACE if has_zero else low) - 0.05, high + 0.05

    def _read(self, curve: SpreadCurve, now: Array, snapshot: Snapshot, count: int) -> None:
        """Mark and read out the values at the step shown, or at the recorded one pointed at."""
        step, spread, place = snapshot.step, now, 0
        if (pointed := self.pointed) is not None:
            step, spread = pointed, curve.spread
            place = int(np.searchsorted(curve.steps, pointed))
        values = spread[place, :count].tolist()
        fill, ring = self._theme.accent, self._theme.panel
        points = [round_point(step, value, fill, ring, 4.0) for value in values]
        texts = [numerals.real(value, 3) if value else "0" for value in values]
        named = ", ".join(f"{n} {t}" for n, t in zip(_NAMES, texts, strict=False))
        full = named if count > 1 else texts[0]
        at = f" at {numerals.whole(step)}"
        readings = (full + at * (pointed is not None or snapshot.is_past), full, ", ".join(texts))
        row = self.rows[0]
        row.point(points, *readings)
        last, ends = (curve.steps, curve.spread) if len(curve.steps) else ([snapshot.step], now)
        names = zip(ends[-1].tolist(), _NAMES, strict=True)
        row.label([PlotLabel(int(last[-1]), *name) for name in names] if count > 1 else [])


_ALONE = "One hidden unit: there is nothing to compare it with."


class SimilarityMatrix(CellGrid):
    """A cell for each pair of units; a unit's name stands for the pair with itself."""

    def spot_at(self, point: QPointF) -> Place | None:
        row, column = self.lines_at(point)
        if (row is None) == (column is None):
            return super().spot_at(point)
        unit = column if row is None else row
        return None if unit is None else (unit, unit)


class Similarity(SnapshotView):
    """All pairs of units compared at the shown step, and their extremes over the run."""

    has_table = True
    explanation = (
        "How alike the hidden units are, by their weights from x1 and x2 and their biases. Each "
        "cell is a cosine: +1, orange, where two units have the same boundary and are high on "
        "the same side of it; −1, blue, where one is high on the side where the other is low; "
        "0, pale, where they are unrelated. Two units are equal only if no number differs. The "
        "curve shows the largest and the smallest difference between any two units over the "
        "whole run, in powers of ten. Units that start equal get equal gradients and stay "
        "equal. Point at the curve to read a step, and click it to go there. Point at a cell, "
        "or go to it with the arrow keys, to read a pair. Click it, or go to it with the arrow "
        "keys, to highlight the unit of its row in all panels; click it again, or press Esc, to "
        "clear that. Cells of many units show colours alone; an option shows their numbers, "
        "through which the wheel scrolls."
    )

    step_requested = Signal(object)  # int

    def __init__(self) -> None:
        super().__init__("similarity")
        self._matrix = SimilarityMatrix(QSize(448, 240), QSize(80, 60), diverging)
        self._matrix.setAccessibleName("Similarity of hidden units")
        self._curve, self._sentence = SimilarityCurve(), ElidedLabel()
        """Differences over the run, and above them a sentence about equal units."""
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(6, 2, 6, 4)
        self._layout.setSpacing(12)
        self._layout.addWidget(self._matrix, 1)
        self._layout.addLayout(column(None, self._sentence, (self._curve, 1), gap=2), 1)
        self._curve.step_requested.connect(self.step_requested)
        self._scrolls = self._option(
            "similarity_numbers",
            "Scroll to readable numbers",
            checked=False,
            tip="Scroll where not all numbers fit. Otherwise show all pairs, if need be as colours",
            slot=self._matrix.show_scrolled,
            words=("all pairs", "numbers"),
        )
        self._scrolls.toggled.connect(self.options_changed)
        self._cursor_over(self._matrix)
        self._matrix.clicked.connect(self._click)
        self._history = SpreadHistory()
        self.setMinimumSize(160, 120)

    def _table_of(self, snapshot: Snapshot) -> Cells | None:
        """Return the matrix of cosines; a unit alone has none."""
        if snapshot.config.width == 1:
            return None
        units = [f"h{unit + 1}" for unit in range(snapshot.config.width)]
        return grid("cosine", units, units, similarity(snapshot.weights))

    def describe(self, snapshot: Snapshot) -> str:
        weights, count = snapshot.weights, snapshot.config.width
        if count == 1:
            return f"{at_step(snapshot)}. {_ALONE}"
        cosines = np.abs(similarity(weights)) - np.eye(count)
        most = np.unravel_index(int(cosines.argmax()), cosines.shape)
        equal = equal_sentence(equal_units(weights), count)
        return (
            f"{at_step(snapshot)}, of {count} hidden units the two most alike, or most opposite,"
            f" are {_read(snapshot, int(most[0]), int(most[1]))}.{f' {equal}.' if equal else ''}"
        )

    def answer_at_once(self) -> None:
        """Show all pairs, so that a picture has them."""
        self._matrix.show_scrolled(False)

    def _draw(self, snapshot: Snapshot) -> None:
        if snapshot.config.width == 1:
            self._matrix.show_message(_ALONE)
        else:
            self._draw_pairs(snapshot)
        self._arrange()
        self._show_unit()

    def _draw_pairs(self, snapshot: Snapshot) -> None:
        weights, count = snapshot.weights, snapshot.config.width
        cosines = similarity(weights)
        levels = np.rint((np.clip(cosines, -1, 1) + 1) / 2 * (LEVELS - 1)).astype(np.intp)
        self._matrix.show_cells(
            _plan(count), levels, lambda *pair: numerals.signed(float(cosines[pair]))
        )
        self._curve.show_curve(
            self._history.curve(snapshot.record),
            spread(flat(weights)[None], snapshot.config),
            snapshot,
        )
        self._sentence.setText(equal_sentence(equal_units(weights), count))
        self._curve.setAccessibleDescription(self._sentence.text())

    def _arrange(self) -> None:
        """Place the curve below the matrix, or beside it in a wide view."""
        has_cells = self._matrix.frame is not None
        self._curve.setVisible(has_cells)
        self._sentence.setVisible(has_cells and bool(self._sentence.text()))
        is_wide = self.width() >= max(420, 1.6 * self.height())
        directions = QBoxLayout.Direction
        self._layout.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)

    def _show_unit(self) -> None:
        self._matrix.select(self.unit, self.unit)
        self._read_marked()

    def _unit_of(self, pair: Place | None) -> int | None:
        return pair[0] if pair else None

    def _move_cursor(self, dx: int, dy: int) -> None:
        chosen = self._chosen_unit
        unit = chosen if chosen is not None and chosen < self._matrix.shape[0] else 0
        self._matrix.start = unit, unit
        self._mark(self._matrix.neighbour(dx, dy))
        if pair := self._matrix.marked:
            self._choose_unit(pair[0])

    def _use_cursor(self) -> None:
        if self._matrix.has(self._matrix.marked):
            self._click(self._matrix.marked)

    def _read_marked(self) -> None:
        """Read out the marked pair or the selected unit, as it is in the latest snapshot."""
        pair, unit = self._matrix.marked, self.unit
        if pair is None and unit is not None:
            pair = unit, unit
        # The canvas may still show an older network until its next redraw.
        width = 0 if self._snapshot is None else self._snapshot.config.width
        is_there = width > 1 and self._matrix.has(pair) and max(pair) < width
        if is_there and self._snapshot is not None:
            self.readout_changed.emit(_read(self._snapshot, *pair))
        else:
            self.readout_changed.emit(self.resting_text)


@cache
def _plan(count: int) -> GridPlan:
    heads = Heads(tuple(f"h{unit + 1}" for unit in range(count)))
    return GridPlan(heads, heads, f"{numerals.MINUS}0.00", is_square=True)


def _read(snapshot: Snapshot, one: int, other: int) -> str:
    """Return the read-out of a pair; for one unit, of the unit most like it."""
    weights = snapshot.weights
    cosines = similarity(weights)
    if one == other:
        nearest = max((n for n in range(len(cosines)) if n != one), key=lambda n: cosines[one, n])
        cosine = numerals.signed(float(cosines[one, nearest]))
        return f"h{one + 1} is most like h{nearest + 1}: cosine {cosine}"
    names = f"h{one + 1} and h{other + 1}"
    apart = difference(weights, one, other)
    if not apart:
        return f"{names}: equal to the last bit"
    cosine = numerals.signed(float(cosines[one, other]))
    text = f"{names}: cosine {cosine}, difference {numerals.real(apart, 3)}"
    is_mirror = is_mirrored(weights, snapshot.config.activation, one, other)
    return f"{text}, mirrored" if is_mirror else text


def equal_sentence(groups: list[tuple[int, ...]], count: int) -> str:
    """Return a sentence about units that are equal to the last bit, or nothing."""
    if not groups:
        return ""
    if len(groups[0]) == count:
        units = "Both units" if count == 2 else f"All {count} units"
        return f"{units} are equal to the last bit"
    named = (listed([f"h{unit + 1}" for unit in units]) for units in groups)
    return f"Equal to the last bit: {'; '.join(named)}"
