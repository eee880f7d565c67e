"""Programs that are shown in the whole window, by their files."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.support.watched import watched_record
from tests.support.windows import action, find, settle, shown_step, text
from tests.window.watch.conftest import Watched
from xorviz.core.runs.project import Project
from xorviz.files.run_file import load_run, save_run
from xorviz.panels.why.check import CheckPart
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.strip_button import StripButton

ALL = tuple(range(33))


def test_a_window_asks_before_it_shows_a_program(desk: Watched) -> None:
    bar, before = find(desk.window, NoticeBar), desk.record
    desk.begin().show(ALL)
    desk.wait(lambda: desk.question == "A program has begun to train my network.")
    desk.begin("another").show(ALL)
    desk.wait(lambda: "another" in desk.question)
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert (desk.question, desk.record) == ("", before)
    bar.ask("Which first?", {"This one": lambda: None})
    desk.begin("a third").show(ALL)
    desk.wait(lambda: desk.programs[2].path in desk.window.programs._known)
    assert desk.question == "Which first?"
    bar._answer(0)
    desk.wait(lambda: "a third" in desk.question)
    bar._answer(0)
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
