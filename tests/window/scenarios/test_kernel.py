"""The kernel in the whole window: compilation, failure, and runs of another kernel."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import heard
from tests.support.windows import Open, action, find, settle, shown_step, text
from xorviz.core.kernels import compiler as kernel_compiler
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import INSTEAD, KERNEL_NAMES, NUMBA, NUMPY, KernelError
from xorviz.core.network import flat
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.bars.run_display import kernel_text
from xorviz.window.main_window import MainWindow


@dataclass
class Compiler:
    """Replaces the compiler: waits for permission, then compiles or fails."""

    prepare: Callable[..., None]
    may_end: threading.Event = field(default_factory=threading.Event)
    trouble: str = ""
    """The error, if it is to fail."""
    tries: int = 0

    def __call__(self, name: str, tell: Callable[[], object]) -> None:
        self.tries += 1
        tell()
        assert self.may_end.wait(30)
        if self.trouble:
            raise KernelError(self.trouble)
        self.prepare(name)


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Compiler]:
    """Undo the compilation, and hold the next one."""
    compiler = Compiler(kernels.prepare)
    monkeypatch.setattr(kernel_compiler, "_COMPILED", {})
    monkeypatch.setattr(kernels, "prepare", compiler)
    yield compiler
    compiler.may_end.set()  # closing a window waits for it


def bar_of(window: MainWindow) -> NoticeBar:
    return find(window, NoticeBar, "notice_bar")


def kernel_of(window: MainWindow) -> str:
    """Return the kernel that the tip beside the speed explains."""
    tip = find(window, QLabel, "speed_text").toolTip()
    return next(name for name in KERNEL_NAMES if kernel_text(name) == tip)


@pytest.mark.thorough
def test_the_window_works_during_compilation(
    qtbot: QtBot, open_window: Open, compiler: Compiler
) -> None:
    window = open_window(kernel=NUMBA)
    qtbot.waitUntil(lambda: window.session.preparation.is_compiling)
    assert text(window, "status_state") == "Ready", "nothing waits for it"
    seen: list[Snapshot] = heard(window.session.snapshot_arrived)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert text(window, "status_state") == "● Compiling"
    assert "once on this computer" in text(window, "status_message")
    window.document.restart(RunConfig(width=5))
    qtbot.waitUntil(lambda: shown_step(window) == 0 and len(seen) > 0)
    assert {(s.config.width, s.step) for s in seen} == {(5, 0)}
    compiler.may_end.set()
    qtbot.waitUntil(lambda: text(window, "status_state") == "● Running")
    qtbot.waitUntil(lambda: seen[-1].step > 0)
    assert kernel_of(window) == NUMBA
    QTest.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window)
    assert compiler.tries == 1
    record = window.document.project.record
    assert record.kernels == (NUMBA,)
    mine = Recording(record.config, kernel=NUMBA)
    mine.advance(record.newest)
    expected = flat(mine.snapshot().weights)
    np.testing.assert_array_equal(record.checkpoints[-1].parameters, expected)


def test_closing_during_compilation_waits_for_it(
    qtbot: QtBot, open_window: Open, compiler: Compiler
) -> None:
    window = open_window(kernel=NUMBA)
    window.session.play()
    window.session.activity_changed.connect(compiler.may_end.set)  # closing starts with this signal
    window.file.discard_changes()
    assert window.close()


@pytest.mark.thorough
def test_numpy_goes_on_where_numba_fails_and_the_window_says_so(
    qtbot: QtBot, open_window: Open, compiler: Compiler, capsys: pytest.CaptureFixture[str]
) -> None:
    compiler.trouble = "Numba cannot be loaded: it fell over."
    window = open_window(kernel=NUMBA)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert kernel_of(window) == NUMBA
    compiler.may_end.set()
    qtbot.waitUntil(bar_of(window).isVisible)
    assert text(window, "notice_text") == f"{compiler.trouble} {INSTEAD}"
    assert find(window, QLabel, "speed_text").toolTip() == text(window, "notice_text")
    assert "KernelError" in capsys.readouterr().err
    qtbot.waitUntil(lambda: shown_step(window) != 0)
    QTest.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window)
    assert window.document.project.record.kernels == (NUMPY,)
    QTest.mouseClick(
        find(bar_of(window), QPushButton, "notice_answer_1"), Qt.MouseButton.LeftButton
    )
    assert not bar_of(window).isVisible()
    action(window, "reset").trigger()
    settle(qtbot, window)
    assert compiler.tries == 1
    assert not bar_of(window).isVisible()
