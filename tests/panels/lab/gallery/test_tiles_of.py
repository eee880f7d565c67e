"""Which networks are tiles of the gallery, and their order."""

from dataclasses import replace

import pytest

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, with_outcomes
from xorviz.core.diagnosis.stuck_states import THREE_ROWS, TWO_ROWS
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.lab.gallery.tile import tiles_of
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, outcome_of


def snapshot_with(*outcomes: str) -> LabSnapshot:
    """Return a snapshot of networks with these outcomes and known weights."""
    some = snapshots_at((5,), range(len(outcomes)))[-1].shown
    return replace(with_outcomes(outcomes), shown=some)


def places(snapshot: LabSnapshot, by_outcome: bool) -> list[int]:
    return [tile.place for tile in tiles_of(snapshot, by_outcome)]


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


def test_done_networks_are_sorted_by_outcome() -> None:
    snapshot = snapshot_with(TWO_ROWS, RIGHT, THREE_ROWS, RIGHT, TWO_ROWS)
    assert places(snapshot, by_outcome=True) == [1, 3, 2, 0, 4]
    assert places(snapshot, by_outcome=False) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("by_outcome", some([True, False], 1))
def test_networks_in_training_keep_their_places(by_outcome: bool) -> None:
    snapshot = snapshot_with(THREE_ROWS, RIGHT, NOT_YET, RIGHT)
    assert places(snapshot, by_outcome) == [0, 1, 2, 3]
