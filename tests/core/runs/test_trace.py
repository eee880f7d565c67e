"""Traces: bounded, exact, and without losing extremes."""

import tracemalloc
from itertools import accumulate, pairwise, takewhile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from xorviz.core.arrays import Array, nearest
from xorviz.core.runs.trace import CAPACITY, Trace, TraceRecorder


def noise(n: int, seed: int = 0) -> Array:
    return np.random.RandomState(seed).uniform(0, 1, n)


def tabled(losses: Array) -> tuple[Array, Array, Array]:
    """Return losses, outputs (n, 4) that encode them, and the gradient norms before each step."""
    return losses, losses[:, np.newaxis] + np.arange(4), np.append(np.nan, 10 + losses[:-1])


def recorded(losses: Array) -> TraceRecorder:
    recorder = TraceRecorder()
    recorder.extend(*tabled(losses))
    return recorder


def assert_exact(trace: Trace, losses: Array) -> None:
    """Fail unless each kept point has the numbers of its step; the last norm is not known yet."""
    _, outputs, _ = tabled(losses)
    np.testing.assert_array_equal(trace.losses, losses[trace.steps])
    np.testing.assert_array_equal(trace.outputs, outputs[trace.steps])
    np.testing.assert_array_equal(trace.gradient_norms[:-1], 10 + trace.losses[:-1])
    assert len(trace.steps) <= CAPACITY


@pytest.mark.parametrize("n", [1, 2, CAPACITY, CAPACITY + 1, 10_000, 123_456, 300_000])
def test_each_bucket_keeps_its_extremes(n: int) -> None:
    losses = noise(n, seed=1)
    trace = recorded(losses).trace()
    assert_exact(trace, losses)
    assert n > CAPACITY or len(trace.steps) == n
    assert (np.diff(trace.steps) > 0).all()
    assert (trace.steps[0], trace.steps[-1]) == (0, n - 1)
    stride = next(1 << k for k in range(20) if (n - 1) >> k < 512)  # at most 512 equal buckets
    assert n < 10_000 or (np.diff(trace.steps) <= 2 * stride).all()
    octaves = np.bincount(np.log2(trace.steps + 1).astype(int))
    assert (octaves[6:-1] >= 12).all()  # dense on a logarithmic axis, too
    for times in (1, 2, 16):
        starts = np.arange(0, n, stride * times)
        kept_starts = np.searchsorted(trace.steps, starts)
        for extreme in (np.minimum, np.maximum):
            np.testing.assert_array_equal(
                extreme.reduceat(trace.losses, kept_starts), extreme.reduceat(losses, starts)
            )


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 15_000) | st.sampled_from([1, CAPACITY, CAPACITY + 1]), max_size=8),
    st.sampled_from(["left alone", "read", "resumed"]),
)
def test_a_trace_does_not_depend_on_how_its_steps_come_or_when_it_is_read_or_resumed(
    seed: int, parts: list[int], between: str
) -> None:
    n = 40_000
    losses = noise(n, seed).round(2)  # with many ties
    columns = tabled(losses)
    split, singly = TraceRecorder(), TraceRecorder()
    for first in range(0, n, 500):
        singly.extend(*(column[first : first + 500] for column in columns))
    for first, end in pairwise([0, *takewhile(lambda end: end < n, accumulate(parts)), n]):
        part = [column[first:end].copy() for column in columns]
        split.extend(*part)
        for column in part:  # a kernel writes the next steps there
            column[:] = 0
        if between != "left alone" and end:
            split.complete(-7.0)
            assert split.trace().gradient_norms[-1] == -7.0
            assert_exact(split.trace(), losses)
        if between == "resumed" and end:
            start = split.trace()
            split = TraceRecorder(start)
            split.complete(0.0)
            assert start.gradient_norms[-1] == -7.0  # a value
    mine = split.trace()
    np.testing.assert_array_equal(mine.steps, singly.trace().steps)
    assert np.isnan(mine.gradient_norms[-1]) == (between == "left alone")
    assert_exact(mine, losses)


def test_the_nearest_point_is_found() -> None:
    steps = np.array([0, 10, 30])
    cases = [(-5, 0), (4.9, 0), (5, 0), (5.1, 10), (20, 10), (20.5, 30), (1e9, 30), (np.inf, 30)]
    for step, found in cases:  # a tie goes to the earlier
        assert steps[nearest(steps, step)] == found
        assert nearest(np.array([7]), step) == 0


@pytest.mark.parametrize("n", some((1, 100, CAPACITY, CAPACITY + 1)))
def test_only_the_last_point_is_corrected(n: int) -> None:
    recorder = recorded(noise(n))
    recorder.complete(3.0)
    before = recorder.trace()
    recorder.correct(9.0, np.full(4, np.nan))
    recorder.correct(5.0, np.full(4, 0.25))
    after, last = recorder.trace(), (before.steps[-1], 5.0, [0.25] * 4, np.nan)
    for mine, theirs, end in zip(after.columns, before.columns, last, strict=True):
        np.testing.assert_array_equal(mine, [*theirs[:-1], end])
    assert before.gradient_norms[-1] == 3.0  # a value


@pytest.mark.parametrize("step", [0, 1, 4000, 19_999])
def test_a_fork_of_a_full_trace_has_the_points_before_it_and_its_own(step: int) -> None:
    whole = recorded(noise(20_000)).trace()
    branch, earlier = whole.until(step, 7.0, np.full(4, 0.25)), whole.up_to(step - 1)
    assert earlier.steps.tolist() == [n for n in whole.steps.tolist() if n < step]
    last = step, 7.0, [0.25] * 4, np.nan
    for mine, theirs, end in zip(branch.columns, earlier.columns, last, strict=True):
        np.testing.assert_array_equal(mine, [*theirs, end])
    assert np.isnan(whole.until(step, 7.0).outputs[-1]).all()


def test_what_is_missing_or_infinite_is_unknown() -> None:
    steps = np.arange(5)
    for unknown in (Trace(), Trace(steps, noise(5)), Trace(steps, noise(5)).until(3, 0.5)):
        assert unknown.outputs.shape == (len(unknown.steps), 4)
        assert unknown.gradient_norms.shape == unknown.steps.shape
        assert np.isnan([*unknown.outputs.ravel(), *unknown.gradient_norms]).all()
    recorder = TraceRecorder()
    recorder.extend(noise(3), np.zeros((3, 4)), np.array([0.0, np.inf, 2.0]))
    np.testing.assert_array_equal(recorder.trace().gradient_norms, [np.nan, 2.0, np.nan])
    recorder.complete(np.inf)
    assert np.isnan(recorder.trace().gradient_norms[-1])


def test_a_trace_with_other_points_is_thinned_to_its_extremes_before_it_is_too_long() -> None:
    steps, losses = np.r_[0, np.arange(5000, 5000 + CAPACITY - 1)], noise(CAPACITY)
    recorder = TraceRecorder(Trace(steps, losses))
    assert len(recorder.trace().steps) == CAPACITY
    for count in (1, 3 * CAPACITY):
        last = int(recorder.trace().steps[-1])
        recorder.extend(*tabled(np.full(count, 0.5)))
        thinned = recorder.trace()
        assert len(thinned.steps) < CAPACITY
        assert (thinned.steps[0], thinned.steps[-1]) == (0, last + count)
        assert (thinned.losses.min(), thinned.losses.max()) == (losses.min(), losses.max())


def test_a_long_run_takes_little_memory_before_it_is_read() -> None:
    recorder, part = TraceRecorder(), tabled(noise(2000))
    tracemalloc.start()
    for _ in range(500):
        recorder.extend(*part)
    assert tracemalloc.get_traced_memory()[1] < 10e6  # all points take 56 MB
    tracemalloc.stop()


def test_an_outline_keeps_what_sticks_out() -> None:
    steps, losses = np.arange(100_000), np.ones(100_000)
    losses[[777, 50_000]] = 9, 0.1
    found = Trace(steps, losses).outlined(300)
    assert len(found.steps) <= 600
    assert {777, 50_000, 0, 99_999} <= set(found.steps.tolist())
    np.testing.assert_array_equal(found.losses, losses[found.steps])
    few = Trace(steps[:3], losses[:3])
    assert few.outlined(300).steps.tolist() == [0, 1, 2]
