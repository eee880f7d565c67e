"""What a run is: its recipe, what was done to it meanwhile, and states to take it up from.

Shapes: P trainable numbers, H hidden units.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.config import LIVE_FIELDS, RULES, RunConfig
from xorviz.core.network import Weights
from xorviz.core.rules import Real, SettingError, Whole, checked
from xorviz.core.runs.trace import Trace

WEIGHT = Real(-1e6, 1e6)
"""What a weight may be set to."""
WEIGHT_FIELDS = ("w1", "b1", "w2", "b2")

MOST_INTERVENTIONS = 10_000
"""In one run: what a run takes in memory stays bounded."""
TOO_MANY = f"a run can be changed at most {MOST_INTERVENTIONS} times"

_COMPACT_NUMBERS = 50_000
"""What the checkpoints of a compact record hold: 0.4 MB."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """A setting or a weight that was changed during a run, in force from the step after this."""

    step: int
    field: str
    """One of LIVE_FIELDS or WEIGHT_FIELDS."""
    value: float
    index: tuple[int, ...] = ()
    """Which number of a weight's array: (i, j) in w1, (j,) in b1, (j, 0) in w2, (0,) in b2."""

    @property
    def target(self) -> tuple[str, tuple[int, ...]]:
        """What was changed; of several changes of it at one step the last one counts."""
        return self.field, self.index

    @property
    def name(self) -> str:
        """What was changed, as on the blackboard: rate, w1[x1→h3], b2."""
        return weight_name(self.field, self.index) if self.index else self.field


def at_step(interventions: tuple[Intervention, ...], step: int) -> tuple[Intervention, ...]:
    """Return those of a run's interventions that were made at a step."""
    first = bisect_left(interventions, step, key=lambda change: change.step)
    last = bisect_right(interventions, step, lo=first, key=lambda change: change.step)
    return interventions[first:last]


def weight_name(field: str, index: tuple[int, ...]) -> str:
    """Return a weight's name as on the blackboard: w1[x1→h3], b1[h2], w2[h1→o], b2."""
    match field:
        case "w1":
            return f"w1[x{index[0] + 1}→h{index[1] + 1}]"
        case "b1":
            return f"b1[h{index[0] + 1}]"
        case "w2":
            return f"w2[h{index[0] + 1}→o]"
        case _:
            return field


def weight_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights that a network has, by name."""
    width = config.width
    if not config.biases:
        return {"w1": (2, width), "w2": (width, 1)}
    return {"w1": (2, width), "b1": (width,), "w2": (width, 1), "b2": (1,)}


def parameter_count(config: RunConfig) -> int:
    """Return P, how many numbers training changes."""
    return sum(int(np.prod(shape)) for shape in weight_shapes(config).values())


def checked_intervention(
    config: RunConfig, step: int, field: str, value: Any, index: tuple[int, ...] = ()
) -> Intervention:
    """Return what is to be done to a run; raise SettingError where it cannot be done."""
    if field in LIVE_FIELDS:
        if index:
            raise SettingError(f"{field} is one number; it has no place {index}")
        return Intervention(step, field, _real(checked(RULES[field], field, value)))
    if field not in WEIGHT_FIELDS:
        raise SettingError(f"{field} cannot change during a run")
    place = _place(config, field, index)
    value = _real(checked(WEIGHT, weight_name(field, place), value))
    return Intervention(step, field, value, place)


def _place(config: RunConfig, field: str, index: tuple[int, ...]) -> tuple[int, ...]:
    """Return which number of a weight's array an index means, in plain whole numbers."""
    shape = weight_shapes(config).get(field)
    if shape is None:
        raise SettingError(f"{field} is not there: this network has no biases")
    try:
        return tuple(Whole(0, n - 1).check(i) for i, n in zip(index, shape, strict=True))
    except ValueError:
        raise SettingError(f"{field} has no place {index}; its shape is {shape}") from None


def numbers_of(weights: Weights) -> Iterator[tuple[str, tuple[int, ...], float]]:
    """Yield every number of a network: its array's name, its place there, and its value."""
    for name in WEIGHT_FIELDS:
        array = getattr(weights, name)
        if array is not None:
            yield from ((name, index, float(value)) for index, value in np.ndenumerate(array))


def setting(weights: Weights, step: int) -> tuple[Intervention, ...]:
    """Return what sets every number of a network at a step, in the order of their targets.

    Raises SettingError for a number that a weight cannot be set to.
    """
    made = [
        Intervention(step, name, _real(checked(WEIGHT, weight_name(name, index), value)), index)
        for name, index, value in numbers_of(weights)
    ]
    return tuple(sorted(made, key=lambda change: change.target))


def _real(value: object) -> float:
    assert isinstance(value, float)
    return value


@dataclass(frozen=True, slots=True)
class Streak:
    """Since when a condition has held without a break, and when it first came to hold."""

    since: int | None = None
    first: int | None = None

    def extended(self, holds: NDArray[np.bool_], first_step: int) -> "Streak":
        """Return the streak after n more steps, holds (n,), the first of them this one."""
        if not holds.any():
            return Streak(None, self.first)
        breaks = np.flatnonzero(~holds)
        since = self.since
        if len(breaks):
            after = int(breaks[-1]) + 1
            since = first_step + after if after < len(holds) else None
        elif since is None:
            since = first_step
        first = first_step + int(np.argmax(holds)) if self.first is None else self.first
        return Streak(since, first)


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """All that the next steps of a run depend on, as it came to a step: before it was changed."""

    step: int
    parameters: Array
    """(P,) w1 row by row, b1, w2, b2."""
    velocity: Array
    """(P,) what the last step subtracted."""
    right: Streak
    learned: Streak


@dataclass(frozen=True, slots=True)
class Record:
    """A run of any length in bounded memory. A value: nobody writes to it.

    Two records are equal where they are of the same run: all else follows from the recipe.
    """

    config: RunConfig
    """The settings at step 0."""
    interventions: tuple[Intervention, ...] = ()
    """In the order of their steps, and at one step in that of their targets."""
    newest: int = 0
    """The last step that was taken."""
    trace: Trace = field(default_factory=Trace.empty, compare=False, repr=False)
    """Its last point is the newest step; empty where no step is known yet."""
    checkpoints: tuple[Checkpoint, ...] = field(default=(), compare=False, repr=False)
    """Rising; the last one is at the newest step, unless there is none at all."""
    kernels: tuple[str, ...] = field(default=(), compare=False)
    """Which took the steps, each named once, in the order in which they came: each has other last
    digits."""

    def is_foreign_to(self, kernel: str) -> bool:
        """Return whether steps were taken by a kernel other than this one."""
        return any(name != kernel for name in self.kernels)

    @property
    def right(self) -> Streak:
        """When all four rows were right, as the run came to its newest step."""
        return self.checkpoints[-1].right if self.checkpoints else Streak()

    @property
    def learned(self) -> Streak:
        """When all four errors were small, as the run came to its newest step."""
        return self.checkpoints[-1].learned if self.checkpoints else Streak()

    @property
    def loss(self) -> float | None:
        """The loss at the newest step, if it is known."""
        return float(self.trace.losses[-1]) if len(self.trace.losses) else None

    def has_room_for(self, changes: int) -> bool:
        """Tell whether the run may be changed so many times more."""
        return len(self.interventions) + changes <= MOST_INTERVENTIONS

    def config_at(self, step: int) -> RunConfig:
        """Return the settings in force after what was changed at this step."""
        live = {c.field: c.value for c in self.interventions if c.step <= step and not c.index}
        return replace(self.config, **live) if live else self.config  # type: ignore[arg-type]

    def is_part_of(self, other: "Record") -> bool:
        """Tell whether another run has come all the way that was trained in this one."""
        until = self.newest
        made, others = (
            tuple(change for change in run.interventions if change.step < until)
            for run in (self, other)
        )
        return (self.config, made) == (other.config, others) and until <= other.newest

    def compact(self) -> "Record":
        """Return the same run with fewer checkpoints where they take much memory."""
        most = _COMPACT_NUMBERS // (2 * parameter_count(self.config))
        stride = -(-(len(self.checkpoints) - 1) // (most - 1))  # rounded up
        if stride <= 1:
            return self
        kept = self.checkpoints[:-1:stride] + self.checkpoints[-1:]
        return replace(self, checkpoints=kept)
