"""What was predicted and what happened, in words."""

import re

from xorviz.core import numerals
from xorviz.core.settings import SETTINGS
from xorviz.lab.results.success import interval_text, percent
from xorviz.lessons.course import Course, strayed
from xorviz.lessons.evidence import Evidence, LabSeen
from xorviz.lessons.judging import Outcome, in_words
from xorviz.lessons.lesson import (
    INTERVAL,
    Answer,
    ChoiceAsked,
    DrawingAsked,
    NumberAsked,
    Prediction,
)

ROWS = ("no row is", "one row is", "two rows are", "three rows are", "all four rows are")
"""By their number."""


def predicted(asked: Prediction, answer: Answer) -> str:
    """Return what was asked, with the answer that was locked, in one line."""
    is_drawn = isinstance(asked, DrawingAsked)
    told = "the dashed curve on the panel Loss" if is_drawn else in_words(asked, answer)
    ask = asked.ask.rstrip(".:")
    return f"{ask} {told}" if ask.endswith("?") else f"{ask}: {told}"


def split(text: str) -> tuple[str, str]:
    """Return what a text shows, and the questions that it ends with; either may be empty."""
    sentences = re.split(r"(?<=[.?!]) ", text)
    told = len(sentences)
    while told and sentences[told - 1].endswith("?"):
        told -= 1
    return " ".join(sentences[:told]), " ".join(sentences[told:])


def result(seen: Evidence) -> str:
    """Return what a step of a lesson came to: as a sentence."""
    if isinstance(seen, LabSeen):
        of = numerals.counted(seen.right.of, "network")
        return f"{percent(seen.right)}\u00a0% of {of} are correct."
    if seen.correct_since is not None:
        return f"All four rows are correct from step {numerals.whole(seen.correct_since)} on."
    return f"After {numerals.counted(seen.newest, 'step')} {ROWS[seen.rows]} correct."


def verdict(outcome: Outcome) -> str:
    """Return whether a prediction is right, and by what rule."""
    is_right, asked = outcome.is_right, outcome.prediction
    if outcome.happened is None:
        return "Your prediction was wrong."
    if isinstance(asked, NumberAsked) and asked.share_within == INTERVAL:
        assert isinstance(outcome.seen, LabSeen)
        where = "inside" if is_right else "outside"
        ends = interval_text(outcome.seen.right)
        return f"Your prediction is {where} the 95\u00a0% interval, {ends}\u00a0%."
    if isinstance(asked, NumberAsked) and asked.share_within is not None:
        points = numerals.counted(round(float(asked.share_within)), "percentage point")
        return (
            f"Your prediction is {f'within {points}' if is_right else f'more than {points} away'}."
        )
    factor = None if isinstance(asked, ChoiceAsked) else asked.first_step_within
    if factor is not None:
        what = "The fall of your curve" if isinstance(asked, DrawingAsked) else "Your prediction"
        how = "within" if is_right else "not within"
        return f"{what} is {how} a factor of {numerals.plain(factor)} of that step."
    return "Your prediction was right." if is_right else "Your prediction was wrong."


def order(course: Course) -> str:
    """Return whether the predicted order is right; "" where it does not count."""
    is_right = course.is_order_right
    if is_right is None:
        return ""
    return f"The order of the predictions is {'right' if is_right else 'not what happened'}."


def attempt(course: Course, number: int) -> str:
    """Return how an attempt at the exercise, counted from 1, has failed."""
    assert course.lesson.exercise is not None
    seen = course.attempts[number - 1]
    names = strayed(course.lesson.exercise, seen.recipe)
    labels = [SETTINGS[name].label.lower() for name in SETTINGS if name in names]
    changed = ", ".join(labels) or "no setting changed"
    came_to = result(seen)
    told = f"Try {number} ({changed}): {came_to[:1].lower()}{came_to[1:]}"
    if names and "setting_changed" in course.missed(seen):
        told += " But the exercise asks for another change."
    return told
