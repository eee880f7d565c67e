"""Stuck states for given targets, and the nearest one to given outputs or losses."""

from itertools import combinations, product

import numpy as np
import pytest

from xorviz.core.diagnosis.diagnosis import diagnose_rows
from xorviz.core.diagnosis.stuck_states import (
    NAMES,
    OLD_NAMES,
    THREE_ROWS,
    level_of,
    levels,
    levels_near,
    loss_sentence,
    nearest,
    states_of,
)
from xorviz.core.network import CODINGS, head_of
from xorviz.core.settings import LOSS_NAMES, SQUARED, RunConfig
from xorviz.core.truth_table import COUNTED, ROWS

XOR, AND = (1, 0, 1, 0), (0, 0, 0, 1)
ALL_TARGETS = [tuple(bits) for bits in product((0, 1), repeat=4)]


def test_every_choice_of_rows_with_different_targets_is_a_state() -> None:
    assert [ROWS[row] for row in COUNTED] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for targets in ALL_TARGETS:
        states = states_of(targets)
        chosen = [rows for count in (4, 3, 2, 1) for rows in combinations(COUNTED, count)]
        assert [state.pinned for state in states] == [
            rows for rows in chosen if len(rows) == 1 or len({targets[row] for row in rows}) > 1
        ]
        for state in states:
            count = len(state.pinned)
            wanted = sum(targets[row] for row in state.pinned) / count
            assert state.level == pytest.approx(wanted if count > 1 else 0.5)
            assert state.name == NAMES[4 - count]
            for row in range(4):
                expected = state.level if row in state.pinned else targets[row]
                assert state.outputs[row] == pytest.approx(expected)
        table = np.array([state.outputs for state in states])
        apart = np.abs(table[:, np.newaxis] - table).max(axis=2)
        np.fill_diagonal(apart, np.inf)
        assert apart.min() >= 0.25 - 1e-12


OUTPUTS = {
    "no row learned": (0.5, 0.5, 0.5, 0.5),
    "one row learned": (2 / 3, 0, 2 / 3, 2 / 3),
    "two rows learned": (1, 0, 0.5, 0.5),
    "three rows learned": (1, 0, 1, 0.5),
}
"""In the order 10, 00, 01, 11."""


def test_only_outputs_near_a_state_match_it() -> None:
    for outputs in (*OUTPUTS.values(), (0.81, 0, 1, 0.31), (1, 0, 1, 0.3)):
        found = nearest(outputs, XOR)
        assert found is not None
        assert found.name == next((n for n, y in OUTPUTS.items() if y == outputs), THREE_ROWS)
    for far in (XOR, (1, 0, 1, 0.29), (1, 0, 1, 0.71), (0, 1, 0, 1), (np.nan,) * 4):
        assert nearest(far, XOR) is None


def test_each_old_name_has_one_of_today() -> None:
    old = ("coin toss", "three in a row", "half learned", "one row on the fence")
    assert tuple(OLD_NAMES[name] for name in old) == NAMES


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
    found = {(x.loss, x.state): x.level for x in levels(RunConfig())}
    assert len(found) == len(levels(RunConfig())) == 24
    for loss, values in LEVELS.items():
        np.testing.assert_allclose([found[loss, name] for name in NAMES], values, rtol=1e-12)
    # For x1 and x2, all at the mean of one quarter: 3/16 on the mean.
    assert [x.state for x in levels_near(3 / 16, RunConfig(targets=AND), "mse")] == [NAMES[0]]


@pytest.mark.parametrize("value", [0.3466, 0.6931, 0.25, 0.125, 1.0, 1.019, 1.021, 0.981, 0.979, 0])
def test_every_level_within_two_percent_is_named_the_nearest_first(value: float) -> None:
    by_hand = {
        (loss, name): abs(value / level - 1)
        for loss, values in LEVELS.items()
        for name, level in zip(NAMES, values, strict=True)
        if abs(value / level - 1) <= 0.02
    }
    near = levels_near(value, RunConfig())
    assert {(x.loss, x.state) for x in near} == {*by_hand}
    apart = [by_hand[x.loss, x.state] for x in near]
    np.testing.assert_allclose(apart, sorted(apart), atol=1e-9)
    for loss in LEVELS:
        assert levels_near(value, RunConfig(), loss) == tuple(x for x in near if x.loss == loss)


def test_a_value_is_told_of_the_said_loss_or_else_of_the_others() -> None:
    near = "near the level 0.3466 = 0.5 ln 2 of “two rows learned” in the mean cross-entropy, "
    near += "−¼Σ(t ln y + (1−t) ln(1−y))."
    assert loss_sentence(0.3466, RunConfig()) == f"The loss 0.3466 is {near}"
    assert loss_sentence(0.25, RunConfig()).count("; or near ") == 2
    far = "The loss 9 is not within 2 % of the level of any stuck state"
    assert loss_sentence(9, RunConfig()) == f"{far}."
    assert loss_sentence(9, RunConfig(), "mse") == f"{far} in the mean squared error."
    told = loss_sentence(0.3466, RunConfig(), "cross-entropy")
    assert told.endswith(f" of any stuck state in the cross-entropy. It is {near}")


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("targets", [XOR, AND, (0, 1, 1, 1)])
def test_states_and_levels_do_not_depend_on_coding(targets: tuple[int, ...], coding: str) -> None:
    """A linear unit answers its input, so that the loss of any outputs is that of the formula."""
    for state in states_of(targets):
        given = CODINGS[coding].value(np.array(state.outputs))
        found = diagnose_rows(given, targets, "linear", coding)
        assert (found.state, found.evidence.pinned) == (state.name, state.pinned)
        for loss in SQUARED:
            config = RunConfig(targets=targets, output="linear", coding=coding, loss=loss)
            level = level_of(state, config)
            assert level == pytest.approx(head_of(config).loss(given, np.array(targets)), rel=1e-12)
    known = {level.loss for level in levels(RunConfig(targets=targets, coding=coding))}
    assert known == set(LOSS_NAMES if coding == "zero-one" else SQUARED)


def test_the_middle_is_written_in_the_numbers_of_the_run() -> None:
    for coding, text in (("zero-one", "½"), ("plus-minus", "0")):
        middle = CODINGS[coding].value(np.full(4, 0.5))
        found = diagnose_rows(middle, XOR, "tanh", coding)
        assert found.said.text == f"All outputs are near {text}."
    third = diagnose_rows((1 / 3, -1, 1 / 3, 1 / 3), XOR, "tanh", "plus-minus")
    assert third.said.text == "Row 00 is learned, the others answer ⅓."
