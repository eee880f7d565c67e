"""The options of the command lab."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.cases import some
from tests.support.commands import Run
from xorviz.cli import lab as lab_command
from xorviz.cli.lab_options import LabOptions
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lab.plan import recipes_of

Checked = Callable[[str], LabOptions]


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch, run: Run) -> Checked:
    """Check the options of a command line without training."""
    seen: list[LabOptions] = []

    def lab(options: LabOptions) -> int:
        seen.append(options)
        return 0

    def check(words: str) -> LabOptions:
        assert run(words).status == 0
        return seen.pop()

    monkeypatch.setattr(lab_command, "lab", lab)
    return check


def test_defaults_are_the_recipe_of_the_28_lines(checked: Checked) -> None:
    options = checked("lab")
    assert options.plan.recipes == (RunConfig(),)
    assert options.plan.seeds == range(100)
    assert (options.plan.steps, options.plan.rules) == (60_000, NEVER)
    assert options == LabOptions(options.plan, kernel=NUMBA)


@pytest.mark.parametrize("name", some(KERNEL_NAMES, 1))
def test_the_kernel_is_passed_on(checked: Checked, name: str) -> None:
    assert checked(f"lab --kernel {name}").kernel == name
    assert checked(f"--kernel {name} lab").kernel == name


def test_every_combination_is_a_recipe(checked: Checked) -> None:
    options = checked("lab --rate 0.1,1e-2 --width 2,3,4 --biases both --seeds 5..7,1")
    lists: dict[str, list[Any]] = {"width": [2, 3, 4], "rate": [0.1, 0.01], "biases": [False, True]}
    assert options.plan.recipes == recipes_of(lists)
    assert options.plan.seeds == (5, 6, 7, 1)


LISTS: list[tuple[str, str, list[object]]] = [
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
]


def test_a_setting_may_have_several_values(checked: Checked) -> None:
    for words, name, values in LISTS:
        recipes = checked(f"lab {words}").plan.recipes
        assert [getattr(recipe, name) for recipe in recipes] == values


def test_settings_before_the_command_apply(checked: Checked) -> None:
    wanted = recipes_of({"rate": [0.1, 0.5]}, RunConfig(width=5, targets=(0, 1, 1, 0)))
    options = checked("--width 5 --rate 2 --targets 0110 lab --rate 0.1,0.5")
    assert options.plan.recipes == wanted


def test_the_other_options_are_passed_on(checked: Checked) -> None:
    options = checked(
        "lab --steps 7 --stop-when-learned --stop-at-loss 0.01 --jobs 3 --csv f.csv --json --yes"
    )
    assert options.plan.steps == 7
    assert options.plan.rules == StopRules(at_step=None, when_learned=True, at_loss=0.01)
    assert (options.jobs, str(options.csv), options.resumes) == (3, "f.csv", False)
    assert (options.as_json, options.is_confirmed) == (True, True)
    options = checked("lab --resume f.csv --scheduler tcp://host:1")
    assert (str(options.csv), options.resumes, options.scheduler) == ("f.csv", True, "tcp://host:1")


REFUSED: list[tuple[str, str]] = [
    ("lab --seed 3", "--seed is for one network; lab takes --seeds, such as 0..499"),
    ("--seed 3 lab", "--seed is for one network; lab takes --seeds, such as 0..499"),
    ("lab --seeds 9..0", "lab: --seeds has an empty range, 9..0: the first seed must not be"),
    ("lab --seeds 1,5..3,4..2", "--seeds has an empty range, 5..3: the first seed must not"),
    ("lab --seeds -5..3", "--seeds is '-5..3'; allowed: such as 0..499 or 1,2,7"),
    ("lab --seeds=-5..3", "--seeds is '-5..3'; allowed: such as 0..499 or 1,2,7"),
    ("lab --seeds 5..-3", "--seeds is '5..-3'; allowed: such as 0..499 or 1,2,7"),
    (
        "lab --rate -1,2",
        "lab: --rate is '-1,2'; allowed: a number above 0, up to 1\u202f000; several",
    ),
    (
        "lab --rate=-1,2",
        "lab: --rate is '-1,2'; allowed: a number above 0, up to 1\u202f000; several",
    ),
    ("lab --rate -1e-3", "lab: --rate is '-1e-3'; allowed: a number above 0"),
    ("lab --rate -INF,1", "lab: --rate is '-INF,1'; allowed: a number above 0"),
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
    ("lab --jobs 0", "--jobs is '0'; allowed: a whole number from 1 to 1\u202f024"),
    ("lab --jobs 1025", "--jobs is '1025'"),
    ("lab --stop-at-loss 0", "--stop-at-loss is '0'; allowed: a number above 0"),
    ("lab --jobs 2 --scheduler tcp://h:1", "--jobs is for this machine"),
    ("lab --csv f --resume g", "--csv is for a new file"),
    ("lab --seeds 0..1999999 --width 1,2,3,4,5,6", "the number of networks is 12000000"),
    ("lab --wid 3", "--wid"),
    ("lab more", "more"),
]


@pytest.mark.parametrize(("words", "sentence"), some(REFUSED, 6))
def test_an_invalid_option_is_one_line(run: Run, words: str, sentence: str) -> None:
    done = run(words)
    assert done.status == 2
    assert done.line.startswith("xorviz")
    assert sentence in done.line


def test_too_many_recipes_are_refused_before_they_are_made(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.lab.plan.recipes_of", None)
    numbers = ",".join(f"0.{i:03}" for i in range(1, 900))
    done = run(f"lab --rate={numbers} --momentum={numbers} --init-range={numbers}")
    sentence = "the number of recipes is 726572699; allowed: a whole number from 1 to 10\u202f000"
    assert sentence in done.err


def test_help_lists_all_options(run: Run) -> None:
    printed = run("lab --help").out
    assert not re.search("--seed[^s]", printed)
    for name in SETTINGS.keys() - {"seed"}:
        assert f"--{name.replace('_', '-')} " in printed
    for option in ("seeds", "steps", "stop-when-learned", "stop-at-loss", "jobs", "scheduler"):
        assert f"--{option} " in printed
    for option in ("csv FILE.csv", "resume FILE.csv", "json", "yes"):
        assert f"--{option} " in printed
    for default in ("(3)", "(0.01)", "(1010)", "(60000)", "(0..99)", "(off)", "(0)"):
        assert default in printed
