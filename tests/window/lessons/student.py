"""A main window with a lesson beside it, and the keys that are pressed there."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain
from tests.support.screen import press
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.library import NamedLesson
from xorviz.lessons.predictions import DrawingAsked, NumberAsked, Prediction
from xorviz.lessons.tasks import LessonStep
from xorviz.ui.forms.fields import NumberField
from xorviz.window.lessons.lesson_window import LessonWindow
from xorviz.window.main_window import MainWindow

KEYS = Qt.Key
ENTER = KEYS.Key_Return
ALT = Qt.KeyboardModifier.AltModifier
_MOST_TABS = 200


def small(**changes: Any) -> dict[str, Any]:
    """Return a lesson of two steps, as fast as the machine."""
    entries = plain()
    entries["setup"]["speed"] = "max"
    return entries | changes


@dataclass
class Student:
    """Opens lessons, and presses keys in their window."""

    bot: QtBot
    main: MainWindow
    folder: Path

    def open(self, entries: dict[str, Any]) -> None:
        path = self.folder / "mine.xlesson"
        path.write_text(json.dumps(entries))
        self.main.lessons.open_path(path)
        self._come_to_it()

    def begin(self, named: NamedLesson) -> None:
        self.main.lessons.begin(named)
        self._come_to_it()

    def _come_to_it(self) -> None:
        self.bot.waitUntil(self.window.isActiveWindow)
        self.settle()

    @property
    def window(self) -> LessonWindow:
        window = self.main.lessons.open_window
        assert window is not None
        return window

    @property
    def course(self) -> Course:
        return self.window.guide.course

    @property
    def task(self) -> LessonStep:
        task = self.course.task
        assert task is not None
        return task

    def settle(self) -> None:
        session = self.window.session
        self.bot.waitUntil(lambda: not (session.activity.is_training or session.unanswered))

    def reach(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition, timeout=60_000)
        self.settle()

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            press(key)
        self.settle()

    def tab_to(self, name: str) -> QWidget:
        """Press Tab until a control has the focus, and return it."""
        for _ in range(_MOST_TABS):
            focused = QApplication.focusWidget()
            if focused is not None and focused.objectName() == name:
                return focused
            press(KEYS.Key_Tab)
        raise AssertionError(f"Tab does not lead to {name}")

    def type(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, text)

    def predict(self, asked: Prediction, is_right: bool) -> None:
        """Answer a prediction, which has the focus, and go on."""
        if isinstance(asked, DrawingAsked):
            # A sixtieth of the steps for each key; the fall is far too early if it is wrong.
            self.tab_to("prediction_1_keys")
            press(ENTER)
            moves = 60 * asked.answer // asked.last_step if is_right else 3
            self.press(KEYS.Key_Home, *[KEYS.Key_Right] * moves, *[KEYS.Key_PageDown] * 4)
            press(KEYS.Key_K, ALT)
            return
        if isinstance(asked, NumberAsked):
            high = round(asked.high)
            self.type(str(round(asked.answer) if is_right else high - round(asked.answer)))
        else:
            number = asked.answer if is_right else asked.answer % len(asked.options) + 1
            self.press(*[KEYS.Key_Down] * (number - 1), KEYS.Key_Space if number == 1 else ENTER)
        press(ENTER)

    def predict_all(self, is_right: bool = True) -> None:
        for asked in self.course.lesson.predictions:
            self.predict(asked, is_right)
        self.reach(lambda: self.course.stage is Stage.DO)

    def train(self) -> None:
        """Press Run, or Run lab, by its button, and wait until it has come to something."""
        before = self.course
        self.window.session.set_speed(None)
        self.tab_to("run_button" if self.task.lab is None else "lab_run_button")
        press(ENTER)

        def is_over() -> bool:
            now = self.course
            return (now.stage, len(now.seen), now.tries) != (
                before.stage, len(before.seen), before.tries,
            )  # fmt: skip

        self.reach(is_over)

    def change(self, setting: str, value: object) -> None:
        """Give a setting a value in its field."""
        field = self.tab_to(setting)
        if isinstance(field, NumberField):
            field.selectAll()
            self.type(str(value))
        press(ENTER)
        self.settle()
