"""Weights are read in every layout in which programs keep them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.cases import some
from tests.support.files import refusal
from xorviz.core.arrays import Array
from xorviz.core.check.said import Said
from xorviz.core.network import Weights, gradient, initial_weights, step
from xorviz.core.runs.record import WEIGHT
from xorviz.core.settings import RunConfig
from xorviz.files.weights.check_step import checked_step
from xorviz.files.weights.own_network import Arrays, OrientationError, arranged, likely, readings

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
    pairs = [(getattr(one, n), getattr(other, n)) for n in ("w1", "b1", "w2", "b2")]
    return all(np.array_equal(a, b) for a, b in pairs if a is not None or b is not None)


@settings(max_examples=40)
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
        faulty = [name for name, finding in found.check.arrays.items() if finding.is_fault]
        assert faulty == ["w1"]


def test_a_reading_with_the_same_outputs_does_not_make_a_right_step_faulty() -> None:
    before, _ = trained(2)
    even = Weights(np.full((2, 2), 0.5), before.b1, before.w2, before.b2)
    config = RunConfig(width=2, rate=0.5, biases=True)
    moved, _ = step(even, gradient(even, config), None, config)
    states = [stored(w, ("out-in", False, False, False)) for w in (even, moved)]
    found = checked_step(states, NOTHING)  # read in-out, only w1 is wrong
    assert (found.check.verdict, found.orientation) == ("correct", "out-in")


SQUARE = np.array([[1.0, 2], [3, 4]])
W23 = np.array([[1.0, 2, 3], [4, 5, 6]])
ASKED = [
    (SQUARE, (2,), False, ("in-out", "out-in")),
    (SQUARE, (1, 2), False, ()),
    (SQUARE @ SQUARE.T, (2,), False, ()),  # symmetric: both are the same network
    (W23, (3,), False, ()),
    (W23, (1, 3), False, ("in-out", "out-in", "out-in-first")),
    (W23, (1, 3), True, ()),
    (np.arange(15.0).reshape(5, 3), (1, 6), False, ("out-in", "out-in-first")),
]


def test_a_question_is_asked_only_where_the_likely_readings_differ() -> None:
    for w1, shape, is_course, allowed in ASKED:
        w2 = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
        kept = Arrays(w1, w2=w2, is_course=is_course)
        assert (len(likely(kept)) > 1) == bool(allowed)
        if allowed:
            with pytest.raises(OrientationError) as asked:
                arranged(kept)
            assert asked.value.allowed == allowed
            for orientation in allowed:
                assert arranged(kept, orientation).orientation == orientation


def test_how_arrays_were_read_is_said() -> None:
    one_more = Arrays(W23, w2=np.arange(3.0)[np.newaxis])
    for orientation, parts in (
        ("in-out", ["2-3-1 without biases", "w1 as (2, 3)"]),
        ("out-in", ["transposed", "last column holds the biases", "w2 as (1, 3): its last number"]),
        ("out-in-first", ["first column holds the biases", "w2 as (1, 3): its first number"]),
    ):
        summary = arranged(one_more, orientation).summary
        assert all(part in summary for part in parts)
    for kept, missing in (
        (Arrays(W23, np.ones(3), np.ones(3)), "b2"),
        (Arrays(W23, w2=np.ones(3), b2=np.array(4.0)), "b1"),
    ):
        network = arranged(kept)
        assert network.notes[1:] == (f"{missing} is missing and taken as 0",)
        assert not np.any(getattr(network.weights, missing))
    by_row = Arrays(np.ones((2, 4)), np.ones((4, 1)), np.ones(4), np.ones(1))
    assert "rows, not to units" in arranged(by_row).notes[-1]


ONE = np.ones(1)
NO_NETWORKS: list[tuple[Arrays, str]] = [
    (Arrays(w2=ONE), "w1 is missing; a network has w1 and w2, and perhaps b1 and b2"),
    (Arrays(W23), "w2 is missing; a network has w1 and w2"),
    *((Arrays(np.ones(shape), w2=ONE), f"w1 has the shape {shape}; allowed: (2, H) or (H, 2), and")
      for shape in ((4, 4), (2,))),
    *((Arrays(np.ones((2, n)), w2=ONE), f"the number of hidden units in w1 is {n}; allowed: a who")
      for n in (0, 65)),
    (Arrays(np.ones((3, 4)), ONE, ONE), "w1 has the shape (3, 4); allowed: (2, H) or (H, 2), and"),
    (Arrays(W23, w2=np.ones(5)), "w2 has the shape (5,); allowed: 3 numbers"),
    (Arrays(W23, np.ones((3, 3)), np.ones(3)), "b1 has the shape (3, 3); allowed: 3 numbers"),
    (Arrays(W23, np.ones(3), np.ones(3), np.ones(2)), "b2 has the shape (2,); allowed: one number"),
    (Arrays(W23, np.ones((4, 1)), np.ones(3)), "b1 has one bias for each row of the table"),
    (Arrays(W23, np.ones(3), np.ones(3), np.ones(4)), "b2 has one bias for each row of the table"),
    (Arrays(W23 * 2e6, w2=np.ones(3)), f"w1[x1→h1] is 2000000.0; allowed: {WEIGHT.allowed}"),
    (Arrays(W23, w2=np.full(3, np.nan)), f"w2[h1→o] is nan; allowed: {WEIGHT.allowed}"),
]  # fmt: skip


def test_arrays_that_make_no_network_are_refused_with_the_allowed_shapes() -> None:
    for wrong, sentence in NO_NETWORKS:
        assert refusal(arranged, wrong).startswith(sentence)
    with pytest.raises(OrientationError, match="which can only be out-in"):
        arranged(Arrays(W23.T, np.ones(3), np.ones(3)), "in-out")
