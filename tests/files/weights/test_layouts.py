"""Weights are read in every layout in which programs keep them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from tests.support.files import refusal
from xorviz.core.arrays import Array
from xorviz.core.check import check as truth
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import Finding, StepCheck
from xorviz.core.network import INPUTS, Weights, gradient, initial_weights, outputs, step
from xorviz.core.runs.record import WEIGHT
from xorviz.core.settings import RunConfig
from xorviz.files.weights import check_step as stepped
from xorviz.files.weights.own_network import (
    Arrays,
    OrientationError,
    arranged,
    needs_orientation,
    readings,
)
from xorviz.files.weights.check_step import checked_step

WIDTHS = (1, 2, 3, 4)
FORMS = {"list": (-1,), "row": (1, -1), "column": (-1, 1)}
LAYOUTS = list(product(("in-out", "out-in"), (False, True), (False, True), (False, True)))
"""Orientation, whether biases come first, and whether those of w1 and w2 stand in them."""
NOTHING = Said()


def stored(weights: Weights, layout: tuple[str, bool, bool, bool], form: str = "list") -> Arrays:
    """Return a network as a program keeps it."""
    orientation, is_first, in_w1, in_w2 = layout
    w1, b1, w2, b2 = weights.w1, weights.b1, weights.w2.ravel(), weights.b2

    def joined(array: Array, bias: Array) -> Array:
        return np.concatenate([bias, array] if is_first else [array, bias])

    if in_w1 and b1 is not None:
        w1, b1 = joined(w1, b1[np.newaxis]), None
    if in_w2 and b2 is not None:
        w2, b2 = joined(w2, b2), None
    return Arrays(w1 if orientation == "in-out" else w1.T, b1, w2.reshape(FORMS[form]), b2)


def trained(width: int, *without: str) -> tuple[Weights, Weights]:
    """Return a network, perhaps without some biases, and the same after a step."""
    config = RunConfig(width=width, rate=0.5, biases=True, seed=5)
    whole = initial_weights(config)
    b1, b2 = (None if name in without else getattr(whole, name) for name in ("b1", "b2"))
    before = Weights(whole.w1, b1, whole.w2, b2)
    return before, step(before, gradient(before, config), None, config)[0]


def is_same(one: Weights, other: Weights) -> bool:
    names = ("w1", "b1", "w2", "b2")
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names
               if getattr(one, n) is not None or getattr(other, n) is not None)  # fmt: skip


@given(st.sampled_from(WIDTHS), st.sampled_from(LAYOUTS), st.sampled_from(sorted(FORMS)),
       st.sampled_from([(), ("b1",), ("b2",), ("b1", "b2")]))  # fmt: skip
def test_what_a_program_keeps_is_among_the_readings(
    width: int, layout: tuple[str, bool, bool, bool], form: str, without: tuple[str, ...]
) -> None:
    known, _ = trained(width, *without)
    kept = stored(known, layout, form)
    found = readings(kept)
    assert sum(is_same(one.weights, known) for one in found) == 1
    for one in found:  # and each is what its name says
        assert is_same(readings(kept, one.orientation)[0].weights, one.weights)


@pytest.mark.parametrize(("width", "layout"), some(list(product(WIDTHS, LAYOUTS)), 4))
def test_of_all_readings_the_step_decides(width: int, layout: tuple[str, bool, bool, bool]) -> None:
    before, after = trained(width)
    states = stored(before, layout), stored(after, layout)
    found = checked_step(states, NOTHING)
    assert found.check.verdict == "correct"
    assert is_same(found.networks[0].weights, before)
    assert is_same(found.networks[1].weights, after)
    again = checked_step(states, NOTHING, found.orientation)  # with what was found out
    assert is_same(again.networks[0].weights, before)


def test_a_faulty_step_is_read_by_the_arrays_that_are_exact() -> None:
    before, after = trained(2)
    wrong = Weights(2 * before.w1 - after.w1, after.b1, after.w2, after.b2)
    for layout in (("out-in", False, False, False), ("out-in", True, True, True)):
        found = checked_step([stored(w, layout) for w in (before, wrong)], NOTHING)
        assert (found.check.verdict, found.networks[0].orientation[:6]) == ("faulty", "out-in")
        findings = found.check.arrays
        assert findings["w1"].is_fault
        assert not any(findings[name].is_fault for name in ("b1", "w2", "b2"))


def test_gradients_are_read_as_their_weights() -> None:
    before, _ = trained(3)
    slopes = gradient(before, RunConfig(width=3, biases=True))
    kept, of_slopes = (stored(w, ("out-in", True, True, True), "row") for w in (before, slopes))
    found = checked_gradient(kept, of_slopes, NOTHING)
    assert found.check.verdict == "correct"
    assert is_same(found.networks[0].weights, before)


W23 = np.array([[1.0, 2, 3], [4, 5, 6]])
TURNED = "2-2-1 with biases, w1 as (2, 3): transposed, its"
NOTES = [
    ((3, 1), None, "2-3-1 without biases, w1 as (2, 3), since w2 is (3, 1)"),
    ((3,), None, "2-3-1 without biases, w1 as (2, 3)"),
    ((1, 3), "in-out", "2-3-1 without biases, w1 as (2, 3)"),
    (
        *((1, 3), "out-in"),
        f"{TURNED} last column holds the biases, w2 as (1, 3): its last number is the output bias",
    ),
    ((2,), "out-in-first", f"{TURNED} first column holds the biases, b2 is missing and taken as 0"),
]


def test_how_arrays_were_read_is_said() -> None:
    for shape, orientation, summary in NOTES:
        w2 = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
        assert arranged(Arrays(W23, w2=w2), orientation).summary == summary
    by_row = Arrays(np.ones((2, 4)), np.ones((4, 1)), np.ones(4), np.ones(1))
    assert "rows, not to units" in arranged(by_row).notes[-1]


SQUARE = np.array([[1.0, 2], [3, 4]])
ASKED = [
    (SQUARE, (2,), None, ("in-out", "out-in")),
    (SQUARE, (1, 2), None, ()),
    (SQUARE, (2,), "out-in", ()),
    (SQUARE @ SQUARE.T, (2,), None, ()),  # symmetric: both are the same network
    (W23, (3,), None, ()),
    (W23, (1, 3), None, ("in-out", "out-in", "out-in-first")),
    (W23, (1, 3), "out-in-first", ()),  # as a course names it
    (np.arange(15.0).reshape(5, 3), (1, 6), None, ("out-in", "out-in-first")),
]


def test_a_question_is_asked_only_where_the_likely_readings_differ() -> None:
    for w1, shape, by_name, allowed in ASKED:
        w2 = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
        kept = Arrays(w1, w2=w2, orientation=by_name)
        assert needs_orientation(kept) == bool(allowed)
        if allowed:
            with pytest.raises(OrientationError) as asked:
                arranged(kept)
            assert asked.value.allowed == allowed
            for orientation in allowed:
                assert arranged(kept, orientation).orientation == orientation


def test_an_orientation_is_what_its_name_says() -> None:
    w2 = np.array([5.0, 6])
    for orientation, w1 in (("in-out", SQUARE), ("out-in", SQUARE.T)):
        by_hand = 1 / (1 + np.exp(-(1 / (1 + np.exp(-(INPUTS @ w1))) @ w2)))
        found = arranged(Arrays(SQUARE, w2=w2), orientation)
        np.testing.assert_allclose(outputs(found.weights, "sigmoid"), by_hand)


def test_equal_answers_need_no_question_and_different_ones_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = (Arrays(SQUARE + n, w2=np.ones(2)) for n in range(2))
    verdicts = iter(["faulty", "faulty", "undecided", "undecided"])
    found = iter(["one", "other", "unknown", "cannot be told"])

    def check(states: Sequence[Weights], said: Said) -> StepCheck:
        finding = Finding(next(found), None, 1.0)
        return replace(truth.check(states, said), verdict=next(verdicts), arrays={"w1": finding})

    monkeypatch.setattr(stepped, "check", check)
    with pytest.raises(OrientationError, match="and the step does not show whether its rows"):
        checked_step([before, after], NOTHING)
    assert checked_step([before, after], NOTHING).orientation == "in-out"


BIAS_BY_ROW = "has one bias for each row of the table (4); a bias belongs to a unit: "
LISTS = "allowed beside 3 hidden units: (3,) or (3, 1) or (1, 3)"
ONE = np.ones(1)
NO_NETWORKS: list[tuple[Arrays, str]] = [
    (Arrays(w2=ONE), "w1 is missing; a network has w1 and w2, and perhaps b1 and b2"),
    (Arrays(W23), "w2 is missing; a network has w1 and w2"),
    *((Arrays(np.ones(shape), w2=ONE), f"w1 has the shape {shape}; allowed: (2, H) or (H, 2), H")
      for shape in ((4, 4), (2, 65), (2, 0), (2,))),
    (Arrays(np.ones((3, 4)), ONE, ONE), "w1 has the shape (3, 4); allowed beside b1: (2, H) or"),
    (Arrays(W23, w2=np.ones(5)), f"w2 has the shape (5,); {LISTS}, or one more with the output"),
    (Arrays(W23, np.ones((3, 3)), np.ones(3)), f"b1 has the shape (3, 3); {LISTS}"),
    (Arrays(W23, np.ones(3), np.ones(3), np.ones(2)), "b2 has the shape (2,); allowed: one number"),
    (Arrays(W23, np.ones((4, 1)), np.ones(3)), f"b1 {BIAS_BY_ROW}(3,)"),
    (Arrays(W23, np.ones(3), np.ones(3), np.ones(4)), f"b2 {BIAS_BY_ROW}one number"),
    (Arrays(W23 * 2e6, w2=np.ones(3)), f"w1[x1→h1] is 2000000.0; allowed: {WEIGHT.allowed}"),
    (Arrays(W23, w2=np.full(3, np.nan)), f"w2[h1→o] is nan; allowed: {WEIGHT.allowed}"),
]  # fmt: skip


def test_arrays_that_make_no_network_are_refused_with_the_allowed_shapes() -> None:
    for wrong, sentence in NO_NETWORKS:
        assert refusal(arranged, wrong).startswith(sentence)
    with pytest.raises(OrientationError, match="which can only be out-in"):
        arranged(Arrays(W23.T, np.ones(3), np.ones(3)), "in-out")
