"""The command lab: training many networks in the terminal."""

import shlex
import sys
from contextlib import closing, nullcontext
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from xorviz.cli.lab_options import LabOptions
from xorviz.cli.lab_table import as_json, table
from xorviz.cli.terminal.interruption import INTERRUPTED, Interruption
from xorviz.cli.terminal.printing import failed, prepared, printable
from xorviz.core import numerals
from xorviz.core.numerals import duration, memory
from xorviz.files.atomic import FileError, file_errors
from xorviz.files.lab.file import LabFile, read
from xorviz.files.lab.rows import Done
from xorviz.lab.plan import shares_of
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.cluster import Cluster
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import LabError, Workers, worker_processes

_MANY_SECONDS, _MANY_MEGABYTES = 600, 1000
"""A plan that needs more must be confirmed."""


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
    with closing(Lab(workers or _workers(options), kernel=options.kernel)) as laboratory:
        if (refusal := _refusal(options, resumed, laboratory.workers)) is not None:
            return refusal
        if options.scheduler is None:
            kernel = prepared(lab_training.prepare, options.kernel)
            if kernel != options.kernel:
                laboratory.use(kernel)
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


def _workers(options: LabOptions) -> Workers:
    if options.scheduler is None:
        return worker_processes(options.jobs)
    return Cluster(options.scheduler, _report)


def _report(text: str) -> None:
    """Print one line on standard error, above a progress bar."""
    tqdm.write(printable(f"xorviz: {text}", sys.stderr), file=sys.stderr)


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
    # Shown on a terminal only, and removed at its end.
    with tqdm(
        total=(len(plan) - len(done)) * plan.steps,
        unit="step",
        unit_scale=True,
        leave=False,
        dynamic_ncols=True,
        disable=None,
        file=sys.stderr,
    ) as bar:
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
