"""The column of a lesson: its stages by keyboard alone, and what it says."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.panels.lesson.courses import (
    FALL,
    FASTER,
    LINE,
    LUCK,
    ONE,
    OTHER_SEED,
    WHO,
    WIDER,
    lab_of,
    predicting,
    run_of,
    trying,
)
from tests.support.screen import active_window, child, heard, press, spoken
from tests.support.snapshots import QUICK
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.lesson import Lesson
from xorviz.lessons.predictions import Answer, ChoiceAsked
from xorviz.lessons.reading import breakable
from xorviz.panels.lesson.answers import OptionButton
from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.panels.lesson.pages import Page
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.scrolled import SizedLabel
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.ui.theme.style import apply_theme

KEYS = Qt.Key
TAB, ENTER = KEYS.Key_Tab, KEYS.Key_Return
DRAWN = (1.0,) * 20 + (0.1,) * 41


def made(qtbot: QtBot, following: str = "") -> tuple[LessonView, QWidget]:
    """Return a view, and the active window that it is in."""
    actions = [QAction(name) for name in ("Run", "Reset")]
    for action in actions:
        action.setObjectName(action.text().lower())
    view = LessonView("Lesson 3 of 9", following, actions)
    view.resize(280, 700)
    for action in actions:
        action.setParent(view)
    return view, active_window(qtbot, view)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[LessonView]:
    view, window = made(qtbot)
    yield view
    window.close()


@pytest.fixture
def wishes(view: LessonView) -> list[object]:
    """Return a list of all that is asked for."""
    return wishes_of(view)


def wishes_of(view: LessonView) -> list[object]:
    seen: list[object] = heard(view.wishes.locked)
    names = ("led_on", "show_me_requested", "left", "next_requested")
    for name in (*names, "draw_requested"):
        getattr(view.wishes, name).connect(lambda name=name: seen.append(name))
    return seen


def show(view: LessonView, course: Course) -> None:
    """Show a course, and give the column the focus as a person does."""
    is_task = course.task is not None
    view.show_course(course, ("run", "reset") if is_task else (), ("width",) if is_task else ())
    view.setFocus(Qt.FocusReason.TabFocusReason)


def text(view: QWidget) -> str:
    """Return all texts in sight."""
    labels = view.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(view))


def shown_button(view: LessonView, name: str) -> QPushButton | None:
    found = view.findChildren(QPushButton, name)
    return next((one for one in found if one.isVisibleTo(view)), None)


def focused() -> str:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget.objectName()


def test_a_number_is_typed_and_locked(view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LINE))
    lock = child(view, QPushButton, "lesson_lock")
    assert not lock.isEnabled()
    assert lock.toolTip() == "Not answered yet: Rows at best."
    press(ENTER)  # nothing is preselected that could be locked
    press(KEYS.Key_7)  # more than the range allows
    assert "the number is '7'; allowed: a whole number from 0 to 4" in text(view)
    press(ENTER)
    press(KEYS.Key_Backspace)
    press(KEYS.Key_3)
    press(ENTER)
    assert wishes == [(3,)]


@pytest.mark.parametrize(("keys", "answer"), [("Down Down", 3), ("Up", 0), ("Up Down", 0)])
def test_a_number_is_stepped_to_from_either_end(
    view: LessonView, wishes: list[object], keys: str, answer: int
) -> None:
    show(view, predicting(LINE))
    for key in keys.split():
        press(getattr(KEYS, f"Key_{key}"))
    press(ENTER)
    assert wishes == [(answer,)]


@pytest.mark.parametrize("key", [ENTER, KEYS.Key_Space])
def test_an_option_is_reached_by_an_arrow_and_chosen_by_a_key(
    view: LessonView, wishes: list[object], key: Qt.Key
) -> None:
    show(view, predicting(WHO))
    first = child(view, OptionButton, "prediction_1_1")
    assert QAccessible.queryAccessibleInterface(first).role() is QAccessible.Role.RadioButton
    assert (first.accessibleName(), spoken(first)) == ("The wide network", "The winner")
    press(KEYS.Key_1)  # digits choose nothing
    assert not first.isChecked()
    press(KEYS.Key_Down)
    press(key)
    if not wishes:
        press(ENTER)  # goes on
    assert wishes == [(2.0,)]


def test_a_drawing_is_taken_and_taken_back(
    qtbot: QtBot, view: LessonView, wishes: list[object]
) -> None:
    show(view, predicting(FALL))
    press(ENTER)  # on the button that leads to the panel Loss
    view.show_drawing(DRAWN)
    assert "falls to half at step 100" in text(view)
    view.show_drawing(None)
    assert "Nothing is drawn yet." in text(view)
    view.show_drawing(DRAWN)
    press(KEYS.Key_K, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(wishes) > 1)  # the button is seen to be pressed
    assert wishes == ["draw_requested", (DRAWN,)]


def test_what_to_do_comes_step_by_step(view: LessonView, announced: list[str]) -> None:
    course = predicting(WHO).locked((2.0,))
    show(view, course)
    assert "Step 1 of 2" in text(view)
    assert "The winner: “The narrow one”" in text(view)
    progress = child(view, QProgressBar)
    size = progress.size()
    show(view, course.seeing(run_of(QUICK, 100)))
    assert child(view, QProgressBar) is progress  # nothing is made anew while it runs
    assert (progress.text(), progress.size()) == ("100 of 300", size)
    show(view, course.seeing(run_of(QUICK)))
    assert announced[-1] == (
        "All four rows are correct from step 82 on. Step 2 of 2. Run the narrow one."
    )


def test_fields_and_buttons_come_with_their_stage(view: LessonView) -> None:
    chosen: list[object] = heard(view.config_chosen)
    show(view, predicting(LINE))
    assert shown_button(view, "run_button") is None
    assert not child(view, QWidget, "width").isVisible()
    show(view, trying())
    view.show_config(ONE)
    view.show_primary("run")
    assert child(view, QWidget, "width").isVisible()
    assert not child(view, QWidget, "biases").isVisible()
    run = shown_button(view, "run_button")
    assert run is not None
    assert run.property("primary")
    press(KEYS.Key_5)
    press(ENTER)
    assert len(chosen) == 1


@pytest.mark.parametrize(
    ("lesson", "answers", "said"),
    [
        (LINE, (3.0,), "Your prediction was right."),
        (LINE, (4.0,), "Your prediction was wrong."),
        (WHO, (1.0,), "Your prediction was right."),
        (FALL, (DRAWN,), "The fall of your curve is within a factor of 2 of that step."),
        (FALL, ((1.0,) * 61,), "The fall of your curve is not within a factor of 2 of"),
    ],
)
def test_why_says_what_became_of_a_prediction(
    view: LessonView, lesson: Lesson, answers: tuple[Answer, ...], said: str
) -> None:
    course = predicting(lesson).locked(answers)
    for step in lesson.steps:
        course = course.seeing(run_of(step.recipe))
    show(view, course)
    assert said in text(view)
    assert lesson.insight in text(view)


def test_why_says_the_interval_and_the_order(view: LessonView) -> None:
    show(view, predicting(LUCK).locked((430.0, 60.0)).seeing(lab_of(425)))
    assert "inside the 95\u00a0% interval, 81.6 to 87.9\u00a0%" in text(view)
    assert "more than 10 percentage points away" in text(view)
    assert "The order of the predictions is right." in text(view)


def test_the_end_of_why_leads_on(qtbot: QtBot, view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LINE).locked((3.0,)).seeing(run_of(ONE)))
    press(ENTER)
    assert wishes == ["led_on"]
    done = predicting(FALL).locked(((1.0,) * 61,)).seeing(run_of(QUICK)).led_on()
    for following, wish in (("Luck", "next_requested"), ("", "left")):
        other, window = made(qtbot, following)
        seen = wishes_of(other)
        show(other, done)
        assert ("Next: Luck" in text(other)) == bool(following)
        press(ENTER)
        assert seen == [wish]
        window.close()


def test_an_option_that_is_reached_by_keys_is_in_sight(view: LessonView) -> None:
    asked = WHO.predictions[0]
    assert isinstance(asked, ChoiceAsked)
    view.resize(280, 230)
    long = replace(asked, options=asked.options * 4)
    show(view, predicting(replace(WHO, predictions=(long,))))
    for _ in range(7):
        press(KEYS.Key_Down)
    assert focused() == "prediction_1_8"
    chosen = child(view, QWidget, focused())
    assert chosen.visibleRegion().boundingRect().height() == chosen.height()


def test_an_exercise_says_why_tries_fail_and_then_shows(
    view: LessonView, wishes: list[object]
) -> None:
    show(view, trying(FASTER))
    assert shown_button(view, "lesson_show_me") is None
    show(view, trying(FASTER, OTHER_SEED))
    assert "Try 1 (learning rate): after 300 steps three rows are correct. Expected:" in text(view)
    assert "As before" not in text(view)
    show(view, trying(FASTER, OTHER_SEED).seeing(run_of(ONE)))
    assert "As before: after 300 steps" in text(view)
    show_me = shown_button(view, "lesson_show_me")
    assert show_me is not None
    show_me.click()
    show(view, trying(FASTER, OTHER_SEED).shown())
    assert shown_button(view, "lesson_show_me") is None
    assert "The solution is shown" in text(view)
    assert wishes == ["show_me_requested"]


def test_a_lesson_that_is_done_says_what_was_done(view: LessonView) -> None:
    done = trying().seeing(run_of(WIDER))
    assert done.stage is Stage.DONE
    show(view, done)
    assert child(view, QLabel, "lesson_trail").accessibleName() == "Lesson done"
    assert "You have solved the exercise." in text(view)
    show(view, trying().shown().seeing(run_of(WIDER)))
    assert "The solution of the exercise was shown." in text(view)


def test_tab_leads_through_the_column_in_its_order(view: LessonView) -> None:
    """Also to pages that are made after all else in the window."""
    show(view, Course.of(LINE))
    show(view, predicting(LUCK))
    child(view, QScrollArea).setFocus()
    seen = []
    for _ in range(2):
        press(TAB)
        seen.append(focused())
    assert seen == ["prediction_1", "prediction_2"]
    show(view, trying())
    child(view, QScrollArea).setFocus()
    press(TAB)
    assert focused() == "width"


def test_a_number_that_gets_the_focus_is_selected_to_be_typed_over(view: LessonView) -> None:
    show(view, predicting(LUCK))
    child(view, QScrollArea).setFocus()
    show(view, trying())
    assert focused() == "width"
    assert child(view, NumberField, "width").lineEdit().selectedText() == "1"


def test_every_part_of_every_page_has_a_name(view: LessonView) -> None:
    do = predicting(LUCK).locked((430.0, 60.0))
    rest = do, do.seeing(lab_of(425)), trying(), predicting(FALL)
    for course in (Course.of(LINE), predicting(WHO), predicting(LUCK), *rest):
        show(view, course)
        for part in view.findChildren(QWidget):
            is_own = not part.objectName().startswith("qt_")
            if is_own and part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible():
                assert part.accessibleName(), part


@pytest.mark.parametrize("zoom", [2.0, pytest.param(1.0, marks=pytest.mark.thorough)])
def test_texts_follow_the_zoom_and_nothing_is_wider_than_the_column(
    view: LessonView, qapp: QApplication, zoom: float
) -> None:
    show(view, predicting(LINE))
    apply_theme(qapp, LIGHT, 1.5)  # which sets a style sheet anew when the next one comes
    apply_theme(qapp, DARK, zoom)
    view.refit()
    view.setFixedWidth(view.width_in(850))
    own = 1.15 * qapp.font().pointSizeF()
    assert view.findChildren(Page)[-1].findChildren(SizedLabel)[
        0
    ].font().pointSizeF() == pytest.approx(own)
    do = predicting(WHO).locked((2.0,)).seeing(run_of(QUICK))
    for course in (predicting(LUCK), predicting(WHO), do, trying(FASTER, OTHER_SEED)):
        show(view, course)
        QApplication.processEvents()
        inside = view.findChildren(Page)[-1]
        assert isinstance(room := inside.parentWidget(), QWidget)
        assert inside.minimumSizeHint().width() <= room.width()


def test_long_words_are_broken_so_that_all_else_is_in_sight(view: LessonView) -> None:
    question = breakable("What does a Donaudampfschifffahrtsgesellschaftskapitän know?")
    show(view, Course.of(replace(LINE, play="", question=question)))
    QApplication.processEvents()
    area = child(view, QScrollArea)
    inside = area.widget()
    assert inside is not None
    assert inside.width() <= area.viewport().width()
    assert child(view, QLineEdit).geometry().right() < 280
