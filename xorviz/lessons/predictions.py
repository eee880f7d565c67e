"""What is predicted in a lesson: asked, checked, and judged by what happened."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Final, Literal, TypeAlias

import numpy as np
from msgspec import Meta, field

from xorviz.core import numerals
from xorviz.core.numerals import grouped, whole
from xorviz.core.rules import Choice, Real, Rule, Whole, checked
from xorviz.core.truth_table import ROWS as TABLE
from xorviz.lab.results.success import interval_text
from xorviz.lessons.conditions import (
    MOST_STEPS,
    Evidence,
    LabSeen,
    Percent,
    Scene,
    TaskNumber,
    all_hold,
    limit_of,
)
from xorviz.lessons.tasks import MOST_SEEDS, ONE_LINE, LessonPart, LessonStep, Needed, step_of

ROWS, STEP, COUNT, SHARE = "most_rows", "first_step", "count", "share"
INTERVAL: Final = "interval"
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

Short = Annotated[str, Meta(max_length=20, pattern=ONE_LINE)]
Sentence = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Factor = Annotated[float, Meta(ge=1, le=1000)]
Loss = Annotated[float, Meta(gt=0, le=1e6)]

Answer: TypeAlias = float | tuple[float, ...]
"""A number, the number of an option, or drawn losses (P,) at even steps from 0 to the last one."""
Judged = tuple[bool, str]
"""Whether a prediction is right, and a sentence that says by what rule."""

_ROUNDING = 1e-9


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
        if self.share_within is not None and not self._is_of_lab:
            raise ValueError(f"share_within is for {COUNT} and {SHARE}")
        if self.first_step_within is not None and self.measure != STEP:
            raise ValueError(f"first_step_within is for {STEP}")

    @property
    def _is_of_lab(self) -> bool:
        return self.measure in {COUNT, SHARE}

    def check(self, steps: Sequence[LessonStep], where: str) -> None:
        """Raise ValueError unless its step trains what it is about."""
        is_of_lab = step_of(self.of, steps, where).lab is not None
        if self._is_of_lab != is_of_lab:
            allowed = f"{COUNT}, {SHARE}" if is_of_lab else f"{ROWS}, {STEP}"
            what = "networks in the lab" if is_of_lab else "a run"
            told = f"is {self.measure}, but step {self.of} trains {what}; allowed: {allowed}"
            raise ValueError(f"{where}.measure {told}")

    def happened(self, _steps: Sequence[LessonStep], seen: Sequence[Evidence]) -> float | None:
        """Return the number that was to be predicted; None if it never came."""
        about = seen[self.of - 1]
        if isinstance(about, LabSeen):
            return about.right.count if self.measure == COUNT else 100 * about.right.value
        return about.most_rows if self.measure == ROWS else about.correct_since

    def judged(self, answer: Answer, found: float, seen: Sequence[Evidence]) -> Judged:
        """Judge an answer by what happened."""
        assert not isinstance(answer, tuple)
        about = seen[self.of - 1]
        if isinstance(about, LabSeen) and self.share_within is not None:
            return self._judged_share(answer, found, about)
        if self.first_step_within is not None:
            return _judged_factor("Your prediction", answer, found, self.first_step_within)
        return _judged_exactly(answer, found)

    def _judged_share(self, answer: float, found: float, about: LabSeen) -> Judged:
        all_of_them = about.right.of if self.measure == COUNT else 100
        if self.share_within == INTERVAL:
            low, high = (all_of_them * end for end in about.right.interval)
            is_right = low - _ROUNDING <= answer <= high + _ROUNDING
            where = "inside" if is_right else "outside"
            ends = interval_text(about.right)
            return is_right, f"Your prediction is {where} the 95\u00a0% interval, {ends}\u00a0%."
        assert self.share_within is not None
        within = float(self.share_within)
        is_right = abs(answer - found) <= within * all_of_them / 100 + _ROUNDING
        points = numerals.counted(round(within), "percentage point")
        how = f"within {points}" if is_right else f"more than {points} away"
        return is_right, f"Your prediction is {how}."

    def in_words(self, value: Answer | None) -> str:
        """Return an answer, or what happened, as part of a sentence."""
        if value is None:
            return "never"
        assert not isinstance(value, tuple)
        has_decimals = self.measure == SHARE and value % 1 != 0
        number = numerals.fixed(value, 1) if has_decimals else whole(value)
        unit = self.unit.removesuffix("s") if value == 1 else self.unit
        return f"{number} {unit}".rstrip()


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

    def check(self, steps: Sequence[LessonStep], where: str) -> None:
        """Raise ValueError unless its conditions are decided by what their steps train."""
        for number, option in enumerate(self.options, start=1):
            place = f"{where}.options[{number}]"
            about = step_of(option.of, steps, place)
            about.check_conditions(option.when, steps, f"{place}.if")
            if about.lab is None and (last := limit_of(option.when)) > about.limit:
                end = f"step {option.of} of the lesson ends at {whole(about.limit)}"
                raise ValueError(f"{place}.if names step {whole(last)}, but {end}")

    def held(self, steps: Sequence[LessonStep], seen: Sequence[Evidence]) -> list[int]:
        """Return the numbers of the options that hold; in a sound lesson there is one."""
        return [
            number
            for number, option in enumerate(self.options, start=1)
            if all_hold(
                option.when, Scene(seen[option.of - 1], steps[option.of - 1].recipe, tuple(seen))
            )
        ]

    def happened(self, steps: Sequence[LessonStep], seen: Sequence[Evidence]) -> float | None:
        """Return the number of the option that holds; None if there is none."""
        return next(iter(self.held(steps, seen)), None)

    def judged(self, answer: Answer, found: float, _seen: Sequence[Evidence]) -> Judged:
        """Judge an answer by what happened."""
        return _judged_exactly(answer, found)

    def in_words(self, value: Answer | None) -> str:
        """Return an answer, or what happened, as part of a sentence."""
        if value is None:
            return "none of these"
        assert not isinstance(value, tuple)
        return f"“{self.options[round(value) - 1].text}”"


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

    def check(self, steps: Sequence[LessonStep], where: str) -> None:
        """Raise ValueError unless its step trains a run as long as the drawing."""
        about = step_of(self.of, steps, where)
        if about.lab is not None:
            raise ValueError(f"{where}.of is {self.of}, which trains networks in the lab")
        if max((one.reached or 0 for one in about.until), default=0) < self.last_step:
            last = f"is {whole(self.last_step)}, which step {self.of} of the lesson need not reach"
            most = "allowed: at most the step that its condition reached names"
            raise ValueError(f"{where}.last_step {last}; {most}")

    def happened(self, _steps: Sequence[LessonStep], seen: Sequence[Evidence]) -> float | None:
        """Return the step from which all rows are correct; None if they never are."""
        about = seen[self.of - 1]
        assert not isinstance(about, LabSeen)
        return about.correct_since

    def fall_of(self, losses: Answer) -> int | None:
        """Return the first step at which a drawn curve is below half of where it starts."""
        values = np.array(losses)
        below = np.flatnonzero(values < values[0] / 2)
        if not len(below):
            return None
        return round(self.last_step * int(below[0]) / (len(values) - 1))

    def judged(self, answer: Answer, found: float, _seen: Sequence[Evidence]) -> Judged:
        """Judge an answer by what happened."""
        fall = self.fall_of(answer) or 0
        return _judged_factor("The fall of your curve", fall, found, self.first_step_within)

    def in_words(self, value: Answer | None) -> str:
        """Return what happened as part of a sentence."""
        assert not isinstance(value, tuple)
        return "never" if value is None else f"correct from step {whole(value)}"


Prediction: TypeAlias = NumberAsked | ChoiceAsked | DrawingAsked


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one prediction. A value."""

    prediction: Prediction
    answer: Answer
    happened: float | None
    """A number, the number of an option, or a step; None if it never came, or no option holds."""
    is_right: bool
    verdict: str
    """Whether it is right, and by what rule, in a sentence."""
    text: str
    """What was predicted and what happened, in a sentence or two."""


def outcome(
    asked: Prediction, answer: Answer, steps: Sequence[LessonStep], seen: Sequence[Evidence]
) -> Outcome:
    """Return what became of one prediction, from what was seen in each step of a lesson."""
    found = asked.happened(steps, seen)
    judged = _judged_exactly(answer, None) if found is None else asked.judged(answer, found, seen)
    return Outcome(asked, answer, found, *judged, _text(asked, answer, found))


def _text(asked: Prediction, answer: Answer, happened: float | None) -> str:
    if not isinstance(asked, DrawingAsked):
        predicted, found = asked.in_words(answer), asked.in_words(happened)
        return f"You predicted {predicted}. What happened: {found}."
    told = "The rows didn't all become correct."
    if happened is not None:
        told = f"All four rows were correct from step {whole(happened)} on."
    fall = asked.fall_of(answer)
    where = "doesn't fall to half" if fall is None else f"falls to half at step {whole(fall)}"
    return f"{told} Your curve {where}."


def _judged_exactly(answer: Answer, found: float | None) -> Judged:
    is_right = answer == found
    return is_right, f"Your prediction was {'right' if is_right else 'wrong'}."


def _judged_factor(what: str, number: float, found: float, factor: float) -> Judged:
    is_right = number > 0 and found / factor <= number <= found * factor
    how = "within" if is_right else "not within"
    return is_right, f"{what} is {how} a factor of {numerals.plain(factor)} of that step."


def is_same_order(predicted: Sequence[Answer], happened: Sequence[float | None]) -> bool:
    """Return whether numbers are in the order of others, where these differ; None is the last."""
    found = [math.inf if number is None else number for number in happened]
    pairs = combinations(zip(predicted, found, strict=True), 2)
    return all(
        a_found == b_found or (a != b and (a < b) == (a_found < b_found))  # type: ignore[operator]
        for (a, a_found), (b, b_found) in pairs
    )


def check_order(order_of: Sequence[int], predictions: Sequence[Prediction]) -> None:
    """Raise ValueError unless an order is one of numbers of one measure."""
    rule = Whole(1, len(predictions))
    chosen = {checked(rule, "order_of", number) for number in order_of}
    asked = [predictions[number - 1] for number in chosen]
    measures = {one.measure if isinstance(one, NumberAsked) else "" for one in asked}
    if len(chosen) < 2 or len(chosen) < len(order_of):
        raise ValueError("order_of needs two or more different predictions")
    if "" in measures or len(measures) > 1:
        raise ValueError("order_of compares numbers of one measure, and nothing else")
