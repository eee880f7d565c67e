"""A session that follows a run of another program, through its socket."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.engine.watching.program import Program, parameters, states
from tests.support.cases import Clock
from tests.support.watched import SHOWN, source_of, watched_record
from xorviz.core.network import weights_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.current_run import TAKES_NO_STEPS
from xorviz.core.runs.project import continued
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.watching.news import News
from xorviz.watching import places
from xorviz.watching.frames import States

KEY = source_of().key


@pytest.fixture
def news(session: WatchedSession) -> list[News]:
    """Return the news that the session passes on, once it listens."""
    news: list[News] = []
    session.programs.heard.connect(news.append)
    session.programs.listen()
    session.begin(RunConfig())  # it listens once this is painted
    session.wait(lambda: bool(list(places.published())))
    return news


@pytest.fixture
def program(session: WatchedSession, news: list[News]) -> Iterator[Program]:
    """Return a program whose run, of two states so far, is the current one."""
    program = Program(next(places.published())).hello().show(range(2))
    session.wait(lambda: bool(news))
    session.open(news[-1].record, 0)
    session.snapshots.clear()
    yield program
    program.die()


@pytest.fixture
def followed(session: WatchedSession, program: Program) -> Program:
    """Return the program while its run is followed."""
    session.play()
    session.wait(lambda: session.steps == [1])
    return program


def shown(session: WatchedSession, step: int) -> None:
    """Wait until a step is shown and all is answered."""
    session.wait(lambda: session.last.step == step and session.unanswered == 0)


def test_each_new_state_is_shown_and_nothing_else(
    session: WatchedSession, followed: Program
) -> None:
    for step in range(2, 6):
        followed.show([step])
        shown(session, step)
    assert session.steps == [1, 2, 3, 4, 5]
    assert session.last.record.source == source_of()
    assert session.doing() is Activity.PLAYING


def test_no_stop_rule_and_no_speed_holds_following_back(
    session: WatchedSession, followed: Program
) -> None:
    session.rules = StopRules(at_step=2)
    session.set_speed(1.0)  # the clock stands still
    for step in range(2, 5):
        followed.show([step])
        shown(session, step)
    assert session.doing() is Activity.PLAYING


def test_the_newest_frame_is_shown_when_a_run_that_flashes_rests(
    session: WatchedSession, followed: Program, news: list[News]
) -> None:
    session._calm._stillness.setInterval(20)
    large = parameters([0]) * 50
    for step in range(2, 12):
        followed.say(States(np.array([step]), large if step % 2 else -large))
        session.wait(lambda step=step: session._step == step)  # type: ignore[misc]
    shown(session, 11)
    assert len(session.steps) < 10
    assert session.doing() is Activity.PLAYING


def test_the_gauge_shows_the_speed_of_the_program(
    session: WatchedSession, followed: Program, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet_turns = "xorviz.engine.watching.program_listener.QUIET_TURNS"
    monkeypatch.setattr(quiet_turns, 10**9)  # no news of an old state at a new time
    for step in (100, 200, 300):
        clock.now += 0.5
        followed.show([step])
        shown(session, step)
    assert session.gauge.steps_per_second == 200
    monkeypatch.setattr(quiet_turns, 9)
    clock.now += 10
    readings = clock.readings
    session.wait(lambda: clock.readings > readings)  # news come without a new state, too
    clock.now += 1
    session.wait(lambda: session.gauge.steps_per_second == 0)


@pytest.mark.parametrize("diverged", [False, True])
def test_following_pauses_when_the_program_has_ended(
    session: WatchedSession, followed: Program, news: list[News], diverged: bool
) -> None:
    followed.show([2, 3])
    shown(session, 3)
    followed.end(diverged)
    session.rest()
    assert session.last.step == 3
    assert session.last.halt is (Halt.DIVERGED if diverged else None)
    assert (news[-1].is_live, news[-1].is_lost) == (False, False)
    session.snapshots.clear()
    session.play()  # there is nothing to follow
    assert session.doing() is Activity.PAUSED


def test_following_pauses_when_the_connection_is_lost(
    session: WatchedSession, followed: Program, news: list[News]
) -> None:
    followed.show([2]).die()
    session.rest()
    assert session.last.step == 2
    assert (news[-1].is_live, news[-1].is_lost) == (False, True)


def test_a_program_that_comes_back_is_followed_again(
    session: WatchedSession, followed: Program
) -> None:
    followed.die()
    session.rest()
    session.play()
    assert session.doing() is Activity.PAUSED
    again = Program(next(places.published())).hello().show(range(5))
    session.wait(lambda: session._following.has_more)
    session.play()
    shown(session, 4)
    again.show([5])
    shown(session, 5)
    again.die()


def test_a_paused_session_shows_nothing_new_until_it_is_asked_to(
    session: WatchedSession, followed: Program, news: list[News]
) -> None:
    session.pause()
    followed.show([2, 3])
    session.wait(lambda: news[-1].record.newest == 3)
    assert session.steps == [1]
    session.step()
    session.rest()
    assert session.steps == [1, 2]


def test_steps_and_seeks_go_to_kept_steps(
    session: WatchedSession, program: Program, news: list[News]
) -> None:
    program.show([10, 20, 30])
    session.wait(lambda: news[-1].record.newest == 30)
    moves = [(True, 1), (True, 1), (True, 1), (True, 5)]
    seeks = [(False, 20), (False, 29), (False, -20), (False, 99)]
    for is_move, n in (*moves, *seeks, (True, 1), (True, 0)):
        session.step(n) if is_move else session.seek(n)
        assert session.doing() in {Activity.SEEKING, Activity.PAUSED}
        session.rest()
    assert session.steps == [1, 10, 20, 30, 20, 30, 0, 30, 30]


def test_a_seek_while_it_is_followed_pauses_there(
    session: WatchedSession, followed: Program
) -> None:
    followed.show([2, 3])
    shown(session, 3)
    session.seek(1)
    followed.show([4])
    session.rest()
    assert (session.last.step, session.doing()) == (1, Activity.PAUSED)
    session.play()
    shown(session, 4)


def test_a_watched_run_is_not_changed(session: WatchedSession, program: Program) -> None:
    weights = weights_of(states([0]).parameters[0], SHOWN)
    with pytest.raises(SettingError, match=TAKES_NO_STEPS):
        session.intervene("rate", 0.1)
    with pytest.raises(SettingError, match=TAKES_NO_STEPS):
        session.intervene("w1", 0.1, (0, 0), beside=True)
    with pytest.raises(SettingError, match=TAKES_NO_STEPS):
        session.set_weights(weights)


def test_correct_code_beside_it_parts_from_it(session: WatchedSession, program: Program) -> None:
    wrong = replace(SHOWN, rate=0.9)
    other = Program(next(places.published()), "wrong").hello().show(range(0, 2000, 7), wrong)
    record = watched_record(wrong, range(0, 2000, 7), name="wrong")
    record = replace(record, config=SHOWN)
    session.open(record, 0, beside=continued(record, 0))
    session.play()
    shown(session, 1995)
    assert session.last.beside is not None
    assert session.last.parted_at == 7
    other.die()


def test_the_run_beside_it_can_be_changed(session: WatchedSession) -> None:
    record = watched_record(steps=range(0, 30, 3), name="ended")
    session.open(record, 0, beside=continued(record, 0))
    session.play()
    session.rest()
    session.seek(9)
    session.intervene("rate", 0.1, beside=True)
    session.rest()
    assert session.last.beside is not None
    assert session.last.beside.config.rate == 0.1
    session.play()
    session.rest()
    assert session.last.step == 27


def test_settings_that_were_found_out_are_shown_at_once(
    session: WatchedSession, program: Program, news: list[News]
) -> None:
    found = replace(SHOWN, rate=0.25)
    session.programs.adopt(KEY, found, ())
    session.wait(lambda: bool(session.snapshots))
    assert (session.last.config, session.last.step) == (found, 0)
    session.wait(lambda: news[-1].record.config == found)
    session.programs.adopt(source_of("unknown").key, found, ())
    session.rest()
    assert len(session.snapshots) == 1


def test_a_run_that_is_forgotten_is_no_longer_heard_of(
    session: WatchedSession, program: Program, news: list[News]
) -> None:
    session.begin(RunConfig())
    session.programs.forget(KEY)
    session.wait(lambda: program.refusal() == "the window shows this run no more")
    session.rest()
    assert {one.is_live for one in news} == {True}


def test_why_it_does_not_listen_is_told(session: WatchedSession, folder: Path) -> None:
    told: list[str] = []
    session.programs.not_listening.connect(told.append)
    folder.mkdir()
    folder.chmod(0o777)
    session.programs.listen()
    session.begin(RunConfig())
    session.wait(lambda: bool(told))
    reason = f"{folder} belongs to another user, or others can open it"
    assert told == [f"Other programs cannot show their runs in this window: {reason}."]
    assert session.failures == []


def test_a_closed_session_is_found_no_more(
    session: WatchedSession, program: Program, qtbot: QtBot
) -> None:
    folder = places.folder()
    assert len(list(folder.iterdir())) == 2
    session.close()
    assert list(folder.iterdir()) == []
    assert program.refusal() == ""
    assert program.is_closed
