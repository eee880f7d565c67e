"""The state of a run in words."""

from dataclasses import replace

import pytest

from tests.support.cases import some
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.engine.activity import Activity
from xorviz.files.weights.own_network import record_of
from xorviz.window.bars.states import state_of

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
    assert state.sentence == "Not trained yet. Press Run, or the space bar."
    assert not state.is_active
    assert state_of(Activity.PLAYING, trained(RunConfig())).sentence == "Not trained yet."


def test_weights_from_elsewhere_are_not_called_untrained(solved: Snapshot) -> None:
    for weights, word in ((solved.weights, "Paused, solved"), (trained(QUICK).weights, "Ready")):
        brought = Recording(record_of(QUICK, weights)).snapshot()
        state = state_of(Activity.PAUSED, brought)
        assert brought.step == 0
        assert state.word == word
        assert "trained yet" not in state.sentence


@pytest.mark.parametrize(
    ("activity", "word", "is_active"),
    [
        (Activity.PLAYING, "Running", True),
        (Activity.STEPPING, "Stepping", True),
        (Activity.PAUSED, "Paused", False),
    ],
)
def test_each_activity_has_a_word(
    begun: Snapshot, activity: Activity, word: str, is_active: bool
) -> None:
    state = state_of(activity, begun)
    assert (state.word, state.is_active, state.sentence) == (word, is_active, "")


@pytest.mark.parametrize(
    "activity", some([Activity.PLAYING, Activity.STEPPING, Activity.PAUSED], 1)
)
def test_the_sentence_says_whether_rows_are_right_or_solved(
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
        (Halt.LONGEST, "Longest run", "A run can have 1\u2009500 steps, and no more."),
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


@pytest.mark.parametrize("halt", some(list(Halt), 1))
def test_a_run_that_goes_on_after_a_halt_is_running(solved: Snapshot, halt: Halt) -> None:
    assert state_of(Activity.PLAYING, replace(solved, halt=halt)).word == "Running"


@pytest.mark.parametrize("halt", some([None, *Halt], 1))
@pytest.mark.parametrize("activity", some(list(Activity), 1))
def test_every_combination_has_a_word(
    begun: Snapshot, activity: Activity, halt: Halt | None
) -> None:
    assert state_of(activity, replace(begun, halt=halt)).word


@pytest.mark.thorough
def test_a_run_that_diverges_at_step_0_is_not_ready() -> None:
    snapshot = replace(trained(RunConfig()), halt=Halt.DIVERGED)
    assert state_of(Activity.PAUSED, snapshot).word == "Diverged"


def at(step: int, newest: int, beside: Snapshot | None = None) -> Snapshot:
    """Return a step of a run of some length, perhaps with another run beside it."""
    begun = trained(RunConfig(), 5)
    return replace(begun, step=step, record=replace(begun.record, newest=newest), beside=beside)


def test_a_past_step_is_looking_back() -> None:
    state = state_of(Activity.PAUSED, at(1200, 60_000))
    assert state.word == "Looking back"
    assert "branches off" in state.sentence
    assert not state.is_active


@pytest.mark.thorough
def test_step_0_of_a_trained_run_is_looking_back() -> None:
    assert state_of(Activity.PAUSED, at(0, 7)).word == "Looking back"


def test_playing_past_steps_is_replaying() -> None:
    state = state_of(Activity.PLAYING, at(1200, 60_000))
    assert (state.word, state.sentence) == ("Replaying", "As it was, up to step 60\u2009000.")
    assert state.is_active
    assert state_of(Activity.PLAYING, at(60_000, 60_000)).word == "Running"


@pytest.mark.parametrize(("step", "newest"), some([(0, 0), (5, 5), (5, 90)], 1))
def test_seeking_has_one_word_everywhere(step: int, newest: int) -> None:
    state = state_of(Activity.SEEKING, at(step, newest))
    assert state.word == "Seeking"
    assert state.is_active
    assert state.sentence


def test_a_second_run_that_diverged_is_reported_at_any_step() -> None:
    second = replace(at(11, 11), halt=Halt.DIVERGED)
    for newest in (11, 64):  # the first one may be some steps ahead
        state = state_of(Activity.PAUSED, at(11, newest, second))
        assert state.word == "B diverged"
        assert "step 12" in state.sentence
    assert state_of(Activity.PAUSED, at(4, 64, at(4, 11))).word == "Looking back"


@pytest.mark.thorough
def test_the_shorter_of_two_runs_decides_the_state() -> None:
    fresh = at(0, 500, at(0, 0))
    assert state_of(Activity.PAUSED, fresh).word == "Ready"
    assert state_of(Activity.PLAYING, at(80, 500, at(80, 80))).word == "Running"
    assert state_of(Activity.PAUSED, at(80, 500, at(80, 80))).word == "Paused"
    assert state_of(Activity.PAUSED, at(30, 500, at(30, 80))).word == "Looking back"
