"""Similarity of hidden units, against pairwise calculations."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from xorviz.core.analysis.symmetry import (
    SpreadHistory,
    difference,
    equal_units,
    is_mirrored,
    similarity,
    spread,
)
from xorviz.core.network import Weights, flat, hidden, incoming, initial_weights
from xorviz.core.runs.recording import MOST_CHECKPOINTS, Recording
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
    found = similarity(with_units(*units))
    expected = [[cosine(one, other) for other in units] for one in units]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), np.ones(len(units)))


def test_equal_and_opposite_units_are_exactly_1_and_minus_1() -> None:
    drawn = np.random.RandomState(0).uniform(-1, 1, (40, 3))
    for one in drawn:
        found = similarity(with_units(tuple(one), tuple(one), tuple(-one)))
        assert found[0].tolist() == [1, 1, -1]


def test_outgoing_weights_do_not_matter() -> None:
    weights = initial_weights(RunConfig(width=6, biases=True))
    other = replace(weights, w2=-3 * weights.w2, b2=np.array([7.0]))
    np.testing.assert_array_equal(similarity(weights), similarity(other))


def test_a_bias_counts_as_an_incoming_number() -> None:
    weights = with_units((1, 0, 0), (1, 0, 5))
    assert similarity(weights)[0, 1] == pytest.approx(1 / math.sqrt(26))
    assert difference(weights, 0, 1) == 5
    assert similarity(with_units((1, 0), (1, 0)))[0, 1] == 1


def test_units_without_input_are_similar_only_to_each_other() -> None:
    found = similarity(with_units((0, 0), (0, -0.0), (1, 2)))
    np.testing.assert_array_equal(found, [[1, 1, 0], [1, 1, 0], [0, 0, 1]])


def test_a_mirror_image_responds_high_where_the_unit_responds_low() -> None:
    for activation in ACTIVATION_NAMES:
        weights = with_units((1.5, -0.5, 0.25), (-1.5, 0.5, -0.25), (1.5, 0.5, -0.25))
        plane = np.random.RandomState(0).uniform(-5, 5, (50, 2))
        h = hidden(weights, activation, plane)
        whole = {"sigmoid": 1, "tanh": 0}.get(activation)
        mirrors = whole is not None and np.allclose(h[:, 0] + h[:, 1], whole)
        assert is_mirrored(weights, activation, 0, 1) == mirrors
        assert not is_mirrored(weights, activation, 0, 2)


def test_large_units_are_mirrored_as_any() -> None:
    weights = with_units((1.7e308, 1e308), (-1.7e308, -1e308), (1.7e308, 1e308))
    with np.errstate(all="raise"):
        mirrored = [is_mirrored(weights, "tanh", 0, other) for other in (1, 2)]
    assert mirrored == [True, False]
    assert not is_mirrored(with_units((0, 0), (0, 0)), "tanh", 0, 1)


def test_a_mirror_image_may_differ_by_one_percent() -> None:
    assert is_mirrored(with_units((2, 1), (-2.019, -1)), "tanh", 0, 1)
    assert not is_mirrored(with_units((2, 1), (-2.021, -1)), "tanh", 0, 1)
    assert not is_mirrored(with_units((0, 0), (0, 0)), "tanh", 0, 1)


def test_equal_units_are_equal_bit_for_bit() -> None:
    one, next_to_it = (0.3, 0.7), (math.nextafter(0.3, 1), 0.7)
    weights = with_units(one, next_to_it, one, (0.0, 1), next_to_it, (-0.0, 1), (9, 9))
    assert equal_units(weights) == [(0, 2), (1, 4), (3, 5)]
    assert difference(weights, 0, 2) == 0
    assert difference(weights, 0, 1) == math.nextafter(0.3, 1) - 0.3
    assert equal_units(with_units((1, 2))) == []


def pair_by_pair(weights: Weights) -> list[float]:
    """Return the differences of all pairs of units, one number at a time."""
    units = incoming(weights).T.tolist()
    return [
        max(abs(a - b) for a, b in zip(one, other, strict=True))
        for one, other in combinations(units, 2)
    ]


def test_the_spread_covers_every_pair() -> None:
    for biases in (False, True):
        for width in (2, 3, 5, 20):
            configs = [
                RunConfig(width=width, biases=biases, seed=seed, init=init, perturbation=p)
                for seed in range(10)
                for init, p in (("uniform", 1.0), ("nearly-equal", 1e-6), ("nearly-equal", 1e-15))
            ]
            networks = [initial_weights(config) for config in configs]
            found = spread(np.stack([flat(weights) for weights in networks]), configs[0])
            pairs = [pair_by_pair(weights) for weights in networks]
            ends = [(max(apart), min(apart)) for apart in pairs]
            np.testing.assert_array_equal(found, ends)
            for n, weights in enumerate(networks):
                assert (found[n, 1] == 0) == bool(equal_units(weights))
                assert found[n, 0] == max(
                    difference(weights, one, other) for one, other in combinations(range(width), 2)
                )


def test_tiny_differences_survive_beside_large_numbers() -> None:
    weights = with_units((1000, 3), (math.nextafter(1000, 0), 3), (-1000, 3))
    found = spread(flat(weights)[np.newaxis], RunConfig())
    assert found.tolist() == [[2000, 1000 - math.nextafter(1000, 0)]]
    assert spread(flat(with_units((5e-324, 0), (0, 0)))[np.newaxis], RunConfig(width=2))[0, 0] > 0


def test_a_difference_beyond_the_largest_number_is_the_largest_number() -> None:
    weights, largest = with_units((1.7e308, 3), (-1.7e308, 3)), np.finfo(float).max
    with np.errstate(all="raise"):
        found = spread(flat(weights)[np.newaxis], RunConfig(width=2))
        assert found.tolist() == [[largest, largest]]
        assert difference(weights, 0, 1) == largest


def test_one_unit_or_no_step_has_no_spread() -> None:
    alone = spread(np.ones((4, 3)), RunConfig(width=1))
    assert alone.tolist() == [[0, 0]] * 4
    assert spread(np.empty((0, 9)), RunConfig()).shape == (0, 2)


def whole_curve(recording: Recording) -> NDArray[np.float64]:
    """Return the spread of all checkpoints, computed at once."""
    kept = recording.record().checkpoints
    return spread(np.stack([c.parameters for c in kept]), recording.config)


def test_the_history_follows_a_run_and_its_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned: list[int] = []

    def counting(parameters: NDArray[np.float64], config: RunConfig) -> object:
        reckoned.append(len(parameters))
        return spread(parameters, config)

    monkeypatch.setattr("xorviz.core.analysis.symmetry.spread", counting)
    history, recording = SpreadHistory(), Recording(RunConfig(rate=0.5, init="nearly-equal"))
    for n in (1000, 64, 10, 64 * MOST_CHECKPOINTS):
        recording.advance(n)
        curve = history.curve(recording.record())
        np.testing.assert_array_equal(curve.spread, whole_curve(recording))
        assert curve.steps.tolist() == [c.step for c in recording.record().checkpoints]
    # At 1064 and 1074: the step itself, and at 1024 and 1056 what was passed.
    assert reckoned[1:3] == [3, 1]
    branch = recording.fork(500)
    branch.advance(100)
    np.testing.assert_array_equal(history.curve(branch.record()).spread, whole_curve(branch))


def test_an_empty_history_is_empty() -> None:
    record = replace(Recording(RunConfig()).record(), checkpoints=())
    curve = SpreadHistory().curve(record)
    assert len(curve.steps) == len(curve.spread) == 0


def test_units_that_start_equal_stay_equal_to_the_last_bit() -> None:
    recording = Recording(RunConfig(width=5, rate=0.5, biases=True, init="equal"))
    recording.advance(2000)
    curve = SpreadHistory().curve(recording.record())
    assert not curve.spread.any()
    assert equal_units(recording.snapshot().weights) == [(0, 1, 2, 3, 4)]
