"""The answers that the keys stand for while a class is counted."""

from collections.abc import Mapping

import numpy as np

from xorviz.lessons.judging import in_words
from xorviz.lessons.lesson import SHARE, ChoiceAsked, NumberAsked

_MOST_KEYS = 9


def keyed(asked: NumberAsked | ChoiceAsked) -> Mapping[int, float]:
    """Return for each digit the answer that it stands for.

    That is an option; for few numbers the number itself, if it has one digit; else one of nine
    that are spread over the range.
    """
    if isinstance(asked, ChoiceAsked):
        return {number: float(number) for number in range(1, len(asked.options) + 1)}
    low, high = asked.low, asked.high
    is_few = low % 1 == 0 and high % 1 == 0 and asked.measure != SHARE
    if is_few and low >= 0 and high <= _MOST_KEYS:
        return {number: float(number) for number in range(round(low), round(high) + 1)}
    if is_few and high - low < _MOST_KEYS:
        return {round(number - low) + 1: number for number in np.arange(low, high + 1).tolist()}
    values = np.linspace(place(asked, low), place(asked, high), _MOST_KEYS)
    if is_by_factors(asked):
        values = 10**values
    return dict(enumerate(values.round().tolist(), start=1))


def place(asked: NumberAsked, number: float) -> float:
    """Return where a number is along its range: by logarithms, if what counts is a factor."""
    return float(np.log10(max(number, asked.low))) if is_by_factors(asked) else number


def is_by_factors(asked: NumberAsked) -> bool:
    """Return whether a right prediction may be away by a factor."""
    return asked.first_step_within is not None and asked.low > 0


def answer_text(asked: NumberAsked | ChoiceAsked, answer: float) -> str:
    """Return an answer on its own: an option's text without marks, or a number with its unit."""
    if isinstance(asked, ChoiceAsked):
        return asked.options[round(answer) - 1].text
    return in_words(asked, answer)
