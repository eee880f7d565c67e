"""The program in a process of its own: start, signals, exit codes, files and recovery."""

import ast
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cases import some
from tests.support.child import STEPS_WHILE_RUNNING
from tests.support.commands import (
    environment,
    line_that_starts_with,
    python,
    talking_program,
    xorviz,
)
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import SUFFIX, load_run, save_run

QUIET = "This plugin does not support propagateSizeHints()"


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; return exit code and standard error."""
    _, error = process.communicate(timeout=30)
    return process.returncode, "\n".join(x for x in error.splitlines() if x != QUIET)


@contextmanager
def begun_with(number: signal.Signals, reaction: signal.Handlers) -> Iterator[None]:
    """Let programs begin with this reaction to a signal, whatever these tests were begun with."""
    before = signal.signal(number, reaction)
    try:
        yield
    finally:
        signal.signal(number, before)


# Compiled and at full speed, the run would end too early.
FULL_SPEED = ["--run", "--speed", "max", "--kernel", "numpy"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("number", "arguments"),
    some([(signal.SIGINT, FULL_SPEED), (signal.SIGTERM, []), (signal.SIGHUP, [])], 1),
)
def test_a_signal_closes_the_window(
    tmp_path: Path, number: signal.Signals, arguments: list[str]
) -> None:
    with (
        begun_with(number, signal.SIG_DFL),
        talking_program(tmp_path, "signal", *arguments) as process,
    ):
        process.send_signal(number)
        assert end_of(process) == (0, "")


def test_the_program_ends_with_its_window_also_as_a_menu_opens(tmp_path: Path) -> None:
    with talking_program(tmp_path, "close-as-a-menu-opens") as process:
        assert end_of(process) == (0, "")


@pytest.mark.thorough
def test_a_window_started_with_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    with begun_with(signal.SIGHUP, signal.SIG_IGN), talking_program(tmp_path, "signal") as process:
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)


@pytest.mark.thorough
def test_the_program_ends_while_a_kernel_compiles(tmp_path: Path) -> None:
    """Compiling takes seconds, and cannot be interrupted."""
    options = ["--kernel", NUMBA, "--width", "7"]
    with talking_program(tmp_path, "while-compiling", *options) as process:
        assert end_of(process) == (0, "")
    saved = (tmp_path / "config" / "xorviz" / "xorviz.ini").read_text()
    assert '\\"width\\": 7' in saved


@pytest.mark.thorough
def test_a_failed_worker_leaves_the_window_open(tmp_path: Path) -> None:
    with talking_program(tmp_path, "throw") as process:
        failed = line_that_starts_with("failed", process)
        assert failed == "failed RuntimeError: the worker threw this, window True"
        code, error = end_of(process)
        assert code == 0
        assert error.count("RuntimeError: the worker threw this") == 1


@pytest.mark.thorough
def test_the_first_launch_opens_the_quick_start_and_introduces_it(tmp_path: Path) -> None:
    store = tmp_path / "config" / "xorviz" / "xorviz.ini"
    with talking_program(tmp_path, "close") as process:
        assert end_of(process) == (0, "")
    saved = store.read_text()
    assert '\\"seed\\": 16' in saved
    assert "speed=125" in saved
    assert "introduced=false" in saved, "until it is closed, or a run is made"


# Files and recovery.


def copies(home: Path, suffix: str = "") -> list[Path]:
    """Return the files in the recovery folder: all, or those that end like this."""
    return sorted((home / "config" / "xorviz").glob(f"recovery/*{suffix}"))


def what_it_says(process: subprocess.Popen[str]) -> list[str]:
    """Return title, step and pinned runs as the program prints them."""
    words = ("shows", "at", "keeps")
    return [line_that_starts_with(f"{word} ", process) for word in words]


@pytest.fixture
def project() -> Project:
    """Return a project at a past step."""
    recording = Recording(RunConfig(width=5, seed=42))
    recording.advance(70)
    pinned = recording.fork(30).record()
    return Project(recording.record(), 40).pinning(pinned, 20, "The beginning")


@pytest.mark.thorough
def test_a_file_is_opened_at_its_step_with_its_pinned_runs(
    tmp_path: Path, project: Project
) -> None:
    save_run(project, tmp_path / "my run.xorviz")
    with talking_program(tmp_path, "show", str(tmp_path / "my run.xorviz")) as process:
        assert what_it_says(process) == [
            "shows my run.xorviz – xorviz",
            "at 40 of 70",
            "keeps [('The beginning', 20)]",
        ]
        process.send_signal(signal.SIGINT)
        assert end_of(process) == (0, "")
    assert copies(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    some(
        [
            (None, "The file does not exist."),
            (b"", "The file is empty."),
            (b"PK\3\4", "It is not an xorviz run file."),
        ],
        1,
    ),
)
def test_a_file_that_cannot_be_opened_is_one_line_of_error(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "broken.xorviz"
    if content is not None:
        path.write_bytes(content)
    done = xorviz(str(path), env=environment(tmp_path, QT_QPA_PLATFORM="offscreen"))
    assert (done.status, done.line) == (1, f"xorviz: {path}: {sentence}")


@pytest.mark.thorough
def test_the_work_of_a_killed_program_is_restored(tmp_path: Path) -> None:
    with talking_program(tmp_path, "work", "--run", "--seed", "77") as process:
        title, step, pinned = what_it_says(process)
        process.kill()
        process.wait()
    assert title == "shows Untitled* – xorviz"
    (left,) = copies(tmp_path, SUFFIX)
    copy = load_run(left)
    anew = Recording(RunConfig(seed=77))
    anew.advance(copy.record.newest)
    assert copy.record == anew.record()
    assert copy.record.newest >= STEPS_WHILE_RUNNING
    assert [run.name for run in copy.pinned] == ["Run 1"]
    with talking_program(tmp_path, "restore") as process:
        assert line_that_starts_with("offers", process) == "offers True, Restore"
        assert what_it_says(process) == [title, step, pinned]
        process.send_signal(signal.SIGTERM)
        assert end_of(process) == (0, "")
    assert copies(tmp_path, SUFFIX) == [left]
    assert load_run(left) == copy
    assert load_run(left).step == copy.step


@pytest.mark.thorough
@pytest.mark.parametrize(("way", "arguments"), [("close", FULL_SPEED), ("quit", [])])
def test_a_clean_exit_leaves_no_copy(tmp_path: Path, way: str, arguments: list[str]) -> None:
    with talking_program(tmp_path, way, *arguments) as process:
        assert end_of(process) == (0, "")
    assert copies(tmp_path) == []  # so that the next start has nothing to offer


@pytest.mark.thorough
def test_a_signal_ends_at_once_and_the_next_start_offers_pinned_work(tmp_path: Path) -> None:
    """Also while it is asked whether to save."""
    with talking_program(tmp_path, "ask", "--run", "--seed", "5") as process:
        assert line_that_starts_with("asks", process) == "asks True"
        process.send_signal(signal.SIGINT)
        assert end_of(process) == (0, "")
    (left,) = copies(tmp_path, SUFFIX)
    assert load_run(left).record.config.seed == 5
    with talking_program(tmp_path, "restore") as process:
        assert line_that_starts_with("offers", process) == "offers True, Restore"
        title, _, pinned = what_it_says(process)
    assert title == "shows Untitled* – xorviz"
    assert pinned.startswith("keeps [('Run 1', ")


START_AND_PRINT = """
import gc, os, sys
from xorviz import __main__
from xorviz.cli import main
from xorviz.cli import preflight

assert preflight.problem() is None
from PySide6.QtWidgets import QApplication

collections = []

def note(phase, info):
    if "xorviz.files.assets" in sys.modules:  # from here on, the window is loaded
        collections.append(info)

gc.callbacks.append(note)

def tell():  # in place of the event loop, when the window is shown
    assert any(window.isVisible() for window in QApplication.topLevelWidgets())
    print(list(sys.modules), len(collections), sep="\\n", flush=True)
    os._exit(0)

QApplication.exec = staticmethod(tell)
sys.argv[1:] = []
__main__.main()
"""

UNNEEDED = {
    "xorviz.lab.results",
    "xorviz.lab.workers",
    "xorviz.lab.plan",
    "xorviz.lab.training.cohort",
    "xorviz.engine.lab_runner",
    "xorviz.cli.lab",
    "hashlib",
    "xorviz.cli.export",
    "xorviz.panels.inside",
    "xorviz.window.export.export_dialog",
    "xorviz.window.dialogs.help",
    "asyncio",
    "concurrent.futures",
    "distributed",
    "numba",
    "tqdm",
}
"""Modules that only other workspaces, dialogs and later actions need."""


@pytest.mark.thorough
def test_the_first_frame_loads_only_what_it_needs_and_collects_no_garbage(tmp_path: Path) -> None:
    there = environment(tmp_path, QT_QPA_PLATFORM="offscreen")
    done = python("-c", START_AND_PRINT, env=there)
    assert done.status == 0, done.err
    loaded, collections = map(ast.literal_eval, done.out.splitlines())
    assert UNNEEDED & set(loaded) == set()
    assert collections == 0
