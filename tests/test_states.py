"""What is going on, in words, for everything that can go on."""

from dataclasses import replace

import pytest

from tests.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.stopping import Halt
from xorviz.core.trainer import Snapshot
from xorviz.engine.session import Activity
from xorviz.states import state_of

SOLVED = "Solved: all four errors are below 0.1 since step 168."


@pytest.fixture(scope="module")
def begun() -> Snapshot:
    return trained(RunConfig(), 5)


@pytest.fixture(scope="module")
def right() -> Snapshot:
    snapshot = trained(QUICK, 100)
    assert (snapshot.right_since, snapshot.learned_since) == (82, None)
    return snapshot


@pytest.fixture(scope="module")
def solved() -> Snapshot:
    snapshot = trained(QUICK, 1500)
    assert snapshot.learned_since == 168
    return snapshot


def test_an_untrained_network_is_ready() -> None:
    state = state_of(Activity.PAUSED, trained(RunConfig()))
    assert state.word == "Ready"
    assert "space bar" in state.sentence
    assert not state.is_active


@pytest.mark.parametrize(
    ("activity", "word", "is_active"),
    [
        (Activity.PLAYING, "Running", True),
        (Activity.STEPPING, "Stepping", True),
        (Activity.PAUSED, "Paused", False),
    ],
)
def test_what_training_does_has_a_word(
    begun: Snapshot, activity: Activity, word: str, is_active: bool
) -> None:
    state = state_of(activity, begun)
    assert (state.word, state.is_active, state.sentence) == (word, is_active, "")


@pytest.mark.parametrize("activity", [Activity.PLAYING, Activity.STEPPING, Activity.PAUSED])
def test_how_far_the_network_has_come_is_said(
    right: Snapshot, solved: Snapshot, activity: Activity
) -> None:
    assert state_of(activity, right).sentence == "All four rows are right."
    assert state_of(activity, solved).sentence == SOLVED


def test_a_solved_run_that_is_paused_says_so(solved: Snapshot) -> None:
    assert state_of(Activity.PAUSED, solved).word == "Paused, solved"


@pytest.mark.parametrize(
    ("halt", "word", "sentence"),
    [
        (
            Halt.AT_STEP,
            "Stopped at the limit",
            "Step 1\u2009500 is reached; Run goes on for as many steps again.",
        ),
        (Halt.LEARNED, "Solved", "All four errors are below 0.1 at step 1\u2009500."),
        (Halt.AT_LOSS, "Stopped at the loss", "The loss is low enough at step 1\u2009500."),
        (
            Halt.DIVERGED,
            "Diverged",
            "At step 1\u2009501 the loss or a weight would no longer be finite. Try a lower rate.",
        ),
    ],
)
def test_a_halted_run_says_why_and_what_to_do(
    solved: Snapshot, halt: Halt, word: str, sentence: str
) -> None:
    state = state_of(Activity.PAUSED, replace(solved, halt=halt))
    assert (state.word, state.sentence, state.is_active) == (word, sentence, False)


@pytest.mark.parametrize("halt", list(Halt))
def test_a_run_that_goes_on_after_a_halt_is_running(solved: Snapshot, halt: Halt) -> None:
    assert state_of(Activity.PLAYING, replace(solved, halt=halt)).word == "Running"


@pytest.mark.parametrize("halt", [None, *Halt])
@pytest.mark.parametrize("activity", list(Activity))
def test_there_is_a_word_for_everything(
    begun: Snapshot, activity: Activity, halt: Halt | None
) -> None:
    assert state_of(activity, replace(begun, halt=halt)).word


def test_a_run_that_diverges_at_once_is_not_called_ready() -> None:
    snapshot = replace(trained(RunConfig()), halt=Halt.DIVERGED)
    assert state_of(Activity.PAUSED, snapshot).word == "Diverged"
