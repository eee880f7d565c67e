"""Histogram of the first correct steps of a recipe's networks, on a logarithmic axis."""

import math

from xorviz.core import numerals
from xorviz.lab.results.histogram import StepHistogram
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import BarPlot
from xorviz.ui.plot.curve_row import PlotLabel
from xorviz.ui.plot.step_marks import StepMark, StepMarks

_CAPTION = "First step with all four rows correct"
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
        self._median = StepMarks(row.scales)
        row.overlays.append(self._median)

    def show_histogram(self, histogram: StepHistogram) -> None:
        before, self.histogram = self.histogram, histogram
        if before is None or len(before.edges) != len(histogram.edges):
            self.follow()
        self.setAccessibleName(_spoken(histogram))
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
        self._median.show_marks([] if median is None else [StepMark(median, text)])
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


def _spoken(histogram: StepHistogram) -> str:
    median = "" if histogram.median is None else f", median {numerals.whole(histogram.median)}"
    return "; ".join((f"Histogram of first correct steps{median}", *_notes(histogram)))
