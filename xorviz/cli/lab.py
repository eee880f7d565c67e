"""The command lab: many networks trained, and their results as a table or JSON."""

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, fields, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.cli.parser import list_of, stops_of
from xorviz.cli.terminal import (
    Interruption,
    chosen_kernel,
    failed,
    prepared,
    printable,
    progress,
    refuse,
)
from xorviz.core import numerals
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.lists import values_text
from xorviz.core.numerals import duration, memory
from xorviz.core.rules import SettingError, Whole, checked
from xorviz.core.runs.project import differing
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import LOSS_FORMULAS, SETTINGS, RunConfig
from xorviz.files.arguments import given_settings
from xorviz.files.atomic import FileError, file_errors
from xorviz.files.lab_table import RECIPE, Done, LabFile, read
from xorviz.files.pages.overview import columns
from xorviz.lab import NETWORK_COUNT
from xorviz.lab import plan as plans
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.success import Proportion, Summary, interval_text, percent
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.cluster import Cluster
from xorviz.lab.workers.workers import Lab, LabError, Workers, worker_processes

_MANY_SECONDS, _MANY_MEGABYTES = 600, 1000
"""A plan that needs more must be confirmed."""
_SHARES = ("correct (95 %)", "learned (95 %)")
_FIRST, _STILL = "first correct step (quartiles)", "still learning when stopped"
"""Headings of columns."""
_EARLY = "Networks that stop early finish first, so these rates do not represent all networks."
_LONGEST_SEEDS = 60
"""Characters; longer lists are cut."""
_EITHER = (
    ("jobs", "scheduler", "--jobs is for this machine; with --scheduler the cluster decides"),
    ("csv", "resume", "--csv is for a new file, --resume for one that exists; use only one"),
)
"""Options that are not given together, and why."""


@dataclass(frozen=True, slots=True)
class LabOptions:
    """What is asked for, by the names of the options. A value."""

    plan: LabPlan
    csv: Path | None = None
    resume: Path | None = None
    """In place of csv, if that file exists and is continued."""
    jobs: int | None = None
    """Number of processes; None is one per core."""
    scheduler: str | None = None
    json: bool = False
    yes: bool = False
    """Whether a large plan starts without a question."""
    kernel: str = NUMPY

    @property
    def file(self) -> Path | None:
        """The file for a row per network."""
        return self.resume or self.csv


def checked_options(options: Mapping[str, Any]) -> LabOptions:
    """Return the checked options, including settings given before the command.

    Raises SettingError.
    """
    for one, other, why in _EITHER:
        if one in options and other in options:
            raise SettingError(why)
    chosen = [one.name for one in fields(LabOptions) if one.name in options]
    return LabOptions(_plan(options), **{name: options[name] for name in chosen})


def _plan(options: Mapping[str, Any]) -> LabPlan:
    lists = {name: options[list_of(name)] for name in SETTINGS if list_of(name) in options}
    seeds: Sequence[int] = options["seeds"]
    count = prod(map(len, lists.values()))
    # More is probably a typing error.
    checked(Whole(1, 10_000), "the number of recipes", count)
    checked(NETWORK_COUNT, "the number of networks", count * len(seeds))
    recipes = plans.recipes_of(lists, RunConfig(**given_settings(options)))
    return LabPlan(recipes, seeds, options["steps"], StopRules(None, **stops_of(options)))


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Train a plan and print its results; see ``lab``."""
    refuse(parser, options, ["seed"], "is for one network; lab takes --seeds, such as 0..499")
    return lab(checked_options(options | {"kernel": chosen_kernel(parser, options)}))


def lab(options: LabOptions, workers: Workers | None = None) -> int:
    """Train a plan and print its results, or those so far if it ends early.

    Return 0, 1 if something failed or the user declined, 2 if the user could not be asked, and
    130 after Ctrl+C, or 143 after SIGTERM. The workers follow from the options unless given.
    """
    try:
        return _lab(options, workers)
    except FileError as error:
        return failed(f"{options.file}: {error}")
    except LabError as error:
        return failed(str(error))
    except MemoryError:
        networks = numerals.counted(len(options.plan), "network")
        return failed(f"There is not enough memory for {networks}.")


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
        file = None if options.file is None else LabFile(options.file, end)
        # No KeyboardInterrupt from here on, so that the results are always printed.
        with closing(file) if file else nullcontext(), Interruption(laboratory.close) as signals:
            return _train_and_print(options, resumed, laboratory, file, signals)


def _resumed(options: LabOptions) -> tuple[list[Done], int | None]:
    """Return the finished networks of a file to resume, and its valid length. Raises FileError."""
    if options.resume is not None:
        return read(options.resume, options.plan)
    with file_errors():  # its name may be too long, or its folder may not be entered
        if options.csv is not None and options.csv.is_file():
            raise FileError("The file exists. Use --resume to continue it.")
    return [], None


def _refusal(options: LabOptions, resumed: list[Done], workers: Workers) -> int | None:
    """Ask the user to confirm a large plan; return the exit code if it is not confirmed."""
    plan, count = options.plan, workers.count
    left = len(plan) - sum(len(places) for places, _ in resumed)
    seconds = plan.seconds(count) * left / len(plan)
    if options.yes or (seconds <= _MANY_SECONDS and plan.megabytes <= _MANY_MEGABYTES):
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
    status, why = 1, ""
    try:
        _train(results, laboratory, file, interruption)
        status, why = (0, "") if results.is_full else (interruption.code, "Stopped.")
    except LabError as error:
        why = str(error)
    except FileError as error:
        why = f"{options.file}: {error}"
    finally:
        laboratory.close()
    snapshot = results.snapshot()
    kept = None if file is None else file.added + sum(len(places) for places, _ in resumed)
    try:
        if options.json:
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
    # Steps count as what they cost, so that the time left is true of recipes of all kinds.
    costs = plan.costs(laboratory.workers.count, laboratory.kernel)
    costs /= costs.mean()
    taken = np.where(results.snapshot().done, plan.steps, 0)
    with progress(round(float(costs @ (plan.steps - taken)))) as bar:
        for piece in laboratory.run(plan, done):
            if bar.n == 0:
                bar.unpause()  # the time in which the workers started is none of training
            cohort = piece.cohort
            results.add(piece.places, cohort, piece.findings)
            if file is not None and piece.findings is not None:
                file.add(plan, piece.places, piece.findings)
            # Networks that have stopped count as finished.
            now = np.where(cohort.going_on, cohort.step, plan.steps)
            bar.update(float(costs[piece.places] @ (now - taken[piece.places])))
            taken[piece.places] = now
            if interruption.has_come:
                break


def _so_far(options: LabOptions, done: int, kept: int | None) -> str:
    """Return how many networks are done, how many are in the file, and how to continue."""
    text = f"{numerals.whole(done)} of {numerals.counted(len(options.plan), 'network')} are done"
    if kept not in {done, None}:
        text += f", {numerals.whole(kept)} of them in the file"
    if options.file is None:
        return f"{text}."
    if options.resume is not None:
        return f"{text}; run the same command to continue."
    name = shlex.quote(str(options.csv))
    return f"{text}; to continue, use --resume {name} instead of --csv."


def table(snapshot: LabSnapshot) -> str:
    """Return the settings common to all recipes, and a row of results per recipe.

    Characters that standard output cannot show are replaced.
    """
    plan = snapshot.plan
    varied, first = differing(plan.recipes), plan.recipes[0]
    headings = {name: SETTINGS[name].short for name in RECIPE if name in varied}
    if "rate" in headings and "loss" not in headings:  # rates are comparable only for one loss
        headings["rate"] = f"rate ({first.loss})"
    rows = []
    for number, recipe in enumerate(plan.recipes):
        told = {heading: _shown(name, recipe) for name, heading in headings.items()}
        results = _results(snapshot.summary(number), len(plan.seeds))
        if not snapshot.still_learning.any():
            del results[_STILL]
        rows.append(told | results)
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    lines = columns([list(map(printable, row)) for row in cells], range(len(cells[0]) - 1))
    common = [
        f"{SETTINGS[name].short} {_shown(name, first)}"
        for name in RECIPE
        if name not in headings and any(map(SETTINGS[name].matters, plan.recipes))
    ]
    is_early = plan.rules.has_conditions and not snapshot.done.all()
    head = [_plan_text(plan), ", ".join(common), _EARLY * is_early]
    return "\n".join([*map(printable, filter(None, head)), "", *lines, ""])


def _shown(name: str, recipe: RunConfig) -> str:
    value = getattr(recipe, name)
    if name == "loss":
        return f"{value} = {LOSS_FORMULAS[value]}"
    text = SETTINGS[name].shown(value)
    return text.replace("-", numerals.MINUS) if isinstance(value, float) else text


def _results(summary: Summary | None, wanted: int) -> dict[str, str]:
    """Return the results of a recipe by the headings of their columns."""
    if summary is None:
        return {"networks": "0"} | dict.fromkeys((*_SHARES, _FIRST, _STILL, "states"), "-")
    count, first = numerals.whole(summary.networks), "-"
    if summary.networks < wanted:
        count += f" of {numerals.whole(wanted)}"
    if summary.quartiles is not None:
        low, median, high = map(numerals.whole, summary.quartiles)
        first = f"{median} ({low} to {high})"
    shares = (summary.right, summary.learned)
    return {
        "networks": count,
        **{n: f"{percent(x)} % ({interval_text(x)})" for n, x in zip(_SHARES, shares, strict=True)},
        _FIRST: first,
        _STILL: numerals.whole(summary.still_learning),
        "states": ", ".join(f"{s} {numerals.whole(n)}" for s, n in summary.states.items()),
    }


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


def as_json(snapshot: LabSnapshot, kernel: str) -> str:
    """Return plan, kernel, and the results of each recipe as one line of JSON."""
    plan = snapshot.plan
    asked = {
        "seeds": values_text(plan.seeds),
        "steps": plan.steps,
        "stop_when_learned": plan.rules.when_learned,
        "stop_at_loss": plan.rules.at_loss,
        "networks": len(plan),
    }
    recipes = [_recipe(recipe, snapshot.summary(n)) for n, recipe in enumerate(plan.recipes)]
    return json.dumps({"plan": asked, "kernel": kernel, "recipes": recipes}, allow_nan=False) + "\n"


def _recipe(recipe: RunConfig, summary: Summary | None) -> dict[str, Any]:
    config = {name: value for name, value in recipe.to_dict().items() if name != "seed"}
    quartiles = summary.quartiles if summary else None
    names = ("lower_quartile", "median", "upper_quartile")
    return {
        "config": config,
        "networks": summary.networks if summary else 0,
        "right": _share(summary.right) if summary else None,
        "learned": _share(summary.learned) if summary else None,
        "first_right": dict(zip(names, quartiles, strict=True)) if quartiles else None,
        "states": dict(summary.states) if summary else {},
        "still_learning": summary.still_learning if summary else 0,
    }


def _share(share: Proportion) -> dict[str, float]:
    low, high = share.interval
    return {"count": share.count, "share": share.value, "low": low, "high": high}
