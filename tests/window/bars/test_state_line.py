"""The line above the panels: after success it offers what to do next."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.screen import child, is_near, pixel, shown
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_run
from tests.support.windows import find, settle
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.words import evidence_lines
from xorviz.core.network import initial_weights, outputs
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.strip_button import StatusMark
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.window.bars.run_display import state_of
from xorviz.window.bars.state_line import HOLD_SECONDS, INTERVAL_MS, DiagnosisStrip, StateLine
from xorviz.window.document.document import Document
from xorviz.window.main_window import MainWindow

UNTRAINED = trained(QUICK)
NO_ROW = trained(RunConfig(), 300)
LEARNING = trained(RunConfig(), 31_240)
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
    strip.show_snapshot(LEARNING)
    assert text(strip) == diagnose_seen(LEARNING).sentence
    told = f"{text(strip)} (at step 31\u202f240)"
    assert strip.toolTip() == strip.accessibleName() == told


def test_an_untrained_network_is_not_trained_yet_and_nothing_else(strip: DiagnosisStrip) -> None:
    strip.show_snapshot(UNTRAINED)
    assert text(strip) == strip.accessibleName() == "Not trained yet."


@pytest.mark.parametrize("seen", [UNTRAINED, NO_ROW, LEARNING, DONE])
def test_two_runs_side_by_side_are_told_apart(strip: DiagnosisStrip, seen: Snapshot) -> None:
    alone = diagnose_seen(seen).sentence
    of_two = f"Run A, {alone[0].lower()}{alone[1:]}"
    cases = ((None, alone), (UNTRAINED, of_two), (None, alone))
    for run, (beside, said) in enumerate(cases):
        strip.show_snapshot(replace(seen, run=run, beside=beside))
        assert text(strip) == said
        assert strip.line.head == said[: len(strip.line.head)]
        assert strip.accessibleName() == strip.toolTip()
        assert strip.accessibleName().startswith(said)


def test_a_stream_is_diagnosed_four_times_a_second(strip: DiagnosisStrip) -> None:
    seen: list[Diagnosis] = []
    strip.diagnosed.connect(seen.append)
    for step in range(300, 400):
        strip.show_snapshot(replace(NO_ROW, step=step))
    assert [diagnosis.step for diagnosis in seen] == [300]
    turn(strip)
    assert [diagnosis.step for diagnosis in seen] == [300, 399]
    turn(strip)  # nothing new
    strip.show_snapshot(replace(NO_ROW, step=400))
    assert [diagnosis.step for diagnosis in seen] == [300, 399, 400]


def test_the_last_snapshot_of_a_stream_is_diagnosed_without_another(
    qtbot: QtBot, strip: DiagnosisStrip
) -> None:
    strip.show_snapshot(NO_ROW)
    strip.show_snapshot(replace(NO_ROW, step=301))
    qtbot.waitUntil(lambda: "at step 301" in strip.toolTip())


def test_a_name_is_held_with_the_numbers_of_its_step(strip: DiagnosisStrip, clock: Clock) -> None:
    strip.show_snapshot(NO_ROW)
    clock.now += 0.99 * HOLD_SECONDS
    strip.show_snapshot(FALLING)
    turn(strip)
    assert text(strip) == diagnose_seen(NO_ROW).sentence
    assert "at step 300" in strip.toolTip()
    clock.now += 0.01 * HOLD_SECONDS
    turn(strip)
    assert text(strip) == diagnose_seen(FALLING).sentence
    assert "at step 31\u202f240" in strip.toolTip()


def test_the_first_name_of_a_run_is_not_held(strip: DiagnosisStrip) -> None:
    """It is of the first steps, and outputs may come to a stuck state long before a second."""
    strip.show_snapshot(UNTRAINED)
    strip.show_snapshot(trained(QUICK, 1))
    strip.show_snapshot(NO_ROW)
    turn(strip)
    assert text(strip).startswith("No row learned: ")
    strip.show_snapshot(FALLING)
    turn(strip)
    assert text(strip).startswith("No row learned: ")  # as every other name is


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (UNTRAINED, trained(QUICK, 1), "Learning"),
        (NO_ROW, LEARNING, "All four correct at step 22\u202f773"),
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


def test_a_pause_shows_the_last_snapshot_at_once(strip: DiagnosisStrip) -> None:
    strip.show_snapshot(NO_ROW)
    strip.show_snapshot(FALLING)
    strip.set_running(False)
    assert text(strip) == diagnose_seen(FALLING).sentence
    strip.show_snapshot(NO_ROW)
    assert text(strip).startswith("No row learned: ")


RECIPES = {
    "learned": RunConfig(rate=0.5, biases=True),
    "stuck": RunConfig(width=2, rate=0.5, biases=True, seed=13),
    "one unit": RunConfig(width=1, rate=0.5),
    "oscillating": RunConfig(rate=5),
}
DIVERGES = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy", momentum=0.9)


@pytest.mark.parametrize("config", RECIPES.values(), ids=RECIPES)
def test_line_and_status_bar_agree_in_every_frame(
    strip: DiagnosisStrip, clock: Clock, config: RunConfig
) -> None:
    play(strip, clock, Trainer(config, kernel="numba"), 33)


def test_line_and_status_bar_agree_when_a_run_diverges(
    strip: DiagnosisStrip, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = initial_weights(replace(DIVERGES, seed=29))
    for array in start.arrays():
        np.multiply(array, 1e150, out=array)
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)
    trainer = Trainer(DIVERGES)
    play(strip, clock, trainer, 1)
    assert trainer.snapshot().halt is Halt.DIVERGED
    assert text(strip).startswith("Diverging: ")


def play(strip: DiagnosisStrip, clock: Clock, trainer: Trainer, steps: int) -> None:
    """Show five seconds of a run, so many steps a frame, and check each frame."""
    shown_at = {}
    for frame in range(300):
        trainer.advance(steps if frame else 0)
        seen = trainer.snapshot()
        shown_at[seen.step] = seen
        strip.show_snapshot(seen)
        check(strip.diagnosis, shown_at, seen, strip.toolTip())
        if seen.halt is not None:
            break
        clock.now += 1 / 60
        if frame % 15 == 14:
            turn(strip)
    strip.set_running(False)
    assert strip.diagnosis is not None
    assert strip.diagnosis.step == trainer.step


def check(
    shown: Diagnosis | None, shown_at: dict[int, Snapshot], seen: Snapshot, told: str
) -> None:
    """Compare what the line says with the snapshot of its step, and with the status bar."""
    assert shown is not None
    assert shown.step is not None
    of = shown_at[shown.step]
    np.testing.assert_allclose(shown.evidence.outputs, outputs(of.weights, of.config.activation))
    assert dict(evidence_lines(shown.evidence))["Loss"] == numerals.real(of.loss)
    assert (seen.is_untrained) == (told == "Not trained yet.")
    assert seen.is_untrained or f"(at step {numerals.whole(of.step)})" in told
    state = state_of(Activity.PAUSED if seen.halt else Activity.PLAYING, seen, NEVER)
    assert state.word != "Diverged" or shown.state == "diverging"
    assert (seen.learned_since is not None) == (shown.state == "learned")
    assert (seen.right_since is not None) == (shown.evidence.right == 4)


def test_the_mark_has_the_accent_colour_only_for_good_states(strip: DiagnosisStrip) -> None:
    strip.set_running(False)
    strip.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    middle = QPoint(20, strip.height() // 2 + 1)
    one_unit = trained(RunConfig(width=1, rate=0.5, biases=True), 380)
    assert diagnose_seen(one_unit).state == "learning"
    for theme in (LIGHT, DARK):
        strip.setPalette(look.palette(theme))
        strip.show_snapshot(LEARNING)
        assert is_near(pixel(strip, middle), theme.accent)
        for seen in (UNTRAINED, NO_ROW, one_unit):
            strip.show_snapshot(seen)
            assert not is_near(pixel(strip, middle), theme.accent)


def test_names_change_at_most_once_a_second(strip: DiagnosisStrip, clock: Clock) -> None:
    names: list[str] = []
    for frame in range(240):
        other = LEARNING if frame // 10 % 2 else NO_ROW
        strip.show_snapshot(replace(other, step=frame + 1, right_since=None))
        clock.now += 1 / 60
        if frame % 15 == 14:
            turn(strip)
        name = text(strip).partition(":")[0]
        if [name] != names[-1:]:
            names.append(name)
    assert len(names) <= 1 + 4 / HOLD_SECONDS
    assert INTERVAL_MS < 1000 * HOLD_SECONDS


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
    assert announced[1].startswith("All four correct at step")


BEGUN = assets.quick_start().config
LEARNED = trained(BEGUN, 700)
LEARNED_ELSEWHERE = watched_run(BEGUN, (0, 690, 700), start=BEGUN.seed).snapshot()
NAMES = ("offer_break", "offer_weights", "offer_lab")


@pytest.fixture
def line(qtbot: QtBot, session: TrainingSession) -> StateLine:
    strip = DiagnosisStrip()
    strip.set_running(False)
    return shown(qtbot, StateLine(strip, session, Document(session)), 1260, 34)


def offered(line: QWidget) -> list[str]:
    """Return the names of the buttons that are shown."""
    buttons = [child(line, QPushButton, f"{name}_button") for name in NAMES]
    return [name for name, button in zip(NAMES, buttons, strict=True) if button.isVisible()]


def test_offers_come_when_a_network_has_learned_and_fit_the_run(line: StateLine) -> None:
    strip = child(line, DiagnosisStrip)
    height = line.height()
    for step in (0, 1, 300):
        strip.show_snapshot(trained(BEGUN, step))
        assert offered(line) == []
    strip.show_snapshot(LEARNED)
    assert offered(line) == [*NAMES]
    assert line.sizeHint().height() <= height
    strip.show_snapshot(replace(LEARNED, config=replace(BEGUN, targets=(1, 1, 1, 0))))
    assert offered(line) == [*NAMES[1:]]  # nothing is known to fail with these targets
    strip.show_snapshot(replace(LEARNED, config=replace(BEGUN, init="zero", targets=(1, 1, 1, 0))))
    assert offered(line) == []  # with no weights drawn, all seeds are the same
    for other in (replace(LEARNED, beside=LEARNED), LEARNED_ELSEWHERE):
        strip.show_snapshot(LEARNED)
        strip.show_snapshot(other)
        assert offered(line) == []


def test_of_two_runs_the_line_names_the_first(line: StateLine) -> None:
    about = child(line, QLabel, "about_run")
    line.show_about(True)
    for beside, name in ((None, "Current run"), (LEARNED, "Run A"), (None, "Current run")):
        child(line, DiagnosisStrip).show_snapshot(replace(LEARNED, beside=beside))
        assert about.text().startswith(f"{name}: width ")


def test_without_space_the_offers_are_in_a_menu(line: StateLine, qtbot: QtBot) -> None:
    child(line, DiagnosisStrip).show_snapshot(LEARNED)
    whole = child(line, QPushButton, "offers")
    assert not whole.isVisible()
    line.resize(600, line.height())
    qtbot.waitUntil(whole.isVisible)
    assert offered(line) == []
    assert [a.text() for a in whole.menu().actions() if a.isVisible()] == [
        "Break it: two units, no biases",
        "New weights",
        "How often does this work?",
    ]
    assert whole.geometry().right() < line.width()


@pytest.mark.parametrize("zoom", [1, 1.5])
def test_offers_as_buttons_never_cut_the_sentence(line: StateLine, zoom: float) -> None:
    font, strip = line.font(), child(line, DiagnosisStrip)
    font.setPointSizeF(zoom * font.pointSizeF())
    line.setFont(font)
    strip.show_snapshot(LEARNED)
    shown_at = set()
    for width in range(800, 2000, 20):
        line.resize(width, line.height())
        QApplication.processEvents()  # lays out
        line.grab()  # a sentence that is cut has a tool tip
        shown_at.add(bool(offered(line)))
        assert not (offered(line) and strip.line.toolTip()), width
    assert shown_at == {True, False}


def test_a_shorter_sentence_does_not_unfold_the_menu(line: StateLine) -> None:
    strip, menu = child(line, DiagnosisStrip), child(line, QPushButton, "offers")
    strip.show_snapshot(LEARNED)
    line.resize(800, line.height())
    QApplication.processEvents()
    assert menu.isVisible()
    strip.show_line(StatusMark.TICK, "", "Learned")
    strip.diagnosed.emit(strip.diagnosis)
    assert menu.isVisible()
    line.resize(810, line.height())
    QApplication.processEvents()
    assert offered(line) == [*NAMES]


def test_in_the_lab_the_sentence_is_whole_and_the_offers_are_in_a_menu(line: StateLine) -> None:
    child(line, DiagnosisStrip).show_snapshot(LEARNED)
    whole = child(line, QPushButton, "offers")
    for is_lab in (True, False):
        line.show_about(is_lab)
        assert whole.isVisible() == is_lab


def test_a_failed_run_offers_what_to_try(line: StateLine) -> None:
    strip = child(line, DiagnosisStrip)
    for seen, word in (
        (trained(RunConfig(width=1, rate=0.5, seed=5), 2000), "What to try"),
        (trained(BEGUN, 300), "Details"),
        (LEARNED, "Details"),
    ):
        strip.show_snapshot(seen)
        assert strip.more == word


def learn(qtbot: QtBot, window: MainWindow) -> None:
    """Train the quick start until it has learned, in a window with space for all offers."""
    window.resize(1280, 800)
    window.file.put(Project(Record(BEGUN), 0), None)
    window.session.step(700)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: bool(offered(window)))
    assert offered(window) == [*NAMES]


def press_offer(window: MainWindow, name: str) -> None:
    button = find(window, QPushButton, f"{name}_button")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)


def test_break_it_and_new_weights_run_at_once_and_can_be_undone(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.set_speed(1)
    for name in ("offer_break", "offer_weights"):
        learn(qtbot, window)
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


def test_how_often_trains_this_recipe_in_the_lab(qtbot: QtBot, window: MainWindow) -> None:
    window._docks.switch(Workspace.LAB)
    qtbot.waitUntil(lambda: window._lab is not None)
    window.lab.recipe.show_recipe(RunConfig(width=7))
    window.lab.recipe.numbers["lab_seed_count"].setValue(4)
    window._docks.switch(Workspace.LEARN)
    learn(qtbot, window)
    press_offer(window, "offer_lab")
    recipe = window.lab.recipe
    assert recipe.plan.recipes[0].width == BEGUN.width
    qtbot.waitUntil(window.lab.seeds.isVisible)
    assert (order := window.lab.runner.under_way) is not None
    assert order.plan == recipe.plan
    window.lab.runner.cancel_all()
    qtbot.waitUntil(lambda: window.lab.runner.under_way is None, timeout=30_000)


def test_while_a_run_goes_on_the_lab_takes_as_many_steps_as_its_limit(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.set_speed(1)
    learn(qtbot, window)
    window.session.play()
    window._line.lab_requested.emit()
    qtbot.waitUntil(lambda: window._lab is not None and window.lab.runner.under_way is not None)
    window.lab.runner.cancel_all()
    assert window.session.playing
    assert window.lab.recipe.plan.steps == 60_000
    window.session.pause()
    qtbot.waitUntil(lambda: window.lab.runner.under_way is None, timeout=30_000)


def test_what_helps_may_cut_the_sentence_off_up_to_half_of_the_line(
    line: StateLine, qtbot: QtBot
) -> None:
    text = "One more unit (width 3) would help: 49 of 50"
    line.help_text = lambda _: (text, "Try it")
    line._session._step = 300
    child(line, DiagnosisStrip).show_snapshot(trained(RunConfig(rate=0.5, seed=3), 300))
    button = child(line, QPushButton, "offer_help_button")
    assert (button.isVisible(), button.text()) == (True, text)
    line.resize(700, line.height())
    qtbot.waitUntil(lambda: line.width() == 700)
    assert button.isVisible()
    line.resize(400, line.height())
    qtbot.waitUntil(child(line, QPushButton, "offers").isVisible)
    assert not button.isVisible()
