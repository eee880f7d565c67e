"""Stuck states for given targets, and the nearest one to given outputs."""

from itertools import product

import numpy as np
import pytest

from xorviz.core.config import COUNTED, ROWS
from xorviz.core.diagnosis.stuck_states import (
    COIN_TOSS,
    HALF_LEARNED,
    NAMES,
    ON_THE_FENCE,
    THREE_IN_A_ROW,
    nearest,
    states_of,
)

XOR = (1, 0, 1, 0)
AND = (0, 0, 0, 1)
ALL_TARGETS = [tuple(bits) for bits in product((0, 1), repeat=4)]


def test_rows_are_in_counting_order() -> None:
    assert [ROWS[row] for row in COUNTED] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def counts(targets: tuple[int, ...]) -> list[int]:
    names = [state.name for state in states_of(targets)]
    return [names.count(name) for name in NAMES]


@pytest.mark.parametrize(
    ("targets", "of_each"),
    [
        (XOR, [1, 4, 4, 4]),
        (AND, [1, 3, 3, 4]),
        ((0, 0, 0, 0), [0, 0, 0, 4]),
        ((1, 1, 0, 0), [1, 4, 4, 4]),
    ],
)
def test_every_choice_of_rows_with_different_targets_is_a_state(
    targets: tuple[int, ...], of_each: list[int]
) -> None:
    assert counts(targets) == of_each


@pytest.mark.parametrize("targets", ALL_TARGETS)
def test_pinned_rows_are_at_the_mean_and_others_at_their_targets(
    targets: tuple[int, ...],
) -> None:
    for state in states_of(targets):
        wanted = [targets[row] for row in state.pinned]
        level = 0.5 if len(wanted) == 1 else sum(wanted) / len(wanted)
        for row in range(4):
            expected = level if row in state.pinned else targets[row]
            assert state.outputs[row] == pytest.approx(expected)
        assert state.level == pytest.approx(level)


@pytest.mark.parametrize("targets", ALL_TARGETS)
def test_states_are_far_apart(targets: tuple[int, ...]) -> None:
    table = np.array([state.outputs for state in states_of(targets)])
    apart = np.abs(table[:, np.newaxis] - table).max(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 0.25 - 1e-12


@pytest.mark.parametrize(
    ("outputs", "name"),
    [
        ((0.5, 0.5, 0.5, 0.5), COIN_TOSS),
        ((2 / 3, 0, 2 / 3, 2 / 3), THREE_IN_A_ROW),
        ((1, 0, 0.5, 0.5), HALF_LEARNED),
        ((1, 0, 1, 0.5), ON_THE_FENCE),
        ((0.81, 0, 1, 0.31), ON_THE_FENCE),
    ],
)
def test_outputs_near_a_state_match_it(outputs: tuple[float, ...], name: str) -> None:
    found = nearest(np.array(outputs), XOR)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "outputs", [(1, 0, 1, 0), (1, 0, 1, 0.29), (1, 0, 1, 0.71), (0, 1, 0, 1), (np.nan,) * 4]
)
def test_outputs_far_from_every_state_match_none(outputs: tuple[float, ...]) -> None:
    assert nearest(np.array(outputs), XOR) is None
