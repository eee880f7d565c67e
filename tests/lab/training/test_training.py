"""First steps and stops, from made-up errors and losses."""

import numpy as np
import pytest

from xorviz.core.arrays import Array
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.training.training import first_below, meets

WRONG, RIGHT, LEARNED = 0.7, 0.3, 0.05
NONE = np.array([-1])


def of_one(*errors: float) -> Array:
    """Return the largest errors (K, 1) of one network."""
    return np.array([errors]).T


def test_the_first_step_is_counted_from_the_step_before() -> None:
    worst = of_one(WRONG, RIGHT, WRONG, RIGHT)
    assert first_below(worst, 0.5, NONE, 64).tolist() == [66]
    assert first_below(worst, 0.1, NONE, 64).tolist() == [-1]


def test_a_known_first_step_stays() -> None:
    assert first_below(of_one(RIGHT), 0.5, np.array([7]), 64).tolist() == [7]


def test_each_network_has_its_own_first_step() -> None:
    worst = np.array([[WRONG, RIGHT, WRONG, np.nan], [RIGHT, WRONG, WRONG, RIGHT]])
    known = np.array([-1, -1, -1, -1])
    assert first_below(worst, 0.5, known, 10).tolist()[:3] == [12, 11, -1]


@pytest.mark.parametrize(
    ("errors", "stops"),
    [
        ((WRONG, WRONG, LEARNED), True),
        ((WRONG, LEARNED, WRONG), True),
        ((LEARNED, LEARNED, LEARNED), False),
        ((LEARNED, WRONG, LEARNED), True),
        ((LEARNED, WRONG, WRONG), False),
    ],
)
def test_a_rule_stops_a_network_when_it_becomes_true(
    errors: tuple[float, ...], stops: bool
) -> None:
    worst = of_one(*errors)
    for rules in (StopRules(None, when_learned=True), StopRules(None, at_loss=0.1**2)):
        assert meets(rules, worst, lambda: worst**2).tolist() == [stops]
    assert meets(NEVER, worst, lambda: worst**2).tolist() == [False]


def test_losses_are_computed_only_for_a_rule_about_them() -> None:
    def no_losses() -> Array:
        raise AssertionError

    meets(StopRules(None, when_learned=True), of_one(WRONG, LEARNED), no_losses)
