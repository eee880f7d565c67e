"""Texts of the settings."""

from xorviz.core.config import INIT_NAMES, RULES, RunConfig
from xorviz.panels.settings.wording import LABELS, STARTS, WHATS_THIS, range_label


def test_every_setting_and_every_start_has_a_text() -> None:
    assert list(LABELS) == list(WHATS_THIS) == list(RULES)
    assert tuple(STARTS) == INIT_NAMES
    assert len(set(STARTS.values())) == len(STARTS)


def test_the_init_range_is_a_value_if_all_weights_start_equal() -> None:
    assert [range_label(RunConfig(init=init)) for init in INIT_NAMES] == [
        *("Init range ±", "Init range ±", "Init value", "Init value", "Init range ±")
    ]
