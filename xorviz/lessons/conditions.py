"""What was seen of a run or of many networks, and the conditions that a lesson checks of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

import numpy as np
from msgspec import Meta, Struct

from xorviz.core import numerals
from xorviz.core.arrays import Array, Steps
from xorviz.core.diagnosis import stuck_states
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.network import head_of
from xorviz.core.rules import Choice, checked
from xorviz.core.runs.project import differing
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lab.results.success import Proportion


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run as far as it was trained. A value."""

    record: Record
    has_ended: bool = False
    """Whether no further step can be taken."""
    limit: int | None = field(default=None, compare=False)
    """A step after which nothing counts, if it was trained further."""

    @property
    def recipe(self) -> RunConfig:
        """The settings at step 0."""
        return self.record.config

    @property
    def recipe_now(self) -> RunConfig:
        """The settings at the newest step."""
        return self.record.config_at(self.newest)

    @property
    def newest(self) -> int:
        """The last step taken."""
        newest = self.record.newest
        return newest if self.limit is None else min(newest, self.limit)

    @property
    def correct_since(self) -> int | None:
        """The step since which all four rows have been correct without a break."""
        since = self.record.right.since
        return None if since is None or since > self.newest else since

    @property
    def most_rows(self) -> int:
        """The most rows that were correct at a recorded step."""
        return int(self._right_rows.max(initial=0))

    @property
    def rows(self) -> int:
        """How many rows are correct at the newest step."""
        return int(self._right_rows[-1:].sum())

    @property
    def state(self) -> str | None:
        """The stuck state nearest to the newest outputs, by its name."""
        last = self._shares[-1:].tolist()
        found = stuck_states.nearest(last[0], self.recipe.targets) if last else None
        return None if found is None else found.name

    @property
    def _shares(self) -> Array:
        """(T, 4) the outputs on the scale on which the targets are 0 and 1."""
        outputs = self.record.trace.up_to(self.newest).outputs
        return head_of(self.recipe).coding.share(outputs)

    @property
    def _right_rows(self) -> Steps:
        errors = np.abs(self._shares - np.array(self.recipe.targets))
        return np.asarray((errors < RIGHT_ERROR).sum(axis=1))


@dataclass(frozen=True, slots=True)
class LabSeen:
    """The networks of one recipe, all trained to the end. A value."""

    recipe: RunConfig
    """Of which the seed does not count."""
    seeds: tuple[int, ...]
    steps: int
    right: Proportion
    """Those with all four rows correct at the last step."""


Evidence: TypeAlias = RunSeen | LabSeen


MOST_STEPS = 1_000_000
"""The longest run of a lesson."""
MOST_TASKS = 9
"""The most steps of a lesson, and so the largest number that one has."""
ONE, WEIGHTS = "one", "weights"
"""Words of setting_changed: any single setting; weights set by hand."""

Step = Annotated[int, Meta(ge=0, le=MOST_STEPS)]
Percent = Annotated[float, Meta(ge=0, le=100)]
TaskNumber = Annotated[int, Meta(ge=1, le=MOST_TASKS)]


class Condition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of these entries, each with its value; README.md here says when it holds. A value."""

    reached: Step | None = None
    correct_by: Step | None = None
    not_correct_after: Step | None = None
    first_step_within: tuple[Step, Step] | None = None
    state_is: str | None = None
    share_within: tuple[Percent, Percent] | None = None
    order_of: Annotated[tuple[TaskNumber, ...], Meta(min_length=1)] | None = None
    setting_changed: Annotated[tuple[str, ...], Meta(min_length=1)] | str | None = None

    def __post_init__(self) -> None:
        if (count := sum(getattr(self, name) is not None for name in KINDS)) != 1:
            raise ValueError(f"has {count} entries; allowed: one of {', '.join(KINDS)}")
        if self.state_is is not None:
            checked(Choice(NAMES), "state_is", self.state_is)
        for ends in (self.first_step_within, self.share_within):
            if ends is not None and ends[0] > ends[1]:
                raise ValueError(f"{self.name} is {list(ends)}; allowed: the smaller end first")
        if isinstance(self.setting_changed, str):
            checked(Choice((ONE,)), self.name, self.setting_changed)
        else:
            for name in self.setting_changed or ():
                checked(Choice((*SETTINGS, WEIGHTS)), self.name, name)

    @property
    def name(self) -> str:
        """Its entry, one of KINDS."""
        return next(name for name in KINDS if getattr(self, name) is not None)

    @property
    def value(self) -> Any:
        """The value of its entry."""
        return getattr(self, self.name)

    @property
    def expected(self) -> str:
        """What it asks for, in words."""
        return EXPECTED[self.name](self.value)

    @property
    def limit(self) -> int:
        """The step by which it is decided; 0 if no step is named."""
        if self.first_step_within is not None:
            return self.first_step_within[1]
        return self.reached or self.correct_by or self.not_correct_after or 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What conditions are about: what was seen in a step of a lesson, and in those before it."""

    now: Evidence
    start: RunConfig
    """The recipe that the step began with."""
    seen: tuple[Evidence, ...] = ()
    """Of each step that is over, in their order."""


def _reached(value: int, scene: Scene) -> bool | None:
    run = _run(scene)
    return True if run.newest >= value or run.has_ended else None


def _not_correct_after(value: int, scene: Scene) -> bool | None:
    run = _run(scene)
    return run.correct_since is None if run.newest >= value else None


def _first_step_within(value: tuple[int, int], scene: Scene) -> bool | None:
    run, (low, high) = _run(scene), value
    if run.correct_since is not None:
        return low <= run.correct_since <= high
    return False if run.newest >= high else None


def is_allowed_change(value: tuple[str, ...] | str, changed: set[str]) -> bool:
    """Return whether some of these settings are changed, and no other; of "one", whether one is."""
    return len(changed) == 1 if value == ONE else bool(changed) and changed <= set(value)


def _share_within(value: tuple[float, float], scene: Scene) -> bool | None:
    low, high = value
    return isinstance(scene.now, LabSeen) and low <= 100 * scene.now.right.value <= high


def _order_of(value: tuple[int, ...], scene: Scene) -> bool | None:
    """Hold if these steps come first, in this order: the soonest runs, or the largest shares."""
    ranks = {number: _rank(seen) for number, seen in enumerate(scene.seen, start=1)}
    if any(number not in ranks for number in value):
        return None
    first = [ranks[number] for number in value]
    others = [rank for number, rank in ranks.items() if number not in value]
    return all(a < b for a, b in pairwise(first)) and all(first[-1] < rank for rank in others)


def _rank(seen: Evidence) -> float:
    """Return a number that is the smaller, the sooner a run was correct, or the more were."""
    if isinstance(seen, LabSeen):
        return -seen.right.value
    return float("inf") if seen.correct_since is None else seen.correct_since


def changed_in(seen: Evidence, start: RunConfig) -> set[str]:
    """Return which settings differ from a recipe, also those changed on the way."""
    names = set(differing((start, seen.recipe)))
    if isinstance(seen, LabSeen):
        return names - {"seed"}
    return names | {c.field if not c.index else WEIGHTS for c in seen.record.interventions}


KINDS: Mapping[str, Callable[[Any, Scene], bool | None]] = {
    "reached": _reached,
    "correct_by": lambda value, scene: _first_step_within((0, value), scene),
    "not_correct_after": _not_correct_after,
    "first_step_within": _first_step_within,
    "state_is": lambda value, scene: _run(scene).state == value or None,
    "share_within": _share_within,
    "order_of": _order_of,
    "setting_changed": lambda value, scene: (
        is_allowed_change(value, changed_in(scene.now, scene.start)) or None
    ),
}
"""Whether a condition holds, by its entry; None as long as that is open."""
EXPECTED: Mapping[str, Callable[[Any], str]] = {
    "reached": lambda value: f"{numerals.whole(value)} steps",
    "correct_by": lambda value: f"all four rows correct by step {numerals.whole(value)}",
    "not_correct_after": lambda value: f"a row wrong after {numerals.whole(value)} steps",
    "first_step_within": lambda value: (
        f"all four rows correct first from step {numerals.whole(value[0])} "
        f"to {numerals.whole(value[1])}"
    ),
    "state_is": lambda value: f"outputs that end as: {value}",
    "share_within": lambda value: (
        f"{numerals.plain(value[0])} to {numerals.plain(value[1])}\u00a0% of the networks correct"
    ),
    "order_of": lambda value: f"steps {numerals.listed([*map(str, value)])} first, in this order",
    "setting_changed": lambda value: (
        "one setting changed"
        if value == ONE
        else f"a change of {' or '.join(value).replace('_', ' ')} only"
    ),
}
"""What a condition asks for, in words, by its entry."""
OF_LAB, OF_EITHER = {"share_within"}, {"order_of", "setting_changed"}
"""Those about networks of the lab, and about those or a run; the others are about a run."""


def holds(condition: Condition, scene: Scene) -> bool | None:
    """Return whether a condition holds, or None as long as that is open."""
    return KINDS[condition.name](condition.value, scene)


def all_hold(conditions: Sequence[Condition], scene: Scene) -> bool | None:
    """Return whether all conditions hold, or None as long as that is open.

    What is still open at the last step that any of them names, or when the run ends, fails.
    """
    found = [holds(condition, scene) for condition in conditions]
    if None not in found:
        return all(found)
    limit = limit_of(conditions)
    if isinstance(scene.now, LabSeen) or scene.now.has_ended:
        return False
    return False if limit and scene.now.newest >= limit else None


def limit_of(conditions: Sequence[Condition]) -> int:
    """Return the step by which all of them are decided; 0 if none names a step."""
    return max((condition.limit for condition in conditions), default=0)


def _run(scene: Scene) -> RunSeen:
    assert isinstance(scene.now, RunSeen)
    return scene.now
