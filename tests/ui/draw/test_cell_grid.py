"""The grid of numbers: sizes, scrolling, names, colours, marks, mouse and keys."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollBar
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, is_near, move_mouse, near, shown, turn_wheel
from xorviz.files.exports.pictures import svg_bytes
from xorviz.ui.draw.cell_grid import NONE, CellGrid, Place
from xorviz.ui.draw.grid_layout import GridPlan, Heads
from xorviz.ui.theme.palette import LIGHT

RED, BLUE = QColor("#C02020"), QColor("#2020C0")
COLORS = [(RED, QColor("white")), (BLUE, QColor("yellow"))]
SQUARE = GridPlan(Heads(("a", "b")), Heads(("A", "B")), "−0.00", is_square=True)


def plan(rows: int, columns: int) -> GridPlan:
    names = tuple(f"h{n + 1}" for n in range(columns))
    return replace(SQUARE, rows=Heads(tuple("abcdefghij"[:rows])), columns=Heads(names))


def made(
    qtbot: QtBot, shape: GridPlan, width: int = 300, height: int = 160, text: str = "−0.52"
) -> CellGrid:
    """Return a grid of blue cells, with the first one red."""
    grid = CellGrid(QSize(300, 160), QSize(60, 40), lambda _: COLORS)
    show(shown(qtbot, grid, width, height), shape, text)
    return grid


def show(grid: CellGrid, shape: GridPlan, text: str = "−0.52") -> None:
    levels = np.ones((len(shape.rows.names), len(shape.columns.names)), int)
    levels[0, 0] = 0
    grid.show_cells(shape, levels, lambda *_: text)


def everywhere(grid: CellGrid) -> list[Place]:
    return list(product(range(grid.shape[0]), range(grid.shape[1])))


def inside(grid: CellGrid, place: Place) -> QRect:
    return grid.rect_of(place).toRect().adjusted(2, 2, -2, -2)


def ink(grid: CellGrid, place: Place) -> tuple[int, int]:
    """Return the width and height in pixels of what is written into a blue cell."""
    written = ~near(grid.grab(inside(grid, place)).toImage(), BLUE)
    wide, high = (np.flatnonzero(written.any(axis=axis)) for axis in (0, 1))
    return (int(np.ptp(wide)), int(np.ptp(high))) if written.any() else (0, 0)


def bars(grid: CellGrid) -> list[Qt.Orientation]:
    """Return the directions in which the grid scrolls."""
    return [bar.orientation() for bar in grid.findChildren(QScrollBar) if bar.isVisible()]


ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


def test_numbers_lie_then_shrink_then_turn_then_go(qtbot: QtBot) -> None:
    sizes = []
    for columns in (3, 8, 24, 60):
        grid = made(qtbot, plan(3, columns))
        sizes.append(ink(grid, (1, 1)))
        assert bars(grid) == []
    lying, smaller, turned, gone = sizes
    assert lying[0] > 2 * lying[1]
    assert smaller[0] > 2 * smaller[1]
    assert smaller[0] < lying[0]
    assert turned[1] > 2 * turned[0] > 0
    assert gone == (0, 0)


@pytest.mark.parametrize(
    ("rows", "columns", "height", "sides"),
    [
        (3, 18, 160, []),
        (3, 24, 90, [ACROSS]),  # turned numbers would scroll both ways
        (3, 8, 90, [ACROSS]),  # turned numbers would hide a row
        (3, 64, 160, [ACROSS]),
        (9, 3, 70, [DOWN]),
        (10, 40, 70, [ACROSS, DOWN]),
    ],
)
def test_where_no_number_fits_it_scrolls(
    qtbot: QtBot, rows: int, columns: int, height: int, sides: list[Qt.Orientation]
) -> None:
    grid = made(qtbot, plan(rows, columns), 240, height)
    grid.show_scrolled(True)
    qtbot.wait(0)
    assert bars(grid) == sides
    assert max(ink(grid, (0, 1))) > 10
    grid.show_scrolled(False)
    assert bars(grid) == []


def test_the_wheel_and_the_arrow_keys_scroll(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(3, 64))
    assert not turn_wheel(grid)
    grid.show_scrolled(True)
    before = grid.rect_of((0, 0))
    assert turn_wheel(grid, -2)
    assert grid.rect_of((0, 0)).left() < before.left()
    assert not grid.rect_of((0, 0)).intersects(
        grid.rect().toRectF().adjusted(before.left(), 0, 0, 0)
    )
    assert grid.spot_at(before.center()) not in {None, (0, 0)}
    for place in ((0, 63), (0, 0)):
        grid.start = place
        grid.mark(None)
        assert grid.neighbour(1, 0) == place
        assert grid.spot_at(grid.rect_of(place).center()) == place


def test_names_and_what_is_scrolled_away_do_not_mix(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(3, 64))
    grid.show_scrolled(True)
    left = int(grid.rect_of((0, 0)).left())
    child(grid, QScrollBar).setValue(18)  # a cell and a half
    assert not near(grid.grab(QRect(0, 0, left - 2, 130)).toImage(), BLUE).any()


@pytest.mark.parametrize(("width", "height"), some([(160, 96), (300, 150), (900, 700)], 1))
@pytest.mark.parametrize("columns", some([1, 3, 64], 1))
def test_all_cells_are_inside_and_apart(
    qtbot: QtBot, columns: int, width: int, height: int
) -> None:
    grid = made(qtbot, plan(4, columns), width, height)
    rects = [grid.rect_of(place) for place in everywhere(grid)]
    for i, rect in enumerate(rects):
        assert rect.width() >= 1 <= rect.height()
        assert grid.width() >= rect.right()
        assert not any(rect.intersects(other) for other in rects[i + 1 :])


def test_cells_without_numbers_are_square(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(10, 30), 600, 100)
    assert abs(grid.rect_of((3, 3)).width() - grid.rect_of((3, 3)).height()) <= 1


def test_cells_have_their_colour_and_a_tentative_one_has_a_border(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    levels = np.array([[0, 1], [0, NONE]])
    tentative = np.array([[False, True], [False, True]])
    grid.show_cells(SQUARE, levels, lambda *_: "", tentative)
    picture = grid.grab().toImage()

    def colour(place: Place, away: int) -> QColor:
        return picture.pixelColor(grid.rect_of(place).topLeft().toPoint() + QPoint(away, away))

    assert is_near(colour((0, 0), 0), RED)
    assert is_near(colour((0, 1), 0), LIGHT.hairline)
    assert is_near(colour((0, 1), 3), BLUE)
    assert is_near(colour((1, 1), 3), LIGHT.panel)
    assert grid.has((1, 1))


def test_a_number_has_the_ink_of_its_level_and_none_is_cut_off(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    assert near(grid.grab(inside(grid, (1, 1))).toImage(), "yellow", 60).any()
    grid.show_cells(SQUARE, np.ones((2, 2), int), lambda *_: "−123456.78901" * 3)
    assert ink(grid, (1, 1)) == (0, 0)


def test_only_cells_are_pointed_at_and_clicked(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    levels = np.ones((2, 2), int)
    levels[0, 1] = NONE
    grid.show_cells(SQUARE, levels, lambda *_: "")
    pointed: list[object] = []
    grid.pointed_at.connect(pointed.append)
    for place in everywhere(grid):
        move_mouse(grid, grid.rect_of(place).center())
    move_mouse(grid, QPoint(2, 2))
    assert pointed == [(0, 0), None, (1, 0), (1, 1), None]
    twice: list[object] = []
    grid.clicked_twice.connect(twice.append)
    QTest.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of((1, 0)).center().toPoint())
    assert twice == [(1, 0)]


def test_keys_walk_from_cell_to_cell(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    levels = np.ones((2, 2), int)
    levels[0, 1] = NONE
    grid.show_cells(SQUARE, levels, lambda *_: "")
    seen = []
    for step in ((1, 0), (1, 0), (0, 1), (1, 0), (0, -1), (1, 0), (-1, 0)):
        grid.mark(grid.neighbour(*step))
        seen.append(grid.marked)
    assert seen == [(0, 0), (0, 0), (1, 0), (1, 1), (1, 1), (1, 1), (1, 0)]
    grid.mark((7, 7))  # of a larger grid
    assert grid.neighbour(1, 0) == (0, 0)


def pictures(grid: CellGrid) -> QImage:
    return grid.grab().toImage()


def test_what_is_marked_and_outlined_is_framed(qtbot: QtBot) -> None:
    grid = made(qtbot, SQUARE)
    plain = pictures(grid)
    grid.outline((0, 1))
    outlined = pictures(grid)
    edge = grid.rect_of((0, 1)).topLeft().toPoint() + QPoint(9, 1)
    assert is_near(outlined.pixelColor(edge), LIGHT.text)
    grid.mark((1, 1))
    assert pictures(grid) != outlined
    grid.mark((5, 5))
    grid.outline(None)
    assert pictures(grid) == plain


def test_a_row_and_a_column_are_framed_block_by_block_and_named(qtbot: QtBot) -> None:
    shape = plan(4, 5)
    shape = replace(shape, rows=replace(shape.rows, breaks=(3,)))
    grid = made(qtbot, shape)
    plain = pictures(grid)

    def framed(place: Place) -> bool:
        """Tell whether a frame's left or top edge is at a cell."""
        rect, picture = grid.rect_of(place), pictures(grid)
        left = QPoint(round(rect.left()) - 1, round(rect.center().y()))
        top = QPoint(round(rect.center().x()), round(rect.top()) - 1)
        return any(is_near(picture.pixelColor(edge), LIGHT.accent, 40) for edge in (left, top))

    grid.select(None, 2)
    expected = {(row, column) for row in range(4) for column in (2, 3)}  # its left and right edge
    assert {place for place in everywhere(grid) if framed(place)} == expected
    between = (grid.rect_of((2, 2)).bottom() + grid.rect_of((3, 2)).top()) / 2
    middle = QPoint(round(grid.rect_of((2, 2)).left()) - 1, round(between))
    assert not is_near(pictures(grid).pixelColor(middle), LIGHT.accent, 40)
    grid.select(1, None)
    assert framed((1, 4))
    grid.select(9, 9)
    assert pictures(grid) == plain


def texts(grid: CellGrid) -> list[str]:
    """Return all that is written, in order."""
    parts = svg_bytes(grid).decode().split("</text>")[:-1]
    return [part.rpartition(">")[2] for part in parts]


def test_names_are_left_out_where_they_do_not_fit_but_the_selected_one(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(3, 24))
    named = [text for text in texts(grid) if text.startswith("h")]
    assert named == ["h1", "h5", "h9", "h13", "h17", "h21"]
    grid.select(None, 5)
    named = [text for text in texts(grid) if text.startswith("h")]
    assert named == ["h1", "h6", "h9", "h13", "h17", "h21"]


def test_rows_to_be_read_keep_their_names_where_they_scroll(qtbot: QtBot) -> None:
    grid = made(qtbot, replace(plan(10, 3), is_upright=True), height=120)
    grid.show_scrolled(True)
    qtbot.wait(0)
    assert bars(grid) == [DOWN]
    assert "".join(text for text in texts(grid) if len(text) == 1).startswith("abcd")


def test_words_are_shortened_where_they_do_not_fit(qtbot: QtBot) -> None:
    words = Heads(("mean-cross-entropy", "mean square", "sum of squares"), are_words=True)
    for shape in (replace(SQUARE, columns=words), replace(SQUARE, rows=words)):
        narrow, wide = made(qtbot, shape, 180), made(qtbot, shape, 600)
        assert any("…" in text for text in texts(narrow))
        assert set(words.names) < set(texts(wide))
        for label in wide._labels:
            assert QFontMetricsF(label.font).horizontalAdvance(label.text) <= label.box.width()
        assert narrow.rect_of((0, 0)).left() < 0.6 * narrow.width()


def test_titles_and_names_of_blocks_are_written(qtbot: QtBot) -> None:
    rows = Heads(("1", "2", "1", "2"), (2,), ("off", "on"), title="up")
    shape = replace(SQUARE, rows=rows, columns=Heads(("x", "y"), title="along"))
    grid = made(qtbot, shape)
    assert {"off", "on", "up", "along", "x", "1"} < set(texts(grid))
    assert grid.rect_of((2, 0)).top() - grid.rect_of((1, 0)).bottom() > grid.fontMetrics().height()


def test_a_drawing_has_real_cells_and_numbers(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(3, 3))
    svg = svg_bytes(grid).decode()
    assert "<image" not in svg
    assert texts(grid).count("−0.52") == 9


def test_a_sentence_replaces_the_cells(qtbot: QtBot) -> None:
    grid = made(qtbot, plan(3, 64))
    grid.show_scrolled(True)
    grid.show_message("")
    empty = pictures(grid)
    grid.show_message("Nothing to compare")
    assert pictures(grid) != empty
    assert bars(grid) == []
    assert (grid.shape, grid.neighbour(1, 0), grid.spot_at(grid.rect().center().toPointF())) == (
        (0, 0),
        None,
        None,
    )
    show(grid, SQUARE)
    assert grid.shape == (2, 2)
