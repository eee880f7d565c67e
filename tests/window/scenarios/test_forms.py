"""All forms of the program, found by a walk: what is typed counts once a button is pressed."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.windows import Open, action, settle
from tests.window.lessons.student import Student, small
from xorviz.panels.registry import Workspace
from xorviz.ui.forms.fields import NumberField, ValuesField
from xorviz.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")


def forms(bot: QtBot, window: MainWindow, folder: Path) -> Iterator[QWidget]:
    """Yield the window in each workspace, each dialog that an action opens, and lessons."""
    action(window, "more").setChecked(True)
    for space in Workspace:
        action(window, f"workspace_{space}").trigger()
        yield window
    for opener in [one for one in window.actions() if one.text().endswith("…")]:
        opener.trigger()
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                if not isinstance(dialog, QFileDialog):  # Qt's own
                    yield dialog
                if isValid(dialog):
                    dialog.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    student = Student(bot, window, folder)
    student.open(small(predictions=small()["predictions"][1:2]))
    student.press(Qt.Key.Key_Return)
    student.predict_all()
    student.train()
    student.change("width", 3)
    student.train()
    student.press(Qt.Key.Key_Return)  # to the exercise
    yield student.window
    window.lessons.close()


def usable(form: QWidget, *kinds: type[QWidget]) -> list[QWidget]:
    """Return the parts of some kinds that can be used, but not what belongs to another window."""
    parts = [part for kind in kinds for part in form.findChildren(kind)]
    return [p for p in parts if p.isEnabled() and p.isVisible() and p.window() is form]


def has_other(field: QWidget) -> bool:
    """Return whether a field allows more than one text."""
    return not isinstance(field, NumberField) or field.minimum() < field.maximum()


def type_other(field: QWidget) -> float | None:
    """Replace a field's text by another one that it allows; return the number of it."""
    field.setFocus()
    line = field.findChild(QLineEdit) if isinstance(field, QAbstractSpinBox) else field
    assert isinstance(line, QLineEdit)
    line.selectAll()
    if not isinstance(field, NumberField):
        QTest.keyClicks(field, f"{line.text()} ")
        return None
    now, low, high = field.value(), field.minimum(), field.maximum()
    value = next(one for one in (now + 1, now - 1, (now + high) / 2) if low <= one <= high)
    QTest.keyClicks(field, f"{value:.15g}")
    return value


def press_and_leave(button: QWidget) -> None:
    """Press a button, and let go beside it: it takes what is typed, but doesn't act."""
    QTest.mousePress(button, LEFT)
    if isValid(button):
        QTest.mouseMove(button, QPoint(-90, -90))
        QTest.mouseRelease(button, LEFT, pos=QPoint(-90, -90))


def test_what_is_typed_counts_once_a_button_is_pressed(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window, tried = open_window(), set[tuple[str, str]]()
    for form in forms(qtbot, window, tmp_path):
        form.activateWindow()
        qtbot.waitUntil(form.isActiveWindow)
        fields = [one for one in usable(form, NumberField, ValuesField) if has_other(one)]
        buttons = [
            button
            for button in usable(form, QAbstractButton)
            if isinstance(button, QAbstractButton) and not getattr(button, "menu", str)()
        ]
        tries = range(max(len(buttons), len(fields)) if buttons and fields else 0)
        for _, button, field in zip(tries, cycle(buttons), cycle(fields), strict=False):
            if not (usable(form, type(field)) and field.isVisible() and button.isVisible()):
                continue  # what was typed has changed that
            typed = type_other(field)
            taken: list[object] = []
            assert isinstance(field, NumberField | ValuesField)
            told = field.valueChanged if isinstance(field, NumberField) else field.values_chosen
            told.connect(lambda value, *_, taken=taken: taken.append(value))
            press_and_leave(button)
            settle(qtbot, window)
            assert taken, (form.objectName(), field.objectName(), button.objectName())
            assert typed is None or taken[0] == pytest.approx(typed)
            tried.add((form.windowTitle(), field.objectName()))
    assert len(tried) > 15
    assert len({title for title, _ in tried}) > 3
