"""What the settings of a run are called."""

from xorviz.core.config import INIT_NAMES, RULES, RunConfig
from xorviz.core.runs.recipe_text import own_settings
from xorviz.panels.settings.wording import LABELS, STARTS, WHATS_THIS, range_label


def test_every_setting_and_every_start_has_its_words() -> None:
    assert list(LABELS) == list(WHATS_THIS) == list(RULES)
    assert tuple(STARTS) == INIT_NAMES
    assert len(set(STARTS.values())) == len(STARTS)


def test_the_range_is_one_only_where_weights_are_drawn_from_it() -> None:
    assert [range_label(RunConfig(init=init)) for init in INIT_NAMES] == [
        *("Init range ±", "Init range ±", "Init value", "Init value", "Init range ±"),
    ]


def test_each_run_is_told_by_what_the_other_has_otherwise() -> None:
    one, other = RunConfig(rate=0.5), RunConfig(rate=2, biases=True)
    assert own_settings(one, other) == "rate 0.5, biases off"
    assert own_settings(other, one) == "rate 2, biases on"


def test_another_start_is_a_difference() -> None:
    one = RunConfig(init="nearly-equal", perturbation=0.01)
    assert own_settings(one, RunConfig()) == "init nearly-equal, perturbation 0.01"


def test_there_is_nothing_to_say_of_the_same_settings() -> None:
    assert own_settings(RunConfig(), RunConfig()) == ""
