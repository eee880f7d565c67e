"""Answers on their way to the session: one at a time, each only once the last one is painted."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from xorviz.engine.commands import Failure
from xorviz.engine.turns import Turns


def answer(number: int) -> Failure:
    return Failure(number, "", "")


class Listener:
    """Notes what is passed on and when it was painted; begins to paint after some answers."""

    def __init__(self, turns: Turns) -> None:
        self.told: list[int | str] = []
        self.paints_after: set[int] = set()
        self._turns = turns
        turns.passed_on.connect(self._note)
        turns.painted.connect(lambda: self.told.append("painted"))

    def _note(self, answer: Failure) -> None:
        self.told.append(answer.run)
        if answer.run in self.paints_after:
            self._turns.begin_painting()


@pytest.fixture
def turns(qtbot: QtBot) -> Iterator[Turns]:
    parent = QObject()
    yield Turns(parent)
    parent.deleteLater()


@pytest.fixture
def listener(turns: Turns) -> Listener:
    return Listener(turns)


def test_an_answer_that_comes_while_nothing_is_painted_is_passed_on_at_once(
    turns: Turns, listener: Listener
) -> None:
    for number in (1, 2):
        turns.take(answer(number))
    assert listener.told == [1, 2]


def test_an_answer_that_comes_while_it_is_painted_waits_for_it(
    qtbot: QtBot, turns: Turns, listener: Listener
) -> None:
    turns.begin_painting()
    turns.take(answer(1))
    assert listener.told == []
    qtbot.waitUntil(lambda: 1 in listener.told)
    assert listener.told == ["painted", 1]
    turns.take(answer(2))
    assert listener.told == ["painted", 1, 2]


def test_those_that_wait_keep_their_order_and_each_its_painting(
    qtbot: QtBot, turns: Turns, listener: Listener
) -> None:
    listener.paints_after = {1, 3}
    for number in (1, 2, 3, 4):
        turns.take(answer(number))
    assert listener.told == [1]
    qtbot.waitUntil(lambda: 4 in listener.told)
    assert listener.told == [1, "painted", 2, 3, "painted", 4]


def test_what_is_said_when_it_is_painted_comes_before_what_waited(
    qtbot: QtBot, turns: Turns, listener: Listener
) -> None:
    turns.painted.connect(lambda: turns.take(answer(2)) if 2 not in listener.told else None)
    turns.begin_painting()
    turns.take(answer(1))
    qtbot.waitUntil(lambda: 2 in listener.told)
    assert listener.told == ["painted", 1, 2]


def test_painting_that_begins_anew_is_waited_for_once(
    qtbot: QtBot, turns: Turns, listener: Listener
) -> None:
    turns.begin_painting()
    turns.begin_painting()
    turns.take(answer(1))
    qtbot.waitUntil(lambda: 1 in listener.told)
    for _ in range(3):
        qtbot.wait(0)
    assert listener.told == ["painted", 1]
