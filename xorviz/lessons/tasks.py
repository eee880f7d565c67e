"""What a lesson has its user train: its steps and its exercise. Each is an object of its file."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from xorviz.core.numerals import whole
from xorviz.core.rules import Choice, Whole, checked
from xorviz.core.runs.project import differing
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lessons.conditions import (
    MOST_STEPS,
    OF_EITHER,
    OF_LAB,
    Condition,
    Evidence,
    RunSeen,
    changed_in,
    is_allowed_change,
    limit_of,
)

CONTROLS = (
    "run", "step", "reset", "new_weights", "lab_run", "side_by_side", "pin", "why",
    "diagnose", "what_helps",
)  # fmt: skip
"""What a step may point to, beside the settings of a run; the last five have no button here."""
MOST_SEEDS, MOST_LAB_STEPS = 1000, MOST_STEPS // 10
"""So that the lab takes a minute or two at most."""

ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*$"
Paragraph = Annotated[str, Meta(min_length=1, max_length=600, pattern=ONE_LINE)]
Conditions = Annotated[tuple[Condition, ...], Meta(max_length=9)]
Needed = Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=9)]

CONTROL = Choice((*SETTINGS, *CONTROLS))


class LessonPart(Struct, frozen=True, forbid_unknown_fields=True):
    """An object of a lesson's file. A value."""


class LabTask(LessonPart, frozen=True):
    """What is trained in the lab for a step."""

    seeds: Annotated[int, Meta(ge=1, le=MOST_SEEDS)]
    """Seeds 0 to this, without it."""
    steps: Annotated[int, Meta(ge=1, le=MOST_LAB_STEPS)]


class LessonStep(LessonPart, frozen=True):
    """What the user does: a step of a lesson."""

    do: Paragraph
    recipe: RunConfig
    """What it begins with; a file has what differs from the recipe of the setup."""
    until: Conditions = ()
    control: str = ""
    """The name of the control that is framed: an action or a setting."""
    lab: LabTask | None = None
    """None for a run."""

    def __post_init__(self) -> None:
        if self.control:
            checked(CONTROL, "control", self.control)

    @property
    def limit(self) -> int:
        """The steps that it takes at most."""
        return self.lab.steps if self.lab is not None else limit_of(self.until)

    def asks_for(self, seen: Evidence) -> bool:
        """Return whether what is seen is a run, or just the networks of the lab, as asked for."""
        if self.lab is None or isinstance(seen, RunSeen):
            return self.lab is None and isinstance(seen, RunSeen)
        return (seen.seeds, seen.steps) == (tuple(range(self.lab.seeds)), self.lab.steps)

    def is_done_in(self, seen: Evidence) -> bool:
        """Return whether a run, or a run of the lab, is what the step asks for, of its recipe."""
        return not changed_in(seen, self.recipe) and self.asks_for(seen)

    def strayed(self, recipe: RunConfig) -> set[str]:
        """Return the settings of a recipe that are not those of the step; of a lab, no seed."""
        other = set(differing((self.recipe, recipe)))
        return other - {"seed"} if self.lab is not None else other

    def check(self, ranked: Sequence["LessonStep"], where: str) -> None:
        """Raise ValueError unless it ends; ``ranked`` are the steps that are over by then."""
        if not self.limit:
            why = "names no step above 0, so this run would never end; add for example"
            raise ValueError(f'{where}.until {why} {{"reached": 5000}}')
        self.check_conditions(self.until, ranked, f"{where}.until")

    def check_conditions(
        self, conditions: Sequence[Condition], ranked: Sequence["LessonStep"], where: str
    ) -> None:
        """Raise ValueError for a condition that is not about what the step trains."""
        for number, condition in enumerate(conditions, start=1):
            name, value = condition.name, condition.value
            entry = f"{where}[{number}].{name}"
            if name not in OF_EITHER and (name in OF_LAB) != (self.lab is not None):
                what, other = ("the lab", "a run") if self.lab is None else ("a run", "the lab")
                raise ValueError(f"{entry} is about {what}, but this step trains {other}")
            if name == "setting_changed" and not isinstance(self, Exercise):
                raise ValueError(
                    f"{entry} is for the exercise: the recipe of a step stays as it is"
                )
            if name == "order_of":
                if max(value) > len(ranked):
                    told = f"names step {max(value)}; allowed: 1 to {len(ranked)}"
                    raise ValueError(f"{entry} {told}")
                if len({step.lab is None for step in ranked}) > 1:
                    raise ValueError(f"{entry} compares runs, or steps in the lab; here are both")


class Exercise(LessonStep, frozen=True, kw_only=True):
    """A step in which the user finds the recipe."""

    until: Needed
    show_me: RunConfig
    """A recipe that solves it; a file has what differs from its own."""

    def check(self, ranked: Sequence[LessonStep], where: str) -> None:
        """Raise ValueError unless it ends, and its solution makes a change that is allowed."""
        super().check((*ranked, self), where)
        changed = self.strayed(self.show_me)
        if not changed:
            raise ValueError(f"{where}.show_me changes nothing in the recipe of the exercise")
        for condition in self.until:
            allowed = condition.setting_changed
            if allowed is not None and not is_allowed_change(allowed, changed):
                names = ", ".join(sorted(changed))
                may = allowed if isinstance(allowed, str) else ", ".join(allowed)
                told = f"changes {names}; allowed by setting_changed: {may}"
                raise ValueError(f"{where}.show_me {told}")


def step_of(number: int, steps: Sequence[LessonStep], where: str) -> LessonStep:
    """Return the step with a number, counted from 1. Raises ValueError."""
    checked(Whole(1, len(steps)), f"{where}.of", number)
    return steps[number - 1]


def check_steps(steps: Sequence[LessonStep], recipe: RunConfig, trained: int) -> None:
    """Raise ValueError unless each step trains something, after a recipe was trained so far."""
    for number, step in enumerate(steps, start=1):
        where = f"steps[{number}]"
        step.check(steps[:number], where)
        if step.lab is None:
            if step.recipe == recipe and step.limit <= trained:
                at = whole(trained)
                raise ValueError(f"{where}.until ends where the run is already, at {at}")
            recipe, trained = step.recipe, step.limit
