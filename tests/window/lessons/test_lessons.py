"""Lessons in the whole window, by keyboard: each stage, and the own work that comes back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain
from tests.support.cases import some
from tests.support.screen import press
from tests.support.windows import action, enter, find, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.library import bundled
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.lesson.pages.strayed import StrayedNote
from xorviz.ui.chrome.panel import Panel, is_in_sight
from xorviz.ui.forms.fields import NumberField
from xorviz.window.lessons.control_frame import ControlFrame
from xorviz.window.lessons.lesson_desk import HELD
from xorviz.window.lessons.lesson_runs import start_of
from xorviz.window.main_window import MainWindow

KEYS, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER = KEYS.Key_Return


@dataclass
class Class:
    """A window with a lesson in a file, and the keys that a person presses."""

    bot: QtBot
    window: MainWindow
    folder: Path

    def open(self, entries: dict[str, Any], name: str = "mine.xlesson") -> None:
        """Open a lesson, and wait for its first stage."""
        self.begin(entries, name)
        self.settle()

    def begin(self, entries: dict[str, Any], name: str = "mine.xlesson") -> None:
        """Open a lesson."""
        path = self.folder / name
        path.write_text(json.dumps(entries))
        self.window.lessons.open_path(path)

    def settle(self) -> None:
        settle(self.bot, self.window)

    @property
    def course(self) -> Course:
        lessons = self.window.lessons._lessons
        assert lessons is not None
        assert lessons._course is not None
        return lessons._course

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, into: str = "") -> None:
        """Press a key in a part of the window, or where the focus is."""
        if into:
            find(self.window, QWidget, into).setFocus()
        press(key, modifier)
        self.settle()

    def leave(self) -> None:
        action(self.window, "leave_lesson").trigger()
        self.settle()

    def reach(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition)
        self.settle()

    def run(self, stage: Stage, seen: int = 0) -> None:
        """Press Run, and wait until a stage, or a step of the lesson, comes."""
        self.window.setFocus()  # in a field, Space is typed
        press(KEYS.Key_Space)
        self.reach(lambda: self.course.stage is stage and len(self.course.seen) >= seen)

    @property
    def framed(self) -> str:
        """The name of the control that is framed."""
        frame = find(self.window, ControlFrame)
        self.bot.waitUntil(lambda: not find(self.window, QWidget, "lesson_frame").isHidden())
        return frame.control.objectName() if frame.isVisible() and frame.control else ""

    def wait_for_frame(self, control: str) -> None:
        """Wait until a control is framed; the frame is put around it a moment later."""
        self.bot.waitUntil(lambda: self.framed == control)


@pytest.fixture
def person(qtbot: QtBot, reset_window: MainWindow, tmp_path: Path) -> Class:
    return Class(qtbot, reset_window, tmp_path)


def lesson(**changes: Any) -> dict[str, Any]:
    """Return a small lesson of two steps, as fast as the machine."""
    entries = plain()
    del entries["controls"]
    entries |= changes
    entries["setup"]["speed"] = "max"
    return entries


def places_of(window: MainWindow) -> dict[str, QRect]:
    """Return where the panels are that are in sight."""
    shown = [panel for panel in window.findChildren(Panel) if is_in_sight(panel)]
    return {panel.objectName(): panel.geometry() for panel in shown}


def at_work(person: Class) -> tuple[Project, Snapshot]:
    """Do some work of one's own, and return it."""
    window = person.window
    seen: list[Snapshot] = []
    window.session.snapshot_arrived.connect(seen.append)
    window.session.step(40)
    person.settle()
    window.document.pin()
    window.document.change_setting("rate", 0.5)
    window.session.step(20)
    person.settle()
    window.session.seek(50)
    person.settle()
    window.session.snapshot_arrived.disconnect(seen.append)
    return window.document.project, seen[-1]


def check_is_back(person: Class, own: tuple[Project, Snapshot], redo: str | None = None) -> None:
    """Check that the own work is as it was, to the last bit."""
    (project, seen), now = own, person.window.document.project
    assert now == project
    assert now.step == project.step
    assert person.window._display.seen().weights.w1.tobytes() == seen.weights.w1.tobytes()
    assert np.array_equal(now.record.trace.losses, project.record.trace.losses)
    assert person.window.document.history.labels == ("rate 0.5", redo)


def answer(person: Class) -> None:
    """Answer the four predictions of the small lesson, and lock them."""
    enter(find(person.window, NumberField, "prediction_1"), "90")
    enter(find(person.window, NumberField, "prediction_2"), "3")
    person.press(ENTER, into="prediction_3_2")
    person.press(KEYS.Key_Return, into="prediction_4_keys")
    for key in (KEYS.Key_End, KEYS.Key_Down):
        person.press(key)
    find(person.window, QPushButton, "lesson_lock").setFocus()
    person.press(ENTER)


@pytest.mark.thorough
def test_a_lesson_is_walked_by_keys_and_the_own_work_comes_back(person: Class) -> None:
    window, own = person.window, at_work(person)
    person.open(lesson())
    assert window.windowTitle() == "Two units or three[*] – xorviz"
    assert person.course.stage is Stage.PLAY
    person.press(ENTER)
    person.reach(lambda: bool(window.session.hold.reason))
    project = window.document.project
    assert (project.record.newest, [run.name for run in project.pinned]) == (20, ["width 1"])
    person.press(KEYS.Key_Space)
    assert (action(window, "run").statusTip(), window.document.project.record.newest) == (HELD, 20)
    answer(person)
    person.wait_for_frame("run_button")
    person.run(Stage.DO, seen=1)
    assert window.document.project.record.newest == 200
    person.wait_for_frame("width")
    enter(find(window, NumberField, "width"), "3")
    person.settle()
    person.wait_for_frame("run_button")
    person.run(Stage.WHY)
    right = [one.are_right for one in person.course.outcomes]
    assert right == [(True,), (True,), (True,), (False,)]
    person.press(ENTER)
    person.wait_for_frame("biases")
    person.press(ENTER, into="biases")
    person.run(Stage.DONE)
    assert window.document.project.record.config.biases
    action(window, "log_step").trigger()
    person.leave()
    check_is_back(person, own)
    assert not action(window, "log_step").isChecked()


@pytest.mark.thorough
def test_a_broken_lesson_changes_nothing_and_says_what_is_wrong(person: Class) -> None:
    window, own = person.window, at_work(person)
    person.open(lesson(title=""))
    assert text(window, "status_message").startswith("Could not open mine.xlesson: In the lesson, ")
    assert window.document.aside is None
    check_is_back(person, own)


def begin_prediction(person: Class, **changes: Any) -> None:
    """Open the small lesson at its prediction."""
    entries = lesson(**changes)
    del entries["play"]
    person.open(entries)
    person.reach(lambda: bool(person.window.session.hold.reason))


def predict(person: Class) -> None:
    begin_prediction(person)
    assert not action(person.window, "run").isEnabled()


def train(person: Class) -> None:
    begin_prediction(person, predictions=plain()["predictions"][1:2])
    enter(find(person.window, NumberField, "prediction_1"), "2")
    person.press(ENTER)
    person.window._choices.choose_speed(100)
    press(KEYS.Key_Space)
    person.bot.waitUntil(lambda: person.window.document.project.record.newest > 20)


def seek(person: Class) -> None:
    train(person)
    person.window.session.seek(3)


def prepare(person: Class) -> None:
    setup = plain()["setup"] | {"step": 900_000}
    steps = [plain()["steps"][0] | {"until": [{"reached": 1_000_000}]}]
    person.open(lesson(setup=setup, steps=steps, predictions=plain()["predictions"][1:2]))
    press(ENTER)
    person.bot.waitUntil(lambda: person.window.document.project.record.newest > 0)


def compare(person: Class) -> None:
    begin_prediction(person)
    person.window.document.start_side_by_side(RunConfig(width=5))


def project_it(person: Class) -> None:
    action(person.window, "projector").trigger()
    begin_prediction(person)
    action(person.window, "projector").trigger()


def another(person: Class) -> None:
    begin_prediction(person)
    begin_prediction(person, title="Another")


MOMENTS = [train, prepare, predict, seek, compare, project_it, another]


@pytest.mark.parametrize("come_to", some(MOMENTS, 0))
def test_a_lesson_is_left_at_any_moment(person: Class, come_to: Callable[[Class], None]) -> None:
    window, own = person.window, at_work(person)
    speed, rules = window.session.speed, window.session.rules
    places = places_of(window)
    come_to(person)
    person.leave()
    check_is_back(person, own)
    assert (window.session.speed, window.session.rules) == (speed, rules)
    assert not window.session.hold.reason
    assert not action(window, "leave_lesson").isEnabled()
    assert places_of(window) == places


@pytest.mark.thorough
def test_other_settings_are_locked_until_the_word_is_said(person: Class) -> None:
    window = person.window
    begin_prediction(person, controls=plain()["controls"])
    enter(find(window, NumberField, "width"), "5")
    assert not find(window, NumberField, "rate").isEnabled()
    action(window, "new_weights").trigger()
    person.settle()
    assert text(window, "status_message").startswith("Locked here: seed.")
    for word, is_free in (("daisy", False), (" Sunflower", True)):
        field = find(window, QLineEdit, "lesson_word")
        field.setText(word)
        field.setFocus()
        person.press(ENTER)
        assert find(window, NumberField, "rate").isEnabled() == is_free
    assert not field.isVisible()
    action(window, "new_weights").trigger()
    person.settle()
    assert window.session.config.seed != 3
    begin_prediction(person, controls={"shown": ["width", "biases"], "others": "hidden"})
    assert not find(window, NumberField, "rate").isVisible()
    assert find(window, NumberField, "width").isVisible()
    person.leave()
    assert find(window, NumberField, "rate").isVisible()
    assert window.document.allowed is None


@pytest.mark.thorough
def test_what_has_strayed_is_said_and_set_back(person: Class) -> None:
    window = person.window

    def said() -> str:
        note = find(window, StrayedNote)
        return "" if note.isHidden() else find(note, QLabel).text()

    begin_prediction(person)
    enter(find(window, NumberField, "rate"), "0.5")
    person.settle()
    assert said() == "Not as the lesson asks: rate 0.5 instead of 2."
    person.press(ENTER, into="lesson_restore")
    person.reach(lambda: not said())
    answer(person)
    enter(find(window, NumberField, "width"), "7")
    person.settle()
    assert said() == "Not as the lesson asks: width 7 instead of 2."
    window.setFocus()
    press(KEYS.Key_Space)
    person.reach(lambda: window.session.playing)
    press(KEYS.Key_Space)
    person.settle()
    assert not person.course.seen
    person.press(ENTER, into="lesson_restore")
    assert not said()
    window.document.set_weight("w1", (0, 0), 1.0)
    person.settle()
    assert said() == "Not as the lesson asks: weights set by hand."
    person.press(ENTER, into="lesson_restore")
    person.run(Stage.DO, seen=1)


def test_an_exercise_begins_with_its_own_recipe_and_a_step_with_what_a_person_has_set() -> None:
    lesson, tried = bundled()[5].lesson, RunConfig(rate=10)
    assert lesson.exercise is not None
    assert start_of(lesson.exercise, tried).rate == 2
    step = replace(lesson.steps[0], control="rate")
    assert start_of(step, tried).rate == 10


def test_a_lesson_that_is_done_has_a_tick(person: Class) -> None:
    window = person.window
    settings = window._settings
    settings.set_lessons_done(["2_first_nothing", "gone"])
    menu = find(window, QMenu, "lesson_menu")
    menu.aboutToShow.emit()
    lines = [one.text().split("\t") for one in menu.actions()[:3]]
    assert [line[1:] for line in lines] == [[], ["Done"], []]
    assert lines[1][0] == "&2  First nothing, then all at once"
    assert menu.actions()[1].isChecked()
    action(window, "forget_lessons").trigger()
    menu.aboutToShow.emit()
    assert not any(one.isCheckable() for one in menu.actions())


@pytest.mark.thorough
def test_an_exercise_is_tried_twice_and_then_shown(person: Class) -> None:
    window = person.window
    begin_prediction(person)
    answer(person)
    plot = window._views[LossPlot]
    person.run(Stage.DO, seen=1)
    enter(find(window, NumberField, "width"), "3")
    person.run(Stage.WHY)
    assert plot.description().count("your prediction")
    names = [run.name for run in window.document.project.pinned]
    assert names == ["width 1", "width 2"]
    person.press(ENTER)
    assert window.document.project.record.newest == 0
    for tries, rate in ((1, "0.01"), (2, "0.02")):
        assert window.findChild(QPushButton, "lesson_show_me") is None
        enter(find(window, NumberField, "rate"), rate)
        window.setFocus()
        press(KEYS.Key_Space)
        person.reach(lambda: person.course.tries == tries)  # noqa: B023
        assert not window.session.playing
    person.press(ENTER, into="lesson_show_me")
    person.reach(lambda: person.course.stage is Stage.DONE)
    assert person.course.is_shown
    assert window.document.project.record.config.biases
    person.leave()
    assert "your prediction" not in plot.description()
