"""Cells of seeds: as large as they can be, and where each stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from xorviz.panels.lab.seeds.strip import LARGEST, SMALLEST, SeedGrid

SIZES = st.integers(1, 20_000), st.integers(60, 1200), st.integers(20, 700)


@given(*SIZES)
def test_all_cells_are_inside_and_as_large_as_they_can_be(
    count: int, width: int, height: int
) -> None:
    grid = SeedGrid.fitted(count, width, height)
    assert SMALLEST <= grid.cell <= LARGEST
    assert grid.columns * grid.cell <= width
    assert grid.height <= height
    assert grid.shown == count or grid.cell == SMALLEST


@given(*SIZES, st.data())
def test_a_seed_is_found_where_its_mark_is(
    count: int, width: int, height: int, data: st.DataObject
) -> None:
    grid = SeedGrid.fitted(count, width, height)
    index = data.draw(st.integers(0, grid.shown - 1))
    assert grid.index_at(grid.rect(index).center()) == index


@pytest.mark.parametrize(("count", "cell"), [(1, 16), (30, 16), (500, 14), (2000, 7)])
def test_few_seeds_have_large_cells_and_many_have_small_ones(count: int, cell: int) -> None:
    assert SeedGrid.fitted(count, 540, 210).cell == cell


def test_ten_thousand_fit_and_a_million_do_not() -> None:
    assert SeedGrid.fitted(10_000, 540, 210).shown == 10_000
    some = SeedGrid.fitted(1_000_000, 540, 210)
    assert some.cell == SMALLEST
    assert some.shown == 180 * 70


def test_beside_the_cells_there_is_no_seed() -> None:
    grid = SeedGrid(cell=10, columns=5, shown=7)
    assert grid.index_at(QPointF(35, 15)) is None  # behind the last one
    assert grid.index_at(QPointF(55, 5)) is None
    assert grid.index_at(QPointF(-1, 5)) is None
    assert grid.index_at(QPointF(5, -1)) is None
    assert grid.index_at(QPointF(15, 15)) == 6


def test_arrows_move_from_cell_to_cell_and_stay_inside() -> None:
    grid = SeedGrid(cell=10, columns=5, shown=7)
    assert grid.moved(None, 1, 0) == 0
    assert grid.moved(0, 1, 0) == 1
    assert grid.moved(1, 0, 1) == 6
    assert grid.moved(6, 1, 0) == 6
    assert grid.moved(4, 0, 1) == 4
    assert grid.moved(4, 1, 0) == 5
    assert grid.moved(0, -1, 0) == 0
    assert SeedGrid(3, 1, 0).moved(None, 1, 0) is None
