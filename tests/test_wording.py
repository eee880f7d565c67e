"""What the settings of a run are called."""

import pytest

from xorviz.core.config import INIT_NAMES, RULES, RunConfig
from xorviz.wording import LABELS, STARTS, WHATS_THIS, range_label, start_text


def test_every_setting_and_every_start_has_its_words() -> None:
    assert list(LABELS) == list(WHATS_THIS) == list(RULES)
    assert tuple(STARTS) == INIT_NAMES
    assert len(set(STARTS.values())) == len(STARTS)


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (RunConfig(), "U(−1, 1)"),
        (RunConfig(init_range=0.25), "U(−0.25, 0.25)"),
        (RunConfig(init="zero", init_range=5), "all 0"),
        (RunConfig(init="equal"), "all 1"),
        (RunConfig(init="equal", init_range=2.5), "all 2.5"),
        (RunConfig(init="default-rng", init_range=0.5), "default_rng ±0.5"),
        (RunConfig(init="nearly-equal"), "1 ± 10⁻⁶"),
        (RunConfig(init="nearly-equal", perturbation=2.5e-4), "1 ± 2.5·10⁻⁴"),
        (RunConfig(init="nearly-equal", init_range=3, perturbation=0.05), "3 ± 0.05"),
        (RunConfig(init="nearly-equal", perturbation=1e-300), "1 ± 10⁻³⁰⁰"),
    ],
)
def test_where_weights_start_is_said_in_short(config: RunConfig, text: str) -> None:
    assert start_text(config) == text


def test_the_range_is_one_only_where_weights_are_drawn_from_it() -> None:
    assert [range_label(RunConfig(init=init)) for init in INIT_NAMES] == [
        *("Init range ±", "Init range ±", "Init value", "Init value", "Init range ±"),
    ]
