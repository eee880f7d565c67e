"""What helps a network: every change is tried, and told with what became of it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.words import listed
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, WorkShare, shares_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.success import Proportion
from xorviz.lab.training.cohort import Start
from xorviz.lab.trials.changes import LONGER, LONGER_RUN, Change, changes_to
from xorviz.lab.workers.lab import Piece, Task, work

FEWEST_SEEDS, MOST_SEEDS = 50, 200
"""Networks of a change in which chance plays a part."""
_SEED = 500
"""The first of them: those below are the ones that people try, and that tables tell of."""
FEWEST_STEPS = 20_000
"""Of each change, as far as the time allows."""
_SECONDS, _CORES = 3.0, 2
"""Estimated time of all networks by NumPy: two thirds of it with Numba."""
_LEAST_STEPS, _MOST_STEPS = 5_000, 400_000
_MOST_TOLD = 3
"""Changes that help this very network and are told in a sentence."""
_RULES = StopRules(at_step=None, when_learned=True)


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a change. A value."""

    change: Change
    right: Proportion
    """Networks with all four rows correct at their end: once learned, or after all steps."""
    median_steps: float | None
    """Steps, from where they began, after which half of those were first correct."""
    steps: int
    """The most steps that each network took."""
    state: str
    """The most frequent state at the end."""

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval; where chance plays no part, what was found."""
        return self.right.value if self.change.is_certain else self.right.interval[0]

    @property
    def high(self) -> float:
        """Upper end of the same."""
        return self.right.value if self.change.is_certain else self.right.interval[1]

    @property
    def helped(self) -> bool:
        """Whether any network became correct."""
        return self.right.count > 0

    @property
    def text(self) -> str:
        """What became of it in a few words: 49 of 50; correct after 70 more steps.

        Or, where chance plays no part: two rows learned after 80 000 more steps.
        """
        if not self.change.is_certain:
            return f"{self.right.count} of {self.right.of}"
        if not self.helped:
            return f"{self.state} after {numerals.counted(self.steps, 'more step')}"
        return f"correct after {numerals.counted(round(self.median_steps or 0), 'more step')}"

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        return {
            "change": self.change.name,
            "settings": dict(self.change.settings),
            "right": self.right.count,
            "of": self.right.of,
            "low": self.low,
            "high": self.high,
            "median_steps": self.median_steps,
            "steps": self.steps,
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class Round:
    """Changes that are tried together: a recipe of the plan for each. A value."""

    changes: tuple[Change, ...]
    plan: LabPlan

    def tried(self, snapshot: LabSnapshot) -> tuple[Tried, ...]:
        """Return what became of those changes whose networks are all done."""
        found = (snapshot.summary(recipe) for recipe in range(len(self.changes)))
        return tuple(
            Tried(
                change,
                summary.right,
                summary.median_steps,
                self.plan.steps,
                next(iter(summary.states)),
            )
            for change, summary in zip(self.changes, found, strict=True)
            if summary is not None and summary.networks == len(self.plan.seeds)
        )


def rounds_for(
    subject: Snapshot | RunConfig, steps: int | None = None, unknown: frozenset[str] = frozenset()
) -> tuple[Round, ...]:
    """Return what to try, the cheapest first.

    A snapshot goes on from its state, for four times the ``steps`` that it was trained for, by
    default its own, and at least for FEWEST_STEPS; what begins anew is trained as long. A recipe
    alone begins anew for ``steps``, by default FEWEST_STEPS, and for five times as many. A rate
    that is ``unknown`` is tried widely.
    """
    if isinstance(subject, RunConfig):
        config, here, least = subject, None, steps or FEWEST_STEPS
        steps, longer = least, LONGER * least
    else:
        config, here, least = subject.config, _start(subject), _LEAST_STEPS
        taken = subject.step if steps is None else steps
        steps = longer = min(max((LONGER - 1) * taken, FEWEST_STEPS), _MOST_STEPS)
    groups: dict[tuple[bool, int], list[Change]] = {}
    for change in changes_to(config, here, longer, unknown):
        most = longer if change.name == LONGER_RUN else steps
        groups.setdefault((not change.is_certain, most), []).append(change)
    return tuple(
        _round(changes, config.seed, most, least if by_chance else None)
        for (by_chance, most), changes in sorted(groups.items())
    )


def _start(subject: Snapshot) -> Start:
    velocity = subject.velocity or subject.weights.each(np.zeros_like)
    return Start(flat(subject.weights), flat(velocity))


def _round(changes: Sequence[Change], seed: int, steps: int, least: int | None) -> Round:
    """Return a round with one network of each change, or, by chance, as many as the time allows.

    These take ``least`` steps or more.
    """
    recipes = tuple(change.config for change in changes)
    starts = tuple(change.start for change in changes)
    plan = LabPlan(recipes, (seed,), steps, _RULES, starts)
    if least is not None:
        others = [other for other in range(_SEED, _SEED + MOST_SEEDS + 1) if other != seed]
        few = replace(plan, seeds=others[:FEWEST_SEEDS])
        times = _SECONDS / few.seconds(_CORES)
        count = FEWEST_SEEDS * max(1, min(int(times), MOST_SEEDS // FEWEST_SEEDS))
        fewer = max(round(float(f"{steps * times:.1g}")), least)
        plan = replace(plan, seeds=others[:count], steps=min(steps, fewer))
    return Round(tuple(changes), plan)


def tried(
    rounds: Iterable[Round],
    train: Callable[[LabPlan, Iterable[WorkShare]], Iterator[Piece]],
    jobs: int,
) -> Iterator[tuple[Tried, ...]]:
    """Yield all that is known after each piece of work of ``jobs`` workers, best first."""
    before: tuple[Tried, ...] = ()
    for one in rounds:
        results, here = LabResults(one.plan), before
        for piece in train(one.plan, shares_of(one.plan, jobs)):
            results.add(piece.places, piece.cohort, piece.findings)
            here = ranked((*before, *one.tried(results.snapshot())))
            yield here
        before = here


def what_helps(subject: Snapshot | RunConfig) -> tuple[Tried, ...]:
    """Try what may help this network, or this recipe; return what became of it, best first.

    Takes some seconds, in this thread, by NumPy.
    """
    *_, last = [(), *tried(rounds_for(subject), _in_this_thread, jobs=1)]
    return last


def outlook(found: Iterable[Tried]) -> str:
    """Return what becomes of this very network, in a sentence; empty if it was not tried."""
    here = [one for one in found if one.change.is_certain]
    parts = [f"{_small(one)} is {one.text}" for one in here if one.helped][:_MOST_TOLD]
    ends: dict[tuple[str, int], list[str]] = {}
    for one in here:
        if not one.helped:
            ends.setdefault((one.state, one.steps), []).append(_small(one))
    for (state, steps), names in ends.items():
        end = f"in “{state}” after {numerals.counted(steps, 'more step')}"
        parts.append(f"{listed(names)} {'ends' if len(names) == 1 else 'end'} {end}")
    return f"From these weights, {'; '.join(parts)}." if parts else ""


def _small(one: Tried) -> str:
    """Return a change's title for the middle of a sentence."""
    return one.change.title[0].lower() + one.change.title[1:]


def _in_this_thread(plan: LabPlan, shares: Iterable[WorkShare]) -> Iterator[Piece]:
    for share in shares:
        yield work(Task(share.places, share, plan.steps, plan.rules, math.inf))


def ranked(found: Iterable[Tried]) -> tuple[Tried, ...]:
    """Return what was tried, best first: by the lower end of the interval, then by the steps."""

    def badness(one: Tried) -> tuple[float, float, float]:
        return -one.low, -one.high * one.helped, one.median_steps or math.inf

    return tuple(sorted(found, key=badness))
