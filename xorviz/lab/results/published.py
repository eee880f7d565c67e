"""Published experiments: their plans and published results."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.planes import parameter_names
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.lab.plan import LabPlan
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


Measured = tuple[str, tuple[Compared, ...]]
"""The result in a few words, and all numbers."""

_START_LOSS = 0.02841901371687946
_START_OUTPUTS = (0.92166771, 0.11738477, 0.92157444, 0.04851096)
"""In the order of ROWS."""
_START_TOLERANCE = 1e-9
"""Relative: the last digits depend on the processor and the NumPy build."""
_PRINTED = 1e-8
"""Absolute tolerance of the outputs, which were printed with eight decimals."""


def _start(snapshot: LabSnapshot) -> Measured:
    """Measure the loss and outputs of the 28 lines."""
    loss, outputs = float(snapshot.loss[0]), snapshot.outputs[0].tolist()
    near = loss * (1 - _START_TOLERANCE), loss * (1 + _START_TOLERANCE)
    return f"loss {numerals.real(loss)}", (
        Compared("loss", loss, _START_LOSS, 10, near),
        *(
            Compared(f"output at {a} {b}", now, then, 7, (now - _PRINTED, now + _PRINTED))
            for (a, b), now, then in zip(ROWS, outputs, _START_OUTPUTS, strict=True)
        ),
    )


_HINTON = {
    0.5: (25, 964, 730, 474, 2489, 1393, 531),
    0.3: (None, None, 1648, None, None, None, None),
}
"""The published numbers by the range of the initial weights; None where there is none."""


def _hinton(snapshot: LabSnapshot) -> Measured:
    """Measure the count and the steps of networks that converge."""
    published = _HINTON[snapshot.plan.recipes[0].init_range]
    firsts = np.where(snapshot.first_right > 0, snapshot.first_right, np.nan)
    steps = firsts[np.isfinite(firsts)]
    some = steps if len(steps) else np.array([np.nan])
    mean, median, low, high = (float(f(some)) for f in (np.mean, np.median, np.min, np.max))
    by_seed = dict(zip(snapshot.plan.seeds, firsts.tolist(), strict=True))
    found = {
        f"networks of {len(firsts)} that converge": len(steps),
        "mean step": mean if math.isnan(mean) else round(mean),
        "median step": median,
        "smallest step": low,
        "largest step": high,
        "step of seed 0": by_seed[0],
        "step of seed 3": by_seed[3],
    }
    in_steps = "no steps" if math.isnan(median) else f"{numerals.whole(median)} steps"
    return in_steps if published[0] is None else f"{len(steps)} of {len(firsts)}", tuple(
        Compared(name, float(now), then)
        for (name, now), then in zip(found.items(), published, strict=True)
    )


_FROM_GIVEN = RunConfig(width=2, biases=True, rate=0.1, loss="half-sse", batch="pass", init="equal",
                        init_range=0.6)  # fmt: skip
_GIVEN = np.array([0.6, 0.6, 0.6, 0.6, -0.6, -0.6, 0.6, 0.6, -0.6])
_AFTER_A_PASS = (*[0.599987] * 2, *[0.599985] * 2, *[-0.599691] * 2, *[0.599712] * 2, -0.599864)
_SIX_DECIMALS = 5e-7


def _first_pass(snapshot: LabSnapshot) -> Measured:
    """Measure all weights after one pass."""
    weights = zip(parameter_names(_FROM_GIVEN), snapshot.shown[0].tolist(), strict=True)
    return "all nine weights", tuple(
        Compared(name, now, then, 6, (now - _SIX_DECIMALS, now + _SIX_DECIMALS))
        for (name, now), then in zip(weights, _AFTER_A_PASS, strict=True)
    )


def _shares(
    snapshot: LabSnapshot,
    published: Mapping[str, float | None],
    most_loss: float = math.inf,
    of: int | None = None,
) -> Measured:
    """Measure the shares of networks that are correct, and have a loss below a bound.

    The published ones, in percent and by recipe, are to be in their intervals; where few networks
    were published, in those that such shares have of so many.
    """
    succeeded = (snapshot.right & ~(snapshot.loss >= most_loss)).reshape(len(published), -1)
    shares = [Proportion(int(here.sum()), len(here)) for here in succeeded]
    samples = [one if of is None else Proportion(round(of * one.value), of) for one in shares]
    compared = [
        Compared(
            f"{name}, % (95 % interval of {sample.of} networks {interval_text(sample)})",
            100 * share.value,
            then,
            bounds=(100 * sample.interval[0], 100 * sample.interval[1]),
        )
        for (name, then), share, sample in zip(published.items(), shares, samples, strict=True)
    ]
    if late := int(snapshot.still_learning.sum()):
        compared.append(Compared("networks still learning when stopped", late))
    return f"{', '.join(percent(share, int(len(shares) <= 2)) for share in shares)} %", tuple(
        compared
    )


WIDTHS = (2, 4, 8, 16, 32)


def _widths(snapshot: LabSnapshot) -> Measured:
    """Measure how the median step falls with the width."""
    summaries = [snapshot.summary(recipe) for recipe in range(len(WIDTHS))]
    medians = [math.nan if s is None or s.quartiles is None else s.quartiles[1] for s in summaries]
    slope = r = math.nan
    if not any(map(math.isnan, medians)):
        doublings = np.log2(WIDTHS)
        slope = float(np.polyfit(doublings, medians, 1)[0])
        r = float(np.corrcoef(doublings, medians)[0, 1]) if len(set(medians)) > 1 else math.nan
    return "no slope" if math.isnan(r) else f"r = {numerals.fixed(r, 2)}", (
        *(
            Compared(f"median step at width {width}", median, digits=4)
            for width, median in zip(WIDTHS, medians, strict=True)
        ),
        Compared("steps for each doubling of the width", slope, digits=4),
        Compared("correlation r of step and log₂ of the width", r),
    )


def _guessing(snapshot: LabSnapshot) -> Measured:
    """Measure how many random networks it takes on average until one is correct."""
    share = Proportion(int(snapshot.right.sum()), len(snapshot.plan))
    low, high = share.interval
    mean, least, most = (round(1 / p) if p else math.nan for p in (share.value, high, low))
    first = snapshot.plan.seeds[int(snapshot.right.argmax())] if share.count else math.nan
    return f"{numerals.whole(mean)} guesses" if share.count else "none correct", (
        Compared("mean number of guesses", mean, 1500),
        Compared("its 95 % interval, from", least),
        Compared("its 95 % interval, to", most),
        Compared("guesses", share.of),
        Compared("correct guesses", share.count),
        Compared("share of correct guesses, %", 100 * share.value),
        Compared("its 95 % interval, from, %", 100 * low),
        Compared("its 95 % interval, to, %", 100 * high),
        Compared("seed of the first correct guess", first),
    )


_LOOKS = (20_000, 200_000, 1_000_000)
"""Steps after which the networks with small initial weights are counted."""


def _small_starts(snapshot: LabSnapshot) -> Measured:
    """Count the networks that have learned after more and more steps."""
    firsts = snapshot.first_learned
    found = {steps: int(((firsts > 0) & (firsts <= steps)).sum()) for steps in _LOOKS}
    return f"{', '.join(map(str, found.values()))} of {len(firsts)}", tuple(
        Compared(f"networks of {len(firsts)} learned by step {numerals.whole(steps)}", count)
        for steps, count in found.items()
    )


RANGES = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)


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
    measure: Callable[[LabSnapshot], Measured]
    """Compares a complete snapshot of the plan."""
    match: str = ""
    """What is said of a match; nothing where the published result is too vague for one."""

    @property
    def about(self) -> str:
        """What the published result means, and its source, in paragraphs."""
        year = "" if self.year is None else f", {self.year}"
        return f"{self.notes}\n\nSource: {self.source}{year}."

    def read(self, snapshot: LabSnapshot) -> ExperimentResult:
        """Return the result of a complete snapshot of the plan."""
        now, compared = self.measure(snapshot)
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


def _hinton_problems(init_range: float) -> dict[str, Any]:
    """Return what that program trains with an initial range, for Published."""
    config = RunConfig(width=2, biases=True, loss="half-mse", rate=0.5, momentum=0.9)
    config = replace(config, init="default-rng", init_range=init_range)
    plan = LabPlan((config,), range(30), 5_000)
    return {"year": None, "plan": plan, "measure": _hinton}


_CONVERGED = (
    "A network has converged at the first step, counted from 1, after which every error is below "
    "0.5. "
)
_KOLEN = RunConfig(width=2, biases=True, loss="half-sse", rate=0.5)
_CHOSEN = " Loss, rate, seeds and steps are chosen by xorviz."

_THREE_UNITS = RunConfig(width=3, biases=True, rate=1, momentum=0.7)
_ADAM = RunConfig(biases=True, rate=0.1, loss="mean-cross-entropy", init="fan-in", optimizer="adam")
_OF_TWENTY = dict(zip(product((2, 4), ACTIVATION_NAMES), (9, 7, 5, 18, 19, 11), strict=True))
"""Published counts by width and activation."""

EXPERIMENTS = (
    Published(
        name="start",
        title="28 lines (Bolte 2016)",
        source="Ben Bolte, A Neural Network in 28 Lines of Theano",
        year=2016,
        published="loss 0.02842",
        notes=(
            "Two other implementations computed the loss after the last step. It must agree to a "
            "relative 10⁻⁹, and the outputs to 8 decimals. RandomState(1234) draws W1 and then W2."
        ),
        plan=LabPlan((RunConfig(),), range(1234, 1235), 60_000),
        measure=_start,
        match="Matches to nine digits",
    ),
    Published(
        **_hinton_problems(0.5),
        name="hinton_problems",
        title="hinton-problems 2-2-1",
        source="cybertronai/hinton-problems, xor",
        published="25 of 30",
        match="All seven numbers match",
        notes=_CONVERGED
        + (
            "The number of networks that converge, four statistics of their steps and the steps "
            "of two seeds must be equal. A later version of that program restarts networks that "
            "stay on a plateau and gets 30 of 30; xorviz restarts none."
        ),
    ),
    Published(
        **_hinton_problems(0.3),
        name="hinton_problems_small",
        title="hinton-problems, range 0.3",
        source="cybertronai/hinton-problems, xor/README.md, Deviations from the original procedure",
        published=f"{numerals.whole(1648)} steps",
        match="The published median matches",
        notes=_CONVERGED
        + (
            "The median step of the networks that converge. The source gives it for its option "
            "--init-scale 0.6 and publishes no other number for it, so only the median is "
            "compared; the other numbers are those of xorviz. That version of the program "
            "restarts networks that stay on a plateau; xorviz restarts none."
        ),
    ),
    Published(
        name="cross_validated",
        title="Cross Validated 129472",
        source="Cross Validated, question 129472",
        year=None,
        published="99 %",
        notes=(
            "The share of networks that are correct at the end. The source states neither the loss "
            "nor the number of steps: these and the seeds are xorviz's. It is a match if the "
            "published share lies in the 95 % confidence interval (Wilson) of xorviz's share. The "
            "published counts of iterations are ambiguous and not compared."
        ),
        plan=LabPlan((_THREE_UNITS,), range(500), 1_000),
        measure=partial(_shares, published={"correct": 99}),
        match="Matches within the interval",
    ),
    Published(
        name="row_by_row",
        title="Cross Validated, row by row",
        source="Cross Validated, question 129472",
        year=None,
        published="96 %",
        notes=(
            "The share of networks with a root mean square error below 0.05 where each row makes "
            "an update, in a fixed order and in shuffled ones. The order, the loss, the number of "
            "passes and the seeds are xorviz's. It is a match if the published share lies in both "
            "95 % intervals (Wilson)."
        ),
        plan=LabPlan(
            tuple(replace(_THREE_UNITS, batch=batch) for batch in ("pass", "shuffled")),
            range(200),
            1_000,
        ),
        measure=partial(
            _shares, published={"fixed order": 96, "shuffled": 96}, most_loss=4 * 0.05**2
        ),
        match="Both match within the interval",
    ),
    Published(
        name="adam",
        title="Lab 5 of a course (Adam)",
        source="A course's Lab 5, in PyTorch",
        year=None,
        published=", ".join(map(str, _OF_TWENTY.values())) + " of 20",
        notes=(
            "How many of 20 networks have all four rows correct after 3 000 full-batch steps of "
            "Adam at rate 0.1, by width and activation; initial weights by fan-in, as PyTorch "
            "draws them. It is a match if each published share lies in the 95 % interval (Wilson) "
            "that xorviz's share has with 20 networks."
        ),
        plan=LabPlan(
            tuple(replace(_ADAM, width=width, activation=name) for width, name in _OF_TWENTY),
            range(500),
            3_000,
        ),
        measure=partial(
            _shares,
            published={f"width {w}, {name}": 5 * n for (w, name), n in _OF_TWENTY.items()},
            of=20,
        ),
        match="All six match within the intervals",
    ),
    Published(
        name="first_pass",
        title="Stack Overflow 2359571",
        source="Stack Overflow, question 2359571",
        year=None,
        published="all nine weights",
        notes=(
            "The weights after one pass over the rows 00, 01, 10, 11, each of which makes an "
            "update. All weights begin at 0.6, and a bias is the weight of an input of −1: here it "
            "begins at −0.6. All six digits must agree."
        ),
        plan=LabPlan((_FROM_GIVEN,), range(1), 1, starts=(Start(_GIVEN),)),
        measure=_first_pass,
        match="Matches to all six digits",
    ),
    Published(
        name="steps_by_width",
        title="Steps by width (PDP 1986)",
        source="Parallel Distributed Processing, volume 1, chapter 8 (second-hand)",
        year=1986,
        published="linear in log₂",
        notes=(
            "The number of steps falls about linearly in log₂ of the width: 280 − 33 log₂ H "
            "presentations for H units at rate 0.25 on ½Σ(t−y)², which is the same. Only this "
            "shape is compared, since the initial weights and the success criterion differ. The "
            "often quoted 558 sweeps at rate 0.5 are not compared: that network has one hidden "
            "unit and direct connections from input to output, which xorviz does not have. Nor is "
            "the count of two local minima in hundreds of runs."
        ),
        plan=LabPlan(
            tuple(RunConfig(width=w, biases=True, loss="mse", rate=0.5) for w in WIDTHS),
            range(100),
            10_000,
        ),
        measure=_widths,
    ),
    Published(
        name="guessing",
        title="Guessing (Schmidhuber 1993)",
        source="Jürgen Schmidhuber, “XOR and BP”, Connectionists mailing list, 19 March",
        year=1993,
        published=f"{numerals.whole(1500)} guesses",
        notes=(
            "The mean number of guesses until one has every error below 0.5; RandomState(seed) "
            "draws W1, W2, b1 and b2. In xorviz it is 1 divided by the share of correct guesses, "
            "and its interval follows from that of the share (95 %, Wilson). No match is claimed: "
            "the source says neither how many searches it averages nor when a guess is correct. A "
            "stricter rule than the one used here takes more guesses. Not compared: “less than "
            "100 trials on numerous standard feedforward architectures” (Schmidhuber, Hochreiter "
            "and Bengio 2001), which names none of them."
        ),
        plan=LabPlan((RunConfig(width=2, biases=True, init_range=10),), range(100_000), 0),
        measure=_guessing,
    ),
    Published(
        name="small_starts",
        title="Small starts (Kolen 1993)",
        source="John Kolen, “XOR and BP”, Connectionists mailing list, 18 March",
        year=1993,
        published="slow, not stuck",
        notes=(
            "Networks with small initial weights stay long in a flat region, “not because of a "
            "local minima”. The claim is qualitative, and the letter's network is 2-2-2-1; the "
            "counts are those of xorviz. A network has learned at the first step after which every "
            f"error is below 0.1.{_CHOSEN}"
        ),
        plan=LabPlan((replace(_KOLEN, init_range=0.1),), range(100), _LOOKS[-1]),
        measure=_small_starts,
    ),
    Published(
        name="sizes_of_starts",
        title="Size of the start (Kolen 1990)",
        source="Kolen and Pollack, Back Propagation is Sensitive to Initial Conditions",
        year=1990,
        published="size decides",
        notes=(
            "The size of the initial weights decides whether a network converges in the steps it "
            "is given. The claim is qualitative, the shares of correct networks are those of "
            "xorviz: too small starts are slow, too large ones get stuck. The paper's map over two "
            "initial weights can be drawn, too: choose two of them in the panel Success map."
            f"{_CHOSEN}"
        ),
        plan=LabPlan(
            tuple(replace(_KOLEN, init_range=size) for size in RANGES), range(300), 20_000
        ),
        measure=partial(
            _shares, published={f"correct with weights within ±{r:g}": None for r in RANGES}
        ),
    ),
)  # fmt: skip
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
