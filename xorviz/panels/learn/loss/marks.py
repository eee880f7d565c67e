"""The marks of a run on the loss plot: what was changed, and its milestones."""

from itertools import groupby

from xorviz.core import numerals
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.plot.step_marks import StepMark

CORRECT, LEARNED = "all four correct", "learned"
"""The texts of milestones."""

_GO = "Click to go there."
_MOST_MARKS = 100
"""Largest number of marks drawn: a slider dragged during a run makes one at each move."""
_MOST_CHANGES = 1000
"""Largest number of changes considered: a kick sets all weights at once."""


def marks_of(snapshot: Snapshot) -> list[StepMark]:
    """Return the marks of the whole run, whichever step is shown."""
    changes = snapshot.interventions[-_MOST_CHANGES:]
    marks = [
        mark
        for step, together in groupby(changes, key=lambda change: change.step)
        for mark in _marks_at(step, list(together))
    ][-_MOST_MARKS:]
    second = snapshot.beside
    runs = [("", snapshot)] if second is None else [("A: ", snapshot), ("B: ", second)]
    for run, seen in runs:
        for name, step in milestones_of(seen.record, snapshot.newest).items():
            text = f"{run}{name}"
            tip = f"{text[0].upper()}{text[1:]} since step {numerals.whole(step)}. {_GO}"
            marks.append(StepMark(step, text, is_success=True, tip=tip))
    return marks


def milestones_of(record: Record, newest: int) -> dict[str, int]:
    """Return the steps since which all rows are correct, and learned, of those up to the newest."""
    streaks = {CORRECT: record.right, LEARNED: record.learned}
    since = {name: streak.since for name, streak in streaks.items() if newest > 0}
    return {name: step for name, step in since.items() if step is not None and step <= newest}


def _marks_at(step: int, changes: list[Intervention]) -> list[StepMark]:
    """Return the marks of a step; several weights set at once share one."""
    weights = [change for change in changes if change.index]
    if len(weights) < 2:
        texts = [
            f"{c.name} {numerals.plain(c.value)}".replace("-", numerals.MINUS) for c in changes
        ]
        return [StepMark(step, text, tip=_changed(step, text)) for text in texts]
    others = [change for change in changes if not change.index]
    text = f"{len(weights)} weights"
    return [*_marks_at(step, others), StepMark(step, text, tip=_changed(step, text))]


def _changed(step: int, text: str) -> str:
    return f"Changed at step {numerals.whole(step)}: {text}. {_GO}"
