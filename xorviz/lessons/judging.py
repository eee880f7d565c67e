"""A prediction beside what happened."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xorviz.core import numerals
from xorviz.lessons.conditions import Scene, all_hold
from xorviz.lessons.evidence import Evidence, LabSeen
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one prediction. A value."""

    prediction: Prediction
    answer: Answer
    happened: float | None
    """A number, the number of an option, or a step; None if it never came, or no option holds."""
    is_right: bool
    seen: Evidence
    """Of the step that the prediction is about."""
    text: str
    """A sentence or two."""


def outcome(
    lesson: Lesson, asked: Prediction, answer: Answer, seen: tuple[Evidence, ...]
) -> Outcome:
    """Return what became of one prediction, from what was seen in each step of a lesson."""
    about = seen[-1] if isinstance(asked, ChoiceAsked) else seen[asked.of - 1]
    found = happened(lesson, asked, seen)
    is_right = found is not None and _is_right(asked, answer, found, about)
    return Outcome(asked, answer, found, is_right, about, _text(asked, answer, found))


def is_order_right(lesson: Lesson, found: Sequence[Outcome]) -> bool | None:
    """Return whether the order of numbers is as predicted; None if it does not count."""
    if not lesson.order_of:
        return None
    chosen = [found[number - 1] for number in lesson.order_of]
    predicted = [one.answer for one in chosen if not isinstance(one.answer, tuple)]
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


def _is_right(asked: Prediction, answer: Answer, happened: float, about: Evidence) -> bool:
    if isinstance(asked, DrawingAsked):
        assert isinstance(answer, tuple)
        fall = fall_of(answer, asked.last_step)
        return fall is not None and _is_within_factor(fall, happened, asked.first_step_within)
    assert isinstance(answer, float | int)
    if isinstance(asked, NumberAsked) and asked.first_step_within is not None:
        return _is_within_factor(answer, happened, asked.first_step_within)
    if isinstance(asked, NumberAsked) and asked.share_within is not None:
        assert isinstance(about, LabSeen)
        low, high = (_whole(asked, about) * end for end in about.right.interval)
        if asked.share_within != INTERVAL:
            within = float(asked.share_within) * _whole(asked, about) / 100
            low, high = happened - within, happened + within
        return low - _ROUNDING <= answer <= high + _ROUNDING
    return answer == happened


def _whole(asked: NumberAsked, about: LabSeen) -> int:
    """Return what all networks are in the unit of a number: their count, or 100 %."""
    return about.right.of if asked.measure == COUNT else 100


def _is_within_factor(one: float, other: float, factor: float) -> bool:
    return one > 0 and other / factor <= one <= other * factor


def fall_of(losses: Sequence[float], last_step: int) -> int | None:
    """Return the first step at which a curve of even steps is below half of where it starts."""
    values = np.array(losses)
    below = np.flatnonzero(values < values[0] / 2)
    if not len(below):
        return None
    return round(last_step * int(below[0]) / (len(values) - 1))


def _text(asked: Prediction, answer: Answer, happened: float | None) -> str:
    if not isinstance(asked, DrawingAsked):
        predicted, found = in_words(asked, answer), in_words(asked, happened)
        return f"You predicted {predicted}. What happened: {found}."
    if happened is None:
        told = "The rows didn't all become correct."
    else:
        told = f"All four rows were correct from step {numerals.whole(happened)} on."
    assert isinstance(answer, tuple)
    fall = fall_of(answer, asked.last_step)
    where = (
        "doesn't fall to half" if fall is None else f"falls to half at step {numerals.whole(fall)}"
    )
    return f"{told} Your curve {where}."


def in_words(asked: Prediction, value: Answer | None) -> str:
    """Return an answer, or what happened, as part of a sentence."""
    if value is None:
        return "none of these" if isinstance(asked, ChoiceAsked) else "never"
    assert not isinstance(value, tuple)
    if isinstance(asked, DrawingAsked):
        return f"correct from step {numerals.whole(value)}"
    if isinstance(asked, ChoiceAsked):
        return f"“{asked.options[round(value) - 1].text}”"
    decimals = asked.measure == SHARE and value % 1 != 0
    number = numerals.fixed(value, 1) if decimals else numerals.whole(value)
    unit = asked.unit.removesuffix("s") if value == 1 else asked.unit
    return f"{number} {unit}".rstrip()
