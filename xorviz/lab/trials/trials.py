"""Changes that may help a network that does not learn, and trials of them.

Changes that a run can make at its present step begin from its present state; the others start from
the initial weights of many seeds.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core import numerals
from xorviz.core.analysis.curvature import curvature_of, followed
from xorviz.core.diagnosis.reach import most_right
from xorviz.core.network import LOSSES, flat, weights_of
from xorviz.core.numerals import listed
from xorviz.core.rules import SettingError
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import ACTIVATION_WORDS, SETTINGS, RunConfig, start_text
from xorviz.core.steps import joined
from xorviz.core.truth_table import ROWS
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.success import Proportion
from xorviz.lab.training.cohort import Start
from xorviz.lab.workers.workers import Piece, Task, work

KICKS = (0.01, 0.1, 1.0)
"""Distances that a kick moves the weights, all of them together."""
LONGER_RUN = "run longer"
LONGER = 5
"""How many times as long as it was trained a run is tried."""
_RATE, _RANGE = 5, 4
"""Factors of rates and of initial ranges."""
_MOMENTUM, _WIDTH = 0.9, 4
_FIXED = {"zero", "equal"}
"""Initial weights that no seed changes."""
_EVEN = {"uniform", "default-rng", "fan-in"}
"""Initial weights drawn evenly from the whole range."""
_UNKNOWN_RATES = (0.01, 0.1, 0.5, 1.0, 10.0)
"""Tried where the rate is not known."""
_KINDS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("cross-entropy", "Use cross-entropy", {"loss": "cross-entropy"}),
    *(
        (f"{name} units", f"Use {word if name == 'relu' else name} units", {"activation": name})
        for name, word in ACTIVATION_WORDS.items()
    ),
    ("tanh output", "Use a tanh output", {"output": "tanh"}),
    ("all rows at once", "Update by all rows at once", {"batch": "full"}),
    ("row by row", "Update row by row", {"batch": "pass"}),
    ("shuffled", "Update row by row, shuffled", {"batch": "shuffled"}),
    ("adam", "Use Adam at rate 0.1", {"optimizer": "adam", "rate": 0.1}),
    ("gradient descent", "Use gradient descent", {"optimizer": "gradient-descent"}),
)
"""Other kinds of units and of training, by what they are called: the first setting decides."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change to a network. A value."""

    name: str
    """For JSON: one more unit."""
    title: str
    """For the screen, as what to do: Use width 3."""
    settings: Mapping[str, Any]
    """What changes, by name: {"width": 3}. Beside settings of a run: steps, kick, follow, seed."""
    config: RunConfig
    """The settings with which it continues."""
    start: Start | None = None
    """The state from which it continues; None if it starts from scratch, from initial weights."""

    @property
    def is_certain(self) -> bool:
        """Whether chance plays no part, so that one network decides."""
        if self.start is None:
            return self.config.init in _FIXED
        return not self.start.kick


def changes_to(
    config: RunConfig, here: Start | None, longer: int, knows_rate: bool = True
) -> tuple[Change, ...]:
    """Return the changes that can be tried, without those that cannot get all rows correct.

    ``here`` is the present state, or None for a recipe alone, whose changes all start from scratch.
    ``longer`` is the number of steps of a longer run. A rate that is not known is tried widely.
    """
    verb, known = "Use" if here is None else "Continue with", list[Change]()
    if knows_rate:
        known.append(Change(LONGER_RUN, "Train longer", {"steps": longer}, config, here))
    for name, what, settings in _live(config, knows_rate):
        known += _changed(name, f"{verb} {what}", config, here, **settings)
    if here is not None:
        known += _moved(config, here)
        for name, what, settings in _live(config):
            known += _changed(f"{name}, anew", f"Restart with {what}", config, **settings)
    if config.init not in _FIXED:
        known.append(Change("another seed", "Draw new weights", {"seed": "another"}, config))
    for name, title, settings in (*_shapes(config), *_other_weights(config), *_KINDS):
        kind, value = next(iter(settings.items()))
        is_entropy = kind == "loss" and not LOSSES[config.loss].is_square
        if getattr(config, kind) != value and not is_entropy:
            known += _changed(name, title, config, **settings)
    possible = [
        one
        for one in known
        if most_right(one.config) == len(ROWS)
        and all(row.matters(one.config) for name, row in SETTINGS.items() if name in one.settings)
    ]
    return tuple(possible) or tuple(_least(config))


_Named = tuple[str, str, Mapping[str, Any]]
"""A change of settings: its name, its title or what it is called there, and the settings."""


def _live(config: RunConfig, knows_rate: bool = True) -> Iterator[_Named]:
    """Yield the changes of the rate and the momentum."""
    at = ""
    if knows_rate:
        for size, factor in (("larger", _RATE), ("smaller", 1 / _RATE)):
            rate = float(f"{config.rate * factor:.12g}")  # exactly 0.004 for 0.02 / 5
            yield f"{size} rate", f"rate {numerals.plain(rate)}", {"rate": rate}
    else:
        at = f" at rate {numerals.plain(config.rate)}"
        for rate in _UNKNOWN_RATES:
            name = f"rate {numerals.plain(rate)}"
            yield name, name, {"rate": rate}
    momentum = 0.0 if config.momentum == _MOMENTUM else _MOMENTUM
    name = f"momentum {numerals.plain(momentum)}{at}"
    yield name, name, {"momentum": momentum}


def _moved(config: RunConfig, here: Start) -> Iterator[Change]:
    """Yield moves of the weights: kicks, and along the direction that curves down most."""
    for size in KICKS:
        by, kicked = numerals.plain(size), replace(here, kick=size)
        yield Change(f"kick of {by}", f"Perturb weights by {by}", {"kick": size}, config, kicked)
    weights = weights_of(here.parameters, config)
    lower = followed(weights, config, curvature_of(weights, config))
    if lower is not None:
        moved = replace(here, parameters=flat(lower))
        title = "Follow the direction down"
        yield Change("follow the way down", title, {"follow": True}, config, moved)


def _shapes(config: RunConfig) -> Iterator[_Named]:
    more = config.width + 1
    yield "one more unit", f"Use width {more}", {"width": more}
    if more < _WIDTH:
        yield f"width {_WIDTH}", f"Use width {_WIDTH}", {"width": _WIDTH}
    yield "biases", "Switch biases on", {"biases": True}


def _other_weights(config: RunConfig) -> Iterator[_Named]:
    if config.init not in _EVEN:
        yield "random initial weights", "Draw random weights", {"init": "uniform"}
    if config.init not in _FIXED:
        for size, factor in (("larger", _RANGE), ("smaller", 1 / _RANGE)):
            reach = config.init_range * factor
            now, then = numerals.plain(config.init_range), numerals.plain(reach)
            way = f"within ±{then}" if config.init in _EVEN else start_text(config)
            title = f"Start {way.replace(now, then, 1)}"
            yield f"{size} initial weights", title, {"init_range": reach}


def _least(config: RunConfig) -> Iterator[Change]:
    """Yield what one unit needs that neither a unit nor biases alone make able to learn."""
    name, settings = "width 4 and biases", dict[str, Any](width=_WIDTH, biases=True)
    if config.output == "sigmoid" and config.coding == "plus-minus":
        name, settings = f"a tanh output, {name}", {**settings, "output": "tanh"}
    yield from _changed(name, f"Use {name}", config, **settings)


def _changed(
    name: str, title: str, config: RunConfig, here: Start | None = None, **settings: Any
) -> Iterator[Change]:
    """Yield a change of settings, if these are allowed."""
    with suppress(SettingError):
        yield Change(name, title, settings, replace(config, **settings), here)


NOTHING_HELPS = "No fix worked"
_MOST_TOLD = 3
"""Most changes that rescue this network and are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The outcome of a change. A value."""

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
        """Lower end of the 95 % interval; without chance, the share itself."""
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
        """The outcome in a few words: 49 of 50; correct after 70 more steps.

        Or, where chance plays no part: two rows learned after 80 000 more steps.
        """
        if not self.change.is_certain:
            return f"{self.right.count} of {self.right.of}"
        word = self.change.config.step_word
        step = word if self.change.start is None else f"more {word}"
        if not self.helped:
            return f"{self.state} after {numerals.counted(self.steps, step)}"
        return f"correct after {numerals.counted(round(self.median_steps or 0), step)}"

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


def ranked(found: Iterable[Tried]) -> tuple[Tried, ...]:
    """Return outcomes, best first: by the lower end of the interval, then by the steps."""
    fastest_first = sorted(found, key=lambda one: one.median_steps or math.inf)
    return tuple(sorted(fastest_first, key=lambda one: (-one.low, -one.high * one.helped)))


def best_text(best: Tried | None) -> str:
    """Return the best outcome, if any change worked: Use width 4 (worked 50 of 50 times)."""
    if best is None:
        return NOTHING_HELPS
    how = best.text if best.change.is_certain else f"worked {best.text} times"
    return f"{best.change.title} ({how})"


def outlook(found: Iterable[Tried]) -> str:
    """Return the outcomes for this network in a sentence; empty if none was tried."""
    here = [one for one in found if one.change.start and one.change.is_certain]
    parts = [f"{_small(one)}, {one.text}" for one in here if one.helped][:_MOST_TOLD]
    ends: dict[str, list[str]] = {}
    for one in here:
        if not one.helped:
            ends.setdefault(one.text, []).append(_small(one))
    parts += [f"{listed(names)}, {text}" for text, names in ends.items()]
    return f"From these weights: {'; '.join(parts)}." if parts else ""


def _small(one: Tried) -> str:
    """Return a change's title for the middle of a sentence."""
    return one.change.title[0].lower() + one.change.title[1:]


FEWEST_SEEDS, MOST_SEEDS = 50, 200
"""Networks of a change in which chance plays a part."""
_SEED = 500
"""The first of them: lower seeds are used in examples and published tables."""
FEWEST_STEPS = 20_000
"""Of each change, if the time allows."""
_START_SECONDS = 1.0
"""Until the workers have begun."""
_SECONDS, _CORES = 2.2, 2
"""Estimated time of all networks by NumPy; Numba takes less."""
_LEAST_STEPS, _MOST_STEPS = 5_000, 250_000
"""The least where chance plays a part, in updates; the most of any change."""
_RULES = StopRules(at_step=None, when_learned=True)


@dataclass(frozen=True, slots=True)
class Round:
    """Changes that are tried together: a recipe of the plan for each. A value."""

    changes: tuple[Change, ...]
    plan: LabPlan

    def tried(self, snapshot: LabSnapshot) -> Iterator[Tried]:
        """Yield the outcomes of the changes whose networks are all done."""
        for recipe, change in enumerate(self.changes):
            found = snapshot.summary(recipe)
            if found is not None and found.networks == len(self.plan.seeds):
                state, *_ = found.states
                yield Tried(change, found.right, found.median_steps, self.plan.steps, state)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """The changes to a run at a step, and the outcomes of those tried. A value."""

    subject: Snapshot
    """The network; of a recipe alone, at step 0."""
    rounds: tuple[Round, ...]
    done: int = 0
    """Rounds that are all tried."""
    before: tuple[Tried, ...] = ()
    """The outcomes of these."""
    now: tuple[Tried, ...] = ()
    """The outcomes so far in the next round."""
    progress: float = 0.0
    """Share of the next round that is done, 0 to 1."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in the order in which they are tried."""
        return tuple(change for one in self.rounds for change in one.changes)

    @property
    def tried(self) -> tuple[Tried, ...]:
        """The outcomes so far, best first."""
        return ranked((*self.before, *self.now))

    @property
    def best(self) -> Tried | None:
        """The best outcome, if any change worked."""
        return next((one for one in self.tried if one.helped), None)

    @property
    def is_done(self) -> bool:
        """Whether all changes are tried."""
        return self.done == len(self.rounds)

    def seconds(self, pace: float = 1.0) -> float:
        """Return the estimated time of all rounds; ``pace`` is what work has taken of its estimate.

        That is 1 until it is measured, and then what this computer takes while it does all else.
        """
        return _START_SECONDS + pace * sum(one.plan.seconds(_CORES) for one in self.rounds)

    @property
    def share(self) -> float:
        """Share of the estimated time that has passed, 0 to 1."""
        costs = [one.plan.seconds(1) for one in self.rounds]
        now = 0.0 if self.is_done else costs[self.done] * self.progress
        return (sum(costs[: self.done]) + now) / sum(costs)

    def is_about(self, seen: Snapshot) -> bool:
        """Return whether a network is in the state that is tried."""
        return key_of(seen) == key_of(self.subject)

    def change(self, name: str) -> Change | None:
        """Return the change of a name, if it can be tried here."""
        return next((change for change in self.changes if change.name == name), None)

    def seeds_of(self, change: Change) -> Sequence[int]:
        """Return the seeds that a change is tried with."""
        return next(one.plan.seeds for one in self.rounds if change in one.changes)

    def after(self, found: LabSnapshot) -> "Trial":
        """Return the trial with these results of the next round."""
        here = tuple(self.rounds[self.done].tried(found))
        if found.is_over:
            before = (*self.before, *here)
            return replace(self, done=self.done + 1, before=before, now=(), progress=0.0)
        return replace(self, now=here, progress=found.progress)


def key_of(seen: Snapshot) -> Hashable:
    """Return the key of a trial's outcome: equal for equal states of equal recipes."""
    moving = None if seen.memory is None else joined(seen.memory).tobytes()
    return seen.config, seen.step, flat(seen.weights).tobytes(), moving


def trial_of(
    subject: Snapshot | RunConfig, steps: int | None = None, knows_rate: bool = True
) -> Trial:
    """Return the changes to try, the cheapest first, none tried yet.

    A snapshot continues from its state for four times the ``steps`` it was trained for, by default
    its own, from FEWEST_STEPS to _MOST_STEPS; changes that start again are trained as long, or for
    fewer steps where chance plays a part. A recipe alone is trained from the start for ``steps``,
    by default FEWEST_STEPS, and for five times as many. A rate that is not known is varied widely.
    """
    if isinstance(subject, RunConfig):
        seen, here, least = Recording(subject).snapshot(), None, steps or FEWEST_STEPS
        steps, longer = least, LONGER * least
    else:
        memory = None if subject.memory is None else joined(subject.memory)
        here = Start(flat(subject.weights), memory, subject.step)
        least = _LEAST_STEPS // (1 if subject.config.batch == "full" else len(ROWS))
        seen = replace(subject, beside=None)
        taken = seen.step if steps is None else steps
        steps = longer = min(max((LONGER - 1) * taken, FEWEST_STEPS), _MOST_STEPS)
    groups: dict[tuple[bool, int], list[Change]] = {}
    for change in changes_to(seen.config, here, longer, knows_rate):
        most = longer if change.name == LONGER_RUN else steps
        groups.setdefault((not change.is_certain, most), []).append(change)
    rounds = (
        _round(changes, seen.config.seed, most, least if by_chance else None)
        for (by_chance, most), changes in sorted(groups.items())
    )
    return Trial(seen, tuple(rounds))


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


def carried_out(trial: Trial, train: Callable[[LabPlan], Iterator[Piece]]) -> Iterator[Trial]:
    """Yield the trial after each piece of work."""
    for one in trial.rounds:
        results = LabResults(one.plan)
        for piece in train(one.plan):
            results.add(piece.places, piece.cohort, piece.findings)
            yield trial.after(results.snapshot())
        trial = trial.after(results.snapshot(is_over=True))
        yield trial


def what_helps(subject: Snapshot | RunConfig) -> tuple[Tried, ...]:
    """Try changes to this network, or this recipe; return their outcomes, best first.

    Takes some seconds, in this thread, by NumPy.
    """

    def train(plan: LabPlan) -> Iterator[Piece]:
        for share in shares_of(plan, jobs=1):
            yield work(Task(share.places, share, plan.steps, plan.rules, math.inf))

    *_, last = carried_out(trial_of(subject), train)
    return last.tried
