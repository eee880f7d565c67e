"""The options of the command lab."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.commands import Run
from xorviz.cli import lab as lab_command
from xorviz.cli.lab import LabOptions
from xorviz.cli.parser import SEEDS
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
from xorviz.core.lists import values_text
from xorviz.core.rules import SettingError, parsed
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import recipes_of

LAST = 2**32 - 1
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


LISTS: list[tuple[str, dict[str, list[Any]]]] = [
    ("--width 3,3,2", {"width": [3, 2]}),
    ("--width 2..5 --rate 0.1..10", {"width": [2, 3, 4, 5], "rate": [0.1, 0.2, 0.5, 1, 2, 5, 10]}),
    ("--biases --init-range 1,2.5", {"init_range": [1.0, 2.5], "biases": [True]}),
    ("--targets 0110,1100", {"targets": [(1, 0, 1, 0), (0, 1, 1, 0)]}),
    ("--row-order 11,10,01,00", {"row_order": ["11,10,01,00"]}),
    ("--row-order 11100100,00011011", {"row_order": ["11,10,01,00", "00,01,10,11"]}),
    ("--batch full,pass --optimizer adam", {"batch": ["full", "pass"], "optimizer": ["adam"]}),
    ("--rate 0.1,1e-2 --biases both", {"rate": [0.1, 0.01], "biases": [False, True]}),
]


def test_every_combination_of_the_values_of_settings_is_a_recipe(checked: Checked) -> None:
    for words, lists in LISTS:
        assert checked(f"lab {words}").plan.recipes == recipes_of(lists)
    wanted = recipes_of({"rate": [0.1, 0.5]}, RunConfig(width=5, targets=(0, 1, 1, 0)))
    options = checked("--width 5 --rate 2 --targets 1100 lab --rate 0.1,0.5")
    assert options.plan.recipes == wanted


def test_the_other_options_are_passed_on(checked: Checked) -> None:
    options = checked(
        "lab --seeds 5..7,1 --steps 7 --stop-when-learned --stop-at-loss 0.01 --jobs 3"
        " --csv f.csv --json --yes"
    )
    assert (options.plan.seeds, options.plan.steps) == ((5, 6, 7, 1), 7)
    assert options.plan.rules == StopRules(at_step=None, when_learned=True, at_loss=0.01)
    assert (options.jobs, str(options.file), options.resume) == (3, "f.csv", None)
    assert (options.json, options.yes) == (True, True)
    options = checked("lab --resume f.csv --scheduler tcp://host:1")
    assert (options.file, options.resume, options.csv) == (Path("f.csv"), Path("f.csv"), None)
    assert options.scheduler == "tcp://host:1"
    for name in KERNEL_NAMES:
        assert checked(f"lab --kernel {name}").kernel == name
        assert checked(f"--kernel {name} lab").kernel == name


THOUSANDS = ",".join(f"0.{i:03}" for i in range(1, 900))
REFUSED: list[tuple[str, str]] = [
    ("lab --seed 3", "--seed is for one network; lab takes --seeds, such as 0..499"),
    ("--seed 3 lab", "--seed is for one network; lab takes --seeds"),
    ("lab --rate -INF,1", "--rate is '-INF,1'; allowed: a number above 0, up to 1\u202f000; sev"),
    *(
        (f"lab --width {text}", "a whole number from 1 to 64; several with")
        for text in ("2,", "2;3")
    ),
    ("lab --width 2,x", "--width is '2,x'; allowed: a whole number from 1 to 64; several with"),
    ("lab --biases -1,on", "--biases is '-1,on'; allowed: off, on, both"),
    ("lab --seeds 1,5..3,4..2", "--seeds: the range 5..3 is empty: its first value must not be"),
    ("lab --seeds=-5..3", "--seeds is '-5..3'; allowed: a whole number from 0 to 4"),
    ("lab --jobs 2 --scheduler tcp://h:1", "--jobs is for this machine"),
    ("lab --csv f --resume g", "--csv is for a new file"),
    ("lab --seeds 0..1999999 --width 1,2,3,4,5,6", "the number of networks is 12000000"),
    (
        f"lab --rate={THOUSANDS} --momentum={THOUSANDS} --init-range={THOUSANDS}",
        "the number of recipes is 726572699; allowed: a whole number from 1 to 10\u202f000",
    ),
]


def test_an_invalid_option_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xorviz.lab.plan.recipes_of", None)  # before any recipe is made
    for words, sentence in REFUSED:
        done = run(words)
        assert done.status == 2
        assert done.line.startswith("xorviz")
        assert sentence in done.line


def test_huge_ranges_are_read_or_refused_without_expanding_them() -> None:
    tracemalloc.start()
    try:
        for text in [f"0..{LAST}", "0..9999999,0..9999999", f"0..{LAST},1"]:
            with pytest.raises(SettingError):
                parsed(SEEDS, "seeds", text)
        assert SEEDS.parse("0..9999999") == range(10**7)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@given(st.lists(st.integers(0, LAST), min_size=2, unique=True), st.integers(0, 10**7 - 1))
def test_written_seeds_read_back(seeds: list[int], more: int) -> None:
    assert SEEDS.parse(",".join(map(str, seeds))) == tuple(seeds)
    assert list(SEEDS.parse(values_text(tuple(seeds)))) == seeds
    first, last = seeds[0], min(seeds[0] + more, LAST)
    assert SEEDS.parse(f"{first}..{last}") == range(first, last + 1)
