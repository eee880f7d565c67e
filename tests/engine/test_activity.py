"""How much of the steps that were asked for is done, and what ends that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.snapshots import QUICK, trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.engine.activity import Activity, Way, is_ended

GOING_ON = [Activity.PLAYING, Activity.STEPPING]


def test_nothing_is_asked_for_at_first() -> None:
    assert Way().progress == (0, 0)


def test_steps_that_are_taken_are_done() -> None:
    way = Way()
    way.lengthen(100)
    way.took(30)
    assert (way.left, way.progress) == (70, (30, 100))


def test_more_steps_make_the_way_longer_and_leave_what_is_done() -> None:
    way = Way()
    way.lengthen(100)
    way.took(30)
    way.lengthen(50)
    assert (way.left, way.progress) == (120, (30, 150))
    way.took(120)
    assert way.progress == (150, 150)


@given(lefts=st.lists(st.integers(0, 10**12), min_size=1))
def test_what_is_left_of_a_way_tells_how_much_is_done(lefts: list[int]) -> None:
    way = Way()
    for left in lefts:
        way.has_left(left)
        done, total = way.progress
        assert total - done == left == way.left
        assert 0 <= done <= total
    assert way.total == max(lefts)


@given(lefts=st.lists(st.integers(0, 10**12), min_size=1))
def test_what_is_done_rises_as_what_is_left_falls(lefts: list[int]) -> None:
    way, done = Way(), []
    for left in sorted(lefts, reverse=True):
        way.has_left(left)
        done.append(way.progress)
    assert done == sorted(done)
    assert {total for _, total in done} == {max(lefts)}


def test_each_activity_is_a_word() -> None:
    assert [str(activity) for activity in Activity] == [
        *("paused", "running", "stepping", "seeking", "failed"),
    ]


def seen(step: int, halt: Halt | None = None, newest: int | None = None) -> Snapshot:
    """Return what is to be seen at a step of a run that has come so far."""
    snapshot = trained(QUICK, step if newest is None else newest)
    return replace(snapshot, step=step, halt=halt)


def way(left: int = 5) -> Way:
    return Way(10, left)


@pytest.mark.parametrize("activity", Activity)
def test_nothing_ends_while_there_are_steps_left(activity: Activity) -> None:
    assert not is_ended(activity, seen(5), seen(0), 5, way())


@pytest.mark.parametrize("activity", Activity)
def test_the_last_step_ends_the_stepping_alone(activity: Activity) -> None:
    ends = activity is Activity.STEPPING
    assert is_ended(activity, seen(5), seen(0), 5, way(left=0)) is ends


@pytest.mark.parametrize("halt", [h for h in Halt if h is not Halt.DIVERGED])
@pytest.mark.parametrize("activity", GOING_ON)
def test_a_rule_ends_the_playing_alone(activity: Activity, halt: Halt) -> None:
    ends = activity is Activity.PLAYING
    assert is_ended(activity, seen(5, halt), seen(0), 5, way()) is ends


@pytest.mark.parametrize("is_beside", [False, True])
@pytest.mark.parametrize("activity", GOING_ON)
def test_a_divergence_ends_both_in_either_run(activity: Activity, is_beside: bool) -> None:
    diverged = seen(5, Halt.DIVERGED)
    shown = replace(seen(5), beside=diverged) if is_beside else diverged
    assert is_ended(activity, shown, seen(0), 5, way())


def test_a_rule_is_not_for_the_run_beside() -> None:
    shown = replace(seen(5), beside=seen(5, Halt.LEARNED))
    assert not is_ended(Activity.PLAYING, shown, seen(0), 5, way())


@pytest.mark.parametrize("halt", Halt)
def test_steps_that_were_taken_before_meet_nothing_even_at_the_newest(halt: Halt) -> None:
    newest = seen(5, halt)
    assert not is_ended(Activity.PLAYING, newest, seen(0, newest=5), 5, way())


@pytest.mark.parametrize("halt", Halt)
def test_no_step_at_all_meets_what_stops_the_run_there(halt: Halt) -> None:
    newest = seen(5, halt)
    assert is_ended(Activity.PLAYING, newest, newest, 0, way())


@pytest.mark.parametrize("halt", Halt)
def test_the_first_that_is_seen_of_a_run_may_end_it(halt: Halt) -> None:
    assert is_ended(Activity.PLAYING, seen(5, halt), None, 5, way())


def test_a_divergence_does_not_end_the_seeking() -> None:
    assert not is_ended(Activity.SEEKING, seen(5, Halt.DIVERGED), seen(0), 5, way())
