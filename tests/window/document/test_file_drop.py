"""Run files are taken wherever they are dropped, and nothing else is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import find, settle, text
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import Study
from xorviz.core.runs.recording import Recording
from xorviz.files import save_run
from xorviz.window.main_window import MainWindow

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
BUTTON = Qt.MouseButton.LeftButton
KEYS = Qt.KeyboardModifier.ShiftModifier  # with which a file manager proposes to move
AT = QPoint(5, 5)


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enters(widget: QWidget, data: QMimeData, possible: Qt.DropAction = COPY | MOVE) -> bool:
    """Drag something over a widget; return whether it could be dropped there."""
    entering = QDragEnterEvent(AT, possible, data, BUTTON, KEYS)
    QApplication.sendEvent(widget, entering)
    return entering.isAccepted()


def drop(
    widget: QWidget, data: QMimeData, possible: Qt.DropAction = COPY | MOVE
) -> Qt.DropAction | None:
    """Drag something into a widget and let it go there; return what was done, if anything."""
    if enters(widget, data, possible):
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
    save_run(Study(recording.record(), 12), tmp_path / "ünï run.xorviz")
    return tmp_path / "ünï run.xorviz"


def visible_widgets(window: MainWindow) -> Sequence[QWidget]:
    inside = [w for w in window.findChildren(QWidget) if w.isVisible() and not w.isWindow()]
    assert len(inside) > 50
    return [window, *inside]


def test_a_run_file_is_opened_wherever_it_is_dropped(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    for name in ("main_window", "decision_surface", "loss_plot", "timeline", "width"):
        widget = window if name == "main_window" else find(window, QWidget, name)
        window.filing.new()
        settle(qtbot, window)
        assert drop(widget, files(file)) == COPY
        settle(qtbot, window)
        assert text(window, "status_step") == "step 12", name
        assert window.document.study.record.config.seed == 5
        assert window.windowTitle() == "ünï run.xorviz[*] – xorviz"


def test_no_part_of_the_window_keeps_a_drop_for_itself(window: MainWindow, file: Path) -> None:
    inside = visible_widgets(window)
    for widget in inside:
        assert enters(widget, files(file)), widget
        assert not enters(widget, files(file.with_suffix(".txt"))), widget
    assert window.windowTitle() == "xorviz[*]"  # nothing was let go yet


def test_a_file_manager_is_never_told_that_the_file_was_moved(
    window: MainWindow, file: Path
) -> None:
    # It would delete the file.
    assert drop(window, files(file), possible=COPY | MOVE) == COPY
    assert drop(window, files(file), possible=MOVE) is None
    assert file.exists()


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
    "nothing": QMimeData(),
    "picture": files(Path("/tmp/run.png")),
    "several": files(Path("/tmp/a.xorviz"), Path("/tmp/b.xorviz")),
    "several kinds": files(Path("/tmp/a.xorviz"), Path("/tmp/b.png")),
    "elsewhere": url("https://example.org/run.xorviz"),
    "suffix alone": files(Path("/tmp/.xorviz")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_all_else_is_refused(window: MainWindow, what: str) -> None:
    before = window.document.study
    assert not enters(window, REFUSED[what])
    assert drop(window, REFUSED[what]) is None
    assert window.document.study is before
    assert window.windowTitle() == "xorviz[*]"


def test_a_broken_file_is_told_and_changes_nothing(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "broken.xorviz").write_bytes(b"{}")
    before = window.document.study
    assert drop(window, files(tmp_path / "broken.xorviz")) == COPY
    assert text(window, "status_message") == "broken.xorviz: It is not a run file of xorviz."
    assert window.document.study is before
