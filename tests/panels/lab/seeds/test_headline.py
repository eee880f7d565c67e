"""What is said of how often a recipe works."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.lab import trained_seeds, with_outcomes
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR
from xorviz.panels.lab.seeds.headline import Headline, seed_readout


def test_in_the_end_it_says_the_rate_with_its_interval() -> None:
    headline = Headline.of(with_outcomes([RIGHT] * 425 + [ON_THE_FENCE] * 75))
    assert (headline.number, headline.word) == ("85.0\u00a0%", "right")
    assert headline.notes[0] == "425 of 500 seeds; 95\u00a0% interval 81.6 to 87.9"
    assert headline.notes[1] == "learned 85.0\u00a0%"
    assert headline.short_notes == ("81.6 to 87.9\u00a0%", "425 of 500")
    assert headline.progress is None
    assert headline.recipe.startswith("width 3 · rate 0.5")


def test_a_rate_of_none_or_all_has_its_interval_too() -> None:
    assert "interval 0.0 to 27.8" in Headline.of(with_outcomes([ON_THE_FENCE] * 10)).notes[0]
    assert "interval 72.2 to 100.0" in Headline.of(with_outcomes([RIGHT] * 10)).notes[0]
    assert Headline.of(with_outcomes([RIGHT])).notes[0].startswith("1 of 1 seed;")


def test_all_but_one_are_not_said_to_be_all() -> None:
    headline = Headline.of(with_outcomes([RIGHT] * 9_999 + [ON_THE_FENCE]))
    assert headline.number == "99.9\u00a0%"
    assert headline.short_notes[0] == "99.9 to 100.0\u00a0%"


def test_on_the_way_it_counts_those_that_were_right_at_some_step() -> None:
    headline = Headline.of(with_outcomes([RIGHT, ON_THE_FENCE, RIGHT_SO_FAR, NOT_YET]))
    assert (headline.number, headline.word) == ("2 of 4", "right so far")
    assert headline.progress == 0.75
    assert headline.notes == ("75\u00a0% of the way",)


def test_one_that_has_stopped_early_has_come_all_the_way() -> None:
    picture = with_outcomes([RIGHT, NOT_YET], steps=1000)
    picture.steps[:] = np.array([10, 500])
    assert Headline.of(picture).progress == 0.75


def test_of_several_recipes_it_says_which_one_it_is_about() -> None:
    picture = trained_seeds(seeds=20, steps=1000, widths=(1, 3))
    first, second = (Headline.of(picture, recipe) for recipe in (0, 1))
    assert first.recipe.startswith("recipe 1 of 2: width 1")
    assert second.recipe.startswith("recipe 2 of 2: width 3")
    assert first.number == "0.0\u00a0%"
    assert second.number != first.number


def test_all_of_it_can_be_spoken() -> None:
    spoken = Headline.of(with_outcomes([RIGHT] * 4)).spoken
    assert spoken.startswith("100.0\u00a0% right; 4 of 4 seeds; 95\u00a0% interval")
    assert "width 3" in spoken


def test_one_that_was_right_and_is_not_in_the_end_does_not_count() -> None:
    picture = with_outcomes([RIGHT, ON_THE_FENCE, RIGHT_SO_FAR, NOT_YET])
    picture.first_right[1] = 5
    assert Headline.of(picture).number == "2 of 4"


def test_of_what_was_cancelled_only_those_that_are_done_have_a_rate() -> None:
    """What would have become of the others is not known: the interval must not count them."""
    outcomes = [RIGHT] * 15 + [ON_THE_FENCE] * 5 + [RIGHT_SO_FAR] * 10 + [NOT_YET] * 10
    headline = Headline.of(replace(with_outcomes(outcomes), is_over=True))
    assert (headline.number, headline.word) == ("75.0\u00a0%", "right")
    assert headline.notes[0] == "15 of 20 that are done; 95\u00a0% interval 53.1 to 88.8"
    assert headline.notes[1] == "cancelled at 75\u00a0% of the way"
    assert headline.progress is None


@pytest.mark.parametrize("early", [[], ["diverging"]])
def test_without_any_at_the_goal_there_is_no_rate(early: list[str]) -> None:
    """One that has diverged is done early, and says nothing of the others."""
    picture = with_outcomes([*early, *[RIGHT_SO_FAR] * 30, *[NOT_YET] * 10])
    picture.steps[: len(early)] = 6
    headline = Headline.of(replace(picture, is_over=True))
    assert (headline.number, headline.word) == (f"30 of {40 + len(early)}", "right so far")
    assert all("interval" not in note for note in (*headline.notes, *headline.short_notes))
    assert headline.notes[0].startswith("cancelled at ")
    assert headline.progress is None


def test_each_outcome_says_what_is_known() -> None:
    names = [RIGHT, ON_THE_FENCE, "diverging", RIGHT_SO_FAR, NOT_YET]
    picture = with_outcomes(names, first_seed=40)
    assert [seed_readout(picture, place) for place in range(5)] == [
        "seed 40: right, first at step 10, loss 0.0004000",
        "seed 41: one row on the fence, loss 0.5000",
        "seed 42: diverging, diverged at step 7, loss 0.5000",
        "seed 43: right so far, first at step 40",
        "seed 44: not yet, at step 500",
    ]


def test_one_that_lost_it_again_says_so() -> None:
    picture = with_outcomes(["oscillating"])
    picture.first_right[0] = 12
    assert seed_readout(picture, 0) == "seed 0: oscillating, right first at step 12, loss 0.5000"
