"""The pictures of a prediction beside what happened."""

import numpy as np
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.lessons.evidence import LabSeen
from xorviz.lessons.judging import Outcome
from xorviz.lessons.lesson import COUNT, ChoiceAsked, NumberAsked
from xorviz.panels.lesson.answers.rows import TICK, AnswerRow, CountedRows
from xorviz.panels.lesson.comparison.number_line import NumberLine
from xorviz.panels.lesson.comparison.seed_field import SeedField, seeds_per_dot


def pictures_of(outcome: Outcome) -> list[QWidget]:
    """Return what is painted of an outcome, described for screen readers; nothing of a drawing."""
    asked = outcome.prediction
    made: list[QWidget] = []
    if isinstance(asked, ChoiceAsked):
        made.append(CountedRows(_rows(outcome, asked)))
    elif isinstance(asked, NumberAsked):
        answers = _numbers(outcome)
        made.append(NumberLine(asked, answers, outcome.happened, outcome.interval))
        if isinstance(outcome.seen, LabSeen):
            whole = 1.0 if asked.measure == COUNT else outcome.seen.right.of / 100
            made.append(SeedField(outcome.seen.right, float(np.mean(answers)) * whole))
    for picture in made:
        picture.setAccessibleName(f"Picture: {asked.ask}")
        picture.setAccessibleDescription(f"{outcome.text} {caption_of(outcome)}")
    return made


def caption_of(outcome: Outcome) -> str:
    """Return what the signs in the pictures mean."""
    asked = outcome.prediction
    if isinstance(asked, ChoiceAsked):
        return "● predicted. The tick is at what happened."
    if not isinstance(asked, NumberAsked):
        return "The panel Loss shows your curve, dashed, and the real one."
    parts = ["● predicted"]
    if outcome.happened is not None:
        parts.append("▲ what happened")
    if isinstance(outcome.seen, LabSeen):
        right = outcome.seen.right
        per_dot = numerals.counted(seeds_per_dot(right), "seed")
        whose = "the class's mean" if len(outcome.answers) > 1 else "the prediction"
        parts.append(
            f"▬ 95\u00a0% interval. Below, each dot is {per_dot}, filled if correct; the line is "
            f"{whose}"
        )
    return f"{', '.join(parts)}."


def _rows(outcome: Outcome, asked: ChoiceAsked) -> list[AnswerRow]:
    """Return the options; of one student's answer those alone that were chosen or came true."""
    counts, is_class = _numbers(outcome), len(outcome.answers) > 1
    rows: list[AnswerRow] = []
    for n, option in enumerate(asked.options, start=1):
        is_it = n == outcome.happened
        if is_class or is_it or n in counts:
            rows.append(AnswerRow(TICK * is_it, option.text, counts.count(n), stands_out=is_it))
    return rows


def _numbers(outcome: Outcome) -> list[float]:
    return [float(answer) for answer in outcome.answers if not isinstance(answer, tuple)]
