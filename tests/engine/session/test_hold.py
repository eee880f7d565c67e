"""A session that takes no steps for a reason."""

from dataclasses import replace

import pytest

from tests.engine.watched import WatchedSession
from tests.support.watched import watched_record
from xorviz.engine.activity import Activity

WHY = "First lock your prediction."


@pytest.fixture
def refused(session: WatchedSession) -> list[str]:
    told: list[str] = []
    session.hold.refused.connect(told.append)
    return told


def test_while_it_is_held_no_step_is_taken_but_any_can_be_gone_to(
    session: WatchedSession, refused: list[str]
) -> None:
    session.step(20)
    session.rest()
    session.play()
    session.hold.set(WHY)
    assert session.doing() is Activity.PAUSED
    session.rest()
    newest = session.last.newest
    session.play()
    session.step(3)
    session.toggle()
    assert (refused, session.doing()) == ([WHY] * 3, Activity.PAUSED)
    for step in (5, 0, newest):
        session.seek(step)
        session.rest()
    assert (session.last.step, session.last.newest) == (newest, newest)
    session.hold.set("")
    session.step(3)
    session.rest()
    assert (session.last.step, len(refused)) == (newest + 3, 3)


def test_a_step_under_way_is_still_gone_to_and_a_watched_run_is_stepped_through(
    session: WatchedSession, refused: list[str]
) -> None:
    session.step(3000)
    session.rest()
    session.seek(1500)
    session.hold.set(WHY)
    session.rest()
    assert session.last.step == 1500
    session.open(watched_record(steps=4), 1)
    session.step(2)
    session.rest()
    assert (session.last.step, refused) == (3, [])
    session._at = replace(session.last, record=watched_record(steps=9))
    session.progress.clear()
    session.seek(9)  # which the worker does not have any more
    session.rest()
    assert (session.last.step, session.progress) == (4, [])
