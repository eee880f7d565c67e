"""Histogram of the first steps right of a recipe's networks, on a logarithmic axis."""

import math

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from xorviz.core import numerals
from xorviz.lab.results.histogram import StepHistogram
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import Bars
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.step_marks import StepMark, StepMarks
from xorviz.ui.theme.palette import LIGHT, Theme

_CAPTION = "First step with all four rows right"
_NONE, _NONE_YET = "no seed is right", "no seed is right yet"


@guarded
class SeedHistogram(QWidget):
    """Bars of ten bins a decade, with a dashed line at the median and notes at the right."""

    pointed_at = Signal(object)  # int | None: index of a bin

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seed_histogram")
        self.histogram: StepHistogram | None = None
        axis = ScaledAxis("left", numerals.whole, is_whole=True)
        self._plot = CurvePlot("Histogram of the first steps right", axis, titles=[_CAPTION])
        row = self._plot.rows[0]
        row.scales.step_axis.set_log(is_log=True)
        self._bars, self._median = Bars(row.scales), StepMarks(row.scales)
        row.overlays += [self._bars, self._median]
        self._notes = QLabel()
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self._theme = LIGHT
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._notes)
        self._plot.pointed_at.connect(self._point_at)
        self._plot.fitted.connect(self._draw)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._plot.apply_theme(theme)
        self._draw()

    def show_histogram(self, histogram: StepHistogram) -> None:
        before, self.histogram = self.histogram, histogram
        if before is None or len(before.edges) != len(histogram.edges):
            self._plot.follow()
        self.setAccessibleName(_spoken(histogram))
        self._notes.setText("\n".join(_notes(histogram)))
        self._draw()

    def mark(self, marked: int | None) -> None:
        self._bars.mark(marked)

    def bin_of(self, step: float) -> int | None:
        return None if self.histogram is None else self.histogram.bin_of(step)

    def bin_text(self, place: int) -> str:
        if self.histogram is None:
            return ""
        first, last = (int(edge) for edge in self.histogram.edges[place : place + 2])
        seeds = numerals.counted(int(self.histogram.counts[place]), "seed")
        until = "" if last - first == 1 else f" to {numerals.whole(last - 1)}"
        return f"right at step {numerals.whole(first)}{until}: {seeds}"

    @Slot()
    def _draw(self) -> None:
        if (histogram := self.histogram) is None:
            return
        colors = [self._theme.accent] * len(histogram.counts)
        self._bars.show_bars(histogram.edges.astype(float), histogram.counts.astype(float), colors)
        median, row = histogram.median, self._plot.rows[0]
        text = "" if median is None else f"median {numerals.whole(median)}"
        self._median.show_marks([] if median is None else [StepMark(median, text)])
        nothing = _NONE if _notes(histogram) else _NONE_YET
        row.point((), "" if histogram.highest else nothing)
        row.ends = row.scales.value_axis.fitted(0, max(histogram.highest, 1))
        low, high = _ends(histogram)
        self._plot.step_ends = math.log10(low), math.log10(high)
        self._plot.fit_curves()

    @Slot(object)
    def _point_at(self, step: float | None) -> None:
        self.pointed_at.emit(None if step is None else self.bin_of(step))


def _ends(histogram: StepHistogram) -> tuple[int, int]:
    """Return the first step, 1 or 3 times a power of ten, and the end of the plan.

    They hardly change during training, since networks come right ever later.
    """
    first = int(histogram.edges[histogram.first_used])
    decade = 10 ** int(math.log10(first))
    return 3 * decade if first >= 3 * decade else decade, int(histogram.edges[-1])


def _notes(histogram: StepHistogram) -> tuple[str, ...]:
    """Return texts about networks without a step."""
    counts = {
        "still learning": histogram.still_learning,
        "never": histogram.never,
        "lost it": histogram.lost,
    }
    return tuple(f"{numerals.whole(count)} {word}" for word, count in counts.items() if count)


def _spoken(histogram: StepHistogram) -> str:
    median = "" if histogram.median is None else f", median {numerals.whole(histogram.median)}"
    return "; ".join((f"Histogram of the first steps right{median}", *_notes(histogram)))
