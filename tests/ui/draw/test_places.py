"""Places of tiles and labels: inside, apart, and found again at a point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.draw.tiles import Tiles

counts, widths, heights = st.integers(1, 64), st.integers(160, 900), st.integers(120, 700)


def fitted(count: int, width: int, height: int, least: int = 44) -> Tiles:
    return Tiles.fitted(count, width, height, foot=22, gap=12, least=least, bar=14)


def are_apart(rects: list[QRectF]) -> bool:
    return not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])


@given(counts, widths, heights, st.sampled_from([1, 44, 72]))
def test_tiles_are_as_large_as_they_fit_apart_and_inside(
    count: int, width: int, height: int, least: int
) -> None:
    tiles = fitted(count, width, height, least)
    places = [tiles.tile(i) for i in range(count)]
    assert are_apart(places)
    assert all(place.left() >= 0 and place.right() <= width for place in places)
    assert tiles.height == max(place.bottom() for place in places)
    assert tiles.side >= least
    side = fitted(count, width, height, 1).side
    scrolls = side < least
    assert scrolls or tiles.side == side
    assert scrolls or least == 1 or tiles.height <= height
    assert not scrolls or max(place.right() for place in places) <= width - 14, "beside the bar"
    for columns in range(1, count + 1):  # no other number of columns gives larger ones
        rows = -(-count // columns)
        fits_across = columns * (side + 13) - 12 <= width
        assert side < 2 or not (fits_across and rows * (side + 35) - 12 <= height)


@given(counts, st.integers(0, 3000), st.integers(1, 700))
def test_visible_tiles_are_those_that_intersect_the_strip(
    count: int, top: int, height: int
) -> None:
    tiles = fitted(count, 320, 200, least=72)
    seen = tiles.between(top, top + height)
    for i in range(count):
        place = tiles.tile(i)
        assert (i in seen) == (place.bottom() > top and place.top() < top + height)
    moved = tiles.moved(2, 5)
    assert moved.picture(0) == tiles.picture(0).translated(2, 5)
    assert [moved.index_at(moved.picture(i).center()) for i in range(count)] == [*range(count)]


CELLS = Tiles(count=7, columns=5, side=8, foot=0, gap=2, left=0, top=0)


def test_a_point_finds_its_tile_and_keys_the_one_beside_it() -> None:
    for index in range(CELLS.count):
        assert CELLS.index_at(CELLS.picture(index).center()) == index
    for x, y, found in ((19, 19, 6), (35, 15, None), (55, 5, None), (-1, 5, None), (5, -1, None)):
        assert CELLS.index_at(QPointF(x, y)) == found
    for at, dx, dy, there in (
        (None, 1, 0, 0), (7, 1, 0, 0), (0, 1, 0, 1), (1, 0, 1, 6), (6, 1, 0, 6), (4, 0, 1, 4),
        (4, 1, 0, 5), (0, -1, 0, 0),
    ):  # fmt: skip
        assert CELLS.beside(at, dx, dy) == there
    assert Tiles(0, 1, 3, 0, 0, 0, 0).beside(None, 1, 0) is None


# Labels

AREA, SIZE = QRectF(0, 0, 150, 110), QSizeF(20, 15)
SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1))
CORNERS = [[corner] * 4 for corner in ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5))]


def mark_at(x: float, y: float) -> QRectF:
    """Return a mark at shares of the area."""
    return QRectF(2 + 130 * x, 2 + 90 * y, 16, 16)


@pytest.mark.parametrize("shares", CORNERS)
def test_marks_in_one_corner_are_labelled_apart(shares: list[tuple[float, float]]) -> None:
    assert_labelled(shares)


@given(st.lists(SHARES, min_size=4, max_size=4))
def test_labels_never_cover_marks_or_each_other(shares: list[tuple[float, float]]) -> None:
    assert_labelled(shares)


def assert_labelled(shares: list[tuple[float, float]]) -> None:
    marks, space = [mark_at(*share) for share in shares], LabelSpace(AREA)
    for mark in marks:
        space.take(mark)
    labels = [space.around(mark, SIZE).rect for mark in marks]
    assert all(AREA.contains(label) for label in labels)
    assert are_apart(labels)
    assert not any(label.intersects(mark) for label in labels for mark in marks)


def test_a_label_is_right_of_its_mark_if_it_fits_or_where_it_was() -> None:
    middle, at_the_right = mark_at(0.5, 0.5), mark_at(1.0, 0.5)
    fresh = LabelSpace(AREA).around(middle, SIZE)
    before = LabelSpace(AREA).around(at_the_right, SIZE)
    steady = LabelSpace(AREA).around(middle, SIZE, before)
    assert fresh.rect.left() > middle.right()
    assert before.rect.right() < at_the_right.left()
    assert steady.rect.right() < middle.left()
    assert fresh.is_near
    assert before.is_near
    nowhere = LabelSpace(AREA).around(middle, QSizeF(400, 400))
    assert (nowhere.choice, nowhere.rect.size()) == (0, QSizeF(400, 400))
    crowded = LabelSpace(AREA)
    crowded.take(middle.adjusted(-25, -25, 25, 25))
    far = crowded.around(middle, SIZE)
    assert not far.is_near
    assert LabelSpace(AREA).around(middle, SIZE, far) == fresh, "a far place is not kept"


NOWHERE, LABEL = np.array([[-1e6, -1e6]]), QSizeF(30, 12)
LEVEL = np.column_stack((np.linspace(0, 150, 31), np.full(31, 50.0)))


def test_labels_are_along_the_longest_line_off_the_path_and_apart() -> None:
    short = np.array([[0.0, 10.0], [100.0, 10.0]])
    space = LabelSpace(AREA, NOWHERE)
    placed = [rect for _ in range(9) if (rect := space.along([short, LEVEL], LABEL)) is not None]
    assert placed[0].center() == QPointF(75, 50)
    assert len(placed) >= 4
    assert are_apart(placed)
    assert all(AREA.contains(rect) for rect in placed)
    crossing = np.array([[75.0, 50.0], [76.0, 52.0]])
    beside = LabelSpace(AREA, crossing).along([LEVEL], LABEL)
    assert beside is not None
    assert not any(beside.contains(QPointF(x, y)) for x, y in crossing)
    for lines in ([], [LEVEL[:18]]):  # none, and one that is too short
        assert LabelSpace(AREA, NOWHERE).along(lines, LABEL) is None


def test_a_name_takes_any_free_corner_of_its_dot() -> None:
    space, dot = LabelSpace(AREA), QPointF(75, 50)
    placed = [space.beside(dot, LABEL) for _ in range(5)]
    corners = {(r.center().x() > 75, r.center().y() > 50) for r in placed[:4] if r is not None}
    assert (len(corners), placed[4]) == (4, None)
    assert LabelSpace(AREA).beside(QPointF(-300, 50), LABEL) is None
