"""Preparing a kernel: its signals, and sessions that wait for it."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.engine.watched import WatchedSession
from tests.support.cases import Clock
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import INSTEAD, KernelError, Notify
from xorviz.core.network import initial_weights
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Advance, Command, Seek
from xorviz.engine.pace import BUDGET_SECONDS, FREE_BUDGET_SECONDS
from xorviz.engine.preparation import Preparation
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import TrainingThread


class Kernels:
    """Replaces the real kernels, which stay ready for the whole process once prepared."""

    def __init__(self) -> None:
        self.is_ready = self.compiles = False
        self.error: Exception | None = None
        """Numba's, if it is to fail."""
        self.may_end = threading.Event()
        self.asked: list[tuple[str, bool]] = []
        """Names of kernels, and whether the call was in the main thread."""

    def ready(self, name: str) -> bool:
        return self.is_ready or name == "numpy"

    def prepare(self, name: str, tell: Notify) -> None:
        self.asked.append((name, threading.current_thread() is threading.main_thread()))
        if self.compiles:
            tell()
            tell()  # once for each function
        self.may_end.wait()
        if self.error is not None:
            raise self.error
        self.is_ready = True


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernels]:
    """Return the replacement of the real kernels, which ends once ``may_end`` is set."""
    kernels.prepare("numba")
    stand_in = Kernels()
    monkeypatch.setattr(kernels, "is_ready", stand_in.ready)
    monkeypatch.setattr(kernels, "prepare", stand_in.prepare)
    yield stand_in
    stand_in.may_end.set()


@pytest.fixture
def preparation(qtbot: QtBot) -> Iterator[Preparation]:
    preparation = Preparation("numba")
    yield preparation
    preparation.close()
    preparation.deleteLater()


def test_a_ready_kernel_needs_no_thread_and_only_numba_trains_longer(prepared: Kernels) -> None:
    numpy, numba = Preparation("numpy"), Preparation("numba")
    prepared.is_ready = True
    for one, is_free, seconds in (
        (numpy, False, BUDGET_SECONDS),
        (numba, True, FREE_BUDGET_SECONDS),
    ):
        one.begin()
        assert (one.is_done, one.is_free, one.budget_seconds) == (True, is_free, seconds)
    assert prepared.asked == []


@pytest.mark.parametrize(
    ("compiles", "error", "why"),
    [
        (False, None, ""),
        (True, None, ""),
        (True, KernelError("There is no Numba."), "There is no Numba."),
        (False, MemoryError(), "MemoryError."),  # any error must reach the window
    ],
)
def test_a_kernel_is_prepared_once_in_a_thread_and_numpy_takes_the_place_of_one_that_fails(
    qtbot: QtBot,
    prepared: Kernels,
    preparation: Preparation,
    capsys: pytest.CaptureFixture[str],
    compiles: bool,
    error: Exception | None,
    why: str,
) -> None:
    log: list[object] = []
    prepared.compiles, prepared.error = compiles, error
    preparation.compiling_changed.connect(log.append)
    preparation.fell_back.connect(log.append)
    preparation.done.connect(lambda: log.append(threading.current_thread()))
    for _ in range(3):
        preparation.begin()
    prepared.may_end.set()
    qtbot.waitUntil(lambda: threading.main_thread() in log)
    fallen = [f"{why} {INSTEAD}"] if why else []
    assert log == [*[True, False] * compiles, *fallen, threading.main_thread()]
    assert prepared.asked == [("numba", False)]
    kernel = "numpy" if why else "numba"
    assert (preparation.kernel, preparation.is_done, preparation.isRunning()) == (
        *(kernel, True),
        False,
    )
    assert (type(error).__name__ in capsys.readouterr().err) == bool(why)
    preparation.begin()
    assert len(prepared.asked) == 1


def test_closing_waits_for_the_thread_and_starts_no_more(
    qtbot: QtBot, prepared: Kernels, preparation: Preparation
) -> None:
    never = Preparation("numba")
    never.close()
    never.begin()
    assert prepared.asked == []
    prepared.may_end.set()
    preparation.begin()
    for _ in range(2):
        preparation.close()
        assert not preparation.isRunning()


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """Return a list of the frames requested of the training thread."""
    asked: list[Command] = []
    send = TrainingThread.send

    def noting(thread: TrainingThread, command: Command) -> None:
        if isinstance(command, Advance | Seek):
            asked.append(command)
        send(thread, command)

    monkeypatch.setattr(TrainingThread, "send", noting)
    return asked


@pytest.fixture
def session(
    qtbot: QtBot, clock: Clock, prepared: Kernels, frames: list[Command]
) -> Iterator[WatchedSession]:
    """Return a session whose kernel stays in preparation until ``may_end`` is set."""
    session = WatchedSession(qtbot, clock, "numba")
    session.rules = NEVER
    session.open_run(Record(RunConfig()), 0)
    qtbot.waitUntil(lambda: prepared.asked != [])
    session.snapshots.clear()
    yield session
    prepared.may_end.set()
    session.close()


Act = Callable[[TrainingSession], None]


@pytest.mark.parametrize(
    "act", [TrainingSession.play, lambda session: session.step(3), lambda session: session.seek(0)]
)
def test_frames_wait_for_the_kernel_and_changes_do_not(
    session: WatchedSession, prepared: Kernels, frames: list[Command], act: Act
) -> None:
    act(session)
    activity, painted = session.activity, list[str]()
    session._thread.painted.connect(lambda: painted.append("painted"))
    for count in range(1, 4):  # painting goes on meanwhile
        session._thread.begin_painting()
        session.wait(lambda count=count: len(painted) == count)  # type: ignore[misc]
    session.set_speed(1000)
    session._next_frame.timeout.emit()
    assert (frames, session.activity, len(prepared.asked)) == ([], activity, 1)
    session.set_weights(initial_weights(RunConfig(seed=9)))
    session.intervene("rate", 0.5)
    session.wait(lambda: bool(session.snapshots) and session.last.config.rate == 0.5)
    assert session.last.weights.w1.tolist() == initial_weights(RunConfig(seed=9)).w1.tolist()
    prepared.may_end.set()
    session.wait(lambda: frames != [])
    session.rest() if activity is not Activity.PLAYING else session.pause()
    session.rest()
    assert session.last.record.kernels in {("numba",), ()}


def test_a_session_continues_with_numpy_where_numba_fails(
    session: WatchedSession, prepared: Kernels
) -> None:
    session.open_run(Record(RunConfig(width=2)), 0, Record(RunConfig(width=4)))
    session.intervene("rate", 0.5)
    session.play()
    prepared.error = KernelError("There is no Numba.")
    prepared.may_end.set()
    session.wait(lambda: bool(session.snapshots) and session.last.step > 0)
    assert session.playing
    session.pause()
    session.wait(lambda: session.unanswered == 0)
    seen, beside = session.last, session.last.beside
    assert beside is not None
    assert (seen.run, seen.record.kernels, beside.record.kernels) == (2, ("numpy",), ("numpy",))
    alone = Recording(RunConfig(width=2))
    alone.intervene("rate", 0.5)
    alone.advance(seen.step)
    np.testing.assert_array_equal(alone.snapshot().weights.w1, seen.weights.w1)
    assert beside.config == RunConfig(width=4)


def test_a_session_closed_before_painting_prepares_nothing(qtbot: QtBot, prepared: Kernels) -> None:
    session, painted = TrainingSession(kernel="numba"), list[str]()
    session._thread.painted.connect(lambda: painted.append("painted"))
    session.open_run(Record(RunConfig()), 0)
    session.snapshot_arrived.connect(lambda _: session.close())  # before it is painted
    qtbot.waitUntil(lambda: painted != [])
    assert prepared.asked == []
