"""A prediction beside what happened."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import nearest
from xorviz.lessons.conditions import Scene, all_hold
from xorviz.lessons.evidence import Evidence, LabSeen, RunSeen
from xorviz.lessons.lesson import (
    COUNT,
    INTERVAL,
    ROWS,
    SHARE,
    Answer,
    ChoiceAsked,
    DrawingAsked,
    Lesson,
    NumberAsked,
    Prediction,
)

_ROUNDING = 1e-9
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one prediction. A value."""

    prediction: Prediction
    answers: tuple[Answer, ...]
    """Those of one student, or of each in a class."""
    happened: float | None
    """A number, the number of an option, or a step; None if it never came, or no option holds."""
    are_right: tuple[bool, ...]
    """Which answers are right."""
    seen: Evidence
    """Of the step that the prediction is about."""
    text: str
    """A sentence or two."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval (Wilson) of what happened in the lab, in the prediction's unit."""
        asked = self.prediction
        if not isinstance(asked, NumberAsked) or not isinstance(self.seen, LabSeen):
            return None
        whole = self.seen.right.of if asked.measure == COUNT else 100
        low, high = (whole * end for end in self.seen.right.interval)
        return low, high


def outcome(
    lesson: Lesson, asked: Prediction, answers: tuple[Answer, ...], seen: tuple[Evidence, ...]
) -> Outcome:
    """Return what became of one prediction, from what was seen in each step of a lesson."""
    about = seen[-1] if isinstance(asked, ChoiceAsked) else seen[asked.of - 1]
    found = happened(lesson, asked, seen)
    are_right = tuple(_is_right(asked, answer, found, about) for answer in answers)
    text = _text(asked, answers, found, about, sum(are_right))
    return Outcome(asked, answers, found, are_right, about, text)


def is_order_right(lesson: Lesson, found: Sequence[Outcome]) -> bool | None:
    """Return whether the order of numbers is as predicted; None if it does not count.

    Of a class, that of the means.
    """
    if not lesson.order_of:
        return None
    chosen = [found[number - 1] for number in lesson.order_of]
    predicted = [float(np.mean([float(a) for a in one.answers])) for one in chosen]  # type: ignore[arg-type]
    return is_same_order(predicted, [one.happened for one in chosen])


def is_same_order(predicted: Sequence[float], happened: Sequence[float | None]) -> bool:
    """Return whether numbers are in the order of others, where these differ; None is the last."""
    found = [math.inf if number is None else number for number in happened]
    pairs = combinations(zip(predicted, found, strict=True), 2)
    return all(
        a_found == b_found or (a != b and (a < b) == (a_found < b_found))
        for (a, a_found), (b, b_found) in pairs
    )


def happened(lesson: Lesson, asked: Prediction, seen: tuple[Evidence, ...]) -> float | None:
    """Return what happened, as in Outcome."""
    if isinstance(asked, ChoiceAsked):
        return next(options_held(lesson, asked, seen), None)
    about = seen[asked.of - 1]
    if isinstance(about, LabSeen):
        is_count = isinstance(asked, NumberAsked) and asked.measure == COUNT
        return about.right.count if is_count else 100 * about.right.value
    if isinstance(asked, NumberAsked) and asked.measure == ROWS:
        return about.most_rows
    return about.correct_since


def options_held(lesson: Lesson, asked: ChoiceAsked, seen: tuple[Evidence, ...]) -> Iterator[int]:
    """Yield the numbers of the options that hold; in a sound lesson there is one."""
    for number, option in enumerate(asked.options, start=1):
        start = lesson.steps[option.of - 1].recipe
        if all_hold(option.when, Scene(seen[option.of - 1], start, seen)):
            yield number


def _is_right(asked: Prediction, answer: Answer, happened: float | None, about: Evidence) -> bool:
    if happened is None:
        return False
    if isinstance(asked, DrawingAsked):
        assert isinstance(answer, tuple)
        fall = fall_of(answer, asked.last_step)
        return fall is not None and _is_within_factor(fall, happened, asked.first_step_within)
    assert isinstance(answer, float | int)
    if isinstance(asked, NumberAsked) and asked.first_step_within is not None:
        return _is_within_factor(answer, happened, asked.first_step_within)
    if isinstance(asked, NumberAsked) and asked.share_within == INTERVAL:
        assert isinstance(about, LabSeen)
        whole = about.right.of if asked.measure == COUNT else 100
        low, high = (whole * end for end in about.right.interval)
        return low - _ROUNDING <= answer <= high + _ROUNDING
    if isinstance(asked, NumberAsked) and isinstance(asked.share_within, float | int):
        points = abs(answer - happened)
        if asked.measure == COUNT and isinstance(about, LabSeen):
            points *= 100 / about.right.of
        return points <= asked.share_within + _ROUNDING
    return answer == happened


def _is_within_factor(one: float, other: float, factor: float) -> bool:
    return one > 0 and other / factor <= one <= other * factor


def fall_of(losses: Sequence[float], last_step: int) -> int | None:
    """Return the first step at which a curve of even steps is below half of where it starts."""
    values = np.array(losses)
    below = np.flatnonzero(values < values[0] / 2)
    if not len(below):
        return None
    return round(last_step * int(below[0]) / (len(values) - 1))


def _text(
    asked: Prediction,
    answers: tuple[Answer, ...],
    happened: float | None,
    about: Evidence,
    right: int,
) -> str:
    told = _told(asked, happened)
    if len(answers) != 1:
        return f"{told} {right} of {numerals.counted(len(answers), 'answer')} right."
    if isinstance(asked, DrawingAsked):
        return f"{told} {_drawn(asked, answers[0], about)}"
    return f"You predicted {in_words(asked, answers[0])}. {told}"


def _told(asked: Prediction, happened: float | None) -> str:
    if isinstance(asked, DrawingAsked):
        if happened is None:
            return "The rows did not all become correct."
        return f"All four rows were correct from step {numerals.whole(happened)} on."
    return f"What happened: {in_words(asked, happened)}."


def _drawn(asked: DrawingAsked, answer: Answer, about: Evidence) -> str:
    """Return where a drawn curve falls, and what it is where it is furthest from the real one."""
    assert isinstance(answer, tuple)
    assert isinstance(about, RunSeen)
    fall = fall_of(answer, asked.last_step)
    step = "" if fall is None else numerals.whole(fall)
    where = f"falls to half at step {step}" if step else "does not fall to half"
    steps, trace = np.linspace(0, asked.last_step, len(answer)), about.record.trace
    trained = steps[steps <= about.newest]  # fewer where the run diverged
    real = np.array([trace.losses[nearest(trace.steps, step)] for step in trained])
    widest = int(np.abs(real - answer[: len(real)]).argmax())
    return (
        f"Your curve {where}. At step {numerals.whole(steps[widest])} you drew "
        f"{numerals.real(answer[widest], 2)}; the loss was {numerals.real(float(real[widest]), 2)}."
    )


def in_words(asked: Prediction, value: Answer | None) -> str:
    """Return an answer, or what happened, as part of a sentence."""
    if value is None:
        return NEVER if isinstance(asked, NumberAsked) else "none of these"
    assert not isinstance(value, tuple)
    if isinstance(asked, ChoiceAsked):
        return f"“{asked.options[round(value) - 1].text}”"
    assert isinstance(asked, NumberAsked)
    decimals = asked.measure == SHARE and value % 1 != 0
    number = numerals.fixed(value, 1) if decimals else numerals.whole(value)
    unit = asked.unit.removesuffix("s") if value == 1 else asked.unit
    return f"{number} {unit}".rstrip()
