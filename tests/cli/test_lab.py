"""The command lab."""

import errno
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from tqdm import tqdm

from tests.cli.conftest import Terminal
from tests.support.commands import ROOT, Done, Run, environment
from tests.support.files import without_privileges, written_by
from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.cli import lab as lab_command
from xorviz.cli.lab import LabOptions, as_json, lab, table
from xorviz.core import numerals
from xorviz.core.kernels.compiler import INSTEAD, KERNEL_NAMES, NUMBA, NUMPY, KernelError
from xorviz.core.settings import RunConfig
from xorviz.files.lab_table import HEADER, networks_csv, read
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.workers import Lab, LabError, Workers

SECONDS = 60
"""Longest wait for a child process."""
PICTURE = trained_snapshot(SMALL)
CSV = networks_csv(PICTURE)
ROWS = set(CSV.splitlines())


class Threads(Workers):
    """A thread as worker, which can raise an error after some tasks."""

    is_stopped = False

    def __init__(self, after: int = -1, raises: BaseException | None = None) -> None:
        super().__init__(lambda: ThreadPoolExecutor(1), 1)
        self._left, self._raises = after, raises

    def submit(self, do: Any, task: object) -> Future[Any]:
        if self._left == 0 and self._raises is not None:
            raise self._raises
        self._left -= 1
        return super().submit(do, task)

    def stop(self) -> None:
        self.is_stopped = True
        super().stop()


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> list[Threads]:
    """Replace worker processes by threads, and return those that were made."""
    made: list[Threads] = []

    def make(_: int | None) -> Threads:
        made.append(Threads())
        return made[-1]

    monkeypatch.setattr(lab_command, "worker_processes", make)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seeds.csv"


def cut_in_half(path: Path, plan: LabPlan) -> None:
    """Write a file that a crash has cut in the middle of a row."""
    text = networks_csv(trained_snapshot(plan))
    path.write_text(text[: len(text) // 2])


Trained = Callable[..., tuple[str, str]]


@pytest.fixture
def trained(capsys: pytest.CaptureFixture[str]) -> Trained:
    """Run the lab, check its exit code, and return what it printed."""

    def train(
        options: LabOptions, status: int = 0, workers: Workers | None = None
    ) -> tuple[str, str]:
        assert lab(options, workers) == status
        printed = capsys.readouterr()
        return printed.out, printed.err

    return train


def unused() -> Threads:
    return Threads(0, AssertionError("nothing is to be trained"))


# Results.


def test_results_are_printed(trained: Trained, threads: list[Threads]) -> None:
    for plan in (SMALL, WILD):
        snapshot = trained_snapshot(plan)
        assert trained(LabOptions(plan)) == (table(snapshot), "")
        assert trained(LabOptions(plan, json=True)) == (as_json(snapshot, NUMPY), "")
    assert [each.is_stopped for each in threads] == [True] * 4


def test_the_chosen_kernel_trains_and_is_named(trained: Trained) -> None:
    plan = LabPlan((RunConfig(rate=0.5),), range(20), 700)
    told = [trained(LabOptions(plan, json=True, kernel=name))[0] for name in KERNEL_NAMES]
    numpy, numba = map(json.loads, told)
    assert (numpy["kernel"], numba["kernel"]) == KERNEL_NAMES
    for name in ("networks", "right", "learned", "first_right", "states"):
        assert numba["recipes"][0][name] == numpy["recipes"][0][name]


def test_numpy_trains_without_numba(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_training, "prepare", Mock(side_effect=KernelError("It is broken.")))
    out, err = trained(LabOptions(SMALL, json=True, kernel=NUMBA))
    assert (out, err) == (as_json(PICTURE, NUMPY), f"xorviz: It is broken. {INSTEAD}\n")


def test_progress_counts_each_step_once_and_stopped_networks_as_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen, taken = Terminal(), list[float]()
    monkeypatch.setattr(sys, "stderr", screen)
    assert lab(LabOptions(SMALL)) == 0
    assert "/33.6k [" in screen.getvalue()  # 48 networks of 700 steps
    assert screen.getvalue().rstrip(" ").endswith("\r")  # the bar is removed at the end
    monkeypatch.setattr(tqdm, "update", lambda _, n: taken.append(n))
    monkeypatch.setattr(lab_command, "Lab", partial(Lab, seconds=0))
    plan = replace(WILD, steps=3000)
    assert lab(LabOptions(plan)) == 0
    assert min(taken) == 0  # what has stopped in the first of several slices is all counted there
    assert sum(taken) == pytest.approx(len(plan) * plan.steps)


# The file.


def test_a_resumed_file_has_the_same_bits_and_is_kept(trained: Trained, path: Path) -> None:
    cut_in_half(path, WILD)
    shown = table(trained_snapshot(WILD))
    assert trained(LabOptions(WILD, resume=path)) == (shown, "")
    lines = path.read_text().splitlines()
    assert sorted(lines) == sorted(networks_csv(trained_snapshot(WILD)).splitlines())
    before = path.read_bytes()
    assert trained(LabOptions(WILD, resume=path), 0, unused()) == (shown, "")
    assert path.read_bytes() == before


def test_an_unusable_file_is_named_first_and_stays(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "wild.csv").write_text(networks_csv(trained_snapshot(WILD)))
    (tmp_path / "closed").mkdir(0o600)
    before = (tmp_path / "wild.csv").read_text()
    for name, option, sentence in (
        ("wild.csv", "csv", "The file exists. Use --resume to continue it."),
        ("wild.csv", "resume", "Line 2 does not match: steps_wanted is 300; requested: 700."),
        ("none/x.csv", "csv", "The folder does not exist."),
        ("x.csv", "resume", "The file does not exist."),
        ("closed/x.csv", "csv", "You have no permission to write here."),
    ):
        path = tmp_path / name
        with without_privileges() if "closed" in name else nullcontext():
            options = replace(LabOptions(SMALL), **{option: path})  # type: ignore[arg-type]
            printed = trained(options, 1, unused())
        assert printed == ("", f"xorviz: {path}: {sentence}\n")
        assert {file.name for file in tmp_path.iterdir()} == {"wild.csv", "closed"}
    assert (tmp_path / "wild.csv").read_text() == before


def test_a_full_disk_is_reported_with_the_results_so_far(
    trained: Trained, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            if self.tell() > 5000:
                super().write(bytes(data)[:10])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    with monkeypatch.context() as full:
        written_by(Full, full)
        out, err = trained(LabOptions(SMALL, path), 1)
    assert re.search(r" 6 +\d", out)
    done, kept = map(int, re.findall(r"(\d+) of (?:48 networks|them)", err))
    assert 0 < kept < done < 48
    assert err.startswith(f"xorviz: {path}: The disk is full. {done} of 48 networks are done, ")
    assert err.endswith(f"; to continue, use --resume {path} instead of --csv.\n")
    lines = path.read_text().splitlines()
    assert (len(lines), set(lines) < ROWS) == (1 + kept, True)
    trained(LabOptions(SMALL, resume=path))
    assert set(path.read_text().splitlines()) == ROWS


def test_lost_workers_are_reported_with_the_results_so_far(trained: Trained, path: Path) -> None:
    workers = Threads(3, LabError("The workers are gone."))
    out, err = trained(LabOptions(SMALL, path), 1, workers)
    done = re.search(r"^xorviz: The workers are gone\. (\d+) of 48 networks are done;", err)
    assert done
    assert 0 < int(done[1]) < 48
    assert "0  " in out
    assert len(path.read_text().splitlines()) == int(done[1]) + 1
    assert workers.is_stopped
    failing = Threads(0, LabError("Nobody is there."))
    _, err = trained(LabOptions(SMALL, resume=path), 1, failing)
    assert err.endswith("are done; run the same command to continue.\n")
    said = "xorviz: Nobody is there. 0 of 48 networks are done.\n"
    assert trained(LabOptions(SMALL), 1, failing) == ("", said)  # no empty table


# Ctrl+C.


def test_ctrl_c_cuts_no_row(trained: Trained, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.FileIO):
        def write(self, data: Any) -> int:
            half = super().write(bytes(data)[: len(data) // 2 + 1])
            if self.tell() > len(HEADER) + 100:
                signal.raise_signal(signal.SIGINT)
            return half

    class Impatient(Threads):
        def stop(self) -> None:
            if not self.is_stopped:
                signal.raise_signal(signal.SIGINT)
            super().stop()

    def made(snapshot: LabSnapshot) -> str:
        signal.raise_signal(signal.SIGINT)
        return table(snapshot)

    written_by(Interrupted, monkeypatch)
    monkeypatch.setattr("xorviz.cli.lab.table", made)
    out, err = trained(LabOptions(SMALL, path), 130, Impatient())
    assert err.startswith("xorviz: Stopped. 12 of 48 networks are done; to continue, use --resume")
    assert len(out.splitlines()) == 4 + 8
    lines = path.read_text().splitlines()
    assert len(lines) == 13
    assert set(lines) < ROWS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_and_prints_what_is_done(
    path: Path, tmp_path: Path, number: signal.Signals
) -> None:
    words = ("--seeds", "0..9999", "--width", "1", "--steps", "200", "--kernel", "numpy")
    screen, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(
        [sys.executable, "-m", "xorviz", "lab", *words, "--yes", "--jobs", "1", "--csv", str(path)],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while not re.search(rb"[1-9]\d%\|", shown):  # the first of ten shares is finished
            shown += os.read(screen, 4096)
        if number is signal.SIGINT:
            os.killpg(process.pid, number)  # to all processes, as a terminal does
        else:
            process.send_signal(number)
        # Workers hold both of these open, so reading to their ends proves that none is left.
        process.communicate(timeout=SECONDS)
    with suppress(OSError):  # the end, on Linux
        while new := os.read(screen, 4096):
            shown += new
    os.close(screen)
    assert process.returncode == 128 + number
    assert b"Traceback" not in shown
    assert b"leaked" not in shown
    found = re.search(r"xorviz: Stopped. (.*) of 10.000 networks are done", shown.decode())
    assert found
    done = int(found[1].replace(numerals.THIN_SPACE, ""))
    assert 0 < done < 10_000
    ended, _ = read(path, LabPlan((RunConfig(width=1),), range(10_000), 200))
    assert sum(len(each[0]) for each in ended) == done == path.read_text().count("\n") - 1


def test_a_failure_is_reported_even_if_nobody_reads_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "stdout", Mock(encoding="utf-8", write=Mock(side_effect=BrokenPipeError))
    )
    assert lab(LabOptions(SMALL), Threads(3, LabError("The workers are gone."))) == 1
    assert "xorviz: The workers are gone. " in capsys.readouterr().err
    with pytest.raises(BrokenPipeError):
        lab(LabOptions(SMALL))


# Large plans.


def test_large_plans_are_confirmed(run: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_command, "_train_and_print", lambda *_: 42)
    large = "lab --seeds 0..4999999"
    cost = (
        r"Training 5.000.000 networks for 60.000 steps takes about \S+ (hours|days) with "
        r"1 worker and \S+ GB of memory\."
    )
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))  # no terminal
    done = run(large)
    assert done.status == 2
    assert re.fullmatch(rf"xorviz: {cost} Use --yes to start it anyway\.", done.line)
    assert run(f"{large} --yes") == Done(42, "", "")
    for answer, status in (("n\n", 1), ("", 1), ("Yes\n", 42)):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        done = run(f"{large} --csv", path)
        assert (done.status, done.out, path.exists()) == (status, "", status == 42)
        assert re.fullmatch(rf"{cost}\nContinue\? \(y/N\) ", done.err)


def test_finished_networks_do_not_count_as_cost(
    trained: Trained, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_in_half(path, SMALL)
    monkeypatch.setattr(lab_command, "_MANY_SECONDS", 0.4 * SMALL.seconds(1))
    said = trained(LabOptions(SMALL, resume=path), 2)[1]
    assert re.match("xorviz: Training 2. networks for 700 steps takes about", said)
    monkeypatch.setattr(lab_command, "_MANY_SECONDS", 0.6 * SMALL.seconds(1))
    assert trained(LabOptions(SMALL, resume=path))[1] == ""
