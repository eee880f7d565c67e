"""Similarity of hidden units, against pairwise calculations."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.analysis.symmetry import (
    difference,
    equal_units,
    is_mirrored,
    parted_after,
    partners,
    similarity,
)
from xorviz.core.network import Weights, hidden, incoming
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig

NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-200, 5e-324, 1e200, 1e306]) | st.floats(-9, 9)


def with_units(*units: tuple[float, ...]) -> Weights:
    """Return a network whose units have these incoming weights, and biases where there are 3."""
    into = np.array(units, dtype=float).T
    b1 = into[2] if len(into) == 3 else None
    b2 = None if b1 is None else np.zeros(1)
    return Weights(into[:2], b1, np.ones((len(units), 1)), b2)


def cosine(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the cosine by exact arithmetic up to the last root."""
    a, b = [Fraction(x) for x in one], [Fraction(x) for x in other]
    squares = sum(x * x for x in a) * sum(x * x for x in b)
    if not squares:
        return 1.0 if not any(a) and not any(b) else 0.0
    dot = sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))
    return (-1 if dot < 0 else 1) * math.sqrt(dot * dot / squares)


@given(st.sampled_from([2, 3]).flatmap(lambda k: st.lists(st.tuples(*[NUMBERS] * k), min_size=1)))
def test_similarity_is_the_cosine_of_incoming_numbers(units: list[tuple[float, ...]]) -> None:
    weights = with_units(*units)
    found = similarity(weights)
    expected = [[cosine(one, other) for other in units] for one in units]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), np.ones(len(units)))
    np.testing.assert_array_equal(similarity(replace(weights, w2=-3 * weights.w2)), found)


def test_equal_and_opposite_units_are_exactly_1_and_minus_1() -> None:
    for one in np.random.RandomState(0).uniform(-1, 1, (40, 3)):
        found = similarity(with_units(tuple(one), tuple(one), tuple(-one)))
        assert found[0].tolist() == [1, 1, -1]
    silent = similarity(with_units((0, 0), (0, -0.0), (1, 2)))
    np.testing.assert_array_equal(silent, [[1, 1, 0], [1, 1, 0], [0, 0, 1]])


def test_a_mirror_image_responds_high_where_the_unit_responds_low() -> None:
    for activation in ACTIVATION_NAMES:
        weights = with_units((1.5, -0.5, 0.25), (-1.5, 0.5, -0.25), (1.5, 0.5, -0.25))
        x = np.random.RandomState(0).uniform(-5, 5, (50, 2))
        h = hidden(weights, RunConfig(activation=activation), x)
        whole = {"sigmoid": 1, "tanh": 0}.get(activation)
        mirrors = whole is not None and np.allclose(h[:, 0] + h[:, 1], whole)
        assert is_mirrored(weights, activation, 0, 1) == mirrors
        assert not is_mirrored(weights, activation, 0, 2)


@pytest.mark.parametrize(
    ("one", "other", "mirrored"),
    [
        ((1.7e308, 1e308), (-1.7e308, -1e308), True),
        ((1.7e308, 1e308), (1.7e308, 1e308), False),
        ((2, 1), (-2.019, -1), True),  # up to one percent
        ((2, 1), (-2.021, -1), False),
        ((0, 0), (0, 0), False),
    ],
)
def test_a_mirror_image_may_differ_by_one_percent(
    one: tuple[float, ...], other: tuple[float, ...], mirrored: bool
) -> None:
    with np.errstate(all="raise"):
        assert is_mirrored(with_units(one, other), "tanh", 0, 1) == mirrored


def test_equal_units_are_equal_bit_for_bit() -> None:
    one, next_to_it = (0.3, 0.7), (math.nextafter(0.3, 1), 0.7)
    weights = with_units(one, next_to_it, one, (0.0, 1), next_to_it, (-0.0, 1), (9, 9))
    assert equal_units(weights) == [(0, 2), (1, 4), (3, 5)]
    assert difference(weights, 0, 2) == 0
    assert difference(weights, 0, 1) == math.nextafter(0.3, 1) - 0.3
    assert equal_units(with_units((1, 2))) == []


def test_tiny_and_huge_differences_survive() -> None:
    huge = float(np.finfo(float).max)
    for units, expected in (
        (((1000, 3), (math.nextafter(1000, 0), 3)), 1000 - math.nextafter(1000, 0)),
        (((5e-324, 0), (0, 0)), 5e-324),
        (((1.7e308, 3), (-1.7e308, 3)), huge),
    ):
        with np.errstate(over="raise"):
            assert difference(with_units(*units), 0, 1) == expected


def test_each_unit_is_compared_with_the_nearest_or_the_chosen_one() -> None:
    cosines = similarity(with_units((1, 0), (1, 0.1), (-1, 0.01)))
    assert partners(cosines) == [2, 0, 0]
    assert partners(cosines, 1) == [1, 0, 1]
    assert partners(cosines, 3) == [2, 0, 0], "a wider network's"
    assert (np.diag(cosines) == 1).all(), "not written to"


@pytest.mark.parametrize("biases", [False, True])
def test_units_part_after_the_last_step_at_which_they_look_alike(biases: bool) -> None:
    config = RunConfig(rate=0.5, init="nearly-equal", perturbation=1e-3, biases=biases)
    recording = Recording(config)
    recording.advance(5000)
    record = recording.record()
    for pair in combinations(range(3), 2):
        parted = parted_after(record, 5000, *pair)
        assert parted is not None
        steps = [checkpoint.step for checkpoint in record.path]
        after = steps[steps.index(parted) + 1]
        for step, is_alike in ((parted, True), (after, False)):
            weights = recording.state_at(step).weights
            largest = np.abs(incoming(weights)[:, list(pair)]).max()
            assert (difference(weights, *pair) <= 0.01 * largest) == is_alike
        assert parted_after(record, parted + 1, *pair) is None, "they are still alike"
        assert parted_after(record, 0, *pair) is None
    far = Recording(RunConfig())
    far.advance(50)
    assert parted_after(far.record(), 50, 0, 1) is None
