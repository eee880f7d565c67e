"""The picture of a map: cells, arrangements of two blocks, marks and export."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, is_near, move_mouse, pixel, shown
from xorviz.core.settings import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.lab.results.map import Cell, MapCells, MapPlan
from xorviz.panels.lab.map_picture import (
    Blocks,
    MapLook,
    MapPicture,
    compact,
    grid_plan,
    map_colors,
)
from xorviz.ui.draw.cell_grid import NONE, CellGrid
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, Theme, contrast, luminance

PLAN = MapPlan(RunConfig(), seeds=10, across_values=(0.1, 0.5, 1), up_values=(2, 3))


def cells(
    done: list[int], right: list[int], medians: list[float], learning: tuple[int, ...] = (0,) * 6
) -> MapCells:
    columns = np.array(done), np.array(right), np.array(learning), np.array(medians)
    return MapCells(PLAN, *(column.reshape(PLAN.shape) for column in columns))


SOME = cells([10, 10, 10, 4, 4, 0], [0, 5, 10, 1, 0, 0], [np.nan, 640, 10, 4000, np.nan, np.nan])


def test_rates_are_percent_on_a_fixed_scale() -> None:
    look = MapLook.of_shares(SOME)
    assert tuple(look.texts.flat) == ("0", "50", "100", "25", "0", "")
    assert look.levels.ravel().tolist() == [0, 128, LEVELS - 1, 64, 0, NONE]
    assert look.ends == ("0", "100 %")


def test_a_share_that_would_rise_with_more_steps_has_a_plus() -> None:
    """From half a percent on: less would not change the number."""
    counts = [1000] * 6, [0, 999, 1000, 40, 0, 0], [np.nan] * 6
    look = MapLook.of_shares(cells(*counts, (900, 1, 0, 5, 4, 0)))
    assert tuple(look.texts.flat) == ("0+", "99", "100", "4+", "0", "0")
    assert look.widest == "99+"
    assert look.note == "+ some still learning"
    assert MapLook.of_shares(SOME).note == ""


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


@pytest.mark.parametrize(
    ("steps", "text"),
    some([(7, "7"), (640.5, "640"), (999, "999"), (999.6, "1.0k"), (1300, "1.3k"), (13_260, "13k"),
     (999_499, "999k"), (999_600, "1.0M"), (2e6, "2.0M"), (1e9, "1.0G")], 3),
)  # fmt: skip
def test_compact_numbers_of_steps(steps: float, text: str) -> None:
    assert compact(steps) == text


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_colours_are_monotonic_and_numbers_legible(theme: Theme) -> None:
    colors = map_colors(theme)
    assert len(colors) == LEVELS
    assert colors[-1][0].name().upper() == theme.accent
    assert all(contrast(fill.name(), ink.name()) >= 4.5 for fill, ink in colors)
    lights = [luminance(fill.name()) for fill, _ in colors]
    assert lights in (sorted(lights), sorted(lights, reverse=True))


ONE = MapPlan(RunConfig(), seeds=3)
TWO = replace(ONE, with_biases=True)
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def picture(qtbot: QtBot) -> Iterator[MapPicture]:
    picture = MapPicture()
    shown(qtbot, picture, 400, 260).show_look(MapLook.of_shares(SOME))
    yield picture
    picture.hide()


def grid(picture: MapPicture) -> CellGrid:
    return child(picture, CellGrid)


def centre(picture: MapPicture, cell: Cell) -> QPoint:
    at = picture.center_of(cell)
    assert at is not None
    return grid(picture).mapFrom(picture, at.toPoint())


def two(picture: MapPicture, width: int = 416, height: int = 190) -> Blocks:
    """Show a map of two blocks in a size, and return their arrangement."""
    picture.resize(width, height)
    three = np.full(TWO.shape, 3)
    picture.show_look(
        MapLook.of_shares(MapCells(TWO, three, three, 0 * three, three.astype(float)))
    )
    QApplication.processEvents()
    assert picture.shown is not None
    return picture.shown


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_cells_have_the_colour_of_their_rate_and_tentative_ones_a_border(
    picture: MapPicture, theme: Theme
) -> None:
    grid(picture).apply_theme(theme)
    look = MapLook.of_shares(SOME)
    for cell in ((0, row, column) for row, column in product(range(2), range(3))):
        rect = grid(picture).rect_of(cell[1:])
        level = int(look.levels[cell])
        expected = QColor(theme.panel) if level == NONE else map_colors(theme)[level][0]
        assert is_near(pixel(grid(picture), rect.topLeft().toPoint() + QPoint(6, 6)), expected)
        border = expected if SOME.is_final[cell] else QColor(theme.hairline)
        assert is_near(pixel(grid(picture), rect.topLeft().toPoint()), border)


@pytest.mark.parametrize("is_stacked", [False, True])
def test_every_cell_of_two_blocks_has_its_place(is_stacked: bool) -> None:
    way = Blocks(TWO, (0, 1), is_stacked)
    everywhere = list(np.ndindex(TWO.shape))
    arranged = way.arranged(np.arange(len(everywhere)).reshape(TWO.shape))
    assert arranged.shape == ((16, 12) if is_stacked else (8, 24))
    for number, cell in enumerate(everywhere):
        place = way.place(cell)
        assert place is not None
        assert way.cell(place) == cell
        assert arranged[place] == number
    heads = grid_plan(way, "99+").rows if is_stacked else grid_plan(way, "99+").columns
    assert heads.blocks == ("biases off", "biases on")
    assert Blocks(TWO, (1,)).place((0, 1, 1)) is None
    assert Blocks(TWO, (1,)).cell((3, 4)) == (1, 3, 4)


def test_two_blocks_are_arranged_for_the_largest_numbers(picture: MapPicture) -> None:
    for width, height, is_stacked in ((980, 330, False), (420, 600, True), (416, 190, False)):
        shown = two(picture, width, height)
        assert (shown.numbers, shown.is_stacked) == ((0, 1), is_stacked)


def test_where_two_have_no_room_for_numbers_one_can_be_chosen(picture: MapPicture) -> None:
    tabs = child(picture, QTabBar)
    picture.show_alone(True)
    assert two(picture, 980, 330).numbers == (0, 1)
    assert not tabs.isVisible()
    assert two(picture).numbers == (0,)
    frame = grid(picture).frame
    assert frame is not None
    assert frame.digits
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert two(picture).numbers == (1,)
    picture.show_alone(False)
    assert two(picture).numbers == (0, 1)
    picture.show_alone(True)
    picture.show_look(MapLook.of_shares(SOME))
    assert two(picture).numbers == (1,)
    assert not tabs.isHidden()


def test_the_mouse_points_and_clicks(picture: MapPicture) -> None:
    pointed: list[Cell | None] = []
    clicks: list[tuple[Cell | None, bool]] = []
    picture.pointed_at.connect(pointed.append)
    picture.clicked.connect(lambda cell, is_shift: clicks.append((cell, is_shift)))
    two(picture)
    for at in (centre(picture, (1, 1, 2)), QPoint(1, 1)):
        move_mouse(grid(picture), at)
    assert pointed == [(1, 1, 2), None]
    QTest.mouseClick(grid(picture), Qt.MouseButton.LeftButton, SHIFT, centre(picture, (0, 1, 2)))
    assert clicks == [((0, 1, 2), True)]


@pytest.mark.parametrize(
    ("width", "height", "walk", "expected"),
    some(
        [(980, 330, (1, 0), [(0, 3, 11), (1, 3, 0)]), (420, 600, (0, 1), [(0, 7, 4), (1, 0, 4)])], 1
    ),
)
def test_keys_go_on_in_the_other_block(
    picture: MapPicture, width: int, height: int, walk: tuple[int, int], expected: list[Cell]
) -> None:
    two(picture, width, height)
    picture.show_base(expected[0])
    seen = []
    for _ in range(2):
        picture.mark(picture.neighbour(*walk))
        seen.append(picture.neighbour(0, 0))
    assert seen == expected


def test_marks_stay_at_their_cells_in_another_size(picture: MapPicture) -> None:
    two(picture, 980, 330)
    picture.mark((1, 0, 0))
    assert picture.shown is not None
    assert grid(picture).marked == (0, 12)
    two(picture, 420, 600)
    assert grid(picture).marked == (8, 0)
    plain = cells([10] * 6, [10] * 6, [5.0] * 6)
    picture.show_look(MapLook.of_shares(plain))  # it has no such cell
    assert grid(picture).marked is None


def test_a_message_replaces_the_map(picture: MapPicture) -> None:
    picture.show_message("Nothing yet")
    said = picture.grab().toImage()
    picture.show_message("")
    assert picture.grab().toImage() != said
    assert picture.neighbour(1, 0) is None
    assert picture.center_of((0, 0, 0)) is None


def test_it_can_be_exported_as_a_vector_graphic(picture: MapPicture) -> None:
    svg = svg_bytes(picture).decode()
    assert "<image" not in svg
    assert all(f">{text}<" in svg for text in ("50", "rate", "width", "0.5", "100 %"))
