"""Stuck states for given targets, and the nearest one to given outputs."""

from itertools import product

import numpy as np
import pytest

from xorviz.core.diagnosis.stuck_states import (
    NAMES,
    NO_ROW,
    OLD_NAMES,
    ONE_ROW,
    THREE_ROWS,
    TWO_ROWS,
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
    cases: list[tuple[tuple[float, ...], str]] = [
        ((0.5, 0.5, 0.5, 0.5), NO_ROW),
        ((2 / 3, 0, 2 / 3, 2 / 3), ONE_ROW),
        ((1, 0, 0.5, 0.5), TWO_ROWS),
        ((1, 0, 1, 0.5), THREE_ROWS),
        ((0.81, 0, 1, 0.31), THREE_ROWS),
    ]
    for outputs, name in cases:
        found = nearest(outputs, XOR)
        assert found is not None
        assert found.name == name


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
