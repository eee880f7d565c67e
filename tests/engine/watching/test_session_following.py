"""A session that follows a run of another program, through its socket."""

from collections.abc import Iterator

import pytest

from tests.engine.watched import WatchedSession
from tests.engine.watching.program import Program
from tests.support.watched import source_of
from xorviz.engine.activity import Activity
from xorviz.engine.watching.news import News
from xorviz.watching import places


@pytest.fixture
def news(session: WatchedSession) -> list[News]:
    """Return the news that the session passes on, once it listens."""
    news: list[News] = []
    session.programs.heard.connect(news.append)
    session.programs.listen()
    session.wait(lambda: session.unanswered == 0)
    return news


@pytest.fixture
def program(session: WatchedSession, news: list[News]) -> Iterator[Program]:
    """Return a program whose run, of two states so far, is followed."""
    program = Program(next(places.published())).hello().show(range(2))
    session.wait(lambda: bool(news))
    session.open(news[-1].record, 0)
    session.snapshots.clear()
    session.play()
    session.wait(lambda: session.steps == [1])
    yield program
    program.die()


def test_each_new_state_is_shown_and_nothing_else(
    session: WatchedSession, program: Program
) -> None:
    for step in range(2, 6):
        program.show([step])
        session.wait(lambda step=step: session.last.step == step)  # type: ignore[misc]
    assert session.steps == [1, 2, 3, 4, 5]
    assert session.last.record.source == source_of()
    assert session.doing() is Activity.PLAYING


def test_following_pauses_when_the_program_has_ended(
    session: WatchedSession, program: Program
) -> None:
    program.show([2, 3]).end()
    session.rest()
    assert session.last.step == 3
