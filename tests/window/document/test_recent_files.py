"""The files that were open last."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import Open, settle, text
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files import save_run
from xorviz.window.document.file_dialogs import RecentFiles
from xorviz.window.document.settings import Settings
from xorviz.window.main_window import MainWindow


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def recent(parent: QWidget, store: QSettings) -> RecentFiles:
    return RecentFiles(Settings(store), parent)


def entries(recent: RecentFiles) -> list[QAction]:
    """Return what the menu holds when it is opened."""
    recent.menu.aboutToShow.emit()
    return recent.menu.actions()


def texts(recent: RecentFiles) -> list[str]:
    return [entry.text() for entry in entries(recent)]


def test_an_empty_menu_says_so(recent: RecentFiles) -> None:
    (entry,) = entries(recent)
    assert entry.text() == "No files yet"
    assert not entry.isEnabled()
    assert recent.folder == Path.home()


def test_files_are_listed_once_newest_first(recent: RecentFiles) -> None:
    for name in "abcab":
        recent.remember(Path(f"/runs/{name}.xorviz"))
    assert texts(recent) == ["b.xorviz", "a.xorviz", "c.xorviz"]
    assert recent.folder == Path("/runs")
    assert entries(recent)[0].statusTip() == "/runs/b.xorviz"


@pytest.mark.thorough
def test_equal_names_are_listed_with_their_folders(recent: RecentFiles) -> None:
    for path in ("/a/run.xorviz", "/b/run.xorviz", "/a/R&D.xorviz"):
        recent.remember(Path(path))
    assert texts(recent) == ["R&&D.xorviz", "run.xorviz in /b", "run.xorviz in /a"]


def test_a_chosen_file_is_emitted(qtbot: QtBot, recent: RecentFiles) -> None:
    paths = [Path("/runs/a.xorviz"), Path("/runs/b\udcff ü.xorviz")]
    for path in paths:
        recent.remember(path)
    for entry, path in zip(entries(recent), reversed(paths), strict=True):
        with qtbot.waitSignal(recent.chosen) as chosen:
            entry.trigger()
        assert chosen.args == [path]


def test_recent_files_are_listed_at_the_next_start(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    first = open_window()
    for name in "ab":
        save_run(Project(Record(RunConfig(seed=ord(name))), 0), tmp_path / f"{name}.xorviz")
        first.file.open_path(tmp_path / f"{name}.xorviz")
    first.file.open_path(tmp_path / "missing.xorviz")
    first.close()
    again = open_window()
    menu = again.file.recent_menu
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == ["b.xorviz", "a.xorviz"]
    menu.actions()[1].trigger()
    settle(qtbot, again)
    assert again.document.project.record.config.seed == ord("a")
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == ["a.xorviz", "b.xorviz"]


@pytest.mark.thorough
def test_a_missing_recent_file_is_reported(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "a.xorviz"
    save_run(Project(Record(RunConfig(seed=3)), 0), path)
    window.file.open_path(path)
    path.unlink()
    before = window.document.project
    window.file.recent_menu.aboutToShow.emit()
    window.file.recent_menu.actions()[0].trigger()
    assert text(window, "status_message") == "a.xorviz: There is no such file."
    assert window.document.project is before
