"""Programs as people write them, each in a process of its own, live in the whole window."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.commands import ROOT, environment, line_that_starts_with, talking_program
from tests.window.watch.conftest import Watched
from xorviz.core.check.factors import NO_SLOPE
from xorviz.watching import places

LOOPS = Path(__file__).parent / "programs" / "loops.py"
ENDLESS = 10**9
"""Steps that no test waits for."""
KILLED_WINDOWS = 3
EXACT = "Your steps are exact gradient steps at rate 0.5"

pytestmark = pytest.mark.thorough


@contextmanager
def started(name: str, steps: int, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a program; kill it if it still runs."""
    process = subprocess.Popen(
        [sys.executable, str(LOOPS), name, str(steps)],
        env=environment(home, PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def number_after(word: str, process: subprocess.Popen[str]) -> int:
    """Read the program's output up to a line that starts with a word; return what follows."""
    return int(line_that_starts_with(word, process).split()[1])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("faulty", f"Step 1 is faulty: {NO_SLOPE.format('hidden')} in w1 and b1"),
        ("textbook", EXACT),
        ("online", EXACT),
        pytest.param(
            "torch_loop", EXACT,
            marks=pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed"),
        ),
    ],
)  # fmt: skip
def test_the_window_says_whether_the_steps_are_right(
    watched: Watched, tmp_path: Path, name: str, said: str
) -> None:
    with started(name, 400, tmp_path) as program:
        watched.wait_for("finished at step", said)
        assert program.wait(30) == 0


def test_a_program_continues_though_its_windows_are_killed(qtbot: QtBot, tmp_path: Path) -> None:
    """Each new window that is opened shows the whole run."""
    newest = 0
    with ExitStack() as stack:
        for number in range(1, KILLED_WINDOWS + 1):
            with talking_program(tmp_path, "be killed", "watch") as window:
                if number == 1:
                    qtbot.waitUntil(places.is_window_open)
                    program = stack.enter_context(started("textbook", ENDLESS, tmp_path))
                while (step := number_after("heard", window)) <= newest:
                    pass
                window.kill()
            newest = step
            while number_after("at", program) < newest + 5000:
                pass
        assert program.poll() is None
