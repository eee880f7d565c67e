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
from xorviz.core.network import Weights, gradient, initial_weights
from xorviz.core.runs.record import WEIGHT
from xorviz.core.settings import RunConfig
from xorviz.files.weights.check_step import checked_step
from xorviz.files.weights.own_network import Arrays, OrientationError, arranged, likely, readings

CONFIG = RunConfig(width=2, rate=0.5, biases=True, seed=5)
BEFORE = initial_weights(CONFIG)
WIDTHS = (1, 2, 3, 4)
FORMS = {"list": (-1,), "row": (1, -1), "column": (-1, 1)}
Layout = tuple[bool, bool, bool, bool]
LAYOUTS: list[Layout] = list(product((False, True), repeat=4))  # type: ignore[arg-type]
"""Whether w1 is turned, whether biases come first, and whether those of w1 and w2 are in them."""
NOTHING = Said()
SAID = Said(rate=0.5, loss="sse", activation="sigmoid", output="sigmoid", batch="full")


def stored(weights: Weights, layout: Layout, form: str = "list") -> Arrays:
    """Return a network as a program keeps it."""
    is_turned, is_first, in_w1, in_w2 = layout
    w1, b1, w2, b2 = weights.w1, weights.b1, weights.w2.ravel(), weights.b2

    def joined(array: Array, bias: Array) -> Array:
        return np.concatenate([bias, array] if is_first else [array, bias])

    if in_w1 and b1 is not None:
        w1, b1 = joined(w1, b1[np.newaxis]), None
    if in_w2 and b2 is not None:
        w2, b2 = joined(w2, b2), None
    return Arrays(w1.T if is_turned else w1, b1, w2.reshape(FORMS[form]), b2)


def after(before: Weights) -> Weights:
    return before.each(lambda w, d: w - CONFIG.rate * d, gradient(before, CONFIG))


def is_same(one: Weights, other: Weights) -> bool:
    pairs = [(getattr(one, n), getattr(other, n)) for n in ("w1", "b1", "w2", "b2")]
    return all(np.array_equal(a, b) for a, b in pairs if a is not None or b is not None)


@settings(max_examples=40)
@given(st.sampled_from(WIDTHS), st.sampled_from(LAYOUTS), st.sampled_from(sorted(FORMS)),
       st.booleans(), st.booleans())  # fmt: skip
def test_what_a_program_keeps_is_among_the_readings(
    width: int, layout: Layout, form: str, has_b1: bool, has_b2: bool
) -> None:
    whole = initial_weights(RunConfig(width=width, biases=True))
    b1, b2 = (whole.b1 if has_b1 else None), (whole.b2 if has_b2 else None)
    known = Weights(whole.w1, b1, whole.w2, b2)
    kept = stored(known, layout, form)
    found = readings(kept)
    assert sum(is_same(one.weights, known) for one in found) == 1
    for one in found:  # and each is what its name says
        assert is_same(readings(kept, one.orientation)[0].weights, one.weights)


@pytest.mark.parametrize(("width", "layout"), some(product(WIDTHS[1:3], LAYOUTS), 2))
def test_of_all_readings_the_step_decides(width: int, layout: Layout) -> None:
    """Of these widths most readings are possible: w1 may be square, or have biases in it."""
    before = initial_weights(RunConfig(width=width, biases=True))
    pair = before, after(before)
    states = [stored(one, layout) for one in pair]
    found = checked_step(states, NOTHING)
    assert found.check.verdict == "correct"
    again = checked_step(states, NOTHING, found.orientation)  # with what was found out
    for known, *read in zip(pair, found.networks, again.networks, strict=True):
        assert all(is_same(one.weights, known) for one in read)


def test_a_step_is_read_by_the_arrays_that_are_exact() -> None:
    moved = after(BEFORE)
    wrong = Weights(2 * BEFORE.w1 - moved.w1, moved.b1, moved.w2, moved.b2)
    # Read the other way, with the same outputs, w1 of this one alone is wrong.
    even = Weights(np.full((2, 2), 0.5), BEFORE.b1, BEFORE.w2, BEFORE.b2)
    for pair, layout, verdict, faults in (
        ((BEFORE, wrong), (True, False, False, False), "faulty", {"w1"}),
        ((BEFORE, wrong), (True, True, True, True), "faulty", {"w1"}),
        ((even, after(even)), (True, False, False, False), "correct", set()),
    ):
        found = checked_step([stored(one, layout) for one in pair], SAID)
        assert (found.check.verdict, {*found.faults}) == (verdict, faults)
        assert found.networks[0].orientation.startswith("out-in")


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


ONE = np.ones(1)
MORE = Arrays(W23, w2=np.arange(3.0)[np.newaxis])
READ: list[tuple[Arrays, str | None, list[str]]] = [
    (MORE, "in-out", ["2-3-1 without biases", "w1 as (2, 3)"]),
    (MORE, "out-in", ["transposed", "last column holds the biases", "w2 as (1, 3): its last num"]),
    (MORE, "out-in-first", ["first column holds the biases", "w2 as (1, 3): its first number"]),
    (Arrays(W23, np.ones(3), np.ones(3)), None, ["b2 is missing and taken as 0"]),
    (Arrays(W23, w2=np.ones(3), b2=np.array(4.0)), None, ["b1 is missing and taken as 0"]),
    (Arrays(np.ones((2, 4)), np.ones((4, 1)), np.ones(4), ONE), None, ["rows, not to units"]),
]
NO_NETWORKS: list[tuple[Arrays, str]] = [
    (Arrays(w2=ONE), "w1 is missing; a network has w1 and w2, and perhaps b1 and b2"),
    (Arrays(W23), "w2 is missing; a network has w1 and w2"),
    *((Arrays(np.ones(shape), b1, ONE), f"w1 has the shape {shape}; allowed: (2, H) or (H, 2), and")
      for shape, b1 in (((4, 4), None), ((2,), None), ((3, 4), ONE))),
    *((Arrays(np.ones((2, n)), w2=ONE), f"the number of hidden units in w1 is {n}; allowed: a who")
      for n in (0, 65)),
    (Arrays(W23, w2=np.ones(5)), "w2 has the shape (5,); allowed: 3 numbers"),
    (Arrays(W23, np.ones((3, 3)), np.ones(3)), "b1 has the shape (3, 3); allowed: 3 numbers"),
    (Arrays(W23, np.ones(3), np.ones(3), np.ones(2)), "b2 has the shape (2,); allowed: one number"),
    (Arrays(W23, np.ones((4, 1)), np.ones(3)), "b1 has one bias for each row of the table"),
    (Arrays(W23 * 2e6, w2=np.ones(3)), f"w1[x1→h1] is 2000000.0; allowed: {WEIGHT.allowed}"),
    (Arrays(W23, w2=np.full(3, np.nan)), f"w2[h1→o] is nan; allowed: {WEIGHT.allowed}"),
]  # fmt: skip


def test_how_arrays_were_read_is_said_or_what_is_allowed() -> None:
    for kept, orientation, parts in READ:
        network = arranged(kept, orientation)
        assert all(part in network.summary for part in parts)
        for name in ("b1", "b2"):
            missing = f"{name} is missing" in network.summary
            assert not (missing and np.any(getattr(network.weights, name)))
    for wrong, sentence in NO_NETWORKS:
        assert refusal(arranged, wrong).startswith(sentence)
    with pytest.raises(OrientationError, match="which can only be out-in"):
        arranged(Arrays(W23.T, np.ones(3), np.ones(3)), "in-out")
