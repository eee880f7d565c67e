"""What helps a network, tried in the terminal."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from tqdm import tqdm

from xorviz.cli.interruption import Interruption
from xorviz.cli.printing import prepared
from xorviz.core import numerals
from xorviz.lab.results.success import interval_text
from xorviz.lab.training import training as lab_training
from xorviz.lab.trials.trial import Trial, carried_out
from xorviz.lab.trials.tried import Tried, outlook
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import workers_for

_INTERRUPTED = 130
_GOES_ON = "Changes to weights, rate and momentum go on from this network; the others begin anew."
_SHARES = "In percent, the 95 % interval of a count (Wilson); each network has its own seed."


def try_changes(trial: Trial, kernel: str) -> tuple[tuple[Tried, ...], int]:
    """Try changes on all cores; return what became of them, best first, and the exit code.

    That is 130 if Ctrl+C ended it early, otherwise 0. Raises LabError.
    """
    kernel, total = prepared(lab_training.prepare, kernel), len(trial.changes)
    # Shown on a terminal only, and removed at its end.
    with (
        closing(Lab(workers_for(kernel), kernel=kernel)) as lab,
        Interruption(lab.close) as ctrl_c,
        tqdm(total=total, unit="change", leave=False, dynamic_ncols=True, disable=None) as bar,
    ):
        for state in carried_out(trial, lab.run, lab.workers.count):
            trial = state
            bar.update(len(trial.tried) - bar.n)
    return trial.tried, _INTERRUPTED if ctrl_c.has_come else 0


def tried_paragraphs(found: Sequence[Tried], recipe: str, doubt: str) -> Iterator[list[str]]:
    """Yield the lines of each paragraph: what becomes of this network, and a table of all."""
    goes_on = outlook(found)
    yield [goes_on] if goes_on else []
    rows = [(one.change.title, one.text, _interval(one), _median(one)) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    yield ["Changes tried, the best first:", *lines]
    yield [*([_GOES_ON] if goes_on else []), f"Tried with {recipe}.", _SHARES]
    yield [doubt] if doubt else []


def _interval(one: Tried) -> str:
    return "" if one.change.is_certain else f"{interval_text(one.right)} %"


def _median(one: Tried) -> str:
    if one.change.is_certain or one.median_steps is None:
        return ""
    return f"median {numerals.counted(round(one.median_steps), 'step')}"
