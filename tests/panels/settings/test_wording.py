"""Texts of the settings."""

from xorviz.core.settings import INIT_NAMES, RULES
from xorviz.panels.settings.wording import LABELS, STARTS, WHATS_THIS, tip_of_current


def test_every_setting_and_every_start_has_a_text() -> None:
    assert list(LABELS) == list(WHATS_THIS) == list(RULES)
    assert tuple(STARTS) == INIT_NAMES
    assert len(set(STARTS.values())) == len(STARTS)


def test_tips_of_the_current_run_tell_what_a_change_does() -> None:
    assert tip_of_current("width").endswith("starts the run again.")
    assert tip_of_current("momentum").endswith(
        "from the next step and is marked on the loss curve."
    )
