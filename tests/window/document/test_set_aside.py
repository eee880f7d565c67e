"""The person's own work while something else is shown in its place, and its way back."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.support.watched import watched_record
from tests.support.windows import CONFIG, DocumentHarness, Open, action, find, settle, text
from xorviz.core.network import flat
from xorviz.core.runs.project import Project, started_alike
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.recovery import orphans
from xorviz.files.run_file import load_run, save_run
from xorviz.ui.chrome.panel import Panel, is_in_sight
from xorviz.window.main_window import MainWindow
from xorviz.window.watch.watching import Watching

LESSON = Project(Record(RunConfig(width=1, biases=True)), 0)


def test_the_own_run_comes_back_at_its_step_with_all_that_can_be_undone(
    harness: DocumentHarness,
) -> None:
    document = harness.document
    harness.train(300)
    harness.do(document.pin)
    harness.do(document.change_setting, "rate", 0.25)
    harness.train(200)
    harness.do(document.undo)
    harness.go_to(123)
    own, shown, labels = document.project, harness.now, harness.labels()
    document.set_aside(LESSON, "One unit")
    assert (document.own, harness.labels()) == (own, (None, None))
    harness.train(50)
    harness.do(document.draw_seed)
    harness.do(document.set_aside, LESSON, "Two units")  # the next one, without coming back
    harness.train(5)
    harness.session.hold.set("Lock your prediction.")
    assert (harness.now.record.config, document.own) == (LESSON.record.config, own)
    harness.do(document.bring_back)
    assert (document.project, document.project.step, document.aside) == (own, 123, None)
    assert harness.now.record == own.record
    assert flat(harness.now.weights).tobytes() == flat(shown.weights).tobytes()
    assert harness.labels() == labels == ("pin", "rate 0.25")
    harness.do(document.redo)
    harness.train(200)
    assert harness.now.config.rate == 0.25


def test_a_change_that_waited_for_its_step_is_told_not_to_be_made(harness: DocumentHarness) -> None:
    document = harness.document
    harness.train(300)
    own = document.project
    harness.session.seek(10)
    document.set_weight("w1", (0, 0), 1.0)
    document.set_aside(LESSON, "One unit")
    assert harness.noticed[-1] == "The change that waited for its step is not made."
    harness.do(document.bring_back)
    assert (harness.now.record, harness.now.step) == (own.record, 300)
    assert harness.labels() == (None, None)


def test_a_run_under_way_is_paused_and_a_change_that_waits_is_given_up(
    harness: DocumentHarness,
) -> None:
    harness.train(5000)
    harness.session.seek(2500)
    harness.document.set_weight("w1", (0, 0), 0.5)
    harness.session.play()
    harness.document.set_aside(LESSON, "One unit")
    harness.rest()
    harness.do(harness.document.bring_back)
    assert not harness.session.playing
    assert harness.now.interventions == ()
    assert harness.labels() == (None, None)


def test_two_runs_and_a_watched_one_come_back(harness: DocumentHarness) -> None:
    first = Recording(CONFIG)
    first.advance(20)
    second = Recording(started_alike(first.record(), RunConfig(width=2, biases=True)))
    second.advance(20)
    watched = watched_record()
    for project in (
        Project(first.record(), 7, second.record()).pinning(watched, 3),
        Project(watched, 9),
    ):
        harness.put(project)
        harness.do(harness.document.set_aside, LESSON, "One unit")
        assert harness.now.beside is None
        harness.do(harness.document.bring_back)
        assert (harness.document.project, harness.now.step) == (project, project.step)


def test_news_of_the_own_watched_run_wait_and_a_new_program_brings_all_back(
    harness: DocumentHarness,
) -> None:
    from xorviz.engine.watching.news import News  # noqa: PLC0415

    watching = Watching(harness.session, harness.document)

    def tell(name: str, step: int) -> None:
        harness.session._hear(News(watched_record(steps=step, name=name), True, False))
        harness.qtbot.waitUntil(lambda: not harness.session.unanswered)

    tell("one", 10)
    harness.do(harness.document.set_aside, LESSON, "One unit")
    tell("one", 12)
    assert harness.document.project == LESSON
    tell("two", 3)
    assert harness.document.aside is None
    assert harness.document.project.record.source == watched_record(name="one").source
    assert [name for name, _ in harness.pinned] == ["two"]
    watching.close()


# The file of the own work.


@pytest.fixture
def window(reset_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Return a window whose own work is in a file, with a change that is not saved."""
    recording = Recording(CONFIG)
    recording.advance(30)
    save_run(Project(recording.record(), 30), tmp_path / "own.xorviz")
    reset_window.file.open_path(tmp_path / "own.xorviz")
    settle(qtbot, reset_window)
    reset_window.session.step(12)
    settle(qtbot, reset_window)
    set_aside(qtbot, reset_window)
    return reset_window


def set_aside(qtbot: QtBot, window: MainWindow) -> None:
    window.document.set_aside(LESSON, "Lesson 1: one unit")
    settle(qtbot, window)
    window.session.step(4)
    settle(qtbot, window)


def question(window: MainWindow) -> QMessageBox:
    return find(window, QMessageBox, "unsaved_dialog")


def cancel(window: MainWindow) -> None:
    question(window).button(QMessageBox.StandardButton.Cancel).click()


def test_only_the_own_work_is_copied_and_asked_about(qtbot: QtBot, window: MainWindow) -> None:
    own, file = window.document.own, window.file
    assert window.windowTitle() == "Lesson 1: one unit[*] – xorviz"
    assert not window.isWindowModified()
    assert (file.is_modified, file.would_lose) == (True, True)
    file.autosave.copy()
    (copy,) = (file.autosave._folder).glob("*.xorviz")
    assert load_run(copy) == own
    window.document.bring_back()
    file.save()
    set_aside(qtbot, window)
    assert (file.is_modified, file.would_lose) == (False, False)
    assert not list(file.autosave._folder.glob("*.xorviz"))
    window.document.bring_back()
    window.session.step(3)
    settle(qtbot, window)
    set_aside(qtbot, window)
    window.close()
    assert window.document.aside is None
    assert question(window).text() == "Save changes to own.xorviz before closing?"
    cancel(window)


@pytest.mark.thorough
@pytest.mark.parametrize("has_pinned", [False, True])
def test_no_panel_moves_for_what_is_pinned_in_its_place(
    window: MainWindow, qtbot: QtBot, has_pinned: bool
) -> None:
    project = LESSON.pinning(LESSON.record, 0, "B") if has_pinned else LESSON
    window.document.set_aside(project, "Lesson 1: one unit")
    window.document.pin_as("A")
    settle(qtbot, window)
    assert is_in_sight(find(window, Panel, "runs_panel")) == has_pinned


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["new", "open", "close"])
def test_what_replaces_it_is_asked_about_the_own_work(
    window: MainWindow, tmp_path: Path, way: str
) -> None:
    own, other = window.document.own, tmp_path / "other.xorviz"
    save_run(LESSON, other)
    told: list[Project] = []
    window.document.brought_back.connect(lambda: told.append(window.document.project))
    {
        "new": window.file.new,
        "open": lambda: window.openers[".xorviz"](other),
        "close": window.close,
    }[way]()
    assert told == [own]
    assert question(window).text() == "Save changes to own.xorviz before closing?"
    cancel(window)
    assert window.document.project == own
    assert window.windowTitle() == "own.xorviz[*] – xorviz"


def test_saving_what_is_shown_leaves_the_own_file(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.file.open_path(tmp_path / "missing.xorviz")  # a broken file changes nothing
    assert window.document.aside is not None
    own, before = tmp_path / "own.xorviz", (tmp_path / "own.xorviz").read_bytes()
    shown, mine = window.document.project, window.document.own
    for path in (own, tmp_path / "lesson.xorviz"):
        action(window, "save").trigger()
        dialog = find(window, QFileDialog, "save_dialog")
        dialog.fileSelected.emit(str(path))
        dialog.close()
        qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
        assert (own.name in text(window, "status_message")) == (path == own)
    assert own.read_bytes() == before
    assert load_run(tmp_path / "lesson.xorviz") == shown
    assert window.windowTitle() == "Lesson 1: one unit[*] – xorviz"
    assert window.file.recent.folder == tmp_path
    window.document.bring_back()
    assert window.windowTitle() == "own.xorviz[*] – xorviz"
    assert (window.document.project, window.file.is_modified) == (mine, True)


@pytest.mark.thorough
def test_ending_unasked_leaves_a_copy_of_the_own_work(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.session.step(9)
    settle(qtbot, window)
    window.document.pin()
    own, folder = window.document.project, window.file.autosave._folder
    set_aside(qtbot, window)
    window.end()
    assert [load_run(path) for path in orphans(folder)] == [own]
