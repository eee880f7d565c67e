"""Copies of unsaved work, and their recovery after a crash."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.windows import Open, action, find, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.recovery import orphans
from xorviz.files.run_file import load_run, save_run
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.autosave import DISCARD, RESTORE, Autosave
from xorviz.window.main_window import MainWindow

Answer = QMessageBox.StandardButton
NOON = 1_750_000_000_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of copies."""
    return tmp_path / "recovery"


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.xorviz"))


def train(qtbot: QtBot, window: MainWindow, steps: int = 10) -> None:
    window.session.step(steps)
    settle(qtbot, window)


def let_time_pass(window: MainWindow) -> None:
    """Fire the timer of half a minute."""
    find_timer(window).timeout.emit()


def find_timer(window: MainWindow) -> QTimer:
    timer = window.findChild(QTimer, "autosave")
    assert isinstance(timer, QTimer)
    return timer


def notices(window: MainWindow) -> list[str]:
    """Return a list that new notices are added to."""
    told: list[str] = []
    window.file.noticed.connect(told.append)
    return told


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every file that is to be replaced meanwhile fail."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        yield


# The copy.


def test_a_copy_is_saved_every_half_minute(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    assert find_timer(window).isActive()
    assert find_timer(window).interval() == 30_000
    for _ in range(2):
        train(qtbot, window)
        action(window, "pin").trigger()
        let_time_pass(window)
        (copy,) = copies(folder)
        assert load_run(copy) == window.document.project
        assert load_run(copy).step == window.document.project.step


def test_only_a_change_is_copied_again(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    train(qtbot, window)
    let_time_pass(window)
    (copy,) = copies(folder)
    before = copy.stat()
    let_time_pass(window)
    assert copy.stat() == before
    action(window, "to_start").trigger()
    settle(qtbot, window)
    let_time_pass(window)
    assert load_run(copy).step == 0


@pytest.mark.thorough
def test_a_saved_project_has_no_copy(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path
) -> None:
    def is_copied() -> bool:
        let_time_pass(window)
        return folder.exists()

    assert not is_copied()
    train(qtbot, window)
    save_run(window.document.project, tmp_path / "a.xorviz")
    window.file.open_path(tmp_path / "a.xorviz")
    settle(qtbot, window)
    assert not is_copied()
    train(qtbot, window)
    assert is_copied()
    window.file.save()
    assert not folder.exists()
    train(qtbot, window)
    assert is_copied()
    window.file.new()
    find(window, QMessageBox, "unsaved_dialog").button(Answer.Discard).click()
    assert not folder.exists()


def test_pausing_copies_the_last_snapshot(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    window.session.set_speed(None)
    window.session.play()
    qtbot.waitUntil(
        lambda: window.document.project.record.newest > 100 and window.session.unanswered > 0
    )
    assert not folder.exists()
    window.session.pause()
    qtbot.waitUntil(lambda: bool(copies(folder)))
    assert not window.session.unanswered
    (copy,) = copies(folder)
    assert load_run(copy) == window.document.project
    assert load_run(copy).step == window.document.project.step


@pytest.mark.thorough
def test_a_failed_copy_is_reported_once_and_repeated(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    told = notices(window)
    for _ in range(2):
        folder.touch()
        for _ in range(3):
            train(qtbot, window)
            let_time_pass(window)
            let_time_pass(window)
        (sentence,) = told
        assert sentence.startswith("Automatic backup failed: ")
        assert sentence.endswith(".")
        folder.unlink()
        let_time_pass(window)
        (copy,) = copies(folder)
        assert load_run(copy) == window.document.project
        told.clear()
        copy.unlink()
        copy.with_suffix(".lock").unlink()
        folder.rmdir()


@pytest.mark.thorough
def test_a_failed_copy_leaves_the_last_one(
    qtbot: QtBot, window: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(qtbot, window)
    let_time_pass(window)
    before = window.document.project
    train(qtbot, window)

    with full_disk(monkeypatch):
        let_time_pass(window)
    assert text(window, "status_message").endswith("The disk is full.")
    assert load_run(*copies(folder)) == before
    let_time_pass(window)
    assert load_run(*copies(folder)) == window.document.project


def test_a_clean_exit_leaves_no_copy(qtbot: QtBot, open_window: Open, folder: Path) -> None:
    window = open_window()
    train(qtbot, window)
    let_time_pass(window)
    assert copies(folder)
    window.session.play()
    window.close()
    assert not folder.exists()
    assert not bar(open_window()).isVisible()


def test_ending_without_a_question_leaves_pinned_work_as_a_copy(
    qtbot: QtBot, open_window: Open, folder: Path
) -> None:
    window = open_window()
    train(qtbot, window)
    action(window, "pin").trigger()
    window.close()
    assert find(window, QMessageBox, "unsaved_dialog").isVisible()
    window.end()
    assert not window.isVisible()
    assert load_run(*copies(folder)) == window.document.project


def test_the_last_copy_stays_if_another_fails(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, asking = left_project(3), NoticeBar()
    qtbot.addWidget(asking)
    keeper = Autosave(folder, lambda: project, asking, asking)
    keeper.copy()
    with full_disk(monkeypatch):
        keeper.leave()
    keeper.close()
    assert load_run(*copies(folder)) == project
    keeper.leave()
    keeper.close()
    assert load_run(*copies(folder)) == project
    assert orphans(folder) == copies(folder)


@pytest.mark.thorough
def test_windows_do_not_touch_each_other_s_copies(
    qtbot: QtBot, open_window: Open, folder: Path
) -> None:
    windows = []
    for _ in range(3):
        window = open_window()
        windows.append(window)
        assert not bar(window).isVisible()
        train(qtbot, window, len(windows))
        let_time_pass(window)
        assert len(copies(folder)) == len(windows)
        assert orphans(folder) == []
    windows[1].close()
    steps = sorted(load_run(copy).step for copy in copies(folder))
    assert steps == [1, 3]


# Recovery.


def bar(window: MainWindow) -> NoticeBar:
    return find(window, NoticeBar, "notice_bar")


def answer(window: MainWindow, answer: str) -> None:
    assert bar(window).isVisible()
    buttons = [b for b in bar(window).findChildren(QPushButton) if b.text() == answer]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def left_project(seed: int, pinned: int = 1) -> Project:
    """Return a project at a past step."""
    recording = Recording(RunConfig(seed=seed, width=4))
    recording.advance(100 + seed)
    recording.intervene("w1", 0.25, (0, 1))
    recording.advance(20)
    project = Project(recording.record(), 50 + seed)
    for _ in range(pinned):
        project = project.pinning(recording.fork(10).record(), 7, "The first steps")
    return project


def left_behind(folder: Path, seed: int, pinned: int = 1, age: int = 0) -> Path:
    """Leave a copy as a crash does; older ones are offered later."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{seed}-00000000.xorviz"
    save_run(left_project(seed, pinned), path)
    path.with_suffix(".lock").touch()
    os.utime(path, ns=(0, NOON - age))
    return path


def is_at(window: MainWindow, project: Project) -> bool:
    """Return whether a window shows this project at its step."""
    now = window.document.project
    return now == project and now.step == project.step


def test_a_left_copy_is_restored_exactly(qtbot: QtBot, open_window: Open, folder: Path) -> None:
    path = left_behind(folder, 3)
    window = open_window()
    assert bar(window).isVisible()
    assert "15 June, " in bar(window).accessibleName()
    assert window.windowTitle() == "xorviz[*]"
    assert path.exists()
    answer(window, RESTORE)
    settle(qtbot, window)
    assert not bar(window).isVisible()
    assert is_at(window, left_project(3))
    assert text(window, "status_step") == "step 53"
    assert text(window, "status_message") == "Restored at step 53. Not saved yet."
    assert (window.windowTitle(), window.isWindowModified()) == ("Untitled[*] – xorviz", True)
    (copy,) = copies(folder)
    assert copy != path
    assert load_run(copy) == left_project(3)
    assert orphans(folder) == []


@pytest.mark.parametrize("pinned", some([0, 1], 1))
def test_restored_work_is_not_lost_without_a_question(
    qtbot: QtBot, open_window: Open, folder: Path, pinned: int
) -> None:
    left_behind(folder, 3, pinned)
    window = open_window()
    answer(window, RESTORE)
    settle(qtbot, window)
    window.close()
    assert window.isVisible()
    find(window, QMessageBox, "unsaved_dialog").button(Answer.Cancel).click()
    window.file.leave_copy()
    window.close()
    assert load_run(*copies(folder)) == left_project(3, pinned)


@pytest.mark.thorough
def test_work_after_restored_work_may_be_lost(
    qtbot: QtBot, open_window: Open, folder: Path
) -> None:
    left_behind(folder, 3)
    window = open_window()
    answer(window, RESTORE)
    window.file.new()
    find(window, QMessageBox, "unsaved_dialog").button(Answer.Discard).click()
    settle(qtbot, window)
    assert not folder.exists()
    train(qtbot, window)
    window.close()
    assert not window.isVisible()


@pytest.mark.thorough
def test_a_discarded_copy_is_deleted(open_window: Open, folder: Path) -> None:
    left_behind(folder, 3)
    window = open_window()
    answer(window, DISCARD)
    assert not bar(window).isVisible()
    assert not folder.exists()
    assert window.windowTitle() == "xorviz[*]"
    assert not bar(open_window()).isVisible()


@pytest.mark.thorough
def test_an_undecided_copy_is_offered_again(open_window: Open, folder: Path) -> None:
    path = left_behind(folder, 3)
    window = open_window()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert bar(window).isVisible()
    window.close()
    assert path.exists()
    assert bar(open_window()).isVisible()


def test_a_broken_copy_is_reported_and_renamed(
    qtbot: QtBot, open_window: Open, folder: Path
) -> None:
    path = left_behind(folder, 3)
    content = path.read_bytes()[:-9]
    path.write_bytes(content)
    window = open_window()
    assert window.isVisible()
    before, told = window.document.project, notices(window)
    answer(window, RESTORE)
    aside = path.with_suffix(".broken")
    reason = "The file is incomplete: its end is missing."
    assert told == [f"Could not restore the work, left in {aside}: {reason}"]
    assert window.document.project is before
    assert window.windowTitle() == "xorviz[*]"
    assert not bar(window).isVisible()
    assert [p.name for p in folder.iterdir()] == [aside.name]
    assert aside.read_bytes() == content
    assert not bar(open_window()).isVisible()


@pytest.mark.thorough
def test_a_copy_taken_by_another_window_is_reported(open_window: Open, folder: Path) -> None:
    left_behind(folder, 3)
    one, other = open_window(), open_window()
    answer(one, DISCARD)
    told = notices(other)
    answer(other, RESTORE)
    assert told == ["Could not restore the work: The file does not exist."]
    assert other.windowTitle() == "xorviz[*]"
    assert not bar(other).isVisible()


@pytest.mark.thorough
def test_a_vanished_copy_does_not_stop_the_start(
    open_window: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, there = folder / "9-00000000.xorviz", left_behind(folder, 3)
    monkeypatch.setattr("xorviz.window.document.autosave.orphans", lambda _: [gone, there])
    window = open_window()
    answer(window, DISCARD)
    assert not there.exists()


@pytest.mark.thorough
def test_restoring_a_second_copy_asks_about_the_first(
    qtbot: QtBot, open_window: Open, folder: Path
) -> None:
    older = left_behind(folder, 1, pinned=0, age=60 * 10**9)
    left_behind(folder, 2, pinned=0)
    left_behind(folder, 3, age=-1)
    window = open_window()
    answer(window, DISCARD)
    answer(window, RESTORE)
    settle(qtbot, window)
    assert is_at(window, left_project(2, pinned=0))
    answer(window, RESTORE)
    find(window, QMessageBox, "unsaved_dialog").button(Answer.Cancel).click()
    settle(qtbot, window)
    assert is_at(window, left_project(2, pinned=0))
    assert older.exists()
    answer(window, RESTORE)  # it is still offered
    find(window, QMessageBox, "unsaved_dialog").button(Answer.Discard).click()
    settle(qtbot, window)
    assert is_at(window, left_project(1, pinned=0))
    assert not older.exists()
    assert load_run(*copies(folder)) == left_project(1, pinned=0)


@pytest.mark.thorough
def test_restoring_loses_no_open_file(
    qtbot: QtBot, open_window: Open, folder: Path, tmp_path: Path
) -> None:
    path = left_behind(folder, 3)
    save_run(left_project(5), tmp_path / "a.xorviz")
    window = open_window()
    window.file.open_path(tmp_path / "a.xorviz")
    settle(qtbot, window)
    action(window, "pin").trigger()
    changed = window.document.project
    answer(window, RESTORE)
    assert window.document.project is changed
    assert path.exists()
    find(window, QMessageBox, "unsaved_dialog").button(Answer.Save).click()
    settle(qtbot, window)
    assert load_run(tmp_path / "a.xorviz") == changed
    assert is_at(window, left_project(3))
    window.file.save()  # not to the other file
    assert load_run(tmp_path / "a.xorviz") == changed


@pytest.mark.thorough
def test_a_restored_copy_stays_until_it_is_copied_again(
    qtbot: QtBot, open_window: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = left_behind(folder, 3)
    window = open_window()
    with full_disk(monkeypatch):
        answer(window, RESTORE)
    settle(qtbot, window)
    assert is_at(window, left_project(3))
    assert load_run(path) == left_project(3)
