"""The command lab: many networks trained, and their results as a table or JSON."""

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from xorviz.cli.lab_options import LabOptions, checked_options
from xorviz.cli.terminal import (
    INTERRUPTED,
    Interruption,
    chosen_kernel,
    failed,
    prepared,
    printable,
    progress,
    refuse,
)
from xorviz.core import numerals
from xorviz.core.lists import values_text
from xorviz.core.numerals import duration, memory
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import differing
from xorviz.core.settings import LOSS_FORMULAS, SETTINGS, RunConfig
from xorviz.files.atomic import FileError, file_errors
from xorviz.files.lab_table import RECIPE, Done, LabFile, read
from xorviz.files.pages.overview import columns
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.success import Proportion, Summary, interval_text, percent
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.cluster import Cluster
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import LabError, Workers, worker_processes

_MANY_SECONDS, _MANY_MEGABYTES = 600, 1000
"""A plan that needs more must be confirmed."""
_RESULTS = (
    *("networks", "correct (95 %)", "learned (95 %)", "first correct step (quartiles)"),
    *("still learning when stopped", "states"),
)
_EARLY = "Networks that stop early finish first, so these rates do not represent all networks."
_LONGEST_SEEDS = 60
"""Characters; longer lists are cut."""


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Train a plan and print its results; see ``lab``."""
    refuse(parser, options, ["seed"], "is for one network; lab takes --seeds, such as 0..499")
    try:
        return lab(checked_options(options | {"kernel": chosen_kernel(parser, options)}))
    except SettingError as error:
        parser.error(str(error))


def lab(options: LabOptions, workers: Workers | None = None) -> int:
    """Train a plan and print its results, or those so far if it ends early.

    Return 0, 1 if something failed or the user declined, 2 if the user could not be asked, and
    130 after Ctrl+C. The workers follow from the options unless given.
    """
    try:
        return _lab(options, workers)
    except FileError as error:
        return failed(f"{options.csv}: {error}")
    except LabError as error:
        return failed(str(error))
    except MemoryError:
        return failed(
            f"There is not enough memory for {numerals.counted(len(options.plan), 'network')}."
        )


def _lab(options: LabOptions, workers: Workers | None) -> int:
    resumed, end = _resumed(options)
    if workers is None and options.scheduler is not None:
        workers = Cluster(options.scheduler)
    workers = workers or worker_processes(options.jobs)
    with closing(Lab(workers, kernel=options.kernel)) as laboratory:
        if (refusal := _refusal(options, resumed, laboratory.workers)) is not None:
            return refusal
        if options.scheduler is None:
            kernel = prepared(lab_training.prepare, options.kernel)
            if kernel != options.kernel:
                laboratory.kernel = kernel
                options = replace(options, kernel=kernel)
        file = None if options.csv is None else LabFile.opened(options.csv, end)
        # No KeyboardInterrupt from here on, so that the results are always printed.
        with closing(file) if file else nullcontext(), Interruption(laboratory.close) as ctrl_c:
            return _train_and_print(options, resumed, laboratory, file, ctrl_c)


def _resumed(options: LabOptions) -> tuple[list[Done], int | None]:
    """Return the finished networks of a file to resume, and its valid length. Raises FileError."""
    if options.csv is None:
        return [], None
    if options.resumes:
        return read(options.csv, options.plan)
    with file_errors():  # its name may be too long, or its folder may not be entered
        is_there = options.csv.is_file()
    if is_there:
        raise FileError("The file exists. Use --resume to continue it.")
    return [], None


def _refusal(options: LabOptions, resumed: list[Done], workers: Workers) -> int | None:
    """Ask the user to confirm a large plan; return the exit code if it is not confirmed."""
    plan, count = options.plan, workers.count
    left = len(plan) - sum(len(places) for places, _ in resumed)
    seconds = plan.seconds(count) * left / len(plan)
    if options.is_confirmed or (seconds <= _MANY_SECONDS and plan.megabytes <= _MANY_MEGABYTES):
        return None
    networks, helpers = numerals.counted(left, "network"), numerals.counted(count, "worker")
    cost = (
        f"Training {networks} for {numerals.counted(plan.steps, 'step')} takes about "
        f"{duration(seconds)} with {helpers} and {memory(plan.megabytes)} of memory."
    )
    if not sys.stdin.isatty():
        return failed(f"{cost} Use --yes to start it anyway.", 2)
    sys.stderr.write(printable(f"{cost}\nContinue? (y/N) ", sys.stderr))
    sys.stderr.flush()
    answer = sys.stdin.readline()
    return None if answer.strip().lower() in {"y", "yes"} else 1


def _train_and_print(
    options: LabOptions,
    resumed: list[Done],
    laboratory: Lab,
    file: LabFile | None,
    interruption: Interruption,
) -> int:
    """Train the missing networks and print the results of all."""
    results = LabResults(options.plan)
    for done in resumed:
        results.recall(*done)
    status, why = 0, ""
    try:
        _train(results, laboratory, file, interruption)
        if not results.is_full:
            status, why = INTERRUPTED, "Stopped."
    except LabError as error:
        status, why = 1, str(error)
    except FileError as error:
        status, why = 1, f"{options.csv}: {error}"
    finally:
        laboratory.close()
    snapshot = results.snapshot()
    kept = None if file is None else file.added + sum(len(places) for places, _ in resumed)
    try:
        if options.as_json:
            sys.stdout.write(as_json(snapshot, options.kernel))
        elif snapshot.done.any():
            sys.stdout.write(table(snapshot))
        sys.stdout.flush()
    except BrokenPipeError:
        if not status:  # else the failure is what is reported
            raise
    finally:
        if status:
            failed(f"{why} {_so_far(options, int(snapshot.done.sum()), kept)}")
    return status


def _train(
    results: LabResults, laboratory: Lab, file: LabFile | None, interruption: Interruption
) -> None:
    """Train the missing networks and add them to the results and the file."""
    plan = results.plan
    done = frozenset(np.flatnonzero(results.snapshot().done).tolist())
    shares = shares_of(plan, laboratory.workers.count, skipped=done)
    taken = np.zeros(len(plan), dtype=np.int64)
    with progress((len(plan) - len(done)) * plan.steps) as bar:
        for piece in laboratory.run(plan, shares):
            cohort = piece.cohort
            results.add(piece.places, cohort, piece.findings)
            if file is not None and piece.findings is not None:
                file.add(plan, piece.places, piece.findings)
            # Networks that have stopped count as finished.
            now = np.where(cohort.going_on, cohort.step, plan.steps)
            bar.update(int((now - taken[piece.places]).sum()))
            taken[piece.places] = now
            if interruption.has_come:
                break


def _so_far(options: LabOptions, done: int, kept: int | None) -> str:
    """Return how many networks are done, how many are in the file, and how to continue."""
    text = f"{numerals.whole(done)} of {numerals.counted(len(options.plan), 'network')} are done"
    if kept not in {done, None}:
        text += f", {numerals.whole(kept)} of them in the file"
    if options.csv is None:
        return f"{text}."
    if options.resumes:
        return f"{text}; run the same command to continue."
    name = shlex.quote(str(options.csv))
    return f"{text}; to continue, use --resume {name} instead of --csv."


def table(snapshot: LabSnapshot) -> str:
    """Return the settings common to all recipes, and a row of results per recipe.

    Characters that standard output cannot show are replaced.
    """
    recipes = snapshot.plan.recipes
    names = [name for name in RECIPE if name in differing(recipes)]
    lines = [[*(_heading(name, names, recipes[0]) for name in names), *_RESULTS]]
    for number, recipe in enumerate(recipes):
        settings = [_shown(name, recipe) for name in names]
        lines.append([*settings, *_results(snapshot.summary(number), len(snapshot.plan.seeds))])
    if not snapshot.still_learning.any():
        for line in lines:
            del line[-2]
    common = [
        f"{SETTINGS[name].short} {_shown(name, recipes[0])}"
        for name in RECIPE
        if name not in names and any(map(SETTINGS[name].matters, recipes))
    ]
    head = [_plan_text(snapshot.plan), ", ".join(common)]
    if snapshot.plan.rules.has_conditions and not snapshot.done.all():
        head.append(_EARLY)
    cells = [[printable(cell) for cell in line] for line in lines]
    rows = columns(cells, range(len(cells[0]) - 1))
    return "\n".join([*map(printable, filter(None, head)), "", *rows, ""])


def as_json(snapshot: LabSnapshot, kernel: str) -> str:
    """Return plan, kernel, and the results of each recipe as one line of JSON."""
    plan = snapshot.plan
    value = {
        "plan": {
            "seeds": values_text(plan.seeds),
            "steps": plan.steps,
            "stop_when_learned": plan.rules.when_learned,
            "stop_at_loss": plan.rules.at_loss,
            "networks": len(plan),
        },
        "kernel": kernel,
        "recipes": [
            _recipe_value(recipe, snapshot.summary(number))
            for number, recipe in enumerate(plan.recipes)
        ],
    }
    return json.dumps(value, allow_nan=False) + "\n"


def _recipe_value(recipe: RunConfig, summary: Summary | None) -> dict[str, Any]:
    config = recipe.to_dict()
    del config["seed"]
    quartiles = summary.quartiles if summary else None
    names = ("lower_quartile", "median", "upper_quartile")
    return {
        "config": config,
        "networks": summary.networks if summary else 0,
        "right": _share_value(summary.right) if summary else None,
        "learned": _share_value(summary.learned) if summary else None,
        "first_right": dict(zip(names, quartiles, strict=True)) if quartiles else None,
        "states": dict(summary.states) if summary else {},
        "still_learning": summary.still_learning if summary else 0,
    }


def _share_value(share: Proportion) -> dict[str, float]:
    low, high = share.interval
    return {"count": share.count, "share": share.value, "low": low, "high": high}


def _plan_text(plan: LabPlan) -> str:
    seeds = values_text(plan.seeds)
    if len(seeds) > _LONGEST_SEEDS:
        seeds = f"{seeds[:_LONGEST_SEEDS].rpartition(',')[0]},…"
    count = len(plan.seeds)
    networks = numerals.counted(count, "network")
    of_each = " of each recipe" if len(plan.recipes) > 1 else ""
    text = f"{networks}{of_each}, from the initial weights of seed"
    text += f"{'s' * (count > 1)} {seeds}: {numerals.counted(plan.steps, 'step')}"
    return ", or ".join([text, *plan.rules.texts()])


def _heading(name: str, names: Sequence[str], recipe: RunConfig) -> str:
    """Return the heading of a column; rates are comparable only for one loss."""
    if name == "rate" and "loss" not in names:
        return f"rate ({recipe.loss})"
    return SETTINGS[name].short


def _shown(name: str, recipe: RunConfig) -> str:
    value = getattr(recipe, name)
    if name == "loss":
        return f"{value} = {LOSS_FORMULAS[value]}"
    text = SETTINGS[name].shown(value)
    return text.replace("-", numerals.MINUS) if isinstance(value, float) else text


def _results(summary: Summary | None, wanted: int) -> list[str]:
    if summary is None:
        return ["0", *["-"] * (len(_RESULTS) - 1)]
    networks = numerals.whole(summary.networks)
    if summary.networks < wanted:
        networks += f" of {numerals.whole(wanted)}"
    states = [f"{state} {numerals.whole(count)}" for state, count in summary.states.items()]
    return [
        networks,
        _share_text(summary.right),
        _share_text(summary.learned),
        _quartiles_text(summary.quartiles),
        numerals.whole(summary.still_learning),
        ", ".join(states),
    ]


def _share_text(share: Proportion) -> str:
    return f"{percent(share)} % ({interval_text(share)})"


def _quartiles_text(quartiles: tuple[int, int, int] | None) -> str:
    if quartiles is None:
        return "-"
    low, median, high = map(numerals.whole, quartiles)
    return f"{median} ({low} to {high})"
