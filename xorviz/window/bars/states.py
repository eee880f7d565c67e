"""What training is doing, in words; what the network has learned stands in the diagnosis line."""

from typing import NamedTuple

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.engine.activity import Activity


class State(NamedTuple):
    """One or two words for the state, and a sentence on what happened or what to do."""

    word: str
    sentence: str


_MORE = "Press Run to train on."
_CONTINUE = "Continue here trains on from the state shown."
AWAITING = State("Waiting", "Waiting for a program that calls xorviz.watch.")
SEEKING = State("Going to step", "Training again up to the step that you chose.")


def state_of(activity: Activity, snapshot: Snapshot, rules: StopRules) -> State:
    """Return the state of a run shown at this snapshot, while no other step is sought."""
    match activity:
        case Activity.PLAYING if snapshot.is_past:
            newest = numerals.whole(snapshot.newest)
            return State("Replaying", f"Showing again what was trained, up to step {newest}.")
        case Activity.PLAYING:
            return State("Running", "")
        case Activity.STEPPING:
            return State("Stepping", "")
        case _:
            return _at_rest(snapshot, rules)


def watched_state_of(activity: Activity, snapshot: Snapshot, is_live: bool | None) -> State:
    """Return the state of a watched run, whose program goes on, has ended, or is not known."""
    match activity:
        case Activity.PLAYING:
            return State("Following", "")
        case Activity.STEPPING:
            return State("Stepping", "")
        case _:
            return _watched_at_rest(snapshot, is_live)


def _watched_at_rest(snapshot: Snapshot, is_live: bool | None) -> State:
    second = snapshot.beside
    if snapshot.is_past:
        return State("Looking back", "Follow shows the newest state. A change continues here.")
    if second is not None and second.halt is Halt.DIVERGED:
        return _halted(second, Halt.DIVERGED, NEVER, "B ")
    if snapshot.halt is Halt.DIVERGED:
        return State("Diverged", "The next numbers that the program came to were not finite.")
    if is_live:
        return State("Paused", "The program goes on. Follow shows what it does.")
    if is_live is None:
        return State("Watched", f"No program trains this run now. {_CONTINUE}")
    return State("Ended", f"The run has ended. {_CONTINUE}")


def _at_rest(snapshot: Snapshot, rules: StopRules) -> State:
    second = snapshot.beside
    if snapshot.is_past:
        return State(
            "Looking back", "Run replays from here. Changing the rate or a weight starts a branch."
        )
    if second is not None and second.halt is Halt.DIVERGED:
        return _halted(second, Halt.DIVERGED, rules, "B ")
    if snapshot.halt is not None:
        return _halted(snapshot, snapshot.halt, rules, "A " if second is not None else "")
    if snapshot.step == 0:
        return State("Ready", "Press Run to train." if snapshot.is_untrained else _MORE)
    return State("Paused", "")


def _halted(snapshot: Snapshot, halt: Halt, rules: StopRules, run: str = "") -> State:
    """Return what ended a run, which has a name if there are two."""
    stopped = f"Stopped at step {numerals.whole(snapshot.step)}"
    match halt:
        case Halt.AT_STEP:
            limit = rules.next_limit(snapshot.step)
            more = _MORE if limit is None else _more(limit - snapshot.step)
            return State("Step limit", f"{stopped}. {more}")
        case Halt.LEARNED:
            return State(f"{run}learned".capitalize(), f"{stopped}. {_MORE}")
        case Halt.AT_LOSS:
            loss = f"loss of {run}" if run else "loss "
            return State("Loss limit", f"{stopped}: the {loss}has fallen to the limit. {_MORE}")
        case Halt.LONGEST:
            return State("Longest run", f"{stopped}, the most that a run can have.")
        case Halt.DIVERGED:
            return State(
                f"{run}diverged".capitalize(),
                f"{stopped}: after the next one the loss or a weight would no longer be finite. "
                "Lower the learning rate.",
            )


def _more(steps: int) -> str:
    return f"Press Run for {numerals.whole(steps)} more."
