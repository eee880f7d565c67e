"""The picture of a map: colours and numbers of cells, and where two blocks are placed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near, shown
from xorviz.core.settings import RunConfig
from xorviz.lab.results.map import MapCells, MapPlan
from xorviz.panels.lab.map_picture import (
    Blocks,
    MapLook,
    MapPicture,
    compact,
    grid_plan,
    map_colors,
)
from xorviz.ui.draw.cell_grid import NONE
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, contrast, luminance

PLAN = MapPlan(RunConfig(), seeds=10, across_values=(0.1, 0.5, 1), up_values=(2, 3))
TWO = replace(MapPlan(RunConfig(), seeds=3), with_biases=True)
SIDE_BY_SIDE, STACKED, SMALL = (980, 330), (420, 600), (416, 190)


def cells(
    done: list[int], right: list[int], medians: list[float], learning: tuple[int, ...] = (0,) * 6
) -> MapCells:
    columns = np.array(done), np.array(right), np.array(learning), np.array(medians)
    return MapCells(PLAN, *(column.reshape(PLAN.shape) for column in columns))


NAN = np.nan
SOME = cells([10, 10, 10, 4, 4, 0], [0, 5, 10, 1, 0, 0], [NAN, 640, 10, 4000, NAN, NAN])


def test_rates_are_percent_on_a_fixed_scale_with_a_plus_where_they_may_rise() -> None:
    look = MapLook.of_shares(SOME)
    assert tuple(look.texts.flat) == ("0", "50", "100", "25", "0", "")
    assert look.levels.ravel().tolist() == [0, 128, LEVELS - 1, 64, 0, NONE]
    assert (look.ends, look.note) == (("0", "100 %"), "")
    # From half a percent on: less would not change the number.
    learning = cells([1000] * 6, [0, 999, 1000, 40, 0, 0], [NAN] * 6, (900, 1, 0, 5, 4, 0))
    look = MapLook.of_shares(learning)
    assert tuple(look.texts.flat) == ("0+", "99", "100", "4+", "0", "0")
    assert "still learning" in look.note


def test_medians_have_a_logarithmic_scale_of_the_plan() -> None:
    look = MapLook.of_medians(SOME)
    assert tuple(look.texts.flat) == ("–", "640", "10", "4.0k", "–", "")
    half = round((LEVELS - 1) * np.log(4000 / 640) / np.log(400))
    assert look.levels.ravel().tolist() == [0, half, LEVELS - 1, 0, 0, NONE]
    assert look.ends == ("4\u202f000", "10 steps")
    plan = MapPlan(RunConfig(), seeds=1, steps=1, across_values=(1,), up_values=(2,))
    one = np.ones(plan.shape, dtype=np.int64)
    look = MapLook.of_medians(MapCells(plan, one, one, 0 * one, one.astype(float)))
    assert tuple(look.texts.flat) == ("1",)
    assert 0 <= look.levels.item() < LEVELS
    steps = 7, 640.5, 999, 999.6, 1300, 13_260, 999_499, 999_600, 2e6, 1e9
    assert " ".join(map(compact, steps)) == "7 640 999 1.0k 1.3k 13k 999k 1.0M 2.0M 1.0G"


def test_colours_are_monotonic_and_numbers_legible() -> None:
    for theme in (LIGHT, DARK):
        colors = map_colors(theme)
        assert len(colors) == LEVELS
        assert colors[-1][0].name().upper() == theme.accent
        assert all(contrast(fill.name(), ink.name()) >= 4.5 for fill, ink in colors)
        lights = [luminance(fill.name()) for fill, _ in colors]
        assert lights in (sorted(lights), sorted(lights, reverse=True))


@pytest.mark.parametrize("is_stacked", [False, True])
def test_every_cell_of_two_blocks_has_its_place(is_stacked: bool) -> None:
    way = Blocks(TWO, (0, 1), is_stacked)
    everywhere = list(np.ndindex(TWO.shape))
    arranged = way.arranged(np.arange(len(everywhere)).reshape(TWO.shape))
    assert arranged.shape == ((16, 12) if is_stacked else (8, 24))
    for number, cell in enumerate(everywhere):
        place = way.place(cell)
        assert place is not None
        assert (way.cell(place), arranged[place]) == (cell, number)
    names = grid_plan(way, "99+")
    assert (names.rows if is_stacked else names.columns).blocks == ("biases off", "biases on")
    assert Blocks(TWO, (1,)).place((0, 1, 1)) is None
    assert Blocks(TWO, (1,)).cell((3, 4)) == (1, 3, 4)


@pytest.fixture
def picture(qtbot: QtBot) -> Iterator[MapPicture]:
    picture = MapPicture()
    shown(qtbot, picture, 400, 260).show_look(MapLook.of_shares(SOME))
    yield picture
    picture.hide()


def two(picture: MapPicture, size: tuple[int, int] = SMALL) -> Blocks:
    """Show a map of two blocks in a size, and return their arrangement."""
    picture.resize(*size)
    three = np.full(TWO.shape, 3)
    picture.show_look(
        MapLook.of_shares(MapCells(TWO, three, three, 0 * three, three.astype(float)))
    )
    QApplication.processEvents()
    assert picture.shown is not None
    return picture.shown


def test_cells_have_the_colour_of_their_rate_and_tentative_ones_a_border(
    picture: MapPicture,
) -> None:
    levels, image = MapLook.of_shares(SOME).levels, picture.grid.grab().toImage()
    for cell in ((0, row, column) for row, column in product(range(2), range(3))):
        corner = picture.grid.rect_of(cell[1:]).topLeft().toPoint()
        fill = LIGHT.panel if levels[cell] == NONE else map_colors(LIGHT)[levels[cell]][0]
        assert is_near(image.pixelColor(corner + QPoint(6, 6)), fill)
        border = fill if SOME.is_final[cell] else LIGHT.hairline
        assert is_near(image.pixelColor(corner), border)


def test_two_blocks_are_arranged_for_the_largest_numbers_and_marks_stay_at_their_cells(
    picture: MapPicture,
) -> None:
    picture.mark((1, 0, 0))
    picture.show_base((1, 0, 1))
    for size, is_stacked, marked in (
        (SIDE_BY_SIDE, False, (0, 12)), (STACKED, True, (8, 0)), (SMALL, False, (0, 12)),
    ):  # fmt: skip
        shown = two(picture, size)
        assert (shown.numbers, shown.is_stacked) == ((0, 1), is_stacked)
        assert picture.grid.marked == marked
        assert picture.grid.start == (marked[0], marked[1] + 1)
    picture.show_look(MapLook.of_shares(SOME))  # it has no such cell
    assert (picture.grid.marked, picture.grid.start) == (None, (0, 0))


def test_where_two_have_no_room_for_numbers_one_can_be_chosen(picture: MapPicture) -> None:
    tabs = picture.blocks
    picture.show_alone(True)
    assert two(picture, SIDE_BY_SIDE).numbers == (0, 1)
    assert not tabs.isVisible()
    assert two(picture).numbers == (0,)
    assert picture.grid.frame is not None
    assert picture.grid.frame.digits
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert two(picture).numbers == (1,)
    assert picture.center_of((0, 1, 1)) is None
    picture.show_alone(False)
    assert two(picture).numbers == (0, 1)
    picture.show_alone(True)
    picture.show_look(MapLook.of_shares(SOME))
    assert tabs.isHidden()
    assert two(picture).numbers == (1,)
    assert not tabs.isHidden()
    picture.show_message("None")
    assert tabs.isHidden()
    assert (picture.neighbour(1, 0), picture.center_of((0, 0, 0))) == (None, None)
