"""What a session promises: its ends, failures, refusals, previews, and the beat of its frames."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.engine.staged import FRAME, StagedSession
from tests.support.bits import assert_same_record, assert_same_state, overflowing
from tests.support.cases import Clock
from tests.support.snapshots import trained
from tests.support.watched import watched_record
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.network import initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, Record, setting
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Advance

CONFIG = RunConfig(width=4, rate=0.5, biases=True, momentum=0.3)
NEWEST, MIDDLE = 40 * FRAME, 1234
LONG = trained(CONFIG, NEWEST).record
"""A run with a checkpoint only at its end."""

Act = Callable[[StagedSession], object]


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch, session: StagedSession) -> StagedSession:
    """Return a session in which all steps that must be replayed are far from one another."""
    monkeypatch.setattr("xorviz.engine.thread._SEEK_SECONDS", 1e-12)
    monkeypatch.setattr("xorviz.engine.thread._PIECE_SECONDS", 0.0)
    session.open(LONG, NEWEST)
    return session


def on_its_way(session: StagedSession) -> None:
    """Seek a far step, and take some frames."""
    session.open(LONG, NEWEST)
    session.seek(MIDDLE)
    session.frames(5)
    assert (session.doing(), len(session.progress)) == (Activity.STEPPING, 4)


@pytest.mark.parametrize("beside", [None, trained(replace(CONFIG, rate=0.1), NEWEST).record])
@pytest.mark.parametrize("is_opened", [False, True])
def test_a_far_way_is_told(far: StagedSession, is_opened: bool, beside: Record | None) -> None:
    far.open(LONG, NEWEST, beside)
    far.open_run(LONG, MIDDLE, beside) if is_opened else far.seek(MIDDLE)
    far.rest()
    frames = [*range(FRAME, MIDDLE, FRAME), MIDDLE]
    assert far.steps == frames
    total = MIDDLE - FRAME
    assert far.progress == [(step - FRAME, total) for step in frames[1:]]
    assert_same_record(far.last.record, LONG)
    assert (far.last.beside is None) == (beside is None)


def test_a_pause_or_change_ends_a_far_way_but_playing_goes_on(far: StagedSession) -> None:
    on_its_way(far)
    far.pause()
    far.rest()
    assert far.last.step == far.step_wanted == 6 * FRAME
    far.seek(MIDDLE)
    far.pause()  # before it is known to be far
    far.rest()
    assert far.last.step == 6 * FRAME
    on_its_way(far)
    far.play()
    far.frames(30)
    assert (far.doing(), far.last.step > MIDDLE) == (Activity.PLAYING, True)
    for frames, extra in ((0, 0), (0, 1), (5, 0)):  # before it is known to be far, or later
        far.open(LONG, NEWEST)
        far.seek(MIDDLE)
        far.frames(frames)
        under_way = FRAME if frames else 0
        far.intervene("rate", 0.125)
        if extra:
            far.step(extra)
        far.rest()
        assert far.last.step == far.last.newest == max(1, frames) * FRAME + under_way + extra


def test_exactly_so_many_steps_are_taken_whatever_is_changed_meanwhile(
    session: StagedSession,
) -> None:
    session.open(CONFIG)
    session.step(10 * FRAME)
    for rate in (0.1, 0.2, 0.3):
        session.frames(1)
        session.intervene("rate", rate)
        session.stage.paint()
    session.rest()
    assert session.last.step == 10 * FRAME


def test_one_command_goes_to_a_near_step_or_is_dropped(session: StagedSession) -> None:
    session.open(LONG, NEWEST)
    for step in (0, 2559, 64, 65, MIDDLE, 1, NEWEST, -1, 10**12):
        session.seek(step)
        for passed in (5, 6):
            session.seek(passed)
            assert (session.step_wanted, session.unanswered) == (passed, 2)
        session.frames()
        assert_same_state(session.last, trained(CONFIG, max(0, min(step, NEWEST))))
        assert_same_record(session.last.record, LONG)
        session.rest()
        assert session.last.step == 6
    assert (len(session.snapshots), session.progress) == (18, [])


def test_a_kernel_that_is_not_ready_is_not_compiled_by_the_way_to_a_step(
    session: StagedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.preparation.kernel = NUMBA
    with monkeypatch.context() as patch:
        patch.setattr(kernels, "is_ready", lambda name: name != NUMBA)
        patch.setattr(NumbaKernel, "_run", lambda *_: pytest.fail("it would be compiled"))
        session.open_run(LONG, 100)
        session.frames()
        assert (session.doing(), session.steps, session.stage.waiting) == ("stepping", [0], [])
    kernels.prepare(NUMBA)
    session._request()
    session.rest()
    assert session.last.step == 100


def test_a_rule_ends_playing_once_but_neither_stepping_nor_a_replay(session: StagedSession) -> None:
    session.rules = StopRules(at_step=640)
    session.play()
    session.frames(9)
    session.set_speed(None)  # also in a frame that is not wanted any more
    session.rest()
    assert (session.last.step, session.last.halt) == (640, Halt.AT_STEP)
    for start in (640, 0):
        session.seek(start)
        session.rest()
        session.play()
        session.frames((640 - start) // FRAME + 3)
        assert (session.doing(), session.last.step > 640) == (Activity.PLAYING, True)
        session.seek(640)
        session.rest()
    session.step(5000)
    session.rest()
    assert session.last.step == 5640


def test_a_run_that_diverged_ends_training_there_again_and_again(
    session: StagedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = overflowing(monkeypatch)
    for beside in (None, Record(replace(config, width=2))):
        session.open(config, beside=beside)
        for act in (session.play, session.play, lambda: session.step(1000)):
            act()
            session.rest()
            assert (session.last.step, session.last.diverged_at) == (11, 12)
        session.seek(3)
        session.rest()
        assert (session.last.step, session.last.halt) == (3, None)
        session.play()
        session.rest()
        assert session.steps == [11, 11, 11, 3, 11]


@pytest.mark.parametrize("go", [StagedSession.play, StagedSession.step])
def test_a_failure_is_reported_once_and_ends_training_until_another_run_is_opened(
    session: StagedSession, monkeypatch: pytest.MonkeyPatch, go: Act
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "advance", None)
        broken.setattr(Trainer, "intervene", None)
        session.play()
        session.open(RunConfig())  # what fails in a run that was replaced is dropped
        assert session.doing() is Activity.PAUSED
        go(session)
        session.intervene("rate", 0.5)  # its failure is a consequence
        session.rest()
    assert [f.message for f in session.failures] == ["TypeError: 'NoneType' object is not callable"]
    assert "advance" in session.failures[0].details
    acts: list[Act] = [
        *(StagedSession.play, StagedSession.step, StagedSession.pause, StagedSession.toggle),
        lambda session: session.set_speed(None),
        lambda session: session.intervene("rate", 0.5),
        lambda session: session.seek(0),
    ]
    for act in acts:
        act(session)
        assert (session.doing(), session.unanswered) == (Activity.FAILED, 0)
    session.open(LONG, NEWEST + 1)
    assert session.doing() is Activity.FAILED
    session.open(LONG, NEWEST)
    assert session.doing() is Activity.PAUSED


def test_each_activity_is_signalled_once_and_a_listener_may_pause(session: StagedSession) -> None:
    seen: list[str] = []
    session.activity_changed.connect(lambda activity: seen.append(str(activity)))
    session.rules = StopRules(at_step=100)
    acts: list[Act] = [StagedSession.play, StagedSession.step, StagedSession.toggle]
    for act in acts:
        act(session)
        act(session)
        session.rest()
    assert seen == ["running", "paused", "stepping", "paused", "running", "paused"]
    session.activity_changed.connect(lambda _: session.pause())
    session.play()
    assert (session.doing(), session.unanswered) == (Activity.PAUSED, 0)


BIASED = RunConfig(biases=True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda session: session.intervene("momentum", 1), "momentum is 1; allowed"),
        (lambda session: session.intervene("width", 1), "cannot change"),
        (lambda session: session.intervene("b2", 1.0, (0,)), "no biases"),
        (lambda session: session.change(setting(initial_weights(BIASED), 0)), "no biases"),
        (lambda session: session.change(setting(initial_weights(RunConfig()), 0)), "at most"),
    ],
)
def test_a_change_may_be_refused(session: StagedSession, change: Act, why: str) -> None:
    made = (Intervention(0, "w1", 1.0, (0, 0)),) * (MOST_INTERVENTIONS - 8)
    session.open_run(Record(RunConfig(), made), 0)
    with pytest.raises(SettingError, match=why):
        change(session)
    session.intervene("rate", 0.7)  # there is space for 8
    assert session.config.rate == 0.7


@pytest.fixture
def previews(session: StagedSession) -> list[Snapshot]:
    """Return a list of what is previewed."""
    seen: list[Snapshot] = []
    session.previewed.connect(seen.append)
    return seen


def tried(previews: list[Snapshot]) -> list[float | None]:
    return [None if seen.tried is None else seen.tried.value for seen in previews]


def test_training_rests_while_a_weight_is_tried(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.play()
    session.frames(2)
    session.try_weight("w1", (0, 1), 1.5)
    session.try_weight("w1", (0, 1), 2.5)
    assert (tried(previews), session.steps) == ([1.5, 2.5], [FRAME, 2 * FRAME])
    session.frames()  # the one under way still arrives, and the preview is of its step
    assert (previews[-1].step, previews[-1].weights.w1[0, 1]) == (3 * FRAME, 2.5)
    assert not session.stage.waiting
    session.pass_time(1.0)
    assert not session.stage.waiting
    session.end_trial()
    assert previews[-1] is session.last
    session.frames(1)
    session.pause()
    session.rest()
    alone = StagedSession(session.clock, session.preparation.kernel)
    alone.open(RunConfig())
    alone.step(session.last.step)
    alone.rest()
    assert_same_record(session.last.record, alone.last.record)
    alone.close()


def test_a_preview_stays_until_an_answer(session: StagedSession, previews: list[Snapshot]) -> None:
    session.step(9)
    session.rest()
    session.try_weight("w1", (0, 1), 2.5)
    session.intervene("w1", 2.5, (0, 1))
    session.end_trial()
    assert tried(previews) == [2.5]
    session.rest()
    assert session.last.weights.w1[0, 1] == 2.5
    assert session.last.loss == pytest.approx(previews[-1].loss, rel=1e-12)
    session.try_weight("w1", (0, 1), 3.5)
    with pytest.raises(SettingError):
        session.intervene("w1", 1e9, (0, 1))
    session.end_trial()
    assert previews[-1] is session.last
    session.end_trial()
    assert tried(previews) == [2.5, 3.5, None]


def test_a_preview_ends_when_another_step_or_run_is_shown(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.step(9)
    session.rest()
    for by, act in ((4, session.seek), (3, session.step)):
        session.try_weight("w1", (0, 1), 2.5)
        act(by)
        session.rest()
        assert not session.last.is_preview
        assert len(previews) == 1, "nothing is previewed at a step that was gone to"
        previews.clear()
    session.try_weight("w1", (0, 1), 2.5)
    session.open_run(Record(RunConfig(width=1)), 0)
    session.try_weight("w1", (0, 1), 3.5)  # of a network that is gone
    session.rest()
    session.end_trial()
    session.play()
    assert isinstance(session.stage.waiting[0], Advance)
    assert tried(previews) == [2.5]


def test_a_step_after_the_last_watched_state_ends_a_preview(
    session: StagedSession, previews: list[Snapshot]
) -> None:
    session.open(watched_record(steps=9), 9)
    session.rest()
    session.try_weight("w1", (0, 1), 2.5)
    shown = len(session.steps)
    session.step()  # a step back would be another one
    session.rest()
    assert session.steps[shown:] == [9], "it is shown again, in place of the preview"
    session.step()
    session.rest()
    session.end_trial()
    assert (len(session.steps), tried(previews)) == (shown + 1, [2.5])


BOTH_KERNELS = pytest.mark.parametrize("kernel", KERNEL_NAMES)
ONLY_NUMBA = pytest.mark.parametrize("kernel", [NUMBA])


@BOTH_KERNELS
def test_a_frame_is_requested_before_the_last_is_shown_only_by_a_kernel_that_frees_the_gil(
    session: StagedSession, kernel: str
) -> None:
    session.play()
    ahead = ["Advance"] if kernel == NUMBA else []
    for n in (1, 2):
        session.stage.answer()
        assert session.log == ["Advance", *ahead, n * FRAME]
        session.log.clear()
        session.stage.paint()
        assert len(session.stage.waiting) == 1
        session.log = ["Advance"]


@BOTH_KERNELS
@pytest.mark.parametrize("is_held_back", [False, True])
def test_after_a_pause_the_frame_under_way_is_the_last_and_there_is_no_second_one(
    session: StagedSession, is_held_back: bool
) -> None:
    session.play()
    session.stage.answer()
    for _ in range(3):
        session.pause()
        session.play()
    if is_held_back and session.stage.waiting:
        session.stage.answer()
    session.pause()
    session.rest()
    assert session.steps == [FRAME, 2 * FRAME]


def test_steps_are_taken_when_they_are_due(session: StagedSession, clock: Clock) -> None:
    session.set_speed(2)
    session.play()
    for n in range(1, 5):
        session.frames()
        assert (session.steps[-1], session.unanswered) == (n, 0)
        session.pass_time(0.4)  # the timer has fired early
        assert session.unanswered == 0
        session.pass_time(0.1)
    assert session.gauge.steps_per_second == pytest.approx(2)
    session.set_speed(None)
    session.frames(2)
    assert session.steps[4:] == [5, FRAME]
    session.set_speed(1000)  # what is under way is not of its steps
    for _ in range(3):
        session.frames()
        session.pass_time(0.02)
    assert session.steps[6:] == [2 * FRAME + n for n in (0, 1, 21)]
    session.set_speed(2)
    session.seek(0)
    session.play()
    session.frames()
    clock.now += 10  # before the step is there
    session.frames(2)
    assert session.steps[-2:] == [0, 1]
    session.pause()
    assert session.gauge.steps_per_second is None


@pytest.fixture
def alternating(
    session: StagedSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> StagedSession:
    """Return a run that plays for two seconds; its frames end at odd and even steps in turn.

    From about step 100 on, most of its surface changes between blue and orange at every step. The
    last frame was left out.
    """
    monkeypatch.setattr("xorviz.engine.thread._FEWEST_STEPS", 63)
    session.open(RunConfig(width=3, rate=5, seed=4))
    session.play()
    for _ in range(120):
        session.frames()
        clock.now += 1 / 60
    session.stage.answer()
    assert (session._at.step, session.steps[-1]) == (121 * 63, 120 * 63)
    return session


@ONLY_NUMBA
@pytest.mark.parametrize("more", [0, 1])
def test_frames_that_flash_are_left_out_and_the_newest_is_shown_when_training_ends(
    alternating: StagedSession, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    alternating.stage.paint()
    alternating.frames(more)
    assert 50 < len(alternating.steps) < 70
    assert len({step % 2 for step in alternating.steps[10:]}) == 1
    alternating.pause()
    alternating.rest()
    last = (122 + more) * 63
    assert alternating.steps[-2:] == [last - 63, last]
    assert len({*alternating.steps}) == len(alternating.steps)
    alternating._is_left_out = True
    alternating.play()
    monkeypatch.setattr(Trainer, "advance", None)
    alternating.rest()
    assert alternating.doing() is Activity.FAILED
    assert alternating.steps[-2:] == [last, last]
    alternating._is_left_out = True
    alternating.open(RunConfig())  # it is of another run now
    alternating._stillness.timeout.emit()
    assert alternating.steps == []
