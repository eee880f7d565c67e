"""A lesson in its window: what it shows and leaves alone; and the nine, each walked by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain_in_the_lab
from tests.support.cases import some
from tests.support.commands import talking_program
from tests.support.lab import in_thread
from tests.support.screen import child, press
from tests.support.windows import Open, action, text
from tests.window.lessons.student import ENTER, KEYS, Student, small
from tests.window.test_app import end_of
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.settings import RunConfig
from xorviz.engine import lab_runner
from xorviz.lessons.conditions import LabSeen
from xorviz.lessons.course import Stage
from xorviz.lessons.library import bundled
from xorviz.lessons.tasks import Exercise
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.window.lessons.guide import LOCKED, start_of
from xorviz.window.main_window import MainWindow


@pytest.fixture(autouse=True)
def _workers_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_runner, "worker_processes", in_thread)


@pytest.fixture
def student(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Iterator[Student]:
    """Return one beside the main window that the tests of this module share."""
    yield Student(qtbot, window, tmp_path)
    window.lessons.close()


@pytest.fixture
def compiled(qtbot: QtBot, open_window: Open, tmp_path: Path) -> Student:
    """Return one whose runs are long."""
    return Student(qtbot, open_window(kernel=NUMBA), tmp_path)


def shown(window: QWidget) -> set[str]:
    """Return the names of the panels in sight."""
    names = ("decision_surface", "truth_table", "loss_plot", "units", "runs", "lab_seeds")
    found = (window.findChild(QWidget, name) for name in names)
    return {one.objectName() for one in found if one is not None and one.isVisible()}


def button(student: Student, name: str) -> QPushButton:
    return child(student.window, QPushButton, name)


def train_first(student: Student, **changes: object) -> None:
    """Open a lesson with one prediction, lock that, and train."""
    student.open(small(predictions=small()["predictions"][1:2], **changes))
    assert not student.main.session.playing
    student.press(ENTER)
    student.predict_all()
    student.train()


# Of a main window of its own: to begin with, since another sheet is slow once there are two.


@pytest.mark.parametrize("is_main_first", some([True, False], 1))
def test_both_windows_close_cleanly(
    qtbot: QtBot, open_window: Open, tmp_path: Path, is_main_first: bool
) -> None:
    student = Student(qtbot, open_window(), tmp_path)
    student.open(small())
    window = student.window
    window.session.play()
    if not is_main_first:
        window.close()
        assert student.main.lessons.open_window is None
        student.main.session.step(5)
        student.bot.waitUntil(lambda: student.main.document.project.record.newest == 5)
    student.main.file.discard_changes()
    student.main.close()
    assert student.main.lessons.open_window is None
    assert not student.main.isVisible()


def test_a_drawing_is_made_in_sight_and_stays(compiled: Student) -> None:
    student = compiled
    student.begin(bundled()[1])
    student.window.resize(850, 530)
    QApplication.processEvents()
    assert shown(student.window) == {"loss_plot"}
    student.predict_all(is_right=False)
    plot = child(student.window, LossPlot)
    assert "your prediction" in plot.description()
    student.train()
    assert not student.course.outcomes[0].is_right


# Of the main window that the others share.


def test_nothing_is_trained_before_the_prediction_is_locked(student: Student) -> None:
    student.open(small())
    assert student.course.stage is Stage.PLAY
    student.press(ENTER)
    student.reach(lambda: not student.window.guide.waiting)
    run = student.window.lesson_actions["run"]
    assert not run.isEnabled()
    assert run.toolTip().startswith(LOCKED)
    project = student.window.document.project
    assert (project.record.newest, [run.name for run in project.pinned]) == (20, ["width 1"])
    press(KEYS.Key_Space)
    student.window.guide.with_weights(student.window.document.set_weight)("w1", (0, 0), 1.0)
    student.window.guide.choose_targets((0, 1, 1, 0))
    student.settle()
    assert student.window.document.project == project


def test_a_step_waits_for_its_setting_and_a_lesson_leaves_only_a_tick(student: Student) -> None:
    main, store = student.main, student.main._settings._store
    before = {key: store.value(key) for key in store.allKeys()}
    project = main.document.project
    train_first(student)
    run, view = button(student, "run_button"), student.window.view
    assert not run.isEnabled()
    student.type("3")  # the field has the focus, and its number is selected
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=run.mapTo(view, run.rect().center()))
    student.reach(lambda: student.course.stage is not Stage.DO)
    assert student.course.stage is Stage.WHY
    assert [run.name for run in student.window.document.project.pinned] == ["width 1", "width 2"]
    student.press(ENTER)
    student.change("biases", True)
    student.train()
    student.reach(lambda: student.course.stage is Stage.DONE)
    press(ENTER)  # the way out
    assert main.lessons.open_window is None
    assert {key: store.value(key) for key in store.allKeys()} == before
    assert main.document.project.pinned == project.pinned
    student.begin(bundled()[8])
    student.window.guide.done.emit()
    changed = {key: store.value(key) for key in store.allKeys()}
    assert {key for key in changed if changed[key] != before.get(key)} == {"lessons/done"}


def test_a_run_is_kept_in_the_own_project(student: Student) -> None:
    train_first(student)
    record = student.window.document.project.record
    student.window.lesson_actions["keep"].trigger()
    student.window.lesson_actions["keep"].trigger()
    (pinned,) = student.main.document.project.pinned
    assert (pinned.record, pinned.name) == (record, "Two units or three")


def test_the_lab_is_shown_once_it_trains_and_has_one_button(student: Student) -> None:
    student.open(plain_in_the_lab())
    assert shown(student.window) == set()
    for answer in ("10", "20", "100"):
        student.type(answer)
        press(ENTER)
    student.train()
    assert shown(student.window) == {"lab_seeds"}
    runs = [one for one in student.window.findChildren(QPushButton) if one.isVisible()]
    assert sum("Run lab" in one.text() for one in runs) == 1
    student.train()
    assert student.course.stage is Stage.WHY


def test_an_exercise_is_tried_twice_and_then_shown(student: Student) -> None:
    train_first(student, steps=small()["steps"][:1])
    student.press(ENTER)
    for rate in (0.01, 0.02):
        assert student.window.findChild(QPushButton, "lesson_show_me") is None
        student.change("rate", rate)
        student.train()
    student.tab_to("lesson_show_me")
    student.press(ENTER)
    student.reach(lambda: student.course.stage is Stage.DONE)
    assert student.window.document.project.record.config.biases


def test_panels_can_be_changed_while_that_is_free(student: Student) -> None:
    student.open(small())
    student.window.guide.choose_targets((0, 1, 1, 0))
    student.window.guide.with_weights(student.window.document.set_weight)("w1", (0, 0), 0.5)
    student.settle()
    record = student.window.document.project.record
    assert record.config.targets == (0, 1, 1, 0)
    assert record.interventions
    student.window.document.reset()
    student.settle()
    assert student.window.document.project.step == 0


def test_a_lesson_that_cannot_be_read_is_refused(student: Student) -> None:
    path = student.folder / "mine.xlesson"
    path.write_text("{}")
    student.main.lessons.open_path(path)
    assert text(student.main, "status_message").startswith("Could not open mine.xlesson: It is not")
    assert student.main.lessons.open_window is None


def test_another_lesson_takes_its_place(student: Student) -> None:
    menu = child(student.main, QMenu, "lesson_menu")
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    first = student.window
    first.resize(900, 600)
    first.view.wishes.next_requested.emit()
    assert student.window is not first
    assert not first.isVisible()
    assert student.course.lesson is bundled()[1].lesson
    assert student.window.size() == first.size()


def test_a_lesson_that_is_done_has_a_tick(student: Student) -> None:
    main = student.main
    main._settings.set_lessons_done(["2_first_nothing", "gone"])
    menu = child(main, QMenu, "lesson_menu")
    menu.aboutToShow.emit()
    lines = [one.text().split("\t") for one in menu.actions()[:3]]
    assert [line[1:] for line in lines] == [[], ["Done"], []]
    assert menu.actions()[1].isChecked()
    action(main, "forget_lessons").trigger()
    menu.aboutToShow.emit()
    assert not any(one.isCheckable() for one in menu.actions())


@pytest.mark.thorough
def test_text_and_colours_follow_the_main_window(student: Student, qtbot: QtBot) -> None:
    student.begin(bundled()[8])
    size = student.window.view.fontMetrics().height()
    action(student.main, "theme_dark").trigger()
    action(student.main, "zoom_200").trigger()
    qtbot.waitUntil(lambda: student.window.view.fontMetrics().height() > 1.8 * size)
    action(student.main, "zoom_100").trigger()
    action(student.main, "theme_light").trigger()


def test_letter_keys_are_switched_off_in_both_windows(student: Student) -> None:
    letters = action(student.main, "letter_keys")
    letters.trigger()
    student.open(small())
    step = student.window.lesson_actions["step"]
    assert not step.shortcuts()
    letters.trigger()
    assert step.shortcuts()


def test_an_exercise_begins_with_its_own_recipe_and_a_step_with_what_its_user_has_set() -> None:
    lesson, tried = bundled()[5].lesson, RunConfig(rate=10)
    assert lesson.exercise is not None
    assert start_of(lesson.exercise, tried).rate == 2
    biases = bundled()[4].lesson.steps[1]
    assert not start_of(biases, RunConfig()).biases


@pytest.mark.thorough
def test_the_command_line_opens_a_lesson_beside_the_own_work(tmp_path: Path) -> None:
    with talking_program(tmp_path, "close", "lesson", "1") as process:
        assert end_of(process) == (0, "")


FOUND = {
    1: [None],
    2: [22_773],
    3: [425],
    4: [126, 425, 499],
    5: [None, 375],
    6: [15_393, 1544, 313, 84, None],
    7: [None, 1082],
    8: [23_373, None],
    9: [None],
}
"""What is seen in each step: the step from which all rows are correct, or how many networks are."""


def solve(student: Student) -> None:
    """Make the change that solves the exercise."""
    task = student.task
    assert isinstance(task, Exercise)
    settings, solved = task.recipe.to_dict(), task.show_me.to_dict()
    ((name, value),) = ((n, v) for n, v in solved.items() if v != settings[n])
    student.change(name, value)
    student.train()


def fail_twice(student: Student) -> None:
    """Try the exercise with two rates that learn nothing, or widths, and be shown."""
    name = "rate" if child(student.window, QWidget, "rate").isVisible() else "width"
    for value in (0.0001, 0.0002) if name == "rate" else (1, 2):
        student.change(name, value)
        student.train()
    assert (student.course.stage, student.course.tries) == (Stage.EXERCISE, 2)
    student.tab_to("lesson_show_me")
    student.press(ENTER)
    student.reach(lambda: student.course.stage is Stage.DONE)


def found(student: Student) -> Iterator[int | None]:
    for seen in student.course.seen:
        yield seen.right.count if isinstance(seen, LabSeen) else seen.correct_since


@pytest.mark.thorough
@pytest.mark.parametrize(("number", "is_right"), [(number, number % 2 == 1) for number in FOUND])
def test_it_is_walked_by_keys(compiled: Student, number: int, is_right: bool) -> None:
    student, named = compiled, bundled()[number - 1]
    student.begin(named)
    if student.course.stage is Stage.PLAY:
        student.press(ENTER)
    student.reach(lambda: not student.window.guide.waiting)
    student.predict_all(is_right)
    while student.course.stage is Stage.DO:
        if student.task.control == "biases":
            student.change("biases", True)
        student.train()
    assert list(found(student)) == FOUND[number]
    assert {one.is_right for one in student.course.outcomes} == {is_right}
    assert student.course.is_order_right in {None, is_right}
    student.press(ENTER)
    solve(student) if is_right else fail_twice(student)
    assert student.course.stage is Stage.DONE
    assert student.course.is_shown is not is_right
    assert named.key in student.main._settings.lessons_done()
