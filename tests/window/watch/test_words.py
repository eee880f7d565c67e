"""What is said of a watched run."""

import pytest

from tests.support.watched import source_of, watched_record, watched_run
from xorviz.core.runs.source import ProgramState
from xorviz.window.watch.words import assumed_text, line_text, speed_text, state_text, tip_text


@pytest.mark.parametrize(
    ("state", "diverged", "said"),
    [
        (ProgramState.LIVE, False, "step 40"),
        (ProgramState.ENDED, False, "finished at step 40"),
        (ProgramState.LOST, False, "stopped before its end at step 40"),
        (ProgramState.UNKNOWN, False, "is recorded up to step 40"),
        (ProgramState.ENDED, True, "diverged after step 40"),
    ],
)
def test_where_a_program_is(state: ProgramState, diverged: bool, said: str) -> None:
    assert state_text(40, source_of(state=state, diverged=diverged)) == said


@pytest.mark.parametrize(
    ("speed", "said"), [(1430.4, "1\u202f430 steps/s"), (2.5, "2.5 steps/s"), (None, "")]
)
def test_how_fast_it_is(speed: float | None, said: str) -> None:
    assert speed_text(speed) == said


def test_the_line_says_the_speed_of_a_running_program_and_which_other_step_is_shown() -> None:
    for state, is_live in ((ProgramState.LIVE, True), (ProgramState.ENDED, False)):
        run = watched_run(steps=(0, 9, 40), state=state)
        assert run.source.state is state
        past, newest = (line_text(run.state_at(step), run.source, 2.5) for step in (9, 40))
        assert (past.shown, newest.shown) == ("shown at 9", "")
        assert (past.is_live, bool(past.speed)) == (is_live, is_live)


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
        "my network, trained by train.py, Python 3.11.7: 40 steps, 3 states recorded. It shows one "
        "state of every 10 steps. Assumed: rate 0.7, loss sse. To say it: "
        "xorviz.watch(rate=…, loss=…)."
    )
