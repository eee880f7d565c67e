"""What a lab is to do: which recipes with which seeds, for how long, and what that will cost.

Shapes: N networks, numbered recipe by recipe and seed by seed: their places.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core import numerals
from xorviz.core.config import RULES, RunConfig
from xorviz.core.rules import SettingError, checked
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.lists import SEED_COUNT, STEPS
from xorviz.lab.training.cohort import FEWEST_AT_ONCE, most_at_once, responses, shape_of

_NANOSECONDS_PER_SHARE, _NANOSECONDS, _NANOSECONDS_PER_RESPONSE = 12_000, 20, 6.5
"""What a step of a share takes on one core: by itself, for each network, and for each response."""
_NANOSECONDS_ONCE = 150_000
"""What it takes to draw a network, and to say in the end why it failed."""
_BYTES = 250
"""What is known of a network, once and in two pictures."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabPlan:
    """Recipes, each with the same seeds. A value. Raises SettingError for one that cannot be."""

    recipes: tuple[RunConfig, ...]
    """At least one; their own seeds have no say."""
    seeds: Sequence[int]
    """At least one, none twice: a range, where they follow each other."""
    steps: int
    rules: StopRules = NEVER
    """Of which when_learned and at_loss count."""

    def __post_init__(self) -> None:
        checked(STEPS, "steps", self.steps)
        checked(SEED_COUNT, "the number of seeds", len(self.seeds))
        _check_seeds(self.seeds)
        if not self.recipes:
            raise SettingError("there is no recipe to train")

    def __len__(self) -> int:
        """Return how many networks there are."""
        return len(self.recipes) * len(self.seeds)

    def config(self, place: int) -> RunConfig:
        """Return the settings of a network."""
        recipe, seed = divmod(int(place), len(self.seeds))
        return replace(self.recipes[recipe], seed=self.seeds[seed])

    def place_of(self, config: RunConfig) -> int | None:
        """Return the place of the network with these settings, if there is one."""
        for number, recipe in enumerate(self.recipes):
            if replace(recipe, seed=config.seed) == config and config.seed in self.seeds:
                return number * len(self.seeds) + self.seeds.index(config.seed)
        return None

    def places_of(self, recipe: int) -> range:
        """Return the places of a recipe's networks."""
        return range(recipe * len(self.seeds), (recipe + 1) * len(self.seeds))

    def seconds(self, jobs: int) -> float:
        """Return about how long it takes on so many cores, within a factor of three."""
        shares, each_step = 0, 0.0
        for recipes in _alike(self.recipes):
            shape, count = self.recipes[recipes[0]], len(recipes) * len(self.seeds)
            shares += -(-count // _at_once(shape, count, jobs))
            each = _NANOSECONDS + _NANOSECONDS_PER_RESPONSE * responses(shape)
            each_step += each * count
        each_step += _NANOSECONDS_PER_SHARE * shares
        nanoseconds = each_step * self.steps + _NANOSECONDS_ONCE * len(self)
        return nanoseconds * 1e-9 / min(jobs, shares)

    @property
    def megabytes(self) -> float:
        """About how much memory all that is found takes, and two pictures of it."""
        return _BYTES * len(self) / 2**20


@dataclass(frozen=True, slots=True)
class WorkShare:
    """Networks of a plan that are trained together, all of one shape. A value."""

    places: Places
    """(N,)."""
    recipes: tuple[RunConfig, ...]
    """N of them."""
    seeds: tuple[int, ...]
    """N of them."""

    def __len__(self) -> int:
        return len(self.seeds)

    def picked(self, which: NDArray[np.bool_]) -> "WorkShare":
        """Return some of its networks, those of a mask (N,)."""
        recipes, seeds = compress(self.recipes, which), compress(self.seeds, which)
        return WorkShare(self.places[which], tuple(recipes), tuple(seeds))

    def configs(self) -> list[RunConfig]:
        """Return the settings of its networks."""
        both = zip(self.recipes, self.seeds, strict=True)
        return [replace(recipe, seed=seed) for recipe, seed in both]


def recipes_of(
    lists: Mapping[str, Sequence[Any]], base: RunConfig | None = None
) -> tuple[RunConfig, ...]:
    """Return a recipe for each combination of listed settings, the last list varying fastest.

    What is not listed is as in the base. Raises SettingError.
    """
    start, names = (base or RunConfig()).to_dict(), list(lists)
    return tuple(
        RunConfig.from_dict(start | dict(zip(names, values, strict=True)))
        for values in product(*lists.values())
    )


def shares_of(
    plan: LabPlan, jobs: int, waves: Sequence[int] = (), skipped: frozenset[int] = frozenset()
) -> Iterator[WorkShare]:
    """Yield a plan's networks in shares that so many workers are kept busy with.

    All recipes get their first seeds before any gets more: as many as the first wave says, then
    the second, and at last all that are left. Some places may be skipped.
    """
    first = 0
    for count in (*waves, len(plan.seeds)):
        last = min(first + count, len(plan.seeds))
        for recipes in _alike(plan.recipes):
            spots = (r * len(plan.seeds) + s for r in recipes for s in range(first, last))
            places = np.array([p for p in spots if p not in skipped], dtype=np.int64)
            if len(places):
                most = _at_once(plan.recipes[recipes[0]], len(places), jobs)
                for part in np.array_split(places, -(-len(places) // most)):
                    yield _share(plan, part)
        first = last


def _at_once(shape: RunConfig, count: int, jobs: int) -> int:
    """Return how many of so many networks of a shape a share has at most."""
    even = -(-count // jobs)
    return min(most_at_once(shape), max(even, FEWEST_AT_ONCE))


def _check_seeds(seeds: Sequence[int]) -> None:
    """Raise SettingError for what is no seed, and for a seed that is there twice."""
    suspects, is_range = seeds, isinstance(seeds, range)
    if is_range:  # never gone through: its ends tell all
        suspects = seeds[0], seeds[-1]
    elif _are_whole(seeds):  # a million take 0.1 s, and 4 s where each is checked
        suspects = min(seeds), max(seeds)
    for seed in suspects:
        checked(RULES["seed"], "seed", seed)
    if not is_range and len(set(seeds)) < len(seeds):
        twice, _ = Counter(seeds).most_common(1)[0]
        raise SettingError(f"seed {twice} is there twice")


def _are_whole(numbers: Sequence[object]) -> bool:
    """Tell whether all are of a type that has whole numbers only."""
    kinds = set(map(type, numbers))
    return bool not in kinds and all(issubclass(kind, int | np.integer) for kind in kinds)


def _share(plan: LabPlan, places: Places) -> WorkShare:
    recipes, seeds = np.divmod(places, len(plan.seeds))
    return WorkShare(
        places,
        tuple(plan.recipes[i] for i in recipes.tolist()),
        tuple(plan.seeds[i] for i in seeds.tolist()),
    )


def _alike(recipes: Sequence[RunConfig]) -> list[list[int]]:
    """Return which recipes are of one shape; neighbours come far apart, as a picture is refined."""
    by_shape: dict[tuple[int, str, str, bool], list[int]] = {}
    for place, recipe in enumerate(recipes):
        by_shape.setdefault(shape_of(recipe), []).append(place)
    groups = list(by_shape.values())
    bits = max(len(groups) - 1, 1).bit_length()
    reversed_bits = sorted(range(2**bits), key=lambda i: f"{i:0{bits}b}"[::-1])
    return [groups[i] for i in reversed_bits if i < len(groups)]


def recipe_line(plan: LabPlan, recipe: int = 0) -> str:
    """Return a recipe in short: width 3 · rate 0.5 · 900 steps · Σ(t−y)² · no biases · U(−1, 1).

    Where there is little room, its end is cut off.
    """
    width, rate, *others = recipe_parts(plan.recipes[recipe])
    steps = numerals.counted(plan.steps, "step")
    return joined((width, rate, steps, *others, *_rules(plan)))


def _rules(plan: LabPlan) -> list[str]:
    at_loss = plan.rules.at_loss
    return [
        "stops when learned" if plan.rules.when_learned else "",
        "" if at_loss is None else f"stops at loss {numerals.plain(at_loss)}",
    ]
