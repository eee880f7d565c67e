"""What there is to say of each public value."""

from collections.abc import Sequence
from functools import singledispatch

import numpy as np

from xorviz.core import numerals
from xorviz.core.check.code.code_check import CodeCheck
from xorviz.core.check.step_check import StepCheck
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.network import CODINGS
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import RIGHT_ERROR, Snapshot
from xorviz.core.settings import SETTINGS, Role, RunConfig, settings_of
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.pages.overview import Overview, Rows, array_table
from xorviz.files.pages.svg import svg_loss, svg_surface
from xorviz.lab.results.findings import LabResult
from xorviz.lab.results.lab_results import summary_of
from xorviz.lab.results.success import Proportion, interval_text, percent

_MOST_TOLD = 5
"""Changes of a run that are listed."""


@singledispatch
def overview_of(value: object) -> Overview:
    """Return what there is to say of a value."""
    return Overview(object.__repr__(value))


@overview_of.register
def _(value: Recording) -> Overview:
    return overview_of(value.snapshot())


@overview_of.register
def _(value: Snapshot) -> Overview:
    record = value.record
    word = value.config.step_word
    at = f"{word.capitalize()} {numerals.whole(value.step)}"
    title = joined((at, recipe_line(value.config, record)))
    lines = (diagnose_seen(value).said.line, *changes_lines(value.interventions, value.step))
    runs = {f"loss {value.config.loss}": record.trace}
    pictures = svg_surface(value), svg_loss(runs, word, value.interventions, value.step)
    table = truth_table(value.config.targets, value.outputs.tolist(), value.config.coding)
    return Overview(title, lines, table, pictures)


@overview_of.register
def _(value: Diagnosis) -> Overview:
    said, evidence = value.said, value.evidence
    lines = (*filter(None, (said.more,)), *value.advice)
    table = truth_table(evidence.targets, evidence.outputs, evidence.config.coding)
    return Overview(said.line, lines, table)


@overview_of.register
def _(value: StepCheck) -> Overview:
    repairs = [
        f"{', '.join(r.arrays)}: {r.fault}. Yours: {r.wrong}. Right: {r.right}. {r.says}".rstrip()
        for r in value.repairs
    ]
    lines = (*repairs, *value.notes)
    return Overview(f"{value.verdict}: {value.sentence}", lines, array_table(value))


@overview_of.register
def _(value: CodeCheck) -> Overview:
    return Overview(f"{value.verdict}: {value.sentence}", (), array_table(value))


@overview_of.register
def _(value: LabResult) -> Overview:
    summary = summary_of(value, np.arange(len(value)))
    lines = [_share("All four rows correct", summary.right), _share("Learned", summary.learned)]
    if summary.median_steps is not None:
        lines.append(f"First correct after {numerals.whole(summary.median_steps)} steps (median).")
    states = [(state, numerals.whole(count)) for state, count in summary.states.items()]
    right = numerals.whole(summary.right.count)
    title = f"{right} of {numerals.counted(len(value), 'network')} correct"
    return Overview(title, tuple(lines), [("state at the end", "networks"), *states])


def _share(name: str, share: Proportion) -> str:
    low, _, high = interval_text(share).partition(" to ")
    count, of = numerals.whole(share.count), numerals.whole(share.of)
    return f"{name}: {count} of {of} ({percent(share)} %; 95 % interval {low} to {high} %)."


def recipe_line(config: RunConfig, record: Record) -> str:
    """Return all settings of a run that are said, with its seed unless weights are given."""
    parts = recipe_parts(config, record.source)
    if record.is_given:
        said = [text for name, text in parts.items() if name not in settings_of(Role.START)]
        return joined(
            [*said, "given weights"] if record.source is None else [record.source.name, *said]
        )
    return joined((*parts.values(), f"{SETTINGS['seed'].short} {numerals.plain(config.seed)}"))


def changes_lines(changes: tuple[Intervention, ...], until: int) -> list[str]:
    """Return the changes made up to a step, in a sentence; of weights given at step 0 nothing."""
    made = [change_text(change) for change in changes if 0 < change.step <= until]
    more = [f"{numerals.whole(len(made) - _MOST_TOLD)} more"] if len(made) > _MOST_TOLD else []
    return [f"Changed: {'; '.join([*made[:_MOST_TOLD], *more])}."] if made else []


def change_text(change: Intervention) -> str:
    """Return a change with its step: step 200 rate 0.5."""
    return f"step {numerals.whole(change.step)} {change.name} {numerals.plain(change.value)}"


def truth_table(targets: Sequence[int], outputs: Sequence[float], coding: str) -> Rows:
    """Return the four rows in counting order, with inputs and targets as numbers of a coding."""
    code, bits = CODINGS[coding], np.array(targets)
    is_right = np.abs(code.share(np.array(outputs)) - bits) < RIGHT_ERROR
    rows = [
        (
            *(numerals.whole(number) for number in code.value(np.array(ROWS[row])).tolist()),
            numerals.whole(float(code.value(bits[row]))),
            numerals.fixed(outputs[row], 4),
            "✓" if is_right[row] else "✗",
        )
        for row in COUNTED
    ]
    return [("x1", "x2", "target", "output", "correct"), *rows]
