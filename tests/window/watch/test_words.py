"""What is said of a watched run."""

import pytest

from tests.support.watched import watched_record
from xorviz.core.runs.record import Record
from xorviz.window.watch.words import Heard, assumed_text, speed_text, state_text, tip_text

RUN = watched_record(steps=(0, 1, 40))
LIVE = Heard(is_live=True, steps_per_second=1430.4)


@pytest.mark.parametrize(
    ("record", "heard", "said"),
    [
        (RUN, LIVE, "step 40"),
        (RUN, Heard(is_live=False), "ended, last state at step 40"),
        (RUN, Heard(is_live=False, is_lost=True), "connection lost, last state at step 40"),
        (RUN, None, "last state at step 40"),
        (
            watched_record(steps=40, diverged=True),
            Heard(is_live=False),
            "diverged, last state at step 40",
        ),
    ],
)
def test_where_a_program_is(record: Record, heard: Heard | None, said: str) -> None:
    assert state_text(record, heard) == said


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (LIVE, "1\u202f430 steps/s"),
        (Heard(is_live=True, steps_per_second=2.5), "2.5 steps/s"),
        (Heard(is_live=True), ""),
        (Heard(is_live=False, steps_per_second=2.5), ""),
        (None, ""),
    ],
)
def test_how_fast_it_is(heard: Heard | None, said: str) -> None:
    assert speed_text(heard) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("rate",), "rate 0.7 assumed"),
        (("rate", "targets"), "rate 0.7 and targets x1 xor x2 assumed"),
        (("rate", "loss", "activation"), "rate 0.7 and 2 more settings assumed"),
    ],
)
def test_what_is_assumed(names: tuple[str, ...], said: str) -> None:
    assert assumed_text(watched_record(steps=1, assumed=names)) == said


def test_the_tip_says_all_that_is_known() -> None:
    record = watched_record(steps=(0, 10, 40), assumed=("rate", "loss"), every=10)
    assert tip_text(record) == (
        "my network, trained by train.py, Python 3.11.7: 40 steps, 3 states kept. It shows one "
        "state of every 10 steps. Assumed: rate 0.7, loss sse. To say it: "
        "xorviz.watch(rate=…, loss=…)."
    )
