"""The thread for slow analyses."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from xorviz.core.analysis.curvature import Question
from xorviz.engine import analyst as analyst_module
from xorviz.engine.analyst import Analyst


@dataclass(eq=False)
class Sum:
    """A question that is answered once its gate is open."""

    number: int
    gate: threading.Event = field(default_factory=threading.Event)
    threads: list[QThread] = field(default_factory=list)

    def answer(self) -> int:
        assert self.gate.wait(60)
        self.threads.append(QThread.currentThread())
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


def opened(question: Sum) -> Sum:
    question.gate.set()
    return question


def answers_of(analyst: Analyst) -> list[tuple[Question, object]]:
    answers: list[tuple[Question, object]] = []
    analyst.answered.connect(lambda question, answer: answers.append((question, answer)))
    return answers


def test_a_question_is_answered_in_another_thread(qtbot: QtBot, analyst: Analyst) -> None:
    answers, question = answers_of(analyst), opened(Sum(1))
    analyst.ask(question)
    qtbot.waitUntil(lambda: answers == [(question, 2)])
    assert question.threads != [QThread.currentThread()]


def test_a_newer_question_replaces_a_waiting_one_of_its_kind(
    qtbot: QtBot, analyst: Analyst
) -> None:
    answers = answers_of(analyst)
    first, overtaken, newest = Sum(1), opened(Sum(2)), opened(Sum(3))
    other = opened(Other(10))
    for question in (first, overtaken, other, newest):
        analyst.ask(question)
    first.gate.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert [answer for _, answer in answers] == [2, 4, 11]


def test_one_question_is_under_way_at_a_time(qtbot: QtBot, analyst: Analyst) -> None:
    answers = answers_of(analyst)
    first, second = Sum(1), opened(Other(2))
    analyst.ask(first)
    analyst.ask(second)
    qtbot.wait(1)  # lets a second one begin, if there could be one
    assert second.threads == []
    first.gate.set()
    qtbot.waitUntil(lambda: len(answers) == 2)


def test_a_failure_is_reported_and_the_next_question_is_answered(
    qtbot: QtBot, analyst: Analyst, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = answers_of(analyst)
    failures: list[tuple[Question, str]] = []
    analyst.failed.connect(lambda *failure: failures.append(failure))
    broken, whole = Broken(), opened(Sum(1))
    analyst.ask(broken)
    analyst.ask(whole)
    qtbot.waitUntil(lambda: answers == [(whole, 2)])
    assert failures == [(broken, "ArithmeticError: no such number")]
    assert "Traceback" in capfd.readouterr().err


def test_the_worker_answers_or_fails() -> None:
    worker = analyst_module._AnalysisWorker()
    log: list[tuple[object, ...]] = []
    worker.finished.connect(lambda *answer: log.append(answer))
    whole, broken = opened(Sum(1)), Broken()
    worker.answer(whole)
    worker.answer(broken)
    assert log == [(whole, 2, ""), (broken, None, "ArithmeticError: no such number")]


def test_closing_without_a_question_is_allowed(qtbot: QtBot) -> None:
    Analyst().close()


def test_no_question_starts_the_thread_again_after_the_end(qtbot: QtBot, analyst: Analyst) -> None:
    with qtbot.waitSignal(analyst.answered):
        analyst.ask(opened(Sum(1)))
    analyst.close()
    analyst.ask(opened(Sum(2)))
    assert not analyst._thread.isRunning()
