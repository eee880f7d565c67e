"""Messages for terminals of any encoding."""

import ast
import io
import math
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.cases import some
from xorviz.cli import lab as lab_command
from xorviz.cli import lab_table
from xorviz.cli.own import check, diagnose
from xorviz.cli.terminal import preflight
from xorviz.cli.terminal.printing import failed, printable
from xorviz.core import network, numerals, rules
from xorviz.core.check import repairs, report
from xorviz.core.check import words as words_of_checks
from xorviz.core.diagnosis import advice, diagnosis, words
from xorviz.core.settings import LOSS_FORMULAS
from xorviz.files.lab import rows as lab_rows
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
    *(advice, diagnosis, network, numerals, own_network, rules, success, words),
    *(
        repairs,
        report,
        words_of_checks,
        check,
        diagnose,
        lab_command,
        lab_rows,
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
