"""Finds parts of the whole window, and waits for it."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from xorviz.engine.activity import Activity
from xorviz.window.main_window import MainWindow

W = TypeVar("W", bound=QWidget)
Open = Callable[..., MainWindow]

BUSY = (Activity.STEPPING, Activity.SEEKING)


def find(window: QWidget, kind: type[W], name: str) -> W:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction), name
    return found


def text(window: MainWindow, label: str) -> str:
    return find(window, QLabel, label).text()


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.session.activity not in BUSY and not window.session.unanswered)


def enter(field: QDoubleSpinBox, typed: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
