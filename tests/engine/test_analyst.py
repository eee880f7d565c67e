"""The thread for slow analyses."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from xorviz.core.analysis.curvature import Question
from xorviz.engine import analyst as analyst_module
from xorviz.engine.analyst import Analyst


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
    worker = analyst_module._AnalysisWorker()  # also when called in this thread
    log: list[tuple[object, ...]] = []
    worker.finished.connect(lambda *answer: log.append(answer))
    for question in (whole, broken):
        worker.answer(question)
    assert log == [(whole, 2, ""), (broken, None, "ArithmeticError: no such number")]


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
    assert not analyst._thread.isRunning()
