"""Messages for terminals of any encoding."""

import ast
import io
import math
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.cases import some
from tests.support.commands import Done, python
from xorviz.cli import check, diagnose, preflight
from xorviz.cli import lab as lab_command
from xorviz.cli.terminal import Interruption, ending_on_signals, failed, printable
from xorviz.core import network, numerals, rules
from xorviz.core.check import repairs, report
from xorviz.core.check import words as words_of_checks
from xorviz.core.diagnosis import diagnosis, words
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import LOSS_FORMULAS, RunConfig
from xorviz.files import lab_table
from xorviz.files.run_file import save_run
from xorviz.files.weights import own_network
from xorviz.files.weights import reader as weights_file
from xorviz.lab.results import success

TEXT = f"{numerals.whole(-60_000)} of λ"


def stream_of(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding)


def test_unencodable_characters_are_replaced() -> None:
    assert printable(TEXT, stream_of("utf-8")) == TEXT
    for stream in (stream_of("ascii"), stream_of("latin-1"), io.StringIO()):
        assert printable(TEXT, stream) == "-60 000 of ?"


REPLACED = [
    (LOSS_FORMULAS["sse"], "sum(t-y)^2", "sum(t-y)²"),
    (LOSS_FORMULAS["mse"], "1/4 sum(t-y)^2", "1/4 sum(t-y)²"),
    (LOSS_FORMULAS["half-mse"], "1/8 sum(t-y)^2", "1/8 sum(t-y)²"),
    (LOSS_FORMULAS["cross-entropy"], *["-sum(t ln y + (1-t) ln(1-y))"] * 2),
    (LOSS_FORMULAS["mean-cross-entropy"], *["-1/4 sum(t ln y + (1-t) ln(1-y))"] * 2),
    (numerals.real(-3.7e-12), "-3.700*10^-12", "-3.700·10^-12"),
    (numerals.power(4e300), "4.0*10^300", "4.0·10^300"),
    ("10²³ or 10⁻²³", "10^23 or 10^-23", "10²³ or 10^-23"),
    (numerals.real(-math.inf), "-inf", "-inf"),
    ("85.0 ± 1.6 %", "85.0 +/- 1.6 %", "85.0 ± 1.6 %"),
    ("½ ¼ ⅛ of 2 × 3", "1/2 1/4 1/8 of 2 x 3", "½ ¼ 1/8 of 2 × 3"),
    ("1, 2, … – and — then", "1, 2, ... - and - then", "1, 2, ... - and - then"),
    ("“As ‘it’ is”: a’s", "\"As 'it' is\": a's", "\"As 'it' is\": a's"),
    ("1 → 2, ≤ 3, ≥ 0", "1 -> 2, <= 3, >= 0", "1 -> 2, <= 3, >= 0"),
    ("∂w1 = Σ x·δh", "d_w1 = sum x*d_h", "d_w1 = sum x·d_h"),
    ("Δw1 = (Σ x·δh)ᵀ", "change of w1 = (sum x*d_h)^T", "change of w1 = (sum x·d_h)^T"),
    ("größe ✓ Σ", "gr??e ? sum", "größe ? sum"),
]
"""A text, and how it is printed in ASCII and in Latin-1."""


def test_replacements_are_readable() -> None:
    for text, ascii_text, latin_text in REPLACED:
        assert printable(text, stream_of("utf-8")) == text
        assert printable(text, stream_of("ascii")) == ascii_text
        assert printable(text, stream_of("latin-1")) == latin_text


MODULES: list[ModuleType] = [
    *(diagnosis, network, numerals, own_network, rules, success, words),
    *(
        repairs,
        report,
        words_of_checks,
        check,
        diagnose,
        lab_command,
        lab_table,
        weights_file,
        preflight,
    ),
]
"""Modules whose texts are printed."""


def texts_of(module: ModuleType) -> list[str]:
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [text for text in constants if isinstance(text, str) and text.strip()]


def test_no_printed_text_is_lost_in_ascii() -> None:
    for module in MODULES:
        texts = texts_of(module)
        assert texts
        for text in texts:
            shown = printable(text, stream_of("ascii"))
            assert shown.isascii()
            assert shown.count("?") == text.count("?"), text


def test_a_failure_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert failed("It went wrong.") == 1
    assert failed("It was called wrongly.", 2) == 2
    printed = capsys.readouterr()
    assert printed.err == "xorviz: It went wrong.\nxorviz: It was called wrongly.\n"
    assert printed.out == ""


@pytest.mark.parametrize("encoding", some(["ascii", "latin-1", "utf-8"], 1))
@pytest.mark.parametrize(
    ("words", "pattern"),
    [
        ("diagnose --weights - --rate 0.5", "slope +[-\N{MINUS SIGN}][0-9]"),
        ("lab --seeds 0 --steps 2000 --init nearly-equal", "2[ \u202f]000 steps"),
    ],
)
def test_commands_print_in_any_encoding(words: str, pattern: str, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xorviz", *words.split()],
        input=b"[[1 2 3] [4 5 6]] [7 -8 9]",
        env={"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    found = re.search(pattern, done.stdout.decode(encoding))
    assert found
    assert found[0].isascii() == (encoding != "utf-8")


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
from xorviz.cli.terminal import ending_on_signals
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
