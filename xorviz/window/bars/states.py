"""The state of a run in words."""

from typing import NamedTuple

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.engine.activity import Activity


class State(NamedTuple):
    """One or two words for the state, and a sentence on what it means or what to do."""

    word: str
    sentence: str


SEEKING = State("Seeking", "Training up to the step that was asked for.")


def state_of(activity: Activity, snapshot: Snapshot) -> State:
    """Return the state of a run shown at this snapshot, while no other step is sought."""
    match activity:
        case Activity.PLAYING if snapshot.is_past:
            return State("Replaying", f"As it was, up to step {numerals.whole(snapshot.newest)}.")
        case Activity.PLAYING:
            return State("Running", _so_far(snapshot))
        case Activity.STEPPING:
            return State("Stepping", _so_far(snapshot))
        case _:
            return _at_rest(snapshot)


def _at_rest(snapshot: Snapshot) -> State:
    second = snapshot.beside
    if snapshot.is_past:
        return State("Looking back", "Run goes on from here as it did; a change branches off.")
    if second is not None and second.halt is Halt.DIVERGED:
        return State("B diverged", _halted(second, Halt.DIVERGED).sentence)
    if snapshot.halt is not None:
        return _halted(snapshot, snapshot.halt)
    if snapshot.is_untrained:
        return State("Ready", "Not trained yet. Press Run, or the space bar.")
    word = "Paused" if snapshot.learned_since is None else "Paused, solved"
    if snapshot.step == 0 and snapshot.learned_since is None:  # weights from elsewhere
        return State("Ready", "Press Run, or the space bar, to train on.")
    return State(word, _so_far(snapshot))


def _halted(snapshot: Snapshot, halt: Halt) -> State:
    step = numerals.whole(snapshot.step)
    match halt:
        case Halt.AT_STEP:
            return State(
                "Stopped at the limit",
                f"Step {step} is reached; Run goes on for as many steps again.",
            )
        case Halt.LEARNED:
            return State("Solved", f"All four errors are below 0.1 at step {step}.")
        case Halt.AT_LOSS:
            return State("Stopped at the loss", f"The loss is low enough at step {step}.")
        case Halt.LONGEST:
            return State("Longest run", f"A run can have {step} steps, and no more.")
        case Halt.DIVERGED:
            return State(
                "Diverged",
                f"At step {numerals.whole(snapshot.step + 1)} the loss or a weight would no "
                "longer be finite. Try a lower rate.",
            )


def _so_far(snapshot: Snapshot) -> str:
    if snapshot.is_untrained:
        return "Not trained yet."
    if snapshot.learned_since is not None:
        since = numerals.whole(snapshot.learned_since)
        return f"Solved: all four errors are below 0.1 since step {since}."
    if snapshot.right_since is not None:
        return "All four rows are right."
    return ""
