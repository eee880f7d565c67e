"""Stuck states for given targets, and the nearest one to given outputs."""

from itertools import product

import numpy as np
import pytest

from xorviz.core.diagnosis.stuck_states import (
    NAMES,
    OLD_NAMES,
    THREE_ROWS,
    levels,
    levels_near,
    loss_sentence,
    nearest,
    states_of,
)
from xorviz.core.truth_table import COUNTED, ROWS

XOR = (1, 0, 1, 0)
AND = (0, 0, 0, 1)
ALL_TARGETS = [tuple(bits) for bits in product((0, 1), repeat=4)]


def test_rows_are_in_counting_order() -> None:
    assert [ROWS[row] for row in COUNTED] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def counts(targets: tuple[int, ...]) -> list[int]:
    names = [state.name for state in states_of(targets)]
    return [names.count(name) for name in NAMES]


def test_every_choice_of_rows_with_different_targets_is_a_state() -> None:
    cases: list[tuple[tuple[int, ...], list[int]]] = [
        (XOR, [1, 4, 4, 4]),
        (AND, [1, 3, 3, 4]),
        ((0, 0, 0, 0), [0, 0, 0, 4]),
        ((1, 1, 0, 0), [1, 4, 4, 4]),
    ]
    for targets, of_each in cases:
        assert counts(targets) == of_each


def test_pinned_rows_are_at_the_mean_and_others_at_their_targets() -> None:
    for targets in ALL_TARGETS:
        for state in states_of(targets):
            wanted = [targets[row] for row in state.pinned]
            level = 0.5 if len(wanted) == 1 else sum(wanted) / len(wanted)
            for row in range(4):
                expected = level if row in state.pinned else targets[row]
                assert state.outputs[row] == pytest.approx(expected)
            assert state.level == pytest.approx(level)


def test_states_are_far_apart() -> None:
    for targets in ALL_TARGETS:
        table = np.array([state.outputs for state in states_of(targets)])
        apart = np.abs(table[:, np.newaxis] - table).max(axis=2)
        np.fill_diagonal(apart, np.inf)
        assert apart.min() >= 0.25 - 1e-12


def test_outputs_near_a_state_match_it() -> None:
    for outputs in (*OUTPUTS.values(), (0.81, 0, 1, 0.31)):
        found = nearest(outputs, XOR)
        assert found is not None
        assert found.name == next((n for n, y in OUTPUTS.items() if y == outputs), THREE_ROWS)


def test_each_old_name_has_one_of_today() -> None:
    old = ("coin toss", "three in a row", "half learned", "one row on the fence")
    assert tuple(OLD_NAMES[name] for name in old) == NAMES


def test_outputs_far_from_every_state_match_none() -> None:
    cases: list[tuple[float, ...]] = [
        (1, 0, 1, 0),
        (1, 0, 1, 0.29),
        (1, 0, 1, 0.71),
        (0, 1, 0, 1),
        (np.nan,) * 4,
    ]
    for outputs in cases:
        assert nearest(outputs, XOR) is None


OUTPUTS = {
    "no row learned": (0.5, 0.5, 0.5, 0.5),
    "one row learned": (2 / 3, 0, 2 / 3, 2 / 3),
    "two rows learned": (1, 0, 0.5, 0.5),
    "three rows learned": (1, 0, 1, 0.5),
}
"""In the order 10, 00, 01, 11."""
Y, T = np.array([OUTPUTS[name] for name in NAMES]), np.array(XOR)
SQUARES = (T - Y) ** 2
NATS = -np.log(np.where(T == 1, Y, 1 - Y))
LEVELS = {
    "sse": SQUARES.sum(axis=1),
    "half-sse": SQUARES.sum(axis=1) / 2,
    "mse": SQUARES.mean(axis=1),
    "half-mse": SQUARES.mean(axis=1) / 2,
    "cross-entropy": NATS.sum(axis=1),
    "mean-cross-entropy": NATS.mean(axis=1),
}


def test_each_convention_has_a_level_for_each_stuck_state() -> None:
    found = {(x.loss, x.state): x.level for x in levels(XOR)}
    assert len(found) == len(levels(XOR)) == 24
    for loss, values in LEVELS.items():
        mine = [found[loss, name] for name in NAMES]
        np.testing.assert_allclose(mine, values, rtol=1e-12)


@pytest.mark.parametrize(
    ("value", "loss", "found"),
    [
        (0.3466, "mean-cross-entropy", ["two rows learned"]),
        (0.3466, "cross-entropy", []),
        (0.3466, None, ["two rows learned"]),
        (0.6931, "cross-entropy", ["three rows learned"]),
        (0.6931, "mean-cross-entropy", ["no row learned"]),
        (0.25, "sse", ["three rows learned"]),
        (0.25, "half-sse", ["two rows learned"]),
        (0.25, "mse", ["no row learned"]),
        (0.125, "half-mse", ["no row learned"]),
        (1.0, "sse", ["no row learned"]),
        (1.019, "sse", ["no row learned"]),
        (1.021, "sse", []),
        (0.9801, "sse", ["no row learned"]),
        (0.979, "sse", []),
        (0.0, None, []),
    ],
)
def test_a_value_within_two_percent_is_named(
    value: float, loss: str | None, found: list[str]
) -> None:
    assert sorted(x.state for x in levels_near(value, XOR, loss)) == sorted(found)


def test_every_convention_that_fits_is_told() -> None:
    by_hand = {
        (loss, name)
        for loss, values in LEVELS.items()
        for name, level in zip(NAMES, values, strict=True)
        for value in [0.25]
        if abs(value / level - 1) <= 0.02
    }
    near = levels_near(0.25, XOR)
    assert {(x.loss, x.state) for x in near} == by_hand
    assert len(near) == 3
    assert loss_sentence(0.25, XOR).count("; or near ") == 2


def test_a_value_is_told_in_one_sentence() -> None:
    near = "near the level 0.3466 of “two rows learned” in the mean cross-entropy."
    assert loss_sentence(0.3466, XOR) == f"The loss 0.3466 is {near}"
    far = "The loss 9 is not within 2 % of the level of any stuck state"
    assert loss_sentence(9, XOR) == f"{far}."
    assert loss_sentence(9, XOR, "mse") == f"{far} in the mean squared error."


def test_a_value_that_fits_another_loss_than_the_said_one_is_told_of_that() -> None:
    told = loss_sentence(0.3466, XOR, "cross-entropy")
    assert told.endswith(
        " of any stuck state in the cross-entropy. It is near the level 0.3466 of “two rows "
        "learned” in the mean cross-entropy."
    )


def test_levels_follow_the_targets() -> None:
    """For x1 and x2, all at the mean of one quarter: 3/16 on the mean."""
    near = levels_near(3 / 16, (0, 0, 0, 1), "mse")
    assert [x.state for x in near] == ["no row learned"]
