"""Colours: contrast and colour maps."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.ui.theme.palette import (
    DARK,
    LEVELS,
    LIGHT,
    Theme,
    contrast,
    diverging,
    ink_on,
    level,
    luminance,
    mixed,
    sequential,
)

THEMES = (LIGHT, DARK)
LEGIBLE = 4.5
VISIBLE = 3.0
"""WCAG 1.4.3 and 1.4.11."""

themes = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


def rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def test_contrast_follows_wcag() -> None:
    for one, other, ratio in [
        ("#000000", "#FFFFFF", 21.0),
        ("#FFFFFF", "#000000", 21.0),
        ("#777777", "#FFFFFF", 4.478),
        ("#767676", "#FFFFFF", 4.542),
        ("#0000FF", "#FFFFFF", 8.592),
        ("#ABCDEF", "#ABCDEF", 1.0),
    ]:
        assert contrast(one, other) == pytest.approx(ratio, abs=1e-3)


def test_luminance_is_0_for_black_and_1_for_white() -> None:
    assert luminance("#000000") == 0
    assert luminance("#FFFFFF") == pytest.approx(1)
    assert luminance("#00FF00") > luminance("#FF0000") > luminance("#0000FF")


@themes
def test_text_is_legible_everywhere(theme: Theme) -> None:
    for ink in ["text", "quiet", "accent", "wrong"]:
        for ground in ["ground", "panel"]:
            assert contrast(getattr(theme, ink), getattr(theme, ground)) >= LEGIBLE

    assert contrast(theme.on_accent, theme.accent) >= LEGIBLE

    assert contrast(theme.text, theme.hover) >= LEGIBLE

    colors = diverging(theme)
    assert len(colors) == LEVELS
    assert min(contrast(fill.name(), ink.name()) for fill, ink in colors) >= LEGIBLE


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_has_a_legible_ink(number: int) -> None:
    color = f"#{number:06X}"
    assert contrast(color, ink_on(color)) >= LEGIBLE


@themes
def test_the_diverging_map_leads_smoothly_from_minus_over_neutral_to_plus(theme: Theme) -> None:
    colors = np.array([rgb(fill.name()) for fill, _ in diverging(theme)])
    assert colors[0].tolist() == rgb(theme.minus)
    assert colors[-1].tolist() == rgb(theme.plus)
    for middle in (colors[LEVELS // 2 - 1], colors[LEVELS // 2]):
        assert np.abs(middle - rgb(theme.neutral)).max() <= 2

    assert np.abs(np.diff(colors, axis=0)).max() <= 3
    lights = np.array([luminance(fill.name()) for fill, _ in diverging(theme)])
    outwards = np.sign(luminance(theme.plus) - luminance(theme.neutral))
    sides = lights[LEVELS // 2 - 1 :: -1], lights[LEVELS // 2 :]
    for side in sides:
        assert (outwards * np.diff(side) > -0.002).all(), "ever lighter, or darker, to both ends"
        assert outwards * (side[-1] - side[0]) > 0.1


@themes
def test_near_the_middle_colours_stay_clean(theme: Theme) -> None:
    """What an untrained network answers, about 0.6, is clearly orange, and 0.4 clearly blue."""
    for answer, hues in ((0.4, (0.55, 0.65)), (0.6, (0.03, 0.1))):
        fill, _ = diverging(theme)[level(2 * answer - 1, 1.0)]
        assert hues[0] <= fill.hsvHueF() <= hues[1]
        assert fill.hsvSaturationF() >= (0.4 if theme is DARK else 0.12)


@themes
def test_lines_and_marks_that_mean_something_reach_3_to_1(theme: Theme) -> None:
    for name in ("rule", "quiet", "accent", "minus", "plus"):
        assert contrast(getattr(theme, name), theme.panel) >= VISIBLE, name
    for name in ("rule", "quiet", "accent"):
        assert contrast(getattr(theme, name), theme.ground) >= VISIBLE, name


def test_minus_and_plus_are_the_same_in_both_themes() -> None:
    assert (LIGHT.minus, LIGHT.plus) == (DARK.minus, DARK.plus)


def test_zero_is_in_the_middle_and_the_limits_are_at_the_ends() -> None:
    for limit in [1e-300, 0.001, 1.0, 5.0, 1e300]:
        assert level(0.0, limit) in {LEVELS // 2 - 1, LEVELS // 2}
        assert level(-limit, limit) == 0
        assert level(limit, limit) == LEVELS - 1


def test_what_is_not_a_number_has_the_colour_of_zero() -> None:
    assert level(math.nan, 1) == level(0, 1)


def test_beyond_the_limit_the_colour_stays_the_same() -> None:
    for value in [5.001, 6.0, 1e308]:
        assert level(value, 5) == LEVELS - 1
        assert level(-value, 5) == 0


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=20))
def test_levels_rise_with_the_value(values: list[float]) -> None:
    levels = [level(value, 5) for value in sorted(values)]
    assert all(low <= high for low, high in itertools.pairwise(levels))
    assert all(0 <= place < LEVELS for place in levels)


def test_half_way_between_black_and_white_is_grey() -> None:
    assert mixed("#000000", "#FFFFFF") == "#7F7F7F"
    assert mixed("#102030", "#102030") == "#102030"


def names(theme: Theme) -> list[str]:
    return [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in sequential(theme)]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_sequential_lightness_is_monotonic_with_enough_contrast(theme: Theme) -> None:
    lights = np.array([luminance(name) for name in names(theme)])
    changes = np.diff(lights)
    assert (changes >= 0).all() or (changes <= 0).all()
    assert contrast(names(theme)[0], names(theme)[-1]) > 2.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_is_visible_on_the_sequential_map(theme: Theme) -> None:
    assert min(contrast(theme.text, name) for name in names(theme)) >= 3
    assert names(theme)[-1] == theme.neutral
