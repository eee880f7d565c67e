"""A run as one file for any browser: a slider over its steps, and all that there is to see.

Shapes: S steps of the page, P parameters.
"""

import base64
import json
import re
from collections.abc import Generator
from html import escape
from typing import TypeVar

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.colors import DARK_STOPS, LIGHT_STOPS, signed_colors
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.network import CODINGS, LOSSES, flat, parameter_count
from xorviz.core.runs.project import Project
from xorviz.core.runs.recipe_text import named_runs
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import kernel_for
from xorviz.core.runs.watched import run_of
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.assets import read_text
from xorviz.files.packing import thinned
from xorviz.files.pages.svg import LOSS_LEFT, LOSS_RIGHT, LOSS_WIDTH, svg_loss, svg_surface
from xorviz.files.pages.values import change_text, changes_lines, recipe_line

_MOST_STEPS, _BYTES = 400, 600_000
"""Of a page, and of its weights and sentences: a page has less than a megabyte."""
_PER_STEP, _PER_NUMBER = 200, 8 * 4 / 3
"""Bytes of a step's sentence, and of a weight in base64."""
_LEVELS = 256
_MOST_MARKS = 100
"""Changes that are marked."""

_Made = TypeVar("_Made")
Work = Generator[tuple[int, int], None, bytes]
"""Gives how much is done of how much; returns the page."""


def page_steps(record: Record, shown: int) -> list[int]:
    """Return the steps of a run's page: kept ones, those of some changes, and the one shown."""
    each = _PER_STEP + _PER_NUMBER * (count := parameter_count(record.config))
    most = min(_MOST_STEPS, int(_BYTES / each))
    if record.source is not None:
        record = thinned(record, most // 2 * count, shown)
    kept = record.thinned(most * 3 // 4).checkpoints
    changed = {change.step for change in record.interventions}
    return sorted({0, shown, *(state.step for state in kept), *sorted(changed)[: most // 4]})


def page_job(project: Project, step: int) -> Work:
    """Make the page of a project's current run, which opens at a step, slice by slice.

    The other runs that are shown are in the drawing of the loss. Raises ArithmeticError if a step
    cannot be trained again.
    """
    record = project.record
    step = record.towards(step, step + 1)
    run, steps = run_of(record, kernel_for(record)), page_steps(record, step)
    named = named_runs(record, project.beside, project.pinned)
    runs = {name: one.trace for name, one in named}
    parameters: list[Array] = []
    said: dict[str, int] = {}
    states, shown = [], run.state_at(step)
    for place, at in enumerate(steps):
        seen = run.state_at(at)
        parameters.append(flat(seen.weights))
        line = " ".join((diagnose_seen(seen).said.line, *changes_lines(seen.interventions, at)))
        states.append(said.setdefault(line, len(said)))
        yield place + 1, len(steps)
    data = _settings_of(record) | {
        "steps": steps,
        "at": steps.index(step),
        "weights": base64.b64encode(np.array(parameters, dtype="<f8").tobytes()).decode("ascii"),
        "said": list(said),
        "states": states,
        "light": signed_colors(LIGHT_STOPS, _LEVELS),
        "dark": signed_colors(DARK_STOPS, _LEVELS),
        "word": record.config.step_word,
        "left": LOSS_LEFT,
        "right": LOSS_WIDTH - LOSS_RIGHT,
        "last": max((int(run.steps[-1]) for run in runs.values() if len(run.steps)), default=0),
    }
    changes = [c for c in record.interventions if c.step][:_MOST_MARKS]
    parts = {
        "TITLE": escape(recipe_line(record.config, record)),
        "LOSS": svg_loss(runs, record.config.step_word, changes),
        "SURFACE": svg_surface(shown),
        "CHANGES": escape("; ".join(map(change_text, changes))),
        "RUNS": escape(", ".join(list(runs)[1:])),
        # No end of the element can stand in the text.
        "DATA": json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    made = re.sub(r"<!--([A-Z]+)-->", lambda found: parts[found[1]], read_text("page.html"))
    return made.encode()


def _settings_of(record: Record) -> dict[str, object]:
    """Return what the page computes outputs and losses by; rows in counting order."""
    config, loss = record.config, LOSSES[record.config.loss]
    return {
        "width": config.width,
        "biases": config.biases,
        "activation": config.activation,
        "output": config.output,
        "low": CODINGS[config.coding].low,
        "isSquare": loss.is_square,
        "scale": loss.scale,
        "rows": [ROWS[row] for row in COUNTED],
        "targets": [config.targets[row] for row in COUNTED],
    }


def page(project: Project, step: int) -> bytes:
    """Return the page of a project's current run, as ``page_job`` makes it."""
    return finished(page_job(project, step))


def finished(making: Generator[object, None, _Made]) -> _Made:
    """Do all the work at once, and return what is made."""
    while True:
        try:
            next(making)
        except StopIteration as end:
            made: _Made = end.value
            return made
