"""Programs as people write them, each in a process of its own, live in the whole window."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.commands import ROOT, environment, line_that_starts_with, talking_program
from tests.window.watch.conftest import Watched
from xorviz.core.check.factors import NO_SLOPE
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import load_run, save_run
from xorviz.watching import places

PROGRAMS = Path(__file__).parent / "programs"
ENDLESS = 10**9
"""Steps that no test waits for."""
KILLED_PROGRAMS, KILLED_WINDOWS = 4, 3


@contextmanager
def started(name: str, steps: int, home: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Start a program; kill it if it still runs."""
    process = subprocess.Popen(
        [sys.executable, str(PROGRAMS / f"{name}.py"), str(steps)],
        env=environment(home, PYTHONPATH=str(ROOT), **more),
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


@pytest.mark.thorough
def test_a_textbook_loop_is_shown_state_by_state(watched: Watched, tmp_path: Path) -> None:
    with started("textbook", 3000, tmp_path) as program:
        watched.wait_for("textbook finished at step 3")
        assert program.wait(30) == 0
    watched.wait_for_verdict("Your steps are exact gradient steps at rate 0.5")
    record, own = watched.record, Recording(RunConfig(rate=0.5))
    own.advance(3000)
    assert record.newest == 3000
    for state in record.checkpoints:
        wanted = flat(own.state_at(state.step).weights)
        np.testing.assert_allclose(state.parameters, wanted, rtol=1e-6, atol=1e-9)
    kept = [state.step for state in record.checkpoints]
    assert kept[:128] == list(range(128))


@pytest.mark.parametrize(
    ("name", "steps", "said"),
    [
        ("faulty", 400, f"Step 1 is faulty: {NO_SLOPE.format('hidden')} in w1 and b1"),
        ("online", 400, "Your steps are exact gradient steps at rate 0.5"),
        pytest.param(
            "torch_loop", 400, "Your steps are exact gradient steps at rate 0.5",
            marks=pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed"),
        ),
    ],
)  # fmt: skip
@pytest.mark.thorough
def test_the_window_tells_whether_the_steps_are_right(
    watched: Watched, tmp_path: Path, name: str, steps: int, said: str
) -> None:
    with started(name, steps, tmp_path):
        watched.wait_for("finished at step")
        watched.wait_for_verdict(said)


@pytest.mark.thorough
def test_what_killed_programs_have_shown_stays_and_can_be_saved(
    watched: Watched, tmp_path: Path
) -> None:
    window = watched.window
    for _ in range(KILLED_PROGRAMS):
        with started("textbook", ENDLESS, tmp_path) as program:
            watched.wait_for("watched, step")
            program.kill()
            watched.wait_for("stopped before its end")
        record = watched.record
        save_run(Project(record, record.newest), tmp_path / "run.xorviz")
        assert load_run(tmp_path / "run.xorviz").record == record
        window.session.seek(0)
        watched.wait(lambda: window.document.project.step == 0)
        window.file.put(Project(Record(RunConfig()), 0), None)


@pytest.mark.thorough
def test_a_program_continues_though_its_windows_are_killed(qtbot: QtBot, tmp_path: Path) -> None:
    """Each new window that is opened shows the whole run."""
    newest = 0
    with ExitStack() as stack:
        for number in range(1, KILLED_WINDOWS + 1):
            with talking_program(tmp_path, "be killed", "watch") as window:
                if number == 1:
                    qtbot.waitUntil(lambda: bool(places.open_windows()))
                    program = stack.enter_context(started("textbook", ENDLESS, tmp_path))
                while (step := number_after("heard", window)) <= newest:
                    pass
                window.kill()
            newest = step
            while number_after("at", program) < newest + 5000:
                pass
        assert program.poll() is None
