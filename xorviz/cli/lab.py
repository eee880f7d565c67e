"""Trains many networks in the terminal, and says how often they succeed."""

import shlex
import sys
from contextlib import closing
from functools import cache

import numpy as np
from tqdm import tqdm

from xorviz.cli.interruption import Interruption
from xorviz.cli.lab_options import Wish
from xorviz.cli.lab_table import as_json, table
from xorviz.cli.printing import failed, printable, tell_of_compiling
from xorviz.core import numerals
from xorviz.core.kernels.compiler import WITHOUT_IT, CompilerError
from xorviz.core.numerals import duration, memory
from xorviz.files.atomic import FileError, sentence_of
from xorviz.files.lab.csv import Ended
from xorviz.files.lab.file import LabFile, read
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.cluster import Cluster
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.work import Piece
from xorviz.lab.workers.workers import LabError, Workers, workers_for

_DEAR_SECONDS, _DEAR_MEGABYTES = 600, 1000
"""What costs more is asked about first."""
_INTERRUPTED = 130


def lab(wish: Wish, workers: Workers | None = None) -> int:
    """Train what is wished for, and print what became of it, also of a part where it ends early.

    Return 0, 1 if something failed or a person said no, 2 if nobody could be asked, and 130 after
    Ctrl+C. The workers are those of the wish's kernel or cluster, unless others are given.
    """
    try:
        return _lab(wish, workers)
    except FileError as error:
        return failed(f"{wish.csv}: {error}")
    except LabError as error:
        return failed(str(error))
    except MemoryError:
        return failed(
            f"There is not enough memory for {numerals.counted(len(wish.plan), 'network')}."
        )


def _lab(wish: Wish, workers: Workers | None) -> int:
    known, end = _known(wish)
    with closing(Lab(workers or _workers(wish), kernel=wish.kernel)) as laboratory:
        if (refusal := _refusal(wish, known, laboratory.workers)) is not None:
            return refusal
        if wish.scheduler is None:
            _prepare(wish.kernel)
        file = _file(wish, end)
        try:
            # What was found is told in any case: from here on nothing raises KeyboardInterrupt.
            with Interruption(laboratory.close) as interruption:
                return _trained_and_told(wish, known, laboratory, file, interruption)
        finally:
            if file is not None:
                file.close()


def _known(wish: Wish) -> tuple[list[Ended], int]:
    """Return what a file to be gone on with knows, and where that ends. Raises FileError."""
    if wish.csv is None:
        return [], 0
    if wish.resumes:
        return read(wish.csv, wish.plan)
    try:
        is_there = wish.csv.is_file()
    except OSError as error:  # its name is too long, or its folder may not be entered
        raise FileError(sentence_of(error)) from error
    if is_there:  # told now, and not only after a question
        raise FileError("It is there already. --resume goes on with it.")
    return [], 0


def _workers(wish: Wish) -> Workers:
    if wish.scheduler is None:
        return workers_for(wish.kernel, wish.jobs)
    return Cluster(wish.scheduler)


def _prepare(kernel: str) -> None:
    """Compile what has to be, and say so. Raises LabError where that cannot be."""
    try:
        lab_training.prepare(kernel, cache(tell_of_compiling))  # once, whatever is compiled
    except CompilerError as error:
        raise LabError(f"{error} {WITHOUT_IT}") from error


def _file(wish: Wish, end: int) -> LabFile | None:
    """Return what rows are written to, if they are. Raises FileError."""
    if wish.csv is None:
        return None
    return LabFile.reopened(wish.csv, end) if wish.resumes else LabFile.created(wish.csv)


def _refusal(wish: Wish, known: list[Ended], workers: Workers) -> int | None:
    """Return the exit code where it costs so much that nobody wants it, after a person is asked."""
    plan, count = wish.plan, workers.count
    left = len(plan) - sum(len(ended.places) for ended in known)
    seconds = plan.seconds(count) * left / len(plan)
    if wish.is_agreed or (seconds <= _DEAR_SECONDS and plan.megabytes <= _DEAR_MEGABYTES):
        return None
    cost = _cost_text(plan, left, seconds, count)
    if not sys.stdin.isatty():
        return failed(f"{cost} If that is meant: --yes.", 2)
    sys.stderr.write(printable(f"{cost}\nGo on? (y/N) ", sys.stderr))
    sys.stderr.flush()
    answer = sys.stdin.readline()
    return None if answer.strip().lower() in {"y", "yes"} else 1


def _cost_text(plan: LabPlan, left: int, seconds: float, count: int) -> str:
    networks, workers = numerals.counted(left, "network"), numerals.counted(count, "worker")
    return (
        f"To train {networks} for {numerals.counted(plan.steps, 'step')} takes about "
        f"{duration(seconds)} with {workers}, and {memory(plan.megabytes)} of memory."
    )


def _trained_and_told(
    wish: Wish,
    known: list[Ended],
    laboratory: Lab,
    file: LabFile | None,
    interruption: Interruption,
) -> int:
    """Train what is missing, and print what became of all."""
    book = LabResults(wish.plan)
    for ended in known:
        book.recall(ended.places, ended.steps, ended.marks, ended.findings)
    status, why = _trained(wish, book, laboratory, file, interruption)
    picture = book.snapshot()
    if not status:
        _tell(wish, picture)
        return 0
    kept = None if file is None else file.added + sum(len(ended.places) for ended in known)
    try:
        _tell(wish, picture)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more, but it has failed all the same
        pass
    finally:
        failed(f"{why} {_so_far(wish, int(picture.done.sum()), kept)}")
    return status


def _trained(
    wish: Wish,
    book: LabResults,
    laboratory: Lab,
    file: LabFile | None,
    interruption: Interruption,
) -> tuple[int, str]:
    """Train what is missing in the book; return the exit code, and why it ended early if so."""
    try:
        _train(book, laboratory, file, interruption)
    except LabError as error:
        return 1, str(error)
    except FileError as error:
        return 1, f"{wish.csv}: {error}"
    finally:
        laboratory.close()
    return (0, "") if book.is_full else (_INTERRUPTED, "Stopped.")


def _tell(wish: Wish, picture: LabSnapshot) -> None:
    """Print what was found; of nothing there is no table."""
    if wish.as_json:
        sys.stdout.write(as_json(picture, wish.kernel))
    elif picture.done.any():
        sys.stdout.write(table(picture, printable))


def _train(
    book: LabResults, laboratory: Lab, file: LabFile | None, interruption: Interruption
) -> None:
    """Train what is missing in the book, and add it there and to the file."""
    plan = book.plan
    done = frozenset(np.flatnonzero(book.snapshot().done).tolist())
    shares = shares_of(plan, laboratory.workers.count, skipped=done)
    with closing(_Progress(plan, len(plan) - len(done))) as progress:
        for piece in laboratory.run(plan, shares):
            book.add(piece.places, piece.cohort, piece.findings)
            if file is not None and piece.findings is not None:
                file.add(plan, Ended.of(piece.places, piece.cohort, piece.findings))
            progress.show(piece)
            if interruption.has_come:
                break


class _Progress:
    """How far the networks have come and how long the rest takes: on a terminal, else nothing."""

    def __init__(self, plan: LabPlan, count: int) -> None:
        self._plan = plan
        self._taken = np.zeros(len(plan), dtype=np.int64)
        """Steps of each network."""
        self._bar: tqdm | None = None
        if sys.stderr.isatty():
            self._bar = tqdm(
                total=count * plan.steps,
                unit="step",
                unit_scale=True,
                leave=False,
                dynamic_ncols=True,
                file=sys.stderr,
            )

    def show(self, piece: Piece) -> None:
        """Show how far networks have come; those that have stopped are all the way."""
        if self._bar is None:
            return
        cohort, goal = piece.cohort, self._plan.steps
        taken = np.where(cohort.going_on, cohort.step, goal)
        self._bar.update(int((taken - self._taken[piece.places]).sum()))
        self._taken[piece.places] = taken

    def close(self) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.close()


def _so_far(wish: Wish, done: int, kept: int | None) -> str:
    """Say how many are done, how many of them the file has if there is one, and how to go on."""
    text = f"{numerals.whole(done)} of {numerals.counted(len(wish.plan), 'network')} are done"
    if kept not in {done, None}:
        text += f", {numerals.whole(kept)} of them in the file"
    if wish.csv is None:
        return f"{text}."
    if wish.resumes:
        return f"{text}; the same command goes on."
    name = shlex.quote(str(wish.csv))
    return f"{text}; the same command goes on with --resume {name} in place of --csv."
