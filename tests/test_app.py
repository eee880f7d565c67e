"""However the end comes, the thread ends and the exit code is 0; in processes of their own."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.commands import line_that_starts_with, talking_program

QUIET = "This plugin does not support propagateSizeHints()"


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; return the exit code and what was said on standard error."""
    _, error = process.communicate(timeout=30)
    return process.returncode, "\n".join(x for x in error.splitlines() if x != QUIET)


RUNNING_OR_IDLE = pytest.mark.parametrize("arguments", [["--run", "--speed", "max"], []])


@RUNNING_OR_IDLE
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window(
    tmp_path: Path, number: signal.Signals, arguments: list[str]
) -> None:
    with talking_program(tmp_path, "signal", *arguments) as process:
        process.send_signal(number)
        assert end_of(process) == (0, "")


@RUNNING_OR_IDLE
@pytest.mark.parametrize("way", ["close", "ctrl-q", "quit"])
def test_the_program_ends_in_good_order(tmp_path: Path, way: str, arguments: list[str]) -> None:
    with talking_program(tmp_path, way, *arguments) as process:
        assert end_of(process) == (0, "")


def test_a_worker_that_throws_leaves_the_window_open_until_it_is_closed(tmp_path: Path) -> None:
    with talking_program(tmp_path, "throw") as process:
        failed = line_that_starts_with("failed", process)
        assert failed == "failed RuntimeError: the worker threw this, window True"
        code, error = end_of(process)
        assert code == 0
        assert error.count("RuntimeError: the worker threw this") == 1


def test_the_last_run_comes_back_at_the_next_start(tmp_path: Path) -> None:
    with talking_program(tmp_path, "close", "--width", "7") as process:
        assert end_of(process) == (0, "")
    saved = (tmp_path / "config" / "xorviz" / "xorviz.ini").read_text()
    assert "width" in saved
    with talking_program(tmp_path, "close") as process:
        end_of(process)
    again = (tmp_path / "config" / "xorviz" / "xorviz.ini").read_text()
    assert '\\"width\\": 7' in again
