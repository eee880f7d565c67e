"""The diagnosis line: its numbers are of the step that it names, and names do not flicker."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.screen import child, is_near, pixel, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.words import evidence_lines
from xorviz.core.network import initial_weights, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.window.bars.diagnosis_strip import HOLD_SECONDS, INTERVAL_MS, DiagnosisStrip
from xorviz.window.bars.run_display import state_of

UNTRAINED = trained(QUICK)
NO_ROW = trained(RunConfig(), 300)
LEARNING = trained(RunConfig(), 31_240)
FALLING = replace(LEARNING, right_since=None)
LEARNED = trained(QUICK, 400)


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


@pytest.mark.parametrize("seen", [UNTRAINED, NO_ROW, LEARNING, LEARNED])
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
        (NO_ROW, LEARNED, "Learned at step 168"),
        (LEARNED, replace(NO_ROW, step=401), "No row learned"),
        (NO_ROW, replace(NO_ROW, step=301, halt=Halt.DIVERGED), "Diverging"),
        (LEARNING, NO_ROW, "No row learned"),
        (LEARNED, replace(NO_ROW, step=401, run=1), "No row learned"),
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
    told = (FALLING, NO_ROW, LEARNING, LEARNED, diverging)
    for number, snapshot in enumerate((UNTRAINED, *told, NO_ROW, *told), 1):
        clock.now += HOLD_SECONDS
        strip.show_snapshot(replace(snapshot, run=number // 8))
        turn(strip)
    new = [diagnose_seen(one).sentence for one in told[1:]]
    assert announced == [*new, *new]
    assert announced[1].startswith("All four correct at step")
