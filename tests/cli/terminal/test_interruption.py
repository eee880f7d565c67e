"""Ctrl+C without KeyboardInterrupt."""

import signal
import threading
from pathlib import Path

import pytest

from tests.support.commands import Done, python
from xorviz.cli.terminal.interruption import Interruption, ending_on_signals
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files import save_run

SECONDS = 60


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_the_reaction_may_need_a_lock_of_the_main_thread() -> None:
    lock, called = threading.Lock(), threading.Event()

    def react() -> None:
        with lock:
            called.set()

    with Interruption(react) as interruption:
        with lock:
            press_ctrl_c()
        assert called.wait(SECONDS)
        assert interruption.has_come


@pytest.mark.parametrize("presses", [0, 1, 2])
def test_ctrl_c_calls_the_reaction_once_and_raises_nothing(presses: int) -> None:
    before, calls = signal.getsignal(signal.SIGINT), []
    with Interruption(lambda: calls.append(1)) as interruption:
        for _ in range(presses):
            press_ctrl_c()
        assert interruption.has_come == bool(presses)
    assert len(calls) == min(presses, 1)  # at the latest when the context ends
    assert signal.getsignal(signal.SIGINT) is before


def test_an_exception_in_the_context_is_raised() -> None:
    def fail() -> None:
        with Interruption(lambda: None):
            press_ctrl_c()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_an_ignored_signal_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption(lambda: None) as interruption:
        press_ctrl_c()
        assert not interruption.has_come
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


# Commands, which a signal ends at once.

WRITES = """
import os, signal, sys
from pathlib import Path
from xorviz.cli.terminal.interruption import ending_on_signals
from xorviz.files import atomic

os.fsync = lambda _: signal.raise_signal(int(sys.argv[2]))
with ending_on_signals():
    atomic.write(Path(sys.argv[1]), b"new")
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_no_half_written_file(tmp_path: Path, number: int, code: int) -> None:
    path = tmp_path / "old"
    path.write_text("whole")
    assert python("-c", WRITES, path, number) == Done(code, "", "")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("old", "whole")]


INTERRUPTED_PAINTING = """
import signal, sys
from xorviz.__main__ import main
from xorviz.ui.chrome.panel import Panel

Panel.paintEvent = lambda *_: signal.raise_signal(signal.SIGINT)
sys.exit(main())
"""


def test_ctrl_c_while_qt_paints_ends_an_export(tmp_path: Path) -> None:
    run_file = tmp_path / "a.xorviz"
    save_run(Recording(RunConfig()), run_file)
    done = python("-c", INTERRUPTED_PAINTING, "export", run_file, "--png", tmp_path / "a.png")
    assert done == Done(130, "", "")
    assert list(tmp_path.iterdir()) == [run_file]


def test_the_handlers_of_signals_are_restored() -> None:
    numbers = signal.SIGINT, signal.SIGTERM
    before = [signal.getsignal(number) for number in numbers]
    with ending_on_signals():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in numbers] == before


def test_an_ignored_ctrl_c_does_not_end_a_command() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ending_on_signals():
        press_ctrl_c()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
