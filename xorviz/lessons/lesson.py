"""A lesson as a value: setup, question, predictions, steps, insight, exercise.

Each class is an object of a lesson's file; README.md here says what its entries mean.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct, field

from xorviz.core.numerals import grouped
from xorviz.core.rules import Choice, Real, Rule, Whole, checked
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS as TABLE
from xorviz.lessons.conditions import (
    MOST_STEPS,
    MOST_TASKS,
    Condition,
    Percent,
    Step,
    TaskNumber,
    limit_of,
)

ROWS, STEP, COUNT, SHARE = "most_rows", "first_step", "count", "share"
INTERVAL: Final = "interval"
MAX: Final = "max"
PANELS = {
    "learn": ("decision_surface", "truth_table", "loss_plot"),
    "inside": ("units", "truth_table"),
    "lab": ("lab_seeds",),
}
"""The panels that are shown, by the workspace of a lesson, unless it names its own."""
SHOWN = (
    "truth_table", "decision_surface", "network_diagram", "loss_plot", "weight_heatmap", "runs",
    "units", "hidden_space", "outputs_plot", "lab_seeds",
)  # fmt: skip
"""Those that a lesson may name."""
CONTROLS = (
    "run", "step", "reset", "new_weights", "lab_run", "side_by_side", "pin", "why",
    "diagnose", "what_helps",
)  # fmt: skip
"""What a step may point to, beside the settings of a run; the last five have no button here."""
MOST_SEEDS, MOST_LAB_STEPS = 1000, MOST_STEPS // 10
"""So that the lab takes a minute or two at most."""

MEASURES: Mapping[str, Rule] = {
    ROWS: Whole(0, len(TABLE)),
    STEP: Whole(0, MOST_STEPS),
    COUNT: Whole(0, MOST_SEEDS),
    SHARE: Real(0, 100),
}
"""What a number is about, and which it may be: of a run the most rows correct at once, or the first
step with all four correct; of the lab the number, or the percentage, of networks with all four
correct.
"""

_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*$"
Title = Annotated[str, Meta(min_length=1, max_length=60, pattern=_ONE_LINE)]
Short = Annotated[str, Meta(max_length=20, pattern=_ONE_LINE)]
Sentence = Annotated[str, Meta(min_length=1, max_length=200, pattern=_ONE_LINE)]
Paragraph = Annotated[str, Meta(min_length=1, max_length=600, pattern=_ONE_LINE)]
Conditions = Annotated[tuple[Condition, ...], Meta(max_length=9)]
Needed = Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=9)]
Factor = Annotated[float, Meta(ge=1, le=1000)]
Loss = Annotated[float, Meta(gt=0, le=1e6)]


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


class Exercise(LessonStep, frozen=True, kw_only=True):
    """A step in which the user finds the recipe."""

    until: Needed
    show_me: RunConfig
    """A recipe that solves it; a file has what differs from its own."""


class NumberAsked(LessonPart, frozen=True, tag_field="kind", tag="number"):
    """A number is predicted."""

    ask: Sentence
    measure: str
    """One of MEASURES."""
    low: int | float
    high: int | float
    answer: int | float
    """What the lesson claims to happen."""
    unit: Short = ""
    of: TaskNumber = 1
    """The step of the lesson that it is about, from 1."""
    share_within: Percent | Literal["interval"] | None = None
    """How far a right prediction may be away: percentage points, or INTERVAL."""
    first_step_within: Factor | None = None
    """The factor that it may be away."""

    def __post_init__(self) -> None:
        checked(Choice(tuple(MEASURES)), "measure", self.measure)
        for name in ("low", "high", "answer"):
            checked(MEASURES[self.measure], name, getattr(self, name))
        if self.low >= self.high:
            raise ValueError(f"high is {grouped(self.high)}; allowed: a number above low")
        if not self.low <= self.answer <= self.high:
            ends = f"from low to high, {grouped(self.low)} to {grouped(self.high)}"
            raise ValueError(f"answer is {grouped(self.answer)}; allowed: {ends}")
        if self.share_within is not None and not self.is_of_lab:
            raise ValueError(f"share_within is for {COUNT} and {SHARE}")
        if self.first_step_within is not None and self.measure != STEP:
            raise ValueError(f"first_step_within is for {STEP}")

    @property
    def is_of_lab(self) -> bool:
        """Whether it is about networks of the lab, rather than a run."""
        return self.measure in {COUNT, SHARE}


class Option(LessonPart, frozen=True):
    """One of the answers to choose from, and the conditions under which it is right."""

    text: Sentence
    when: Needed = field(name="if")
    of: TaskNumber = 1
    """The step of the lesson that the conditions are about, from 1."""


class ChoiceAsked(LessonPart, frozen=True, tag_field="kind", tag="choice"):
    """One of several options is predicted."""

    ask: Sentence
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]
    answer: Annotated[int, Meta(ge=1)]
    """The number of the option that the lesson claims to happen, from 1."""

    def __post_init__(self) -> None:
        if self.answer > len(self.options):
            raise ValueError(f"answer is {self.answer}; allowed: 1 to {len(self.options)}")


class DrawingAsked(LessonPart, frozen=True, tag_field="kind", tag="drawing"):
    """The loss against the step is drawn."""

    ask: Sentence
    last_step: Annotated[int, Meta(ge=2, le=MOST_STEPS)]
    lowest: Loss
    highest: Loss
    """The values that the loss axis has room for."""
    answer: Annotated[int, Meta(ge=1)]
    """The step from which all rows are correct, as the lesson claims."""
    of: TaskNumber = 1
    first_step_within: Factor = 2.0
    """The factor that the drawn fall may be away from that step."""

    def __post_init__(self) -> None:
        if self.lowest >= self.highest:
            raise ValueError(f"highest is {self.highest:g}; allowed: a number above lowest")
        if self.answer > self.last_step:
            raise ValueError(f"answer is {self.answer}; allowed: at most last_step")


Prediction: TypeAlias = NumberAsked | ChoiceAsked | DrawingAsked
Answer: TypeAlias = float | tuple[float, ...]
"""A number, the number of an option, or drawn losses (P,) at even steps from 0 to the last one."""


class Setup(LessonPart, frozen=True):
    """What the window shows when a lesson begins."""

    recipe: RunConfig = RunConfig()
    step: Step = 0
    """Steps that are trained before the question."""
    workspace: str = "learn"
    panels: Annotated[tuple[str, ...], Meta(max_length=len(SHOWN))] = ()
    """Some of SHOWN, the most important first; () for those of the workspace."""
    speed: Annotated[float, Meta(ge=1, le=100_000)] | Literal["max"] = "max"
    """Steps per second, or MAX for as many as the machine can."""
    pinned: RunConfig | None = None
    """A second run that is trained as far, and pinned; a file has what differs from the recipe."""

    def __post_init__(self) -> None:
        checked(Choice(tuple(PANELS)), "workspace", self.workspace)
        for name in self.panels:
            checked(Choice(SHOWN), "panels", name)
        if self.pinned is not None and not self.step:
            raise ValueError("pinned is a run that is trained as far as step; that is 0")


class Lesson(LessonPart, frozen=True, tag_field="xorviz_lesson", tag=1):
    """A lesson; its tag is the format of its file."""

    title: Title
    question: Paragraph
    predictions: Annotated[tuple[Prediction, ...], Meta(min_length=1, max_length=MOST_TASKS)]
    steps: Annotated[tuple[LessonStep, ...], Meta(min_length=1, max_length=MOST_TASKS)]
    insight: Paragraph
    setup: Setup = Setup()
    play: Annotated[str, Meta(max_length=600, pattern=_ONE_LINE)] = ""
    """What to play with before it begins; "" for nothing."""
    exercise: Exercise | None = None
    order_of: tuple[TaskNumber, ...] = ()
    """The predictions, from 1, whose order must be right, too."""
