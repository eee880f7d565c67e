"""The command diagnose: the state of a network trained elsewhere."""

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from textwrap import indent
from typing import Any

from xorviz.cli.check import content_of, orientation_asked, refuse_settings, shown
from xorviz.cli.terminal import (
    Interruption,
    chosen_kernel,
    failed,
    prepared,
    print_report,
    progress,
    refuse,
)
from xorviz.core import numerals
from xorviz.core.diagnosis.how_often import HEADING
from xorviz.core.diagnosis.stuck_states import levels_near, loss_sentence
from xorviz.core.rules import SettingError, shortened
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS, in_row_order
from xorviz.files.atomic import FileError
from xorviz.files.pages.overview import columns
from xorviz.files.weights.examined import Examination, examined, examined_loss, trial_for
from xorviz.files.weights.known import NAMES, trained
from xorviz.files.weights.own_network import Arrays, OrientationError, checked_outputs
from xorviz.files.weights.reader import only, states_given, states_of_text
from xorviz.lab.results.success import interval_text
from xorviz.lab.training import training as lab_training
from xorviz.lab.trials.trials import Tried, carried_out, outlook
from xorviz.lab.workers.workers import Lab, LabError, worker_processes

_NUMBERS = re.compile(r"([-+\d.,;\s()\[\]]|e|nan|inf|infinity)+", re.IGNORECASE)
"""Numbers and what may stand between them."""
_GOES_ON = "Changes to weights, rate and momentum continue from here; others start from scratch."
_SHARES = "In percent, the 95 % interval of a count (Wilson); each network has its own seed."
_IF_RIGHT = (
    "This is what works if your code is right: it was tried with an exact gradient and these "
    "targets. If one of the possible causes applies, fix it first."
)


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Print the diagnosis of a network, possible causes and what to try.

    Return 0, 1 if the file cannot be read or holds no network, 2 for a wrong or missing option.
    """
    weights = options.get("weights")
    if "try" not in options:
        refuse(parser, options, ["kernel"], "is for training; diagnose trains only with --try")
    elif options.get("output") == "relu":
        parser.error("--try needs a sigmoid, tanh or linear output unit: runs have no other")
    refuse_settings(parser, options, NAMES)
    RunConfig(**trained(options))  # refuses what does not go together
    if weights is None:
        refuse(parser, options, ["orientation"], "is for --weights")
    elif "outputs" in options:
        parser.error("diagnose takes --weights or --outputs, not both")
    if options.keys().isdisjoint({"weights", "outputs", "loss_value"}):
        parser.error("diagnose needs --weights, --outputs or --loss-value")
    try:
        return _diagnose(options, chosen_kernel(parser, options))
    except OrientationError as error:
        return failed(orientation_asked(error), 2)
    except LabError as error:
        return failed(str(error))
    except SettingError as error:
        if weights is None:
            raise
        return failed(f"{shown(weights)}: {error}")


def _diagnose(options: Mapping[str, Any], kernel: str) -> int:
    """Print what is found out. Raises FileError, SettingError and LabError."""
    found, status = _examined(options), 0
    report = _report(found, options.get("loss_value"))
    paragraphs = [*_paragraphs(report, found)]
    if "try" in options:
        tried, status = _try_changes(found, kernel)
        report["tried_with"] = found.known.recipe.to_dict()
        report["tried"] = [one.to_dict() for one in tried]
        paragraphs += _tried_paragraphs(found, tried)
    steps = [f"- {x.what}\n{indent(x.command, '    ')}" for x in found.next]
    paragraphs.append(["Next:", *steps] if steps else [])
    print_report(report, paragraphs, "json" in options)
    return status


def _examined(options: Mapping[str, Any]) -> Examination:
    """Examine the network. Raises FileError and SettingError."""
    said = {name: options[name] for name in NAMES if name in options}
    if "wanted" in options:
        said["targets"] = in_row_order(options["wanted"], options["order"])
    if "weights" in options:
        name = options["weights"]
        (arrays,) = states_given([(shown(name), content_of(name))], True)
    elif "outputs" in options:
        arrays = _typed(options["outputs"])
    else:
        return examined_loss(options["loss_value"], said)
    return examined(arrays, said, options["order"], options.get("orientation"))


def _typed(text: str) -> Arrays:
    """Return one to four outputs as typed. Raises SettingError."""
    with suppress(FileError, SettingError):
        arrays = only(states_of_text(text))
        if arrays.outputs is not None:
            checked_outputs(arrays)
            # A typing mistake must not pass for a row that is missing.
            if len(arrays.outputs) == len(ROWS) or _NUMBERS.fullmatch(text):
                return arrays
    allowed = "one to four numbers, such as 0 .5 1 .5"
    raise SettingError(f"--outputs is {shortened(repr(text))}; allowed: {allowed}")


def _report(found: Examination, value: float | None) -> dict[str, Any]:
    """Return the diagnosis, and the meaning of a loss value, as values that JSON can represent."""
    report = found.to_dict()
    if value is not None:
        convention = found.known.config, found.known.said.get("loss")
        fits = [asdict(level) for level in levels_near(value, *convention)]
        loss = loss_sentence(value, *convention)
        report["sentence"] = report["sentence"] or loss
        report["loss_value"] = {"value": value, "sentence": loss, "levels": fits}
    return report


def _paragraphs(report: Mapping[str, Any], found: Examination) -> Iterator[list[str]]:
    """Yield the lines of each paragraph; some have none."""
    yield [report["sentence"]]
    verdict, said = found.found.verdict if found.found else None, found.known.said
    told = {name: said[name] for name in NAMES if name in said}
    state = {"state": report["state"] if found.found else "", "read as": found.summary}
    evidence = {**state, "said": told, "curvature": "", **report["evidence"]}
    if verdict:
        evidence["curvature"] = f"{verdict.kind}. {verdict.sentence} {verdict.doubt}"
    # While rows are wrong, the slope says little about how long it takes.
    if not (found.is_done and evidence.get("steps_left")):
        evidence["steps_left"] = None
    evidence["not learned"] = evidence.pop("pinned", None)
    texts = {name.replace("_", " "): _written(value) for name, value in evidence.items()}
    column = max(map(len, texts)) + 2
    yield [f"{name:<{column}}{text}" for name, text in texts.items() if text]
    loss = report.get("loss_value", {}).get("sentence", "")
    yield [loss] if loss not in {"", report["sentence"]} else []
    yield [found.known.text] if found.known.text and found.summary else []
    yield [HEADING, *columns(found.table, range(1, len(found.table[0])))] if found.table else []
    causes = [f"- {x.name}: {x.because}\n  Check: {x.check}" for x in found.causes]
    yield ["Possible causes:", *causes] if causes else []
    advice = [f"- {advice}" for advice in report["advice"]]
    yield ["Fix it:", *advice] if advice else []


def _written(value: Any) -> str:
    """Return a value as text; None is empty."""
    if isinstance(value, dict):
        texts = {name: _written(item) or "not finite" for name, item in value.items()}
        rows = ((name.replace(" ", ""), text) for name, text in texts.items())
        return ", ".join(f"{name}: {text}" for name, text in rows)
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    if isinstance(value, float):
        return numerals.real(value)
    return "" if value is None else str(value)


def _try_changes(found: Examination, kernel: str) -> tuple[tuple[Tried, ...], int]:
    """Try changes on all cores, unless all rows are correct.

    Return the outcomes, best first, and the exit code: 130 or 143 if Ctrl+C or SIGTERM
    ended it early, otherwise 0. Raises SettingError if too little is known, and LabError.
    """
    if found.is_done:
        return (), 0
    trial = trial_for(found)
    kernel, total = prepared(lab_training.prepare, kernel), len(trial.changes)
    with (
        closing(Lab(worker_processes(), kernel=kernel)) as lab,
        Interruption(lab.close) as signals,
        progress(total, "change") as bar,
    ):
        for state in carried_out(trial, lab.run):
            trial = state
            bar.update(len(trial.tried) - bar.n)
    return trial.tried, signals.code


def _tried_paragraphs(found: Examination, tried: Sequence[Tried]) -> Iterator[list[str]]:
    """Yield the lines of each paragraph: the outcome for this network, and a table of all."""
    if not tried:
        why = "all four rows are correct" if found.is_done else "the trial was interrupted"
        yield [f"Nothing was tried: {why}."]
        return
    goes_on = outlook(tried)
    yield [goes_on] if goes_on else []
    yield ["Changes tried, the best first:", *columns([_row(one) for one in tried])]
    recipe = joined(recipe_parts(found.known.recipe).values())
    yield [*([_GOES_ON] if goes_on else []), f"Tried with {recipe}.", _SHARES]
    yield [_IF_RIGHT]


def _row(one: Tried) -> tuple[str, ...]:
    """Return a change and its outcome; where chance plays a part, with its interval and median."""
    if one.change.is_certain:
        return one.change.title, one.text, "", ""
    steps, word = one.median_steps, one.change.config.step_word
    median = "" if steps is None else f"median {numerals.counted(round(steps), word)}"
    return one.change.title, one.text, f"{interval_text(one.right)} %", median
