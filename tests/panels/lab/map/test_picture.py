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

from tests.panels.lab.map.test_look import SOME, cells
from tests.support.cases import some
from tests.support.screen import child, is_near, move_mouse, pixel, shown
from xorviz.core.settings import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.lab.results.map import Cell, MapCells, MapPlan
from xorviz.panels.lab.map.look import MapLook, map_colors
from xorviz.panels.lab.map.picture import Blocks, MapPicture, grid_plan
from xorviz.ui.draw.cell_grid import NONE, CellGrid
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

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
