"""Seeking in a session: to earlier steps, forward again, and to other runs."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.bits import Change, assert_same_record, assert_same_state, overflowing
from tests.support.cases import some
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession

CONFIG = RunConfig(width=4, rate=0.5, biases=True, momentum=0.3)
OTHER = replace(CONFIG, rate=0.1, activation="tanh")
CHANGES: dict[int, list[Change]] = {
    500: [("rate", 0.25, ())],
    1000: [("w1", 2.0, (0, 1)), ("momentum", 0.9, ())],
    1500: [("rate", 0.75, ())],
}
NEWEST = 40 * BLOCK

NUMPY_ONLY = pytest.mark.parametrize("kernel", [NUMPY], indirect=True)
"""For tests that must meet the seek on its way: Numba is too fast or has longer blocks."""
BOTH_KERNELS = pytest.mark.parametrize("kernel", KERNEL_NAMES, indirect=True)

_kernel = NUMPY
"""The kernel of the expected runs."""

Act = Callable[[TrainingSession], None]


def trained(
    config: RunConfig, steps: int, changes: dict[int, list[Change]] | None = None
) -> Trainer:
    """Return a run trained without seeking, with these changes."""
    trainer = Trainer(config, kernel=_kernel)
    for step in sorted(s for s in changes or {} if s <= steps):
        trainer.advance(step - trainer.step)
        for change in (changes or {})[step]:
            trainer.intervene(*change)
    trainer.advance(steps - trainer.step)
    return trainer


@pytest.fixture(params=some(KERNEL_NAMES, 1))
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the kernel of the session and of the expected runs."""
    name: str = request.param
    monkeypatch.setattr("tests.engine.session.test_seeking._kernel", name)
    return name


@pytest.fixture
def record(kernel: str) -> Record:
    """Return a long run with a checkpoint only at its end, so that any other step is far."""
    return long_record(kernel)


@cache
def long_record(_: str) -> Record:
    """Return the long run trained by a kernel, which ``_kernel`` names too."""
    record = trained(CONFIG, NEWEST, CHANGES).record()
    assert [c.step for c in record.checkpoints] == [NEWEST]
    return record


@pytest.fixture(autouse=True)
def _one_block_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each frame as short as possible, however fast the machine is."""
    monkeypatch.setattr("xorviz.engine.preparation.BUDGET_SECONDS", 0.0)
    monkeypatch.setattr("xorviz.engine.preparation.FREE_BUDGET_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _no_limit(session: WatchedSession) -> None:
    session.rules = NEVER
    session.set_speed(None)


@pytest.fixture
def unanswered(session: WatchedSession) -> list[int]:
    """Return a list of how many commands were under way at each signal."""
    seen: list[int] = []

    def note(_: object) -> None:
        seen.append(session.unanswered)

    session.progressed.connect(note)
    session.snapshot_arrived.connect(note)
    return seen


def on_the_way(session: WatchedSession, record: Record, step: int) -> None:
    """Open a run at its newest step, and seek a past one until the first progress is signalled."""
    session.open(record, NEWEST)
    session.progress.clear()
    session.seek(step)
    session.wait(lambda: bool(session.progress))


@BOTH_KERNELS
def test_seek_restores_each_step_bit_for_bit(session: WatchedSession, record: Record) -> None:
    session.open(record, NEWEST)
    for step in (0, 2559, 63, 64, 65, 500, 501, 1000, 1500, 1, NEWEST):
        session.seek(step)
        assert session.doing() is Activity.SEEKING
        assert session.step_wanted == step
        session.rest()
        assert session.doing() is Activity.PAUSED
        assert_same_state(session.last, trained(CONFIG, step, CHANGES).snapshot())
        assert_same_record(session.last.record, record)
        assert session.last.is_past == (step < NEWEST)
        assert session.config == record.config_at(step)
    assert len(session.snapshots) == 12


def test_a_step_out_of_range_is_clamped(session: WatchedSession, record: Record) -> None:
    session.open(record, 7)
    for step in (-1, NEWEST + 1, -(10**12), 10**12):
        session.seek(step)
        session.rest()
    assert session.steps == [7, 0, NEWEST, 0, NEWEST]


def test_seeking_reports_rising_progress(
    session: WatchedSession, unanswered: list[int], record: Record
) -> None:
    session.open(record, NEWEST)
    session.seek(30 * BLOCK + 5)
    session.rest()
    total = 29 * BLOCK + 5  # what the first frame, of one block, has left
    assert session.progress == [(i * BLOCK, total) for i in range(30)]
    assert set(unanswered) == {0}  # one frame at a time, and none while drawing
    assert session.steps == [NEWEST, 30 * BLOCK + 5]


@NUMPY_ONLY
def test_a_newer_seek_replaces_an_older_one(session: WatchedSession, record: Record) -> None:
    session.open(record, NEWEST)
    session.seek(2500)
    session.wait(lambda: len(session.progress) >= 3)
    session.seek(100)
    assert session.step_wanted == 100
    session.progress.clear()
    session.rest()
    assert session.steps == [NEWEST, 100]
    assert all(total < 100 for _, total in session.progress)


def test_dragging_the_slider_builds_no_queue(
    qtbot: QtBot, session: WatchedSession, unanswered: list[int], record: Record
) -> None:
    session.open(record, NEWEST)
    for step in range(2400, 300, -50):
        session.seek(step)
        session.seek(step - 25)
        assert session.unanswered == 1
        qtbot.wait(0)
    session.rest()
    assert session.last.step == 325
    assert max(unanswered) <= 1
    assert session.step_wanted == 325


def test_a_replaced_seek_that_is_reached_is_shown_in_passing(
    session: WatchedSession, record: Record
) -> None:
    session.open(record, NEWEST)
    session.seek(10)  # close to a checkpoint: reached in the first frame
    session.seek(2000)
    session.rest()
    assert session.steps == [NEWEST, 10, 2000]


@NUMPY_ONLY
def test_pause_ends_a_seek_as_far_as_it_has_come(session: WatchedSession, record: Record) -> None:
    session.open(record, NEWEST)
    session.snapshots.clear()
    stopped: list[tuple[int, bool]] = []
    session.stopped_before.connect(lambda *what: stopped.append(what))
    session.seek(2500)
    session.wait(lambda: len(session.progress) >= 3)
    session.pause()
    assert session.doing() is Activity.PAUSED
    with pytest.raises(SettingError, match="still stopping"):
        session.intervene("rate", 0.125)  # it is open at which step
    told = len(session.progress)
    session.rest()
    (seen,) = session.snapshots
    assert 3 * BLOCK <= seen.step < 2500
    assert (len(session.progress), stopped) == (told, [(2500, False)])
    assert session.step_wanted == seen.step
    assert_same_state(seen, trained(CONFIG, seen.step, CHANGES).snapshot())
    assert_same_record(seen.record, record)
    session.seek(NEWEST)  # nothing is lost
    session.step(3)
    session.rest()
    assert_same_state(session.last, trained(CONFIG, NEWEST + 3, CHANGES).snapshot())


@NUMPY_ONLY
def test_a_seek_that_is_ended_at_once_tells_no_progress(
    session: WatchedSession, record: Record
) -> None:
    session.open(record, NEWEST)
    session.seek(1234)
    session.pause()  # its first frame is under way
    session.rest()
    assert session.steps == [NEWEST, BLOCK]
    assert session.progress == []


@NUMPY_ONLY
@pytest.mark.parametrize("beside", [None, Record(OTHER)], ids=["one run", "two runs"])
def test_a_run_is_opened_in_frames_that_can_be_ended(
    session: WatchedSession, unanswered: list[int], record: Record, beside: Record | None
) -> None:
    if beside is not None:
        beside = trained(OTHER, NEWEST + 5).record()
    session.open_run(record, 1234, beside)
    assert session.config == record.config_at(1234) != record.config
    assert session.doing() is Activity.PAUSED
    session.wait(lambda: len(session.progress) >= 3)
    assert session.doing() is Activity.SEEKING
    assert (session.snapshots, set(unanswered)) == ([], {0})
    session.pause()
    session.rest()
    step = session.last.step
    assert 3 * BLOCK <= step < 1234
    assert_same_state(session.last, trained(CONFIG, step, CHANGES).snapshot())
    if session.last.beside is not None:
        assert_same_state(session.last.beside, trained(OTHER, step).snapshot())
    session.open_run(record, 1234, beside)
    session.rest()
    assert_same_state(session.last, trained(CONFIG, 1234, CHANGES).snapshot())


@NUMPY_ONLY
def test_what_was_asked_for_on_the_way_to_a_step_is_dropped_with_it(
    session: WatchedSession, record: Record
) -> None:
    stopped: list[tuple[int, bool]] = []
    session.stopped_before.connect(lambda *what: stopped.append(what))
    for give_up in (session.pause, lambda: session.seek(NEWEST)):
        on_the_way(session, record, 1234)
        session.intervene("rate", 0.125)
        session.play()
        session.pause()  # gives up only what was to follow the change
        assert session.doing() is Activity.SEEKING
        give_up()
        session.rest()
        assert_same_record(session.last.record, record)
        assert session.config == session.last.config
    assert stopped == [(1234, True)] * 2


@NUMPY_ONLY
def test_another_kernel_goes_to_the_step_shown_in_frames(
    session: WatchedSession, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open(record, 1234)
    session.progress.clear()
    monkeypatch.setattr("xorviz.engine.worker._FEWEST_STEPS", 4)
    session.preparation.fell_back.emit("")
    session.wait(lambda: bool(session.progress))
    assert session.doing() is Activity.SEEKING
    session.rest()
    assert session.steps == [1234, 1234]
    assert session.progress == [(done, 10) for done in (0, 4, 8)]


def test_a_kernel_that_is_not_ready_is_not_compiled_by_the_way_to_a_step(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = trained(CONFIG, 300).record()
    is_ready = False
    monkeypatch.setattr(kernels, "is_ready", lambda name: name == NUMPY or is_ready)
    monkeypatch.setattr(kernels, "prepare", lambda *_: None)
    monkeypatch.setattr(NumbaKernel, "_run", lambda *_: pytest.fail("it would be compiled"))
    session = TrainingSession(kernel=NUMBA)
    snapshots: list[Snapshot] = []
    session.snapshot_arrived.connect(snapshots.append)
    session.open_run(record, 100)
    qtbot.waitUntil(lambda: session.activity is Activity.SEEKING and session.unanswered == 0)
    session.play()
    session.intervene("rate", 0.125)
    qtbot.wait(0)
    assert (snapshots, session.unanswered) == ([], 0)
    monkeypatch.undo()
    kernels.prepare(NUMBA)
    session.preparation.done.emit()
    qtbot.waitUntil(lambda: len(snapshots) > 2)
    assert snapshots[0].step == 100
    session.close()


@pytest.mark.parametrize("is_under_way", [True, False], ids=["frame under way", "between frames"])
@pytest.mark.parametrize("go_on", [TrainingSession.play, lambda session: session.step(5)])
def test_training_asked_for_while_seeking_starts_at_the_target(
    session: WatchedSession, record: Record, go_on: Act, is_under_way: bool
) -> None:
    session.open(record, NEWEST)
    session.snapshots.clear()

    def go_on_once() -> None:
        if session.activity is Activity.SEEKING:
            assert session.unanswered == int(is_under_way)
            go_on(session)
            assert session.step_wanted == 1234

    session.progressed.connect(go_on_once)
    session.seek(1234)
    if is_under_way:
        go_on_once()
    session.wait(lambda: len(session.snapshots) >= 2)
    session.pause()
    session.rest()
    assert session.snapshots[0].step == 1234
    assert 1234 < session.snapshots[1].step <= 1234 + BLOCK
    done, total = [told for told in session.progress if told[1] != 5][-1]
    assert done == total  # the way there is at its end
    for seen in session.snapshots:
        assert_same_state(seen, trained(CONFIG, seen.step, CHANGES).snapshot())


@NUMPY_ONLY
@pytest.mark.parametrize("change", [("rate", 0.125, ()), ("w2", -3.0, (2, 0))])
def test_a_change_while_seeking_is_made_at_the_target(
    session: WatchedSession, record: Record, change: Change
) -> None:
    on_the_way(session, record, 1234)
    session.step(1)
    session.seek(1234)
    session.intervene(*change)
    assert session.has_waiting
    assert session.doing() is Activity.SEEKING
    assert session.step_wanted == 1234
    session.rest()
    made = {**{s: c for s, c in CHANGES.items() if s < 1234}, 1234: [change]}
    assert_same_state(session.last, trained(CONFIG, 1234, made).snapshot())
    session.step(500)
    session.rest()
    expected = trained(CONFIG, 1734, made)
    assert_same_state(session.last, expected.snapshot())
    assert_same_record(session.last.record, expected.record())


def test_a_rule_that_stopped_the_run_does_not_stop_its_replay(session: WatchedSession) -> None:
    session.rules = StopRules(at_step=2 * BLOCK)  # a frame of the replay ends exactly there
    for limit in (2 * BLOCK, 4 * BLOCK):
        session.play()
        session.rest()
        assert (session.last.step, session.last.halt) == (limit, Halt.AT_STEP)
        session.seek(5)
        session.rest()


@pytest.fixture
def diverging(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    return overflowing(monkeypatch)


def test_a_replay_ends_where_the_run_diverged(
    session: WatchedSession, diverging: RunConfig
) -> None:
    session.open_run(Record(diverging), 0)
    for _ in range(2):
        session.play()
        session.rest()
        assert (session.last.step, session.last.diverged_at) == (11, 12)
        session.seek(3)
        session.rest()
        assert (session.last.step, session.last.halt) == (3, None)


@pytest.mark.parametrize("act", [TrainingSession.play, lambda session: session.seek(2000)])
def test_answers_of_a_replaced_run_are_dropped(
    session: WatchedSession, record: Record, act: Act
) -> None:
    session.open(record, NEWEST)
    run = session.last.run
    session.snapshots.clear()
    act(session)
    assert session.unanswered == 1
    session.open_run(Record(OTHER), 0)
    assert session.doing() is Activity.PAUSED
    assert (session.step_wanted, session.config) == (0, OTHER)
    session.rest()
    assert [(s.run, s.step, s.config) for s in session.snapshots] == [(run + 1, 0, OTHER)]
    assert session.progress == []


def test_opening_a_run_beyond_its_newest_step_fails(
    session: WatchedSession, record: Record
) -> None:
    session.open(record, NEWEST + 1)
    assert session.doing() is Activity.FAILED
    assert f"step {NEWEST + 1}" in session.failures[0].message
    session.open(record, NEWEST)
    assert session.doing() is Activity.PAUSED


def test_a_second_run_that_is_not_shown_yet_is_not_changed(session: WatchedSession) -> None:
    session.open_run(Record(CONFIG), 0, Record(replace(CONFIG, rate=0.1)))
    with pytest.raises(SettingError, match="Run B is not shown yet"):
        session.intervene("rate", 0.25, beside=True)
    session.wait(lambda: not session.unanswered)
    session.intervene("rate", 0.25, beside=True)
    session.wait(lambda: not session.unanswered)
    assert session.config.rate == CONFIG.rate
