"""Answers on their way to the session: one at a time, each only once the last one is painted."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.engine.answer_queue import AfterPainting, AnswerQueue
from xorviz.engine.commands import Failure


def answer(number: int) -> Failure:
    return Failure(number, "", "")


class Listener:
    """Notes what is passed on and when it was painted; begins to paint after some answers."""

    def __init__(self, turns: AnswerQueue) -> None:
        self.told: list[int | str] = []
        self.paints_after: set[int] = set()
        self._answers = turns
        turns.passed_on.connect(self._note)
        turns.painted.connect(lambda: self.told.append("painted"))

    def _note(self, answer: Failure) -> None:
        self.told.append(answer.run)
        if answer.run in self.paints_after:
            self._answers.begin_painting()


@pytest.fixture
def turns(qtbot: QtBot) -> Iterator[AnswerQueue]:
    parent = QObject()
    yield AnswerQueue(parent)
    parent.deleteLater()


@pytest.fixture
def listener(turns: AnswerQueue) -> Listener:
    return Listener(turns)


def test_an_answer_that_comes_while_nothing_is_painted_is_passed_on_at_once(
    turns: AnswerQueue, listener: Listener
) -> None:
    for number in (1, 2):
        turns.take(answer(number))
    assert listener.told == [1, 2]


def test_an_answer_that_comes_while_it_is_painted_waits_for_it(
    qtbot: QtBot, turns: AnswerQueue, listener: Listener
) -> None:
    turns.begin_painting()
    turns.take(answer(1))
    assert listener.told == []
    qtbot.waitUntil(lambda: 1 in listener.told)
    assert listener.told == ["painted", 1]
    turns.take(answer(2))
    assert listener.told == ["painted", 1, 2]


def test_those_that_wait_keep_their_order_and_each_its_painting(
    qtbot: QtBot, turns: AnswerQueue, listener: Listener
) -> None:
    listener.paints_after = {1, 3}
    for number in (1, 2, 3, 4):
        turns.take(answer(number))
    assert listener.told == [1]
    qtbot.waitUntil(lambda: 4 in listener.told)
    assert listener.told == [1, "painted", 2, 3, "painted", 4]


def test_what_is_said_when_it_is_painted_comes_before_what_waited(
    qtbot: QtBot, turns: AnswerQueue, listener: Listener
) -> None:
    turns.painted.connect(lambda: turns.take(answer(2)) if 2 not in listener.told else None)
    turns.begin_painting()
    turns.take(answer(1))
    qtbot.waitUntil(lambda: 2 in listener.told)
    assert listener.told == ["painted", 1, 2]


def test_painting_that_begins_anew_is_waited_for_once(
    qtbot: QtBot, turns: AnswerQueue, listener: Listener
) -> None:
    turns.begin_painting()
    turns.begin_painting()
    turns.take(answer(1))
    qtbot.waitUntil(lambda: 1 in listener.told)
    for _ in range(3):
        qtbot.wait(0)
    assert listener.told == ["painted", 1]


class Picture(QWidget):
    """A widget that notes when it is painted."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def change(self) -> None:
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        self._told.append("painted")


class Scene(Picture):
    """The same in a scene, which tells its view only in the next turn of the event loop."""

    def __init__(self, told: list[str]) -> None:
        super().__init__(told)
        self._scene = QGraphicsScene()
        self._snapshot = Picture(told)
        self._scene.addWidget(self._snapshot)
        self._view = QGraphicsView(self._scene, self)

    def change(self) -> None:
        self._snapshot.change()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        pass


def change_in_a_turn_of_the_event_loop(snapshot: Picture, after: AfterPainting) -> None:
    """Change a picture as an answer from the training thread does."""
    hand = Hand(snapshot, after)
    QCoreApplication.postEvent(hand, QEvent(QEvent.Type.User))


class Hand(QObject):
    """Changes a picture when it gets an event."""

    def __init__(self, snapshot: Picture, after: AfterPainting) -> None:
        super().__init__(after)
        self._snapshot, self._after = snapshot, after

    def customEvent(self, _: QEvent) -> None:  # noqa: N802
        self._snapshot.change()
        self._after.start()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def after(qtbot: QtBot, told: list[str]) -> Iterator[AfterPainting]:
    parent = QObject()
    after = AfterPainting(parent)
    after.passed.connect(lambda: told.append("passed"))
    yield after
    parent.deleteLater()


@pytest.mark.parametrize("kind", [Picture, Scene])
def test_it_tells_once_what_was_changed_is_painted(
    qtbot: QtBot, told: list[str], after: AfterPainting, kind: Callable[[list[str]], Picture]
) -> None:
    snapshot = shown(qtbot, kind(told))
    qtbot.waitUntil(lambda: "painted" in told)
    for _ in range(5):
        told.clear()
        change_in_a_turn_of_the_event_loop(snapshot, after)
        qtbot.waitUntil(lambda: "passed" in told)
        assert told == ["painted", "passed"]


def test_it_tells_without_anything_to_paint(
    qtbot: QtBot, told: list[str], after: AfterPainting
) -> None:
    after.start()
    assert told == []  # never at once
    qtbot.waitUntil(lambda: told == ["passed"])


def test_it_tells_once_for_each_time_it_is_started(
    qtbot: QtBot, told: list[str], after: AfterPainting
) -> None:
    for _ in range(3):
        told.clear()
        after.start()
        qtbot.waitUntil(lambda: bool(told))
        qtbot.wait(0)
        assert told == ["passed"]


@pytest.mark.parametrize("kind", [Picture, Scene])
def test_what_is_counted_is_forgotten_when_it_is_started_anew(
    qtbot: QtBot, told: list[str], after: AfterPainting, kind: Callable[[list[str]], Picture]
) -> None:
    snapshot = shown(qtbot, kind(told))
    qtbot.waitUntil(lambda: "painted" in told)
    told.clear()
    after.start()
    change_in_a_turn_of_the_event_loop(snapshot, after)
    qtbot.waitUntil(lambda: "passed" in told)
    for _ in range(3):
        qtbot.wait(0)
    assert told == ["painted", "passed"]
