"""Lessons in the lab: what counts, and what a person had there before."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain, plain_in_the_lab
from tests.support.lab import in_thread
from tests.support.screen import press
from tests.support.windows import Open, action, enter, find
from tests.window.lab.test_lab_controller import choose
from tests.window.lessons.test_lessons import ENTER, Class, begin_prediction
from xorviz.core.settings import RunConfig
from xorviz.engine import lab_runner
from xorviz.lessons.course import Stage
from xorviz.panels.lesson.pages.strayed import StrayedNote
from xorviz.panels.registry import Workspace
from xorviz.ui.forms.fields import NumberField
from xorviz.window.lessons.lesson_lab import OWN_FIRST


@pytest.fixture
def person(
    qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Class:
    monkeypatch.setattr(lab_runner, "worker_processes", in_thread)
    return Class(qtbot, open_window(RunConfig(rate=0.5, width=2)), tmp_path)


def train(person: Class) -> None:
    """Press the key of Run lab, and wait for its end."""
    action(person.window, "lab_run").trigger()
    person.reach(lambda: not person.window.lab.runner.names)


def lock(person: Class) -> None:
    """Answer all; Enter in the last field locks."""
    for number, answer in ((1, "9"), (2, "19"), (3, "50")):
        enter(find(person.window, NumberField, f"prediction_{number}"), answer)
    person.settle()


@pytest.mark.thorough
def test_a_lesson_in_the_lab_is_walked_and_its_results_go_with_it(person: Class) -> None:
    window = person.window
    window._docks.switch(Workspace.LAB)
    choose(window, seeds=3, steps=50)
    train(person)
    own = window.lab.seeds.snapshot
    window._docks.switch(Workspace.INSIDE)
    person.open(plain_in_the_lab())
    assert action(window, "workspace_lab").isChecked()
    assert not action(window, "lab_run").isEnabled()
    assert window.lab.seeds.snapshot is window.lab.gallery.snapshot is None
    lock(person)
    person.wait_for_frame("lab_run_button")
    find(window, NumberField, "lab_steps").setValue(200)
    assert "steps 200 instead of 300" in find(find(window, StrayedNote), QLabel).text()
    train(person)
    assert not person.course.seen
    find(window, QPushButton, "lesson_restore").click()
    train(person)
    assert len(person.course.seen) == 1
    assert window.lab.recipe.recipe.width == 6
    train(person)
    assert person.course.stage is Stage.WHY
    press(ENTER)
    for width, tries in ((4, 1), (5, 2)):
        find(window, NumberField, "lab_width").setValue(width)
        train(person)
        assert person.course.tries == tries
    find(window, QPushButton, "lesson_show_me").click()
    person.reach(lambda: person.course.stage is Stage.DONE)
    action(window, "leave_lesson").trigger()
    assert action(window, "workspace_inside").isChecked()
    assert window.lab.seeds.snapshot is window.lab.gallery.snapshot is own
    assert (window.lab.recipe.plan.steps, len(window.lab.recipe.plan)) == (50, 3)
    assert window.lab.recipe.follows_current_run


@pytest.mark.thorough
def test_what_the_lab_trains_for_a_person_goes_on_first(person: Class) -> None:
    window = person.window
    window._docks.switch(Workspace.LAB)
    choose(window, seeds=200, steps=60_000)
    action(window, "lab_run").trigger()
    person.bot.waitUntil(lambda: bool(window.lab.runner.names))
    person.open(plain_in_the_lab())
    lock(person)
    assert window.session.hold.reason == OWN_FIRST
    person.reach(lambda: not window.lab.runner.names)
    assert not window.session.hold.reason
    action(window, "lab_run").trigger()
    person.bot.waitUntil(lambda: bool(window.lab.runner.names))
    action(window, "leave_lesson").trigger()
    person.reach(lambda: not window.lab.runner.names)
    snapshot = window.lab.seeds.snapshot
    assert snapshot is not None
    assert len(snapshot.plan) == snapshot.done.sum() == 200


@pytest.mark.thorough
def test_a_lab_that_a_person_first_opens_in_a_lesson_is_new_after_it(person: Class) -> None:
    window = person.window
    begin_prediction(person, predictions=plain()["predictions"][1:2])
    enter(find(window, NumberField, "prediction_1"), "2")
    person.settle()
    window._docks.switch(Workspace.LAB)
    find(window, NumberField, "lab_width").setValue(9)
    choose(window, seeds=3, steps=50)
    train(person)
    action(window, "leave_lesson").trigger()
    person.settle()
    assert window.lab.seeds.snapshot is None
    assert window.lab.recipe.follows_current_run
    assert len(window.lab.recipe.plan) == 500


@pytest.mark.thorough
def test_runs_of_a_lesson_do_not_wait_for_the_lab(person: Class) -> None:
    window = person.window
    window._docks.switch(Workspace.LAB)
    choose(window, seeds=200, steps=60_000)
    action(window, "lab_run").trigger()
    person.bot.waitUntil(lambda: bool(window.lab.runner.names))
    begin_prediction(person, predictions=plain()["predictions"][1:2])
    enter(find(window, NumberField, "prediction_1"), "2")
    person.reach(lambda: not window.lab.runner.names)
    assert not window.session.hold.reason
    assert action(window, "run").isEnabled()
