"""File dialogs, recent files and dropped files."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.windows import find, settle, shown_step
from tests.window.document.desk import project_of
from xorviz.files.run_file import save_run
from xorviz.window.document.file_dialogs import FileSaver, RecentMenu
from xorviz.window.document.settings import MOST_RECENT, Settings
from xorviz.window.main_window import MainWindow


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def test_a_file_is_written_or_refused_and_its_folder_is_asked_for_again(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    saver, told = FileSaver(parent), list[str]()
    saver.noticed.connect(told.append)
    saver.refused.connect(told.append)
    for folder in (tmp_path / "none", tmp_path):
        saver.ask(parent, "Save", "loss.csv", "Table (*.csv)", partial(saver.write, content=b"0"))
        dialog = child(parent, QFileDialog, "save_dialog")
        dialog.fileSelected.emit(str(folder / "loss.csv"))
        dialog.reject()
        qtbot.waitUntil(lambda: not parent.findChildren(QFileDialog))
    saver.write(tmp_path / "more.csv", b"1", "It has 3 rows.")
    assert told == [
        "Could not save loss.csv: The folder does not exist.",
        "Saved loss.csv.",
        "Saved more.csv. It has 3 rows.",
    ]
    assert (tmp_path / "loss.csv").read_bytes() == b"0"
    saver.ask(parent, "Save", "loss.csv", "Table (*.csv)", lambda _: None)
    assert child(parent, QFileDialog, "save_dialog").directory().path() == str(tmp_path)


# Dropped files.


COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
BUTTON = Qt.MouseButton.LeftButton
KEYS = Qt.KeyboardModifier.ShiftModifier  # with which file managers propose a move
AT = QPoint(5, 5)


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


@contextmanager
def older_constructors() -> Iterator[None]:
    """Allow for those that PySide6 6.12 deprecates, whose successors 6.11 does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def enters(widget: QWidget, data: QMimeData, possible: Qt.DropAction = COPY | MOVE) -> bool:
    """Drag something over a widget; return whether it is accepted."""
    with older_constructors():
        entering = QDragEnterEvent(AT, possible, data, BUTTON, KEYS)
    QApplication.sendEvent(widget, entering)
    return entering.isAccepted()


def drop(
    widget: QWidget, data: QMimeData, possible: Qt.DropAction = COPY | MOVE
) -> Qt.DropAction | None:
    """Drop something on a widget; return the action, if accepted."""
    if enters(widget, data, possible):
        with older_constructors():
            moving = QDragMoveEvent(AT, possible, data, BUTTON, KEYS)
        QApplication.sendEvent(widget, moving)
        assert moving.isAccepted()
    dropping = QDropEvent(QPointF(AT), possible, data, BUTTON, KEYS)
    assert dropping.proposedAction() == (MOVE if possible & MOVE else COPY)
    dropping.ignore()
    QApplication.sendEvent(widget, dropping)
    return dropping.dropAction() if dropping.isAccepted() else None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save_run(project_of(5), tmp_path / "ünï run.xorviz")
    return tmp_path / "ünï run.xorviz"


def test_a_run_file_dropped_on_any_widget_is_opened(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    inside = [w for w in window.findChildren(QWidget) if w.isVisible() and not w.isWindow()]
    assert len(inside) > 50
    for widget in inside:
        assert enters(widget, files(file)), widget
        assert not enters(widget, files(file.with_suffix(".txt"))), widget
    assert window.windowTitle() == "xorviz[*]"  # nothing was dropped
    plot = find(window, QWidget, "loss_plot")
    assert drop(plot, files(file)) == COPY  # after a move, a file manager deletes the file
    settle(qtbot, window)
    assert shown_step(window) == 20
    assert window.document.project == project_of(5)
    assert window.windowTitle() == "ünï run.xorviz[*] – xorviz"


def test_all_else_is_refused_and_each_suffix_has_its_own_opener(
    window: MainWindow, file: Path
) -> None:
    before, other, opened = window.document.project, file.with_suffix(".other"), list[Path]()
    text, elsewhere = QMimeData(), QMimeData()
    text.setText("run.xorviz")
    elsewhere.setUrls([QUrl("https://example.org/run.xorviz")])
    of_files = ([Path("/tmp/run.png")], [file, file], [Path("/tmp/.xorviz")], [other])
    for data in (text, elsewhere, *(files(*paths) for paths in of_files)):
        assert drop(window, data) is None, data.formats()
    assert drop(window, files(file), possible=MOVE) is None
    window.openers[".other"] = opened.append
    assert drop(window, files(other)) == COPY
    del window.openers[".other"]
    assert (opened, window.document.project is before) == ([other], True)


# Recent files.


@pytest.fixture
def recent(parent: QWidget, store: QSettings) -> RecentMenu:
    return RecentMenu(Settings(store), parent)


def entries(recent: RecentMenu) -> list[QAction]:
    """Return what the menu holds when it is opened."""
    recent.aboutToShow.emit()
    return recent.actions()


def test_files_are_listed_once_newest_first_and_one_can_be_chosen(
    recent: RecentMenu, store: QSettings
) -> None:
    (entry,) = entries(recent)
    assert (entry.isEnabled(), recent.folder) == (False, Path.home())
    for name in "abcab":
        recent.remember(Path(f"/runs/{name}.xorviz"))
    again = RecentMenu(Settings(store), recent)  # as at the next start
    assert [entry.text() for entry in entries(again)] == ["b.xorviz", "a.xorviz", "c.xorviz"]
    assert again.folder == Path("/runs")
    for path in ("/a/run.xorviz", "/b/run.xorviz", "/a/R&D.xorviz"):
        again.remember(Path(path))
    offered, chosen = entries(again), list[Path]()
    names = [one.text() for one in offered][:3]
    assert names == ["R&&D.xorviz", "run.xorviz in /b", "run.xorviz in /a"]
    again.chosen.connect(chosen.append)
    for entry in offered:
        entry.trigger()
    assert chosen == Settings(store).recent()
    assert [entry.statusTip() for entry in offered] == [str(path) for path in chosen]
    for number in range(20):
        again.remember(Path(f"/{number}.xorviz"))
    assert len(entries(again)) == MOST_RECENT
