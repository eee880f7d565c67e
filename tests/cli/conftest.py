"""Fixtures for tests of the command line."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Done, Run, default_ctrl_c
from xorviz.cli import preflight
from xorviz.cli.main import main
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import save_run
from xorviz.window import app


@pytest.fixture(autouse=True)
def _ctrl_c_interrupts() -> Iterator[None]:
    """Give each test the default reaction to SIGINT; background jobs inherit an ignored one."""
    with default_ctrl_c():
        yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process: the words of a text, and more arguments."""

    def run(words: str, *more: object) -> Done:
        try:
            status = main([*words.split(), *map(str, more)])
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return run


class Terminal(io.StringIO):
    """Standard input or error on a terminal."""

    def isatty(self) -> bool:
        return True


Opened = list[app.WindowOptions]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Record what the window would be opened with."""
    seen: Opened = []

    def open_window(options: app.WindowOptions) -> int:
        seen.append(options)
        return 0

    monkeypatch.setattr(app, "run", open_window)
    monkeypatch.setattr(preflight, "problem", lambda: None)
    return seen


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    """Return a run file of 50 steps."""
    recording = Recording(RunConfig(width=2))
    recording.advance(50)
    path = tmp_path / "run.xorviz"
    save_run(recording, path)
    return path
