"""A gallery tile: frame, mark, surface and line."""

import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.support.cases import some
from tests.support.lab import snapshots_at, trained_seeds
from tests.support.screen import is_near, near
from xorviz.core.diagnosis.stuck_states import NO_ROW, THREE_ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.tile import Surface, paint_tile, surfaces_of, tiles_of
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, color_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

DONE = trained_seeds(12)
THEMES = pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)


def first_surface(snapshot: LabSnapshot, theme: Theme = LIGHT) -> Surface:
    tiles = tiles_of(snapshot)
    return surfaces_of(snapshot.plan.recipes[0], tiles, len(tiles), theme)[0]


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
    return int(near(image, color).sum())


@THEMES
@pytest.mark.parametrize("outcome", some([THREE_ROWS, RIGHT, RIGHT_SO_FAR, NO_ROW], 1))
def test_the_frame_has_the_colour_of_the_outcome(
    qapp: QApplication, outcome: str, theme: Theme
) -> None:
    assert qapp
    image = painted(outcome, first_surface(DONE, theme), theme=theme)
    for point in (QPoint(0, 18), QPoint(1, 18), QPoint(18, 0), QPoint(35, 10)):
        assert is_near(image.pixelColor(point), color_of(theme, outcome)), point


def test_a_network_not_right_yet_has_a_hairline_frame(qapp: QApplication) -> None:
    assert qapp
    image = painted(NOT_YET, first_surface(snapshots_at((5, 10))[1]))
    assert is_near(image.pixelColor(0, 18), LIGHT.hairline)


@THEMES
@pytest.mark.parametrize(("side", "middle"), some([(36, 29), (16, 12), (80, 71)], 1))
def test_only_failures_have_a_mark(
    qapp: QApplication, side: int, middle: int, theme: Theme
) -> None:
    assert qapp
    surface, at = first_surface(DONE, theme), QPoint(middle, middle)
    marked, *plain = (
        painted(outcome, surface, side, theme) for outcome in (THREE_ROWS, RIGHT, RIGHT_SO_FAR)
    )
    assert is_near(marked.pixelColor(at), color_of(theme, THREE_ROWS))
    for image in plain:
        assert not is_near(image.pixelColor(at), color_of(theme, THREE_ROWS))
        assert not is_near(image.pixelColor(at), color_of(theme, RIGHT))


@THEMES
def test_large_tiles_of_done_networks_have_a_line_at_one_half(
    qapp: QApplication, theme: Theme
) -> None:
    assert qapp
    lasting = first_surface(DONE, theme)
    assert count(painted(RIGHT, lasting, 80, theme), theme.text) > 20
    assert count(painted(RIGHT, lasting, 40, theme), theme.text) == 0
    live = first_surface(snapshots_at((1990, 2000))[1], theme)
    assert count(painted(RIGHT_SO_FAR, live, 80, theme), theme.text) == 0


def test_a_network_at_step_0_has_an_empty_tile(qapp: QApplication) -> None:
    assert qapp
    image = painted(NOT_YET, None)
    assert is_near(image.pixelColor(18, 18), LIGHT.hover)
