"""File dialogs, recent files and dropped files."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.screen import child
from tests.support.windows import Open, find, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import save_run
from xorviz.window.document.file_dialogs import (
    RUNS,
    Answer,
    FileSaver,
    RecentMenu,
    ask_to_keep,
    ask_to_open,
    ask_to_save,
)
from xorviz.window.document.settings import Settings
from xorviz.window.main_window import MainWindow


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def test_the_dialogs_have_filter_folder_and_suffix(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    chosen: list[Path] = []
    ask_to_open(parent, "Open", tmp_path, RUNS, chosen.append)
    ask_to_save(parent, "Save", tmp_path / "mine.xorviz", RUNS, chosen.append)
    opening = child(parent, QFileDialog, "open_dialog")
    saving = child(parent, QFileDialog, "save_dialog")
    for dialog in (opening, saving):
        assert dialog.nameFilters() == ["xorviz runs (*.xorviz)"]
        assert Path(dialog.directory().absolutePath()) == tmp_path
    assert opening.fileMode() == QFileDialog.FileMode.ExistingFile
    assert saving.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert saving.defaultSuffix() == "xorviz"
    assert [Path(name).name for name in saving.selectedFiles()] == ["mine.xorviz"]
    saving.selectFile(str(tmp_path / "other"))
    saving.accept()
    opening.reject()
    qtbot.waitUntil(lambda: not isValid(saving) and not isValid(opening))
    assert chosen == [tmp_path / "other.xorviz"]


@pytest.mark.parametrize("answer", some([Answer.Save, Answer.Discard, Answer.Cancel], 1))
def test_the_question_finishes_with_the_answer(
    qtbot: QtBot, parent: QWidget, answer: Answer
) -> None:
    answers: list[int] = []
    ask_to_keep(parent, "<b>Save?</b>", answers.append)
    question = child(parent, QMessageBox, "unsaved_dialog")
    assert question.textFormat() == Qt.TextFormat.PlainText
    if answer is Answer.Cancel:
        QTest.keyClick(question, Qt.Key.Key_Escape)
    else:
        QTest.mouseClick(question.button(answer), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not isValid(question))
    assert answers == [answer.value]


def test_a_file_is_written_or_refused_and_its_folder_is_asked_for_again(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    saver, told = FileSaver(parent), list[str]()
    saver.noticed.connect(told.append)
    saver.refused.connect(told.append)
    for folder in (tmp_path / "none", tmp_path, tmp_path):
        saver.ask(parent, "Save", "loss.csv", "Table (*.csv)", partial(saver.write, content=b"0"))
        dialog = child(parent, QFileDialog, "save_dialog")
        dialog.fileSelected.emit(str(folder / "loss.csv"))
        dialog.reject()
        qtbot.waitUntil(lambda: not parent.findChildren(QFileDialog))
    assert told == ["Could not save loss.csv: The folder does not exist."] + ["Saved loss.csv."] * 2
    assert (tmp_path / "loss.csv").read_bytes() == b"0"
    saver.ask(parent, "Save", "loss.csv", "Table (*.csv)", lambda _: None)
    assert child(parent, QFileDialog, "save_dialog").directory().path() == str(tmp_path)


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


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
    recording = Recording(RunConfig(seed=5))
    recording.advance(30)
    save_run(Project(recording.record(), 12), tmp_path / "ünï run.xorviz")
    return tmp_path / "ünï run.xorviz"


def visible_widgets(window: MainWindow) -> Sequence[QWidget]:
    inside = [w for w in window.findChildren(QWidget) if w.isVisible() and not w.isWindow()]
    assert len(inside) > 50
    return [window, *inside]


def test_a_dropped_run_file_is_opened(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    for name in ("main_window", "decision_surface", "loss_plot", "timeline", "width"):
        widget = window if name == "main_window" else find(window, QWidget, name)
        window.file.new()
        settle(qtbot, window)
        assert drop(widget, files(file)) == COPY  # after a move, a file manager deletes the file
        settle(qtbot, window)
        assert text(window, "status_step") == "step 12", name
        assert window.document.project.record.config.seed == 5
        assert window.windowTitle() == "ünï run.xorviz[*] – xorviz"


@pytest.mark.thorough
def test_every_visible_widget_accepts_run_files_only(window: MainWindow, file: Path) -> None:
    inside = visible_widgets(window)
    for widget in inside:
        assert enters(widget, files(file)), widget
        assert not enters(widget, files(file.with_suffix(".txt"))), widget
    assert window.windowTitle() == "xorviz[*]"  # nothing was dropped


def words(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def url(address: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(address)])
    return data


REFUSED = {
    "text": words("run.xorviz"),
    "picture": files(Path("/tmp/run.png")),
    "several": files(Path("/tmp/a.xorviz"), Path("/tmp/b.xorviz")),
    "elsewhere": url("https://example.org/run.xorviz"),
    "suffix alone": files(Path("/tmp/.xorviz")),
}


def test_all_else_is_refused(window: MainWindow, file: Path) -> None:
    before = window.document.project
    for what, data in REFUSED.items():
        assert not enters(window, data), what
        assert drop(window, data) is None
    assert drop(window, files(file), possible=MOVE) is None
    assert window.document.project is before
    assert window.windowTitle() == "xorviz[*]"


def test_each_suffix_has_its_own_opener(window: MainWindow, file: Path) -> None:
    other, opened = file.with_suffix(".other"), list[Path]()
    assert drop(window, files(other)) is None
    window.openers[".other"] = opened.append
    assert drop(window, files(other)) == COPY
    assert opened == [other]
    assert window.windowTitle() == "xorviz[*]"
    del window.openers[".other"]


# Recent files.


@pytest.fixture
def recent(parent: QWidget, store: QSettings) -> RecentMenu:
    return RecentMenu(Settings(store), parent)


def entries(recent: RecentMenu) -> list[QAction]:
    """Return what the menu holds when it is opened."""
    recent.aboutToShow.emit()
    return recent.actions()


def texts(recent: RecentMenu) -> list[str]:
    return [entry.text() for entry in entries(recent)]


def test_an_empty_menu_says_so(recent: RecentMenu) -> None:
    (entry,) = entries(recent)
    assert entry.text() == "No recent files"
    assert not entry.isEnabled()
    assert recent.folder == Path.home()


def test_files_are_listed_once_newest_first(recent: RecentMenu) -> None:
    for name in "abcab":
        recent.remember(Path(f"/runs/{name}.xorviz"))
    assert texts(recent) == ["b.xorviz", "a.xorviz", "c.xorviz"]
    assert recent.folder == Path("/runs")
    assert entries(recent)[0].statusTip() == "/runs/b.xorviz"
    for path in ("/a/run.xorviz", "/b/run.xorviz", "/a/R&D.xorviz"):
        recent.remember(Path(path))
    assert texts(recent)[:3] == ["R&&D.xorviz", "run.xorviz in /b", "run.xorviz in /a"]


def test_a_chosen_file_is_emitted(qtbot: QtBot, recent: RecentMenu) -> None:
    paths = [Path("/runs/a.xorviz"), Path("/runs/b\udcff ü.xorviz")]
    for path in paths:
        recent.remember(path)
    for entry, path in zip(entries(recent), reversed(paths), strict=True):
        with qtbot.waitSignal(recent.chosen) as chosen:
            entry.trigger()
        assert chosen.args == [path]


@pytest.mark.thorough
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
    menu = again.file.recent
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == ["b.xorviz", "a.xorviz"]
    menu.actions()[1].trigger()
    settle(qtbot, again)
    assert again.document.project.record.config.seed == ord("a")
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == ["a.xorviz", "b.xorviz"]
