"""A run as a value: its recipe and changes, its trace, and checkpoints to resume from.

Shapes: P trainable numbers, H hidden units.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array, Mask
from xorviz.core.network import Weights, parameter_count
from xorviz.core.rules import Real, SettingError, Whole, checked
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import LIVE, SETTINGS, RunConfig
from xorviz.core.steps import State, memory_sizes

WEIGHT = Real(-1e6, 1e6)
"""Values that a weight can be set to."""
WEIGHT_FIELDS = ("w1", "b1", "w2", "b2")

MOST_INTERVENTIONS = 10_000
"""Per run, so that its memory is bounded."""
TOO_MANY = f"a run can be changed at most {MOST_INTERVENTIONS} times"

MOST_BYTES, _COMPACT_BYTES = 4_000_000, 400_000
"""Of the checkpoints of a run, and of a compact record."""
_COMPACT_STEPS = 1 << 19
"""A compact record has more of them where they would be more than twice so many steps apart: a
second of training by Numba at width 64."""
_OVERHEAD = 400
"""Bytes of a checkpoint beside its numbers: four objects and two array headers."""
PATH = 512
"""Points that show the path of a run."""

_TELLING = 10
"""Fewest points of a path that anything is concluded from: two are always on a line."""

step_of = attrgetter("step")
"""Sort key of interventions and checkpoints."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """A change of a setting or a weight at a step, which affects the steps after it."""

    step: int
    field: str
    """One of LIVE or WEIGHT_FIELDS."""
    value: float
    index: tuple[int, ...] = ()
    """Index in a weight's array: (i, j) in w1, (j,) in b1, (j, 0) in w2, (0,) in b2."""

    @property
    def target(self) -> tuple[str, tuple[int, ...]]:
        """The field and index; of several changes of one target at one step the last counts."""
        return self.field, self.index

    @property
    def name(self) -> str:
        """The name of the setting or weight: rate, w1[x1→h3], b2."""
        return weight_name(self.field, self.index) if self.index else self.field

    @property
    def text(self) -> str:
        """The name and the value: rate 0.5, w1[x1→h3] −2.5."""
        return f"{self.name} {numerals.plain(self.value)}".replace("-", numerals.MINUS)


def at_step(interventions: tuple[Intervention, ...], step: int) -> tuple[Intervention, ...]:
    """Return the interventions made at a step."""
    first = bisect_left(interventions, step, key=step_of)
    last = bisect_right(interventions, step, lo=first, key=step_of)
    return interventions[first:last]


def ends_of(field: str, index: tuple[int, ...]) -> tuple[str, str]:
    """Return what a weight leads from and to: x1 and h3, h1 and o. A bias leads from nothing."""
    start = {"w1": "x", "w2": "h"}.get(field)
    end = f"h{index[-1] + 1}" if field in {"w1", "b1"} else "o"
    return f"{start}{index[0] + 1}" if start else "", end


def weight_name(field: str, index: tuple[int, ...]) -> str:
    """Return the name of a weight: w1[x1→h3], b1[h2], w2[h1→o], b2."""
    start, end = ends_of(field, index)
    return "b2" if field == "b2" else f"{field}[{start}{'→' * bool(start)}{end}]"


def weight_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a network's weights by name."""
    width = config.width
    shapes = {"w1": (2, width), "b1": (width,), "w2": (width, 1), "b2": (1,)}
    return {n: shape for n, shape in shapes.items() if config.biases or n in {"w1", "w2"}}


def checked_intervention(
    config: RunConfig, step: int, field: str, value: Any, index: tuple[int, ...] = ()
) -> Intervention:
    """Return a valid intervention, or raise SettingError."""
    if field in LIVE:
        if index:
            raise SettingError(f"{field} is one number; it has no index {index}")
        return Intervention(step, field, checked(SETTINGS[field].rule, field, value))
    if field not in WEIGHT_FIELDS:
        raise SettingError(f"{field} cannot change during a run")
    index = _checked_index(config, field, index)
    value = checked(WEIGHT, weight_name(field, index), value)
    return Intervention(step, field, value, index)


def _checked_index(config: RunConfig, field: str, index: tuple[int, ...]) -> tuple[int, ...]:
    """Return an index of a weight's array as plain integers, or raise SettingError."""
    shape = weight_shapes(config).get(field)
    if shape is None:
        raise SettingError(f"there is no {field}: this network has no biases")
    try:
        return tuple(Whole(0, n - 1).check(i) for i, n in zip(index, shape, strict=True))
    except ValueError:
        raise SettingError(f"{field} has no index {index}; its shape is {shape}") from None


def numbers_of(weights: Weights) -> Iterator[tuple[str, tuple[int, ...], float]]:
    """Yield the array name, index and value of every number of a network."""
    for name in WEIGHT_FIELDS:
        array = getattr(weights, name)
        if array is not None:
            yield from ((name, index, float(value)) for index, value in np.ndenumerate(array))


def setting(weights: Weights, step: int) -> tuple[Intervention, ...]:
    """Return interventions that set all weights at a step, in the order of their targets.

    Raises SettingError for a value that a weight cannot be set to.
    """
    made = [
        Intervention(step, name, checked(WEIGHT, weight_name(name, index), value), index)
        for name, index, value in numbers_of(weights)
    ]
    return tuple(sorted(made, key=lambda change: change.target))


@dataclass(frozen=True, slots=True)
class Streak:
    """The step since which a condition has held without a break, and the first step it held."""

    since: int | None = None
    first: int | None = None

    def extended(self, holds: Mask, first_step: int) -> "Streak":
        """Return the streak after n more steps from first_step on, with holds (n,)."""
        if not holds.any():
            return Streak(None, self.first)
        if self.since is not None and holds.all():
            return self
        breaks = np.flatnonzero(~holds)
        after = int(breaks[-1]) + 1 if len(breaks) else 0
        since = first_step + after if after < len(holds) else None
        first = first_step + int(np.argmax(holds)) if self.first is None else self.first
        return Streak(since, first)

    def then(self, holds: bool, step: int) -> "Streak":
        """Return the streak after one more step, as ``extended`` does."""
        if holds:
            first = step if self.first is None else self.first
            return Streak(step, first) if self.since is None else self
        return self if self.since is None else Streak(None, self.first)


def is_telling(points: int) -> bool:
    """Return whether a path of this many points shows its shape."""
    return points >= _TELLING


def is_line(points: int, last: int) -> bool:
    """Return whether a line through this many points, the last at a step, shows the run's path.

    It does if they are all steps of the run, or many of them.
    """
    return is_telling(points) or points > last


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state that determines the next steps of a run, before any change at this step."""

    step: int
    state: State
    """The arrays (P,) of a kernel; of a watched run the parameters alone."""
    right: Streak
    learned: Streak

    @property
    def parameters(self) -> Array:
        """(P,) w1 row by row, b1, w2, b2."""
        return self.state[0]


@dataclass(frozen=True, slots=True)
class Record:
    """A run of any length in bounded memory. A value: never written to.

    Records of the same run compare equal: all else follows from the recipe and the changes.
    """

    config: RunConfig
    """The settings at step 0."""
    interventions: tuple[Intervention, ...] = ()
    """Sorted by step, and within a step by target."""
    newest: int = 0
    """The last step taken."""
    trace: Trace = field(default_factory=Trace, compare=False, repr=False)
    """Ends at the newest step; empty where no step is known."""
    checkpoints: tuple[Checkpoint, ...] = field(default=(), compare=False, repr=False)
    """Sorted by step; the last one, if any, is at the newest step."""
    kernels: tuple[str, ...] = field(default=(), compare=False)
    """Kernels that took the steps, in order, each once: kernels differ in the last digits."""
    source: WatchedSource | None = None
    """The program that trains a watched run; its checkpoints are the states that are kept."""
    parted_at: int | None = field(default=None, compare=False)
    """Beside a watched run: the first step at which the two were seen to differ."""

    @property
    def right(self) -> Streak:
        """Streak of all four rows correct, before any change at the newest step."""
        return self.checkpoints[-1].right if self.checkpoints else Streak()

    @property
    def learned(self) -> Streak:
        """Streak of all four errors small, before any change at the newest step."""
        return self.checkpoints[-1].learned if self.checkpoints else Streak()

    @property
    def loss(self) -> float | None:
        """The loss at the newest step, if known."""
        return float(self.trace.losses[-1]) if len(self.trace.losses) else None

    @property
    def is_given(self) -> bool:
        """Whether its first weights are all given, so that no seed has drawn them."""
        given = sum(bool(change.index) for change in at_step(self.interventions, 0))
        return self.source is not None or given == parameter_count(self.config)

    def config_at(self, step: int) -> RunConfig:
        """Return the settings after the changes at a step."""
        live = {c.field: c.value for c in self.interventions if c.step <= step and not c.index}
        return replace(self.config, **live) if live else self.config  # type: ignore[arg-type]

    def towards(self, step: int, start: int) -> int:
        """Return the step to go to when one is asked for from a step.

        Of a watched run that is the next kept one on the way, or the last one.
        """
        step = max(0, min(step, self.newest))
        if self.source is None:
            return step
        place = bisect_left if step >= start else bisect_right
        index = place(self.checkpoints, step, key=step_of) - (step < start)
        return self.checkpoints[max(0, index)].step

    def is_part_of(self, other: "Record") -> bool:
        """Return whether another run contains all steps of this one."""
        if self.source is not None or other.source is not None:
            keys = {run.source and run.source.key for run in (self, other)}
            return len(keys) == 1 and self.newest <= other.newest
        until = self.newest
        made, others = (
            tuple(change for change in run.interventions if change.step < until)
            for run in (self, other)
        )
        return (self.config, made) == (other.config, others) and until <= other.newest

    def thinned(self, most: int) -> "Record":
        """Return the same run with at most so many checkpoints before the last one.

        Those of a watched run are all that is known of it, and stay.
        """
        kept = self.checkpoints
        if self.source is not None or len(kept) - 1 <= most:
            return self
        stride = 1 << (-(-(len(kept) - 1) // most) - 1).bit_length()  # a power of two
        return replace(self, checkpoints=kept[:-1:stride] + kept[-1:])

    def compact(self) -> "Record":
        """Return the same run with fewer checkpoints if they take much memory."""
        enough = max(_COMPACT_BYTES // checkpoint_bytes(self.config), self.newest // _COMPACT_STEPS)
        return self.thinned(min(enough, most_checkpoints(self.config)))

    @property
    def path(self) -> tuple[Checkpoint, ...]:
        """Checkpoints that show the way of a run; of a watched one all states."""
        return self.thinned(PATH).checkpoints


def checkpoint_bytes(config: RunConfig) -> int:
    """Return the memory that a checkpoint takes."""
    return _OVERHEAD + 8 * (parameter_count(config) + sum(memory_sizes(config).values()))


def most_checkpoints(config: RunConfig) -> int:
    """Return how many checkpoints a run has at most: 7,300 at width 3, 880 at width 64."""
    return MOST_BYTES // checkpoint_bytes(config)
