"""The grid of numbers: sizes, scrolling, names, colours, marks, mouse and keys."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, heard, is_near, move_mouse, near, shown, turn_wheel
from xorviz.files.exports.pictures import svg_bytes
from xorviz.ui.draw.cell_grid import NONE, CellGrid, Place
from xorviz.ui.draw.grid_layout import GridLayout, GridPlan, Heads
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

RED, BLUE, DARK_BLUE = (QColor(color) for color in ("#C02020", "#2020C0", "#202060"))
SQUARE = GridPlan(Heads(("a", "b")), Heads(("A", "B")), "−0.00")
WITH_GAP = np.array([[1, NONE], [1, 1]])
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


def colors(theme: Theme) -> list[tuple[QColor, QColor]]:
    blue = BLUE if theme is LIGHT else DARK_BLUE
    return [(RED, QColor("white")), (blue, QColor("yellow"))]


def plan(rows: int, columns: int) -> GridPlan:
    names = tuple(f"h{n + 1}" for n in range(columns))
    return replace(SQUARE, rows=Heads(tuple("abcdefghij"[:rows])), columns=Heads(names))


def made(
    qtbot: QtBot, shape: GridPlan, width: int = 300, height: int = 160, text: str = "−0.52"
) -> CellGrid:
    """Return a grid of blue cells, with the first one red."""
    grid = shown(qtbot, CellGrid(QSize(300, 160), QSize(60, 40), colors), width, height)
    levels = np.ones((len(shape.rows.names), len(shape.columns.names)), int)
    levels[0, 0] = 0
    grid.show_cells(shape, levels, lambda *_: text)
    return grid


def everywhere(grid: CellGrid) -> list[Place]:
    return list(product(range(grid.shape[0]), range(grid.shape[1])))


def inside(grid: CellGrid, place: Place) -> QRect:
    return grid.rect_of(place).toRect().adjusted(2, 2, -2, -2)


def ink(grid: CellGrid, place: Place) -> tuple[int, int]:
    """Return the width and height in pixels of what is written into a blue cell."""
    written = ~near(grid.grab(inside(grid, place)).toImage(), BLUE)
    wide, high = (np.flatnonzero(written.any(axis=axis)) for axis in (0, 1))
    return (int(np.ptp(wide)), int(np.ptp(high))) if written.any() else (0, 0)


def picture(grid: CellGrid) -> QImage:
    return grid.grab().toImage()


def bars(grid: CellGrid) -> list[Qt.Orientation]:
    """Return the directions in which the grid scrolls."""
    return [bar.orientation() for bar in grid.findChildren(QScrollBar) if bar.isVisible()]


def texts(grid: CellGrid) -> list[str]:
    """Return all that is written, in order."""
    parts = svg_bytes(grid).decode().split("</text>")[:-1]
    return [part.rpartition(">")[2] for part in parts]


def test_a_number_has_room_above_and_below_or_is_left_out(qtbot: QtBot) -> None:
    written = {}
    for height in range(100, 200, 4):
        grid = made(qtbot, plan(8, 3), height=height)
        written[grid.rect_of((1, 1)).height()] = ink(grid, (1, 1))[1]
    assert all(high <= cell - 4 for cell, high in written.items())
    assert min(written.values()) == 0 < max(written.values())


@pytest.mark.parametrize("is_upright", [False, True])
@pytest.mark.parametrize("missing", range(-2, 3))
def test_it_takes_any_size_also_without_room_for_any_cell(
    qtbot: QtBot, missing: int, is_upright: bool
) -> None:
    shape = replace(plan(8, 3), is_upright=is_upright)
    grid, ground = made(qtbot, shape), shown(qtbot, QWidget(), 300, 160)
    grid.setParent(ground)
    grid.setMinimumSize(0, 0)
    grid.show()
    assert grid.frame is not None
    around = grid.height() - round(grid.frame.down.length)
    for size in (QSize(300, max(0, around - missing)), QSize(0, 160), QSize(3, 3)):
        grid.resize(size)
        assert not ground.grab().isNull()
        assert grid.size() == size


def test_numbers_lie_then_shrink_then_turn_then_go(qtbot: QtBot) -> None:
    grids = [made(qtbot, plan(3, columns)) for columns in (3, 8, 22, 60)]
    assert [bars(grid) for grid in grids] == [[]] * 4
    lying, smaller, turned, gone = (ink(grid, (1, 1)) for grid in grids)
    assert lying[0] > 2 * lying[1]
    assert smaller[0] > 2 * smaller[1]
    assert smaller[0] < lying[0]
    assert turned[1] > 2 * turned[0] > 0
    assert gone == (0, 0)
    assert texts(made(qtbot, plan(3, 3))).count("−0.52") == 9
    assert "<image" not in svg_bytes(grids[3]).decode(), "a drawing has real cells"


@pytest.mark.parametrize(
    ("rows", "columns", "height", "sides"),
    [
        (3, 18, 160, []),
        (3, 8, 90, [ACROSS]),  # turned numbers would hide a row
        (9, 3, 70, [DOWN]),
        (10, 40, 70, [ACROSS, DOWN]),
    ],
)
def test_where_no_number_fits_it_scrolls_by_wheel_and_keys(
    qtbot: QtBot, rows: int, columns: int, height: int, sides: list[Qt.Orientation]
) -> None:
    grid = made(qtbot, plan(rows, columns), 240, height)
    assert not turn_wheel(grid)
    grid.show_scrolled(True)
    qtbot.wait(0)
    assert bars(grid) == sides
    assert max(ink(grid, (0, 1))) > 10
    before = grid.rect_of((0, 0))
    assert turn_wheel(grid, -2) == bool(sides)
    moved = grid.rect_of((0, 0)).topLeft() - before.topLeft()
    assert (moved.x() < 0, moved.y() < 0) == (sides == [ACROSS], DOWN in sides)
    if sides:
        names = QRect(0, 0, int(before.left()) - 2, height)
        assert not near(grid.grab(names).toImage(), BLUE).any(), "cells cover no names"
        assert grid.spot_at(QPointF(before.left() - 9, before.center().y())) is None
        assert turn_wheel(grid, 2)
        assert grid.rect_of((0, 0)) == before
    for place in ((rows - 1, columns - 1), (0, 0)):
        grid.start = place
        grid.mark(None)
        assert grid.neighbour(1, 0) == place
        assert grid.spot_at(grid.rect_of(place).center()) == place, "it is in sight"
    for bar in (bar for bar in grid.findChildren(QScrollBar) if bar.isVisible()):
        assert grid.frame is not None
        assert not bar.geometry().toRectF().intersects(grid.frame.area)
    grid.show_scrolled(False)
    assert bars(grid) == []


def test_cells_have_their_colour_and_a_tentative_one_has_a_border(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    assert near(grid.grab(inside(grid, (1, 1))).toImage(), "yellow", 60).any()
    grid.show_cells(SQUARE, np.ones((2, 2), int), lambda *_: "−123456.78901" * 3)
    assert ink(grid, (1, 1)) == (0, 0), "a number that would be cut off is not written"
    tentative = np.array([[False, True], [False, True]])
    for theme, blue in ((LIGHT, BLUE), (DARK, DARK_BLUE)):
        grid.apply_theme(theme)
        grid.show_cells(SQUARE, np.array([[0, 1], [0, NONE]]), lambda *_: "", tentative)
        for place, away, color in (
            ((0, 0), 0, RED),
            ((0, 1), 0, theme.hairline),
            ((0, 1), 3, blue),
            ((1, 1), 3, theme.panel),
        ):
            at = grid.rect_of(place).topLeft().toPoint() + QPoint(away, away)
            assert is_near(picture(grid).pixelColor(at), QColor(color))
    assert [grid.has(place) for place in ((1, 1), (2, 0), (0, -1), None)] == [True] + [False] * 3


def test_only_cells_are_pointed_at_clicked_and_walked_to(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    grid.show_cells(SQUARE, WITH_GAP, lambda *_: "")
    pointed: list[object] = heard(grid.pointed_at)
    twice: list[object] = heard(grid.clicked_twice)
    for place in everywhere(grid):
        move_mouse(grid, grid.rect_of(place).center())
    move_mouse(grid, QPoint(2, 2))
    assert pointed == [(0, 0), None, (1, 0), (1, 1), None]
    corner = grid.rect_of((1, 0)).bottomRight()
    assert grid.spot_at(corner) == (1, 0), "with the line after it"
    QTest.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of((1, 0)).center().toPoint())
    assert twice == [(1, 0)]
    seen = []
    for step in ((1, 0), (1, 0), (0, 1), (1, 0), (0, -1), (1, 0), (-1, 0)):
        grid.mark(grid.neighbour(*step))
        seen.append(grid.marked)
    assert seen == [(0, 0), (0, 0), (1, 0), (1, 1), (1, 1), (1, 1), (1, 0)]
    grid.mark((7, 7))  # of a larger grid
    assert grid.neighbour(1, 0) == (0, 0)
    grid.show_message("Nothing to see yet")
    assert (grid.shape, grid.neighbour(1, 0), grid.spot_at(QPointF(90, 90))) == ((0, 0), None, None)
    assert texts(grid) == ["Nothing to see yet"]


def test_what_is_marked_outlined_or_selected_is_framed_block_by_block(qtbot: QtBot) -> None:
    shape = plan(4, 5)
    grid = made(qtbot, replace(shape, rows=replace(shape.rows, breaks=(3,))))
    plain = picture(grid)
    grid.outline((0, 1))
    outlined = picture(grid)
    edge = grid.rect_of((0, 1)).topLeft().toPoint() + QPoint(9, 1)
    assert is_near(outlined.pixelColor(edge), LIGHT.text)
    grid.mark((1, 1))
    assert picture(grid) != outlined
    grid.mark((5, 5))
    grid.outline(None)
    assert picture(grid) == plain

    def framed(place: Place) -> bool:
        """Tell whether a frame's left or top edge is at a cell."""
        rect, seen = grid.rect_of(place), picture(grid)
        left = QPoint(round(rect.left()) - 1, round(rect.center().y()))
        top = QPoint(round(rect.center().x()), round(rect.top()) - 1)
        return any(is_near(seen.pixelColor(edge), LIGHT.accent, 40) for edge in (left, top))

    grid.select(None, 2)
    expected = {(row, column) for row in range(4) for column in (2, 3)}  # its left and right edge
    assert {place for place in everywhere(grid) if framed(place)} == expected
    grid.select(1, None)
    assert framed((1, 4))
    grid.select(9, 9)
    assert picture(grid) == plain


def test_names_are_left_out_where_they_do_not_fit(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(3, 24))
    grid.select(None, 5)
    named = [text for text in texts(grid) if text.startswith("h")]
    assert named == ["h1", "h6", "h9", "h13", "h17", "h21"], "the selected one always"
    low = made(qtbot, plan(10, 3), height=138)
    assert {*"abcdefghij"} < set(texts(low)), "smaller, but of each row"


def test_titles_and_names_of_blocks_are_written(qtbot: QtBot) -> None:
    heads = Heads(("1", "2", "1", "2"), (2,), ("off", "on"), title="up")
    rows = made(qtbot, replace(SQUARE, rows=heads, columns=Heads(("x", "y"), title="along")))
    assert {"off", "on", "up", "along", "x", "1"} < set(texts(rows))
    columns = made(qtbot, replace(SQUARE, columns=heads))
    assert {"off", "on", "up"} < set(texts(columns))
    assert columns.rect_of((0, 2)).left() - columns.rect_of((0, 1)).right() > 5
    assert child(columns, QScrollBar).isHidden()


def test_upright_numbers_scroll_one_way_or_not_at_all(qapp: QApplication) -> None:
    upright = replace(plan(4, 30), is_upright=True)
    scrolled, whole = (
        GridLayout.fitted(upright, QSize(300, height), qapp.font(), bar=10) for height in (200, 60)
    )
    assert scrolled.across.beyond > 0 == scrolled.down.beyond
    assert scrolled.digits > 0
    assert whole.across.beyond == whole.down.beyond == 0
