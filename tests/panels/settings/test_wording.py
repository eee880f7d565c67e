"""Texts of the settings."""

from xorviz.core.config import INIT_NAMES, RULES
from xorviz.panels.settings.wording import LABELS, STARTS, WHATS_THIS


def test_every_setting_and_every_start_has_a_text() -> None:
    assert list(LABELS) == list(WHATS_THIS) == list(RULES)
    assert tuple(STARTS) == INIT_NAMES
    assert len(set(STARTS.values())) == len(STARTS)
