"""Layout of the gallery: tiles, groups and headings, and movement by keys."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, with_outcomes
from xorviz.core.diagnosis.stuck_states import HALF_LEARNED, ON_THE_FENCE
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.lab.gallery.layout import TileLayout, groups_of, tiles_of
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, outcome_of

LINE = 18
COUNTS = st.lists(st.integers(1, 12), min_size=1, max_size=64).map(
    lambda outcomes: list(Counter(outcomes).values())
)


def grouped(
    counts: list[int], width: int = 420, height: int = 248, heading: int = 90
) -> TileLayout:
    return TileLayout.grouped(counts, [heading] * len(counts), LINE, width, height)


def assert_apart(rects: list[QRectF]) -> None:
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])


@given(COUNTS, st.integers(200, 900), st.integers(20, 700))
def test_tiles_and_headings_do_not_overlap(counts: list[int], width: int, height: int) -> None:
    layout = grouped(counts, width, height)
    rects = [*layout.rects(), *layout.headings]
    assert [block.count for block in layout.blocks] == counts
    assert_apart(rects)
    assert all(rect.left() >= 0 and rect.right() <= width and rect.top() >= 0 for rect in rects)


@given(COUNTS)
def test_each_group_is_below_its_heading(counts: list[int]) -> None:
    layout = grouped(counts)
    for block, heading in zip(layout.blocks, layout.headings, strict=True):
        assert heading.height() == LINE
        assert block.picture(0).topLeft() == heading.bottomLeft()


@pytest.mark.parametrize(("width", "height"), some([(324, 178), (420, 248), (884, 650)], 1))
@pytest.mark.parametrize("counts", some([[17, 22, 11, 13, 1], [64], [53, 11], [1] * 8, [3]]))
def test_all_tiles_are_visible_and_use_the_space(
    counts: list[int], width: int, height: int
) -> None:
    layout = grouped(counts, width, height)
    assert max(rect.bottom() for rect in layout.rects()) <= height
    if sum(counts) >= 30:
        assert sum(counts) * layout.side**2 > 0.35 * width * height


def test_small_groups_are_side_by_side() -> None:
    layout = grouped([54, 6, 4])
    top, one, other = layout.headings
    assert top.top() < one.top() == other.top()
    assert one.right() < other.left()


@pytest.mark.parametrize("layout", some([grouped([53, 11]), TileLayout.plain(64, 420, 248)], 1))
def test_a_point_finds_its_tile_including_the_gap(layout: TileLayout) -> None:
    for index, rect in enumerate(layout.rects()):
        assert layout.index_at(rect.center()) == index
        assert layout.index_at(rect.topRight() + QPointF(1, 5)) == index
    assert layout.index_at(QPointF(-5, -5)) is None


def test_moves_within_a_row_and_to_the_nearest_tile_of_another() -> None:
    layout = grouped([5, 3, 2], 420, 100)
    rects = layout.rects()
    assert layout.moved(0, 1, 0) == 1
    assert layout.moved(0, -1, 0) == 0
    assert layout.moved(9, 1, 0) == 9
    plain = TileLayout.plain(64, 420, 248)
    columns = plain.blocks[0].columns
    assert plain.moved(3, 0, 1) == 3 + columns
    assert plain.moved(3 + columns, 0, -1) == 3
    assert plain.moved(3, 0, -1) == 3
    assert len(rects) == 10


@given(COUNTS)
def test_every_tile_can_be_reached_by_moves(counts: list[int]) -> None:
    layout = grouped(counts)
    count = sum(counts)
    at = 0
    for index in range(1, count):
        at = layout.moved(at, 1, 0)
        assert at == index
    for _ in range(count):
        at = layout.moved(at, 0, -1)
    top = min(rect.top() for rect in layout.rects())
    assert layout.rects()[at].top() == top


def snapshot_with(*outcomes: str) -> LabSnapshot:
    """Return a snapshot of networks with these outcomes and known weights."""
    some = snapshots_at((5,), range(len(outcomes)))[-1].shown
    return replace(with_outcomes(outcomes), shown=some)


def indices(snapshot: LabSnapshot, by_outcome: bool) -> list[tuple[str, list[int]]]:
    groups = groups_of(tiles_of(snapshot), by_outcome)
    return [(group.outcome, [tile.place for tile in group.tiles]) for group in groups]


def test_tiles_are_in_the_order_of_their_seeds() -> None:
    snapshot = snapshots_at((3,), range(70))[-1]
    tiles = tiles_of(snapshot)
    assert [tile.place for tile in tiles] == list(range(MOST_SHOWN))
    for tile in tiles:
        assert tile.outcome == outcome_of(snapshot, tile.place)
        assert tile.parameters is snapshot.shown[tile.place]
        assert tile.is_done
    tiles = tiles_of(snapshots_at((3,))[0])
    assert [len(tile.parameters) for tile in tiles] == [0] * 12
    assert {tile.outcome for tile in tiles} == {NOT_YET}


def test_only_networks_of_the_first_recipe_have_tiles() -> None:
    snapshot = snapshots_at((3,), range(5), (RECIPE, replace(RECIPE, width=8)))[-1]
    assert len(snapshot.shown) == 10
    assert [tile.place for tile in tiles_of(snapshot)] == list(range(5))


def test_done_networks_are_grouped_by_outcome() -> None:
    snapshot = snapshot_with(HALF_LEARNED, RIGHT, ON_THE_FENCE, RIGHT, HALF_LEARNED)
    assert indices(snapshot, by_outcome=True) == [
        (RIGHT, [1, 3]),
        (ON_THE_FENCE, [2]),
        (HALF_LEARNED, [0, 4]),
    ]


@pytest.mark.parametrize("by_outcome", some([True, False], 1))
def test_networks_in_training_are_not_grouped(by_outcome: bool) -> None:
    snapshot = snapshot_with(ON_THE_FENCE, RIGHT, NOT_YET, RIGHT)
    assert indices(snapshot, by_outcome) == [("", [0, 1, 2, 3])]
