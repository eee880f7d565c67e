"""The command line."""

import pytest

from tests.commands import xorviz
from xorviz import __version__, app, preflight
from xorviz.cli import main
from xorviz.core.config import RULES, RunConfig


@pytest.mark.parametrize(
    ("arguments", "option", "value", "allowed"),
    [
        ("train --width 0", "--width", "0", RULES["width"].allowed),
        ("train --width 2.5", "--width", "2.5", RULES["width"].allowed),
        ("train --rate 1e9", "--rate", "1e9", RULES["rate"].allowed),
        ("train --rate nan", "--rate", "nan", RULES["rate"].allowed),
        ("train --seed -1", "--seed", "-1", RULES["seed"].allowed),
        ("train --activation step", "--activation", "step", "sigmoid, tanh, relu"),
        ("train --loss l2", "--loss", "l2", "sse, mse, half-mse, cross-entropy"),
        ("train --biases maybe", "--biases", "maybe", "on, off"),
        ("train --momentum 1", "--momentum", "1", RULES["momentum"].allowed),
        ("train --init-range 0", "--init-range", "0", RULES["init_range"].allowed),
        ("train --targets 012", "--targets", "012", RULES["targets"].allowed),
        ("train --steps -5", "--steps", "-5", "a whole number from 0"),
        ("train --every 0", "--every", "0", "a whole number from 1"),
        ("--speed 0.5", "--speed", "0.5", "a number from 1, up to 100000, or max"),
        ("--theme pink", "--theme", "pink", "system, light, dark"),
    ],
)
def test_a_bad_option_is_named_in_one_line_with_its_value_and_range(
    capsys: pytest.CaptureFixture[str], arguments: str, option: str, value: str, allowed: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    for part in (option, repr(value), allowed):
        assert part in printed.err


@pytest.mark.parametrize("arguments", ["--nonsense", "trian", "train --wid 3", "train --width"])
def test_what_is_unknown_or_missing_takes_one_line(
    capsys: pytest.CaptureFixture[str], arguments: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", ["--help", "train --help", "--version"])
def test_help_and_version_are_no_errors(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert __version__ in printed or all(f"--{name}"[:6] in printed for name in RULES)


@pytest.fixture
def wishes(monkeypatch: pytest.MonkeyPatch) -> list[app.Wishes]:
    """Catch what the window is asked for, in place of opening one."""
    seen: list[app.Wishes] = []

    def run(wishes: app.Wishes) -> int:
        seen.append(wishes)
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setattr(preflight, "problem", lambda: None)
    return seen


def test_without_options_the_window_goes_on_where_it_was(wishes: list[app.Wishes]) -> None:
    assert main([]) == 0
    assert wishes == [app.Wishes()]


def test_options_set_up_the_window(wishes: list[app.Wishes]) -> None:
    main(
        [
            "--width",
            "5",
            "--rate",
            "0.5",
            "--biases",
            "on",
            "--speed",
            "max",
            "--theme",
            "dark",
            "--run",
        ]
    )
    config = RunConfig(width=5, rate=0.5, biases=True)
    assert wishes == [app.Wishes(config, runs=True, choices={"speed": None, "theme": "dark"})]


def test_settings_before_the_command_count_too(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--width", "5", "train", "--steps", "0", "--json"])
    assert '"width": 5' in capsys.readouterr().out


def test_what_keeps_qt_from_starting_takes_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "problem", lambda: "There is no screen.")
    assert main([]) == 1
    assert capsys.readouterr().err == "xorviz: There is no screen.\n"


def test_the_command_is_installed() -> None:
    assert xorviz("--version").stdout == f"xorviz {__version__}\n"


@pytest.mark.parametrize("option", ["--run", "--speed max", "--speed 5", "--theme dark"])
def test_what_only_the_window_can_do_is_refused_without_one(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*option.split(), "train"])
    assert ended.value.code == 2
    assert option.split(maxsplit=1)[0] in capsys.readouterr().err
