"""The progress of a lesson."""

from dataclasses import dataclass, replace
from enum import StrEnum

from xorviz.lessons.conditions import Condition, Evidence, LabSeen, RunSeen, Scene, all_hold, holds
from xorviz.lessons.lesson import Lesson
from xorviz.lessons.predictions import Answer, Outcome, is_same_order, outcome
from xorviz.lessons.tasks import LessonStep

TRIES = 2
"""Attempts at an exercise before a solution is offered."""


class Stage(StrEnum):
    """The parts of a lesson in their order; one without play or exercise goes without them."""

    PLAY = "play"
    PREDICT = "predict"
    DO = "do"
    WHY = "why"
    EXERCISE = "exercise"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Course:
    """A lesson and how far it has come. A value: each change returns a new one."""

    lesson: Lesson
    stage: Stage
    answers: tuple[Answer, ...] = ()
    """To each prediction; empty until they are locked."""
    seen: tuple[Evidence, ...] = ()
    """Of the steps that are over, in their order."""
    now: Evidence | None = None
    """Of the task under way, if it is of its recipe."""
    attempts: tuple[Evidence, ...] = ()
    """Those at the exercise that failed, in their order."""
    is_repeated: bool = False
    """Whether what is now has failed as an attempt, or a step, before."""
    is_shown: bool = False
    """Whether the solution of the exercise was shown."""

    @classmethod
    def of(cls, lesson: Lesson) -> "Course":
        """Return the beginning of a lesson."""
        return cls(lesson, Stage.PLAY if lesson.play else Stage.PREDICT)

    @property
    def task(self) -> LessonStep | None:
        """The step or the exercise under way."""
        if self.stage is Stage.DO:
            return self.lesson.steps[len(self.seen)]
        return self.lesson.exercise if self.stage is Stage.EXERCISE else None

    @property
    def tries(self) -> int:
        """The number of failed attempts at the exercise."""
        return len(self.attempts)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of each prediction, once all steps are over."""
        if len(self.seen) < len(self.lesson.steps):
            return ()
        asked = zip(self.lesson.predictions, self.answers, strict=True)
        return tuple(outcome(one, given, self.lesson.steps, self.seen) for one, given in asked)

    @property
    def is_order_right(self) -> bool | None:
        """Whether the predicted order is right, where it counts; once all steps are over."""
        found, order = self.outcomes, self.lesson.order_of
        if not (found and order):
            return None
        chosen = [found[number - 1] for number in order]
        return is_same_order([one.answer for one in chosen], [one.happened for one in chosen])

    @property
    def may_show(self) -> bool:
        """Whether the solution of the exercise is offered."""
        return self.stage is Stage.EXERCISE and self.tries >= TRIES

    def led_on(self) -> "Course":
        """Return the course after the free play, or after the insight: at its exercise, or done."""
        if self.stage is not Stage.WHY:
            return replace(self, stage=Stage.PREDICT)
        stage = Stage.DONE if self.lesson.exercise is None else Stage.EXERCISE
        return replace(self, stage=stage, now=None)

    def locked(self, answers: tuple[Answer, ...]) -> "Course":
        """Return the course with answers to all predictions."""
        assert len(answers) == len(self.lesson.predictions)
        return replace(self, stage=Stage.DO, answers=answers)

    def seeing(self, evidence: Evidence) -> "Course":
        """Return the course after something was trained; what is of another recipe is passed over.

        In an exercise every recipe is an attempt, but for runs that the steps have shown already.
        """
        task = self.task
        if task is None or isinstance(evidence, LabSeen) != (task.lab is not None):
            return self
        if isinstance(evidence, RunSeen) and task.limit:
            evidence = replace(evidence, limit=task.limit)
        if self.stage is Stage.DO:
            return self._doing(task, evidence)
        return self._trying(task, evidence)

    def _doing(self, task: LessonStep, evidence: Evidence) -> "Course":
        if not task.is_done_in(evidence):
            return self if self.now is None else replace(self, now=None)
        scene = Scene(evidence, task.recipe, (*self.seen, evidence))
        if all_hold(task.until, scene) is None:
            return replace(self, now=evidence)
        seen = (*self.seen, evidence)
        is_last = len(seen) == len(self.lesson.steps)
        return replace(self, seen=seen, now=None, stage=Stage.WHY if is_last else Stage.DO)

    def _trying(self, task: LessonStep, evidence: Evidence) -> "Course":
        if not task.asks_for(evidence):
            return self
        scene = Scene(evidence, task.recipe, (*self.seen, evidence))
        found = all_hold(task.until, scene)
        if found:
            return replace(self, stage=Stage.DONE, now=None)
        known = (*self.seen, *self.attempts)
        if found is None or any(_is_same_attempt(one, evidence) for one in known):
            return replace(self, now=evidence, is_repeated=found is not None)
        return replace(self, now=None, is_repeated=False, attempts=(*self.attempts, evidence))

    def missed(self, attempt: Evidence) -> tuple[Condition, ...]:
        """Return the exercise's conditions that do not hold for an attempt."""
        assert self.lesson.exercise is not None
        task = self.lesson.exercise
        scene = Scene(attempt, task.recipe, (*self.seen, attempt))
        return tuple(one for one in task.until if not holds(one, scene))

    def shown(self) -> "Course":
        """Return the course whose exercise is solved before the user's eyes."""
        return replace(self, is_shown=True)


def _is_same_attempt(known: Evidence, evidence: Evidence) -> bool:
    """Return whether an attempt is one that is known already, trained further."""
    if isinstance(known, RunSeen) and isinstance(evidence, RunSeen):
        return known.record.is_part_of(evidence.record)
    return known == evidence
