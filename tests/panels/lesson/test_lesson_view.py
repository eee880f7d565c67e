"""The bar of a lesson: its stages by keyboard alone, and what it says."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.panels.lesson.courses import (
    FALL,
    FASTER,
    LINE,
    LUCK,
    ONE,
    OTHER_SEED,
    PLACE,
    WHO,
    WIDER,
    lab_of,
    predicting,
    run_of,
    trying,
)
from tests.support.screen import active_window, child, press, type_into
from tests.support.snapshots import QUICK
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.fields import Text, breakable
from xorviz.lessons.lesson import ChoiceAsked, Lesson
from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.panels.lesson.pages.page import Page
from xorviz.panels.lesson.pages.progress import RunProgress
from xorviz.panels.lesson.trail import Trail
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.draw.painted import PaintedPart
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import SwitchField
from xorviz.ui.forms.scrolled import SizedLabel
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.ui.theme.style import apply_theme

KEYS = Qt.Key
TAB, ENTER = KEYS.Key_Tab, KEYS.Key_Return


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[LessonView]:
    view = LessonView()
    view.resize(280, 700)
    window = active_window(qtbot, view)
    yield view
    window.close()


@pytest.fixture
def wishes(view: LessonView) -> list[object]:
    """Return a list of all that is asked for."""
    seen: list[object] = []
    view.wishes.locked.connect(seen.append)
    for name in ("played", "exercise_requested", "show_me_requested", "restore_requested", "left"):
        getattr(view.wishes, name).connect(lambda name=name: seen.append(name))
    for name in ("next_requested", "draw_requested"):
        getattr(view.wishes, name).connect(lambda name=name: seen.append(name))
    view.wishes.unlock_requested.connect(seen.append)
    return seen


def show(view: LessonView, course: Course) -> None:
    """Show a course, and give the bar the focus as a person does."""
    view.show_course(course, PLACE)
    view.setFocus(Qt.FocusReason.TabFocusReason)


def text(view: QWidget) -> str:
    """Return all texts in sight."""
    labels = view.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(view))


def shown_button(view: LessonView, name: str) -> QPushButton | None:
    found = view.findChild(QPushButton, name)
    return found if found is not None and found.isVisibleTo(view) else None


def focused() -> str:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget.objectName()


def test_play_leads_to_the_question(view: LessonView, wishes: list[object]) -> None:
    show(view, Course.of(LINE))
    assert LINE.play in text(view)
    assert child(view, Trail).accessibleName() == "Stage 1 of 5: Play"
    press(ENTER)
    assert wishes == ["played"]


def test_a_number_is_typed_and_locked(view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LINE))
    lock = child(view, QPushButton, "lesson_lock")
    assert not lock.isEnabled()
    assert lock.toolTip() == "Not answered yet: Rows at best."
    press(ENTER)  # nothing is preselected that could be locked
    press(KEYS.Key_7)  # more than the range allows
    press(ENTER)
    assert "allowed: a whole number from 0 to 4" in text(view)
    press(KEYS.Key_3)
    press(ENTER)
    assert wishes == [((3.0,),)]


def test_a_number_is_stepped_to_from_either_end(view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LINE))
    press(KEYS.Key_Down)
    press(KEYS.Key_Down)
    press(ENTER)
    view.begin()
    show(view, predicting(LINE))
    press(KEYS.Key_Up)
    press(ENTER)
    assert wishes == [((3.0,),), ((0.0,),)]


@pytest.mark.parametrize("key", [ENTER, KEYS.Key_Space])
def test_an_option_is_reached_by_an_arrow_and_chosen_by_a_key(
    view: LessonView, wishes: list[object], key: Qt.Key
) -> None:
    show(view, predicting(WHO))
    press(KEYS.Key_1)  # digits choose nothing
    press(KEYS.Key_Down)
    press(key)
    press(ENTER)  # goes on
    assert wishes == [((2.0,),)]


def test_enter_goes_on_to_what_is_missing(view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LUCK))
    press(KEYS.Key_4)
    press(ENTER)
    press(KEYS.Key_8)
    press(KEYS.Key_5)
    press(ENTER)
    assert wishes == [((4.0,), (85.0,))]


def test_a_class_is_counted_by_keys(
    view: LessonView, wishes: list[object], announced: list[str]
) -> None:
    show(view, predicting(LUCK))
    child(view, SwitchField, "lesson_class").setFocus()
    press(ENTER)
    for key in (KEYS.Key_9, KEYS.Key_3, KEYS.Key_9, KEYS.Key_Backspace):
        press(key)
    assert announced[-1] == "500 seeds: 1"
    press(TAB)  # to the next prediction
    assert focused() == "prediction_2_tally"
    press(KEYS.Key_5)
    press(ENTER)
    assert wishes == [((500.0, 125.0), (50.0,))]


def test_a_drawing_is_taken_and_taken_back(
    qtbot: QtBot, view: LessonView, wishes: list[object]
) -> None:
    show(view, predicting(FALL))
    press(ENTER)  # on the button that leads to the panel Loss
    drawn = (1.0,) * 20 + (0.1,) * 41
    view.show_drawing(drawn)
    assert "falls to half at step 100" in text(view)
    view.show_drawing(None)
    assert "Nothing is drawn yet." in text(view)
    view.show_drawing(drawn)
    press(KEYS.Key_K, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(wishes) > 1)  # the button is seen to be pressed
    assert wishes == ["draw_requested", ((drawn,),)]


def test_what_to_do_comes_step_by_step(view: LessonView, announced: list[str]) -> None:
    course = predicting(WHO).locked(((2.0,),))
    show(view, course)
    assert "Step 1 of 2" in text(view)
    assert "The winner: “The narrow one”" in text(view)
    progress = child(view, RunProgress)
    size = progress.size()
    view.show_course(course.seeing(run_of(QUICK, 100)), PLACE)
    assert child(view, RunProgress) is progress  # nothing is made anew while it runs
    assert (progress.text, progress.size()) == ("step 100 of 300", size)
    assert progress.accessibleDescription().startswith("All four rows are correct.")
    view.show_course(course.seeing(run_of(QUICK)), PLACE)
    assert announced[-1] == (
        "All four rows are correct from step 82 on. Step 2 of 2. Run the narrow one."
    )
    assert focused() == "lesson_page"


def test_another_recipe_is_said_and_set_back(view: LessonView, wishes: list[object]) -> None:
    for course in (predicting(LINE), predicting(LINE).locked(((3.0,),))):
        show(view, course)
        assert shown_button(view, "lesson_restore") is None
        view.show_strayed("The rate is 0.1 instead of 0.5.")
        assert "The rate is 0.1 instead of 0.5." in text(view)
        restore = shown_button(view, "lesson_restore")
        assert restore is not None
        restore.click()
        view.show_strayed("")
    assert wishes == ["restore_requested"] * 2


@pytest.mark.parametrize(
    ("lesson", "answers", "said"),
    [
        (LINE, ((3.0,),), "Your prediction is right."),
        (LINE, ((4.0,),), "Your prediction is not what happened."),
        (LINE, ((3.0, 3.0, 4.0),), "2 of 3 answers right."),
        (WHO, ((1.0,),), "Your prediction is right."),
        (
            FALL,
            (((1.0,) * 20 + (0.1,) * 41,),),
            "The fall of your curve is within a factor of 2 of that step.",
        ),
        (FALL, (((1.0,) * 61,),), "The fall of your curve is not within a factor of 2 of"),
    ],
)
def test_why_says_what_became_of_a_prediction(
    view: LessonView, lesson: Lesson, answers: tuple[tuple[float, ...], ...], said: str
) -> None:
    course = predicting(lesson).locked(answers)
    for step in lesson.steps:
        course = course.seeing(run_of(step.recipe))
    show(view, course)
    assert said in text(view)
    assert lesson.insight in text(view)


def test_why_says_the_interval_and_the_order(view: LessonView) -> None:
    show(view, predicting(LUCK).locked(((430.0,), (60.0,))).seeing(lab_of(425)))
    assert "inside the 95\u00a0% interval, 81.6 to 87.9\u00a0%" in text(view)
    assert "more than 10 percentage points away" in text(view)
    assert "The order of the predictions is right." in text(view)


def test_the_end_of_why_leads_on(view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LINE).locked(((3.0,),)).seeing(run_of(ONE)))
    press(ENTER)
    course = predicting(FALL).locked((((1.0,) * 61,),)).seeing(run_of(QUICK))
    show(view, course)
    press(ENTER)
    view.show_next("Luck has a size")
    assert "Next: Luck has a size" in text(view)
    press(ENTER)
    assert wishes == ["exercise_requested", "left", "next_requested"]


def test_an_option_that_is_reached_by_keys_is_in_sight(view: LessonView) -> None:
    asked = WHO.predictions[0]
    assert isinstance(asked, ChoiceAsked)
    view.resize(280, 230)
    long = replace(asked, options=asked.options * 4)
    show(view, predicting(replace(WHO, predictions=(long,))))
    for _ in range(7):
        press(KEYS.Key_Down)
    press(ENTER)
    assert focused() == "prediction_1_8"
    chosen = child(view, QWidget, focused())
    assert chosen.visibleRegion().boundingRect().height() == chosen.height()


def test_an_exercise_says_why_tries_fail_and_then_shows(
    view: LessonView, wishes: list[object]
) -> None:
    show(view, replace(trying(), attempts=(run_of(ONE),)))
    assert "Try 1 (no setting changed): after" in text(view)
    assert "another change" not in text(view)
    assert shown_button(view, "lesson_show_me") is None
    show(view, trying(FASTER, OTHER_SEED))
    assert "Try 1 (learning rate): after 300 steps three rows are correct. But the" in text(view)
    show_me = shown_button(view, "lesson_show_me")
    assert show_me is not None
    show_me.click()
    show(view, trying(FASTER, OTHER_SEED).shown())
    assert shown_button(view, "lesson_show_me") is None
    assert "The solution is shown" in text(view)
    assert wishes == ["show_me_requested"]


def test_a_lesson_that_is_done_says_what_was_done(view: LessonView, wishes: list[object]) -> None:
    done = trying().seeing(run_of(WIDER))
    assert done.stage is Stage.DONE
    show(view, done)
    assert child(view, Trail).accessibleName() == "Lesson done"
    assert "You have solved the exercise." in text(view)
    view.show_course(trying().shown().seeing(run_of(WIDER)), PLACE)
    assert "The solution of the exercise was shown." in text(view)
    child(view, ToolButton, "lesson_leave").click()
    assert wishes == ["left"]


def test_tab_leads_through_the_bar_and_on(qtbot: QtBot) -> None:
    """Also to pages that are made after all else in the window."""
    view, after = LessonView(), QLineEdit()
    after.setObjectName("after")
    both = QWidget()
    column(both, view, after)
    window = active_window(qtbot, both)
    view.show_course(Course.of(LINE), PLACE)
    view.show_course(predicting(LUCK), PLACE)
    child(window, QWidget, "lesson_leave").setFocus()
    seen = []
    for _ in range(5):
        press(TAB)
        seen.append(focused())
    assert seen == ["lesson_page", "prediction_1", "prediction_2", "lesson_class", "after"]


@pytest.mark.parametrize(("height", "begins_at_page"), [(200, True), (420, False)])
def test_a_new_page_begins_at_its_top(
    qtbot: QtBot, view: LessonView, height: int, begins_at_page: bool
) -> None:
    view.setFixedHeight(height)
    do = predicting(LUCK).locked(((430.0,), (60.0,)))
    bar = child(view, QScrollArea).verticalScrollBar()
    for course in (predicting(LUCK), do.seeing(lab_of(425))):
        show(view, course)
        qtbot.waitUntil(lambda: bar.value() == child(view, Page).y() * begins_at_page)
        bar.setValue(bar.maximum())


def test_the_teachers_word_is_asked_for(view: LessonView, wishes: list[object]) -> None:
    show(view, predicting(LINE))
    view.show_unlocking(True, "")
    word = child(view, QLineEdit, "lesson_word")
    type_into(word, "sunflower")
    view.show_unlocking(True, "That is not the word.")
    assert "That is not the word." in text(view)
    view.show_unlocking(False, "")
    assert wishes == ["sunflower"]  # Enter locks no prediction
    assert not word.isVisible()


def test_every_part_of_every_page_has_a_name(view: LessonView) -> None:
    locked = predicting(LINE).locked(((3.0,),))
    luck = predicting(LUCK)
    do = luck.locked(((430.0,), (60.0,)))
    rest = do, do.seeing(lab_of(425)), trying(), predicting(FALL)
    for course in (Course.of(LINE), predicting(WHO), luck, locked, *rest):
        show(view, course)
        for part in view.findChildren(QWidget):
            is_own = not part.objectName().startswith("qt_")
            if is_own and part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible():
                assert part.accessibleName(), part


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_texts_follow_the_zoom_and_nothing_is_wider_than_the_bar(
    view: LessonView, qapp: QApplication, zoom: float
) -> None:
    show(view, predicting(LINE))
    apply_theme(qapp, LIGHT, 1.5)  # which sets a style sheet anew when the next one comes
    apply_theme(qapp, DARK, zoom)
    view.apply_theme(DARK)
    view.setFixedWidth(view.width_in(850))
    own = 1.15 * qapp.font().pointSizeF()
    assert child(view, Page).findChildren(SizedLabel)[0].font().pointSizeF() == pytest.approx(own)
    do = predicting(WHO).locked(((2.0,),)).seeing(run_of(QUICK))
    for course in (predicting(LUCK), predicting(WHO), do, trying(FASTER, OTHER_SEED)):
        show(view, course)
        QApplication.processEvents()
        inside = child(view, Page)
        assert isinstance(room := inside.parentWidget(), QWidget)
        assert inside.minimumSizeHint().width() <= room.width()
        for part in filter(PaintedPart.isVisible, inside.findChildren(PaintedPart)):
            assert part.height() == part.heightForWidth(part.width())
        sizes = [label.font().pointSizeF() for label in inside.findChildren(SizedLabel)]
        assert max(sizes) == pytest.approx(own)


def test_long_words_are_broken_so_that_all_else_is_in_sight(view: LessonView) -> None:
    question = Text(200).check("What does a Donaudampfschifffahrtsgesellschaftskapitän know?")
    place = breakable("x" * 60 + ".xlesson")
    view.show_course(Course.of(replace(LINE, play="", question=question)), place)
    QApplication.processEvents()
    area = child(view, QScrollArea)
    inside = area.widget()
    assert inside is not None
    assert inside.width() <= area.viewport().width()
    assert child(view, ToolButton, "lesson_leave").geometry().right() < 280
