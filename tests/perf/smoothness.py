"""Smoothness of a window: its frames, and a heartbeat in its thread."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.kernels.kernels import prepare
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import RunConfig
from xorviz.panels.registry import Workspace
from xorviz.window.main_window import MainWindow

BEAT_MS = 5
SHOWN: Sequence[tuple[Workspace, tuple[str, ...]]] = [
    (Workspace.LEARN, ()),
    (Workspace.INSIDE, ()),
    (Workspace.INSIDE, ("step_explainer", "why")),
    (Workspace.INSIDE, ("landscape",)),
    (Workspace.LAB, ()),
]
"""Workspaces, and the panels brought to the front in each."""


class Meter(QObject):
    """Counts frames, and measures a heartbeat in the window's thread."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.frames: list[float] = []
        self.beats: list[float] = []
        self.step = 0
        window.session.snapshot_arrived.connect(self._count)
        self._pulse = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._pulse.timeout.connect(self._beat)
        self._pulse.start()

    def clear(self) -> None:
        self.frames.clear()
        self.beats.clear()

    @Slot(object)
    def _count(self, snapshot: Snapshot) -> None:
        self.frames.append(time.perf_counter())
        self.step = snapshot.step

    @Slot()
    def _beat(self) -> None:
        self.beats.append(time.perf_counter())


@contextmanager
def open_window(qtbot: QtBot, settings: Path, kernel: str = NUMPY) -> Iterator[MainWindow]:
    """Open a window that trains at unlimited speed."""
    prepare(kernel)
    store = QSettings(str(settings), QSettings.Format.IniFormat)
    window = MainWindow(RunConfig(), store, kernel)
    with qtbot.waitExposed(window):
        window.show()
    window.resize(1280, 800)
    window.session.rules = NEVER
    window.session.set_speed(None)
    yield window
    window.file.discard_changes()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def heartbeat_of(meter: Meter) -> str:
    """Return the heartbeat as text."""
    pulses = 1000 * np.diff(meter.beats)
    return f"heartbeat p99 {np.percentile(pulses, 99):.1f} ms, max {pulses.max():.1f} ms"


def frames_per_second(meter: Meter) -> float:
    return (len(meter.frames) - 1) / (meter.frames[-1] - meter.frames[0])


def measured(qtbot: QtBot, window: MainWindow) -> str:
    """Return what a person notices in four seconds, after one in which all gets warm."""
    meter = Meter(window)
    qtbot.wait(1000)
    meter.clear()
    own, both = time.thread_time(), time.process_time()
    qtbot.wait(4000)
    own, both = time.thread_time() - own, time.process_time() - both
    return (
        f"{frames_per_second(meter):.1f} frames/s; {heartbeat_of(meter)}; "
        f"{25 * own:.0f} % of a core in the window's thread, {25 * both:.0f} % in all"
    )


def show(window: MainWindow, workspace: Workspace, in_front: Sequence[str]) -> None:
    """Switch to a workspace and bring panels to its front."""
    window._desk.switch(workspace)
    for name in in_front:
        window._desk.show_panel(name)
