"""Which calls are due, by a clock that the test sets."""

import numpy as np

from xorviz.watching.due_calls import FRAME_SECONDS, Due, DueCalls


def kept_steps(count: int, seconds_a_call: float, every: int = 1) -> list[int]:
    calls, due, now, kept = DueCalls(every), Due(), 100.0, []
    for call in range(count):
        if call >= due.call or now >= due.seconds:
            kept.append(call * every)
            due = calls.after(call, now)
        now += seconds_a_call
    return kept


def test_the_first_steps_are_kept_whatever_the_speed() -> None:
    assert kept_steps(33, 0.0) == list(range(33))
    assert kept_steps(33, 0.0, every=10) == list(range(0, 330, 10))


def test_a_slow_run_is_kept_whole() -> None:
    assert kept_steps(300, FRAME_SECONDS) == list(range(300))


def test_a_fast_run_keeps_steps_in_a_ratio() -> None:
    kept = np.array(kept_steps(200_000, 0.0))
    gaps = np.diff(kept)
    assert (gaps <= np.maximum(1, kept[:-1] / 64)).all()
    assert len(kept) < 128 + 64 * np.log(200_000 / 128) * 1.1
    assert 200_000 - kept[-1] <= 200_000 / 64


def test_the_newest_is_kept_sixty_times_a_second_and_at_times_with_its_successors() -> None:
    seconds_a_call = FRAME_SECONDS / 400
    kept = kept_steps(100_000, seconds_a_call)
    late = [step for step in kept if step > 50_000]
    runs = [step for step in late if {step + 1, step + 2} <= set(late)]
    timed = 50_000 / 400
    assert timed <= len(late) <= timed + 2 * len(runs) + 64 + 2
    assert np.diff(runs).min() >= 1000
    assert np.diff(runs).max() <= 1000 + 2 * 400


def test_consecutive_states_are_counted_in_steps_of_the_program() -> None:
    kept = kept_steps(20_000, FRAME_SECONDS / 40, every=100)
    late = [step for step in kept if step > 1_000_000]
    runs = [step for step in late if {step + 100, step + 200} <= set(late)]
    assert max(np.diff(runs)) <= 2 * 4000  # at nearly each of the sixty a second
