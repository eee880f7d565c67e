"""The options of the command lab."""

import re
import tracemalloc
from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from tests.support.commands import Run
from xorviz.cli import lab as lab_command
from xorviz.cli.lab_options import LabOptions, Listed, Seeds
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
from xorviz.core.rules import SettingError, parsed
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
    ("--targets 0110,1100", "targets", [(1, 0, 1, 0), (0, 1, 1, 0)]),
]


def test_a_setting_may_have_several_values(checked: Checked) -> None:
    for words, name, values in LISTS:
        recipes = checked(f"lab {words}").plan.recipes
        assert [getattr(recipe, name) for recipe in recipes] == values


def test_settings_before_the_command_apply(checked: Checked) -> None:
    wanted = recipes_of({"rate": [0.1, 0.5]}, RunConfig(width=5, targets=(0, 1, 1, 0)))
    options = checked("--width 5 --rate 2 --targets 1100 lab --rate 0.1,0.5")
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
    *(
        (f"{words}", "--seed is for one network; lab takes --seeds, such as 0..499")
        for words in ("lab --seed 3", "--seed 3 lab")
    ),
    *(
        (f"lab --{name} {value}", f"--{name} is {value!r}; allowed: {allowed}")
        for name, value, allowed in [
            ("seeds", "-5..3", "such as 0..499 or 1,2,7"),
            ("rate", "-INF,1", "a number above 0, up to 1\u202f000; several"),
            ("momentum", "-.5,0", "a number from 0, below 1"),
            ("width", "2,x", "a whole number from 1 to 64; several with"),
            ("biases", "-1,on", "off, on, both"),
            ("targets", "101", "4 digits"),
            ("steps", "0", "a whole number from 1"),
            ("jobs", "1025", "a whole number from 1 to 1\u202f024"),
            ("stop-at-loss", "0", "a number above 0"),
        ]
    ),
    ("lab --seeds 1,5..3,4..2", "--seeds has an empty range, 5..3: the first seed must not"),
    ("lab --seeds=-5..3", "--seeds is '-5..3'; allowed: such as"),
    ("lab --json -1,2", "unrecognized arguments: -1,2"),
    ("lab --seeds --json", "--seeds: expected one argument"),
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
    for default in ("(3)", "(0.01)", "(0110)", "(60000)", "(0..99)", "(off)", "(0)"):
        assert default in printed


LAST = 2**32 - 1
WIDTHS, BIASES, TARGETS = (Listed(SETTINGS[name].rule) for name in ("width", "biases", "targets"))
ALLOWED_WIDTHS = "a whole number from 1 to 64; several with commas between them"
ALLOWED_SEEDS = (
    "such as 0..499 or 1,2,7, at most 10\u202f000\u202f000 seeds, "
    "each a whole number from 0 to 4\u202f294\u202f967\u202f295"
)


def test_values_are_parsed_and_repeated_ones_dropped() -> None:
    assert WIDTHS.parse("2,3,4") == (2, 3, 4)
    assert WIDTHS.parse(" 4 , 2,4 ") == (4, 2)
    assert Listed(SETTINGS["rate"].rule).parse("0.1,1e-3,0.10") == (0.1, 0.001)
    assert BIASES.parse("off,on") == (False, True)
    assert TARGETS.parse("1010,0111") == ((1, 0, 1, 0), (0, 1, 1, 1))
    assert Listed(SETTINGS["activation"].rule).parse("tanh,relu") == ("tanh", "relu")


def test_an_unreadable_list_is_refused() -> None:
    for text in ["", ",", "2,", "2;3", "2,65", "2,3.5", "1..3", "two"]:
        with pytest.raises(SettingError) as refused:
            parsed(WIDTHS, "width", text)
        assert str(refused.value) == f"width is {text!r}; allowed: {ALLOWED_WIDTHS}"


@given(st.lists(st.floats(1e-300, 1000), min_size=1, unique=True))
def test_rates_are_read_back_to_the_bit(values: list[float]) -> None:
    assert Listed(SETTINGS["rate"].rule).parse(", ".join(map(repr, values))) == tuple(values)


READ: list[tuple[str, Sequence[int]]] = [
    ("0..499", range(500)),
    ("7", range(7, 8)),
    (" 3 .. 5 ", range(3, 6)),
    ("5..5", range(5, 6)),
    ("1,2,7", (1, 2, 7)),
    ("1..3,2,9", (1, 2, 3, 9)),
    ("9,0..2", (9, 0, 1, 2)),
    (f"{LAST}", range(LAST, LAST + 1)),
    (f"{LAST - 1}..{LAST}", range(LAST - 1, LAST + 1)),
]


def test_seeds_are_parsed() -> None:
    for text, seeds in READ:
        found = Seeds().parse(text)
        assert found == seeds
        assert type(found) is type(seeds)


NO_SEEDS: list[str] = [
    *("", ",", "1,", "..", "1..", "..3", "1..2..3", "1-3", "1.5", "0..1.5", "all"),
    *("-1", "-1..3", f"{LAST + 1}", f"0..{LAST + 1}", "3,-1"),
    *("0..10000000", f"0..{LAST}", f"0..{10**300}", "0..9999999,10000000"),
]


def test_invalid_seeds_are_refused() -> None:
    for text in NO_SEEDS:
        with pytest.raises(SettingError) as refused:
            parsed(Seeds(), "seeds", text)
        shown = repr(text) if len(repr(text)) <= 80 else f"{text!r:.80}…"
        assert str(refused.value) == f"seeds is {shown}; allowed: {ALLOWED_SEEDS}"


EMPTY_RANGES: list[tuple[str, str]] = [
    *(("9..0", "9..0"), (f"{LAST}..0", f"{LAST}..0"), (" 5 .. 4 ", "5..4")),
    *(("1,5..4", "5..4"), ("1..3,9..8,7..6,x", "9..8")),
]


def test_an_empty_range_has_its_own_message() -> None:
    for text, shown in EMPTY_RANGES:
        with pytest.raises(ArgumentTypeError) as refused:
            Seeds().parse(text)
        assert str(refused.value) == (
            f"--seeds has an empty range, {shown}: the first seed must not be above the last"
        )


def test_huge_ranges_are_read_or_refused_without_expanding_them() -> None:
    tracemalloc.start()
    try:
        for text in [f"0..{LAST}", "0..9999999,0..9999999", f"0..{LAST},1"]:
            with pytest.raises(SettingError):
                parsed(Seeds(), "seeds", text)
        assert Seeds().parse("0..9999999") == range(10**7)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@given(st.lists(st.integers(0, LAST), min_size=2, unique=True))
def test_written_seeds_read_back(seeds: list[int]) -> None:
    assert Seeds().parse(",".join(map(str, seeds))) == tuple(seeds)


@given(st.integers(0, LAST), st.integers(0, 10**7 - 1))
def test_a_written_range_reads_back(first: int, more: int) -> None:
    last = min(first + more, LAST)
    assert Seeds().parse(f"{first}..{last}") == range(first, last + 1)


@given(st.text(alphabet="0123456789.,- x", max_size=12))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        seeds = parsed(Seeds(), "seeds", text)
    except (SettingError, ArgumentTypeError):
        return
    assert isinstance(seeds, range | tuple)
    assert 0 < len(seeds) <= 10**7
    if isinstance(seeds, tuple):
        assert len(set(seeds)) == len(seeds)
    assert 0 <= seeds[0] <= LAST
    assert 0 <= seeds[-1] <= LAST
