"""Threads: the preparation of a kernel, sessions that wait for it, and slow analyses."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.staged import StagedSession
from tests.support.cases import Clock
from xorviz.core.analysis.curvature import Question
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import INSTEAD, NUMBA, NUMPY, KernelError, Notify
from xorviz.core.network import initial_weights
from xorviz.core.runs.record import Record, setting
from xorviz.core.settings import RunConfig
from xorviz.engine.analyst import Analyst
from xorviz.engine.preparation import Preparation


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
        return self.is_ready or name == NUMPY

    def prepare(self, name: str, tell: Notify = lambda: None) -> None:
        self.asked.append((name, threading.current_thread() is threading.main_thread()))
        if self.compiles:
            tell()
            tell()  # once for each function
        self.may_end.wait()
        if self.error is not None:
            raise self.error
        self.is_ready = True


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernels]:
    """Return the replacement of the real kernels, which ends once ``may_end`` is set."""
    kernels.prepare(NUMBA)
    stand_in = Kernels()
    monkeypatch.setattr(kernels, "is_ready", stand_in.ready)
    monkeypatch.setattr(kernels, "prepare", stand_in.prepare)
    yield stand_in
    stand_in.may_end.set()


@pytest.fixture
def preparation(qtbot: QtBot, prepared: Kernels) -> Iterator[Preparation]:
    preparation = Preparation(NUMBA)
    yield preparation
    preparation.close()
    preparation.deleteLater()


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
    assert (preparation.is_free, preparation.is_done) == (True, False)
    for _ in range(3):
        preparation.begin()
    prepared.may_end.set()
    expected = [*[True, False] * compiles, *[f"{why} {INSTEAD}"] * bool(why)]
    qtbot.waitUntil(lambda: preparation.isFinished() and log == expected)
    assert (preparation.kernel, preparation.is_free) == (NUMPY if why else NUMBA, not why)
    assert (type(error).__name__ in capsys.readouterr().err) == bool(why)
    preparation.begin()
    assert prepared.asked == [(NUMBA, False)]


def test_closing_waits_for_the_thread(prepared: Kernels, preparation: Preparation) -> None:
    prepared.may_end.set()
    preparation.begin()
    for _ in range(2):
        preparation.close()
        assert not preparation.isRunning()
        prepared.is_ready = False
        preparation.begin()
    assert len(prepared.asked) == 1


@pytest.fixture
def session(
    qtbot: QtBot, clock: Clock, prepared: Kernels, short_frames: None
) -> Iterator[StagedSession]:
    """Return a session whose kernel stays in preparation until ``may_end`` is set."""
    session = StagedSession(clock, NUMBA, is_ready=False)
    session.open_run(Record(RunConfig()), 0)
    assert prepared.asked == []
    session.frames()  # the first painting
    qtbot.waitUntil(lambda: prepared.asked != [])
    session.forget()
    yield session
    prepared.may_end.set()
    session.close()


@pytest.mark.parametrize(
    "act", [StagedSession.play, StagedSession.step, lambda session: session.seek(0)]
)
def test_frames_wait_for_the_kernel_and_changes_do_not(
    qtbot: QtBot, session: StagedSession, prepared: Kernels, act: Callable[[StagedSession], None]
) -> None:
    act(session)
    activity = session.activity
    session.stage.begin_painting()
    session.stage.paint()
    session.set_speed(1000)
    session.pass_time(1.0)
    assert (session.log, session.activity, len(prepared.asked)) == (["painted"], activity, 1)
    session.in_turn(lambda: session.change(setting(initial_weights(RunConfig(seed=9)), 0)))
    session.in_turn(lambda: session.intervene("rate", 0.5))
    while session.stage.waiting:
        session.frames()
    assert session.last.config.rate == 0.5
    assert session.last.weights.w1.tolist() == initial_weights(RunConfig(seed=9)).w1.tolist()
    prepared.may_end.set()
    qtbot.waitUntil(session.preparation.isFinished)
    qtbot.waitUntil(lambda: bool(session.stage.waiting) == activity.is_training)


def test_a_session_closed_before_painting_prepares_nothing(
    qtbot: QtBot, clock: Clock, prepared: Kernels
) -> None:
    session = StagedSession(clock, NUMBA, is_ready=False)
    session.snapshot_arrived.connect(lambda _: session.close())  # before it is painted
    session.open_run(Record(RunConfig()), 0)
    session.frames()
    assert (session.log[-1], prepared.asked) == ("painted", [])


@dataclass(eq=False)
class Sum:
    """A question that is answered once its gate is open."""

    number: int
    gate: threading.Event = field(default_factory=threading.Event)
    threads: list[int] = field(default_factory=list)

    def answer(self) -> int:
        assert self.gate.wait(60)
        self.threads.append(threading.get_ident())
        return self.number + 1


class Other(Sum):
    """Another kind of question."""


@dataclass(eq=False)
class Broken:
    """A question that fails."""

    def answer(self) -> int:
        raise ArithmeticError("no such number")


@pytest.fixture
def analyst(qtbot: QtBot) -> Iterator[Analyst]:
    analyst = Analyst()
    yield analyst
    analyst.close()


@pytest.fixture
def answers(analyst: Analyst) -> list[tuple[Question, object]]:
    answers: list[tuple[Question, object]] = []
    analyst.answered.connect(lambda question, answer: answers.append((question, answer)))
    return answers


def opened(question: Sum) -> Sum:
    question.gate.set()
    return question


def test_one_question_is_answered_at_a_time_and_the_newest_of_a_kind_follows(
    qtbot: QtBot, analyst: Analyst, answers: list[tuple[Question, object]]
) -> None:
    first, overtaken, newest = Sum(1), opened(Sum(2)), opened(Sum(3))
    other = opened(Other(10))
    for question in (first, overtaken, other, newest):
        analyst.ask(question)
    qtbot.wait(1)  # lets a second one begin, if there could be one
    assert other.threads == []
    first.gate.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [(first, 2), (newest, 4), (other, 11)]
    assert threading.get_ident() not in first.threads


def test_a_failure_is_reported_and_the_next_question_is_answered(
    qtbot: QtBot,
    analyst: Analyst,
    answers: list[tuple[Question, object]],
    capfd: pytest.CaptureFixture[str],
) -> None:
    failures: list[tuple[Question, str]] = []
    analyst.failed.connect(lambda *failure: failures.append(failure))
    broken, whole = Broken(), opened(Sum(1))
    analyst.ask(broken)
    analyst.ask(whole)
    qtbot.waitUntil(lambda: answers == [(whole, 2)])
    assert failures == [(broken, "ArithmeticError: no such number")]
    assert "Traceback" in capfd.readouterr().err


def test_no_question_starts_the_thread_before_or_after_the_end(
    qtbot: QtBot, analyst: Analyst, answers: list[tuple[Question, object]]
) -> None:
    Analyst().close()  # without a question
    first, waiting = Sum(1), opened(Other(2))
    analyst.ask(first)
    analyst.ask(waiting)
    threading.Timer(0.0, first.gate.set).start()
    analyst.close()
    analyst.ask(opened(Sum(2)))
    qtbot.wait(1)
    assert waiting.threads == []
    assert not analyst.isRunning()
