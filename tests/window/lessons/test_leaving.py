"""What begins and leaves lessons by itself: files, programs that are watched, closing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QMessageBox, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain
from tests.support.commands import talking_program
from tests.support.windows import Open, action, find
from tests.window.lessons.test_lessons import (
    Class,
    answer,
    at_work,
    begin_prediction,
    check_is_back,
    lesson,
)
from tests.window.test_app import end_of
from tests.window.watch.conftest import Watched, desk, watched
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.run_file import save_run
from xorviz.lessons.course import Stage
from xorviz.lessons.lesson import CONTROLS
from xorviz.lessons.library import bundled
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel, is_in_sight
from xorviz.window.main_window import MainWindow

pytestmark = pytest.mark.thorough

__all__ = ["desk", "watched"]


@pytest.fixture
def person(qtbot: QtBot, reset_window: MainWindow, tmp_path: Path) -> Class:
    return Class(qtbot, reset_window, tmp_path)


def test_the_command_line_opens_a_lesson_and_closing_keeps_the_own_run(tmp_path: Path) -> None:
    with talking_program(tmp_path, "close", "lesson", "1") as process:
        assert end_of(process) == (0, "")
    saved = (tmp_path / "config" / "xorviz" / "xorviz.ini").read_text()
    assert '\\"seed\\": 16' in saved
    assert "speed=125" in saved
    assert "introduced" not in saved


def test_a_program_that_is_asked_for_leaves_the_lesson(watched: Watched, tmp_path: Path) -> None:
    person = Class(watched.bot, watched.window, tmp_path)
    own = at_work(person)
    begin_prediction(person)
    watched.begin().show(range(33))
    watched.wait(lambda: "my network" in watched.question)
    assert find(watched.window, QWidget, "lesson_bar").isVisible()
    find(watched.window, QPushButton, "notice_answer_1").click()
    watched.wait_for("my network, watched, step 32")
    assert not action(watched.window, "leave_lesson").isEnabled()
    assert not find(watched.window, QWidget, "lesson_bar").isVisible()
    action(watched.window, "undo").trigger()
    person.settle()
    kept = watched.window.document.project.pinned  # the program's run too, if it came in parts
    assert kept[:1] == own[0].pinned
    assert {run.name for run in kept[1:]} <= {"my network"}
    check_is_back(person, (replace(own[0], pinned=kept), own[1]), redo="watch my network")


def test_opening_a_run_leaves_the_lesson_and_asks_about_the_own_work(person: Class) -> None:
    window, own = person.window, at_work(person)
    save_run(own[0], path := person.folder / "run.xorviz")
    begin_prediction(person)
    window.openers[".xorviz"](path)
    question = find(window, QMessageBox)
    assert window.document.aside is None
    person.settle()
    check_is_back(person, own)
    question.button(QMessageBox.StandardButton.Cancel).click()


def test_closing_saves_the_own_choices(open_window: Open, store: QSettings, tmp_path: Path) -> None:
    window = open_window(RunConfig(width=5))
    (path := tmp_path / "mine.xlesson").write_text(json.dumps(plain()))
    window.lessons.open_path(path)
    window._choices.choose_speed(3)
    window.close()
    assert json.loads(str(store.value("run/config")))["width"] == 5
    assert json.loads(str(store.value("choices/speed"))) == 2000


def test_the_next_lesson_and_its_tick(person: Class) -> None:
    window, lessons = person.window, bundled()
    window.lessons.menu.aboutToShow.emit()
    window.lessons.menu.actions()[0].trigger()
    led = window.lessons._lessons
    assert led is not None
    led._begin_next()
    person.settle()
    assert person.course.lesson is lessons[1].lesson
    assert led._next is lessons[2]
    window.lessons.begin(lessons[8])
    assert led._next is None


def test_projector_mode_shows_what_a_lesson_speaks_of(person: Class) -> None:
    window = person.window
    begin_prediction(person)
    action(window, "projector").trigger()
    loss = find(window, Panel, "loss_plot_panel")
    person.bot.waitUntil(lambda: is_in_sight(loss))
    action(window, "projector").trigger()
    answer(person)
    person.run(Stage.DO, seen=1)
    person.wait_for_frame("width")
    action(window, "projector").trigger()
    person.bot.waitUntil(lambda: is_in_sight(find(window, Panel, "controls_panel")))
    person.wait_for_frame("width")
    action(window, "projector").trigger()
    person.settle()


def test_fields_are_whole_beside_a_lesson_in_the_smallest_window(person: Class) -> None:
    window = person.window
    window.resize(850, 530)
    person.open(lesson(setup={**lesson()["setup"], "workspace": "learn"}))
    person.press(Qt.Key.Key_Return)
    areas = find(window, Panel, "controls_panel").findChildren(QScrollArea)
    assert areas
    assert not any(area.horizontalScrollBar().isVisible() for area in areas)


def test_every_control_can_be_framed(person: Class) -> None:
    window = person.window
    window.resize(850, 530)
    begin_prediction(person)
    led = window.lessons._lessons
    assert led is not None
    frame = find(window, QWidget, "lesson_frame")
    for control in (*CONTROLS, *SETTINGS):
        led._frame.show("")
        person.bot.waitUntil(frame.isHidden)
        led._frame.show(control)
        person.bot.waitUntil(lambda: bool(person.framed))
        assert frame.window().rect().contains(frame.geometry().center()), control
        assert control not in SETTINGS or person.framed == control


def test_a_frame_follows_its_control(person: Class) -> None:
    window = person.window
    begin_prediction(person)
    led = window.lessons._lessons
    assert led is not None
    led._frame.show("momentum")
    person.bot.waitUntil(lambda: person.framed == "momentum")
    frame, dock = find(window, QWidget, "lesson_frame"), find(window, QDockWidget, "controls_panel")
    dock.setFloating(True)
    person.bot.waitUntil(lambda: frame.window() is dock and frame.isVisible())
    dock.setFloating(False)
    person.bot.waitUntil(lambda: frame.window() is window and frame.isVisible())
    window._docks.switch(Workspace.INSIDE)
    person.bot.waitUntil(lambda: not frame.isVisible())
    window._docks.switch(Workspace.LEARN)
    person.bot.waitUntil(frame.isVisible)
