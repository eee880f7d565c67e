"""Traces: bounded, exact, and without losing extremes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from xorviz.core.arrays import Array, nearest
from xorviz.core.runs.trace import CAPACITY, Trace, TraceRecorder

UNKNOWN = np.full(4, np.nan)


def extend(recorder: TraceRecorder, losses: Array) -> None:
    """Add losses without outputs and gradient norms."""
    recorder.extend(losses, np.full((len(losses), 4), np.nan), np.full(len(losses), np.nan))


def recorded(*parts: Array) -> Trace:
    recorder = TraceRecorder()
    for part in parts:
        extend(recorder, part)
    return recorder.trace()


def noise(n: int, seed: int = 0) -> Array:
    return np.random.RandomState(seed).uniform(0, 1, n)


def finest_stride(last_step: int) -> int:
    """Return the power of two that cuts a run into at most 512 buckets."""
    return next(s for s in (1 << k for k in itertools.count()) if last_step // s < 512)


def test_a_trace_of_millions_of_steps_is_short_dense_and_keeps_a_spike_of_one_step() -> None:
    recorder, total = TraceRecorder(), 4_000_000
    for first in range(0, total, 1_000_000):
        steps = np.arange(first, first + 1_000_000)
        losses = 1 / (1 + 1e-4 * steps) + 1e-3 * np.sin(0.1 * steps)
        if first == 1_000_000:
            losses[[234_567, 345_678]] = 9.0, -9.0
        extend(recorder, losses)
        assert len(recorder.trace().steps) <= CAPACITY == 4096
    trace = recorder.trace()
    assert (trace.steps[0], trace.steps[-1]) == (0, total - 1)
    assert trace.steps[[trace.losses.argmax(), trace.losses.argmin()]].tolist() == [
        1_234_567,
        1_345_678,
    ]
    assert 0 < np.diff(trace.steps).min() <= np.diff(trace.steps).max() <= 2 * finest_stride(total)
    octaves = np.bincount(np.log2(trace.steps + 1).astype(int))
    assert octaves[6:].min() >= 12  # on a logarithmic axis too


LENGTHS = (1, 2, CAPACITY, CAPACITY + 1, 10_000, 123_456, 300_000)


@pytest.mark.parametrize("n", LENGTHS)
def test_every_kept_point_is_exact_and_each_bucket_keeps_its_extremes(n: int) -> None:
    losses = noise(n, seed=1)
    trace = recorded(losses)
    assert len(trace.steps) == len(trace.losses) <= CAPACITY
    assert n > CAPACITY or len(trace.steps) == n
    assert (np.diff(trace.steps) > 0).all()
    assert (trace.steps[0], trace.steps[-1]) == (0, n - 1)
    np.testing.assert_array_equal(trace.losses, losses[trace.steps])
    for times in (1, 2, 16):
        starts = np.arange(0, n, finest_stride(n - 1) * times)
        kept_starts = np.searchsorted(trace.steps, starts)
        for extreme in (np.minimum, np.maximum):
            np.testing.assert_array_equal(
                extreme.reduceat(trace.losses, kept_starts), extreme.reduceat(losses, starts)
            )


def tabled(losses: Array) -> tuple[Array, Array]:
    """Return outputs (n, 4) that encode their loss, and the gradient norms before each step."""
    return losses[:, np.newaxis] + np.arange(4), np.append(np.nan, 10 + losses[:-1])


def assert_exact(trace: Trace, losses: Array) -> None:
    """Fail unless each kept point has the numbers of its step; the last norm is not known yet."""
    outputs, _ = tabled(losses)
    np.testing.assert_array_equal(trace.losses, losses[trace.steps])
    np.testing.assert_array_equal(trace.outputs, outputs[trace.steps])
    np.testing.assert_array_equal(trace.gradient_norms[:-1], 10 + trace.losses[:-1])
    assert len(trace.steps) <= CAPACITY


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 15_000) | st.sampled_from([1, CAPACITY, CAPACITY + 1]), max_size=8),
    st.booleans(),
)
def test_a_trace_does_not_depend_on_how_its_steps_come_or_when_it_is_read(
    seed: int, parts: list[int], is_looked_at: bool
) -> None:
    n = 20_000
    losses = noise(n, seed).round(2)  # with many ties
    outputs, norms_before = tabled(losses)
    ends = [0, *itertools.takewhile(lambda end: end < n, itertools.accumulate(parts)), n]
    split, singly = TraceRecorder(), TraceRecorder()
    for recorder, places in ((split, ends), (singly, [*range(0, n, 64), n])):
        for first, end in itertools.pairwise(places):
            part = slice(first, end)
            recorder.extend(losses[part], outputs[part], norms_before[part])
            if is_looked_at and recorder is split and end:
                recorder.complete(-7.0)
                assert recorder.trace().gradient_norms[-1] == -7.0
                assert_exact(recorder.trace(), losses)
    mine = split.trace()
    np.testing.assert_array_equal(mine.steps, singly.trace().steps)
    assert np.isnan(mine.gradient_norms[-1]) or is_looked_at
    assert_exact(mine, losses)


def test_long_calls_keep_the_first_lowest_and_the_last_highest_loss_of_equal_ones() -> None:
    losses = noise(1_200_000, seed=3).round(2)
    long, short = TraceRecorder(), TraceRecorder()
    for recorder, n in ((long, 32_768), (short, 2048)):
        for first in range(0, len(losses), n):
            part = losses[first : first + n]
            recorder.extend(part, np.zeros((len(part), 4)), part)
    np.testing.assert_array_equal(long.trace().steps, short.trace().steps)


def test_the_nearest_point_is_found() -> None:
    steps = np.array([0, 10, 30])
    cases = [(-5, 0), (4.9, 0), (5, 0), (5.1, 10), (20, 10), (20.5, 30), (1e9, 30), (np.inf, 30)]
    for step, found in cases:  # a tie goes to the earlier
        assert steps[nearest(steps, step)] == found
        assert nearest(np.array([7]), step) == 0


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 19_999) | st.sampled_from([1, CAPACITY - 1, CAPACITY, CAPACITY + 1]),
)
def test_a_resumed_recorder_continues_as_the_first_and_leaves_its_start(seed: int, at: int) -> None:
    losses = noise(20_000, seed).round(2)
    start = recorded(losses[:at])
    before = [column.copy() for column in start.columns]
    second = TraceRecorder(start)
    second.correct(5.0, UNKNOWN)
    second.correct(losses[at - 1], UNKNOWN)
    extend(second, losses[at:])
    whole = recorded(losses)
    np.testing.assert_array_equal(second.trace().steps, whole.steps)
    np.testing.assert_array_equal(second.trace().losses, whole.losses)
    for column, kept in zip(start.columns, before, strict=True):
        np.testing.assert_array_equal(column, kept)


def test_an_empty_trace_is_resumed_at_step_0() -> None:
    assert len(Trace().steps) == len(Trace().losses) == 0
    second = TraceRecorder(Trace())
    extend(second, noise(5))
    assert second.trace().steps.dtype == Trace().steps.dtype == np.int64
    np.testing.assert_array_equal(second.trace().steps, np.arange(5))


@pytest.mark.parametrize("n", some((1, 100, CAPACITY, CAPACITY + 1)))
def test_only_the_last_point_is_corrected(n: int) -> None:
    recorder, losses = TraceRecorder(), noise(n)
    recorder.extend(losses, *tabled(losses))
    recorder.complete(3.0)
    before = recorder.trace()
    recorder.correct(9.0, UNKNOWN)
    recorder.correct(5.0, np.full(4, 0.25))
    trace = recorder.trace()
    np.testing.assert_array_equal(trace.steps, before.steps)
    np.testing.assert_array_equal(trace.losses, [*before.losses[:-1], 5.0])
    np.testing.assert_array_equal(trace.outputs, [*before.outputs[:-1], [0.25] * 4])
    np.testing.assert_array_equal(trace.gradient_norms, [*before.gradient_norms[:-1], np.nan])


@pytest.mark.parametrize("step", [0, 1, 4000, 19_999])
def test_a_fork_of_a_full_trace_has_the_points_before_it_and_its_own(step: int) -> None:
    losses, later = noise(20_000), noise(20_000, seed=1)
    recorder = TraceRecorder()
    recorder.extend(losses, *tabled(losses))
    whole = recorder.trace()
    branch = whole.until(step, 7.0, np.full(4, 0.25))
    before = int((whole.steps < step).sum())
    for mine, theirs in zip(branch.columns, whole.columns, strict=True):
        np.testing.assert_array_equal(mine[:-1], theirs[:before])
    assert (branch.steps[-1], branch.losses[-1], *branch.outputs[-1]) == (step, 7, *[0.25] * 4)
    assert np.isnan(branch.gradient_norms[-1])
    assert np.isnan(whole.until(step, 7.0).outputs[-1]).all()
    second = TraceRecorder(branch)
    extend(second, later)
    trace, every = second.trace(), np.concatenate((losses[:step], [7.0], later))
    assert len(trace.steps) <= CAPACITY
    assert (trace.steps[0], trace.steps[-1]) == (0, step + 20_000)
    np.testing.assert_array_equal(trace.losses, every[trace.steps])


def test_the_points_up_to_a_step_are_given() -> None:
    trace = Trace(np.array([0, 10, 30]), np.array([1.0, 0.5, 0.25]))
    kept = [trace.up_to(step).steps.tolist() for step in (0, 9, 10, 29, 30, 99)]
    assert kept == [[0], [0], [0, 10], [0, 10], [0, 10, 30], [0, 10, 30]]
    assert trace.up_to(10).losses.tolist() == [1.0, 0.5]


def test_what_is_missing_or_infinite_is_unknown() -> None:
    trace = recorded(noise(5))
    for unknown in (Trace(), trace, Trace(trace.steps, trace.losses), trace.until(3, 0.5)):
        assert unknown.outputs.shape == (len(unknown.steps), 4)
        assert unknown.gradient_norms.shape == unknown.steps.shape
        assert np.isnan(unknown.outputs).all()
        assert np.isnan(unknown.gradient_norms).all()
    recorder = TraceRecorder()
    recorder.extend(noise(3), np.zeros((3, 4)), np.array([0.0, np.inf, 2.0]))
    np.testing.assert_array_equal(recorder.trace().gradient_norms, [np.nan, 2.0, np.nan])
    recorder.complete(np.inf)
    assert np.isnan(recorder.trace().gradient_norms[-1])


def test_an_overfull_trace_is_thinned_first() -> None:
    steps = np.r_[0, np.arange(5000, 5000 + CAPACITY - 1)]
    losses = noise(CAPACITY)
    recorder = TraceRecorder(Trace(steps, losses))
    thinned = recorder.trace()
    assert len(thinned.steps) < CAPACITY // 2
    assert (thinned.steps[0], thinned.steps[-1]) == (0, steps[-1])
    assert (thinned.losses.min(), thinned.losses.max()) == (losses.min(), losses.max())
    assert thinned.losses[-1] == losses[-1]
    recorder.complete(7.0)
    assert recorder.trace().gradient_norms[-1] == 7.0
    extend(recorder, noise(3 * CAPACITY))
    assert recorder.trace().steps[-1] == steps[-1] + 3 * CAPACITY
