"""Tiles: as large as they fit, without overlap, and which are visible."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from xorviz.ui.draw.tiles import Tiles


def fitted(count: int, width: int, height: int, least: int = 44) -> Tiles:
    return Tiles.fitted(count, width, height, foot=22, gap=12, least=least, bar=14)


def test_tiles_take_the_columns_that_make_them_largest() -> None:
    for count, size, columns in [
        (3, (500, 190), 3),
        (3, (180, 620), 1),
        (4, (400, 440), 2),
        (1, (300, 300), 1),
    ]:
        assert fitted(count, *size).columns == columns


@given(st.integers(1, 64), st.integers(160, 900), st.integers(120, 700))
def test_no_other_number_of_columns_gives_larger_tiles(count: int, width: int, height: int) -> None:
    tiles = fitted(count, width, height, least=1)
    if tiles.side < 2:
        return
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        side = tiles.side + 1
        fits = columns * (side + 12) - 12 <= width and rows * (side + 34) - 12 <= height
        assert not fits, columns


@given(
    st.integers(1, 64), st.integers(100, 900), st.integers(90, 700), st.sampled_from([1, 44, 72])
)
def test_tiles_do_not_overlap_and_are_inside(
    count: int, width: int, height: int, least: int
) -> None:
    tiles = fitted(count, width, height, least)
    places = [tiles.tile(i) for i in range(count)]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
    assert all(place.left() >= 0 and place.right() <= width for place in places)
    assert max(place.bottom() for place in places) <= tiles.height
    assert tiles.side >= least
    if least > 1 and fitted(count, width, height, least=1).side >= least:
        assert tiles.height <= height


@given(st.integers(1, 64), st.integers(0, 3000), st.integers(1, 700))
def test_visible_tiles_are_those_that_intersect_the_strip(
    count: int, top: int, height: int
) -> None:
    tiles = fitted(count, 320, 200, least=72)
    seen = tiles.between(top, top + height)
    for i in range(count):
        place = tiles.tile(i)
        is_in = place.bottom() > top and place.top() < top + height
        assert (i in seen) == is_in


def test_many_tiles_scroll_at_their_least_size_beside_the_bar() -> None:
    tiles = fitted(64, 400, 300, least=72)
    assert 72 <= tiles.side < 90
    assert tiles.height > 300
    assert max(tiles.tile(i).right() for i in range(64)) <= 400 - 14

    tiles = fitted(3, 500, 190)
    assert tiles.moved(2, 5).picture(1) == tiles.picture(1).translated(2, 5)


CELLS = Tiles(count=7, columns=5, side=8, foot=0, gap=2, left=0, top=0)


def test_a_point_finds_its_tile_and_the_gap_after_it() -> None:
    for index in range(CELLS.count):
        assert CELLS.index_at(CELLS.picture(index).center()) == index
    assert CELLS.index_at(QPointF(19, 19)) == 6
    for x, y in ((35, 15), (55, 5), (-1, 5), (5, -1)):  # after the last one, and beside all
        assert CELLS.index_at(QPointF(x, y)) is None


def test_moves_stay_inside() -> None:
    for index, dx, dy, there in (
        (None, 1, 0, 0), (9, 1, 0, 0), (0, 1, 0, 1), (1, 0, 1, 6), (6, 1, 0, 6), (4, 0, 1, 4),
        (4, 1, 0, 5), (0, -1, 0, 0),
    ):  # fmt: skip
        assert CELLS.beside(index, dx, dy) == there
    assert Tiles(0, 1, 3, 0, 0, 0, 0).beside(None, 1, 0) is None
