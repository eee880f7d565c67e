"""The gradient norm as a curve, and the colours of pinned runs."""

import math
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support.snapshots import trained
from xorviz.core.arrays import Array
from xorviz.core.runs.project import MOST_PINNED
from xorviz.core.settings import RunConfig
from xorviz.panels.base.curves import (
    DASHED,
    DRAWN,
    RUN_STYLES,
    WIDTH,
    norm_axis,
    norm_curve,
    norm_of,
    norm_text,
)
from xorviz.ui.plot.lines import SOLID
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast


def test_the_norm_is_over_all_weights() -> None:
    snapshot = trained(RunConfig(biases=True), 100)
    flat = np.concatenate([part.ravel() for part in snapshot.gradient.arrays()])
    assert norm_of(snapshot.gradient) == pytest.approx(np.linalg.norm(flat))
    curve = norm_curve(snapshot.trace, "#000000")
    assert (curve.steps[-1], curve.values[-1]) == (100, pytest.approx(np.linalg.norm(flat)))


def test_norms_have_three_digits() -> None:
    assert [norm_text(x) for x in (0.2113, 0.0, math.nan)] == ["0.211", "0.00", "not known"]


@pytest.mark.parametrize("norms", [(0.006, 0.21), (0.3, 0.31), (1.0, 1.0), (0.0, 1e-3), (0.0, 0.0)])
def test_the_axis_is_logarithmic_and_has_at_least_a_decade(
    qtbot: QtBot, norms: tuple[float, float]
) -> None:
    axis = norm_axis()
    bottom, top = axis.fitted(*norms)
    low, high = axis.to_view(np.array(norms))
    assert bottom <= low <= high <= top
    assert top - bottom >= 1 - 1e-9


themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)

SIGHTS = {
    "trichromat": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""On linear RGB, of full severity (Machado, Oliveira and Fernandes 2009)."""

TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def lab(color: str, sight: str) -> Array:
    """Return a colour in CIELAB, as seen with a kind of sight."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ (SIGHTS[sight] @ linear).clip(0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: Array, other: Array) -> float:
    """Return the distance of two colours (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25**7)))
    c1, c2 = np.hypot(g * a1, b1), np.hypot(g * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, g * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    hue = np.radians((h1 + turn / 2) % 360)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * np.cos(hue - np.radians(30))
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.radians(6))
        - 0.20 * np.cos(4 * hue - np.radians(63))
    )
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    bend = np.exp(-(((np.degrees(hue) - 275) / 25) ** 2))
    r = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(np.radians(60 * bend))
    terms = (l2 - l1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    return float(np.sqrt(sum(term**2 for term in terms) + r * terms[1] * terms[2]))


def test_ciede2000_equals_the_published_values() -> None:
    for one, other, distance in [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (50, 3.1736, 0.5854), 1.0),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ]:
        assert ciede2000(np.array(one), np.array(other)) == pytest.approx(distance, abs=1e-4)


def test_every_pinned_run_has_a_style() -> None:
    assert len(set(RUN_STYLES)) == MOST_PINNED
    assert {style.dash for style in RUN_STYLES} == {SOLID, DASHED}


@themes
def test_lines_are_distinguishable_in_every_kind_of_sight(theme: Theme) -> None:
    others = [theme.text, theme.accent]
    assert min(contrast(style.color(theme), theme.panel) for style in (DRAWN, *RUN_STYLES)) >= 3
    assert DRAWN.dash not in {style.dash for style in RUN_STYLES}
    for sight in SIGHTS:
        for dash in (SOLID, DASHED):
            colors = [style.color(theme) for style in RUN_STYLES if style.dash == dash]
            # The curves of the runs that are worked on are solid ones, in the ink and the accent.
            seen = [lab(color, sight) for color in [*colors, *others]]
            assert min(ciede2000(a, b) for a, b in combinations(seen, 2)) >= 15
            drawn = lab(DRAWN.color(theme), sight)
            assert min(ciede2000(drawn, other) for other in seen) >= 14


@themes
def test_a_pen_has_the_colour_and_dash_of_its_style(theme: Theme) -> None:
    for style in RUN_STYLES:
        made = style.pen(theme)
        assert made.color() == QColor(style.color(theme))
        assert made.widthF() == WIDTH
        lengths = [length * WIDTH for length in made.dashPattern()]
        assert lengths == (pytest.approx(style.dash) if style.dash else [])
