"""Messages for terminals of any encoding, signals, and the entry point."""

import ast
import gc
import importlib
import io
import os
import pkgutil
import re
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from unittest.mock import Mock

import pytest

from tests.support.commands import Done, python
from xorviz.__main__ import main
from xorviz.cli.main import main as commands
from xorviz.cli.terminal import Interruption, ending_on_signals, printable
from xorviz.core import numerals
from xorviz.core.settings import LOSS_FORMULAS


def stream_of(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding)


REPLACED = [
    (f"{numerals.whole(-60_000)} of λ", "-60 000 of ?", "-60 000 of ?"),
    (LOSS_FORMULAS["mse"], "1/4 sum(t-y)^2", "1/4 sum(t-y)²"),
    ("10²³ or 10⁻²³", "10^23 or 10^-23", "10²³ or 10^-23"),
    ("½ ± 1.6 %, 2 × ∞", "1/2 +/- 1.6 %, 2 x inf", "½ ± 1.6 %, 2 × inf"),
    ("“As ‘it’ is”: a’s …", "\"As 'it' is\": a's ...", "\"As 'it' is\": a's ..."),
    ("Δw=(Σ x·δh)ᵀ ≤ ∂", "change of w=(sum x*d_h)^T <= d_", "change of w=(sum x·d_h)^T <= d_"),
    ("größe ✓ Σ", "gr??e ? sum", "größe ? sum"),
]
"""A text, and how it is printed in ASCII and in Latin-1."""


def test_what_an_encoding_lacks_is_replaced_readably() -> None:
    for text, ascii_text, latin_text in REPLACED:
        assert printable(text, stream_of("utf-8")) == text
        assert printable(text, stream_of("ascii")) == ascii_text
        assert printable(text, stream_of("latin-1")) == latin_text
        assert printable(text, io.StringIO()) == ascii_text


def modules() -> list[str]:
    """Return the modules whose texts are printed: the commands, and what they tell of networks."""
    named = ["xorviz.core.network", "xorviz.core.numerals", "xorviz.core.rules"]
    named += ["xorviz.files.lab_table", "xorviz.lab.results.success"]
    for package in ("cli", "core.diagnosis", "core.check", "files.weights"):
        found = importlib.import_module(f"xorviz.{package}")
        names = [one.name for one in pkgutil.iter_modules(found.__path__) if not one.ispkg]
        named += [f"xorviz.{package}.{name}" for name in names]
    return [name for name in named if not name.endswith(("cli.terminal", "weights.text"))]


def test_no_printed_text_is_lost_in_ascii() -> None:
    for name in modules():
        module = importlib.import_module(name)
        assert module.__file__ is not None
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        text = "\n".join(value for value in constants if isinstance(value, str))
        assert printable(text, stream_of("ascii")).count("?") == text.count("?"), name


@pytest.mark.parametrize(
    ("encoding", "pattern"), [("ascii", "slope +-[0-9]"), ("utf-8", "slope +\N{MINUS SIGN}[0-9]")]
)
def test_commands_print_in_any_encoding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoding: str, pattern: str
) -> None:
    path, screen = tmp_path / "weights", stream_of(encoding)
    path.write_text("[[1 2 3] [4 5 6]] [7 -8 9]")
    monkeypatch.setattr(sys, "stdout", screen)
    assert commands(["diagnose", "--weights", str(path), "--rate", "0.5"]) == 0
    assert re.search(pattern, screen.buffer.getvalue().decode(encoding))  # type: ignore[attr-defined]


# Signals.

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


@pytest.mark.parametrize("presses", [0, 2])
def test_ctrl_c_calls_the_reaction_once_and_raises_nothing(presses: int) -> None:
    before, react = signal.getsignal(signal.SIGINT), Mock()
    with suppress(ZeroDivisionError), Interruption(react) as interruption:
        for _ in range(presses):
            press_ctrl_c()
        assert interruption.has_come == bool(presses)
        raise ZeroDivisionError
    assert react.call_count == min(presses, 1)  # at the latest when the context ends
    assert signal.getsignal(signal.SIGINT) is before


def test_sigterm_calls_the_reaction_and_ends_the_process_when_it_is_sent_again() -> None:
    script = """
import signal
from xorviz.cli.terminal import Interruption, ending_on_signals
with ending_on_signals(), Interruption(lambda: print("reacts", flush=True)) as interruption:
    signal.raise_signal(signal.SIGTERM)
    interruption._thread.join()
    print(interruption.has_come, interruption.code, flush=True)
    signal.raise_signal(signal.SIGTERM)
    print("is still there")
"""
    assert python("-c", script) == Done(143, "reacts\nTrue 143\n", "")


def test_handlers_are_restored_and_an_ignored_signal_stays_ignored() -> None:
    numbers = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    before = [signal.getsignal(number) for number in numbers]
    with ending_on_signals():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in numbers] == before
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption(lambda: None) as interruption:
        press_ctrl_c()
        assert not interruption.has_come
    with ending_on_signals():
        press_ctrl_c()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


WRITES = """
import os, signal, sys
from pathlib import Path
from xorviz.__main__ import main
from xorviz.cli.terminal import ending_on_signals
from xorviz.files import atomic

number = int(sys.argv[2])
signal.signal(number, signal.SIG_DFL)  # the tests may run under nohup
os.fsync = lambda _: signal.raise_signal(number)
with ending_on_signals():
    atomic.write(Path(sys.argv[1]), b"new")
"""
INTERRUPTED_PAINTING = """
import signal, sys
from xorviz.__main__ import main
from xorviz.ui.chrome.slot import PanelSlot

PanelSlot.paintEvent = lambda *_: signal.raise_signal(signal.SIGINT)
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_no_half_written_file(tmp_path: Path, number: int, code: int) -> None:
    path = tmp_path / "old"
    path.write_text("whole")
    assert python("-c", WRITES, path, number) == Done(code, "", "")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("old", "whole")]


def test_ctrl_c_while_qt_paints_ends_an_export(run_file: Path) -> None:
    png = run_file.with_suffix(".png")
    done = python("-c", INTERRUPTED_PAINTING, "export", run_file, "--png", png)
    assert done == Done(130, "", "")
    assert list(run_file.parent.iterdir()) == [run_file]


# The entry point.


@pytest.fixture
def trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])


@pytest.mark.usefixtures("trains")
def test_main_works_without_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("stdin", "stdout", "stderr")
    for name in names:
        monkeypatch.setattr(sys, name, None)
    assert main() == 0
    for name in names:
        getattr(sys, name).close()


def test_ctrl_c_while_loading_is_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "xorviz.cli.main", Loading("xorviz.cli.main"))
    assert main() == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("chosen", "kept"), [("", "1"), ("3", "3")])
@pytest.mark.usefixtures("trains")
def test_linear_algebra_uses_one_thread_and_garbage_is_collected_again(
    monkeypatch: pytest.MonkeyPatch, chosen: str, kept: str
) -> None:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    for name in names:
        monkeypatch.setenv(name, chosen)
        if not chosen:
            monkeypatch.delenv(name)
    assert main() == 0
    assert [os.environ[name] for name in names] == [kept] * 3
    assert gc.isenabled()
    signal.raise_signal(signal.SIGINT)  # which is ignored by then
