"""The moment after what was changed has been painted."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.screen import shown
from xorviz.engine.after_painting import AfterPainting


class Picture(QWidget):
    """A widget that notes when it is painted."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def change(self) -> None:
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        self._told.append("painted")


class Scene(QGraphicsView):
    """A view of a scene that notes when it is painted; it paints one pass later."""

    def __init__(self, told: list[str]) -> None:
        self._own_scene = QGraphicsScene()
        super().__init__(self._own_scene)
        self._told = told
        self._item = QGraphicsRectItem(0, 0, 9, 9)
        self._own_scene.addItem(self._item)

    def change(self) -> None:
        self._item.setRect(0, 0, self._item.rect().width() + 1, 9)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._told.append("painted")
        super().paintEvent(event)


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
        picture.change()
        after.start()
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
