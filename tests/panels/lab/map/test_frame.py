"""Layout of the map: cells, numbers, headings and neighbours."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from xorviz.core.config import RunConfig
from xorviz.lab.results.map import AXES, MapPlan
from xorviz.panels.lab.map.frame import MapFrame

ONE = MapPlan(RunConfig())
TWO = replace(ONE, with_biases=True)
DOCKED, SMALL, FLOATED, WIDE = (QSizeF(*size) for size in
                                ((416, 215), (320, 165), (790, 515), (980, 330)))  # fmt: skip


def framed(size: QSizeF, plan: MapPlan = ONE, front: int | None = None) -> MapFrame:
    font = QFont()
    font.setPixelSize(12)
    return MapFrame.of(size, plan, front, font, "100")


@pytest.mark.parametrize("size", some([SMALL, DOCKED, FLOATED, WIDE], 1))
@pytest.mark.parametrize("plan", some([TWO, ONE], 1))
def test_cells_are_inside_their_blocks_and_do_not_overlap(
    qtbot: QtBot, size: QSizeF, plan: MapPlan
) -> None:
    frame = framed(size, plan)
    rects = list(frame.rects.values())
    assert len(rects) == len(plan.plan.recipes)
    for i, rect in enumerate(rects):
        assert rect.width() > 0 < rect.height()
        assert not any(rect.intersects(other) for other in rects[i + 1 :])
    for (block, _, _), rect in frame.rects.items():
        assert frame.blocks[block].adjusted(-1, -1, 1, 1).contains(rect)
    everything = rects[0]
    for rect in (*rects, frame.foot, *frame.headings.values()):
        everything = everything.united(rect)
    assert everything.left() >= 0 <= everything.top()
    assert everything.right() <= size.width()
    assert everything.bottom() <= size.height()


@pytest.mark.parametrize("plan", some([TWO, ONE], 1))
def test_a_point_finds_its_cell(qtbot: QtBot, plan: MapPlan) -> None:
    frame = framed(WIDE, plan)
    for cell, rect in frame.rects.items():
        assert frame.cell_at(rect.center()) == cell
    assert frame.cell_at(QPointF(1, 1)) is None
    assert frame.cell_at(frame.foot.center()) is None


def test_one_block_has_numbers_in_usual_sizes_and_no_heading(qtbot: QtBot) -> None:
    assert framed(DOCKED).number >= 11
    assert framed(SMALL).number >= 9
    assert framed(FLOATED).number == 12
    assert framed(QSizeF(200, 120)).number == 0
    assert not framed(DOCKED).headings


def test_two_blocks_are_arranged_for_the_largest_numbers(qtbot: QtBot) -> None:
    assert not framed(WIDE, TWO).is_stacked
    assert framed(QSizeF(420, 600), TWO).is_stacked
    for frame in (framed(WIDE, TWO), framed(FLOATED, TWO), framed(QSizeF(420, 600), TWO)):
        assert frame.number
        assert list(frame.blocks) == [0, 1]


def test_two_blocks_without_numbers_are_side_by_side_or_one_at_a_time(qtbot: QtBot) -> None:
    both = framed(DOCKED, TWO)
    assert (list(both.blocks), both.number, both.is_stacked) == ([0, 1], 0, False)
    alone = framed(DOCKED, TWO, front=1)
    assert list(alone.blocks) == [1]
    assert alone.number
    assert list(alone.headings) == [0, 1]
    assert alone.heading_at(alone.headings[0].center()) == 0
    assert alone.heading_at(alone.blocks[1].center()) is None
    assert list(framed(WIDE, TWO, front=1).blocks) == [0, 1]


def test_neighbours_continue_in_the_other_block(qtbot: QtBot) -> None:
    one, beside, below = framed(DOCKED), framed(WIDE, TWO), framed(QSizeF(420, 600), TWO)
    assert one.neighbour((0, 0, 0), 1, 0) == (0, 0, 1)
    assert one.neighbour((0, 0, 0), -1, -1) == (0, 0, 0)
    assert one.neighbour((0, 7, 11), 1, 1) == (0, 7, 11)
    assert beside.neighbour((0, 3, 11), 1, 0) == (1, 3, 0)
    assert beside.neighbour((1, 3, 0), -1, 0) == (0, 3, 11)
    assert beside.neighbour((0, 7, 4), 0, 1) == (0, 7, 4)
    assert below.neighbour((0, 7, 4), 0, 1) == (1, 0, 4)
    assert below.neighbour((1, 0, 4), 0, -1) == (0, 7, 4)
    assert below.neighbour((0, 7, 11), 1, 0) == (0, 7, 11)


@pytest.mark.thorough
@pytest.mark.parametrize("up", some([name for name in AXES if name != "rate"], 1))
def test_values_of_every_setting_fit(qtbot: QtBot, up: str) -> None:
    frame = framed(DOCKED, MapPlan(RunConfig(), up=up))
    assert min(rect.width() for rect in frame.rects.values()) > 15


def test_a_tiny_size_still_has_a_layout(qtbot: QtBot) -> None:
    frame = framed(QSizeF(1, 1), TWO)
    assert all(area.width() >= 1 and area.height() >= 1 for area in frame.blocks.values())
