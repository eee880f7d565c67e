"""The line above the panels: after success it offers what to do next."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.screen import child, shown
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from tests.support.windows import settle
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.strip_button import StatusMark
from xorviz.window.bars.state_line import HOLD_SECONDS, INTERVAL_MS, DiagnosisStrip, StateLine
from xorviz.window.document.document import Document
from xorviz.window.main_window import MainWindow

UNTRAINED = trained(QUICK)
NO_ROW = trained(RunConfig(), 300)
LEARNING = trained(RunConfig(rate=0.1), 3_124)
FALLING = replace(LEARNING, right_since=None)
DONE = trained(QUICK, 400)


@pytest.fixture
def strip(qtbot: QtBot, clock: Clock) -> Iterator[DiagnosisStrip]:
    strip = shown(qtbot, DiagnosisStrip(clock), 900, 32)
    yield strip
    strip.set_running(False)


def text(strip: DiagnosisStrip) -> str:
    return child(strip, QLabel, "diagnosis").text()


def turn(strip: DiagnosisStrip) -> None:
    """Let the time between two diagnoses pass."""
    wait = child(strip, QTimer, "diagnosis_timer")
    wait.stop()
    wait.timeout.emit()


def test_the_line_shows_the_diagnosis_and_its_step(strip: DiagnosisStrip) -> None:
    assert text(strip) == ""
    assert strip.accessibleDescription() == strip.whatsThis() != ""
    for run, seen in enumerate((LEARNING, UNTRAINED, NO_ROW, DONE)):
        alone = diagnose_seen(seen).sentence
        of_two = f"Run A, {alone[0].lower()}{alone[1:]}"
        at = f" (at step {numerals.whole(seen.step)})" if seen.step else ""
        for other, (beside, said) in enumerate(((None, alone), (UNTRAINED, of_two), (None, alone))):
            strip.show_snapshot(replace(seen, run=9 * run + other, beside=beside))
            assert text(strip) == said
            assert strip.line.head == said[: len(strip.line.head)]
            assert strip.toolTip() == strip.accessibleName() == said + at
    assert diagnose_seen(UNTRAINED).sentence == "Not trained yet."


def test_a_stream_is_diagnosed_four_times_a_second_and_its_last_snapshot_anyway(
    qtbot: QtBot, strip: DiagnosisStrip
) -> None:
    steps: list[int | None] = []
    strip.diagnosed.connect(lambda diagnosis: steps.append(diagnosis.step))
    for step in range(300, 400):
        strip.show_snapshot(replace(NO_ROW, step=step))
    assert steps == [300]
    turn(strip)
    assert steps == [300, 399]
    turn(strip)  # nothing new
    strip.show_snapshot(replace(NO_ROW, step=400))
    assert steps == [300, 399, 400]
    strip.show_snapshot(replace(NO_ROW, step=401))
    qtbot.waitUntil(lambda: steps[-1] == 401)


def test_a_name_is_held_for_a_second_with_the_numbers_of_its_step(
    strip: DiagnosisStrip, clock: Clock
) -> None:
    assert INTERVAL_MS < 1000 * HOLD_SECONDS
    clock.now += HOLD_SECONDS
    strip.show_snapshot(NO_ROW)
    clock.now += 0.99 * HOLD_SECONDS
    strip.show_snapshot(FALLING)
    turn(strip)
    assert text(strip) == diagnose_seen(NO_ROW).sentence
    assert "at step 300" in strip.toolTip()
    clock.now += 0.01 * HOLD_SECONDS
    turn(strip)
    assert text(strip) == diagnose_seen(FALLING).sentence
    assert "at step 3\u202f124" in strip.toolTip()


def test_the_first_name_of_a_run_is_not_held(strip: DiagnosisStrip) -> None:
    """It is of the first steps, and outputs may come to a stuck state long before a second."""
    for seen in (UNTRAINED, trained(QUICK, 1), NO_ROW):
        strip.show_snapshot(seen)
    turn(strip)
    assert text(strip).startswith("No row learned: ")
    strip.show_snapshot(FALLING)
    turn(strip)
    assert text(strip).startswith("No row learned: "), "as every other name is"
    strip.set_running(False)
    assert text(strip) == diagnose_seen(FALLING).sentence, "a pause shows the last one at once"
    strip.show_snapshot(NO_ROW)
    assert text(strip).startswith("No row learned: ")


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (UNTRAINED, trained(QUICK, 1), "Learning"),
        (NO_ROW, LEARNING, "All four correct at step 2\u202f281"),
        (NO_ROW, DONE, "Learned at step 168"),
        (DONE, replace(NO_ROW, step=401), "No row learned"),
        (NO_ROW, replace(NO_ROW, step=301, halt=Halt.DIVERGED), "Diverging"),
        (LEARNING, NO_ROW, "No row learned"),
        (DONE, replace(NO_ROW, step=401, run=1), "No row learned"),
    ],
    ids=["begun", "all right", "learned", "no longer", "diverged", "a step back", "another run"],
)
def test_a_name_that_the_window_contradicts_is_never_held(
    strip: DiagnosisStrip, before: Snapshot, after: Snapshot, name: str
) -> None:
    strip.show_snapshot(before)
    strip.show_snapshot(after)
    assert text(strip).startswith(f"{name}: ")


def test_the_mark_is_good_only_for_good_states(strip: DiagnosisStrip) -> None:
    strip.set_running(False)
    one_unit = RunConfig(width=1, rate=0.5, biases=True)
    for seen, mark, word in (
        (UNTRAINED, StatusMark.NONE, "Details"),
        (DONE, StatusMark.TICK, "Details"),
        (LEARNING, StatusMark.DISC, "Details"),
        (trained(one_unit, 380), StatusMark.DIAMOND, "Details"),  # it learns, but in vain
        (trained(RunConfig(width=1, rate=0.5, seed=5), 2000), StatusMark.DIAMOND, "What to try"),
    ):
        strip.show_snapshot(seen)
        assert (strip._mark, strip.more) == (mark, word)


def test_a_turn_of_the_run_is_announced_once(
    strip: DiagnosisStrip, clock: Clock, announced: list[str]
) -> None:
    diverging = trained(RunConfig(activation="relu", rate=1000, init_range=100), 40)
    told = (FALLING, NO_ROW, LEARNING, DONE, diverging)
    for number, snapshot in enumerate((UNTRAINED, *told, NO_ROW, *told), 1):
        clock.now += HOLD_SECONDS
        strip.show_snapshot(replace(snapshot, run=number // 8))
        turn(strip)
    new = [diagnose_seen(one).sentence for one in told[1:]]
    assert announced == [*new, *new]


# Offers

BEGUN = assets.quick_start().config
LEARNED = trained(BEGUN, 700)
STUCK = trained(RunConfig(rate=0.5, seed=3), 300)
LEARNED_ELSEWHERE = watched_run(BEGUN, (0, 690, 700), start=BEGUN.seed).snapshot()
NAMES = ("offer_break", "offer_weights", "offer_lab")


@pytest.fixture
def line(qtbot: QtBot, session: TrainingSession) -> StateLine:
    strip = DiagnosisStrip()
    strip.set_running(False)
    return shown(qtbot, StateLine(strip, session, Document(session)), 1260, 34)


def show(line: StateLine, *snapshots: Snapshot) -> None:
    for snapshot in snapshots:
        child(line, DiagnosisStrip).show_snapshot(snapshot)


def button(line: QWidget, name: str) -> QPushButton:
    return child(line, QPushButton, name)


def offered(line: QWidget) -> list[str]:
    """Return the names of the buttons that are shown."""
    return [name for name in NAMES if button(line, f"{name}_button").isVisible()]


def widen(line: StateLine, width: int) -> None:
    line.resize(width, line.height())
    QApplication.processEvents()


def test_offers_come_when_a_network_has_learned_and_fit_the_run(line: StateLine) -> None:
    height = line.height()
    for step in (0, 1, 300):
        show(line, trained(BEGUN, step))
        assert offered(line) == []
    show(line, LEARNED)
    assert offered(line) == [*NAMES]
    assert line.sizeHint().height() <= height
    assert all(button(line, f"{name}_button").toolTip() for name in NAMES)
    show(line, replace(LEARNED, config=replace(BEGUN, targets=(1, 1, 1, 0))))
    assert offered(line) == [*NAMES[1:]], "nothing is known to fail with these targets"
    zero = replace(LEARNED, config=replace(BEGUN, init="zero", targets=(1, 1, 1, 0)))
    for other in (zero, replace(LEARNED, beside=LEARNED), LEARNED_ELSEWHERE):
        show(line, LEARNED, other)
        assert offered(line) == []


def test_the_line_names_the_network_that_it_is_about(line: StateLine) -> None:
    about = child(line, QLabel, "about_run")
    assert about.textFormat() == Qt.TextFormat.PlainText
    for is_shown in (True, False):
        line.show_about(is_shown)
        assert about.isVisible() == is_shown
        for beside, name in ((None, "Current run"), (LEARNED, "Run A"), (None, "Current run")):
            show(line, replace(LEARNED, beside=beside))
            assert about.text().startswith(f"{name}: width ")
        assert button(line, "offers").isVisible() == is_shown, "the sentence is whole"


def test_without_space_the_offers_are_in_a_menu_which_no_shorter_sentence_unfolds(
    line: StateLine,
) -> None:
    strip, whole = child(line, DiagnosisStrip), button(line, "offers")
    show(line, LEARNED)
    assert not whole.isVisible()
    widen(line, 800)
    assert whole.isVisible()
    assert offered(line) == []
    assert whole.geometry().right() < line.width()
    listed = [one.objectName() for one in whole.menu().actions() if one.isVisible()]
    assert listed == [*NAMES]
    strip.show_line(StatusMark.TICK, "", "Learned")
    strip.diagnosed.emit(strip.diagnosis)
    assert whole.isVisible()
    widen(line, 810)
    assert offered(line) == [*NAMES]


def test_what_helps_is_offered_at_rest_and_needed_once_a_run_stopped(line: StateLine) -> None:
    needed: list[bool] = []
    asked: list[bool] = []
    line.needs_help.connect(lambda: needed.append(True))
    line.help_requested.connect(lambda: asked.append(True))
    line.help_text = lambda _: ("One more unit would help: 49 of 50", "Try it")
    helps = button(line, "offer_help_button")
    show(line, STUCK)
    assert not helps.isVisible(), "the session is at another step"
    line._session._at = STUCK
    show(line, trained(STUCK.config, 99), replace(STUCK, right_since=None))
    assert line.offers_help
    assert (helps.text(), helps.toolTip()) == ("One more unit would help: 49 of 50", "Try it")
    assert needed == []
    for activity in (Activity.PLAYING, Activity.PAUSED, Activity.PAUSED):
        line._session.activity_changed.emit(activity)
    assert needed == [True], "once"
    helps.click()
    assert asked == [True]
    widen(line, 700)
    assert helps.isVisible(), "it may cut the sentence off up to half of the line"
    widen(line, 400)
    assert not helps.isVisible()
    assert button(line, "offers").isVisible()
    for seen in (LEARNED, trained(STUCK.config, 99)):
        line._session._at = seen
        show(line, seen)
        assert not line.offers_help, "it is correct, or has just begun"


def learn(qtbot: QtBot, window: MainWindow) -> None:
    """Train the quick start until it has learned, in a window with space for all offers."""
    window.resize(1280, 800)
    window.file.put(Project(Record(BEGUN), 0), None)
    window.session.step(700)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: offered(window) == [*NAMES])


def press_offer(window: MainWindow, name: str) -> None:
    offer = button(window, f"{name}_button")
    offer.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(offer, Qt.Key.Key_Return)


@pytest.mark.thorough
def test_break_it_and_new_weights_run_at_once_and_can_be_undone(
    qtbot: QtBot, reset_window: MainWindow
) -> None:
    window = reset_window
    window.session.set_speed(1)
    learn(qtbot, window)
    for name in ("offer_break", "offer_weights"):
        press_offer(window, name)
        assert window.session.playing
        begun = window.session.config
        if name == "offer_break":
            assert begun == replace(BEGUN, width=2, biases=False)
        else:
            assert begun.seed != BEGUN.seed
            assert replace(begun, seed=BEGUN.seed) == BEGUN
        qtbot.waitUntil(lambda: offered(window) == [])
        window.session.pause()
        settle(qtbot, window)
        window.document.undo()
        settle(qtbot, window)
        assert window.document.project.record.config == BEGUN
        qtbot.waitUntil(lambda: offered(window) == [*NAMES])


@pytest.mark.thorough
def test_how_often_trains_this_recipe_in_the_lab(qtbot: QtBot, reset_window: MainWindow) -> None:
    window = reset_window
    window._desk.switch(Workspace.LAB)
    qtbot.waitUntil(lambda: window._lab is not None)
    window.lab.recipe.show_recipe(RunConfig(width=7))
    window.lab.recipe.numbers["lab_seed_count"].setValue(4)
    window._desk.switch(Workspace.LEARN)
    learn(qtbot, window)
    press_offer(window, "offer_lab")
    qtbot.waitUntil(window.lab.seeds.isVisible)
    qtbot.waitUntil(lambda: window.lab.runner.under_way is not None)
    order, recipe = window.lab.runner.under_way, window.lab.recipe
    assert order is not None
    assert order.plan == recipe.plan
    assert recipe.plan.recipes[0].width == BEGUN.width
    window.lab.runner.cancel_all()
    assert not window.session.playing
    qtbot.waitUntil(lambda: window.lab.runner.under_way is None)
