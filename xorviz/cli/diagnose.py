"""The command diagnose: the state of a network trained elsewhere."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from xorviz.cli.own_options import WAYS
from xorviz.cli.terminal import INTERRUPTED, Interruption, failed, prepared, printable
from xorviz.core import numerals
from xorviz.core.diagnosis.stuck_states import Level, levels_near, loss_sentence
from xorviz.core.diagnosis.verdict import Verdict
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.rules import SettingError, parsed
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.truth_table import ROWS
from xorviz.files import FileError
from xorviz.files.weights.examined import Examination, examined, trial_for
from xorviz.files.weights.known import known_of
from xorviz.files.weights.own_network import Arrays, OrientationError, checked_outputs
from xorviz.files.weights.reader import MOST_BYTES, load, parse_bytes, parse_text
from xorviz.files.weights.row_order import Row, in_row_order
from xorviz.lab.results.success import interval_text
from xorviz.lab.training import training as lab_training
from xorviz.lab.trials.trial import Tried, carried_out, outlook
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import LabError, worker_processes

_NUMBERS = re.compile(r"([-+\d.,;\s()\[\]]|e|nan|inf|infinity)+", re.IGNORECASE)
"""Numbers and what may stand between them."""


@dataclass(frozen=True, slots=True)
class DiagnoseOptions:
    """The options of diagnose. A value."""

    weights: str | None
    """A file, or - for standard input."""
    outputs: str | None
    """As typed; no more than one of the two is given, and one of the three is."""
    loss_value: float | None
    said: Mapping[str, Any]
    """What is known of the network, by the names in known.NAMES."""
    targets: Sequence[int] | None
    """In the order of the rows; None for those in the file, otherwise XOR."""
    order: Sequence[Row]
    orientation: str | None
    as_json: bool
    kernel: str | None = None
    """With which to try what helps; None to try nothing."""


class _Outputs:
    """One to four outputs as typed."""

    allowed = "one to four numbers, such as 0 .5 1 .5"

    def parse(self, text: str) -> Arrays:
        """Return the outputs in a text, or raise ValueError."""
        with suppress(FileError):
            arrays = parse_text(text)
            # A typing mistake must not pass for a row that is missing.
            is_whole = arrays.outputs is not None and len(arrays.outputs) == len(ROWS)
            if is_whole or _NUMBERS.fullmatch(text):
                checked_outputs(arrays)
                return arrays
        raise ValueError(self.allowed)


def diagnose(asked: DiagnoseOptions) -> int:
    """Print the diagnosis of a network, possible causes and what to try.

    Return 0, 1 if the file cannot be read or holds no network, 2 for a wrong or missing option.
    """
    name = "standard input" if asked.weights == "-" else asked.weights
    try:
        found = _examined(asked)
    except FileError as error:
        return failed(f"{name}: {error}")
    except OrientationError as error:
        return failed(f"{error}; allowed: --orientation {WAYS}", 2)
    except SettingError as error:
        return failed(str(error), 2) if asked.weights is None else failed(f"{name}: {error}")
    report, status = _report(found, asked), 0
    paragraphs = [*_paragraphs(report, found)]
    if asked.kernel is not None:
        try:
            tried, status = try_changes(found, asked.kernel)
        except SettingError as error:
            return failed(f"--try needs {error}", 2)
        except LabError as error:
            return failed(str(error))
        report["tried_with"] = found.known.recipe.to_dict()
        report["tried"] = [one.to_dict() for one in tried]
        paragraphs += tried_paragraphs(found, tried)
    text = "\n\n".join("\n".join(lines) for lines in paragraphs if lines)
    written = json.dumps(report, allow_nan=False) if asked.as_json else printable(text)
    sys.stdout.write(f"{written}\n")
    return status


def _examined(asked: DiagnoseOptions) -> Examination:
    """Return what is found out. Raises FileError and SettingError."""
    targets = {"targets": in_row_order(asked.targets, asked.order)} if asked.targets else {}
    said = {**asked.said, **targets}
    if asked.weights is None and asked.outputs is None:
        return Examination(known_of(said))
    arrays = _arrays(asked.weights, asked.outputs or "")
    return examined(arrays, said, asked.order, asked.orientation)


def _arrays(weights: str | None, outputs: str) -> Arrays:
    """Return the arrays as read. Raises FileError and SettingError."""
    match weights:
        case None:
            arrays = parsed(_Outputs(), "--outputs", outputs)
            assert isinstance(arrays, Arrays)
            return arrays
        case "-":  # standard input
            return parse_bytes(sys.stdin.buffer.read(MOST_BYTES + 1))
        case path:
            return load(Path(path))


def _report(found: Examination, asked: DiagnoseOptions) -> dict[str, Any]:
    """Return all that is found out, as values that JSON can represent."""
    value, known, state = asked.loss_value, found.known, found.found
    convention = known.config.targets, known.said.get("loss")
    near = () if value is None else levels_near(value, *convention)
    loss = "" if value is None else loss_sentence(value, *convention)
    report: dict[str, Any] = {
        "state": state.state if state else _of_loss(near),
        "sentence": found.sentence or loss,
        "verdict": state.verdict.to_dict() if state and state.verdict else None,
        "evidence": state.evidence.to_dict() if state else {},
        "advice": list(state.advice) if state else [],
        "causes": [asdict(cause) for cause in found.causes],
        "assumed": dict(known.assumed),
        "unknown": list(known.unknown),
    }
    if value is not None:
        fits = [asdict(level) for level in near]
        report["loss_value"] = {"value": value, "sentence": loss, "levels": fits}
    return report


def _of_loss(near: Sequence[Level]) -> str:
    """Return the state that all levels near a loss value have."""
    states = {level.state for level in near}
    return states.pop() if len(states) == 1 else UNKNOWN


def _paragraphs(report: Mapping[str, Any], found: Examination) -> Iterator[list[str]]:
    """Yield the lines of each paragraph."""
    yield [report["sentence"]]
    said = found.found.verdict if found.found else None
    of_curvature = {"curvature": _new(said, found.sentence)} if said else {}
    evidence = {"read as": found.summary, **of_curvature, **report["evidence"]}
    # While rows are wrong, the slope says little about how long it takes.
    if not (found.is_right and evidence["steps_left"]):
        evidence.pop("steps_left", None)
    texts = {name.replace("_", " "): _written(value) for name, value in evidence.items()}
    column = max(map(len, texts)) + 2
    yield [f"{name:<{column}}{text}" for name, text in texts.items() if text]
    loss = report.get("loss_value", {}).get("sentence", "")
    yield [loss] if loss not in {"", report["sentence"]} else []
    yield [found.known.text] if found.known.text and found.summary else []
    causes = [f"- {x.name}: {x.because}\n  Check: {x.check}" for x in found.causes]
    yield ["Possible causes:", *causes] if causes else []
    advice = [f"- {advice}" for advice in report["advice"]]
    yield ["What to try:", *advice] if advice else []


def _new(said: Verdict, sentence: str) -> str:
    """Return what a verdict says beside the sentence of the diagnosis."""
    parts = (said.sentence, said.doubt)
    return " ".join([f"{said.kind}.", *(part for part in parts if part not in sentence)])


def _written(value: Any) -> str:
    """Return a value as text; None is empty."""
    match value:
        case None:
            return ""
        case float():
            return numerals.real(value)
        case list():
            return ", ".join(map(_written, value))
        case dict():
            return ", ".join(
                f"{name}: {_written(item) or 'not finite'}" for name, item in value.items()
            )
        case _:
            return str(value)


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
