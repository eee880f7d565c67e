"""Predictions of a lesson, read from JSON."""

from collections.abc import Callable, Mapping, Sequence

from xorviz.core.numerals import grouped, whole
from xorviz.core.rules import Checkable, Choice, Real, Whole, checked
from xorviz.core.truth_table import ROWS as TABLE
from xorviz.lessons.conditions import MOST_STEPS, REACHED, Several, limit_of
from xorviz.lessons.fields import SENTENCE, SHORT, Entries, Fields, ListOf, NumberOrWord
from xorviz.lessons.lesson import (
    COUNT,
    INTERVAL,
    MEASURES,
    ROWS,
    SHARE,
    STEP,
    ChoiceAsked,
    DrawingAsked,
    LessonStep,
    NumberAsked,
    Option,
    Prediction,
)
from xorviz.lessons.reading_steps import read_conditions

NUMBER = Fields(
    ("kind", "ask", "measure", "low", "high", "answer"),
    ("of", "unit", "share_within", "first_step_within"),
)
CHOICE = Fields(("kind", "ask", "options", "answer"))
OPTION = Fields(("text", "if"), ("of",))
DRAWING = Fields(
    ("kind", "ask", "last_step", "lowest", "highest", "answer"), ("of", "first_step_within")
)
_POINTS = NumberOrWord(Real(0, 100), INTERVAL)
_FACTOR = Real(1, 1000)
_LOSS = Real(0, 1e6, above_low=True)


def read_prediction(value: object, where: str, steps: Sequence[LessonStep]) -> Prediction:
    """Return a prediction about these steps."""
    kinds = Choice(tuple(_KINDS))
    kind = checked(kinds, f"{where}.kind", value.get("kind") if isinstance(value, dict) else value)
    fields, read = _KINDS[kind]
    return read(Entries.of(value, fields, where), steps)


def read_order(lesson: Entries, predictions: Sequence[Prediction]) -> tuple[int, ...]:
    """Return the predictions whose order counts; none if that is left out."""
    rule = Several(Whole(1, len(predictions)), fewest=2)
    order: tuple[int, ...] = lesson.taken("order_of", rule, ())
    asked = [predictions[number - 1] for number in order]
    measures = {one.measure if isinstance(one, NumberAsked) else "" for one in asked}
    if "" in measures or len(measures) > 1:
        raise lesson.refused("order_of", "compares numbers of one measure, and nothing else")
    return order


def _about(held: Entries, steps: Sequence[LessonStep]) -> tuple[int, LessonStep]:
    """Return the number of the step that a prediction is about, and the step."""
    of = held.taken("of", Whole(1, len(steps)), 1)
    return of, steps[of - 1]


def _number(held: Entries, steps: Sequence[LessonStep]) -> NumberAsked:
    of, step = _about(held, steps)
    measure = held.taken("measure", Choice(MEASURES))
    if (measure in {COUNT, SHARE}) != (step.lab is not None):
        lab = f"networks in the lab; allowed: {COUNT}, {SHARE}"
        trained = f"a run; allowed: {ROWS}, {STEP}" if step.lab is None else lab
        raise held.refused("measure", f"is {measure}, but step {of} trains {trained}")
    rules: dict[str, Checkable] = {
        ROWS: Whole(0, len(TABLE)),
        STEP: Whole(0, MOST_STEPS),
        COUNT: Whole(0, 0 if step.lab is None else step.lab.seeds),
        SHARE: Real(0, 100),
    }
    low, high, answer = (held.taken(name, rules[measure]) for name in ("low", "high", "answer"))
    if not low <= answer <= high:
        ends = f"from low to high, {grouped(low)} to {grouped(high)}"
        raise held.refused("answer", f"is {grouped(answer)}; allowed: {ends}")
    if low == high:
        raise held.refused("high", f"is {grouped(high)}; allowed: a number above low")
    if "share_within" in held and step.lab is None:
        raise held.refused("share_within", f"is for {COUNT} and {SHARE}")
    if "first_step_within" in held and measure != STEP:
        raise held.refused("first_step_within", f"is for {STEP}")
    return NumberAsked(
        ask=held.taken("ask", SENTENCE),
        measure=measure,
        low=low,
        high=high,
        unit=held.taken("unit", SHORT, ""),
        of=of,
        answer=answer,
        share_within=held.taken("share_within", _POINTS),
        first_step_within=held.taken("first_step_within", _FACTOR),
    )


def _choice(held: Entries, steps: Sequence[LessonStep]) -> ChoiceAsked:
    options = tuple(
        _option(Entries.of(value, OPTION, where), steps)
        for value, where in held.listed("options", ListOf(2, 9))
    )
    answer = held.taken("answer", Whole(1, len(options)))
    return ChoiceAsked(held.taken("ask", SENTENCE), options, answer)


def _option(held: Entries, steps: Sequence[LessonStep]) -> Option:
    of, step = _about(held, steps)
    when = read_conditions(held, "if", step.lab, [each.lab for each in steps])
    if step.lab is None and limit_of(when) > step.limit:
        last, end = whole(limit_of(when)), whole(step.limit)
        raise held.refused("if", f"names step {last}, but step {of} of the lesson ends at {end}")
    return Option(held.taken("text", SENTENCE), when, of)


def _drawing(held: Entries, steps: Sequence[LessonStep]) -> DrawingAsked:
    of, step = _about(held, steps)
    if step.lab is not None:
        raise held.refused("of", f"is {of}, which trains networks in the lab; allowed: a run")
    last_step = held.taken("last_step", Whole(2, MOST_STEPS))
    if not any(one.name == REACHED and one.value >= last_step for one in step.until):
        why = f"is {whole(last_step)}, which step {of} of the lesson need not reach"
        most = f"allowed: at most the step that its condition {REACHED} names"
        raise held.refused("last_step", f"{why}; {most}")
    lowest, highest = held.taken("lowest", _LOSS), held.taken("highest", _LOSS)
    if lowest >= highest:
        raise held.refused("highest", f"is {grouped(highest)}; allowed: a number above lowest")
    return DrawingAsked(
        ask=held.taken("ask", SENTENCE),
        last_step=last_step,
        lowest=lowest,
        highest=highest,
        first_step_within=held.taken("first_step_within", _FACTOR, 2.0),
        of=of,
        answer=held.taken("answer", Whole(1, last_step)),
    )


_KINDS: Mapping[str, tuple[Fields, Callable[[Entries, Sequence[LessonStep]], Prediction]]] = {
    "number": (NUMBER, _number),
    "choice": (CHOICE, _choice),
    "drawing": (DRAWING, _drawing),
}
