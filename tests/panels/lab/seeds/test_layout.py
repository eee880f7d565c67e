"""How the parts of the panel share its room."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from tests.support.lab import with_outcomes
from xorviz.panels.lab.outcomes import OUTCOMES, RIGHT, codes_of
from xorviz.panels.lab.seeds.header import SeedHead
from xorviz.panels.lab.seeds.headline import Headline
from xorviz.panels.lab.seeds.layout import SeedsLayout
from xorviz.panels.lab.seeds.strip import SeedStrip


def shared(width: int, height: int, has_table: bool, seeds: int = 500) -> SeedsLayout:
    picture = with_outcomes([RIGHT] * (seeds - len(OUTCOMES[:5])) + list(OUTCOMES[:5]))
    head, strip = SeedHead(), SeedStrip()
    head.show_headline(Headline.of(picture))
    strip.show_codes(codes_of(picture, range(seeds)))
    return SeedsLayout.shared(QRect(8, 2, width, height), head, strip, has_table)


@pytest.mark.parametrize("has_table", [False, True])
@pytest.mark.parametrize("seeds", [10, 500, 10_000])
@pytest.mark.parametrize(("width", "height"), [(540, 512), (404, 422), (284, 172), (900, 900)])
def test_parts_stand_below_each_other_and_fill_the_room(
    qtbot: QtBot,
    width: int,
    height: int,
    seeds: int,
    has_table: bool,
) -> None:
    rooms = shared(width, height, has_table, seeds)
    used = [room for room in rooms.all if not room.isEmpty()]
    assert all(a.bottom() < b.top() for a, b in pairwise(used))
    assert all(QRect(8, 2, width, height).contains(room) for room in used)
    assert used[-1].bottom() >= height - 10
    assert rooms.head.height() > 0
    assert rooms.histogram.height() >= 40


def test_a_table_stands_in_place_of_the_strip_or_below_it(qtbot: QtBot) -> None:
    assert shared(540, 512, has_table=False).table.isEmpty()
    low = shared(404, 422, has_table=True)
    assert low.strip.isEmpty()
    assert low.table.height() > 200
    high = shared(540, 512, has_table=True)
    assert high.strip.height() > 80
    assert high.table.height() > 120


def test_few_seeds_leave_their_room_to_the_histogram(qtbot: QtBot) -> None:
    few, many = (shared(540, 512, has_table=False, seeds=count) for count in (20, 500))
    assert few.histogram.height() > many.histogram.height()


def test_without_a_picture_there_is_no_room(qtbot: QtBot) -> None:
    assert all(room.isEmpty() for room in SeedsLayout.none().all)
