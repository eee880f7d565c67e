"""The project's file: its title, opening and saving, and the questions where work would be lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from tests.support.screen import child
from tests.support.windows import CONFIG
from tests.window.document.desk import Desk, project_of
from xorviz.core.kernels import compiler
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files import assets
from xorviz.files.run_file import load_run, save_run
from xorviz.window.bars.run_display import kernel_text
from xorviz.window.document.project_file import foreign


def test_the_title_tells_the_file_and_whether_it_has_changes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(desk.folder))
    assert desk.title == "xorviz"
    desk.harness.do(desk.document.restart, replace(CONFIG, width=5))  # settings alone are no change
    assert desk.title == "xorviz"
    desk.train()
    assert desk.title == "Untitled* – xorviz"
    desk.file.save()
    assert child(desk.window, QFileDialog, "save_dialog").directory().path() == str(desk.folder)
    desk.choose(desk.folder / "mine")  # gets the suffix
    assert (desk.title, desk.told[-1]) == ("mine.xorviz – xorviz", "Saved mine.xorviz.")
    desk.assert_holds(desk.folder / "mine.xorviz", desk.project)
    desk.harness.go_to(3)  # is no change
    assert desk.title == "mine.xorviz – xorviz"
    desk.document.pin()
    assert desk.title == "mine.xorviz* – xorviz"
    desk.document.undo()
    assert desk.title == "mine.xorviz – xorviz"
    desk.document.redo()
    desk.file.save()  # asks for no path
    assert (desk.dialogs(), desk.title) == ([], "mine.xorviz – xorviz")
    odd = desk.open("a[*]&<b>.xorviz")
    assert desk.window.windowTitle() == "a[*][*]&<b>.xorviz[*] – xorviz"
    desk.train()
    desk.ask()
    assert odd.name in desk.question().text()
    assert desk.question().textFormat() == Qt.TextFormat.PlainText
    desk.answer("Cancel")


def test_a_file_is_offered_for_what_a_command_cannot_carry(desk: Desk) -> None:
    desk.file.put(project_of(), None)
    desk.document.copy_command()
    assert "lacks 1 change made on the way" in desk.bar.accessibleName()
    QTest.mouseClick(child(desk.bar, QPushButton, "notice_answer_1"), Qt.MouseButton.LeftButton)
    desk.choose(desk.folder / "whole.xorviz")
    desk.assert_holds(desk.folder / "whole.xorviz", project_of())
    desk.document.copy_command()
    assert not desk.bar.isHidden()
    desk.document.draw_seed()
    assert desk.bar.isHidden(), "the file would have another run"
    desk.bar.show_notice("Another notice")
    desk.document.draw_seed()
    assert not desk.bar.isHidden()


def test_a_file_is_opened_with_all_that_it_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.file.open()
    save_run(project_of(pinned=2), desk.folder / "some.xorviz")
    desk.choose(desk.folder / "some.xorviz", "open_dialog")
    assert (desk.project, desk.harness.now.step) == (project_of(pinned=2), 20)
    assert (desk.title, desk.told) == ("some.xorviz – xorviz", ["Opened some.xorviz."])
    monkeypatch.chdir(desk.folder)
    desk.file.open_path(Path("some.xorviz"))
    monkeypatch.chdir("/")
    desk.train()
    desk.file.save()  # where it was opened, by its relative path
    desk.assert_holds(desk.folder / "some.xorviz", desk.project)
    desk.document.restart(CONFIG)  # before its first snapshot
    desk.file.save()
    assert load_run(desk.folder / "some.xorviz").record == Record(CONFIG)


def test_saving_under_another_name_leaves_the_first_file(desk: Desk) -> None:
    first = desk.open("a.xorviz")
    desk.train()
    desk.file.save_as()
    dialog = child(desk.window, QFileDialog, "save_dialog")
    assert [Path(name).name for name in dialog.selectedFiles()] == ["a.xorviz"]
    desk.choose(desk.folder / "b.xorviz")
    assert desk.title == "b.xorviz – xorviz"
    desk.assert_holds(first, project_of())
    desk.assert_holds(desk.folder / "b.xorviz", desk.project)


@pytest.mark.parametrize("name", ["open", "save_as"])
def test_a_cancelled_file_dialog_changes_nothing(desk: Desk, name: str) -> None:
    desk.open("some.xorviz")
    desk.train()
    before, files = desk.project, sorted(desk.folder.iterdir())
    getattr(desk.file, name)()
    dialog = child(desk.window, QFileDialog, f"{name.removesuffix('_as')}_dialog")
    assert Path(dialog.directory().absolutePath()) == desk.folder
    assert dialog.nameFilters() == ["xorviz runs (*.xorviz)"]
    if name == "open":
        assert dialog.fileMode() == QFileDialog.FileMode.ExistingFile
    dialog.reject()
    assert (desk.project is before, desk.title) == (True, "some.xorviz* – xorviz")
    assert sorted(desk.folder.iterdir()) == files


@pytest.mark.parametrize("content", [None, b'{"format":"xorviz run","ve'], ids=["missing", "cut"])
def test_a_broken_file_changes_nothing(desk: Desk, content: bytes | None) -> None:
    desk.open("some.xorviz")
    desk.document.pin()
    before, broken = desk.project, desk.folder / "broken.xorviz"
    if content is not None:
        broken.write_bytes(content)
    desk.file.open_path(broken)
    assert desk.told[-1].startswith("Could not open broken.xorviz: The file ")
    assert (desk.project is before, desk.dialogs()) == (True, [])
    assert (desk.title, desk.harness.labels()[0]) == ("some.xorviz* – xorviz", "pin")


def test_a_failed_save_loses_nothing_and_can_be_made_later(desk: Desk) -> None:
    path = desk.open("runs.xorviz").rename(desk.folder / "other.xorviz")
    folder = desk.folder / "away"
    folder.mkdir()
    desk.file.open_path(path.rename(folder / "other.xorviz"))
    desk.train()
    moved = folder.rename(desk.folder / "moved")
    desk.ask()
    desk.answer("Save")
    assert desk.told[-1] == "Could not save other.xorviz: The folder does not exist."
    assert (desk.title, desk.done) == ("other.xorviz* – xorviz", [])
    moved.rename(folder)
    desk.file.save()
    assert desk.title == "other.xorviz – xorviz"
    desk.assert_holds(folder / "other.xorviz", desk.project)


# Unsaved work: what is there, what is asked for, what is answered.


def nothing(_: Desk) -> None:
    """Leave the first run as it is."""


def unnamed(desk: Desk) -> None:
    desk.train()


def unchanged(desk: Desk) -> None:
    desk.open("some.xorviz")
    desk.harness.go_to(0)


def pinned(desk: Desk) -> None:
    desk.train()
    desk.document.pin()


def named(desk: Desk) -> None:
    desk.open("some.xorviz")
    desk.train()


Work = Callable[[Desk], None]


def begin_new(desk: Desk) -> None:
    desk.file.new()


def open_another(desk: Desk) -> None:
    save_run(project_of(3), desk.folder / "other.xorviz")
    desk.file.open_path(desk.folder / "other.xorviz")


def has_gone_on(desk: Desk, request: Work) -> bool:
    """Return whether what was asked for is done."""
    desk.harness.rest()
    if request is Desk.ask:
        return desk.done == ["gone on"]
    if request is begin_new:
        first = Project(Record(assets.quick_start().config), 0)
        assert desk.speeds == [assets.quick_start().speed]
        return desk.title == "xorviz" and desk.project == first
    return desk.title == "other.xorviz – xorviz" and desk.project == project_of(3)


@pytest.mark.parametrize(
    ("work", "request_it"), [(nothing, Desk.ask), (unnamed, begin_new), (unchanged, open_another)]
)
def test_nothing_is_asked_about_what_can_be_done_again(
    desk: Desk, work: Work, request_it: Work
) -> None:
    work(desk)
    request_it(desk)
    assert desk.dialogs() == []
    assert has_gone_on(desk, request_it)


@pytest.mark.parametrize(
    ("answer", "work", "request_it"),
    [
        ("Save", pinned, open_another),
        ("Save", named, begin_new),
        ("Discard", pinned, begin_new),
        ("Discard", named, open_another),
        ("Cancel", named, Desk.ask),
        ("Escape", pinned, open_another),
    ],
)
def test_unsaved_work_is_saved_discarded_or_kept_as_one_answers(
    desk: Desk, work: Work, request_it: Work, answer: str
) -> None:
    work(desk)
    before, title, file = desk.project, desk.title, desk.folder / "some.xorviz"
    request_it(desk)
    assert ("some.xorviz" in desk.question().text()) == (work is named)
    desk.ask()  # while a question is open, another request is refused
    assert desk.question().defaultButton() is desk.question().button(
        desk.question().StandardButton.Save
    )
    if answer == "Escape":
        QTest.keyClick(desk.question(), Qt.Key.Key_Escape)
    else:
        desk.answer(answer)
    if answer == "Save" and work is pinned:
        assert not has_gone_on(desk, request_it)
        desk.choose(file)
    assert desk.dialogs() == []
    assert has_gone_on(desk, request_it) == (answer in {"Save", "Discard"})
    if answer == "Save":
        desk.assert_holds(file, before)
    elif work is named:
        desk.assert_holds(file, project_of())
    if answer in {"Cancel", "Escape"}:
        assert (desk.project is before, desk.title) == (True, title)


def test_the_file_that_is_saved_to_first_is_opened_as_it_is_then(desk: Desk) -> None:
    path = desk.open("some.xorviz")
    desk.train()
    mine = desk.project
    desk.file.open_path(path)
    desk.answer("Save")
    assert (desk.project, desk.title) == (mine, "some.xorviz – xorviz")
    desk.document.pin()
    save_run(project_of(3), desk.folder / "other.xorviz")
    desk.file.open_path(desk.folder / "other.xorviz")
    (desk.folder / "other.xorviz").write_text("broken meanwhile")
    desk.answer("Discard")
    assert desk.project.record == mine.record
    assert desk.told[-1].startswith("Could not open other.xorviz: ")


# Changes by another program.


@pytest.mark.parametrize(
    ("answer", "is_damaged"), [("Replace", True), ("Save as…", False), ("Cancel", False)]
)
def test_a_file_changed_elsewhere_is_replaced_only_on_demand(
    desk: Desk, answer: str, is_damaged: bool
) -> None:
    path = desk.open("some.xorviz")
    desk.train()
    if is_damaged:
        path.write_text("notes")
    else:
        save_run(project_of(3, pinned=1), path)
    before, there = desk.project, path.read_bytes()
    desk.ask()
    desk.answer("Save")
    question = desk.question("changed_dialog")
    assert "some.xorviz" in question.text()
    assert question.defaultButton().text() == "Save &as…"
    assert path.read_bytes() == there
    desk.answer(answer, "changed_dialog")
    if answer == "Save as…":
        desk.choose(desk.folder / "mine.xorviz")
    name = {"Replace": "some.xorviz", "Save as…": "mine.xorviz", "Cancel": ""}[answer]
    assert desk.done == (["gone on"] if name else [])
    assert desk.project is before
    if name:
        desk.assert_holds(desk.folder / name, before)
        assert desk.title == f"{name} – xorviz"
    assert (path.read_bytes() == there) == (answer != "Replace")


def test_nothing_is_asked_where_nothing_would_be_replaced(desk: Desk) -> None:
    path = desk.open("some.xorviz")
    for happens in (path.unlink, lambda: path.write_bytes(path.read_bytes())):
        desk.train()  # its own last save is no reason to ask, either
        happens()
        desk.file.save()
        assert desk.dialogs() == []
        desk.assert_holds(path, desk.project)


def run_by(*kernels: str) -> Record:
    recording = Recording(RunConfig())
    recording.advance(5)
    return replace(recording.record(), kernels=kernels)


OWN, OTHER, BOTH = run_by(NUMBA), run_by(NUMPY), run_by(NUMPY, NUMBA)
UNTRAINED = Recording(OTHER).fork(0).record()


def test_the_description_names_the_way_to_the_other_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    for installed, kernel, way in (
        (NUMBA, NUMPY, "xorviz --kernel numba"),
        (NUMPY, NUMPY, "pip install 'xorviz[fast]'"),
        (NUMBA, NUMBA, "xorviz --kernel numpy"),
    ):
        monkeypatch.setattr(compiler, "chosen", lambda installed=installed: installed)
        assert f"kernel {kernel}" in kernel_text(kernel)
        assert kernel_text(kernel).endswith(f": {way}")


@pytest.mark.parametrize(
    ("project", "of_what"),
    [
        (Project(OWN, 5, OWN).pinning(OWN, 0), ""),
        (Project(UNTRAINED, 0), ""),
        (Project(OTHER, 5), "This run was"),
        (Project(BOTH, 5), "This run was"),
        (Project(OWN, 5, OTHER).pinning(OTHER, 0), "This run was"),
        (Project(OWN, 5).pinning(OTHER, 3), "Pinned runs were"),
    ],
)
def test_trained_runs_of_another_kernel_have_a_note(project: Project, of_what: str) -> None:
    note = foreign(project, NUMBA)
    assert note.startswith(of_what)
    assert bool(note) == bool(of_what)
    if note:
        assert "kernel numpy; this window uses numba" in note
        assert note.endswith("xorviz --kernel numpy")


def test_a_note_takes_the_place_of_the_last_and_of_no_question(desk: Desk) -> None:
    foreign_run, own_run = Project(OWN, 5), Project(OTHER, 5)
    for project, is_hidden in ((own_run, True), (foreign_run, False), (own_run, True)):
        desk.file.put(project, None)
        assert desk.bar.isHidden() == is_hidden
    desk.file.show_fallback("Numba is gone.")
    assert desk.bar.accessibleName() == "Numba is gone."
    desk.file.put(foreign_run, None)
    assert "numba" in desk.bar.accessibleName()
    desk.answer_bar("OK")
    desk.bar.ask("Restore?", {"Yes": str, "No": str})
    desk.file.put(foreign_run, None)
    assert desk.bar.accessibleName() == "Restore?"
    desk.answer_bar("No")
    assert desk.bar.accessibleName() == foreign(foreign_run, NUMPY)
    desk.file.put(own_run, None)
    assert desk.bar.isHidden()
