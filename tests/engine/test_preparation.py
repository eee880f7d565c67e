"""Preparing a kernel: its signals, and sessions that wait for it."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject
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
from xorviz.engine.preparation import Preparation, _Thread
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import TrainingThread


def is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


class Kernels:
    """Replaces the real kernels, which stay ready for the whole process once prepared."""

    def __init__(self) -> None:
        self.is_ready = False
        self.compiles = False
        self.error: Exception | None = None
        """Numba's, if it is to fail."""
        self.may_end = threading.Event()
        self.may_end.set()
        self.asked: list[tuple[str, bool]] = []
        """Names of kernels, and whether the call was in the main thread."""

    def ready(self, name: str) -> bool:
        return self.is_ready or name == "numpy"

    def prepare(self, name: str, tell: Notify) -> None:
        self.asked.append((name, is_main_thread()))
        if self.compiles:
            tell()
            tell()  # once for each function
        self.may_end.wait()
        if self.error is not None:
            raise self.error
        self.is_ready = True


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernels]:
    """Return the replacement of the real kernels."""
    kernels.prepare("numba")
    stand_in = Kernels()
    monkeypatch.setattr(kernels, "is_ready", stand_in.ready)
    monkeypatch.setattr(kernels, "prepare", stand_in.prepare)
    yield stand_in
    stand_in.may_end.set()


class Stage:
    """A preparation, and a log of its signals, which must arrive in the main thread."""

    def __init__(self, bot: QtBot, kernels: Kernels) -> None:
        self.kernels, self._bot = kernels, bot
        self.preparation = Preparation("numba")
        self.log: list[object] = []
        self.preparation.compiling_changed.connect(self.note)
        self.preparation.done.connect(lambda: self.note("done"))
        self.preparation.fell_back.connect(self.note)

    def note(self, what: object) -> None:
        assert is_main_thread()
        self.log.append(what)

    def wait(self, condition: Callable[[], bool]) -> None:
        self._bot.waitUntil(condition)


@pytest.fixture
def stage(qtbot: QtBot, prepared: Kernels) -> Iterator[Stage]:
    stage = Stage(qtbot, prepared)
    yield stage
    stage.preparation.close()
    stage.preparation.deleteLater()


def threads_of(preparation: QObject) -> list[_Thread]:
    return preparation.findChildren(_Thread)


def test_a_ready_kernel_needs_no_thread_and_only_numba_trains_longer(
    qtbot: QtBot, prepared: Kernels
) -> None:
    numpy = Preparation("numpy")
    numpy.start()
    assert (numpy.is_done, numpy.is_free, numpy.budget_seconds) == (True, False, BUDGET_SECONDS)
    prepared.is_ready = True
    numba = Preparation("numba")
    numba.start()
    assert (numba.is_free, numba.budget_seconds) == (True, FREE_BUDGET_SECONDS)
    assert prepared.asked == []
    assert threads_of(numpy) == threads_of(numba) == []


def test_a_kernel_is_loaded_in_one_thread_that_is_deleted(stage: Stage) -> None:
    assert not stage.preparation.is_done
    assert stage.kernels.asked == []
    stage.kernels.may_end.clear()
    for _ in range(3):
        stage.preparation.start()
    stage.kernels.may_end.set()
    stage.wait(lambda: stage.log != [])
    assert stage.log == ["done"]  # nothing was compiled
    assert stage.kernels.asked == [("numba", False)]
    stage.wait(lambda: threads_of(stage.preparation) == [])


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (KernelError("There is no Numba."), "There is no Numba."),
        (MemoryError(), "MemoryError."),  # any error must reach the window
    ],
)
def test_numpy_takes_the_place_of_a_kernel_that_fails(
    stage: Stage, capsys: pytest.CaptureFixture[str], error: Exception, why: str
) -> None:
    stage.kernels.compiles, stage.kernels.error = True, error
    stage.preparation.start()
    stage.wait(lambda: "done" in stage.log)
    assert stage.log == [True, False, f"{why} {INSTEAD}", "done"]
    assert (stage.preparation.kernel, stage.preparation.is_done, stage.preparation.is_free) == (
        "numpy",
        True,
        False,
    )
    assert type(error).__name__ in capsys.readouterr().err
    stage.preparation.start()
    assert len(stage.kernels.asked) == 1


def test_closing_waits_for_the_thread_and_starts_no_more(qtbot: QtBot, stage: Stage) -> None:
    never = Preparation("numba")
    never.close()
    never.start()
    assert stage.kernels.asked == []
    stage.preparation.start()
    (thread,) = threads_of(stage.preparation)
    stage.preparation.close()
    assert thread.isFinished()
    stage.wait(lambda: stage.log != [])
    stage.preparation.start()
    assert len(stage.kernels.asked) == 1
    stage.preparation.close()  # does no harm


class Asked:
    """A log of the commands sent to the training thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[Command] = []
        send = TrainingThread.send

        def noting(thread: TrainingThread, command: Command) -> None:
            self.commands.append(command)
            send(thread, command)

        monkeypatch.setattr(TrainingThread, "send", noting)

    @property
    def frames(self) -> list[Command]:
        return [c for c in self.commands if isinstance(c, Advance | Seek)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.fixture
def session(
    qtbot: QtBot, clock: Clock, prepared: Kernels, asked: Asked
) -> Iterator[WatchedSession]:
    """Return a session whose kernel stays in preparation until ``may_end`` is set."""
    prepared.may_end.clear()
    session = WatchedSession(qtbot, clock, "numba")
    session.rules = NEVER
    session.open_run(Record(RunConfig()), 0)
    qtbot.waitUntil(lambda: prepared.asked != [])
    session.snapshots.clear()
    yield session
    prepared.may_end.set()
    session.close()


Act = Callable[[TrainingSession], None]


@pytest.fixture
def painted(session: WatchedSession) -> list[str]:
    """Return a list that grows each time painting is done."""
    log: list[str] = []
    session._thread.painted.connect(lambda: log.append("painted"))
    return log


@pytest.mark.parametrize(
    "act", [TrainingSession.play, lambda session: session.step(3), lambda session: session.seek(0)]
)
def test_frames_wait_for_the_kernel_and_then_start(
    session: WatchedSession, prepared: Kernels, asked: Asked, painted: list[str], act: Act
) -> None:
    act(session)
    activity = session.activity
    for _ in range(3):  # painting goes on meanwhile
        painted.clear()
        session._thread.begin_painting()
        session.wait(lambda: painted != [])
    session.set_speed(1000)
    session._next_frame.timeout.emit()
    assert asked.frames == []
    assert session.activity is activity
    assert len(prepared.asked) == 1
    prepared.may_end.set()
    session.wait(lambda: asked.frames != [])
    session.rest() if activity is not Activity.PLAYING else session.pause()
    session.rest()
    assert session.last.record.kernels in {("numba",), ()}


def test_changes_do_not_wait_for_the_kernel(session: WatchedSession, asked: Asked) -> None:
    session.play()
    session.intervene("rate", 0.5)
    session.set_weights(initial_weights(RunConfig(seed=9)))
    session.wait(lambda: len(session.snapshots) == 2)
    assert session.last.config.rate == 0.5
    assert session.last.weights.w1.tolist() == initial_weights(RunConfig(seed=9)).w1.tolist()
    assert session.playing
    assert asked.frames == []


def test_a_session_goes_on_with_numpy_where_numba_fails(
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
    session = TrainingSession(kernel="numba")
    painted: list[str] = []
    session._thread.painted.connect(lambda: painted.append("painted"))
    session.open_run(Record(RunConfig()), 0)
    session.snapshot_arrived.connect(lambda _: session.close())  # before it is painted
    qtbot.waitUntil(lambda: painted != [])
    assert prepared.asked == []
    assert threads_of(session.preparation) == []
