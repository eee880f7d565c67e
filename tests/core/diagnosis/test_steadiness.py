"""Steadiness, with times passed in by the tests."""

from dataclasses import replace

from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_outputs
from xorviz.core.diagnosis.steadiness import (
    AT_THE_LATEST_SECONDS,
    HOLD_SECONDS,
    REFRESH_SECONDS,
    Steadiness,
)

XOR = (1, 0, 1, 0)
COIN_TOSS = diagnose_outputs((0.5, 0.5, 0.5, 0.5), XOR)
HALF = diagnose_outputs((1, 0, 0.5, 0.5), XOR)
LEARNED = diagnose_outputs((1, 0, 1, 0), XOR)


def state(steadiness: Steadiness) -> str:
    assert steadiness.shown is not None
    return steadiness.shown.state


def with_other_numbers(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, sentence=f"{diagnosis.sentence} again")


def test_the_first_diagnosis_is_shown_at_once() -> None:
    steadiness = Steadiness()
    assert steadiness.see(COIN_TOSS, 0)
    assert steadiness.shown is COIN_TOSS
    assert steadiness.is_settled


def test_a_new_state_is_shown_once_it_has_lasted() -> None:
    steadiness = Steadiness()
    steadiness.see(COIN_TOSS, 0)
    assert not steadiness.see(HALF, 10)
    assert not steadiness.see(HALF, 10 + 0.99 * HOLD_SECONDS)
    assert not steadiness.is_settled
    assert state(steadiness) == "coin toss"
    assert steadiness.see(HALF, 10 + HOLD_SECONDS)
    assert steadiness.is_settled
    assert state(steadiness) == "half learned"


def test_a_short_state_is_never_shown() -> None:
    steadiness = Steadiness()
    steadiness.see(COIN_TOSS, 0)
    for i in range(100):
        now = 0.25 * i
        steadiness.see(HALF if i % 3 == 0 else COIN_TOSS, now)
        assert state(steadiness) == "coin toss"


def test_an_ended_state_is_replaced_even_if_none_lasts() -> None:
    steadiness = Steadiness()
    steadiness.see(COIN_TOSS, 0)
    times = [0.25 * i for i in range(1, 14)]
    shown_at = [
        now for i, now in enumerate(times) if steadiness.see(HALF if i % 2 else LEARNED, now)
    ]
    assert shown_at == [times[0] + AT_THE_LATEST_SECONDS]


def test_at_once_shows_immediately() -> None:
    steadiness = Steadiness()
    steadiness.see(COIN_TOSS, 0)
    assert steadiness.see(HALF, 0.01, at_once=True)
    assert state(steadiness) == "half learned"
    assert not steadiness.see(HALF, 0.02, at_once=True)


def test_numbers_are_refreshed_about_once_a_second() -> None:
    steadiness = Steadiness()
    steadiness.see(HALF, 0)
    newer = with_other_numbers(HALF)
    assert not steadiness.see(newer, 0.5 * REFRESH_SECONDS)
    assert steadiness.shown is HALF
    assert not steadiness.is_settled
    assert steadiness.see(newer, REFRESH_SECONDS)
    assert steadiness.shown is newer
    assert not steadiness.see(newer, 2 * REFRESH_SECONDS)
