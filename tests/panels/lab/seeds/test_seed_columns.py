"""The columns of the table of seeds."""

import numpy as np

from tests.support.seed_pictures import with_outcomes
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT
from xorviz.panels.lab.seeds.model import COLUMNS, FIRST_LEARNED, FIRST_RIGHT, OUTCOME, SEED


def test_each_says_what_a_picture_knows_of_its_networks() -> None:
    picture = with_outcomes([RIGHT, ON_THE_FENCE, NOT_YET], first_seed=7)
    found = [column.values(picture, range(3)) for column in COLUMNS]
    assert found[SEED].tolist() == [7, 8, 9]
    assert [OUTCOMES[int(code)] for code in found[OUTCOME]] == [RIGHT, ON_THE_FENCE, NOT_YET]
    np.testing.assert_array_equal(found[FIRST_RIGHT], [10, np.nan, np.nan])
    np.testing.assert_array_equal(found[FIRST_LEARNED], [20, np.nan, np.nan])
    np.testing.assert_array_equal(found[4], [0.0004, 0.5, np.nan])
    np.testing.assert_array_equal(found[5], [0.125, 0.125, np.nan])


def test_outputs_stand_in_the_order_that_people_count_in() -> None:
    picture = with_outcomes([RIGHT])
    headers = [column.header for column in COLUMNS[6:]]
    assert headers == ["y 00", "y 01", "y 10", "y 11"]
    written = [column.write(float(column.values(picture, range(1))[0])) for column in COLUMNS[6:]]
    assert written == ["0.01", "0.99", "0.99", "0.01"]
