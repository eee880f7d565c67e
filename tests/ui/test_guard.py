"""Tests of the guard: an error in an override is told once, and neither spreads nor repeats."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import TracebackType

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget
from pytestqt.qtbot import QtBot

import xorviz
from xorviz.ui.guard import guarded, notes_painted, overrides

Told = list[BaseException]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Return a list of the errors that are told from now on."""
    errors: Told = []

    def tell(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        errors.append(error)

    monkeypatch.setattr(sys, "excepthook", tell)
    return errors


@guarded
class Fragile(QWidget):
    """A widget that fails while it is broken."""

    is_broken = True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.red)
        self._fail()

    def sizeHint(self) -> QSize:  # noqa: N802
        self._fail()
        return QSize(9, 9)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self._fail()
        return super().event(event)

    def _fail(self) -> None:
        if self.is_broken:
            [][1]  # noqa: PLE0643


def is_red(widget: QWidget) -> bool:
    return widget.grab().toImage().pixelColor(widget.width() // 2, 2) == Qt.GlobalColor.red


def test_a_picture_that_fails_is_told_once_with_a_note_in_its_place(
    qtbot: QtBot, told: Told
) -> None:
    widget, noted = Fragile(), notes_painted()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    for times in (1, 2):
        assert not is_red(widget)
        assert notes_painted() == noted + times
    assert [str(error) for error in told] == ["list index out of range"]
    widget.is_broken = False
    assert is_red(widget)


def test_an_override_that_fails_returns_what_qt_can_use(qtbot: QtBot, told: Told) -> None:
    widget = Fragile()
    qtbot.addWidget(widget)
    for _ in range(2):
        assert widget.sizeHint() == QSize()
        assert widget.event(QEvent(QEvent.Type.User)) is False
    assert [type(error) for error in told] == [IndexError, IndexError]
    widget.is_broken = False
    assert widget.sizeHint() == QSize(9, 9)


def classes_of_qt() -> Iterator[type]:
    """Yield the package's classes whose methods Qt may call."""
    for module in pkgutil.walk_packages(xorviz.__path__, "xorviz."):
        if module.name.startswith(("xorviz.ui.", "xorviz.panels.", "xorviz.window.")):
            for found in vars(importlib.import_module(module.name)).values():
                is_own = isinstance(found, type) and found.__module__ == module.name
                if is_own and issubclass(found, (QObject, QGraphicsItem)):
                    yield found


def test_every_override_of_the_package_is_guarded() -> None:
    bare = {cls.__qualname__: [name for name, _ in overrides(cls)] for cls in classes_of_qt()}
    assert {name: names for name, names in bare.items() if names} == {}
