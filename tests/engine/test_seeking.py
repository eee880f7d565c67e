"""The session going back in time, on again and elsewhere: by the protocol and not by the clock."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.bits import Change, assert_same_record, assert_same_state
from xorviz.core.config import RunConfig
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Answer, Begin, Failure, Seek, Underway
from xorviz.engine.session import TrainingSession
from xorviz.engine.worker import TrainingWorker

CONFIG = RunConfig(width=4, rate=0.5, biases=True, momentum=0.3)
OTHER = replace(CONFIG, rate=0.1, activation="tanh")
EAGER = RunConfig(rate=1, momentum=0.9, biases=True)
"""Learns within some fifty steps."""
CHANGES: dict[int, list[Change]] = {
    500: [("rate", 0.25, ())],
    1000: [("w1", 2.0, (0, 1)), ("momentum", 0.9, ())],
    1500: [("rate", 0.75, ())],
}
NEWEST = 40 * BLOCK

NUMPY_ALONE = pytest.mark.parametrize("kernel", ["numpy"], indirect=True)
"""Where the other one is there too soon to be met on the way, or has longer blocks."""

_kernel = "numpy"
"""Which the runs are trained with that a session is compared to."""

Wish = Callable[[TrainingSession], None]


def trained(
    config: RunConfig, steps: int, changes: dict[int, list[Change]] | None = None
) -> Trainer:
    """Return a run that went straight on, with these changes on the way."""
    trainer = Trainer(config, kernel=_kernel)
    for step in sorted(s for s in changes or {} if s <= steps):
        trainer.advance(step - trainer.step)
        for change in (changes or {})[step]:
            trainer.intervene(*change)
    trainer.advance(steps - trainer.step)
    return trainer


@pytest.fixture(params=["numpy", "numba"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of either kernel: going back comes to the same with both."""
    name: str = request.param
    monkeypatch.setattr("tests.engine.test_seeking._kernel", name)
    return name


@pytest.fixture
def record(kernel: str) -> Record:
    """Return a long run that can only be taken up at its ends, so that it is far to any step."""
    record = trained(CONFIG, NEWEST, CHANGES).record()
    assert [c.step for c in record.checkpoints] == [NEWEST]
    return record


@pytest.fixture(autouse=True)
def _one_block_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each frame be as short as it can be, however fast the machine is."""
    monkeypatch.setattr("xorviz.engine.pace.BUDGET_SECONDS", 0.0)
    monkeypatch.setattr("xorviz.engine.pace.FREE_BUDGET_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _no_limit(session: TrainingSession) -> None:
    session.rules = NEVER
    session.set_speed(None)


@pytest.fixture
def progress(session: TrainingSession) -> list[tuple[int, int]]:
    """Return a list that everything told of what is done is added to."""
    seen: list[tuple[int, int]] = []
    session.progressed.connect(seen.append)
    return seen


@pytest.fixture
def failures(session: TrainingSession) -> list[Failure]:
    seen: list[Failure] = []
    session.failed.connect(seen.append)
    return seen


@pytest.fixture
def unanswered(session: TrainingSession) -> list[int]:
    """Return a list of how many commands were under way, at everything that was told."""
    seen: list[int] = []

    def note(_: object) -> None:
        seen.append(session.unanswered)

    session.progressed.connect(note)
    session.snapshot_arrived.connect(note)
    return seen


def rest(qtbot: QtBot, session: TrainingSession) -> None:
    """Wait until nothing goes on, and everything is answered."""
    at_rest = {Activity.PAUSED, Activity.FAILED}
    qtbot.waitUntil(lambda: session.activity in at_rest and session.unanswered == 0, timeout=20_000)


def take_up(
    qtbot: QtBot, session: TrainingSession, record: Record, step: int, beside: Record | None = None
) -> None:
    session.take_up(record, step, beside)
    rest(qtbot, session)


def doing(session: TrainingSession) -> Activity:
    return session.activity


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=20_000)


def steps_of(snapshots: Sequence[Snapshot]) -> list[int]:
    return [snapshot.step for snapshot in snapshots]


def test_each_step_comes_back_to_the_last_bit(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], record: Record
) -> None:
    take_up(qtbot, session, record, NEWEST)
    for step in (0, 1, 2559, 63, 64, 65, 499, 500, 501, 1000, 2560, 1499, 1500, 1, NEWEST):
        session.seek(step)
        assert doing(session) is Activity.SEEKING
        assert session.step_wanted == step
        rest(qtbot, session)
        assert doing(session) is Activity.PAUSED
        assert_same_state(snapshots[-1], trained(CONFIG, step, CHANGES).snapshot())
        assert_same_record(snapshots[-1].record, record)
        assert snapshots[-1].is_past == (step < NEWEST)
        assert session.config == record.config_at(step)
    assert len(snapshots) == 16


@pytest.mark.parametrize(("wanted", "found"), [(-1, 0), (NEWEST + 1, NEWEST), (10**12, NEWEST)])
def test_beyond_the_ends_are_the_ends(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    record: Record,
    wanted: int,
    found: int,
) -> None:
    take_up(qtbot, session, record, 7)
    session.seek(wanted)
    rest(qtbot, session)
    assert steps_of(snapshots) == [7, found]


def test_how_much_is_done_is_told_and_rises(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    unanswered: list[int],
    record: Record,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    session.seek(30 * BLOCK + 5)
    rest(qtbot, session)
    total = 29 * BLOCK + 5  # as the first frame, which has done one block, tells it
    assert progress == [(i * BLOCK, total) for i in range(30)]
    assert set(unanswered) == {0}  # one frame at a time, and none while it is drawn
    assert steps_of(snapshots) == [NEWEST, 30 * BLOCK + 5]


@NUMPY_ALONE
def test_the_way_is_short_the_second_time(
    qtbot: QtBot, session: TrainingSession, progress: list[tuple[int, int]], record: Record
) -> None:
    take_up(qtbot, session, record, NEWEST)
    for step in (2000, 0, 2000):
        progress.clear()
        session.seek(step)
        rest(qtbot, session)
    assert len(progress) <= 1


@NUMPY_ALONE
def test_a_newer_wish_overtakes_an_older_one(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    session.seek(2500)
    until(qtbot, lambda: len(progress) >= 3)
    session.seek(100)
    assert session.step_wanted == 100
    progress.clear()
    rest(qtbot, session)
    assert steps_of(snapshots) == [NEWEST, 100]
    assert all(total < 100 for _, total in progress)


def test_a_dragged_slider_never_builds_a_queue(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    unanswered: list[int],
    record: Record,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    for step in range(2400, 300, -50):
        session.seek(step)
        session.seek(step - 25)
        assert session.unanswered == 1
        qtbot.wait(0)
    rest(qtbot, session)
    assert snapshots[-1].step == 325
    assert max(unanswered) <= 1
    assert session.step_wanted == 325


def test_an_older_wish_that_is_met_after_a_newer_one_is_shown_and_passed(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], record: Record
) -> None:
    take_up(qtbot, session, record, NEWEST)
    session.seek(10)  # is near a checkpoint: the first frame comes there
    session.seek(2000)
    rest(qtbot, session)
    assert steps_of(snapshots) == [NEWEST, 10, 2000]


@NUMPY_ALONE
def test_a_pause_leaves_everything_where_it_was(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    snapshots.clear()
    session.seek(2500)
    until(qtbot, lambda: len(progress) >= 3)
    session.pause()
    assert doing(session) is Activity.PAUSED
    told = len(progress)
    rest(qtbot, session)
    assert (snapshots, len(progress)) == ([], told)
    assert session.step_wanted == NEWEST
    session.step(3)
    rest(qtbot, session)
    assert_same_state(snapshots[-1], trained(CONFIG, NEWEST + 3, CHANGES).snapshot())


def test_nothing_is_sought_before_a_run_is_there(qtbot: QtBot) -> None:
    session = TrainingSession()
    session.seek(3)
    assert (session.activity, session.unanswered) == (Activity.PAUSED, 0)
    session.close()


def play(session: TrainingSession) -> None:
    session.play()


def toggle(session: TrainingSession) -> None:
    session.toggle()


def step(session: TrainingSession) -> None:
    session.step(5)


@pytest.mark.parametrize("is_under_way", [True, False], ids=["frame under way", "between frames"])
@pytest.mark.parametrize("go_on", [play, toggle, step])
def test_what_is_wished_while_seeking_begins_at_the_step_sought(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
    go_on: Wish,
    is_under_way: bool,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    snapshots.clear()

    def go_on_once() -> None:
        if doing(session) is Activity.SEEKING:
            assert session.unanswered == int(is_under_way)
            go_on(session)
            assert session.step_wanted == 1234

    session.progressed.connect(go_on_once)
    session.seek(1234)
    if is_under_way:
        go_on_once()
    until(qtbot, lambda: len(snapshots) >= 2)
    session.pause()
    rest(qtbot, session)
    assert snapshots[0].step == 1234
    assert 1234 < snapshots[1].step <= 1234 + BLOCK
    told = [total for _, total in progress if total != 5]
    assert len(told) == int(not is_under_way)  # nothing more is told of seeking
    for seen in snapshots:
        assert_same_state(seen, trained(CONFIG, seen.step, CHANGES).snapshot())


@NUMPY_ALONE
@pytest.mark.parametrize(
    "change", [("rate", 0.125, ()), ("momentum", 0.0, ()), ("w2", -3.0, (2, 0)), ("b2", 1.5, (0,))]
)
def test_a_change_while_seeking_is_made_at_the_step_sought(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
    change: Change,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    session.seek(1234)
    until(qtbot, lambda: bool(progress))
    session.intervene(*change)
    assert doing(session) is Activity.PAUSED
    assert session.step_wanted == 1234
    rest(qtbot, session)
    made = {**{s: c for s, c in CHANGES.items() if s < 1234}, 1234: [change]}
    assert_same_state(snapshots[-1], trained(CONFIG, 1234, made).snapshot())
    session.step(500)
    rest(qtbot, session)
    expected = trained(CONFIG, 1734, made)
    assert_same_state(snapshots[-1], expected.snapshot())
    assert_same_record(snapshots[-1].record, expected.record())


@NUMPY_ALONE
def test_what_cannot_be_changed_leaves_the_seeking_alone(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    session.seek(1234)
    until(qtbot, lambda: bool(progress))
    for bad in (("rate", -1.0), ("w1", 1.0, (9, 9)), ("width", 5)):
        with pytest.raises(SettingError):
            session.intervene(*bad)
    rest(qtbot, session)
    assert snapshots[-1].step == 1234
    assert_same_record(snapshots[-1].record, record)


def test_two_changes_at_once_at_a_step_gone_by_make_one_branch(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], record: Record
) -> None:
    take_up(qtbot, session, record, 300)
    session.intervene("rate", 0.125)
    session.intervene("w1", 7.0, (0, 0))
    rest(qtbot, session)
    made: dict[int, list[Change]] = {300: [("rate", 0.125, ()), ("w1", 7.0, (0, 0))]}
    assert_same_record(snapshots[-1].record, trained(CONFIG, 300, made).record())


@NUMPY_ALONE
def test_the_step_wanted_is_known_while_what_was_wished_waits_for_it(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
) -> None:
    """Else a change would be thought to be made at the newest step, where nothing is lost."""
    take_up(qtbot, session, record, NEWEST)
    session.seek(1234)
    until(qtbot, lambda: bool(progress))
    session.step(1)
    assert session.step_wanted == 1234
    session.intervene("rate", 0.125)
    assert session.step_wanted == 1234
    rest(qtbot, session)
    assert session.step_wanted == snapshots[-1].step


def test_playing_from_the_past_does_again_what_was_done_and_goes_on_live(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], record: Record
) -> None:
    take_up(qtbot, session, record, 0)
    session.play()
    until(qtbot, lambda: snapshots[-1].step > NEWEST + 300)
    session.pause()
    rest(qtbot, session)
    assert {s.newest for s in snapshots if s.step <= NEWEST} == {NEWEST}
    assert {s.newest - s.step for s in snapshots if s.step > NEWEST} == {0}
    for seen in snapshots[:: len(snapshots) // 12]:
        assert_same_state(seen, trained(CONFIG, seen.step, CHANGES).snapshot())
    assert_same_record(snapshots[-1].record, trained(CONFIG, snapshots[-1].step, CHANGES).record())


@pytest.mark.parametrize(("start", "n"), [(0, 1), (499, 2), (NEWEST - 5, 5), (NEWEST - 5, 130)])
def test_steps_are_counted_exactly_across_the_newest_one(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
    start: int,
    n: int,
) -> None:
    take_up(qtbot, session, record, start)
    session.step(n)
    rest(qtbot, session)
    assert progress[-1] == (n, n)
    assert snapshots[-1].newest == max(NEWEST, start + n)
    assert_same_state(snapshots[-1], trained(CONFIG, start + n, CHANGES).snapshot())


def test_rules_are_silent_in_what_has_been_trained_already(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    take_up(qtbot, session, trained(EAGER, 1000).record(), 0)
    session.rules = StopRules(at_step=100, when_learned=True, at_loss=0.05)
    session.play()
    rest(qtbot, session)
    assert (snapshots[-1].step, snapshots[-1].halt) == (1100, Halt.AT_STEP)
    assert {s.halt for s in snapshots[:-1]} == {None}


def test_a_rule_that_once_ended_the_run_does_not_end_its_replay(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    session.rules = StopRules(at_step=2 * BLOCK)  # a frame of the replay ends right there
    for limit in (2 * BLOCK, 4 * BLOCK):
        session.play()
        rest(qtbot, session)
        assert (snapshots[-1].step, snapshots[-1].halt) == (limit, Halt.AT_STEP)
        session.seek(5)
        rest(qtbot, session)


@pytest.fixture
def overflowing(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """Make runs of these settings, and of no others, overflow after step 11."""
    config = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy", momentum=0.9)
    start = initial_weights(replace(config, seed=29))
    for array in start.arrays():
        np.multiply(array, 1e150, out=array)
    monkeypatch.setattr(
        "xorviz.core.runs.trainer.initial_weights",
        lambda wanted: start if wanted.width == 16 else initial_weights(wanted),
    )
    return config


@pytest.mark.parametrize("go_on", [play, lambda session: session.step(100)])
def test_a_replay_ends_where_the_run_diverged(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    overflowing: RunConfig,
    go_on: Wish,
) -> None:
    session.reset(overflowing)
    for _ in range(2):
        go_on(session)
        rest(qtbot, session)
        assert (snapshots[-1].step, snapshots[-1].diverged_at) == (11, 12)
        session.seek(3)
        rest(qtbot, session)
        assert (snapshots[-1].step, snapshots[-1].halt) == (3, None)


def test_a_divergence_does_not_stop_what_is_sought(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], overflowing: RunConfig
) -> None:
    session.reset(overflowing)
    rest(qtbot, session)
    session.play()  # the frame under way diverges ...
    session.seek(0)  # ... but a person already wants to look elsewhere
    rest(qtbot, session)
    assert [s.halt for s in snapshots[-2:]] == [Halt.DIVERGED, None]
    assert snapshots[-1].step == 0


@pytest.mark.parametrize("wish", [play, step, lambda session: session.seek(2000)])
def test_what_another_run_has_overtaken_is_dropped(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    progress: list[tuple[int, int]],
    record: Record,
    wish: Wish,
) -> None:
    take_up(qtbot, session, record, NEWEST)
    run = snapshots[-1].run
    snapshots.clear()
    wish(session)
    assert session.unanswered == 1
    session.take_up(Record(OTHER), 0)
    assert doing(session) is Activity.PAUSED
    assert (session.step_wanted, session.config) == (0, OTHER)
    rest(qtbot, session)
    assert [(s.run, s.step, s.config) for s in snapshots] == [(run + 1, 0, OTHER)]
    assert progress == []


def test_a_run_is_taken_up_at_a_step_gone_by(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], record: Record
) -> None:
    session.take_up(record, 700)
    assert session.config == record.config_at(700) != record.config
    rest(qtbot, session)
    assert_same_state(snapshots[-1], trained(CONFIG, 700, CHANGES).snapshot())
    assert snapshots[-1].newest == NEWEST


def test_a_step_that_a_run_has_not_taken_is_a_failure(
    qtbot: QtBot, session: TrainingSession, failures: list[Failure], record: Record
) -> None:
    take_up(qtbot, session, record, NEWEST + 1)
    assert doing(session) is Activity.FAILED
    assert "not among those taken" in failures[0].message
    take_up(qtbot, session, record, NEWEST)
    assert doing(session) is Activity.PAUSED


def test_nothing_is_sought_after_a_failure(
    qtbot: QtBot,
    session: TrainingSession,
    snapshots: list[Snapshot],
    failures: list[Failure],
    record: Record,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def give_up(*_: object) -> None:
        raise ArithmeticError("out of luck")

    take_up(qtbot, session, record, NEWEST)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", give_up)
        session.seek(2000)
        rest(qtbot, session)
    assert doing(session) is Activity.FAILED
    assert [f.message for f in failures] == ["ArithmeticError: out of luck"]
    for wish in (play, toggle, step, lambda s: s.seek(3), lambda s: s.intervene("rate", 0.5)):
        wish(session)
        assert (session.activity, session.unanswered) == (Activity.FAILED, 0)
    take_up(qtbot, session, record, NEWEST)
    session.seek(2000)
    rest(qtbot, session)
    assert snapshots[-1].step == 2000


def assert_pair(seen: Snapshot, first: Trainer, second: Trainer) -> None:
    assert seen.beside is not None
    assert_same_state(seen, first.snapshot())
    assert_same_state(seen.beside, second.snapshot())


def test_two_runs_go_back_and_on_in_lock_step(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    take_up(qtbot, session, Record(CONFIG), 0, Record(OTHER))
    session.play()
    until(qtbot, lambda: snapshots[-1].step >= 700)
    session.pause()
    rest(qtbot, session)
    reached = snapshots[-1].step
    for wanted, wish in (
        (123, session.seek),
        (reached, session.seek),
        (reached + 55, session.step),
    ):
        wish(wanted if wish == session.seek else 55)
        rest(qtbot, session)
        assert_pair(snapshots[-1], trained(CONFIG, wanted), trained(OTHER, wanted))
    assert all(s.beside is not None and s.beside.step == s.step for s in snapshots[1:])


def test_each_of_two_runs_is_changed_alone(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    take_up(qtbot, session, Record(CONFIG), 0, Record(OTHER))
    session.step(200)
    rest(qtbot, session)
    session.intervene("w1", 5.0, (1, 2), beside=True)
    session.intervene("rate", 0.75)
    session.step(50)
    rest(qtbot, session)
    assert session.config.rate == 0.75
    first: dict[int, list[Change]] = {200: [("rate", 0.75, ())]}
    second: dict[int, list[Change]] = {200: [("w1", 5.0, (1, 2))]}
    at = snapshots[-1].step
    assert at == 250
    assert_pair(snapshots[-1], trained(CONFIG, at, first), trained(OTHER, at, second))


def test_a_reset_leaves_one_run(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot]
) -> None:
    take_up(qtbot, session, Record(CONFIG), 0, Record(OTHER))
    session.play()
    session.reset(CONFIG)
    rest(qtbot, session)
    assert snapshots[-1].beside is None
    session.intervene("rate", 0.75, beside=True)  # there is only one to be changed
    rest(qtbot, session)
    assert snapshots[-1].config.rate == session.config.rate == 0.75


def test_the_second_run_s_divergence_stops_both(
    qtbot: QtBot, session: TrainingSession, snapshots: list[Snapshot], overflowing: RunConfig
) -> None:
    take_up(qtbot, session, Record(CONFIG), 0, Record(overflowing))
    for _ in range(2):
        session.play()
        rest(qtbot, session)
        last = snapshots[-1]
        assert last.beside is not None
        assert (last.step, last.halt, last.beside.halt) == (11, None, Halt.DIVERGED)
        session.seek(4)
        rest(qtbot, session)
        assert snapshots[-1].step == 4


def test_a_run_that_was_changed_as_often_as_can_be_is_left_as_it_is(
    qtbot: QtBot, session: TrainingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.core.runs.record.MOST_INTERVENTIONS", 2)
    session.step(5)
    rest(qtbot, session)
    for weight in range(2):
        session.intervene("w1", 0.5, (0, weight))
    rest(qtbot, session)
    with pytest.raises(SettingError, match="at most"):
        session.intervene("rate", 2)
    assert session.config.rate == RunConfig().rate
    assert session.unanswered == 0
    assert session.activity is Activity.PAUSED


def test_the_worker_tells_what_is_left_until_it_is_there(record: Record) -> None:
    """Called directly, without a thread."""
    worker = TrainingWorker()
    answers: list[Answer] = []
    worker.answered.connect(answers.append)
    worker.obey(Begin(7, record, NEWEST))
    worker.obey(Seek(7, 3 * BLOCK + 5, math.inf))
    for _ in range(3):
        worker.obey(Seek(7, 6 * BLOCK, 0.0))
    worker.obey(Seek(7, 2, 0.0))
    worker.obey(Seek(7, 10**9, 0.0))
    told = [a.left if isinstance(a, Underway) else getattr(a, "step", a) for a in answers]
    assert told == [NEWEST, 3 * BLOCK + 5, 2 * BLOCK - 5, BLOCK - 5, 6 * BLOCK, 2, NEWEST]
