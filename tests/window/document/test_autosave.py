"""Copies of unsaved work, and what becomes of them at the next start."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.windows import Open, action, settle
from tests.window.document.desk import Desk, project_of
from xorviz.core.runs.project import Project
from xorviz.files.run_file import load_run, save_run
from xorviz.window.document.autosave import AUTOSAVE_MS, DISCARD, RESTORE, discard, orphans

NOON = int(datetime(2025, 6, 15, 12).timestamp()) * 10**9

Begin = Callable[[], Desk]


def let_time_pass(desk: Desk) -> None:
    """Fire the timer of half a minute."""
    timer = child(desk.file, QTimer, "autosave")
    assert (timer.isActive(), timer.interval()) == (True, AUTOSAVE_MS)
    timer.timeout.emit()


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every file that is to be replaced meanwhile fail."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        yield


def left_behind(folder: Path, seed: int, pinned: int = 1, age: int = 0) -> Path:
    """Leave a copy as a crash does; older ones are offered later."""
    (folder / "recovery").mkdir(exist_ok=True)
    path = folder / "recovery" / f"{seed}-00000000.xorviz"
    save_run(project_of(seed, pinned=pinned), path)
    path.with_suffix(".lock").touch()
    os.utime(path, ns=(0, NOON - age))
    return path


def assert_shows(desk: Desk, project: Project) -> None:
    assert (desk.project, desk.project.step) == (project, project.step)


def test_a_change_is_copied_every_half_minute_and_what_is_saved_is_not(desk: Desk) -> None:
    let_time_pass(desk)
    assert desk.copies == []
    for _ in range(2):
        desk.train()
        desk.document.pin()
        let_time_pass(desk)
        (copy,) = desk.copies
        desk.assert_holds(copy, desk.project)
    before = copy.stat()
    let_time_pass(desk)
    assert copy.stat() == before
    desk.harness.go_to(0)
    let_time_pass(desk)
    assert load_run(copy).step == 0
    desk.file.save()
    desk.choose(desk.folder / "a.xorviz")
    assert desk.copies == []
    desk.train()
    let_time_pass(desk)
    assert len(desk.copies) == 1
    desk.open("b.xorviz")
    desk.answer("Discard")
    assert desk.copies == []


def test_a_failed_copy_leaves_the_last_one_and_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.train()
    let_time_pass(desk)
    for _ in range(2):
        before = desk.project
        with full_disk(monkeypatch):
            for _ in range(2):
                desk.train()
                let_time_pass(desk)
                let_time_pass(desk)
        assert desk.told == ["Automatic backup failed: The disk is full."]
        desk.assert_holds(desk.copies[0], before)
        let_time_pass(desk)
        desk.assert_holds(desk.copies[0], desk.project)
        desk.told.clear()
    desk.document.pin()
    let_time_pass(desk)
    before = desk.project
    desk.train()
    with full_disk(monkeypatch):
        desk.file.leave_copy()
    desk.close()
    desk.assert_holds(desk.copies[0], before)


def test_a_folder_that_cannot_be_created_is_told_and_an_emptied_one_filled_again(
    desk: Desk,
) -> None:
    folder = desk.folder / "recovery"
    folder.touch()
    desk.train()
    let_time_pass(desk)
    assert desk.told == ["Automatic backup failed: It cannot be written: File exists."]
    assert orphans(folder) == []
    folder.unlink()
    let_time_pass(desk)
    shutil.rmtree(folder)
    desk.train()
    let_time_pass(desk)
    desk.assert_holds(desk.copies[0], desk.project)
    assert folder.stat().st_mode & 0o777 == 0o700  # nobody else may read it
    (folder / "note.txt").touch()  # other files are kept, and are no orphans
    (folder / "folder.xorviz").mkdir()
    assert orphans(folder) == []
    desk.close()
    assert {path.name for path in folder.iterdir()} == {"note.txt", "folder.xorviz"}


def test_a_copy_is_an_orphan_once_its_process_has_ended(
    desks: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    desk, folder = desks(), tmp_path / "recovery"
    desk.train()
    let_time_pass(desk)
    (copy,) = desk.copies
    assert copy.name.startswith(f"{os.getpid()}-")
    assert (orphans(folder), synced) == ([], [])  # only a last copy waits for the disk
    desk.file.autosave.leave()
    for _ in range(2):  # looking takes nothing away
        assert orphans(folder) == [copy]
    assert synced
    copy.with_suffix(".lock").unlink()
    assert orphans(folder) == [copy]
    (folder / f".{copy.name}.0123456789abcdef.tmp").write_bytes(b"half")
    discard(copy)
    assert not folder.exists()


def test_a_clean_end_leaves_no_copy_and_an_end_unasked_only_work_of_worth(desks: Begin) -> None:
    one = desks()
    one.train()
    let_time_pass(one)
    one.file.leave_copy()  # a run without a name can be trained again
    one.close()
    assert one.copies == []
    one = desks()
    one.document.pin()
    one.file.leave_copy()
    one.close()
    assert not one.file.would_lose  # so that nothing is asked
    one.assert_holds(one.copies[0], one.project)
    assert orphans(one.folder / "recovery") == one.copies


def test_a_left_copy_is_restored_exactly_and_asked_about(desks: Begin, tmp_path: Path) -> None:
    path = left_behind(tmp_path, 3, pinned=0)
    desk = desks()
    assert "15 June, " in desk.bar.accessibleName()
    assert (path.exists(), desk.title) == (True, "xorviz")
    desk.answer_bar(RESTORE)
    assert_shows(desk, project_of(3))
    assert desk.harness.now.step == 20
    assert "Restored at step 20" in desk.told[-1]
    assert (desk.title, desk.bar.isHidden()) == ("Untitled* – xorviz", True)
    assert desk.copies == [path]
    desk.assert_holds(path, project_of(3))
    assert orphans(path.parent) == []  # it's this window's own now
    desk.file.new()  # though nothing is pinned or named
    desk.answer("Discard")
    assert desk.copies == []
    desk.train()
    assert not desk.file.would_lose  # the next run is an ordinary one


def test_a_restored_run_of_another_kernel_has_its_note(desks: Begin, tmp_path: Path) -> None:
    path, project = left_behind(tmp_path, 3), project_of(3)
    save_run(replace(project, record=replace(project.record, kernels=("numba",))), path)
    desk = desks()
    desk.answer_bar(RESTORE)
    assert "kernel numba" in desk.bar.accessibleName()


def test_a_copy_is_offered_until_it_is_discarded(desks: Begin, tmp_path: Path) -> None:
    left_behind(tmp_path, 3)
    first = desks()
    assert first.bar.isVisible()
    first.close()
    second = desks()
    second.answer_bar(DISCARD)
    assert not (tmp_path / "recovery").exists()
    assert desks().bar.isHidden()


def test_a_broken_copy_is_told_and_put_aside(desks: Begin, tmp_path: Path) -> None:
    path = left_behind(tmp_path, 3)
    content = path.read_bytes()[:-9]
    path.write_bytes(content)
    desk = desks()
    before = desk.project
    desk.answer_bar(RESTORE)
    aside = path.with_suffix(".broken")
    (told,) = desk.told
    assert told.startswith(f"Could not restore the work, left in {aside}: The file is incomplete")
    assert (desk.project is before, desk.bar.isHidden()) == (True, True)
    assert list(path.parent.iterdir()) == [aside]
    assert aside.read_bytes() == content
    assert desks().bar.isHidden()


def test_a_copy_that_has_vanished_is_not_offered_or_is_told_to_be_gone(
    desks: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, there = tmp_path / "recovery" / "9-00000000.xorviz", left_behind(tmp_path, 3)
    monkeypatch.setattr("xorviz.window.document.autosave.orphans", lambda _: [gone, there])
    one, other = desks(), desks()
    one.answer_bar(DISCARD)
    assert not there.exists()
    other.answer_bar(RESTORE)
    assert other.told == ["Could not restore the work: The file does not exist."]
    assert other.bar.isHidden()


def test_a_copy_is_of_one_window_alone(desks: Begin, tmp_path: Path) -> None:
    path = left_behind(tmp_path, 3)
    first, second, third, fourth = desks(), desks(), desks(), desks()
    first.answer_bar(RESTORE)
    for late, answer in ((second, RESTORE), (third, DISCARD)):
        late.answer_bar(answer)
        assert late.bar.isHidden()
        assert first.copies == [path]
    assert not any("Could not" in told for told in second.told)
    fourth.file.autosave.take_over()  # as after a question that was asked before
    fourth.file.autosave.close()
    assert first.copies == [path]


def test_several_copies_are_offered_newest_first_and_none_replaces_another_unasked(
    desks: Begin, tmp_path: Path
) -> None:
    older = left_behind(tmp_path, 1, age=60 * 10**9)
    left_behind(tmp_path, 2)
    left_behind(tmp_path, 3, age=-1)
    desk = desks()
    desk.answer_bar(DISCARD)
    desk.answer_bar(RESTORE)
    assert_shows(desk, project_of(2, pinned=1))
    for answer in ("Cancel", "Discard"):
        assert_shows(desk, project_of(2, pinned=1))
        assert older.exists()
        desk.answer_bar(RESTORE)
        desk.answer(answer)
    assert_shows(desk, project_of(1, pinned=1))
    assert desk.copies == [older]
    desk.assert_holds(older, project_of(1, pinned=1))


def test_restoring_loses_no_open_file(desks: Begin, tmp_path: Path) -> None:
    left_behind(tmp_path, 3)
    desk = desks()
    file = desk.open("a.xorviz", project_of(5))
    desk.document.pin()
    changed = desk.project
    desk.answer_bar(RESTORE)
    assert desk.project is changed
    desk.answer("Save")
    desk.assert_holds(file, changed)
    assert_shows(desk, project_of(3, pinned=1))
    desk.file.save()  # not to the other file
    assert desk.dialogs() == ["save_dialog"]
    desk.assert_holds(file, changed)


def test_a_window_that_pauses_copies_its_work_and_one_that_crashed_is_restored(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window()
    window.session.play()
    qtbot.waitUntil(lambda: window.document.project.record.newest > 100)
    window.session.pause()
    settle(qtbot, window)
    folder = tmp_path / "recovery"
    qtbot.waitUntil(lambda: len(list(folder.glob("*.xorviz"))) == 1)
    action(window, "pin").trigger()
    project = window.document.project
    window.end()  # as at a signal: nobody is asked
    assert not window.isVisible()
    again = open_window()
    bar = again._notices
    assert bar.isVisible()
    bar._group.button(0).click()
    settle(qtbot, again)
    now = again.document.project
    assert (now, now.step) == (project, project.step)
    again.close()
    assert again.isVisible()  # it asks
