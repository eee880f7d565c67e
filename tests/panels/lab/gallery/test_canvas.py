"""The gallery canvas: positions of networks, cache and export."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import RECIPE, trained_seeds
from tests.support.screen import is_near, shown, svg_of
from xorviz.core.analysis.surface import HIGH, LOW, output_at
from xorviz.core.network import weights_of
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.canvas import GalleryCanvas
from xorviz.panels.lab.gallery.card import Card
from xorviz.panels.lab.gallery.tile import tiles_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

END = trained_seeds(64)


def show(canvas: GalleryCanvas, snapshot: LabSnapshot, by_outcome: bool = True) -> None:
    canvas.show_tiles(snapshot.plan.recipes[0], tiles_of(snapshot, by_outcome))


@pytest.fixture
def canvas(qtbot: QtBot) -> GalleryCanvas:
    found = shown(qtbot, GalleryCanvas(), 420, 250)
    show(found, END)
    return found


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
@pytest.mark.parametrize("by_outcome", some([True, False], 1))
def test_each_tile_shows_its_network(canvas: GalleryCanvas, by_outcome: bool, theme: Theme) -> None:
    canvas.apply_theme(theme)
    show(canvas, END, by_outcome)
    image = canvas.grab().toImage()
    for index in range(64):
        weights = weights_of(END.shown[index], RECIPE)
        inside = canvas.rect_of(index).adjusted(2, 2, -2, -2)
        for x1, x2 in ((-0.3, -0.3), (-0.3, 1.3)):
            down = (HIGH - x2) / (HIGH - LOW) * inside.height()
            across = (x1 - LOW) / (HIGH - LOW) * inside.width()
            y = output_at(weights, RECIPE.activation, x1, x2)
            color = image.pixelColor((inside.topLeft() + QPointF(across, down)).toPoint())
            nearby = [diverging(theme)[level(2 * y - 1 + d, 1)][0].name() for d in (-0.1, 0, 0.1)]
            assert any(is_near(color, c, 40) for c in nearby), (index, x1, x2)


def test_unchanged_networks_are_painted_from_the_cache(canvas: GalleryCanvas) -> None:
    canvas.grab()
    kept = canvas._picture.pixmap
    assert kept is not None
    show(canvas, replace(END))
    assert canvas._picture.pixmap is kept
    show(canvas, END, by_outcome=False)
    assert canvas._picture.pixmap is not kept


def test_an_svg_export_has_images_and_text(canvas: GalleryCanvas) -> None:
    text = svg_of(canvas)
    assert text.count("<image") == 64
    canvas.show_card(Card.of(END, tiles_of(END)[9]))
    text = svg_of(canvas)
    assert text.count("<image") == 65
    assert ">seed 9</text>" in text


@pytest.mark.parametrize(("width", "height"), some([(324, 178), (420, 248), (884, 650)], 1))
def test_all_tiles_are_visible_and_use_the_space(
    canvas: GalleryCanvas, width: int, height: int
) -> None:
    canvas.resize(width, height)
    rects = [canvas.rect_of(place) for place in range(64)]
    assert all(canvas.rect().toRectF().contains(rect) for rect in rects)
    assert 64 * rects[0].width() ** 2 > 0.5 * width * height
