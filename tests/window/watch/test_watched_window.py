"""Programs that are listed and shown in the whole window, by their files."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.commands import ROOT, environment, line_that_starts_with, talking_program
from tests.support.screen import child
from tests.support.watched import watched_record
from tests.support.windows import action, find, settle, shown_step, text
from tests.window.watch.conftest import Watched
from xorviz.core.runs.project import Project
from xorviz.files import assets
from xorviz.files.run_file import load_run, save_run
from xorviz.panels.why.check import CheckPart
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.strip_button import StripButton
from xorviz.watching import places
from xorviz.watching.states_file import StatesReader
from xorviz.window.bars.state_line import DiagnosisStrip
from xorviz.window.watch.watch_dialog import LINES, WatchDialog

ALL = tuple(range(33))


def test_a_window_asks_before_it_shows_a_program(desk: Watched) -> None:
    bar, before = find(desk.window, NoticeBar), desk.record
    bar.show_notice("A notice that nobody has closed.")
    desk.begin().show(ALL)
    desk.wait(lambda: desk.question == "A program has begun to train my network.")
    desk.begin("a third").show(ALL)
    desk.wait(lambda: "a third" in desk.question)
    assert desk.record == before
    bar._answer(0)
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert desk.question == "A notice that nobody has closed."
    desk.wait_for("a third, watched, step 32")
    assert desk.window.session.playing


def test_one_opened_for_programs_shows_each_that_begins_when_no_other_one_is_running(
    watched: Watched,
) -> None:
    watched.begin("of last week").show(ALL).end()
    watched.window.programs.close()
    watched.window.programs.start()
    one = watched.begin("one").show(ALL)
    watched.wait_for("one, watched, step 32")
    watched.begin("two").show(ALL)
    watched.wait(lambda: "two" in watched.question)
    assert watched.record.source == one.record.source
    one.end()
    watched.wait_for("one finished at step 32")
    watched.begin("three").show(ALL)
    watched.wait_for("three, watched, step 32")
    assert [run.name for run in watched.window.document.project.pinned] == ["one"]


def test_programs_that_began_while_the_window_opened_are_shown_or_asked_about(
    desk: Watched,
) -> None:
    window = desk.window
    window.programs.close()
    desk.begin("of last week").show(ALL).end()
    one = desk.begin("one").show(ALL)
    one.end()
    desk.begin("short").show(ALL).end()
    desk.begin("live").show(ALL)
    desk.begin("as well").show(ALL)
    for age, program in enumerate(reversed(desk.programs)):
        os.utime(program.path, (1e9 - age, 1e9 - age))
    window.await_program(one.path)
    window.programs.start()
    desk.wait_for("live, watched, step 32")
    assert [run.name for run in window.document.project.pinned] == ["one", "short"]
    assert "as well" in desk.question
    window.programs.show(desk.programs[-1].path)  # as a user chooses it in the dialog
    assert desk.question == ""


@pytest.mark.thorough
def test_a_program_is_followed_paused_left_and_followed_to_its_end(watched: Watched) -> None:
    window = watched.window
    assert not action(window, "continue_here").isEnabled()
    program = watched.begin().show(ALL)
    watched.wait_for("my network, watched, step 32", "Your steps are exact gradient steps")
    assert (watched.run, text(window, "status_state")) == ("Pause", "● Following")
    QTest.keyClick(window, Qt.Key.Key_Space)
    program.show((33, 40))
    watched.wait_for("watched, step 40")
    assert (watched.run, text(window, "status_state")) == ("Follow", "Looking back")
    action(window, "continue_here").trigger()
    watched.wait(lambda: not find(window, QLabel, "watched_run").isVisible())
    assert not window.session.playing
    (pinned,) = window.document.project.pinned
    assert find(window, Panel, "runs_panel").isVisible()
    window.document.recall(pinned.style)
    watched.wait(lambda: window.session.playing)
    program.end()
    watched.wait_for("my network finished at step 40")
    settle(watched.bot, window)
    action(window, "run").trigger()
    said = "The run has ended. Train from this state continues it in xorviz."
    assert text(window, "status_message") == said
    assert (watched.run, window.session.playing, window.file.would_lose) == ("Follow", False, True)


def test_what_follows_a_faulty_step_is_its_consequence(watched: Watched) -> None:
    strip = find(watched.window, DiagnosisStrip)
    watched.begin().show_faulty(32)
    watched.wait_for("step 32", "Step 1 is faulty")
    watched.wait(lambda: strip.line.text().startswith("Faulty. Step 1 is wrong; the state now: "))
    assert strip.diagnosis is not None
    assert strip.diagnosis.said.more, "what is known of the state, for Why?"
    watched.window.session.seek(0)
    watched.wait(lambda: shown_step(watched.window) == 0)
    watched.wait(lambda: "Faulty" not in strip.line.text())


@pytest.mark.thorough
def test_a_fault_is_named_and_correct_code_beside_it_parts_at_its_first_step(
    watched: Watched, announced: list[str], tmp_path: Path
) -> None:
    window, verdict = watched.window, "Step 1 is faulty: not updated in b1"
    watched.begin().show_faulty(32)
    watched.wait_for("step 32", verdict)
    find(window, StripButton, "watch_verdict").click()
    check = find(window, CheckPart)
    assert check.isVisible()
    assert "The step is faulty" in check.said
    watched.button("train_twin").click()
    difference = watched.button("to_difference")
    watched.wait(lambda: difference.text() == "First difference: step 1")
    assert (difference.isVisible(), watched.button("train_twin").isVisible()) == (True, False)
    difference.click()
    watched.wait(lambda: shown_step(window) == 1)
    watched.programs[0].die()
    watched.wait_for("stopped before its end at step 32")
    record = watched.record
    save_run(Project(record, 32), tmp_path / "run.xorviz")
    assert load_run(tmp_path / "run.xorviz").record == record
    assert announced.count(verdict) == 1


def test_a_run_from_a_file_is_shown_as_far_as_it_was_kept(watched: Watched) -> None:
    window, name = watched.window, "<b>A&B</b> [*] %1"
    window.file.put(Project(watched_record(steps=(0, 5, 40), name=name), 40), Path("a"))
    watched.wait_for(f"{name} is recorded up to step 40")
    assert (watched.run, text(window, "status_state")) == ("Follow", "Watched")
    labels = [label for label in window.findChildren(QLabel) if name in label.text()]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert "&lt;b&gt;A&amp;B" in find(window, QLabel, "watched_run").toolTip()
    action(window, "run").trigger()
    assert "No program trains this run now" in text(window, "status_message")
    assert not window.file.would_lose
    window.session.seek(5)
    watched.wait(lambda: shown_step(window) == 5)
    action(window, "run").trigger()
    watched.wait(lambda: shown_step(window) == 40)
    action(window, "new_weights").trigger()
    watched.wait(lambda: not find(window, QLabel, "watched_run").isVisible())
    assert not action(window, "continue_here").isEnabled()


def test_what_is_no_file_of_states_and_that_programs_do_not_find_the_window_is_said(
    desk: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, damaged = desk.record, tmp_path / "mine.xwatch"
    damaged.write_bytes(b"no states")
    desk.window.programs.show(damaged)
    assert "mine.xwatch" in text(desk.window, "status_message")
    assert desk.record == before
    for nowhere in ([damaged / "watched"], []):
        monkeypatch.setattr("xorviz.watching.places.candidates", lambda *_, at=nowhere: at)
        desk.window.programs.start()
        assert "find this window" in text(desk.window, "status_message")
        desk.window._status.forget_notice()


@pytest.fixture
def dialog(desk: Watched) -> WatchDialog:
    action(desk.window, "watch_program").trigger()
    return child(desk.window, WatchDialog, "watch_dialog")


def texts(dialog: WatchDialog) -> list[str]:
    dialog._timer.timeout.emit()
    listed = child(dialog, QListWidget, "watch_list")
    return [listed.item(row).text() for row in range(listed.count())]


def button(dialog: WatchDialog, text: str) -> QPushButton:
    found = dialog.findChildren(QPushButton)
    return next(one for one in found if one.text().replace("&", "") == text)


def test_it_lists_programs_as_they_are_and_shows_the_chosen_one(
    desk: Watched, dialog: WatchDialog
) -> None:
    assert ("No program" in texts(dialog)[0], button(dialog, "Watch").isEnabled()) == (True, False)
    assert not find(dialog, QListWidget).selectedItems()
    one = desk.begin("one").show(range(3))
    one.end()
    (one.path.parent / "broken.xwatch").write_bytes(b"nothing")
    desk.begin("two").show(range(3))
    first, second = texts(dialog)
    assert ("two" in first, "running" in first) == (True, True)
    assert ("one" in second, "ended" in second) == (True, True)
    listed = child(dialog, QListWidget, "watch_list")
    kept = listed.item(0)
    assert (texts(dialog), listed.item(0)) == ([first, second], kept)  # nothing is listed anew
    listed.setCurrentRow(1)
    desk.programs[1].die()
    assert "stopped" in texts(dialog)[0]
    assert listed.currentRow() == 1  # the chosen one stays chosen
    button(dialog, "Watch").click()
    desk.wait_for("one finished at step 2")


def test_the_lines_to_paste_are_copied_and_a_file_from_elsewhere_is_shown(
    desk: Watched, dialog: WatchDialog, tmp_path: Path
) -> None:
    button(dialog, "Copy").click()
    assert QGuiApplication.clipboard().text() == LINES
    compile(f"import xorviz\nif 1:\n {LINES.replace(chr(10), chr(10) + ' ')}", "pasted", "exec")
    elsewhere = tmp_path / "run.xwatch"
    elsewhere.write_bytes(desk.begin().show(range(3)).path.read_bytes())
    dialog._choose_file(elsewhere)
    desk.wait_for("stopped before its end at step 2")
    desk.wait(lambda: desk.window.findChild(WatchDialog) is None)


@contextmanager
def started(
    steps: str, home: Path, right: str = "", wrong: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program of NumPy to start from, perhaps with a fault; kill it if it still runs."""
    path, text = home / "program.py", assets.read_text("examples/watch_numpy.py")
    path.write_text(text.replace("20_000", steps).replace(right, wrong))
    own = environment(home, PYTHONPATH=str(ROOT))
    with subprocess.Popen([sys.executable, str(path)], env=own) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.thorough
def test_a_program_continues_though_its_windows_are_killed(qtbot: QtBot, tmp_path: Path) -> None:
    """Each new window that is opened shows the whole run."""
    newest = 0
    with ExitStack() as stack:
        for number in range(1, 4):
            with talking_program(tmp_path, "be killed", "watch") as window:
                if number == 1:
                    qtbot.waitUntil(places.is_window_open)
                    program = stack.enter_context(started("1_000_000_000", tmp_path))
                while (step := int(line_that_starts_with("heard", window).split()[1])) <= newest:
                    pass
                window.kill()
            newest = step
            [path] = places.files()
            while StatesReader(path).read().steps[-1] < newest + 5000:
                pass
        assert program.poll() is None
