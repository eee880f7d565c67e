"""A session that follows a run of another program, through its file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock
from tests.support.program import WrittenProgram
from tests.support.watched import SHOWN, source_of, watched_record
from xorviz.core.network import weights_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.current_run import TAKES_NO_STEPS
from xorviz.core.runs.project import continued
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
def followed(session: WatchedSession, program: WrittenProgram) -> WrittenProgram:
    """Return the program while its run is followed."""
    session.open(program.record, 0)
    session.snapshots.clear()
    session.play()
    session.wait(lambda: session.steps == [1])
    return program


def shown(session: WatchedSession, clock: Clock, step: int) -> None:
    """Wait until a step is shown, a frame later."""
    clock.now += 1.0
    session.wait(lambda: session.last.step == step and session.unanswered == 0)


def looked(session: WatchedSession, clock: Clock) -> None:
    """Wait for the answer to another look at the file."""
    clock.now += 1.0
    readings = clock.readings
    session.wait(lambda: clock.readings > readings + 2 and session.unanswered == 0)


def test_each_new_state_is_shown_once_whatever_the_speed_and_the_stop_rules(
    session: WatchedSession, followed: WrittenProgram, clock: Clock
) -> None:
    session.rules = StopRules(at_step=2)
    session.set_speed(1.0)
    for step in range(2, 6):
        followed.show([step], is_kept=step != 4)
        shown(session, clock, step)
        looked(session, clock)
    assert session.steps == [1, 2, 3, 4, 5]
    assert session.last.record.source == source_of()
    assert session.doing() is Activity.PLAYING
    assert session.gauge.steps_per_second is not None


@pytest.mark.parametrize("ending", ["ended", "diverged", "killed"])
def test_it_pauses_at_the_last_state_of_a_program_that_ends(
    session: WatchedSession, followed: WrittenProgram, clock: Clock, ending: str
) -> None:
    followed.show([2])
    followed.die() if ending == "killed" else followed.end(ending == "diverged")
    session.wait(lambda: _advanced(clock) and session.activity is Activity.PAUSED)
    source = session.last.record.source
    assert source is not None
    assert source.state is (ProgramState.LOST if ending == "killed" else ProgramState.ENDED)
    assert session.last.step == 2
    assert session.last.halt is (Halt.DIVERGED if ending == "diverged" else None)
    assert session.gauge.steps_per_second is None
    assert not session._looks.isActive()


def _advanced(clock: Clock) -> bool:
    clock.now += 0.1
    return True


def test_the_newest_frame_is_shown_when_a_run_that_flashes_rests(
    session: WatchedSession, followed: WrittenProgram, clock: Clock
) -> None:
    session._calm._stillness.setInterval(20)
    large = 50 * followed.record.checkpoints[0].parameters
    for step in range(2, 12):
        followed.say(step, large if step % 2 else -large)
        clock.now += 0.02
        session.wait(lambda step=step: session._at.step == step)  # type: ignore[misc]
    session.wait(lambda: session.last.step == 11)
    assert len(session.steps) < 10
    assert session.doing() is Activity.PLAYING


def test_while_paused_it_shows_how_far_the_program_is_and_stays_at_its_step(
    session: WatchedSession, followed: WrittenProgram, clock: Clock
) -> None:
    session.pause()
    session.rest()
    session.snapshots.clear()
    assert session._looks.isActive()
    session._look()
    session.rest()
    assert session.snapshots == []  # nothing is new
    followed.show([2, 3])
    session._look()
    session.wait(lambda: bool(session.snapshots))
    assert (session.last.step, session.last.newest) == (1, 3)
    for step in (9, 20):
        clock.now += 1.0
        followed.show([step])
        session._look()
        session.wait(lambda step=step: session.last.newest == step)  # type: ignore[misc]
    assert session.gauge.steps_per_second == 11
    followed.end()
    session._look()
    session.wait(lambda: not session._looks.isActive())
    assert session.gauge.steps_per_second is None


def test_steps_and_seeks_go_to_kept_steps(
    session: WatchedSession, followed: WrittenProgram, clock: Clock
) -> None:
    followed.show((5, 9, 20))
    shown(session, clock, 20)
    session.seek(8)
    assert session.doing() is Activity.PAUSED
    session.rest()
    reached = [session.last.step]
    for away in (1, -1):
        session.seek(session.step_wanted + away)
        session.rest()
        reached.append(session.last.step)
    session.seek(10**9)
    session.rest()
    assert [*reached, session.last.step] == [5, 9, 5, 20]


def test_a_watched_run_is_not_changed_and_what_is_found_out_is_shown(
    session: WatchedSession, followed: WrittenProgram
) -> None:
    with pytest.raises(SettingError, match=TAKES_NO_STEPS):
        session.intervene("rate", 2.0)
    with pytest.raises(SettingError, match=TAKES_NO_STEPS):
        session.set_weights(weights_of(followed.record.checkpoints[0].parameters, SHOWN))
    session.adopt(replace(SHOWN, rate=2.0), ("targets",))
    session.wait(lambda: session.last.config.rate == 2)
    assert session.last.record.source == source_of(assumed=("targets",))
    session.open(session.last.record, 0)  # it stays, although the file does not say so
    assert session.last.config.rate == 2


def test_correct_code_beside_it_follows_and_can_be_changed(
    session: WatchedSession, program: WrittenProgram, clock: Clock
) -> None:
    record = program.show(range(2, 9)).record
    session.open(record, 0, continued(record, 0))
    session.play()
    shown(session, clock, 8)
    seen = session.last
    assert seen.beside is not None
    assert (seen.beside.step, seen.parted_at) == (8, None)
    program.show([9])
    shown(session, clock, 9)
    session.pause()
    session.rest()
    session.seek(4)
    session.rest()
    session.intervene("rate", 50.0, beside=True)
    session.play()
    session.wait(lambda: _advanced(clock) and session.last.parted_at == 5)


def test_a_run_without_a_file_is_what_was_saved(session: WatchedSession) -> None:
    session.open(watched_record(steps=9), 3)
    session.play()
    session.rest()
    assert session.last.step == 9
    source = session.last.record.source
    assert source is not None
    assert source.state is ProgramState.UNKNOWN
