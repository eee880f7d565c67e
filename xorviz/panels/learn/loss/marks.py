"""Marks on the loss plot: changes of the run, and all rows correct."""

from itertools import groupby

from xorviz.core import numerals
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.plot.step_marks import StepMark

MOST = 100
"""Largest number of marks drawn: a slider dragged during a run makes one at each move."""

MOST_CHANGES = 1000
"""Largest number of changes considered: a kick sets all weights at once."""


def marks_of(snapshot: Snapshot) -> list[StepMark]:
    """Return the marks of the whole run, whichever step is shown."""
    changes = snapshot.interventions[-MOST_CHANGES:]
    marks = [
        mark
        for step, together in groupby(changes, key=lambda change: change.step)
        for mark in _marks_at(step, list(together))
    ][-MOST:]
    right_since = snapshot.record.right.since
    if right_since is not None and snapshot.record.newest > 0:
        marks.append(StepMark(right_since, "all four right", is_success=True))
    return marks


def _marks_at(step: int, changes: list[Intervention]) -> list[StepMark]:
    """Return the marks of a step; several weights set at once share one."""
    weights = [change for change in changes if change.index]
    if len(weights) < 2:
        return [StepMark(step, f"{c.name} {numerals.plain(c.value)}") for c in changes]
    others = [change for change in changes if not change.index]
    return [*_marks_at(step, others), StepMark(step, f"{len(weights)} weights")]
