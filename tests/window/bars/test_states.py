"""The state of a run in words."""

from dataclasses import replace

import pytest

from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.files.weights.own_network import record_of
from xorviz.window.bars.states import state_of, watched_state_of

PAUSED, PLAYING = Activity.PAUSED, Activity.PLAYING

UNTRAINED, BEGUN = trained(RunConfig()), trained(RunConfig(), 5)
LEARNED = trained(QUICK, 1500)
TRAIN_ON = "Press Run to train on."
AGAIN = "Showing again what was trained, up to step 60\u202f000."
LOOKING = "Run replays from here. Changing the rate or a weight starts a branch."
STOPPED = "Stopped at step 1\u202f500"
RULES = StopRules(at_step=1000)


def at(step: int, newest: int, beside: Snapshot | None = None) -> Snapshot:
    """Return a step of a run of some length, perhaps with another run beside it."""
    record = replace(BEGUN.record, newest=newest)
    return replace(BEGUN, step=step, record=record, beside=beside)


def halted(halt: Halt) -> Snapshot:
    return replace(LEARNED, halt=halt)


def brought(weights_of: Snapshot) -> Snapshot:
    """Return step 0 of a run whose weights come from elsewhere."""
    return Recording(record_of(QUICK, weights_of.weights)).snapshot()


def second_diverged(newest: int) -> Snapshot:
    """Return a pair of which the first may be some steps ahead."""
    return at(11, newest, replace(at(11, 11), halt=Halt.DIVERGED))


CASES = [
    (PAUSED, UNTRAINED, "Ready", "Press Run to train."),
    (PLAYING, UNTRAINED, "Running", ""),
    (PAUSED, brought(LEARNED), "Ready", TRAIN_ON),
    (PAUSED, brought(trained(QUICK)), "Ready", TRAIN_ON),
    (PLAYING, BEGUN, "Running", ""),
    (Activity.STEPPING, BEGUN, "Stepping", ""),
    (PAUSED, BEGUN, "Paused", ""),
    (PLAYING, LEARNED, "Running", ""),
    (PAUSED, LEARNED, "Paused", ""),
    (PAUSED, halted(Halt.AT_STEP), "Step limit", f"{STOPPED}. Press Run for 500 more."),
    (PAUSED, halted(Halt.LEARNED), "Learned", f"{STOPPED}. {TRAIN_ON}"),
    (PAUSED, halted(Halt.AT_LOSS), "Loss limit", f"{STOPPED}: the loss has fallen to the limit."),
    (PAUSED, halted(Halt.LONGEST), "Longest run", f"{STOPPED}, the most that a run can have."),
    (PAUSED, halted(Halt.DIVERGED), "Diverged",
     f"{STOPPED}: after the next one the loss or a weight would no longer be finite. Lower the"),
    (PAUSED, replace(UNTRAINED, halt=Halt.DIVERGED), "Diverged", "Stopped at step 0: after"),
    (PLAYING, halted(Halt.LEARNED), "Running", ""),  # it goes on after a halt
    (PAUSED, at(1200, 60_000), "Looking back", LOOKING),
    (PAUSED, at(0, 7), "Looking back", LOOKING),
    (PLAYING, at(1200, 60_000), "Replaying", AGAIN),
    (PLAYING, at(60_000, 60_000), "Running", ""),
    (PAUSED, second_diverged(11), "B diverged", "Stopped at step 11: after the next"),
    (PAUSED, second_diverged(64), "B diverged", "Stopped at step 11: after the next"),
    (PAUSED, at(4, 64, at(4, 11)), "Looking back", LOOKING),
    (PAUSED, replace(halted(Halt.LEARNED), beside=BEGUN), "A learned", STOPPED),
    (PAUSED, replace(halted(Halt.DIVERGED), beside=BEGUN), "A diverged", f"{STOPPED}: after"),
    (PAUSED, replace(halted(Halt.AT_LOSS), beside=LEARNED), "Loss limit",
     f"{STOPPED}: the loss of A has fallen"),
    # The shorter of two runs decides.
    (PAUSED, at(0, 500, at(0, 0)), "Ready", ""),
    (PLAYING, at(80, 500, at(80, 80)), "Running", ""),
    (PAUSED, at(80, 500, at(80, 80)), "Paused", ""),
    (PAUSED, at(30, 500, at(30, 80)), "Looking back", LOOKING),
]  # fmt: skip


@pytest.mark.parametrize(("activity", "snapshot", "word", "sentence"), CASES)
def test_each_state_has_a_word_and_a_sentence(
    activity: Activity, snapshot: Snapshot, word: str, sentence: str
) -> None:
    state = state_of(activity, snapshot, RULES)
    assert state.word == word
    assert state.sentence.startswith(sentence)
    assert bool(state.sentence) == bool(sentence) or snapshot.step == 0


@pytest.mark.parametrize("halt", [None, *Halt])
@pytest.mark.parametrize("activity", list(Activity))
def test_every_combination_has_a_word(activity: Activity, halt: Halt | None) -> None:
    assert state_of(activity, replace(BEGUN, halt=halt), RULES).word


def test_without_a_limit_run_just_goes_on() -> None:
    """The rule may have been switched off after it stopped the run."""
    assert state_of(PAUSED, halted(Halt.AT_STEP), NEVER).sentence == f"{STOPPED}. {TRAIN_ON}"


CONTINUE = "Continue here trains on from the state shown."
FOLLOW = "Follow shows the newest state. A change continues here."


@pytest.mark.parametrize(
    ("activity", "step", "is_live", "word", "sentence"),
    [
        (PLAYING, 40, True, "Following", ""),
        (PLAYING, 20, True, "Following", ""),
        (Activity.STEPPING, 20, True, "Stepping", ""),
        (PAUSED, 20, True, "Looking back", FOLLOW),
        (PAUSED, 20, False, "Looking back", FOLLOW),
        (PAUSED, 40, True, "Paused", "The program goes on. Follow shows what it does."),
        (PAUSED, 40, False, "Ended", f"The run has ended. {CONTINUE}"),
        (PAUSED, 40, None, "Watched", f"No program trains this run now. {CONTINUE}"),
    ],
)
def test_a_watched_run_is_followed(
    activity: Activity, step: int, is_live: bool | None, word: str, sentence: str
) -> None:
    seen = watched_run().state_at(step)
    assert watched_state_of(activity, seen, is_live) == (word, sentence)


def test_that_a_watched_run_or_correct_code_beside_it_has_diverged_is_said() -> None:
    run = watched_run()
    run.diverge()
    assert watched_state_of(PAUSED, run.snapshot(), False).word == "Diverged"
    pair = replace(run.snapshot(), beside=replace(at(40, 40), halt=Halt.DIVERGED))
    assert watched_state_of(PAUSED, pair, True).word == "B diverged"
