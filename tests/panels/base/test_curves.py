"""The colours of pinned runs, and pictures over the input square."""

from itertools import combinations, product

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.screen import contrast, is_near
from xorviz.core.arrays import Array
from xorviz.core.runs.project import MOST_PINNED
from xorviz.panels.base.curves import BESIDE, DASHED, DRAWN, RUN_STYLES, WIDTH
from xorviz.panels.base.square_items import level_images, paint_sign
from xorviz.ui.plot.lines import SOLID
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, diverging

SIGHTS = {
    "trichromat": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""On linear RGB, of full severity (Machado, Oliveira and Fernandes 2009)."""

TO_XYZ = np.array([[0.412, 0.358, 0.180], [0.213, 0.715, 0.072], [0.019, 0.119, 0.950]])
WHITE = np.array([0.95047, 1.0, 1.08883])
LEAST = 16
"""The least distance of two colours in CIELAB."""


def lab(color: str, sight: str) -> Array:
    """Return a colour in CIELAB, as seen with a kind of sight."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ (np.array(SIGHTS[sight]) @ linear).clip(0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_pinned_run_has_a_style() -> None:
    assert len(set(RUN_STYLES)) == MOST_PINNED
    assert {style.dash for style in RUN_STYLES} == {SOLID, DASHED}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_lines_are_distinguishable_in_every_kind_of_sight_and_drawn_in_their_style(
    theme: Theme,
) -> None:
    styles = (BESIDE, DRAWN, *RUN_STYLES)
    assert min(contrast(style.color(theme), theme.panel) for style in styles) >= 3
    assert DRAWN.dash not in {style.dash for style in RUN_STYLES}
    for sight, dash in product(SIGHTS, (SOLID, DASHED)):
        colors = [style.color(theme) for style in RUN_STYLES if style.dash == dash]
        # The current run is drawn in the ink, a step that is read out in the accent.
        colors += [BESIDE.color(theme), theme.text, theme.accent]
        seen = [lab(color, sight) for color in colors]
        assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= LEAST
        drawn = lab(DRAWN.color(theme), sight)
        assert min(np.linalg.norm(drawn - other) for other in seen) >= LEAST
    for style in RUN_STYLES:
        made = style.pen(theme)
        assert (made.color(), made.widthF()) == (QColor(style.color(theme)), WIDTH)
        lengths = [length * WIDTH for length in made.dashPattern()]
        assert lengths == (pytest.approx(style.dash) if style.dash else [])


def test_an_image_has_the_colours_of_the_shares() -> None:
    for theme in (LIGHT, DARK):
        shares = np.linspace(0, 1, LEVELS).reshape(16, 16)
        (image,) = level_images(shares[np.newaxis], theme)
        for place, (fill, _) in enumerate(diverging(theme)):
            assert image.pixelColor(place % 16, place // 16) == fill


def painted(theme: Theme, target: int, is_right: bool = True) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    paint_sign(painter, QPointF(30, 30), 20, target, theme, is_right=is_right)
    painter.end()
    return image


def test_target_0_is_a_circle_1_a_square_and_a_wrong_row_is_crossed(qtbot: QtBot) -> None:
    for theme in (LIGHT, DARK):
        circle, square = painted(theme, 0), painted(theme, 1)
        assert is_near(circle.pixelColor(30, 30), theme.minus)
        assert is_near(square.pixelColor(30, 30), theme.plus)
        assert is_near(circle.pixelColor(13, 13), "#808080")
        assert is_near(square.pixelColor(13, 13), "white")
        for target in (0, 1):
            assert is_near(painted(theme, target, is_right=False).pixelColor(30, 30), "white")
