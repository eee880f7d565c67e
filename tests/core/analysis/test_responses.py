"""Responses of hidden units over the input square."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.analysis.responses import (
    Span,
    color_span,
    largest_responses,
    response_maps,
    responses,
    round_bound,
    span_of,
)
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.network import INPUTS, Weights, hidden, initial_weights
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig


def drawn(width: int, biases: bool = True, scale: float = 2.0) -> Weights:
    return initial_weights(RunConfig(width=width, biases=biases, seed=3, init_range=scale))


def test_responses_are_those_of_the_network() -> None:
    for biases in (False, True):
        for activation in ACTIVATION_NAMES:
            weights = drawn(5, biases)
            exact = hidden(weights, activation)
            np.testing.assert_array_equal(responses(weights, activation), exact)
            np.testing.assert_allclose(
                responses(weights, activation, units=[4, 1]), exact[:, [4, 1]]
            )
            assert responses(weights, activation, units=[]).shape == (4, 0)


def test_inputs_can_have_any_shape() -> None:
    weights = drawn(3, biases=False)
    x = np.stack((INPUTS, INPUTS[::-1]))
    answers = responses(weights, "tanh", x, [2, 0])
    assert answers.shape == (2, 4, 2)
    np.testing.assert_allclose(answers[1], hidden(weights, "tanh", INPUTS[::-1])[:, [2, 0]])


def test_a_map_holds_the_response_at_each_pixel_center() -> None:
    for biases in (False, True):
        for activation in ACTIVATION_NAMES:
            weights, n = drawn(4, biases), 7
            maps = response_maps(weights, activation, [3, 1], n)
            assert maps.shape == (2, n, n)
            assert maps.dtype == np.float32
            pixel = (HIGH - LOW) / n
            for row, column in ((0, 0), (0, n - 1), (n - 1, 0), (2, 5)):
                x1, x2 = LOW + (column + 0.5) * pixel, HIGH - (row + 0.5) * pixel
                exact = hidden(weights, activation, np.array([[x1, x2]]))[0, [3, 1]]
                np.testing.assert_allclose(maps[:, row, column], exact, rtol=1e-5, atol=1e-6)


def test_huge_weights_give_finite_responses() -> None:
    for activation in ACTIVATION_NAMES:
        for scale in (1e30, 1e200, 1.7e308):
            signs = np.array([[1.0, -1.0], [-1.0, -1.0]])
            weights = Weights(signs * scale, np.array([scale, -scale]), np.ones((2, 1)), None)
            assert np.isfinite(responses(weights, activation)).all()
            assert np.isfinite(response_maps(weights, activation, [0, 1], 6)).all()
            assert np.isfinite(largest_responses(weights, activation)).all()


@pytest.mark.parametrize("scale", [1e-60, 1e-300, 1e5])
def test_maps_of_relu_are_in_proportion_to_the_weights(scale: float) -> None:
    weights = drawn(3, biases=False)
    scaled = replace(weights, w1=weights.w1 * scale)
    maps, plain = (response_maps(w, "relu", range(3), 9) for w in (scaled, weights))
    np.testing.assert_allclose(maps / scale, plain, rtol=1e-4, atol=1e-6)


def test_the_largest_response_is_at_a_corner() -> None:
    weights = drawn(6)
    largest = largest_responses(weights, "relu")
    maps = response_maps(weights, "relu", range(6), 50)
    assert (maps.max(axis=(1, 2)) <= largest + 1e-6).all()
    np.testing.assert_allclose(maps.max(axis=(1, 2)), largest, atol=0.25)


def test_spans_are_fixed_except_for_relu() -> None:
    assert [span_of(name, 3.2) for name in ACTIVATION_NAMES] == [
        Span(0, 1),
        Span(-1, 1),
        Span(0, 5),
    ]
    assert [color_span(name, 3.2) for name in ACTIVATION_NAMES] == [
        Span(0, 1),
        Span(-1, 1),
        Span(-5, 5),
    ]


def test_a_round_bound_is_one_two_or_five() -> None:
    cases: list[tuple[float, float]] = [
        (0, 1),
        (-1, 1),
        (np.inf, 1),
        (1, 1),
        (1.01, 2),
        (2, 2),
        (4.9, 5),
        (5.1, 10),
        (0.03, 0.05),
        (30, 50),
        (1e15, 1e15),
    ]
    for largest, bound in cases:
        assert round_bound(largest) == pytest.approx(bound)


@given(st.floats(1e-290, 1e290))
def test_a_round_bound_is_just_large_enough(largest: float) -> None:
    bound = round_bound(largest)
    assert largest * (1 - 1e-9) <= bound <= 2.5 * largest * (1 + 1e-9)
