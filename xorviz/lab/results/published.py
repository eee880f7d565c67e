"""Published experiments, which resources/published.json lists, compared with what xorviz finds."""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.resources import files
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, interval_text, percent
from xorviz.lab.training.cohort import Start


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
    bounds: tuple[float, float] | None = None
    """Between which a published number must be, if it need not be the same."""

    @property
    def agrees(self) -> bool:
        """Whether the published number, if any, is matched."""
        low, high = self.bounds or (self.now, self.now)
        return self.published is None or low <= self.published <= high

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


Rows = tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A published experiment. A value."""

    name: str
    """An identifier."""
    title: str
    source: str
    year: int | None
    """None if not known for sure."""
    published: str
    """The published result in a few words."""
    notes: str
    """What these words mean, what xorviz has chosen itself, and what is not claimed."""
    plan: LabPlan
    measure: str
    """The name of one of MEASURES."""
    numbers: Mapping[str, float | None] = field(default_factory=dict, hash=False)
    """What was published; None where xorviz's number stands alone."""
    match: str = ""
    """What is said of a match; nothing where the published result is too vague for one."""
    most_loss: float = math.inf
    """From which on a network does not count."""
    of: int | None = None
    """How many networks published shares are of, where they are few."""

    @property
    def about(self) -> str:
        """What the published result means, and its source, in paragraphs."""
        year = "" if self.year is None else f", {self.year}"
        return f"{self.notes}\n\nSource: {self.source}{year}."

    def read(self, snapshot: LabSnapshot) -> ExperimentResult:
        """Return the result of a complete snapshot of the plan."""
        now, compared = MEASURES[self.measure](self, snapshot)
        if not self.match:
            return ExperimentResult(now, Match.SOFT, "Compared only: no match claimed", compared)
        if all(one.agrees for one in compared):
            return ExperimentResult(now, Match.MATCH, self.match, compared)
        return ExperimentResult(now, Match.MISS, "No match: the numbers differ", compared)

    def beside(self, result: ExperimentResult | None) -> str:
        """Return the published result beside the one of xorviz, if there is one, as text."""
        if result is None:
            return f"Published: {self.published}."
        return f"Published: {self.published}, here: {result.now}. {result.verdict}."

    def near(self, now: Iterable[float], digits: Sequence[int], off: Sequence[float]) -> Rows:
        """Return all numbers; they may be off by so much, since they were rounded."""
        return tuple(
            Compared(name, float(one), known, shown, (one - near, one + near))
            for (name, known), one, shown, near in zip(
                self.numbers.items(), now, digits, off, strict=True
            )
        )


def _start(one: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Measure loss and outputs, which were printed with eight decimals."""
    off = 1e-9 * (one.numbers["loss"] or 0), *[1e-8] * 4
    now = (*found.loss[:1].tolist(), *found.outputs[0].tolist())
    return f"loss {numerals.real(now[0])}", one.near(now, (10, 7, 7, 7, 7), off)


def _weights(one: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Measure all weights, which were printed with six decimals."""
    now = found.shown[0].tolist()
    return "all nine weights", one.near(now, [6] * len(now), [5e-7] * len(now))


def _converged(one: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Measure the count and the steps of networks that converge."""
    firsts = np.where(found.first_right > 0, found.first_right, np.nan)
    steps = firsts[np.isfinite(firsts)]
    count, some = len(steps), steps if len(steps) else np.array([np.nan])
    median, how_many = np.median(some), f"networks of {len(firsts)} that converge"
    measured = {
        how_many: count,
        "mean step": np.rint(some.mean()),
        "median step": median,
        "smallest step": some.min(),
        "largest step": some.max(),
        "step of seed 0": firsts[found.plan.seeds.index(0)],
        "step of seed 3": firsts[found.plan.seeds.index(3)],
    }
    in_steps = f"{numerals.whole(median)} steps" if count else "no steps"
    return f"{count} of {len(firsts)}" if how_many in one.numbers else in_steps, tuple(
        Compared(name, float(now), one.numbers.get(name)) for name, now in measured.items()
    )


def _shares(one: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Measure the shares of networks that are correct, and have a loss below a bound.

    The published ones, in percent and by recipe, are to be in their intervals; where few networks
    were published, in those that such shares have of so many.
    """
    succeeded = (found.right & ~(found.loss >= one.most_loss)).reshape(len(one.numbers), -1)
    shares = [Proportion(int(here.sum()), len(here)) for here in succeeded]
    samples = [Proportion(round(one.of * s.value), one.of) if one.of else s for s in shares]
    compared = [
        Compared(
            f"{name}, % (95 % interval of {sample.of} networks {interval_text(sample)})",
            100 * share.value,
            then,
            bounds=(100 * sample.interval[0], 100 * sample.interval[1]),
        )
        for (name, then), share, sample in zip(one.numbers.items(), shares, samples, strict=True)
    ]
    if late := int(found.still_learning.sum()):
        compared.append(Compared("networks still learning when stopped", late))
    texts = (percent(share, int(len(shares) <= 2)) for share in shares)
    return f"{', '.join(texts)} %", tuple(compared)


def _widths(_: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Measure how the median step falls with the width."""
    widths = [recipe.width for recipe in found.plan.recipes]
    summaries = (found.summary(recipe) for recipe in range(len(widths)))
    medians = [float((one and one.median_steps) or math.nan) for one in summaries]
    doublings, slope, r = np.log2(widths), math.nan, math.nan
    if not any(map(math.isnan, medians)):
        slope = float(np.polyfit(doublings, medians, 1)[0])
        r = float(np.corrcoef(doublings, medians)[0, 1]) if len(set(medians)) > 1 else math.nan
    return "no slope" if math.isnan(r) else f"r = {numerals.fixed(r, 2)}", (
        *(
            Compared(f"median step at width {width}", median, digits=4)
            for width, median in zip(widths, medians, strict=True)
        ),
        Compared("steps for each doubling of the width", slope, digits=4),
        Compared("correlation r of step and log₂ of the width", r),
    )


def _guesses(one: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Measure how many random networks it takes on average until one is correct."""
    share = Proportion(int(found.right.sum()), len(found.plan))
    low, high = share.interval
    mean, least, most = (round(1 / p) if p else math.nan for p in (share.value, high, low))
    measured = {
        "mean number of guesses": mean,
        "its 95 % interval, from": least,
        "its 95 % interval, to": most,
        "guesses": share.of,
        "correct guesses": share.count,
        "share of correct guesses, %": 100 * share.value,
        "its 95 % interval, from, %": 100 * low,
        "its 95 % interval, to, %": 100 * high,
        "seed of the first correct guess": (
            found.plan.seeds[int(found.right.argmax())] if share.count else math.nan
        ),
    }
    return f"{numerals.whole(mean)} guesses" if share.count else "none correct", tuple(
        Compared(name, now, one.numbers.get(name)) for name, now in measured.items()
    )


_LOOKS = (20_000, 200_000, 1_000_000)
"""Steps after which the networks that have learned are counted."""


def _learned(_: Published, found: LabSnapshot) -> tuple[str, Rows]:
    """Count the networks that have learned after more and more steps."""
    firsts = found.first_learned
    counts = {steps: int(((firsts > 0) & (firsts <= steps)).sum()) for steps in _LOOKS}
    return f"{', '.join(map(str, counts.values()))} of {len(firsts)}", tuple(
        Compared(f"networks of {len(firsts)} learned by step {numerals.whole(steps)}", count)
        for steps, count in counts.items()
    )


MEASURES: Mapping[str, Callable[[Published, LabSnapshot], tuple[str, Rows]]] = {
    "start": _start,
    "weights": _weights,
    "converged": _converged,
    "shares": _shares,
    "widths": _widths,
    "guesses": _guesses,
    "learned": _learned,
}
"""What is found by an experiment: a result in a few words, and all numbers."""


def _experiment(row: dict[str, Any]) -> Published:
    """Return an experiment of the list; a recipe for each combination of its ``lists``."""
    recipes = recipes_of(row.pop("lists", {}), RunConfig.from_dict(row.pop("config")))
    begins = row.pop("begins", None)
    starts = () if begins is None else (Start(np.array(begins)),)
    first, count = row.pop("seeds")
    plan = LabPlan(recipes, range(first, first + count), row.pop("steps"), starts=starts)
    return Published(plan=plan, **row)


_LIST = files("xorviz.resources").joinpath("published.json").read_text(encoding="utf-8")
EXPERIMENTS = tuple(map(_experiment, json.loads(_LIST)))
"""In the order of the menu."""


def published_of(plan: LabPlan) -> Published | None:
    """Return the published experiment that a plan repeats, if any; its starts are not compared."""

    def unseeded(one: LabPlan) -> LabPlan:
        recipes = tuple(replace(recipe, seed=0) for recipe in one.recipes)
        return replace(one, recipes=recipes, starts=())

    alike = (one for one in EXPERIMENTS if len(one.plan) == len(plan))
    return next((one for one in alike if unseeded(one.plan) == unseeded(plan)), None)


def published_text(snapshot: LabSnapshot) -> str:
    """Return the published result of a plan, beside the one here once all is done; or nothing."""
    one = published_of(snapshot.plan)
    return one.beside(one.read(snapshot) if snapshot.done.all() else None) if one else ""
