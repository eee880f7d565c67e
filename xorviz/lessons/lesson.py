"""A lesson as a value: setup, question, predictions, steps, insight, exercise."""

from dataclasses import dataclass
from typing import TypeAlias

from xorviz.core.settings import RunConfig
from xorviz.lessons.conditions import Condition, limit_of

ROWS, STEP, COUNT, SHARE = "most_rows", "first_step", "count", "share"
MEASURES = (ROWS, STEP, COUNT, SHARE)
"""What a number is about: of a run the most rows correct at once, or the first step with all four
correct; of the lab the number, or the percentage, of networks with all four correct.
"""
INTERVAL = "interval"
WORKSPACES = ("learn", "inside", "lab")
CONTROLS = (
    "run", "step", "reset", "new_weights", "lab_run", "side_by_side", "pin", "why",
)  # fmt: skip
"""What a step may point to, beside the settings of a run."""
FREE, HIDDEN, LOCKED = "free", "hidden", "locked"
OTHERS = (FREE, HIDDEN, LOCKED)
"""What becomes of the controls that a lesson does not name."""


@dataclass(frozen=True, slots=True)
class LabTask:
    """What is trained in the lab for a step."""

    seeds: int
    """Seeds 0 to this, without it."""
    steps: int


@dataclass(frozen=True, slots=True)
class LessonStep:
    """What the user does: a step of a lesson, or its exercise. A value."""

    do: str
    recipe: RunConfig
    """What it begins with."""
    until: tuple[Condition, ...]
    control: str = ""
    """The name of the control that is framed: an action or a setting."""
    lab: LabTask | None = None
    """None for a run."""
    show_me: RunConfig | None = None
    """Of an exercise, a recipe that solves it."""

    @property
    def limit(self) -> int:
        """The steps that it takes at most."""
        return self.lab.steps if self.lab is not None else limit_of(self.until)


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """A number is predicted."""

    ask: str
    measure: str
    """One of MEASURES."""
    low: float
    high: float
    unit: str
    of: int
    """The step of the lesson that it is about, from 1."""
    answer: float
    """What the lesson claims to happen."""
    share_within: float | str | None = None
    """How far a right prediction may be away: percentage points, or INTERVAL."""
    first_step_within: float | None = None
    """The factor that it may be away."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from, and the conditions under which it is right."""

    text: str
    when: tuple[Condition, ...]
    of: int
    """The step of the lesson that the conditions are about, from 1."""


@dataclass(frozen=True, slots=True)
class ChoiceAsked:
    """One of several options is predicted."""

    ask: str
    options: tuple[Option, ...]
    answer: int
    """The number of the option that the lesson claims to happen, from 1."""


@dataclass(frozen=True, slots=True)
class DrawingAsked:
    """The loss against the step is drawn."""

    ask: str
    last_step: int
    lowest: float
    highest: float
    """The values that the loss axis has room for."""
    first_step_within: float
    """The factor that the drawn fall may be away from the first step with all rows correct."""
    of: int
    answer: int
    """That step, as the lesson claims."""


Prediction: TypeAlias = NumberAsked | ChoiceAsked | DrawingAsked
Answer: TypeAlias = float | tuple[float, ...]
"""A number, the number of an option, or drawn losses (P,) at even steps from 0 to the last one."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the window shows when a lesson begins."""

    recipe: RunConfig
    step: int = 0
    """Steps that are trained before the question."""
    workspace: str = "learn"
    speed: float | None = None
    """Steps per second; None for as many as the machine can."""
    pinned: RunConfig | None = None
    """A second run that is trained as far, and pinned."""


@dataclass(frozen=True, slots=True)
class ControlRules:
    """Which settings can be changed during a lesson."""

    shown: tuple[str, ...] = ()
    others: str = FREE
    """One of OTHERS."""
    word: str = ""
    """What unlocks the others; it keeps honest people honest."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson. A value."""

    title: str
    setup: Setup
    question: str
    predictions: tuple[Prediction, ...]
    steps: tuple[LessonStep, ...]
    insight: str
    play: str = ""
    """What to play with before it begins; "" for nothing."""
    exercise: LessonStep | None = None
    order_of: tuple[int, ...] = ()
    """The predictions, from 1, whose order must be right, too."""
    controls: ControlRules = ControlRules()
