"""What is trained before the question: cancelled, too early locked, ended before its last step."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain
from tests.support.bits import overflowing
from tests.support.windows import action, enter, find, text
from tests.window.lessons.test_lessons import Class, begin_prediction, lesson
from xorviz.engine.activity import Activity
from xorviz.lessons.course import Stage
from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.panels.lesson.pages.strayed import StrayedNote
from xorviz.ui.forms.fields import NumberField
from xorviz.window.lessons.lesson_desk import HELD
from xorviz.window.main_window import MainWindow

LONG = 900_000


@pytest.fixture
def person(qtbot: QtBot, reset_window: MainWindow, tmp_path: Path) -> Class:
    return Class(qtbot, reset_window, tmp_path)


def prepared_for_long(pinned: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a lesson with one prediction whose setup takes a while."""
    entries = lesson(predictions=plain()["predictions"][1:2], steps=plain()["steps"][:1])
    del entries["play"], entries["exercise"]
    entries["setup"] |= {"step": LONG, "pinned": pinned}
    if pinned is None:
        del entries["setup"]["pinned"]
    entries["steps"][0]["until"] = [{"reached": LONG + 100}]
    return entries


def come_between_frames(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until steps are taken, but none just now."""
    session = window.session
    qtbot.waitUntil(lambda: window.document.project.record.newest > 0)
    while session.activity is not Activity.STEPPING or session.unanswered:
        QApplication.processEvents()


def begin(person: Class, entries: dict[str, Any]) -> None:
    """Open a lesson, and come between two frames of its setup."""
    person.begin(entries)
    come_between_frames(person.bot, person.window)


@pytest.mark.thorough
def test_a_setup_that_is_cancelled_between_two_frames_can_be_set_back(person: Class) -> None:
    window = person.window
    begin(person, prepared_for_long())
    window.session.pause()
    person.reach(lambda: window.session.hold.reason == HELD)
    assert not action(window, "run").isEnabled()
    assert find(window, StrayedNote).isVisible()
    find(window, QPushButton, "lesson_restore").click()
    assert window.session.activity is Activity.STEPPING


@pytest.mark.thorough
def test_a_prediction_that_is_locked_at_once_ends_the_setup(person: Class) -> None:
    window = person.window
    begin(person, prepared_for_long())
    find(window, LessonView).wishes.locked.emit(((2.0,),))
    person.settle()
    assert person.course.stage is Stage.DO
    window.session.step(20)
    person.settle()
    seen = person.course.now
    assert seen is not None
    assert seen.recipe == person.course.lesson.steps[0].recipe


@pytest.mark.thorough
def test_a_run_that_ends_early_is_all_there_is_of_the_setup(
    person: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, diverging = person.window, overflowing(monkeypatch)
    names = "width", "rate", "activation", "loss", "momentum"
    recipe = {name: getattr(diverging, name) for name in names}
    entries = prepared_for_long(recipe)
    entries["setup"]["recipe"] = recipe
    person.open(entries)
    person.reach(lambda: window.session.hold.reason == HELD)
    project = window.document.project
    assert (project.record.newest, len(project.pinned)) == (11, 1)
    assert find(window, StrayedNote).isHidden()
    enter(find(window, NumberField, "prediction_1"), "2")
    person.settle()
    person.run(Stage.WHY)


@pytest.mark.thorough
def test_the_same_lesson_begins_anew(person: Class) -> None:
    begin_prediction(person)
    enter(find(person.window, NumberField, "prediction_1"), "90")
    begin_prediction(person)
    assert not find(person.window, NumberField, "prediction_1").lineEdit().text()
    action(person.window, "leave_lesson").trigger()
    assert text(person.window, "status_message").startswith("Your own work is back")
    begin_prediction(person)
    assert not text(person.window, "status_message").startswith("Your own work is back")
    action(person.window, "new").trigger()
    assert not text(person.window, "status_message").startswith("Your own work is back")
