"""What is said of two runs in lock step."""

from xorviz.core.config import RunConfig
from xorviz.panels.settings.wording import own_settings


def test_each_run_is_told_by_what_the_other_has_otherwise() -> None:
    one, other = RunConfig(rate=0.5), RunConfig(rate=2, biases=True)
    assert own_settings(one, other) == "rate 0.5, biases off"
    assert own_settings(other, one) == "rate 2, biases on"


def test_another_start_is_a_difference() -> None:
    one = RunConfig(init="nearly-equal", perturbation=0.01)
    assert own_settings(one, RunConfig()) == "init nearly-equal, perturbation 0.01"


def test_there_is_nothing_to_say_of_the_same_settings() -> None:
    assert own_settings(RunConfig(), RunConfig()) == ""
