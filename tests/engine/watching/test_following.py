"""Whether a watched run has more to show, and which of its steps can be gone to."""

from dataclasses import replace

import pytest

from tests.support.watched import SHOWN, source_of, watched_record
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.engine.watching.following import Following
from xorviz.engine.watching.news import News

KEY = source_of().key


def news(*steps: int, name: str = "my network", is_live: bool = True) -> News:
    return News(watched_record(steps=steps, name=name), is_live)


@pytest.fixture
def following() -> Following:
    """Return what follows a live run, of which all five steps are shown."""
    following = Following(Record(SHOWN))
    following.open(watched_record(steps=5), 5)
    following.hear(news(*range(6)))
    return following


def test_there_is_more_once_it_is_heard(following: Following) -> None:
    assert (following.has_more, following.is_over) == (False, False)
    following.hear(news(0, 1, 2, name="another"))
    assert not following.has_more
    following.hear(news(0, 7))
    assert following.has_more
    following.show(CurrentRun(watched_record(steps=[0, 7]), 7).snapshot(), is_followed=True)
    assert (following.has_more, following.is_over) == (False, False)


def test_there_is_more_at_a_past_step(following: Following) -> None:
    following.show(CurrentRun(watched_record(steps=5), 2).snapshot())
    assert following.has_more


def test_the_end_is_heard(following: Following) -> None:
    following.hear(news(*range(6), is_live=False))
    assert (following.has_more, following.is_over) == (False, True)


def test_that_a_run_has_diverged_is_still_to_be_shown(following: Following) -> None:
    diverged = watched_record(steps=5, diverged=True)
    following.hear(News(diverged, is_live=False))
    assert following.has_more
    following.show(CurrentRun(diverged, 5).snapshot(), is_followed=True)
    assert (following.has_more, following.is_over) == (False, True)


def test_it_is_over_when_following_brings_nothing(following: Following) -> None:
    following.hear(news(0, 7))
    following.show(CurrentRun(watched_record(steps=5), 5).snapshot(), is_followed=True)
    assert (following.has_more, following.is_over) == (False, True)


def test_news_from_before_settings_were_found_out_are_no_standstill(following: Following) -> None:
    found = replace(watched_record(steps=5), source=replace(source_of(), assumed=("rate",)))
    following.show(CurrentRun(found, 5).snapshot())
    following.hear(news(*range(6)))
    following.show(CurrentRun(found, 5).snapshot(), is_followed=True)
    assert (following.has_more, following.is_over) == (False, False)


def test_of_a_run_of_ours_any_step_can_be_gone_to() -> None:
    run = Recording(SHOWN)
    run.advance(9)
    following = Following(run.record())
    assert following.is_over
    assert not following.is_watched
    assert not following.is_of(KEY)
    assert [following.towards(step, 5) for step in (-3, 0, 4, 9, 12)] == [0, 0, 4, 9, 9]


def test_of_a_watched_run_kept_steps_are_gone_to(following: Following) -> None:
    following.hear(news(0, 1, 2, 10, 20))
    assert following.is_of(KEY)
    towards = [following.towards(step, 10) for step in (-5, 0, 9, 11, 20, 30)]
    assert towards == [0, 0, 2, 20, 20, 20]
    assert following.towards(11, 20) == 10


def test_with_a_run_beside_it_only_common_steps_are_gone_to() -> None:
    record = watched_record(steps=[0, 1, 2, 10, 20])
    beside = Recording(continued(record, 0))
    beside.advance(12)
    following = Following(record)
    following.open(record, 0, beside.record())
    assert following.has_beside
    assert [following.towards(step, 2) for step in (3, 10, 20)] == [10, 10, 10]


def test_training_a_run_beside_it_is_no_standstill() -> None:
    record = watched_record(steps=[0, 100])
    current = CurrentRun(record, 0, beside=continued(record, 0))
    following = Following(record)
    following.open(record, 0, continued(record, 0))
    following.hear(News(record, is_live=True))
    for _ in range(3):
        current.advance(10)
        following.show(current.snapshot(), is_followed=True)
        assert following.has_more
    following.show(current.snapshot(), is_followed=True)
    assert following.is_over


def test_settings_that_were_found_out_are_no_standstill(following: Following) -> None:
    adopted = replace(source_of(), assumed=("rate",))
    record = replace(watched_record(steps=5), source=adopted)
    following.hear(News(record, is_live=True))
    assert following.has_more
    following.show(CurrentRun(record, 5).snapshot(), is_followed=True)
    assert (following.has_more, following.is_over) == (False, False)
