"""What is going on, in words."""

from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.stopping import Halt
from xorviz.core.trainer import Snapshot
from xorviz.engine.session import Activity


@dataclass(frozen=True, slots=True)
class State:
    """One word or two for the state, and a sentence on what that means or what to do."""

    word: str
    sentence: str
    is_active: bool = False


def state_of(activity: Activity, snapshot: Snapshot) -> State:
    """Return the state of a run that has come to this snapshot."""
    if activity is Activity.PLAYING:
        return State("Running", _so_far(snapshot), is_active=True)
    if activity is Activity.STEPPING:
        return State("Stepping", _so_far(snapshot), is_active=True)
    if snapshot.halt is not None:
        return _halted(snapshot, snapshot.halt)
    if snapshot.step == 0:
        return State("Ready", "The network is untrained. Press Run, or the space bar.")
    if snapshot.learned_since is not None:
        return State("Paused, solved", _so_far(snapshot))
    return State("Paused", _so_far(snapshot))


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
        case Halt.DIVERGED:
            return State(
                "Diverged",
                f"At step {numerals.whole(snapshot.step + 1)} the loss or a weight would no "
                "longer be finite. Try a lower rate.",
            )


def _so_far(snapshot: Snapshot) -> str:
    if snapshot.learned_since is not None:
        since = numerals.whole(snapshot.learned_since)
        return f"Solved: all four errors are below 0.1 since step {since}."
    if snapshot.right_since is not None:
        return "All four rows are right."
    return ""
