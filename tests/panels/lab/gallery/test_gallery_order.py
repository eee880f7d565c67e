"""Which networks hang in the gallery, and in which order."""

from dataclasses import replace

import pytest

from tests.support.gallery_pictures import RECIPE, on_the_way
from tests.support.seed_pictures import with_outcomes
from xorviz.core.diagnosis.stuck_states import HALF_LEARNED, ON_THE_FENCE
from xorviz.lab.results.book import MOST_SHOWN, LabPicture
from xorviz.panels.lab.gallery.layout import groups_of, tiles_of
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, outcome_of


def told(*outcomes: str) -> LabPicture:
    """Return a picture of networks with these outcomes, whose weights are known."""
    some = on_the_way((5,), range(len(outcomes)))[-1].shown
    return replace(with_outcomes(outcomes), shown=some)


def places(picture: LabPicture, by_outcome: bool) -> list[tuple[str, list[int]]]:
    groups = groups_of(tiles_of(picture), by_outcome)
    return [(group.outcome, [tile.place for tile in group.tiles]) for group in groups]


def test_the_first_networks_hang_in_the_order_of_their_seeds() -> None:
    picture = on_the_way((3,), range(70))[-1]
    tiles = tiles_of(picture)
    assert [tile.place for tile in tiles] == list(range(MOST_SHOWN))
    for tile in tiles:
        assert tile.outcome == outcome_of(picture, tile.place)
        assert tile.parameters is picture.shown[tile.place]
        assert tile.is_done


def test_only_those_of_the_first_recipe_hang() -> None:
    picture = on_the_way((3,), range(5), (RECIPE, replace(RECIPE, width=8)))[-1]
    assert len(picture.shown) == 10
    assert [tile.place for tile in tiles_of(picture)] == list(range(5))


def test_networks_hang_before_they_have_begun() -> None:
    tiles = tiles_of(on_the_way((3,))[0])
    assert [len(tile.parameters) for tile in tiles] == [0] * 12
    assert {tile.outcome for tile in tiles} == {NOT_YET}


def test_in_the_end_they_hang_by_outcome_each_group_by_seed() -> None:
    picture = told(HALF_LEARNED, RIGHT, ON_THE_FENCE, RIGHT, HALF_LEARNED)
    assert places(picture, by_outcome=True) == [
        (RIGHT, [1, 3]),
        (ON_THE_FENCE, [2]),
        (HALF_LEARNED, [0, 4]),
    ]


@pytest.mark.parametrize("by_outcome", [True, False])
def test_while_any_goes_on_nothing_moves(by_outcome: bool) -> None:
    picture = told(ON_THE_FENCE, RIGHT, NOT_YET, RIGHT)
    assert places(picture, by_outcome) == [("", [0, 1, 2, 3])]


def test_they_stay_in_the_order_of_their_seeds_where_that_is_wanted() -> None:
    assert places(told(ON_THE_FENCE, RIGHT), by_outcome=False) == [("", [0, 1])]
