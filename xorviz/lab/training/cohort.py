"""State at a step of networks of the same shape that are trained together, and what advances it.

Shapes: N networks, n steps, P parameters as core/network.py orders them, 4 rows as in ROWS.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby

import numpy as np

from xorviz.core.analysis.curvature import kicked
from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.network import flat, head_of, hidden, initial_parameters, logits, weights_of
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.core.steps import fresh_memory, joined, orders, shuffled
from xorviz.core.truth_table import ROWS

NO_STEP = -1
"""Stands for a missing step."""
BLOCK = 32
"""Steps that are evaluated together: at least trend.RECENT."""

_IN_CACHE = 18_432
"""Hidden responses of a cohort: more exceed the cache, fewer make the calls too costly."""
FEWEST_AT_ONCE, _MOST_AT_ONCE = 64, 1024


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A state that networks begin from, instead of from initial weights. A value."""

    parameters: Array
    """(P,)."""
    memory: Array | None = None
    """(D,) of the optimizer; None before the first update."""
    step: int = 0
    """How many steps lead there; with the recipe's own seed, it decides the orders that follow."""
    kick: float = 0.0
    """Distance that each is moved first, in a direction that its seed determines."""

    def for_seed(self, seed: int, shape: RunConfig) -> tuple[Array, Array]:
        """Return the parameters (P,) and the memory (D,) of the network with a seed."""
        memory = joined(fresh_memory(shape)) if self.memory is None else self.memory
        if not self.kick:
            return self.parameters, memory
        moved = kicked(weights_of(self.parameters, shape), self.kick, seed)
        return flat(moved), memory


@dataclass(frozen=True, slots=True)
class Cohort:
    """N networks of the same shape. A value: its arrays are never written to.

    The bits of each depend neither on the others nor on how the steps are divided into calls.
    """

    shape: RunConfig
    """With the settings of SHAPE that all networks have."""
    targets: Array
    """(4, N)."""
    rates: Array
    """(N,)."""
    momenta: Array
    """(N,)."""
    seeds: Steps
    """(N,) what the orders of shuffled passes follow from."""
    taken: Steps
    """(N,) how many steps each had taken at step 0 of the cohort."""
    step: int
    """Step of the networks that have not stopped."""
    parameters: Array
    """(P, N) the current ones, or the last finite ones."""
    memory: Array
    """(D, N) of the optimizer (core/steps.py)."""
    first_right: Steps
    """(N,) the first step, from 1, after which all four rows were correct, or NO_STEP."""
    first_learned: Steps
    """(N,) the same for all errors below 0.1."""
    diverged_at: Steps
    """(N,) the step whose loss or weights would not be finite, or NO_STEP."""
    stopped_at: Steps
    """(N,) the step at which a network diverged or was stopped by a rule, or NO_STEP."""
    losses: Array
    """(RECENT, N) of each network's last steps; NaN before step 0."""

    @classmethod
    def drawn(
        cls,
        configs: Sequence[RunConfig],
        starts: Sequence[Start | None] | None = None,
        seeds: Sequence[int] | None = None,
    ) -> "Cohort":
        """Return networks with these settings, all of the same shape, at step 0.

        Those with a start begin from it, the others from the initial weights of their seeds. Seeds
        that are passed in replace those of the settings.
        """
        count, seeds = len(configs), seeds or [config.seed for config in configs]
        rows = _initial_rows(configs, seeds)
        memory = np.tile(joined(fresh_memory(configs[0])), (count, 1))
        order_seeds, taken = [*seeds], [0] * count
        for i, start in enumerate(starts or ()):
            if start is not None:
                rows[i], memory[i] = start.for_seed(seeds[i], configs[i])
                order_seeds[i], taken[i] = configs[i].seed, start.step
        targets = np.array([config.targets for config in configs], dtype=float)
        weights, losses = weights_of(rows, configs[0]), np.full((RECENT, count), np.nan)
        with np.errstate(all="ignore"):
            z = logits(weights, hidden(weights, configs[0]))
            losses[-1] = head_of(configs[0]).loss(z, targets)
        return cls(
            shape=configs[0],
            targets=targets.T,
            rates=np.array([config.rate for config in configs]),
            momenta=np.array([config.momentum for config in configs]),
            seeds=np.array(order_seeds),
            taken=np.array(taken),
            step=0,
            parameters=rows.T.copy(),
            memory=memory.T.copy(),
            losses=losses,
            **{name: np.full(count, NO_STEP) for name in MARKS},
        )

    def __len__(self) -> int:
        return len(self.rates)

    def pace(self, name: str) -> Array:
        """Return a setting (N,) of PACE in core/steps.py."""
        own = {"rate": self.rates, "momentum": self.momenta}
        return own[name] if name in OWN else np.full(len(self), float(getattr(self.shape, name)))

    def orders(self, first: int, n: int) -> Steps:
        """Return the orders (n, N) of n passes, as indices into ORDERS.

        The first is the one after so many steps of the cohort.
        """
        if self.shape.batch == "pass":
            return np.tile(orders(self.shape, 1, n)[:, np.newaxis], len(self))
        numbers = self.taken + np.arange(first + 1, first + 1 + n)[:, np.newaxis]
        return shuffled(self.seeds, numbers)

    @property
    def going_on(self) -> Mask:
        """(N,) which networks have not stopped."""
        return np.asarray(self.stopped_at == NO_STEP)

    @property
    def steps(self) -> Steps:
        """(N,) the current step of each network."""
        return np.where(self.going_on, self.step, self.stopped_at)

    def picked(self, which: Mask | Steps) -> "Cohort":
        """Return the networks of a mask or at places."""
        arrays = {name: getattr(self, name)[..., which] for name in ARRAYS}
        return replace(self, **arrays)

    def with_others(self, which: Mask | Steps, others: "Cohort") -> "Cohort":
        """Return the cohort with the networks of a mask or at places replaced by others."""
        arrays = {name: getattr(self, name).copy() for name in ARRAYS}
        for name, array in arrays.items():
            array[..., which] = getattr(others, name)
        return replace(self, **arrays)


def _initial_rows(configs: Sequence[RunConfig], seeds: Sequence[int]) -> Array:
    """Return the initial parameters (N, P) of networks; together where settings are the same."""
    generator, parts = np.random.RandomState(), []
    for _, group in groupby(zip(configs, seeds, strict=True), key=lambda pair: id(pair[0])):
        alike, theirs = zip(*group, strict=True)
        parts.append(initial_parameters(alike[0], theirs, generator))
    return np.concatenate(parts)


OWN = ("targets", "rate", "momentum")
"""Settings of training of which each network of a cohort has its own."""
SHAPE = tuple(name for name in settings_of(Role.SHAPE, Role.TRAINING) if name not in OWN)
"""All others: in these, networks that are trained together are equal."""
MARKS = ("first_right", "first_learned", "diverged_at", "stopped_at")
ARRAYS = tuple(field.name for field in fields(Cohort) if field.name not in {"shape", "step"})


def alike(configs: Sequence[RunConfig]) -> list[list[int]]:
    """Return the places of networks that can be trained together: of the same shape."""
    places: dict[tuple[object, ...], list[int]] = {}
    for place, config in enumerate(configs):
        shape = tuple(getattr(config, name) for name in SHAPE)
        places.setdefault(shape, []).append(place)
    return list(places.values())


def most_at_once(shape: RunConfig) -> int:
    """Return the best number of networks of a shape to train together."""
    return min(max(_IN_CACHE // responses(shape), FEWEST_AT_ONCE), _MOST_AT_ONCE)


def responses(shape: RunConfig) -> int:
    """Return how many hidden responses a step of a network computes."""
    return shape.width * (len(ROWS) if shape.biases else len(ROWS) - 1)


class LabKernel(ABC):
    """Training state of N networks of the same shape, advanced in blocks of steps.

    The bits of each depend neither on the others nor on how the steps are divided into blocks.
    """

    _worst: Array
    """(BLOCK + 1, N or more) the largest errors, beginning with those before the block."""
    _results: tuple[Array, ...]
    """(BLOCK + 1, ...) all that a step leaves behind, likewise."""

    def __init__(self, cohort: Cohort) -> None:
        """Start from the state of a cohort, which is not changed."""
        self._cohort, self._count, self._step = cohort, len(cohort), cohort.step
        self._taken = 0
        """Steps of the last call of run."""

    def run(self, n: int) -> Array:
        """Take n steps, at most BLOCK; return the largest errors (n + 1, N) of the four rows.

        The first are those before the steps. Valid until the next call.
        """
        for results in self._results:
            results[0] = results[self._taken]
        self._take(n)
        self._taken, self._step = n, self._step + n
        return self._worst[: n + 1, : self._count]

    @abstractmethod
    def _take(self, n: int) -> None:
        """Take n steps and write their results."""

    @abstractmethod
    def losses(self) -> Array:
        """Return the losses (n + 1, N) of the last call of run, beginning with those before."""

    @abstractmethod
    def is_finite(self) -> Mask:
        """Return which networks (N,) have finite parameters, and losses in the last call of run."""

    @abstractmethod
    def parameters(self) -> Array:
        """Return a copy of the parameters (P, N)."""

    @abstractmethod
    def memory(self) -> Array:
        """Return a copy of the memory of the optimizer (D, N)."""
