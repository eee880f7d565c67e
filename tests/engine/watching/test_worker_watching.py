"""The worker's commands that concern other programs, called in the test's own thread."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.test_worker import Harness
from tests.engine.watching.program import Program
from tests.support.watched import SHOWN, source_of, watched_record
from xorviz.core.runs.record import Record
from xorviz.core.runs.stopping import NEVER
from xorviz.core.runs.watched import WatchedRun
from xorviz.engine.commands import Advance, Begin, Failure
from xorviz.engine.watching.commands import Adopt, Done, Forget, Listen
from xorviz.engine.watching.news import News
from xorviz.watching import places

RUN = 7
KEY = source_of().key
FOUND = replace(SHOWN, rate=0.25)
FOLLOW = Advance(RUN, 1 << 40, 1e9, NEVER)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    """Return a worker that listens."""
    harness = Harness()
    assert harness.ask(Listen()) == Done()
    yield harness
    harness.worker.close()


@pytest.fixture
def news(harness: Harness) -> list[News]:
    """Return the news that the worker has sent."""
    news: list[News] = []
    harness.worker.heard.connect(news.append)
    return news


def test_the_current_run_grows_while_its_program_sends(
    qtbot: QtBot, harness: Harness, news: list[News]
) -> None:
    program = Program(next(places.published())).hello().show([0])
    qtbot.waitUntil(lambda: bool(news))
    assert harness.snapshot(Begin(RUN, news[0].record)).step == 0
    program.show([1, 2])
    qtbot.waitUntil(lambda: harness.snapshot(FOLLOW).step == 2)
    assert len(news) == 1  # the next wait until these were taken
    harness.worker.took_news(KEY)
    assert [one.record.newest for one in news] == [0, 2]
    program.die()


def test_settings_of_the_current_run_are_adopted(harness: Harness, news: list[News]) -> None:
    harness.ask(Begin(RUN, watched_record(steps=3, assumed=("rate",)), 2))
    snapshot = harness.snapshot(Adopt(KEY, FOUND, ()))
    assert (snapshot.run, snapshot.step, snapshot.config) == (RUN, 2, FOUND)
    assert snapshot.record.source == source_of()
    assert [one.record.config for one in news] == [FOUND]


def test_settings_of_another_run_are_adopted(harness: Harness, news: list[News]) -> None:
    for record in (watched_record(steps=3), Record(SHOWN)):
        harness.ask(Begin(RUN, record))
    assert harness.ask(Adopt(KEY, FOUND, ())) == Done()
    assert [one.record.config for one in news] == [FOUND]
    harness.ask(Forget(KEY))
    assert harness.ask(Adopt(KEY, FOUND, ())) == Done()
    assert len(news) == 1


def test_a_run_may_be_forgotten_while_it_is_shown(harness: Harness) -> None:
    harness.ask(Begin(RUN, watched_record(steps=3)))
    assert harness.ask(Forget(KEY)) == Done()
    assert harness.snapshot(FOLLOW).step == 3


def test_why_it_does_not_listen_is_the_answer(qtbot: QtBot, folder: Path) -> None:
    folder.write_text("no folder")
    harness = Harness()
    answer = harness.ask(Listen())
    assert isinstance(answer, Done)
    assert answer.trouble.startswith("Other programs cannot show their runs in this window: ")


def test_an_error_is_answered_for_the_current_run(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.ask(Begin(RUN, watched_record(steps=3)))
    monkeypatch.setattr(WatchedRun, "adopt", lambda *_: 1 / 0)
    answer = harness.ask(Adopt(KEY, FOUND, ()))
    assert isinstance(answer, Failure)
    assert (answer.run, answer.message) == (RUN, "ZeroDivisionError: division by zero")
