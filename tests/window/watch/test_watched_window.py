"""Programs that show their runs in the whole window."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.engine.watching.program import Program
from tests.support.watched import SHOWN, watched_record
from tests.support.windows import Open, action, find, text
from xorviz.core.check.step_check import FAULTY
from xorviz.core.network import flat, gradient, initial_weights
from xorviz.core.runs.project import Project
from xorviz.engine.activity import Activity
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.strip_button import StripButton
from xorviz.ui.forms.fields import NumberField
from xorviz.watching import places
from xorviz.watching.frames import States
from xorviz.window.main_window import MainWindow

ALL = tuple(range(33))


@dataclass
class Watched:
    """A window that listens, and programs that show their runs in it."""

    bot: QtBot
    window: MainWindow
    programs: list[Program] = field(default_factory=list)

    def start(self, name: str = "my network") -> Program:
        self.programs.append(Program(next(places.published()), name).hello())
        return self.programs[-1]

    def wait(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition)

    def wait_for(self, said: str) -> None:
        """Wait until the line says so of the program."""
        self.wait(lambda: self.is_said and said in text(self.window, "watched_run"))

    @property
    def is_said(self) -> bool:
        return self.window.findChild(QLabel, "watched_run") is not None

    @property
    def verdict(self) -> str:
        return find(self.window, StripButton, "watch_verdict").line.text()

    @property
    def run(self) -> str:
        return action(self.window, "run").text().replace("&", "")

    def button(self, name: str) -> QPushButton:
        return find(self.window, QPushButton, f"{name}_button")


@pytest.fixture
def watched(qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    runtime = Path(tempfile.mkdtemp(prefix="x"))  # a socket's path must be short
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    window = open_window()
    window.session.programs.listen()
    window.session.seek(0)  # it begins once the answer to that is painted
    qtbot.waitUntil(lambda: any(places.published()))
    made = Watched(qtbot, window)
    yield made
    for program in made.programs:
        program.die()
    shutil.rmtree(runtime)


def faulty(steps: int) -> States:
    """Return the states of a program that forgets to update b1."""
    weights, seen = initial_weights(SHOWN), []
    for _ in range(steps + 1):
        seen.append(flat(weights))
        slope = replace(gradient(weights, SHOWN), b1=np.zeros(SHOWN.width))
        weights = weights.each(lambda w, d: w - SHOWN.rate * d, slope)
    return States(np.arange(steps + 1), np.array(seen))


@pytest.mark.thorough
def test_a_program_is_followed_paused_and_followed_to_its_end(watched: Watched) -> None:
    window = watched.window
    assert watched.run == "Run"
    assert not action(window, "continue_here").isEnabled()
    program = watched.start().show(ALL)
    watched.wait_for("my network, watched, step 32")
    watched.wait(lambda: watched.verdict == "Your steps are exact gradient steps at rate 0.7")
    assert text(window, "status_state") == "● Following"
    assert (watched.run, text(window, "status_kernel")) == ("Pause", "–")
    assert action(window, "continue_here").isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert watched.run == "Follow"
    program.show((33, 40))
    watched.wait_for("step 40, ")
    watched.wait_for(", shown at 32")
    assert text(window, "status_state") == "Paused"
    QTest.keyClick(window, Qt.Key.Key_End)
    watched.wait(lambda: text(window, "status_step") == "step 40")
    QTest.keyClick(window, Qt.Key.Key_Left)
    watched.wait(lambda: text(window, "status_step") == "step 33")
    QTest.keyClick(window, Qt.Key.Key_Left)
    watched.wait(lambda: text(window, "status_step") == "step 32")
    QTest.keyClick(window, Qt.Key.Key_Left)
    watched.wait(lambda: text(window, "status_step") == "step 31")
    action(window, "run").trigger()
    watched.wait(lambda: text(window, "status_step") == "step 40")
    number = find(window, NumberField, "timeline_step")
    assert number.value() == 40
    program.end()
    watched.wait_for("ended, last state at step 40")
    watched.wait(lambda: window.session.activity is Activity.PAUSED)
    assert (watched.run, text(window, "status_state")) == ("Follow", "Ended")
    action(window, "run").trigger()
    assert text(window, "status_message") == (
        "my network has ended; its last state, at step 40, is shown. Continue here trains it on."
    )
    assert window.file.would_lose


@pytest.mark.thorough
def test_a_planted_fault_is_named_and_the_check_opens(
    watched: Watched, announced: list[str]
) -> None:
    watched.start().say(faulty(5))
    watched.wait(lambda: watched.is_said and "faulty" in watched.verdict)
    assert watched.verdict == "Step 1 is faulty: not updated in b1"
    assert announced.count(watched.verdict) == 1
    find(watched.window, StripButton, "watch_verdict").click()
    panel = find(watched.window, Panel, "step_check_panel")
    assert panel.is_in_front
    shown = panel.content._check  # type: ignore[attr-defined]
    assert shown.verdict == FAULTY


@pytest.mark.thorough
def test_correct_code_beside_a_faulty_program_parts_at_its_first_step(watched: Watched) -> None:
    window = watched.window
    watched.start().say(faulty(32))
    watched.wait(lambda: watched.is_said and "faulty" in watched.verdict)
    assert watched.button("train_twin").isVisible()
    action(window, "train_twin").trigger()
    watched.wait(lambda: action(window, "to_difference").text() == "First difference: step 1")
    assert watched.button("to_difference").isVisible()
    assert not watched.button("train_twin").isVisible()
    watched.button("to_difference").click()
    watched.wait(lambda: text(window, "status_step") == "step 1")
    assert text(window, "status_kernel") == "numpy"
    watched.programs[0].die()
    watched.wait_for("connection lost, last state at step 32, shown at 1")


@pytest.mark.thorough
def test_correct_code_is_no_twin_of_a_program_that_steps_for_each_row(watched: Watched) -> None:
    window = watched.window
    twin, difference = action(window, "train_twin"), action(window, "to_difference")
    for batch, is_offered in (("row", False), ("full", True), ("pass", False), (None, True)):
        record = watched_record(steps=(0, 5), name=f"run {batch}", batch=batch)
        window.document.put(Project(record, 5))
        watched.wait(lambda: not window.session.unanswered)
        assert (twin.isEnabled(), difference.isEnabled()) == (is_offered, False)
        assert ("a step for each row" in twin.statusTip()) != is_offered


@pytest.mark.thorough
def test_a_run_from_a_file_is_shown_as_far_as_it_was_kept(watched: Watched) -> None:
    window = watched.window
    record = watched_record(steps=(0, 5, 40), assumed=("rate",))  # no step can be checked
    window.file.put(Project(record, 40), Path("a"))
    watched.wait_for("my network, watched, last state at step 40, rate 0.7 assumed")
    assert (watched.run, text(window, "status_state")) == ("Follow", "Watched")
    assert not window.file.would_lose
    action(window, "run").trigger()
    assert text(window, "status_message") == (
        "No program trains my network now; its last state, at step 40, is shown. "
        "Continue here trains it on."
    )
    action(window, "new_weights").trigger()
    watched.wait(lambda: not find(window, QLabel, "watched_run").isVisible())
    assert text(window, "status_kernel") == "numpy"


@pytest.mark.thorough
def test_it_is_continued_here_and_goes_on_beside(watched: Watched) -> None:
    window = watched.window
    program = watched.start().show(ALL)
    watched.wait_for("step 32")
    action(window, "continue_here").trigger()
    watched.wait(lambda: not find(window, QLabel, "watched_run").isVisible())
    assert window.session.playing
    window.session.pause()
    program.show((40,))
    (pinned,) = window.document.project.pinned
    watching = window._watched.watching
    watched.wait(lambda: watching.latest(pinned.record).newest == 40)
    watching.renew()
    assert window.document.project.pinned[0].record.newest == 40
    assert (pinned.name, text(window, "status_kernel")) == ("my network", "numpy")
    assert find(window, Panel, "runs_panel").isVisible()


def test_that_no_program_can_be_heard_is_said(watched: Watched) -> None:
    watched.window.session.programs.not_listening.emit("No program can show its run here.")
    assert text(watched.window, "status_message") == "No program can show its run here."


@pytest.mark.thorough
def test_names_that_look_like_html_or_shortcuts_are_shown_as_they_are(watched: Watched) -> None:
    name = "<b>A&B</b> [*] %1"
    watched.start(name).show(ALL)
    watched.wait_for(f"{name}, watched")
    labels = watched.window.findChildren(QLabel)
    named = [label for label in labels if name in label.text()]
    assert {label.textFormat() for label in named} == {Qt.TextFormat.PlainText}
    tips = [tip for label in labels for tip in (label.toolTip(), label.whatsThis())]
    assert not [tip for tip in tips if "<b>A" in tip]
    assert any("&lt;b&gt;A&amp;B" in tip for tip in tips)
    assert action(watched.window, "undo").text() == "&Undo watch <b>A&&B</b> [*] %1"
