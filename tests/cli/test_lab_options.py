"""What options of the lab ask for, and what is said of those that cannot be."""

import re
import time
from typing import Any

import pytest

from xorviz.cli import lab as lab_command
from xorviz.cli.lab_options import Wish
from xorviz.cli.main import main
from xorviz.core.config import RULES, RunConfig
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.plan import recipes_of


def wished(monkeypatch: pytest.MonkeyPatch, arguments: str) -> Wish:
    """Return what the command is asked for, in place of doing it."""
    seen: list[Wish] = []

    def lab(wish: Wish) -> int:
        seen.append(wish)
        return 0

    monkeypatch.setattr(lab_command, "lab", lab)
    assert main(arguments.split()) == 0
    return seen[0]


def test_without_options_it_is_the_recipe_of_the_28_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = wished(monkeypatch, "lab")
    assert wish.plan.recipes == (RunConfig(),)
    assert wish.plan.seeds == range(100)
    assert (wish.plan.steps, wish.plan.rules) == (20_000, NEVER)
    assert (wish.csv, wish.jobs, wish.scheduler) == (None, None, None)
    assert (wish.resumes, wish.as_json, wish.is_agreed) == (False, False, False)


@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_the_kernel_is_passed_on(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert wished(monkeypatch, "lab").kernel == NUMBA
    assert wished(monkeypatch, f"lab --kernel {name}").kernel == name
    assert wished(monkeypatch, f"--kernel {name} lab").kernel == name


def test_every_combination_is_a_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = wished(monkeypatch, "lab --rate 0.1,1e-2 --width 2,3,4 --biases both --seeds 5..7,1")
    lists: dict[str, list[Any]] = {"width": [2, 3, 4], "rate": [0.1, 0.01], "biases": [False, True]}
    assert wish.plan.recipes == recipes_of(lists)
    assert wish.plan.seeds == (5, 6, 7, 1)


@pytest.mark.parametrize(
    ("options", "name", "values"),
    [
        ("--width 3,3,2", "width", [3, 2]),
        ("--activation relu,tanh", "activation", ["relu", "tanh"]),
        ("--loss mse,cross-entropy", "loss", ["mse", "cross-entropy"]),
        ("--biases on", "biases", [True]),
        ("--biases", "biases", [True]),
        ("--biases off,on", "biases", [False, True]),
        ("--momentum 0,0.9", "momentum", [0.0, 0.9]),
        ("--init zero,default-rng", "init", ["zero", "default-rng"]),
        ("--init-range 1,2.5", "init_range", [1.0, 2.5]),
        ("--init nearly-equal --perturbation 1e-3,1e-4", "perturbation", [1e-3, 1e-4]),
        ("--targets 1010,0110", "targets", [(1, 0, 1, 0), (0, 1, 1, 0)]),
    ],
)
def test_any_setting_may_have_several_values(
    monkeypatch: pytest.MonkeyPatch, options: str, name: str, values: list[object]
) -> None:
    recipes = wished(monkeypatch, f"lab {options}").plan.recipes
    assert [getattr(recipe, name) for recipe in recipes] == values


def test_settings_before_the_command_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = "--width 5 --rate 2 --targets 0110 lab --rate 0.1,0.5"
    wanted = recipes_of({"rate": [0.1, 0.5]}, RunConfig(width=5, targets=(0, 1, 1, 0)))
    assert wished(monkeypatch, arguments).plan.recipes == wanted


def test_the_way_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = wished(
        monkeypatch,
        "lab --steps 7 --stop-when-learned --stop-at-loss 0.01 --jobs 3 --csv f.csv --json --yes",
    )
    assert wish.plan.steps == 7
    assert wish.plan.rules == StopRules(at_step=None, when_learned=True, at_loss=0.01)
    assert (wish.jobs, str(wish.csv), wish.resumes) == (3, "f.csv", False)
    assert wish.as_json
    assert wish.is_agreed
    wish = wished(monkeypatch, "lab --resume f.csv --scheduler tcp://host:1")
    assert (str(wish.csv), wish.resumes, wish.scheduler) == ("f.csv", True, "tcp://host:1")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("lab --seed 3", "--seed is for one network; lab takes --seeds, such as 0..499"),
        ("--seed 3 lab", "--seed is for one network; lab takes --seeds, such as 0..499"),
        ("lab --seeds 9..0", "lab: --seeds has an empty range, 9..0: the first seed must not be"),
        ("lab --seeds 1,5..3,4..2", "--seeds has an empty range, 5..3: the first seed must not"),
        ("lab --seeds -5..3", "--seeds is '-5..3'; allowed: such as 0..499 or 1,2,7"),
        ("lab --seeds=-5..3", "--seeds is '-5..3'; allowed: such as 0..499 or 1,2,7"),
        ("lab --seeds 5..-3", "--seeds is '5..-3'; allowed: such as 0..499 or 1,2,7"),
        (
            "lab --rate -1,2",
            "lab: --rate is '-1,2'; allowed: a number above 0, up to 1000; several",
        ),
        (
            "lab --rate=-1,2",
            "lab: --rate is '-1,2'; allowed: a number above 0, up to 1000; several",
        ),
        ("lab --rate -1e-3", "lab: --rate is '-1e-3'; allowed: a number above 0"),
        ("lab --rate -INF,1", "lab: --rate is '-INF,1'; allowed: a number above 0"),
        ("lab --width -1,2", "lab: --width is '-1,2'; allowed: a whole number from 1 to 64"),
        ("lab --momentum -0.5,0", "lab: --momentum is '-0.5,0'; allowed: a number from 0, below 1"),
        ("lab --momentum -.5,0", "lab: --momentum is '-.5,0'; allowed: a number from 0, below 1"),
        ("lab --biases -1,on", "lab: --biases is '-1,on'; allowed: off, on, both"),
        ("lab --json -1,2", "unrecognized arguments: -1,2"),
        ("lab --seeds --json", "--seeds: expected one argument"),
        ("lab --seeds 1..", "--seeds is '1..'; allowed: such as"),
        ("lab --seeds 0..4294967296", "--seeds is '0..4294967296'; allowed: such as"),
        ("lab --seeds 0..99999999", "--seeds is '0..99999999'; allowed: such as"),
        ("lab --seeds ,", "--seeds is ','"),
        ("lab --width 2,x", "--width is '2,x'; allowed: a whole number from 1 to 64; several with"),
        ("lab --width 2,,3", "--width is '2,,3'"),
        ("lab --biases maybe", "--biases is 'maybe'; allowed: off, on, both"),
        ("lab --targets 101", "--targets is '101'; allowed: 4 digits"),
        ("lab --steps 0", "--steps is '0'; allowed: a whole number from 1"),
        ("lab --jobs 0", "--jobs is '0'; allowed: a whole number from 1 to 1024"),
        ("lab --jobs 1025", "--jobs is '1025'"),
        ("lab --stop-at-loss 0", "--stop-at-loss is '0'; allowed: a number above 0"),
        ("lab --jobs 2 --scheduler tcp://h:1", "--jobs is for this machine"),
        ("lab --csv f --resume g", "--csv is for a new file"),
        ("lab --seeds 0..1999999 --width 1,2,3,4,5,6", "the number of networks is 12000000"),
        ("--speed 3 lab", "--speed is for the window"),
        ("--run lab", "--run is for the window"),
        ("lab --wid 3", "--wid"),
        ("lab more", "more"),
    ],
)
def test_what_cannot_be_takes_one_line(
    capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("xorviz")
    assert sentence in printed.err


def test_too_many_recipes_are_refused_before_they_are_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    numbers = ",".join(f"0.{i:03}" for i in range(1, 900))
    words = [f"--{name}={numbers}" for name in ("rate", "momentum", "init-range")]
    started = time.process_time()
    with pytest.raises(SystemExit):
        main(["lab", *words])
    assert time.process_time() - started < 5
    sentence = "the number of recipes is 726572699; allowed: a whole number from 1 to 10000"
    assert sentence in capsys.readouterr().err


def test_help_reads_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main(["lab", "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    assert printed.isascii()
    assert "SUPPRESS" not in printed
    assert "==" not in printed
    assert not re.search("--seed[^s]", printed)
    for name in RULES.keys() - {"seed"}:
        assert f"--{name.replace('_', '-')} " in printed
    for option in ("seeds", "steps", "stop-when-learned", "stop-at-loss", "jobs", "scheduler"):
        assert f"--{option} " in printed
    for option in ("csv FILE.csv", "resume FILE.csv", "json", "yes"):
        assert f"--{option} " in printed
    for default in ("(3)", "(0.01)", "(1010)", "(20000)", "(0..99)", "(off)", "(0)"):
        assert default in printed
