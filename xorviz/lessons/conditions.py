"""The conditions of lessons: what the program checks on its own of what was seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.rules import Checkable, Choice, Real, Whole
from xorviz.core.runs.project import differing
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lessons.evidence import Evidence, LabSeen, RunSeen

REACHED, NOT_CORRECT_AFTER = "reached", "not_correct_after"
ORDER_OF, SETTING_CHANGED = "order_of", "setting_changed"
MOST_STEPS = 1_000_000
"""The longest run of a lesson."""
MOST_TASKS = 9
"""The most steps of a lesson, and so the largest number that one has."""
STEP = Whole(0, MOST_STEPS)
ONE, WEIGHTS = "one", "weights"
"""Words of setting_changed: any single setting; weights set by hand."""
SETTING = Choice((*SETTINGS, WEIGHTS))


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of KINDS, with its value in a lesson. A value."""

    name: str
    value: Any

    @property
    def limit(self) -> int:
        """The step by which it is decided; 0 if no step is named."""
        rule = KINDS[self.name].rule
        if rule == STEP:
            return int(self.value)
        return int(self.value[1]) if rule == Ends(STEP) else 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What conditions are about: what was seen in a step of a lesson, and in those before it."""

    now: Evidence
    start: RunConfig
    """The recipe that the step began with."""
    seen: tuple[Evidence, ...] = ()
    """Of each step that is over, in their order."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The rule for two values of another rule, the smaller one first: the ends of a range."""

    rule: Checkable

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f"two values, the smaller one first, each {self.rule.allowed}"

    def check(self, value: object) -> tuple[Any, Any]:
        """Return the ends, or raise ValueError."""
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError(self.allowed)
        low, high = (self.rule.check(end) for end in value)
        if low > high:
            raise ValueError(self.allowed)
        return low, high


@dataclass(frozen=True, slots=True)
class Several:
    """The rule for a list of different values of another rule, or for a word."""

    rule: Checkable
    word: str = ""
    fewest: int = 1

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        least = f"at least {self.fewest}, " if self.fewest > 1 else ""
        word = f'; or "{self.word}"' if self.word else ""
        return f"a list of different values, {least}each {self.rule.allowed}{word}"

    def check(self, value: object) -> tuple[Any, ...]:
        """Return the values, or raise ValueError."""
        if self.word and value == self.word:
            return (self.word,)
        if not isinstance(value, list | tuple) or len(value) < self.fewest:
            raise ValueError(self.allowed)
        checked = tuple(self.rule.check(one) for one in value)
        if len(set(checked)) < len(checked):
            raise ValueError(self.allowed)
        return checked


def _reached(value: int, scene: Scene) -> bool | None:
    run = _run(scene)
    return True if run.newest >= value or run.has_ended else None


def _correct_by(value: int, scene: Scene) -> bool | None:
    return _first_step_within((0, value), scene)


def _not_correct_after(value: int, scene: Scene) -> bool | None:
    run = _run(scene)
    return run.correct_since is None if run.newest >= value else None


def _first_step_within(value: tuple[int, int], scene: Scene) -> bool | None:
    run, (low, high) = _run(scene), value
    if run.correct_since is not None:
        return low <= run.correct_since <= high
    return False if run.newest >= high else None


def _state_is(value: str, scene: Scene) -> bool | None:
    return True if _run(scene).state == value else None


def _setting_changed(value: tuple[str, ...], scene: Scene) -> bool | None:
    return True if is_allowed_change(value, changed_in(scene.now, scene.start)) else None


def is_allowed_change(value: tuple[str, ...], changed: set[str]) -> bool:
    """Return whether some of these settings are changed, and no other; of "one", whether one is."""
    return len(changed) == 1 if value == (ONE,) else bool(changed) and changed <= set(value)


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


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """A condition that a lesson may name."""

    rule: Checkable
    """What its value may be."""
    holds: Callable[[Any, Scene], bool | None]
    """Return whether it holds, or None as long as that is open."""
    is_of_lab: bool | None = False
    """Whether it is about networks of the lab, rather than a run; None for either."""


KINDS: Mapping[str, ConditionKind] = {
    REACHED: ConditionKind(STEP, _reached),
    "correct_by": ConditionKind(STEP, _correct_by),
    NOT_CORRECT_AFTER: ConditionKind(STEP, _not_correct_after),
    "first_step_within": ConditionKind(Ends(STEP), _first_step_within),
    "state_is": ConditionKind(Choice(NAMES), _state_is),
    "share_within": ConditionKind(Ends(Real(0, 100)), _share_within, is_of_lab=True),
    ORDER_OF: ConditionKind(Several(Whole(1, MOST_TASKS)), _order_of, is_of_lab=None),
    SETTING_CHANGED: ConditionKind(Several(SETTING, ONE), _setting_changed, is_of_lab=None),
}
"""By their names in a lesson."""


def holds(condition: Condition, scene: Scene) -> bool | None:
    """Return whether a condition holds, or None as long as that is open."""
    return KINDS[condition.name].holds(condition.value, scene)


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
