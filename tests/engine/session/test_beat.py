"""The beat of the window: when frames are requested, answered, painted, and left out."""

import pytest

from tests.engine.staged import FRAME, StagedSession
from tests.support.cases import Clock
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity

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
    monkeypatch.setattr("xorviz.engine.worker._FEWEST_STEPS", 63)
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
