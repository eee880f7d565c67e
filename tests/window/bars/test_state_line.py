"""The line above the panels: a word and a sentence, never cut, and one button."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.core.diagnosis.test_brief import BLANK, SAID
from tests.support.cases import Clock
from tests.support.screen import child, shown
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from xorviz.core import numerals
from xorviz.core.diagnosis.brief import brief
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.ui.chrome.strip_button import StatusMark
from xorviz.ui.chrome.texts import WrappedLabel
from xorviz.ui.said import told_of
from xorviz.window.bars.state_line import HOLD_SECONDS, INTERVAL_MS, DiagnosisStrip, StateLine
from xorviz.window.document.document import Document

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


def line_of(seen: Snapshot) -> str:
    return diagnose_seen(seen).said.line


def test_the_line_shows_the_state_and_says_its_step(strip: DiagnosisStrip) -> None:
    assert text(strip) == ""
    assert strip.accessibleDescription() == told_of(strip)[0] != ""
    for run, seen in enumerate((LEARNING, UNTRAINED, NO_ROW, DONE)):
        alone = line_of(seen)
        at = f" (at step {numerals.whole(seen.step)})" if seen.step else ""
        pairs = (None, alone), (UNTRAINED, f"Run A: {alone}"), (None, alone)
        for other, (beside, said) in enumerate(pairs):
            strip.show_snapshot(replace(seen, run=9 * run + other, beside=beside))
            assert text(strip) == said
            assert said.startswith(strip.line.head)
            assert strip.line.head.endswith(".")
            assert strip.toolTip() == strip.accessibleName() == said + at
    assert line_of(UNTRAINED) == "Not trained."


@pytest.mark.parametrize("beside", [None, UNTRAINED])
@pytest.mark.parametrize(("width", "zoom"), [(850, 1), (1280, 1.5), (1280, 1), (850, 2)])
def test_no_sentence_is_cut_and_none_moves_anything(
    line: StateLine, width: int, zoom: float, beside: Snapshot | None
) -> None:
    """Of all states, beside the longest button, whatever the text's size is."""
    strip, font = line._strip, line.font()
    font.setPointSizeF(zoom * font.pointSizeF())
    for part in (line, *line.findChildren(QWidget)):
        part.setFont(font)
    line.best_fix = lambda _: ("Restart with width 4 and biases", "")
    shown_run = replace(TRAPPED, beside=beside)
    show(line, shown_run)
    label, heights = child(line, WrappedLabel), set()
    for state, _, known, _ in SAID:
        found = Diagnosis(state, brief(state, replace(BLANK, **known), None), BLANK, (), 12_345)
        strip._show(found, shown_run)
        line.resize(width, line.sizeHint().height())
        QApplication.processEvents()
        heights.add(line.height())
        fits = label.laid_out().boundingRect()
        assert fits.height() <= label.height(), label.text()
        assert fits.width() <= label.width()
    assert len(heights) == 1
    assert (heights.pop() < 2.5 * strip.fontMetrics().height() + 18) or zoom == 2


def test_a_stream_is_diagnosed_four_times_a_second_and_its_last_snapshot_anyway(
    qtbot: QtBot, strip: DiagnosisStrip
) -> None:
    steps: list[int | None] = []
    strip.diagnosed.connect(lambda found, _: steps.append(found.step))
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
    assert text(strip) == line_of(NO_ROW)
    assert "at step 300" in strip.toolTip()
    clock.now += 0.01 * HOLD_SECONDS
    turn(strip)
    assert text(strip) == line_of(FALLING)
    assert "at step 3\u202f124" in strip.toolTip()


def test_the_first_name_of_a_run_is_not_held(strip: DiagnosisStrip) -> None:
    """It is of the first steps, and outputs may come to a stuck state long before a second."""
    for seen in (UNTRAINED, trained(QUICK, 1), NO_ROW):
        strip.show_snapshot(seen)
    turn(strip)
    assert text(strip).startswith("Plateau. ")
    strip.show_snapshot(FALLING)
    turn(strip)
    assert text(strip).startswith("Plateau. "), "as every other name is"
    strip.set_running(False)
    assert text(strip) == line_of(FALLING), "a pause shows the last one at once"
    strip.show_snapshot(NO_ROW)
    assert text(strip).startswith("Plateau. ")


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (UNTRAINED, trained(QUICK, 1), "Learning"),
        (NO_ROW, LEARNING, "Learning"),
        (NO_ROW, DONE, "Learned"),
        (DONE, replace(NO_ROW, step=401), "Plateau"),
        (NO_ROW, replace(NO_ROW, step=301, halt=Halt.DIVERGED), "Diverging"),
        (LEARNING, NO_ROW, "Plateau"),
        (DONE, replace(NO_ROW, step=401, run=1), "Plateau"),
    ],
    ids=["begun", "all right", "learned", "no longer", "diverged", "a step back", "another run"],
)
def test_a_name_that_the_window_contradicts_is_never_held(
    strip: DiagnosisStrip, before: Snapshot, after: Snapshot, name: str
) -> None:
    strip.show_snapshot(before)
    strip.show_snapshot(after)
    assert text(strip).startswith(f"{name}. ")


def test_the_mark_is_good_only_for_good_states(strip: DiagnosisStrip) -> None:
    strip.set_running(False)
    one_unit = RunConfig(width=1, rate=0.5, biases=True)
    for seen, mark in (
        (UNTRAINED, StatusMark.NONE),
        (DONE, StatusMark.TICK),
        (LEARNING, StatusMark.DISC),
        (trained(one_unit, 380), StatusMark.DIAMOND),  # it learns, but in vain
        (trained(RunConfig(width=1, rate=0.5, seed=5), 2000), StatusMark.DIAMOND),
    ):
        strip.show_snapshot(seen)
        assert strip._mark is mark


def test_a_turn_of_the_run_is_announced_once(
    strip: DiagnosisStrip, clock: Clock, announced: list[str]
) -> None:
    diverging = trained(RunConfig(activation="relu", rate=1000, init_range=100), 40)
    told = (FALLING, NO_ROW, LEARNING, DONE, diverging)
    for number, snapshot in enumerate((UNTRAINED, *told, NO_ROW, *told), 1):
        clock.now += HOLD_SECONDS
        strip.show_snapshot(replace(snapshot, run=number // 8))
        turn(strip)
    new = [line_of(one) for one in told[1:]]
    assert announced == [*new, *new]


# Offers

BEGUN = assets.quick_start().config
LEARNED = trained(BEGUN, 700)
STUCK = trained(RunConfig(rate=0.5, seed=3), 300)
TRAPPED = trained(RunConfig(width=2, biases=True, rate=0.5, seed=13), 2000)
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
    """Return the names of what is offered after success."""
    whole = button(line, "what_next")
    if not whole.isVisible():
        return []
    return [one.objectName() for one in whole.menu().actions() if one.isVisible()]


def test_offers_come_when_a_network_has_learned_and_fit_the_run(line: StateLine) -> None:
    height = line.height()
    for step in (0, 1, 300):
        show(line, trained(BEGUN, step))
        assert offered(line) == []
    show(line, LEARNED)
    assert offered(line) == [*NAMES]
    assert line.sizeHint().height() <= height
    assert all(one.toolTip() for one in button(line, "what_next").menu().actions())
    show(line, replace(LEARNED, config=replace(BEGUN, targets=(1, 1, 1, 0))))
    assert offered(line) == [*NAMES[1:]], "nothing is known to fail with these targets"
    zero = replace(LEARNED, config=replace(BEGUN, init="zero", targets=(1, 1, 1, 0)))
    for other in (zero, replace(LEARNED, beside=LEARNED), LEARNED_ELSEWHERE):
        show(line, LEARNED, other)
        assert offered(line) == []


def test_an_offer_runs_another_network_or_opens_the_lab(qtbot: QtBot, line: StateLine) -> None:
    asked, document = list[bool](), line._document
    line.lab_requested.connect(lambda: asked.append(True))
    document.put(Project(LEARNED.record, 700))
    show(line, LEARNED)
    for action in button(line, "what_next").menu().actions():
        action.trigger()
        qtbot.waitUntil(lambda: not line._session._waiting)
        begun = document.project.record.config
        if action.objectName() == "offer_break":
            assert begun == replace(BEGUN, width=2, biases=False)
        elif action.objectName() == "offer_weights":
            assert begun.seed != BEGUN.seed
        assert line._session.playing == (action.objectName() != "offer_lab")
        line._session.pause()
    assert asked == [True]


def test_the_line_names_the_network_that_it_is_about(line: StateLine) -> None:
    about = child(line, QLabel, "about_run")
    assert about.textFormat() == Qt.TextFormat.PlainText
    for is_shown in (True, False):
        line.show_about(is_shown)
        assert about.isVisible() == is_shown
        for beside, name in ((None, "Current run"), (LEARNED, "Run A"), (None, "Current run")):
            show(line, replace(LEARNED, beside=beside))
            assert about.text().startswith(f"{name}: width ")


def test_a_fix_is_offered_where_a_run_is_stuck_or_rests_and_needed_once_it_stopped(
    line: StateLine,
) -> None:
    needed, asked = list[bool](), list[bool]()
    line.needs_help.connect(lambda: needed.append(True))
    line.fix_requested.connect(lambda: asked.append(True))
    fix = button(line, "fix_it")
    show(line, STUCK)
    assert not fix.isVisible(), "the session is at another step"
    show(line, TRAPPED)
    assert (fix.isVisible(), fix.text()) == (True, "Fix it"), "also while it runs"
    line._session._at = STUCK
    show(line, trained(STUCK.config, 99), replace(STUCK, right_since=None))
    assert line.offers_help
    line.best_fix = lambda _: ("Use width 4", "worked")
    line.refresh()
    assert (fix.text(), fix.toolTip()) == ("Use width 4", "worked")
    assert needed == []
    for activity in (Activity.PLAYING, Activity.PAUSED, Activity.PAUSED):
        line._session.activity_changed.emit(activity)
    assert needed == [True], "once"
    fix.click()
    assert asked == [True]
    for seen in (LEARNED, trained(STUCK.config, 99)):
        line._session._at = seen
        show(line, seen)
        assert not line.offers_help, "it is correct, or has just begun"
        assert not fix.isVisible()
    line._session._at = learning = trained(BEGUN, 200)
    show(line, learning)
    assert line.offers_help
    assert not fix.isVisible(), "nothing is broken"
