"""Images of the gallery: colours, cache and lines."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, trained_seeds
from tests.support.screen import is_near
from xorviz.core.analysis.surface import HIGH, LOW, middles, output_at
from xorviz.core.network import weights_of
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.tile import GalleryImages, Surface, tiles_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

DONE = trained_seeds(12)


@pytest.fixture
def images(qapp: QApplication) -> GalleryImages:
    return GalleryImages()


def show(images: GalleryImages, snapshot: LabSnapshot) -> bool:
    return images.show_tiles(snapshot.plan.recipes[0], tiles_of(snapshot))


def surface(images: GalleryImages, place: int) -> Surface:
    found = images.surface(place)
    assert found is not None
    return found


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_a_pixel_has_the_colour_of_the_output(images: GalleryImages, theme: Theme) -> None:
    snapshot = DONE
    images.apply_theme(theme)
    show(images, snapshot)
    for place in range(len(snapshot.shown)):
        image, weights = surface(images, place).image, weights_of(snapshot.shown[place], RECIPE)
        n, at = image.width(), middles(image.width())
        for column, row in ((0, 0), (n - 1, 0), (3, n - 2), (n // 2, 5)):
            y = output_at(weights, RECIPE.activation, at[column], at[n - 1 - row])
            wanted = diverging(theme)[level(2 * y - 1, 1)][0].name()
            assert is_near(image.pixelColor(column, row), wanted), (place, column, row)


def test_unchanged_networks_are_not_computed_again(images: GalleryImages) -> None:
    first, second = snapshots_at((10, 20, 30))[1:3]
    assert show(images, first)
    kept = surface(images, 3)
    assert not show(images, replace(first))
    assert surface(images, 3) is kept
    mixed = replace(second, shown=(*first.shown[:6], *second.shown[6:]))
    assert show(images, mixed)
    assert surface(images, 3) is kept
    assert surface(images, 7).parameters is second.shown[7]


def test_surfaces_of_done_networks_are_finer(images: GalleryImages) -> None:
    *_, going, end = snapshots_at((10, 20), range(64))
    same = replace(going, done=end.done, outputs=end.outputs, shown=going.shown)
    show(images, going)
    live = surface(images, 0)
    assert not live.is_lasting
    show(images, same)
    assert surface(images, 0).is_lasting
    assert len(surface(images, 0).z) > len(live.z) >= 24


def test_networks_at_step_0_have_no_surface(images: GalleryImages) -> None:
    before, *_, end = snapshots_at((10,))
    assert not show(images, before)
    assert images.surface(0) is None
    show(images, end)
    assert show(images, before)
    assert images.surface(0) is None


def test_another_recipe_clears_the_cache(images: GalleryImages) -> None:
    snapshot = DONE
    show(images, snapshot)
    before = surface(images, 0)
    tiles = tiles_of(snapshot)
    assert images.show_tiles(replace(RECIPE, activation="tanh"), tiles)
    assert surface(images, 0) is not before


def test_another_theme_recolours_cached_surfaces(images: GalleryImages) -> None:
    snapshot = DONE
    show(images, snapshot)
    before, z = surface(images, 0).image, surface(images, 0).z
    images.apply_theme(DARK)
    assert surface(images, 0).z is z
    level_there = diverging(DARK)[level(2 / (1 + np.exp(-float(z[0, 0]))) - 1, 1)][0].name()
    assert is_near(surface(images, 0).image.pixelColor(0, 0), level_there)
    assert surface(images, 0).image != before


def test_lines_are_at_output_one_half(images: GalleryImages) -> None:
    snapshot = DONE
    show(images, snapshot)
    line = surface(images, 0).line
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
