"""Images of the gallery: colours, cache and lines."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, trained_seeds
from tests.support.screen import is_near
from xorviz.core.analysis.surface import HIGH, LOW, middles, output_at
from xorviz.core.network import weights_of
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.canvas import GalleryCanvas
from xorviz.panels.lab.gallery.tile import tiles_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

DONE = trained_seeds(12)


@pytest.fixture
def canvas(qtbot: QtBot) -> GalleryCanvas:
    canvas = GalleryCanvas()
    qtbot.addWidget(canvas)
    return canvas


def show(canvas: GalleryCanvas, snapshot: LabSnapshot) -> None:
    canvas.show_tiles(snapshot.plan.recipes[0], tiles_of(snapshot))


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_a_pixel_has_the_colour_of_the_output(canvas: GalleryCanvas, theme: Theme) -> None:
    snapshot = DONE
    canvas.apply_theme(theme)
    show(canvas, snapshot)
    for place in range(len(snapshot.shown)):
        image, weights = canvas.surfaces[place].image, weights_of(snapshot.shown[place], RECIPE)
        n, at = image.width(), middles(image.width())
        for column, row in ((0, 0), (n - 1, 0), (3, n - 2), (n // 2, 5)):
            y = output_at(weights, RECIPE.activation, at[column], at[n - 1 - row])
            wanted = diverging(theme)[level(2 * y - 1, 1)][0].name()
            assert is_near(image.pixelColor(column, row), wanted), (place, column, row)


def test_unchanged_networks_are_not_computed_again(canvas: GalleryCanvas) -> None:
    first, second = snapshots_at((10, 20, 30))[1:3]
    show(canvas, first)
    kept = canvas.surfaces[3]
    show(canvas, replace(first))
    assert canvas.surfaces[3] is kept
    mixed = replace(second, shown=(*first.shown[:6], *second.shown[6:]))
    show(canvas, mixed)
    assert canvas.surfaces[3] is kept
    assert canvas.surfaces[7].parameters is second.shown[7]


def test_surfaces_of_done_networks_are_finer(canvas: GalleryCanvas) -> None:
    *_, going, end = snapshots_at((10, 20), range(64))
    same = replace(going, done=end.done, outputs=end.outputs, shown=going.shown)
    show(canvas, going)
    live = canvas.surfaces[0]
    assert not live.is_lasting
    show(canvas, same)
    assert canvas.surfaces[0].is_lasting
    assert len(canvas.surfaces[0].z) > len(live.z) >= 24


def test_networks_at_step_0_have_no_surface(canvas: GalleryCanvas) -> None:
    before, *_, end = snapshots_at((10,))
    show(canvas, before)
    assert not canvas.surfaces
    show(canvas, end)
    show(canvas, before)
    assert not canvas.surfaces


def test_another_theme_recolours_cached_surfaces(canvas: GalleryCanvas) -> None:
    snapshot = DONE
    show(canvas, snapshot)
    before, z = canvas.surfaces[0].image, canvas.surfaces[0].z
    canvas.apply_theme(DARK)
    assert canvas.surfaces[0].z is z
    level_there = diverging(DARK)[level(2 / (1 + np.exp(-float(z[0, 0]))) - 1, 1)][0].name()
    assert is_near(canvas.surfaces[0].image.pixelColor(0, 0), level_there)
    assert canvas.surfaces[0].image != before


def test_lines_are_at_output_one_half(canvas: GalleryCanvas) -> None:
    snapshot = DONE
    show(canvas, snapshot)
    line = canvas.surfaces[0].line
    assert line
    weights = weights_of(snapshot.shown[0], RECIPE)
    for part in line:
        for point in part.toList():
            x1 = LOW + point.x() * (HIGH - LOW)
            x2 = HIGH - point.y() * (HIGH - LOW)
            around = [
                output_at(weights, RECIPE.activation, x1 + dx, x2 + dy)
                for dx in (-0.05, 0, 0.05)
                for dy in (-0.05, 0, 0.05)
            ]
            assert min(around) <= 0.5 <= max(around)
