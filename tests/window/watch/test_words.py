"""What is said of a watched run."""

import pytest

from tests.support.watched import source_of, watched_record
from xorviz.core.runs.source import ProgramState
from xorviz.window.watch.words import state_text, tip_text


@pytest.mark.parametrize(
    ("state", "diverged", "said"),
    [
        (ProgramState.LIVE, False, ", watched, step 40"),
        (ProgramState.ENDED, False, " finished at step 40"),
        (ProgramState.LOST, False, " stopped before its end at step 40"),
        (ProgramState.UNKNOWN, False, " is recorded up to step 40"),
        (ProgramState.ENDED, True, " diverged after step 40"),
    ],
)
def test_where_a_program_is(state: ProgramState, diverged: bool, said: str) -> None:
    assert state_text(40, source_of(state=state, diverged=diverged)) == said


def test_the_tip_says_all_that_is_known() -> None:
    record = watched_record(steps=(0, 10, 40), assumed=("rate", "loss"), every=10)
    assert tip_text(record) == (
        "my network, trained by train.py, Python 3.11.7: 40 steps, 3 states recorded. It shows one "
        "state of every 10 steps. Assumed: rate 0.7, loss sse. To say it: "
        "xorviz.watch(rate=…, loss=…)."
    )
