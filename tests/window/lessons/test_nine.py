"""The nine lessons, each walked by keyboard alone, with a right and with a wrong prediction."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.lessons.examples import plain
from tests.support.lab import in_thread
from tests.support.screen import press
from tests.support.windows import Open, action
from tests.window.document.test_file_dialogs import drop, files
from tests.window.lessons.test_lessons import ENTER, KEYS, Class, at_work, check_is_back
from xorviz.core.kernels.compiler import NUMBA
from xorviz.engine import lab_runner
from xorviz.lessons.course import Stage
from xorviz.lessons.evidence import LabSeen
from xorviz.lessons.lesson import DrawingAsked, NumberAsked, Prediction
from xorviz.lessons.library import bundled
from xorviz.ui.forms.fields import NumberField

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

ALT = Qt.KeyboardModifier.AltModifier
_MOST_TABS = 200


@pytest.fixture
def person(
    qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Class:
    monkeypatch.setattr(lab_runner, "worker_processes", in_thread)
    return Class(qtbot, open_window(kernel=NUMBA), tmp_path)


def tab_to(name: str) -> QWidget:
    """Press Tab until a control has the focus, and return it."""
    for _ in range(_MOST_TABS):
        focused = QApplication.focusWidget()
        if focused is not None and focused.objectName() == name:
            return focused
        press(KEYS.Key_Tab)
    raise AssertionError(f"Tab does not lead to {name}")


def type_text(text: str) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, text)


def predict(asked: Prediction, is_right: bool) -> None:
    """Answer one prediction, which has the focus, and go on."""
    if isinstance(asked, DrawingAsked):
        # A sixtieth of the steps for each key; the fall is far too early if it is wrong.
        tab_to("prediction_1_keys")
        press(ENTER)
        moves = 60 * asked.answer // asked.last_step if is_right else 3
        for key in (KEYS.Key_Home, *[KEYS.Key_Right] * moves, *[KEYS.Key_PageDown] * 4):
            press(key)
        press(KEYS.Key_K, ALT)
        return
    if isinstance(asked, NumberAsked):
        high = round(asked.high)
        type_text(str(round(asked.answer) if is_right else high - round(asked.answer)))
    else:
        number = asked.answer if is_right else asked.answer % len(asked.options) + 1
        for key in (*[KEYS.Key_Down] * (number - 1), ENTER):
            press(key)
    press(ENTER)


def train(person: Class) -> None:
    """Press what is framed, a field first where that is to be changed, until it has trained."""
    window, course = person.window, person.course
    task = course.task
    assert task is not None
    if person.framed == "biases":
        tab_to("biases")
        press(ENTER)
        person.settle()
    window._choices.choose_speed(None)
    action(window, "run" if task.lab is None else "lab_run").trigger()
    person.bot.waitUntil(
        lambda: (
            person.course.stage is not course.stage
            or len(person.course.seen) > len(course.seen)
            or person.course.tries > course.tries
        )
    )
    person.settle()


def change(person: Class, setting: str, value: float) -> None:
    """Type the value of a setting, where the exercise under way asks for it."""
    task = person.course.task
    assert task is not None
    field = tab_to(setting if task.lab is None else f"lab_{setting}")
    if isinstance(field, NumberField):
        field.selectAll()
        type_text(str(value))
        press(ENTER)
    else:
        press(ENTER)
    person.settle()


def solve(person: Class) -> None:
    """Make the change that solves the exercise."""
    task = person.course.task
    assert task is not None
    assert task.show_me is not None
    settings, solved = task.recipe.to_dict(), task.show_me.to_dict()
    ((name, value),) = ((n, v) for n, v in solved.items() if v != settings[n])
    change(person, name, value)
    train(person)


def fail_twice(person: Class) -> None:
    """Try the exercise with two rates that learn nothing, and be shown."""
    for rate in (0.0001, 0.0002):
        change(person, "rate", rate)
        train(person)
    assert (person.course.stage, person.course.tries) == (Stage.EXERCISE, 2)
    tab_to("lesson_show_me")
    press(ENTER)
    person.reach(lambda: person.course.stage is Stage.DONE)
    assert person.course.is_shown


def found(person: Class) -> Iterator[int | None]:
    for seen in person.course.seen:
        yield seen.right.count if isinstance(seen, LabSeen) else seen.correct_since


@pytest.mark.thorough
@pytest.mark.parametrize(("number", "is_right"), [(number, number % 2 == 1) for number in FOUND])
def test_it_is_walked_by_keys(person: Class, number: int, is_right: bool) -> None:
    window, named = person.window, bundled()[number - 1]
    own = at_work(person)
    window.lessons.begin(named)
    if person.course.stage is Stage.PLAY:
        press(ENTER)
    person.reach(lambda: bool(window.session.hold.reason))
    for asked in named.lesson.predictions:
        predict(asked, is_right)
    person.reach(lambda: person.course.stage is not Stage.PREDICT)
    while person.course.stage is Stage.DO:
        train(person)
    assert list(found(person)) == FOUND[number]
    assert {right for one in person.course.outcomes for right in one.are_right} == {is_right}
    assert person.course.is_order_right in {None, is_right}
    person.press(ENTER)
    if is_right:
        solve(person)
    else:
        fail_twice(person)
    assert person.course.stage is Stage.DONE
    assert person.course.is_shown is not is_right
    assert named.key in window._settings.lessons_done()
    person.leave()
    check_is_back(person, own)
    assert not action(window, "leave_lesson").isEnabled()


@pytest.mark.thorough
def test_a_class_answers_by_keys(person: Class) -> None:
    person.window.lessons.begin(bundled()[8])
    person.reach(lambda: bool(person.window.session.hold.reason))
    tab_to("lesson_class")
    press(ENTER)
    type_text("3313")
    press(KEYS.Key_Backspace)
    press(ENTER)
    assert person.course.answers == ((3, 3, 1),)
    train(person)
    assert person.course.outcomes[0].are_right == (True, True, False)


@pytest.mark.thorough
def test_a_lesson_is_opened_by_a_drop(person: Class) -> None:
    path = person.folder / "mine.xlesson"
    path.write_text(json.dumps(plain()))
    drop(person.window, files(path))
    assert person.course.lesson.title == plain()["title"]
