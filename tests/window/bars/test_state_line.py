"""The line above the panels: after success it offers what to do next."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown
from tests.support.snapshots import trained
from tests.support.watched import watched_run
from tests.support.windows import find, settle
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.strip_button import StatusMark
from xorviz.window.bars.diagnosis_strip import DiagnosisStrip
from xorviz.window.bars.state_line import StateLine
from xorviz.window.document.document import Document
from xorviz.window.main_window import MainWindow

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
