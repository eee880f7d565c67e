"""The moment after what was changed has been painted."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.engine.turns import AfterPainting


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
        self._picture = Picture(told)
        self._scene.addWidget(self._picture)
        self._view = QGraphicsView(self._scene, self)

    def change(self) -> None:
        self._picture.change()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        pass


def change_in_a_turn_of_the_event_loop(picture: Picture, after: AfterPainting) -> None:
    """Change a picture as an answer from the training thread does."""
    hand = Hand(picture, after)
    QCoreApplication.postEvent(hand, QEvent(QEvent.Type.User))


class Hand(QObject):
    """Changes a picture when it gets an event."""

    def __init__(self, picture: Picture, after: AfterPainting) -> None:
        super().__init__(after)
        self._picture, self._after = picture, after

    def customEvent(self, _: QEvent) -> None:  # noqa: N802
        self._picture.change()
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
    picture = shown(qtbot, kind(told))
    qtbot.waitUntil(lambda: "painted" in told)
    for _ in range(5):
        told.clear()
        change_in_a_turn_of_the_event_loop(picture, after)
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
    picture = shown(qtbot, kind(told))
    qtbot.waitUntil(lambda: "painted" in told)
    told.clear()
    after.start()
    change_in_a_turn_of_the_event_loop(picture, after)
    qtbot.waitUntil(lambda: "passed" in told)
    for _ in range(3):
        qtbot.wait(0)
    assert told == ["painted", "passed"]
