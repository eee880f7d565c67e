"""The state of a run in words."""

from dataclasses import replace

import pytest

from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.engine.activity import Activity
from xorviz.files.weights.own_network import record_of
from xorviz.window.bars.states import state_of

PAUSED, PLAYING = Activity.PAUSED, Activity.PLAYING

UNTRAINED, BEGUN = trained(RunConfig()), trained(RunConfig(), 5)
RIGHT, SOLVED = trained(QUICK, 100), trained(QUICK, 1500)
ALL_RIGHT = "All four rows are right."
SINCE = "Solved: all four errors are below 0.1 since step 168."
TRAIN_ON = "Press Run, or the space bar, to train on."
AS_IT_WAS = "As it was, up to step 60\u2009000."
LOOKING = "Run goes on from here as it did; a change branches off."


def at(step: int, newest: int, beside: Snapshot | None = None) -> Snapshot:
    """Return a step of a run of some length, perhaps with another run beside it."""
    record = replace(BEGUN.record, newest=newest)
    return replace(BEGUN, step=step, record=record, beside=beside)


def halted(halt: Halt) -> Snapshot:
    return replace(SOLVED, halt=halt)


def brought(weights_of: Snapshot) -> Snapshot:
    """Return step 0 of a run whose weights come from elsewhere."""
    return Recording(record_of(QUICK, weights_of.weights)).snapshot()


def second_diverged(newest: int) -> Snapshot:
    """Return a pair of which the first may be some steps ahead."""
    return at(11, newest, replace(at(11, 11), halt=Halt.DIVERGED))


CASES = [
    (PAUSED, UNTRAINED, "Ready", "Not trained yet. Press Run, or the space bar."),
    (PLAYING, UNTRAINED, "Running", "Not trained yet."),
    (PAUSED, brought(SOLVED), "Paused, solved", "Solved: all four errors are below 0.1"),
    (PAUSED, brought(trained(QUICK)), "Ready", TRAIN_ON),
    (PLAYING, BEGUN, "Running", ""),
    (Activity.STEPPING, BEGUN, "Stepping", ""),
    (PAUSED, BEGUN, "Paused", ""),
    (PLAYING, RIGHT, "Running", ALL_RIGHT),
    (Activity.STEPPING, RIGHT, "Stepping", ALL_RIGHT),
    (PAUSED, RIGHT, "Paused", ALL_RIGHT),
    (PLAYING, SOLVED, "Running", SINCE),
    (PAUSED, SOLVED, "Paused, solved", SINCE),
    (PAUSED, halted(Halt.AT_STEP), "Stopped at the limit",
     "Step 1\u2009500 is reached; Run goes on for as many steps again."),
    (PAUSED, halted(Halt.LEARNED), "Solved", "All four errors are below 0.1 at step 1\u2009500."),
    (PAUSED, halted(Halt.AT_LOSS), "Stopped at the loss",
     "The loss is low enough at step 1\u2009500."),
    (PAUSED, halted(Halt.LONGEST), "Longest run", "A run can have 1\u2009500 steps, and no more."),
    (PAUSED, halted(Halt.DIVERGED), "Diverged",
     "At step 1\u2009501 the loss or a weight would no longer be finite. Try a lower rate."),
    (PAUSED, replace(UNTRAINED, halt=Halt.DIVERGED), "Diverged", "At step 1 the loss or"),
    (PLAYING, halted(Halt.LEARNED), "Running", SINCE),  # it goes on after a halt
    (PAUSED, at(1200, 60_000), "Looking back", LOOKING),
    (PAUSED, at(0, 7), "Looking back", LOOKING),
    (PLAYING, at(1200, 60_000), "Replaying", AS_IT_WAS),
    (PLAYING, at(60_000, 60_000), "Running", ""),
    (PAUSED, second_diverged(11), "B diverged", "At step 12 the loss or a weight"),
    (PAUSED, second_diverged(64), "B diverged", "At step 12 the loss or a weight"),
    (PAUSED, at(4, 64, at(4, 11)), "Looking back", LOOKING),
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
    state = state_of(activity, snapshot)
    assert state.word == word
    assert state.sentence.startswith(sentence)
    assert bool(state.sentence) == bool(sentence) or snapshot.step == 0


@pytest.mark.parametrize("halt", [None, *Halt])
@pytest.mark.parametrize("activity", list(Activity))
def test_every_combination_has_a_word(activity: Activity, halt: Halt | None) -> None:
    assert state_of(activity, replace(BEGUN, halt=halt)).word
