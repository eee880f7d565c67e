"""What helps a network, tried in the terminal."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from tqdm import tqdm

from xorviz.cli.terminal.interruption import INTERRUPTED, Interruption
from xorviz.cli.terminal.printing import prepared
from xorviz.core import numerals
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.files.weights.examined import Examination, trial_for
from xorviz.lab.results.success import interval_text
from xorviz.lab.training import training as lab_training
from xorviz.lab.trials.trial import carried_out
from xorviz.lab.trials.tried import Tried, outlook
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import worker_processes

_GOES_ON = "Changes to weights, rate and momentum go on from this network; the others begin anew."
_SHARES = "In percent, the 95 % interval of a count (Wilson); each network has its own seed."
_OF_TARGETS = {"negated", "another row order", "another function"}
"""Causes for which a program trains towards something else."""
_NOT_YOURS = (
    "Tried with the gradient and the targets as they are here. If one of the possible causes is "
    "so, mend it first: none of this helps a program that trains towards something else."
)


def try_changes(found: Examination, kernel: str) -> tuple[tuple[Tried, ...], int]:
    """Try changes on all cores, unless all rows are correct.

    Return what became of them, best first, and the exit code: 130 if Ctrl+C ended it early,
    otherwise 0. Raises SettingError if too little is known, and LabError.
    """
    if found.is_right:
        return (), 0
    trial = trial_for(found)
    kernel, total = prepared(lab_training.prepare, kernel), len(trial.changes)
    # Shown on a terminal only, and removed at its end.
    with (
        closing(Lab(worker_processes(), kernel=kernel)) as lab,
        Interruption(lab.close) as ctrl_c,
        tqdm(total=total, unit="change", leave=False, dynamic_ncols=True, disable=None) as bar,
    ):
        for state in carried_out(trial, lab.run, lab.workers.count):
            trial = state
            bar.update(len(trial.tried) - bar.n)
    return trial.tried, INTERRUPTED if ctrl_c.has_come else 0


def tried_paragraphs(found: Examination, tried: Sequence[Tried]) -> Iterator[list[str]]:
    """Yield the lines of each paragraph: what becomes of this network, and a table of all."""
    if not tried:
        why = "all four rows are correct" if found.is_right else "it was interrupted"
        yield [f"Nothing was tried: {why}."]
        return
    goes_on = outlook(tried)
    yield [goes_on] if goes_on else []
    rows = [(one.change.title, one.text, _interval(one), _median(one)) for one in tried]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    yield ["Changes tried, the best first:", *lines]
    recipe = joined(recipe_parts(found.known.recipe))
    yield [*([_GOES_ON] if goes_on else []), f"Tried with {recipe}.", _SHARES]
    if any(cause.name in _OF_TARGETS for cause in found.causes):
        yield [_NOT_YOURS]


def _interval(one: Tried) -> str:
    return "" if one.change.is_certain else f"{interval_text(one.right)} %"


def _median(one: Tried) -> str:
    if one.change.is_certain or one.median_steps is None:
        return ""
    return f"median {numerals.counted(round(one.median_steps), 'step')}"
