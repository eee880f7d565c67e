"""Programs that are shown in the whole window, by their files."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.support.watched import watched_record
from tests.support.windows import action, find, text
from tests.window.watch.conftest import Watched
from xorviz.core.check.step_check import FAULTY
from xorviz.core.runs.project import Project
from xorviz.engine.activity import Activity
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.strip_button import StripButton
from xorviz.ui.forms.fields import NumberField

ALL = tuple(range(33))


def test_a_window_asks_before_it_shows_a_program(desk: Watched) -> None:
    window, before = desk.window, desk.record
    desk.begin().show(ALL)
    desk.wait(lambda: desk.question == "A program has begun to train my network.")
    assert desk.record == before
    desk.begin("another").show(ALL)
    desk.wait(lambda: "another" in desk.question)
    QTest.keyClick(find(window, NoticeBar), Qt.Key.Key_Escape)
    assert (desk.question, desk.record) == ("", before)
    find(window, NoticeBar).ask("Which first?", {"This one": lambda: None})
    desk.begin("a third").show(ALL)
    desk.wait(lambda: desk.programs[2].path in window.programs._known)
    assert desk.question == "Which first?"
    find(window, NoticeBar)._answer(0)
    desk.wait(lambda: "a third" in desk.question)
    find(window, NoticeBar)._answer(0)
    desk.wait_for("a third, watched, step 32")
    assert window.session.playing


def test_one_opened_for_programs_shows_each_that_begins_when_no_other_one_is_running(
    watched: Watched,
) -> None:
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


@pytest.mark.thorough
def test_a_program_is_followed_paused_and_followed_to_its_end(watched: Watched) -> None:
    window = watched.window
    assert watched.run == "Run"
    assert not action(window, "continue_here").isEnabled()
    program = watched.begin().show(ALL)
    watched.wait_for("my network, watched, step 32")
    watched.wait_for_verdict("Your steps are exact gradient steps at rate 0.7")
    assert text(window, "status_state") == "● Following"
    assert (watched.run, text(window, "status_kernel")) == ("Pause", "–")
    assert action(window, "continue_here").isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert watched.run == "Follow"
    program.show((33, 40))
    window.session._look()
    watched.wait_for("watched, step 40")
    assert text(window, "status_state") == "Looking back"
    for key, step in ((Qt.Key.Key_End, 40), (Qt.Key.Key_Left, 33), (Qt.Key.Key_Left, 32)):
        QTest.keyClick(window, key)
        watched.wait(lambda step=step: text(window, "status_step") == f"step {step}")  # type: ignore[misc]
    action(window, "run").trigger()
    watched.wait(lambda: text(window, "status_step") == "step 40")
    assert find(window, NumberField, "timeline_step").value() == 40
    program.end()
    watched.wait_for("my network finished at step 40")
    watched.wait(lambda: window.session.activity is Activity.PAUSED)
    assert (watched.run, text(window, "status_state")) == ("Follow", "Ended")
    action(window, "run").trigger()
    told = text(window, "status_message")
    assert told == (
        "The last state of my network is shown. It has ended. Train from this state continues it."
    )
    assert window.file.would_lose


@pytest.mark.thorough
def test_a_planted_fault_is_named_and_the_check_opens(
    watched: Watched, announced: list[str]
) -> None:
    watched.begin().show_faulty(5)
    watched.wait_for_verdict("Step 1 is faulty: not updated in b1")
    assert announced.count(watched.verdict) == 1
    find(watched.window, StripButton, "watch_verdict").click()
    panel = find(watched.window, Panel, "step_check_panel")
    assert panel.is_in_front
    assert panel.content._check.verdict == FAULTY  # type: ignore[attr-defined]


@pytest.mark.thorough
def test_correct_code_beside_a_faulty_program_parts_at_its_first_step(watched: Watched) -> None:
    window = watched.window
    watched.begin().show_faulty(32)
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
    window.session._look()
    watched.wait_for("stopped before its end at step 32")


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
    watched.wait_for("my network is recorded up to step 40")
    assert (watched.run, text(window, "status_state")) == ("Follow", "Watched")
    assert not window.file.would_lose
    action(window, "run").trigger()
    assert "No program trains it now" in text(window, "status_message")
    action(window, "new_weights").trigger()
    watched.wait(lambda: not find(window, QLabel, "watched_run").isVisible())
    assert text(window, "status_kernel") == "numpy"


@pytest.mark.thorough
def test_a_program_that_is_left_is_pinned_and_followed_again_from_there(watched: Watched) -> None:
    window = watched.window
    program = watched.begin().show(ALL)
    watched.wait_for("step 32")
    action(window, "continue_here").trigger()
    watched.wait(lambda: not find(window, QLabel, "watched_run").isVisible())
    assert not window.session.playing  # it waits for Run
    (pinned,) = window.document.project.pinned
    assert (pinned.name, text(window, "status_kernel")) == ("my network", "numpy")
    assert find(window, Panel, "runs_panel").isVisible()
    program.show((40,))
    window.document.recall(pinned.style)
    watched.wait_for("step 40")
    assert window.session.playing


def test_what_is_no_file_of_states_is_refused(desk: Watched, tmp_path: Path) -> None:
    before, damaged = desk.record, tmp_path / "mine.xwatch"
    damaged.write_bytes(b"no states")
    desk.window.programs.show(damaged)
    assert "mine.xwatch" in text(desk.window, "status_message")
    assert desk.record == before


def test_that_programs_do_not_find_the_window_is_said(
    desk: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    nowhere = [tmp_path / "file" / "watched"]
    monkeypatch.setattr("xorviz.watching.places.candidates", lambda *_: nowhere)
    desk.window.programs.start()
    assert "do not find this window" in text(desk.window, "status_message")


@pytest.mark.thorough
def test_names_that_look_like_html_or_shortcuts_are_shown_as_they_are(watched: Watched) -> None:
    name = "<b>A&B</b> [*] %1"
    watched.begin(name).show(ALL)
    watched.wait_for(f"{name}, watched")
    labels = watched.window.findChildren(QLabel)
    named = [label for label in labels if name in label.text()]
    assert {label.textFormat() for label in named} == {Qt.TextFormat.PlainText}
    tips = [tip for label in labels for tip in (label.toolTip(), label.whatsThis())]
    assert not [tip for tip in tips if "<b>A" in tip]
    assert any("&lt;b&gt;A&amp;B" in tip for tip in tips)
    assert action(watched.window, "undo").text() == "&Undo watch <b>A&&B</b> [*] %1"
