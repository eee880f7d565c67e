"""The user's own work while something else is shown in its place, and its way back."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.support.bits import assert_same_state
from tests.support.screen import child
from tests.support.watched import watched_record
from tests.support.windows import CONFIG, OTHER, DocumentHarness
from tests.window.document.desk import Desk
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import load_run, save_run

LESSON = Project(Record(RunConfig(width=1, biases=True)), 0)


def test_the_own_run_comes_back_at_its_step_with_all_that_can_be_undone(
    harness: DocumentHarness,
) -> None:
    document, told = harness.document, list[str]()
    document.brought_back.connect(lambda: told.append("back"))
    harness.train(300)
    harness.do(document.pin)
    harness.do(document.change_setting, "rate", 0.25)
    harness.train(200)
    harness.do(document.undo)
    harness.go_to(123)
    own, shown, labels = document.project, harness.now, harness.labels()
    document.bring_back()  # nothing is set aside
    document.set_aside(LESSON, "One unit")
    assert (document.own, harness.labels()) == (own, (None, None))
    harness.do(document.draw_seed)
    with_pinned = LESSON.pinning(LESSON.record, 0)
    harness.do(document.set_aside, with_pinned, "Two units")  # the next one, without coming back
    aside = document.aside
    assert aside is not None
    assert (aside.for_what, aside.has_pinned) == ("Two units", True)
    assert (document.own, told) == (own, [])
    harness.session.hold.set("Lock your prediction.")
    harness.do(document.bring_back)
    assert (document.project, document.project.step, document.aside) == (own, 123, None)
    assert (told, harness.session.hold.reason) == (["back"], "")
    assert_same_state(harness.now, shown)
    assert harness.labels() == labels == ("pin", "rate 0.25")
    harness.do(document.redo)
    assert harness.now.config.rate == 0.25


def test_two_runs_and_a_watched_one_come_back(harness: DocumentHarness) -> None:
    pair = Project(Record(CONFIG), 0, Record(OTHER)).pinning(watched_record(), 3)
    watched = watched_record()
    twin = Project(watched, 9, continued(watched, 0), parted_at=5)
    for project in (pair, replace(twin, beside=None, parted_at=None), replace(twin, step=0)):
        harness.put(project)
        harness.do(harness.document.set_aside, LESSON, "One unit")
        assert harness.now.beside is None
        harness.do(harness.document.bring_back)
        assert (harness.document.project, harness.now.step) == (project, project.step)
        assert harness.now.parted_at == project.parted_at


# The file of the own work.


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a desk whose own work is in a file, with a change that is not saved."""
    desk.open("own.xorviz")
    desk.train()
    set_aside(desk)
    return desk


def set_aside(desk: Desk) -> None:
    desk.document.set_aside(LESSON, "Lesson 1: one unit")
    desk.train(4)


def test_only_the_own_work_is_copied_and_asked_about(desk: Desk) -> None:
    own, file = desk.document.own, desk.file
    assert desk.title == "Lesson 1: one unit – xorviz"
    assert (file.is_modified, file.would_lose) == (True, True)
    file.autosave.copy()
    desk.assert_holds(desk.copies[0], own)
    desk.document.bring_back()
    assert desk.title == "own.xorviz* – xorviz"
    file.save()
    set_aside(desk)
    assert (file.is_modified, file.would_lose, desk.copies) == (False, False, [])


@pytest.mark.parametrize("way", ["new", "open"])
def test_what_replaces_it_is_asked_about_the_own_work(desk: Desk, way: str) -> None:
    own, other = desk.document.own, desk.folder / "other.xorviz"
    desk.file.open_path(desk.folder / "missing.xorviz")  # a broken file changes nothing
    assert desk.title.startswith("Lesson 1")
    save_run(LESSON, other)
    desk.file.new() if way == "new" else desk.file.open_path(other)
    assert (desk.document.project, desk.document.aside) == (own, None)
    assert "own.xorviz" in desk.question().text()
    desk.answer("Cancel")
    assert (desk.project, desk.title) == (own, "own.xorviz* – xorviz")


def test_saving_what_is_shown_leaves_the_own_file(desk: Desk) -> None:
    own, before = desk.folder / "own.xorviz", (desk.folder / "own.xorviz").read_bytes()
    shown = desk.project
    for path in (own, desk.folder / "lesson.xorviz"):
        desk.file.save()
        dialog = child(desk.window, QFileDialog, "save_dialog")
        assert [Path(name).name for name in dialog.selectedFiles()] == ["run.xorviz"]
        dialog.fileSelected.emit(str(path))
        dialog.close()
        assert desk.dialogs() == []
        assert (own.name in desk.told[-1]) == (path == own)
    assert own.read_bytes() == before
    assert load_run(desk.folder / "lesson.xorviz") == shown
    assert desk.title == "Lesson 1: one unit – xorviz"
    recent = [path.name for path in desk.file.recent._settings.recent()]
    assert recent == ["lesson.xorviz", "own.xorviz"]
