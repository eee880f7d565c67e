"""Contour lines and the colour scale of a landscape, and the parts around it."""

import math

import numpy as np
import pytest

from xorviz.panels.inside.landscape_canvas import Scale, bar_values, contours, levels_between

RANGES = [(0.11, 1.9), (1e-6, 2.0), (0.5, 0.6), (1e-3, 30.0), (0.9999, 1.0001), (1e20, 1e30)]


def test_there_are_five_to_twelve_round_levels_and_none_of_a_flat_landscape() -> None:
    for low, high in RANGES:
        levels = levels_between(low, high)
        assert 5 <= len(levels) <= 12
        assert levels == sorted(levels)
        assert all(low < level < high for level in levels)
    assert levels_between(0.011, 3) == pytest.approx([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])
    assert levels_between(1.0, 1.1) == pytest.approx([1.01 + 0.01 * i for i in range(9)])
    flat, ticks = np.ones((5, 5)), np.arange(5.0)
    assert contours(ticks, ticks, flat, Scale.of(flat)) == {}


def test_contour_lines_follow_their_loss() -> None:
    ticks = np.linspace(-2, 2, 101)
    x, y = np.meshgrid(ticks, ticks)
    losses = np.exp(x - 2 * y)
    lines = contours(ticks, ticks, losses, Scale.of(losses))
    assert len(lines) >= 6
    for level, parts in lines.items():
        points = np.concatenate(parts)
        assert points[:, 0] - 2 * points[:, 1] == pytest.approx(math.log(level), abs=1e-6)


def test_the_colour_scale_is_logarithmic_between_round_losses() -> None:
    for low, high, ends in [
        (0.13, 1.7, (0.1, 2.0)),
        (0.1, 1.0, (0.1, 1.0)),
        (1.1, 1.12, (1.0, 2.0)),
        (1.0, 1.0, (0.5, 1.0)),
        (1e-12, 4.0, (5e-6, 5.0)),
    ]:
        scale = Scale.of(np.array([low, high]))
        assert (scale.low, scale.high) == pytest.approx(ends)
    shares = Scale(0.01, 1.0).shares(np.array([0.0, 0.01, 0.1, 1.0, 50.0]))
    assert shares == pytest.approx([0, 0, 0.5, 1, 1])


def test_the_colour_bar_labels_its_ends_and_round_losses() -> None:
    assert bar_values(Scale(0.02, 5.0), 8) == pytest.approx([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5])
    assert bar_values(Scale(0.02, 5.0), 4) == pytest.approx([0.02, 0.1, 1, 5])
    assert bar_values(Scale(1.0, 2.0), 8) == [1.0, 1.5, 2.0]
