"""The program's entry, before anything of it is loaded."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from xorviz.__main__ import main


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    """Put the signal back: the entry leaves it as the end of a program wants it."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize("missing", [("stdout",), ("stderr",), ("stdin", "stdout", "stderr")])
def test_it_runs_without_streams(monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]) -> None:
    """As a shell's >&- has it, and Windows for programs without a terminal."""
    for name in missing:
        monkeypatch.setattr(sys, name, None)
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])
    assert main() == 0
    for name in missing:
        getattr(sys, name).close()


def test_ctrl_c_while_it_is_loaded_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "xorviz.cli.main", Loading("xorviz.cli.main"))
    assert main() == 130
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_is_not_heard_while_the_interpreter_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])
    assert main() == 0
    signal.raise_signal(signal.SIGINT)


def test_it_is_what_the_command_runs() -> None:
    """Nothing but the entry is loaded before it can hear Ctrl+C."""
    loaded = "import sys, xorviz.__main__; print(sys.modules.keys() & {'numpy', 'xorviz.cli'})"
    result = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, check=True, text=True
    )
    assert result.stdout == "set()\n"


@pytest.mark.parametrize(("chosen", "kept"), [(None, "1"), ("3", "3")])
def test_linear_algebra_takes_one_thread_unless_a_person_chose(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, kept: str
) -> None:
    if chosen is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", chosen)
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])
    assert main() == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == kept


def test_garbage_is_looked_for_again_once_all_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])
    assert main() == 0
    assert gc.isenabled()
