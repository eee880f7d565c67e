"""Steps that take for ever to get to: progress is told, Cancel works, and the window closes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.snapshots import far_record
from tests.support.windows import Open, action, close, settle, text
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.files.run_file import dumps
from xorviz.window.main_window import MainWindow

CONFIG = RunConfig(width=2, rate=0.1)
FAR, MIDDLE = far_record(CONFIG, MOST_STEPS), MOST_STEPS // 2


@pytest.fixture(params=some(KERNEL_NAMES, 1))
def window(request: pytest.FixtureRequest, open_window: Open) -> MainWindow:
    """Return a window with a kernel that is ready."""
    kernels.prepare(request.param)
    return open_window(kernel=request.param)


def under_way(qtbot: QtBot, window: MainWindow) -> QPushButton:
    """Wait until progress is shown; return the button that cancels."""
    cancel = next(b for b in window.findChildren(QPushButton) if b.text() == "Cancel")
    qtbot.waitUntil(cancel.isVisible, timeout=30_000)
    assert window.findChildren(QProgressBar)
    assert "Going to step" in text(window, "status_state")
    return cancel


def cancelled(qtbot: QtBot, window: MainWindow) -> int:
    """Cancel; return the step that is shown."""
    QTest.mouseClick(under_way(qtbot, window), Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.session.activity is Activity.PAUSED
    return window._display.seen().step


def opens(window: MainWindow, path: Path, record: Record, beside: Record | None = None) -> None:
    path.write_bytes(dumps(Project(record, MIDDLE, beside)))
    window.file.open_path(path)


@pytest.mark.thorough
def test_opening_a_run_at_a_far_step_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    opens(window, tmp_path / "far.xorviz", FAR)
    step = cancelled(qtbot, window)
    assert 0 < step < MIDDLE
    assert window.document.project.record == FAR
    assert f"on the way to step {MIDDLE:,}".replace(",", "\u202f") in text(window, "status_message")
    action(window, "to_live").trigger()
    settle(qtbot, window)
    assert window._display.seen().step == MOST_STEPS


def test_progress_is_told_before_anything_else_is_shown(qtbot: QtBot, store: QSettings) -> None:
    window = MainWindow(CONFIG, store)
    window.document.put(Project(FAR, MIDDLE))
    with qtbot.waitExposed(window):
        window.show()
    under_way(qtbot, window)
    assert window._display.snapshot is None
    close(window)


@pytest.mark.thorough
def test_two_runs_are_stopped_at_one_step(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    second = far_record(RunConfig(width=2, rate=0.2), MOST_STEPS - 64)
    opens(window, tmp_path / "far.xorviz", FAR, second)
    step = cancelled(qtbot, window)
    seen = window._display.seen()
    assert seen.beside is not None
    assert 0 < step == seen.beside.step < MIDDLE


AFTER_SEEKING: dict[str, Callable[[MainWindow], object]] = {
    "nothing": lambda _: None,
    "play": lambda window: window.session.play(),
    "step": lambda window: window.session.step(5),
    "change": lambda window: window.document.change_setting("rate", 0.2),
}


def seek_and(then: str, qtbot: QtBot, window: MainWindow) -> None:
    """Seek a far step, and ask for something else at once."""
    window.document.put(Project(FAR, MOST_STEPS))
    settle(qtbot, window)
    window.session.seek(MIDDLE)
    AFTER_SEEKING[then](window)
    under_way(qtbot, window)


@pytest.mark.thorough
@pytest.mark.parametrize("then", some(list(AFTER_SEEKING), 2))
def test_a_window_closes_on_the_way_to_a_far_step(
    qtbot: QtBot, window: MainWindow, then: str
) -> None:
    seek_and(then, qtbot, window)
    window.end()
    assert not window.isVisible()


@pytest.mark.thorough
def test_a_window_closes_on_the_way_back_by_undo(qtbot: QtBot, window: MainWindow) -> None:
    window.document.put(Project(FAR, MIDDLE))
    window.document.reset()
    window.document.undo()
    under_way(qtbot, window)
    window.end()
    assert not window.isVisible()


@pytest.mark.thorough
@pytest.mark.parametrize("then", some(["play", "step", "change"], 1))
def test_what_follows_a_far_step_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, then: str
) -> None:
    seek_and(then, qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)
    settle(qtbot, window)
    assert 0 < window._display.seen().step < MIDDLE
    assert window._display.seen().record == FAR
    told = "The change there is not made." in text(window, "status_message")
    assert told == (then == "change")
    assert window.document.history.labels[0] is None
