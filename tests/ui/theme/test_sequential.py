"""Colours for values without a sign: one hue, ever paler."""

import numpy as np
import pytest

from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast, luminance, sequential


def names(theme: Theme) -> list[str]:
    return [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in sequential(theme)]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_lightness_changes_one_way_and_by_much(theme: Theme) -> None:
    lights = np.array([luminance(name) for name in names(theme)])
    changes = np.diff(lights)
    assert (changes >= 0).all() or (changes <= 0).all()
    assert contrast(names(theme)[0], names(theme)[-1]) > 2.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_what_is_drawn_on_it_can_be_seen(theme: Theme) -> None:
    assert min(contrast(theme.text, name) for name in names(theme)) >= 3
    assert names(theme)[-1] == theme.neutral
