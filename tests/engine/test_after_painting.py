"""The signal that comes after painting."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.engine.after_painting import AfterPainting


class Picture(QWidget):
    """A widget that logs its paintings."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self._told = log

    def change(self) -> None:
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        self._told.append("painted")


class Scene(Picture):
    """The same in a scene, which notifies its view in the next pass of the event loop."""

    def __init__(self, log: list[str]) -> None:
        super().__init__(log)
        self._scene = QGraphicsScene()
        self._snapshot = Picture(log)
        self._scene.addWidget(self._snapshot)
        self._view = QGraphicsView(self._scene, self)

    def change(self) -> None:
        self._snapshot.change()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        pass


def change_in_the_event_loop(snapshot: Picture, after: AfterPainting) -> None:
    """Change a picture as an answer from the training thread does."""
    changer = Changer(snapshot, after)
    QCoreApplication.postEvent(changer, QEvent(QEvent.Type.User))


class Changer(QObject):
    """Changes a picture on an event."""

    def __init__(self, snapshot: Picture, after: AfterPainting) -> None:
        super().__init__(after)
        self._snapshot, self._after = snapshot, after

    def customEvent(self, _: QEvent) -> None:  # noqa: N802
        self._snapshot.change()
        self._after.start()


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def after(qtbot: QtBot, log: list[str]) -> Iterator[AfterPainting]:
    parent = QObject()
    after = AfterPainting(parent)
    after.passed.connect(lambda: log.append("passed"))
    yield after
    parent.deleteLater()


@pytest.mark.parametrize("kind", [Picture, Scene])
def test_it_passes_after_a_change_is_painted(
    qtbot: QtBot, log: list[str], after: AfterPainting, kind: Callable[[list[str]], Picture]
) -> None:
    snapshot = shown(qtbot, kind(log))
    qtbot.waitUntil(lambda: "painted" in log)
    for _ in range(5):
        log.clear()
        change_in_the_event_loop(snapshot, after)
        qtbot.waitUntil(lambda: "passed" in log)
        assert log == ["painted", "passed"]


def test_it_passes_with_nothing_to_paint(
    qtbot: QtBot, log: list[str], after: AfterPainting
) -> None:
    after.start()
    assert log == []  # never at once
    qtbot.waitUntil(lambda: log == ["passed"])


def test_it_passes_once_for_each_start(qtbot: QtBot, log: list[str], after: AfterPainting) -> None:
    for _ in range(3):
        log.clear()
        after.start()
        qtbot.waitUntil(lambda: bool(log))
        qtbot.wait(0)
        assert log == ["passed"]


@pytest.mark.parametrize("kind", [Picture, Scene])
def test_starting_again_restarts_the_count(
    qtbot: QtBot, log: list[str], after: AfterPainting, kind: Callable[[list[str]], Picture]
) -> None:
    snapshot = shown(qtbot, kind(log))
    qtbot.waitUntil(lambda: "painted" in log)
    log.clear()
    after.start()
    change_in_the_event_loop(snapshot, after)
    qtbot.waitUntil(lambda: "passed" in log)
    for _ in range(3):
        qtbot.wait(0)
    assert log == ["painted", "passed"]
