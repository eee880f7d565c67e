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


def smooth(first: int, n: int) -> Array:
    """Return a falling loss with ripples, for n steps from the first."""
    steps = np.arange(first, first + n)
    losses: Array = 1 / (1 + 1e-4 * steps) + 1e-3 * np.sin(0.1 * steps)
    return losses


def noise(n: int, seed: int = 0) -> Array:
    return np.random.RandomState(seed).uniform(0, 1, n)


def finest_stride(last_step: int) -> int:
    """Return the power of two that cuts a run into at most 512 buckets."""
    return next(s for s in (1 << k for k in itertools.count()) if last_step // s < 512)


@pytest.fixture(scope="module")
def twelve_million() -> tuple[Trace, list[int]]:
    """Return the trace of a run with one spike and one dip, and its lengths as it grew."""
    recorder, lengths = TraceRecorder(), []
    for first in range(0, 12_000_000, 1_000_000):
        losses = smooth(first, 1_000_000)
        if first == 1_000_000:
            losses[234_567] = 9.0
            losses[345_678] = -9.0
        extend(recorder, losses)
        lengths.append(len(recorder.trace().steps))
    return recorder.trace(), lengths


def test_a_one_step_spike_survives_ten_million_steps(
    twelve_million: tuple[Trace, list[int]],
) -> None:
    trace, _ = twelve_million
    assert int(trace.steps[trace.losses.argmax()]) == 1_234_567
    assert trace.losses.max() == 9.0
    assert int(trace.steps[trace.losses.argmin()]) == 1_345_678
    assert trace.losses.min() == -9.0


def test_a_trace_stays_bounded_however_long_the_run(
    twelve_million: tuple[Trace, list[int]],
) -> None:
    trace, lengths = twelve_million
    assert max(lengths) <= CAPACITY == 4096
    assert (trace.steps[0], trace.steps[-1]) == (0, 11_999_999)
    assert (np.diff(trace.steps) > 0).all()


def test_thinning_leaves_a_curve_that_is_dense_everywhere(
    twelve_million: tuple[Trace, list[int]],
) -> None:
    trace, _ = twelve_million
    assert np.diff(trace.steps).max() <= 2 * finest_stride(12_000_000)
    octaves = np.bincount(np.log2(trace.steps + 1).astype(int))
    assert octaves[6:].min() >= 12  # on a logarithmic axis too


def test_a_short_run_is_kept_whole() -> None:
    losses = noise(CAPACITY)
    trace = recorded(losses)
    np.testing.assert_array_equal(trace.steps, np.arange(CAPACITY))
    np.testing.assert_array_equal(trace.losses, losses)


def test_every_kept_point_is_exact_and_both_ends_are_kept() -> None:
    for n in (1, 2, CAPACITY, CAPACITY + 1, 10_000, 123_456, 300_000):
        losses = noise(n)
        trace = recorded(losses)
        assert len(trace.steps) == len(trace.losses) <= CAPACITY
        assert (np.diff(trace.steps) > 0).all()
        np.testing.assert_array_equal(trace.losses, losses[trace.steps])
        assert (trace.steps[0], trace.steps[-1]) == (0, n - 1)


@pytest.mark.parametrize(
    ("times", "n"), some(itertools.product((1, 2, 16), (CAPACITY + 1, 10_000, 123_456, 300_000)), 4)
)
def test_every_power_of_two_bucket_keeps_its_lowest_and_its_highest(n: int, times: int) -> None:
    losses = noise(n, seed=1)
    trace = recorded(losses)
    starts = np.arange(0, n, finest_stride(n - 1) * times)
    kept_starts = np.searchsorted(trace.steps, starts)
    for extreme in (np.minimum, np.maximum):
        np.testing.assert_array_equal(
            extreme.reduceat(trace.losses, kept_starts), extreme.reduceat(losses, starts)
        )


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 15_000) | st.sampled_from([1, CAPACITY, CAPACITY + 1]), max_size=8),
)
def test_a_trace_does_not_depend_on_division(seed: int, parts: list[int]) -> None:
    n = 20_000
    losses = noise(n, seed).round(2)  # with many ties
    outputs = losses[:, np.newaxis] + np.arange(4)
    norms_before = np.append(
        np.nan, 10 + losses[:-1]
    )  # the norm of a step is passed with the next one
    ends = [0, *itertools.takewhile(lambda end: end < n, itertools.accumulate(parts)), n]
    split, singly = TraceRecorder(), TraceRecorder()
    for recorder, places in ((split, ends), (singly, [*range(0, n, 64), n])):
        for part in itertools.starmap(slice, itertools.pairwise(places)):
            recorder.extend(losses[part], outputs[part], norms_before[part])
    mine, other = split.trace(), singly.trace()
    np.testing.assert_array_equal(mine.steps, other.steps)
    np.testing.assert_array_equal(mine.losses, losses[mine.steps])
    np.testing.assert_array_equal(mine.outputs, outputs[mine.steps])
    np.testing.assert_array_equal(mine.gradient_norms[:-1], 10 + mine.losses[:-1])


def test_long_calls_keep_the_first_lowest_and_the_last_highest_loss_of_equal_ones() -> None:
    losses = noise(1_200_000, seed=3).round(2)
    long, short = TraceRecorder(), TraceRecorder()
    for recorder, n in ((long, 32_768), (short, 2048)):
        for part in (slice(first, first + n) for first in range(0, len(losses), n)):
            some = losses[part]
            recorder.extend(some, np.zeros((len(some), 4)), some)
    np.testing.assert_array_equal(long.trace().steps, short.trace().steps)


def test_reading_a_trace_does_not_change_it() -> None:
    losses = noise(3 * CAPACITY)
    recorder = TraceRecorder()
    for part in np.split(losses, 48):
        extend(recorder, part)
        recorder.trace()
    np.testing.assert_array_equal(recorder.trace().steps, recorded(losses).steps)


def test_later_losses_do_not_change_a_trace() -> None:
    recorder = TraceRecorder()
    extend(recorder, noise(100))
    trace = recorder.trace()
    extend(recorder, noise(3 * CAPACITY, seed=1))
    np.testing.assert_array_equal(trace.steps, np.arange(100))
    np.testing.assert_array_equal(trace.losses, noise(100))


def test_the_nearest_point_is_found() -> None:
    cases: list[tuple[float, int]] = [
        (-5, 0),
        (0, 0),
        (4.9, 0),
        (5, 0),  # a tie goes to the earlier
        (5.1, 10),
        (10, 10),
        (20, 10),
        (20.5, 30),
        (30, 30),
        (1e9, 30),
        (float("inf"), 30),
        (float("-inf"), 0),
    ]
    for step, found in cases:
        steps = np.array([0, 10, 30])
        assert steps[nearest(steps, step)] == found


def test_a_single_point_is_nearest() -> None:
    for step in (-1, 0, 0.5, 1000):
        assert nearest(np.array([7]), step) == 0


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 19_999) | st.sampled_from([1, CAPACITY - 1, CAPACITY, CAPACITY + 1]),
)
def test_a_resumed_recorder_continues_as_the_first(seed: int, at: int) -> None:
    losses = noise(20_000, seed).round(2)
    second = TraceRecorder(recorded(losses[:at]))
    extend(second, losses[at:])
    whole = recorded(losses)
    np.testing.assert_array_equal(second.trace().steps, whole.steps)
    np.testing.assert_array_equal(second.trace().losses, whole.losses)


def test_a_resumed_trace_is_never_written_to() -> None:
    trace = recorded(noise(100))
    second = TraceRecorder(trace)
    second.correct(5.0, UNKNOWN)
    extend(second, noise(3 * CAPACITY))
    np.testing.assert_array_equal(trace.steps, np.arange(100))
    np.testing.assert_array_equal(trace.losses, noise(100))


def test_an_empty_trace_is_resumed_at_step_0() -> None:
    assert len(Trace().steps) == len(Trace().losses) == 0
    second = TraceRecorder(Trace())
    extend(second, noise(5))
    trace = second.trace()
    assert trace.steps.dtype == Trace().steps.dtype == np.int64
    np.testing.assert_array_equal(trace.steps, np.arange(5))


def test_only_the_last_point_is_corrected() -> None:
    for n in (1, 100, CAPACITY, CAPACITY + 1):
        recorder, losses = TraceRecorder(), noise(n)
        extend(recorder, losses)
        before = recorder.trace()
        recorder.correct(9.0, UNKNOWN)
        recorder.correct(5.0, UNKNOWN)
        trace = recorder.trace()
        np.testing.assert_array_equal(trace.steps, before.steps)
        np.testing.assert_array_equal(trace.losses, [*before.losses[:-1], 5.0])


def test_a_fork_has_the_points_before_it_and_its_own() -> None:
    cases: list[tuple[int, list[int]]] = [
        (0, [0]),
        (5, [0, 5]),
        (10, [0, 10]),
        (11, [0, 10, 11]),
        (30, [0, 10, 30]),
        (31, [0, 10, 30, 31]),
    ]
    for step, steps in cases:
        trace = Trace(np.array([0, 10, 30]), np.array([1.0, 0.5, 0.25]))
        branch = trace.until(step, 7.0)
        assert branch.steps.tolist() == steps
        assert branch.losses.tolist() == [*[1.0, 0.5, 0.25][: len(steps) - 1], 7.0]
        assert trace.steps.tolist() == [0, 10, 30]
        assert branch.steps.dtype == np.int64


def test_a_fork_of_a_full_trace_can_continue() -> None:
    for step in (0, 1, 4000, 19_999):
        losses = noise(20_000)
        second = TraceRecorder(recorded(losses).until(step, losses[step]))
        extend(second, noise(20_000, seed=1))
        trace, every = second.trace(), np.concatenate((losses[: step + 1], noise(20_000, seed=1)))
        assert len(trace.steps) <= CAPACITY
        assert (trace.steps[0], trace.steps[-1]) == (0, step + 20_000)
        np.testing.assert_array_equal(trace.losses, every[trace.steps])


def tabled(n: int) -> tuple[Array, Array, Array]:
    """Return losses (n,), outputs (n, 4) and gradient norms (n,) that encode their step."""
    steps = np.arange(n, dtype=float)
    outputs: Array = np.multiply.outer(steps, [1.0, 2.0, 3.0, 4.0])
    return noise(n), outputs, steps + 0.5


def assert_exact(trace: Trace, outputs: Array, norms: Array) -> None:
    """Fail unless each kept point has the outputs and the norm of its step, but the last norm."""
    np.testing.assert_array_equal(trace.outputs, outputs[trace.steps])
    np.testing.assert_array_equal(trace.gradient_norms[:-1], norms[trace.steps[:-1]])


@given(
    st.lists(st.integers(0, 9000) | st.sampled_from([1, CAPACITY, CAPACITY + 1]), max_size=8),
    st.booleans(),
)
def test_every_point_has_the_outputs_and_gradient_norm_of_its_step(
    parts: list[int], is_looked_at: bool
) -> None:
    losses, outputs, norms = tabled(20_000)
    ends = itertools.takewhile(lambda end: end < 20_000, itertools.accumulate(parts))
    recorder = TraceRecorder()
    for a, b in itertools.pairwise([0, *ends, 20_000]):
        # Before the very first step there is none.
        before = np.concatenate(([-9.0] if a == 0 else [], norms[max(a - 1, 0) : b - 1]))
        recorder.extend(losses[a:b], outputs[a:b], before)
        if is_looked_at and b:
            recorder.complete(-7.0)
            assert recorder.trace().gradient_norms[-1] == -7.0
            assert_exact(recorder.trace(), outputs, norms)
    assert np.isnan(recorder.trace().gradient_norms[-1]) or is_looked_at
    assert_exact(recorder.trace(), outputs, norms)
    assert len(recorder.trace().steps) <= CAPACITY


def test_missing_columns_are_unknown() -> None:
    trace = recorded(noise(5))
    for unknown in (Trace(), trace, Trace(trace.steps, trace.losses), trace.until(3, 0.5)):
        assert unknown.outputs.shape == (len(unknown.steps), 4)
        assert unknown.gradient_norms.shape == unknown.steps.shape
        assert np.isnan(unknown.outputs).all()
        assert np.isnan(unknown.gradient_norms).all()


def test_an_infinite_gradient_norm_is_unknown() -> None:
    recorder = TraceRecorder()
    recorder.extend(noise(3), np.zeros((3, 4)), np.array([0.0, np.inf, 2.0]))
    np.testing.assert_array_equal(recorder.trace().gradient_norms, [np.nan, 2.0, np.nan])
    recorder.complete(np.inf)
    assert np.isnan(recorder.trace().gradient_norms[-1])


def test_a_corrected_point_has_new_outputs_and_an_unknown_norm() -> None:
    losses, outputs, norms = tabled(5)
    recorder = TraceRecorder()
    recorder.extend(losses, outputs, norms)
    recorder.complete(3.0)
    recorder.correct(0.5, np.full(4, 0.25))
    trace = recorder.trace()
    np.testing.assert_array_equal(trace.outputs, [*outputs[:4], [0.25] * 4])
    assert np.isnan(trace.gradient_norms[-1])
    assert not np.isnan(trace.gradient_norms[:-1]).any()
    recorder.correct(0.5, UNKNOWN)
    assert np.isnan(recorder.trace().outputs[-1]).all()


def test_a_fork_keeps_the_columns_before_it() -> None:
    losses, outputs, norms = tabled(30)
    trace = Trace(np.arange(30), losses, outputs, norms)
    branch = trace.until(7, 0.5, np.full(4, 0.25))
    np.testing.assert_array_equal(branch.outputs, [*outputs[:7], [0.25] * 4])
    np.testing.assert_array_equal(branch.gradient_norms, [*norms[:7], np.nan])
    second = TraceRecorder(branch)
    second.extend(np.ones(2), np.zeros((2, 4)), np.array([5.0, 6.0]))
    after = second.trace()
    np.testing.assert_array_equal(after.gradient_norms, [*norms[:7], 5.0, 6.0, np.nan])
    np.testing.assert_array_equal(after.outputs, [*branch.outputs, [0] * 4, [0] * 4])
    assert np.isnan(branch.gradient_norms[-1])


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
    extend(recorder, smooth(int(steps[-1]) + 1, 3 * CAPACITY))
    assert recorder.trace().steps[-1] == steps[-1] + 3 * CAPACITY
