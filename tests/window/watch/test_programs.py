"""Programs as people write them, each in a process of its own, live in the whole window."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.commands import ROOT, environment, line_that_starts_with, talking_program
from tests.support.windows import Open, text
from xorviz.core.check.factors import NO_SLOPE
from xorviz.core.network import flat
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.engine.watching.news import News
from xorviz.files.run_file import load_run, save_run
from xorviz.ui.chrome.strip_button import StripButton
from xorviz.watching import places
from xorviz.window.main_window import MainWindow

PROGRAMS = Path(__file__).parent / "programs"
ENDLESS = 10**9
"""Steps that no test waits for."""
KILLED_PROGRAMS, KILLED_WINDOWS = 4, 3


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder in which windows are found; a socket's path must be short."""
    made = Path(tempfile.mkdtemp(prefix="x"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made))
    monkeypatch.delenv("XORVIZ_WATCH", raising=False)
    yield made / "xorviz"
    shutil.rmtree(made)


@pytest.fixture
def window(qtbot: QtBot, open_window: Open) -> MainWindow:
    """Return a window that listens."""
    made = open_window()
    made.session.programs.listen()
    qtbot.waitUntil(lambda: made.session.unanswered == 0 and any(places.published()))
    return made


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


def watched(window: MainWindow) -> Record:
    return window.document.project.record


def wait_for(qtbot: QtBot, window: MainWindow, said: str) -> None:
    """Wait until the line says this of the program."""

    def is_said() -> bool:
        return watched(window).source is not None and said in text(window, "watched_run")

    qtbot.waitUntil(is_said)


def wait_for_verdict(qtbot: QtBot, window: MainWindow, said: str) -> None:
    """Wait until this is said of the steps."""

    def is_said() -> bool:
        strips = window.findChildren(StripButton, "watch_verdict")
        return bool(strips) and strips[0].line.text() == said

    qtbot.waitUntil(is_said)


@pytest.mark.thorough
def test_a_textbook_loop_is_shown_state_by_state(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    with started("textbook", 3000, tmp_path) as program:
        wait_for(qtbot, window, "last state at step 3")
        assert program.wait(30) == 0
    wait_for_verdict(qtbot, window, "Your steps are exact gradient steps at rate 0.5")
    record, own = watched(window), Recording(RunConfig(rate=0.5))
    own.advance(3000)
    assert record.newest == 3000
    for state in record.checkpoints:
        wanted = flat(own.state_at(state.step).weights)
        np.testing.assert_allclose(state.parameters, wanted, rtol=1e-6, atol=1e-9)
    kept = [state.step for state in record.checkpoints]
    assert kept[:33] == list(range(33))


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
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, steps: int, said: str
) -> None:
    with started(name, steps, tmp_path):
        wait_for(qtbot, window, "last state at step")
        wait_for_verdict(qtbot, window, said)


@pytest.mark.thorough
def test_what_killed_programs_have_shown_stays_and_can_be_saved(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    heard: list[News] = []
    window.session.programs.heard.connect(heard.append)
    for news in range(1, KILLED_PROGRAMS + 1):
        heard.clear()
        with started("textbook", ENDLESS, tmp_path) as program:
            # Late news of the one before, which is dead, do not count.
            is_heard = lambda: sum(one.is_live for one in heard) >= news  # noqa: B023, E731
            qtbot.waitUntil(is_heard)
            program.kill()
            wait_for(qtbot, window, "connection lost")
        record = watched(window)
        save_run(Project(record, record.newest), tmp_path / "run.xorviz")
        assert load_run(tmp_path / "run.xorviz").record == record
        window.session.seek(0)
        qtbot.waitUntil(lambda: window.document.project.step == 0)
        window.file.put(Project(Record(RunConfig()), 0), None)


@pytest.mark.thorough
def test_a_program_goes_on_though_its_windows_are_killed(qtbot: QtBot, tmp_path: Path) -> None:
    """Each new window that is opened is found, and gets the whole run."""
    newest = 0
    with ExitStack() as stack:
        for news in range(1, KILLED_WINDOWS + 1):
            with talking_program(tmp_path, "be killed", "watch") as window:
                if news == 1:
                    qtbot.waitUntil(lambda: any(places.published()))
                    program = stack.enter_context(started("textbook", ENDLESS, tmp_path))
                while (step := number_after("heard", window)) <= newest:
                    pass
                for _ in range(news):
                    step = number_after("heard", window)
                window.kill()
            newest = step
            while number_after("at", program) < newest + 5000:
                pass
        assert program.poll() is None
