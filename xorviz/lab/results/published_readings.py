"""Comparison of xorviz's results with those of published experiments."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from xorviz.core import numerals
from xorviz.core.truth_table import ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, percent


class Match(StrEnum):
    """Outcome of a comparison."""

    MATCH = "match"
    MISS = "miss"
    SOFT = "soft"
    """The published result is too vague to be matched or missed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A number of xorviz with the published one, if any."""

    name: str
    now: float
    """NaN if there is none."""
    published: float | None = None
    digits: int = 3
    """Significant digits of numbers that are not integers."""

    @property
    def text(self) -> str:
        """Both numbers as text."""
        beside = "" if self.published is None else f", published {self._text(self.published)}"
        return f"{self.name}: {self._text(self.now)}{beside}"

    def _text(self, number: float) -> str:
        if math.isnan(number):
            return "none"
        if number == round(number):
            return numerals.whole(number)
        return numerals.real(number, self.digits)


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """Result of an experiment in xorviz. A value."""

    now: str
    """In a few words, like Published.published."""
    mark: Match
    verdict: str
    """The mark as a sentence without its full stop."""
    compared: tuple[Compared, ...]

    @property
    def details(self) -> tuple[str, ...]:
        """All compared numbers, line by line."""
        return tuple(compared.text for compared in self.compared)


_START_LOSS = 0.02841901371687946
_START_OUTPUTS = (0.92166771, 0.11738477, 0.92157444, 0.04851096)
"""In the order of ROWS."""
_START_TOLERANCE = 1e-9
"""Relative: the last digits depend on the processor and the NumPy build."""
_PRINTED = 1e-8
"""Absolute tolerance of the outputs, which were printed with eight decimals."""


def judge_start(snapshot: LabSnapshot) -> ExperimentResult:
    """Compare the loss and outputs of the 28 lines."""
    loss, outputs = float(snapshot.loss[0]), snapshot.outputs[0]
    rows = zip(ROWS, outputs.tolist(), _START_OUTPUTS, strict=True)
    is_met = math.isclose(loss, _START_LOSS, rel_tol=_START_TOLERANCE) and bool(
        np.allclose(outputs, _START_OUTPUTS, rtol=0, atol=_PRINTED)
    )
    return ExperimentResult(
        now=f"loss {numerals.real(loss)}",
        mark=Match.MATCH if is_met else Match.MISS,
        verdict="Matches to nine digits" if is_met else "No match: the numbers differ",
        compared=(
            Compared("loss", loss, _START_LOSS, 10),
            *(Compared(f"output at {a} {b}", now, then, 7) for (a, b), now, then in rows),
        ),
    )


_HINTON = {
    0.5: (25, 964, 730, 474, 2489, 1393, 531),
    0.3: (None, None, 1648, None, None, None, None),
}
"""The published numbers by the range of the initial weights; None where there is none."""


def judge_hinton(snapshot: LabSnapshot) -> ExperimentResult:
    """Compare the count and the steps of networks that converge."""
    published = _HINTON[snapshot.plan.recipes[0].init_range]
    firsts = np.where(snapshot.first_right > 0, snapshot.first_right, np.nan)
    steps = firsts[np.isfinite(firsts)]
    some = steps if len(steps) else np.array([np.nan])
    mean, median, low, high = (float(f(some)) for f in (np.mean, np.median, np.min, np.max))
    by_seed = dict(zip(snapshot.plan.seeds, firsts.tolist(), strict=True))
    rounded = mean if math.isnan(mean) else round(mean)
    found = {
        f"networks of {len(firsts)} that converge": len(steps),
        "mean step": rounded,
        "median step": median,
        "smallest step": low,
        "largest step": high,
        "step of seed 0": by_seed[0],
        "step of seed 3": by_seed[3],
    }
    compared = tuple(
        Compared(name, float(now), then)
        for (name, now), then in zip(found.items(), published, strict=True)
    )
    is_met = all(one.now == one.published for one in compared if one.published is not None)
    is_count = published[0] is not None
    matches = "All seven numbers match" if is_count else "The published median matches"
    return ExperimentResult(
        now=f"{len(steps)} of {len(firsts)}" if is_count else _steps_text(median),
        mark=Match.MATCH if is_met else Match.MISS,
        verdict=matches if is_met else "No match: the numbers differ",
        compared=compared,
    )


def _steps_text(steps: float) -> str:
    return "no steps" if math.isnan(steps) else f"{numerals.whole(steps)} steps"


_CROSS_VALIDATED = 0.99


def judge_cross_validated(snapshot: LabSnapshot) -> ExperimentResult:
    """Compare the published share with the interval of the share of correct networks."""
    summary = snapshot.summary()
    assert summary is not None, "the networks of a plan that is done"
    share = summary.right
    low, high = share.interval
    is_met = low <= _CROSS_VALIDATED <= high
    late = [Compared("networks still learning when stopped", summary.still_learning)]
    return ExperimentResult(
        now=f"{percent(share)} %",
        mark=Match.MATCH if is_met else Match.MISS,
        verdict="Matches within the interval" if is_met else "No match: outside the interval",
        compared=(
            Compared(
                f"networks of {share.of} correct, %", 100 * share.value, 100 * _CROSS_VALIDATED
            ),
            Compared("95 % interval, from, %", 100 * low),
            Compared("95 % interval, to, %", 100 * high),
            *(late if summary.still_learning else []),
        ),
    )


WIDTHS = (2, 4, 8, 16, 32)


def judge_widths(snapshot: LabSnapshot) -> ExperimentResult:
    """Return how the median step falls with the width; always soft."""
    summaries = [snapshot.summary(recipe) for recipe in range(len(WIDTHS))]
    medians = [math.nan if s is None or s.quartiles is None else s.quartiles[1] for s in summaries]
    slope = r = math.nan
    if not any(map(math.isnan, medians)):
        doublings = np.log2(WIDTHS)
        slope = float(np.polyfit(doublings, medians, 1)[0])
        r = float(np.corrcoef(doublings, medians)[0, 1]) if len(set(medians)) > 1 else math.nan
    return ExperimentResult(
        now="no slope" if math.isnan(r) else f"r = {numerals.fixed(r, 2)}",
        mark=Match.SOFT,
        verdict="Shape compared only: no match claimed",
        compared=(
            *(
                Compared(f"median step at width {width}", median, digits=4)
                for width, median in zip(WIDTHS, medians, strict=True)
            ),
            Compared("steps for each doubling of the width", slope, digits=4),
            Compared("correlation r of step and log₂ of the width", r),
        ),
    )


_GUESSES = 1500


def judge_guessing(snapshot: LabSnapshot) -> ExperimentResult:
    """Return how many random networks it takes on average until one is correct; always soft."""
    share = Proportion(int(snapshot.right.sum()), len(snapshot.plan))
    low, high = share.interval
    mean, least, most = (round(1 / p) if p else math.nan for p in (share.value, high, low))
    first = snapshot.plan.seeds[int(snapshot.right.argmax())] if share.count else math.nan
    return ExperimentResult(
        now=f"{numerals.whole(mean)} guesses" if share.count else "none correct",
        mark=Match.SOFT,
        verdict="Numbers compared only: no match claimed",
        compared=(
            Compared("mean number of guesses", mean, _GUESSES),
            Compared("its 95 % interval, from", least),
            Compared("its 95 % interval, to", most),
            Compared("guesses", share.of),
            Compared("correct guesses", share.count),
            Compared("share of correct guesses, %", 100 * share.value),
            Compared("its 95 % interval, from, %", 100 * low),
            Compared("its 95 % interval, to, %", 100 * high),
            Compared("seed of the first correct guess", first),
        ),
    )
