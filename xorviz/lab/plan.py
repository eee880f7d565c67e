"""Plan of a lab: its recipes, seeds, steps and cost.

Shapes: N networks, numbered recipe by recipe and seed by seed; the numbers are their places.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.network import weights_of
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import record_of
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.lab.training.cohort import FEWEST_AT_ONCE, Cohort, Start, alike, most_at_once, responses
from xorviz.lab.training.numpy_steps import NumpySteps

_NANOSECONDS_PER_SHARE, _NANOSECONDS, _NANOSECONDS_PER_RESPONSE = 13_000, 16, 6.0
"""Time of a step of a share on one core: fixed, per network, and per hidden response."""
_TIMES = {
    NUMPY: {"full": 4.0, "pass": 12.0, "shuffled": 12.0},
    NUMBA: {"full": 1.0, "pass": 2.5, "shuffled": 2.5},
}
"""How much longer a step takes of other shapes than those of NumpySteps."""
_NANOSECONDS_ONCE = 20_000
"""Time to draw a network and to diagnose it at the end."""
_GOLDEN = (5**0.5 - 1) / 2
"""Its multiples, without their whole part, are spread evenly, however many there are."""
_BYTES = 250
"""Memory of a network's results and two snapshots of them."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabPlan:
    """Recipes, each with the same seeds. A value."""

    recipes: tuple[RunConfig, ...]
    """At least one; their own seeds are ignored."""
    seeds: Sequence[int]
    """At least one, none twice; a range if they are consecutive."""
    steps: int
    rules: StopRules = NEVER
    """Their at_step is ignored."""
    starts: tuple[Start | None, ...] = ()
    """One for each recipe: the state that its networks begin from, or None for their initial
    weights; empty if all begin from these."""
    waves: tuple[int, ...] = ()
    """Numbers of seeds; all recipes get one wave before any gets the next, the last the rest."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.recipes) * len(self.seeds)

    def config(self, place: int) -> RunConfig:
        """Return the settings of a network."""
        recipe, seed = divmod(int(place), len(self.seeds))
        return replace(self.recipes[recipe], seed=self.seeds[seed])

    def record(self, place: int) -> Record:
        """Return the run of a network, at step 0. Raises SettingError for too large weights."""
        config, starts = self.config(place), self.starts
        if not starts or (start := starts[place // len(self.seeds)]) is None:
            return Record(config)
        parameters, _ = start.for_seed(config.seed, config)
        return record_of(config, weights_of(parameters, config))

    def place_of(self, config: RunConfig) -> int | None:
        """Return the place of the network with these settings, or None."""
        for number, recipe in enumerate(self.recipes):
            if replace(recipe, seed=config.seed) == config and config.seed in self.seeds:
                return number * len(self.seeds) + self.seeds.index(config.seed)
        return None

    def places_of(self, recipe: int) -> range:
        """Return the places of a recipe's networks."""
        return range(recipe * len(self.seeds), (recipe + 1) * len(self.seeds))

    def share(self, places: Places) -> "WorkShare":
        """Return some networks, all of the same shape."""
        recipes, seeds = (each.tolist() for each in np.divmod(places, len(self.seeds)))
        starts = self.starts or (None,) * len(self.recipes)
        return WorkShare(
            places,
            tuple(self.recipes[i] for i in recipes),
            tuple(self.seeds[i] for i in seeds),
            tuple(starts[i] for i in recipes),
        )

    def seconds(self, jobs: int) -> float:
        """Return the estimated duration on ``jobs`` cores, within a factor of three.

        Only training shows how fast the machine is, and how many networks stop early.
        """
        nanoseconds = self.costs(jobs).sum() * self.steps + _NANOSECONDS_ONCE * len(self)
        return float(nanoseconds) * 1e-9 / self.most_busy(jobs)

    def most_busy(self, jobs: int) -> int:
        """Return how many of ``jobs`` workers can train at a time."""
        return min(jobs, sum(self._parts(recipes, jobs) for recipes in alike(self.recipes)))

    def costs(self, jobs: int, kernel: str = NUMPY) -> Array:
        """Return the estimated time (N,) of a step of each network, in nanoseconds of one core.

        Their ratios are more exact than they are themselves.
        """
        costs = np.empty(len(self.recipes))
        for recipes in alike(self.recipes):
            shape, count = self.recipes[recipes[0]], len(recipes) * len(self.seeds)
            each = _NANOSECONDS + _NANOSECONDS_PER_RESPONSE * responses(shape)
            each += _NANOSECONDS_PER_SHARE * self._parts(recipes, jobs) / count
            is_quick = kernel == NUMPY and NumpySteps.knows(shape)
            costs[recipes] = each * (1 if is_quick else _TIMES[kernel][shape.batch])
        return np.repeat(costs, len(self.seeds))

    def _parts(self, recipes: Sequence[int], jobs: int) -> int:
        """Return the number of shares of recipes of the same shape."""
        count = len(recipes) * len(self.seeds)
        return -(-count // _at_once(self.recipes[recipes[0]], count, jobs))

    @property
    def megabytes(self) -> float:
        """Estimated memory of the results and two snapshots of them."""
        return _BYTES * len(self) / 2**20


@dataclass(frozen=True, slots=True)
class WorkShare:
    """Networks of a plan that are trained together, all of the same shape. A value."""

    places: Places
    """(N,)."""
    recipes: tuple[RunConfig, ...]
    """N of them."""
    seeds: tuple[int, ...]
    """N of them."""
    starts: tuple[Start | None, ...]
    """N of them."""

    def drawn(self) -> Cohort:
        """Return its networks at step 0."""
        return Cohort.drawn(self.recipes, self.starts, self.seeds)


def recipes_of(
    lists: Mapping[str, Sequence[Any]], base: RunConfig | None = None
) -> tuple[RunConfig, ...]:
    """Return a recipe for each combination of listed settings, the last list varying fastest.

    Other settings are as in ``base``. Raises SettingError.
    """
    start, names = (base or RunConfig()).to_dict(), list(lists)
    return tuple(
        RunConfig.from_dict(start | dict(zip(names, values, strict=True)))
        for values in product(*lists.values())
    )


def shares_of(
    plan: LabPlan, jobs: int, skipped: frozenset[int] = frozenset()
) -> Iterator[WorkShare]:
    """Yield a plan's networks, without skipped ones, in shares that keep ``jobs`` workers busy."""
    first = 0
    for count in (*plan.waves, len(plan.seeds)):
        last, parts = min(first + count, len(plan.seeds)), list[Places]()
        for recipes in alike(plan.recipes):
            spots = (r * len(plan.seeds) + s for r in recipes for s in range(first, last))
            places = np.array([p for p in spots if p not in skipped], dtype=np.int64)
            if len(places):
                most = _at_once(plan.recipes[recipes[0]], len(places), jobs)
                parts += np.array_split(places, -(-len(places) // most))
        yield from map(plan.share, _spread(parts))
        first = last


def _at_once(shape: RunConfig, count: int, jobs: int) -> int:
    """Return the largest size of a share of ``count`` networks of a shape."""
    even = -(-count // jobs)
    return min(most_at_once(shape), max(even, FEWEST_AT_ONCE))


def _spread(parts: Sequence[Places]) -> list[Places]:
    """Return parts of a plan in an order in which any first ones are spread evenly over all."""
    return [parts[i] for i in sorted(range(len(parts)), key=lambda i: i * _GOLDEN % 1)]


def recipe_line(plan: LabPlan, recipe: int = 0) -> str:
    """Return a recipe in short: width 3 · rate 0.5 · 900 steps · Σ(t−y)² · no biases · ...

    The most important settings come first, since views cut off its end.
    """
    config = plan.recipes[recipe]
    width, rate, *others = recipe_parts(config).values()
    stops = (f"stops {text}" for text in plan.rules.texts())
    return joined((width, rate, numerals.counted(plan.steps, config.step_word), *others, *stops))
