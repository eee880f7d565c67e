"""Commands read back as the same run; other texts are refused in one sentence."""

import contextlib
import io
import re
import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_settings import VALID, is_allowed
from tests.support.files import refusal
from xorviz.cli.parser import command_line
from xorviz.core.rules import SettingError
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.arguments import LONGEST_COMMAND, command_of, config_of, option_of

CONFIGS = st.fixed_dictionaries(VALID).filter(is_allowed).map(lambda v: RunConfig(**v))


def test_a_command_names_width_rate_seed_and_what_is_not_the_default() -> None:
    assert command_of(RunConfig()) == "xorviz --width 3 --rate 0.01 --seed 1234"
    config = RunConfig(
        *(4, 1e-7, 0, "relu", "half-mse", True, 0.1, "nearly-equal", 2.5, 0.001, (0, 1, 1, 0))
    )
    assert command_of(config) == (
        "xorviz --width 4 --rate 1e-07 --seed 0 --activation relu --loss half-mse --biases on "
        "--momentum 0.1 --init nearly-equal --init-range 2.5 --perturbation 0.001 --targets 1100"
    )


@settings(max_examples=15)
@given(config=CONFIGS)
def test_a_command_reads_back_as_the_same_run(config: RunConfig) -> None:
    command = command_of(config)
    assert config_of(command) == config
    assert " ".join(map(shlex.quote, command.split())) == command
    assert len(command) < LONGEST_COMMAND / 4


@pytest.mark.parametrize("command", ["", "train"])
def test_options_of_a_command_that_are_no_settings_are_left_out(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line(["train"]).parse_args([*command.split(), "--help"])
    taken = re.findall(r"^  (--[a-z-]+)( \S)?", capsys.readouterr().out, re.MULTILINE)
    settings = {"--version", *map(option_of, SETTINGS)}
    others = [f"{option} {'1' * bool(value)}" for option, value in taken if option not in settings]
    assert len(others) > 3
    for other in others:
        assert config_of(f"xorviz {command} {other} --width 5") == RunConfig(width=5), other


COPIED: list[tuple[str, dict[str, Any]]] = [
    ("xorviz", {}),
    *(
        (text, {"width": 5})
        for text in (
            *("  xorviz --width 5\n", "$ xorviz --width 5", "$xorviz --width 5"),
            *(".venv/bin/xorviz --width 5", "$ '/home/ann e/bin/xorviz' train --width 5"),
            *("python3 -m xorviz --width 5", "xorviz --width 5 train --save run.xorviz"),
            *("xorviz --run --width=5", "xorviz --kernel numba train --kernel=numpy --width 5"),
        )
    ),
    ("xorviz --width 5 --width 6", {"width": 6}),
    ("xorviz --biases --width 5", {"biases": True, "width": 5}),
    ("xorviz --biases off", {}),
    ("xorviz \\\n  --width 5 \\\r\n  --rate 1", {"width": 5, "rate": 1.0}),
    ("xorviz --init-range '2' --targets \"0111\"", {"init_range": 2.0, "targets": (1, 0, 1, 1)}),
]


def test_copied_commands_are_read() -> None:
    for text, changed in COPIED:
        assert config_of(text) == RunConfig(**changed)


REFUSED: list[tuple[str, str]] = [
    *(
        (text, "not an xorviz command")
        for text in (
            *("", "   \n", "$", "ls -l", "notxorviz --width 3", "python -m pytest", "--width 3"),
        )
    ),
    ("xorviz --rate -1e-3", "--rate is '-1e-3'; allowed: a number above 0, up to 1\u202f000"),
    ("xorviz --width -1,2", "--width is '-1,2'; allowed: a whole number from 1 to 64"),
    ("xorviz --width", "--width: expected one argument"),
    *(
        (f"xorviz {words}", f"{words.split()[-1]!r} is not a setting of a run")
        for words in (
            *("--run -5..3", "--wid", "--help", "-h", "--version"),
            *("run.xorviz", "export", "train train", "train --width 3 more"),
        )
    ),
    ("xorviz --width 3\nxorviz --width 4", "'xorviz' is not a setting"),
    ("xorviz --width 3; rm -rf /", "--width is '3;'"),
    ("xorviz --width '3", "quotation mark"),
    ("xorviz --loss 'a\nb'", "--loss is"),
    ("xorviz --json=a\u2028b", "--json"),
    ("xorviz --width " + "9" * 1900, "--width is"),
    ("xorviz " * 200_000, f"at most {LONGEST_COMMAND} characters"),
    *((f"xorviz {option_of(name)} ?", f"{option_of(name)} is '?'; allowed: ") for name in SETTINGS),
]


def test_other_texts_are_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for text, part in REFUSED:
        assert part in refusal(config_of, text)
        assert capsys.readouterr() == ("", "")


WORDS = st.one_of(
    st.sampled_from(["xorviz", "train", "$", "--", "-", "--run", "--json", "\\", "\n", "'", "="]),
    st.sampled_from([f"--{name}".replace("_", "-") for name in SETTINGS]),
    st.text(max_size=8),
)


@settings(max_examples=15)
@given(words=st.lists(WORDS, max_size=8), is_command=st.booleans())
def test_any_text_is_read_or_refused(words: list[str], is_command: bool) -> None:
    text = " ".join(["xorviz", *words] if is_command else words)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SettingError):
        assert isinstance(config_of(text), RunConfig)
    assert not out.getvalue()
