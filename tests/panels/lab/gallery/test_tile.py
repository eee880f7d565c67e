"""One tile: its frame, its mark, and the surface within."""

import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.support.lab import snapshots_at, trained_seeds
from tests.support.screen import is_near
from xorviz.core.diagnosis.stuck_states import COIN_TOSS, ON_THE_FENCE
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.images import GalleryImages, Surface
from xorviz.panels.lab.gallery.layout import tiles_of
from xorviz.panels.lab.gallery.tile import paint_tile
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, color_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

BOTH_THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def first_surface(snapshot: LabSnapshot, theme: Theme = LIGHT) -> Surface:
    images = GalleryImages()
    images.apply_theme(theme)
    images.show_tiles(snapshot.plan.recipes[0], tiles_of(snapshot))
    surface = images.surface(0)
    assert surface is not None
    return surface


def painted(outcome: str, surface: Surface | None, side: int = 36, theme: Theme = LIGHT) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    hints = QPainter.RenderHint
    painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
    paint_tile(painter, QRectF(0, 0, side, side), outcome, surface, theme)
    painter.end()
    return image


def count(image: QImage, color: str) -> int:
    pixels = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return sum(is_near(image.pixelColor(QPoint(x, y)), color) for x, y in pixels)


@BOTH_THEMES
@pytest.mark.parametrize("outcome", [RIGHT, RIGHT_SO_FAR, ON_THE_FENCE, COIN_TOSS])
def test_the_frame_has_the_colour_of_the_outcome(
    qapp: QApplication, outcome: str, theme: Theme
) -> None:
    assert qapp
    image = painted(outcome, first_surface(trained_seeds(12), theme), theme=theme)
    for point in (QPoint(0, 18), QPoint(1, 18), QPoint(18, 0), QPoint(35, 10)):
        assert is_near(image.pixelColor(point), color_of(theme, outcome)), point


def test_a_network_that_is_not_right_yet_has_a_quiet_frame(qapp: QApplication) -> None:
    assert qapp
    image = painted(NOT_YET, first_surface(snapshots_at((5, 10))[1]))
    assert is_near(image.pixelColor(0, 18), LIGHT.hairline)


@BOTH_THEMES
@pytest.mark.parametrize(("side", "middle"), [(16, 12), (36, 29), (80, 71)])
def test_only_failures_have_a_mark(
    qapp: QApplication, side: int, middle: int, theme: Theme
) -> None:
    """Colour is not the only signal: the mark has a shape of its own."""
    assert qapp
    surface, at = first_surface(trained_seeds(12), theme), QPoint(middle, middle)
    marked, *plain = (
        painted(outcome, surface, side, theme) for outcome in (ON_THE_FENCE, RIGHT, RIGHT_SO_FAR)
    )
    assert is_near(marked.pixelColor(at), color_of(theme, ON_THE_FENCE))
    for image in plain:
        assert not is_near(image.pixelColor(at), color_of(theme, ON_THE_FENCE))
        assert not is_near(image.pixelColor(at), color_of(theme, RIGHT))


@BOTH_THEMES
def test_large_tiles_have_the_line_of_one_half_once_they_last(
    qapp: QApplication, theme: Theme
) -> None:
    assert qapp
    lasting = first_surface(trained_seeds(12), theme)
    assert count(painted(RIGHT, lasting, 80, theme), theme.text) > 20
    assert count(painted(RIGHT, lasting, 40, theme), theme.text) == 0
    live = first_surface(snapshots_at((1990, 2000))[1], theme)
    assert count(painted(RIGHT_SO_FAR, live, 80, theme), theme.text) == 0


def test_a_network_that_has_not_begun_is_an_empty_place(qapp: QApplication) -> None:
    assert qapp
    image = painted(NOT_YET, None)
    assert is_near(image.pixelColor(18, 18), LIGHT.hover)
