"""Layout of the seeds panel."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import with_outcomes
from xorviz.panels.lab.outcomes import OUTCOMES, RIGHT, codes_of
from xorviz.panels.lab.seeds.header import SeedHead
from xorviz.panels.lab.seeds.headline import Headline
from xorviz.panels.lab.seeds.layout import SeedsLayout
from xorviz.panels.lab.seeds.strip import SeedStrip


def shared(width: int, height: int, has_table: bool, seeds: int = 500) -> SeedsLayout:
    snapshot = with_outcomes([RIGHT] * (seeds - len(OUTCOMES[:5])) + list(OUTCOMES[:5]))
    head, strip = SeedHead(), SeedStrip()
    head.show_headline(Headline.of(snapshot))
    strip.show_codes(codes_of(snapshot, range(seeds)))
    return SeedsLayout.shared(QRect(8, 2, width, height), head, strip, has_table)


@pytest.mark.parametrize("has_table", some([True, False], 1))
@pytest.mark.parametrize("seeds", some([500, 10, 10_000], 1))
@pytest.mark.parametrize(
    ("width", "height"), some([(284, 172), (540, 512), (404, 422), (900, 900)], 1)
)
def test_parts_fill_the_panel_without_overlapping(
    qtbot: QtBot, width: int, height: int, seeds: int, has_table: bool
) -> None:
    layout = shared(width, height, has_table, seeds)
    used = [rect for rect in layout.all if not rect.isEmpty()]
    assert all(a.bottom() < b.top() for a, b in pairwise(used))
    assert all(QRect(8, 2, width, height).contains(rect) for rect in used)
    assert used[-1].bottom() >= height - 10
    assert layout.head.height() > 0
    assert layout.histogram.height() >= 40


def test_a_table_replaces_the_strip_in_a_low_panel(qtbot: QtBot) -> None:
    assert shared(540, 512, has_table=False).table.isEmpty()
    low = shared(404, 422, has_table=True)
    assert low.strip.isEmpty()
    assert low.table.height() > 200
    high = shared(540, 512, has_table=True)
    assert high.strip.height() > 80
    assert high.table.height() > 120


def test_few_seeds_leave_space_to_the_histogram(qtbot: QtBot) -> None:
    few, many = (shared(540, 512, has_table=False, seeds=count) for count in (20, 500))
    assert few.histogram.height() > many.histogram.height()
