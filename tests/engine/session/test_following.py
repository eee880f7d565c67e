"""A session that follows a run of another program, through its file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.staged import StagedSession
from tests.support.program import WrittenProgram
from tests.support.watched import SHOWN, source_of, watched_record
from xorviz.core.rules import SettingError
from xorviz.core.runs.current_run import TAKES_NO_STEPS
from xorviz.core.runs.source import ProgramState
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.engine.activity import Activity


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WrittenProgram]:
    """Return a program that has shown two states."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    program = WrittenProgram().show(range(2))
    yield program
    program.die()


@pytest.fixture
def followed(session: StagedSession, program: WrittenProgram) -> WrittenProgram:
    """Return the program while its run is followed."""
    session.open(program.record)
    session.play()
    session.frames()
    assert session.steps == [1]
    return program


def look(session: StagedSession, seconds: float = 1 / 60) -> None:
    """Let a program's file be read again, if that is due by then."""
    session.pass_time(seconds + 1e-9)
    session.frames(len(session.stage.waiting))


def test_each_new_state_is_shown_once_whatever_the_speed_and_the_stop_rules(
    session: StagedSession, followed: WrittenProgram
) -> None:
    session.rules = StopRules(at_step=2)
    session.set_speed(1.0)
    for step in range(2, 6):
        followed.show([step], is_kept=step != 4)
        look(session)
        assert session.last.step == step
        look(session)
        look(session, 1 / 120)  # too early
    assert session.steps == [1, 2, 3, 4, 5]
    assert session.last.record.source == source_of()
    assert session.doing() is Activity.PLAYING
    assert session.gauge.steps_per_second is not None


@pytest.mark.parametrize("ending", ["ended", "diverged", "killed"])
def test_it_pauses_at_the_last_state_of_a_program_that_ends(
    session: StagedSession, followed: WrittenProgram, ending: str
) -> None:
    followed.show([2])
    followed.die() if ending == "killed" else followed.end(ending == "diverged")
    look(session)
    session.rest()
    source = session.last.record.source
    assert source is not None
    assert source.state is (ProgramState.LOST if ending == "killed" else ProgramState.ENDED)
    assert session.last.step == 2
    assert session.last.halt is (Halt.DIVERGED if ending == "diverged" else None)
    assert session.gauge.steps_per_second is None
    session.pass_time(10)
    assert session.unanswered == 0


def test_the_newest_frame_is_shown_when_a_run_that_flashes_rests(
    session: StagedSession, followed: WrittenProgram
) -> None:
    large = 50 * followed.record.checkpoints[0].parameters
    for step in range(2, 12):
        followed.say(step, large if step % 2 else -large)
        look(session)
    assert session.last.step < 11
    session.pass_time(1 / 60)
    assert session._stillness.isActive()
    session._stillness.timeout.emit()
    assert session.last.step == 11
    assert len(session.steps) < 10
    assert session.doing() is Activity.PLAYING


def test_while_paused_it_is_read_once_a_second_and_stays_at_its_step(
    session: StagedSession, followed: WrittenProgram
) -> None:
    session.pause()
    session.rest()
    session.forget()
    look(session, 1.0)
    look(session, 0.9)
    assert session.log == ["Seek", "painted"]  # nothing is new
    followed.show([2, 3])
    look(session, 0.1)
    assert (session.last.step, session.last.newest) == (1, 3)
    for step in (9, 20):
        followed.show([step])
        look(session, 1.0)
        assert (session.last.step, session.last.newest) == (1, step)
    assert session.gauge.steps_per_second == pytest.approx(11)
    followed.end()
    look(session, 1.0)
    assert (session.gauge.steps_per_second, session.doing()) == (None, Activity.PAUSED)
    session.pass_time(10)
    assert session.unanswered == 0


def test_a_watched_run_is_not_changed_and_what_is_found_out_is_shown(
    session: StagedSession, followed: WrittenProgram
) -> None:
    with pytest.raises(SettingError, match=TAKES_NO_STEPS):
        session.intervene("rate", 2.0, beside=True)
    session.adopt(replace(SHOWN, rate=2.0), ("targets",))
    look(session)
    assert session.last.config.rate == 2
    assert session.last.record.source == source_of(assumed=("targets",))
    session.open_run(session.last.record, 0)  # it stays, although the file does not say so
    session.frames()
    assert session.last.config.rate == 2


def test_a_run_without_a_file_is_what_was_saved(session: StagedSession) -> None:
    session.open(watched_record(steps=9), 3)
    session.play()
    session.rest()
    session._at = replace(session.last, record=watched_record(steps=20))
    session.seek(15)  # which the worker does not have any more
    session.rest()
    assert (session.steps, session.progress) == ([9, 9], [])
