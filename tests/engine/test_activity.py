"""Progress in steps, and the end of an activity."""

from dataclasses import replace

import pytest

from tests.support.snapshots import QUICK, trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.engine.activity import Activity, StepCount, is_ended


def test_added_steps_keep_those_done() -> None:
    steps = StepCount()
    assert steps.progress == (0, 0)
    steps.add(100)
    steps.left -= 30
    assert (steps.left, steps.progress) == (70, (30, 100))
    steps.add(50)
    assert (steps.left, steps.progress) == (120, (30, 150))
    steps.left -= 120
    assert steps.progress == (150, 150)


COUNT = StepCount(10, 5)


def seen(step: int, halt: Halt | None = None, newest: int | None = None) -> Snapshot:
    """Return a snapshot at a step of a run with this newest step."""
    snapshot = trained(QUICK, step if newest is None else newest)
    return replace(snapshot, step=step, halt=halt)


def test_the_last_step_ends_only_stepping() -> None:
    for count, ending in ((COUNT, []), (StepCount(10, 0), [Activity.STEPPING])):
        assert [a for a in Activity if is_ended(a, seen(5), seen(0), 5, count)] == ending


def test_nothing_ends_what_has_ended() -> None:
    ended = seen(5, Halt.DIVERGED)
    assert not is_ended(Activity.PAUSED, ended, seen(0), 5, COUNT)


def test_a_rule_of_the_first_run_ends_playing_but_not_stepping() -> None:
    for halt in set(Halt) - {Halt.DIVERGED, Halt.LONGEST}:
        assert is_ended(Activity.PLAYING, seen(5, halt), seen(0), 5, COUNT)
        assert not is_ended(Activity.STEPPING, seen(5, halt), seen(0), 5, COUNT)
        shown = replace(seen(5), beside=seen(5, halt))
        assert not is_ended(Activity.PLAYING, shown, seen(0), 5, COUNT)


@pytest.mark.parametrize("halt", [Halt.DIVERGED, Halt.LONGEST])
def test_the_end_of_either_run_ends_training(halt: Halt) -> None:
    ended = seen(5, halt)
    for shown in (ended, replace(seen(5), beside=ended)):
        for activity in (Activity.PLAYING, Activity.STEPPING):
            assert is_ended(activity, shown, seen(0), 5, COUNT)


def test_a_halt_counts_only_at_a_step_taken_for_the_first_time() -> None:
    for halt in Halt:
        newest = seen(5, halt)
        assert not is_ended(Activity.PLAYING, newest, seen(0, newest=5), 5, COUNT)
        assert is_ended(Activity.PLAYING, newest, newest, 0, COUNT)  # no step can be taken
        assert is_ended(Activity.PLAYING, newest, None, 5, COUNT)
