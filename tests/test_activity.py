"""How much of the steps that were asked for is done."""

from hypothesis import given
from hypothesis import strategies as st

from xorviz.engine.activity import Activity, Way


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
