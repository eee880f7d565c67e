"""A lesson as a value: setup, question, predictions, steps, insight, exercise.

Each class is an object of a lesson's file; README.md here says what its entries mean.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta

from xorviz.core.rules import Choice, checked
from xorviz.core.settings import RunConfig
from xorviz.lessons.conditions import MOST_TASKS, Step, TaskNumber
from xorviz.lessons.predictions import Prediction, check_order
from xorviz.lessons.tasks import ONE_LINE, Exercise, LessonPart, LessonStep, Paragraph, check_steps

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
Title = Annotated[str, Meta(min_length=1, max_length=60, pattern=ONE_LINE)]


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
    play: Annotated[str, Meta(max_length=600, pattern=ONE_LINE)] = ""
    """What to play with before it begins; "" for nothing."""
    exercise: Exercise | None = None
    order_of: tuple[TaskNumber, ...] = ()
    """The predictions, from 1, whose order must be right, too."""

    def check(self) -> None:
        """Raise ValueError with the place, counted from 1, unless it can be walked to its end."""
        check_steps(self.steps, self.setup.recipe, self.setup.step)
        if self.exercise is not None:
            self.exercise.check(self.steps, "exercise")
        for number, asked in enumerate(self.predictions, start=1):
            asked.check(self.steps, f"predictions[{number}]")
        if self.order_of:
            check_order(self.order_of, self.predictions)
