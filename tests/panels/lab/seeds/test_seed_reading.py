"""What is said of a single network."""

from tests.support.seed_pictures import with_outcomes
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR
from xorviz.panels.lab.seeds.headline import seed_reading


def test_each_outcome_says_what_is_known() -> None:
    names = [RIGHT, ON_THE_FENCE, "diverging", RIGHT_SO_FAR, NOT_YET]
    picture = with_outcomes(names, first_seed=40)
    assert [seed_reading(picture, place) for place in range(5)] == [
        "seed 40: right, first at step 10, loss 0.0004000",
        "seed 41: one row on the fence, loss 0.5000",
        "seed 42: diverging, diverged at step 7, loss 0.5000",
        "seed 43: right so far, first at step 40",
        "seed 44: not yet, at step 500",
    ]


def test_one_that_lost_it_again_says_so() -> None:
    picture = with_outcomes(["oscillating"])
    picture.first_right[0] = 12
    assert seed_reading(picture, 0) == "seed 0: oscillating, right first at step 12, loss 0.5000"
