"""What the window costs while it trains at full speed, all panels visible."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xorviz.core.config import RunConfig
from xorviz.core.snapshot import Snapshot
from xorviz.core.stopping import NEVER
from xorviz.core.trainer import Trainer
from xorviz.engine.activity import Activity
from xorviz.main_window import MainWindow
from xorviz.views.base import SnapshotView

pytestmark = pytest.mark.perf

BEAT_MS = 5
STRIDE = 101
EARLY_STEPS = 500_000
FIRST_FRAME = Path(__file__).with_name("first_frame.py")


class Meter(QObject):
    """Counts frames, and feels the pulse of the window's thread."""

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
def open_window(qtbot: QtBot, settings: Path) -> Iterator[MainWindow]:
    """Open a window that trains without end, as fast as it goes."""
    window = MainWindow(RunConfig(), QSettings(str(settings), QSettings.Format.IniFormat))
    with qtbot.waitExposed(window):
        window.show()
    window.resize(1280, 800)
    window.session.rules = NEVER
    window.session.set_speed(None)
    yield window
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with open_window(qtbot, tmp_path / "settings.ini") as window:
        yield window


def headless_steps_per_second(seconds: float) -> float:
    trainer, start = Trainer(RunConfig()), time.perf_counter()
    while time.perf_counter() - start < seconds:
        trainer.advance(1000)
    return trainer.step / (time.perf_counter() - start)


def test_the_window_is_smooth_at_full_speed(qtbot: QtBot, window: MainWindow) -> None:
    meter = Meter(window)
    window.session.play()
    qtbot.wait(1000)  # warm, as after a second of use
    rates, shares, pulses = [], [], []
    for _ in range(3):
        window.session.play()
        meter.clear()
        first, start = meter.step, time.perf_counter()
        qtbot.wait(4000)
        elapsed = time.perf_counter() - start
        rates.append(len(meter.frames) / elapsed)
        steps = (meter.step - first) / elapsed
        pulses += list(1000 * np.diff(meter.beats))
        window.session.pause()
        qtbot.waitUntil(lambda: window.session.unanswered == 0)
        shares.append(steps / headless_steps_per_second(2))
    print(
        f"\nwindow at full speed: {statistics.median(rates):.1f} frames/s; heartbeat p99 "
        f"{np.percentile(pulses, 99):.1f} ms, max {max(pulses):.1f} ms; "
        f"{100 * statistics.median(shares):.0f} % of the headless steps/s"
    )
    assert statistics.median(rates) >= 50
    assert np.percentile(pulses, 99) <= 25
    assert max(pulses) <= 80
    assert statistics.median(shares) >= 0.35


def test_ten_million_steps_neither_grow_nor_slow_the_window(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    meter = Meter(window)
    window.session.play()
    qtbot.waitUntil(lambda: meter.step > EARLY_STEPS, timeout=60_000)
    memory, start = resident_megabytes(), meter.step
    qtbot.waitUntil(lambda: meter.step > start + 10_000_000, timeout=900_000)
    growth = resident_megabytes() - memory
    window.session.pause()
    with open_window(qtbot, tmp_path / "other.ini") as young:
        young.session.step(EARLY_STEPS)
        qtbot.waitUntil(lambda: young.session.activity is Activity.PAUSED, timeout=60_000)
        # In turns: the machine's speed drifts by more than what is looked for.
        pairs = [(frame_ms(qtbot, window), frame_ms(qtbot, young)) for _ in range(120)]
    late, early = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(old / new for old, new in pairs)
    print(
        f"\nten million steps: memory grew by {growth:.1f} MB; a frame costs {late:.2f} ms, and "
        f"{early:.2f} ms in a window at its start, {ratio:.2f} x"
    )
    assert growth < 5
    assert ratio < 1.1


def frame_ms(qtbot: QtBot, window: MainWindow) -> float:
    """Return what drawing and painting one frame costs while training waits."""
    # Many steps at once, so that the curve is seen with few points and with many.
    window.session.step(STRIDE)
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)
    views = window.findChildren(SnapshotView)
    QApplication.processEvents()
    start = time.perf_counter()
    for view in views:
        view.draw_anew()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - start)


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def first_frame_seconds(what: str, folder: Path) -> float:
    """Return the seconds from the start of a process to its first painted frame."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(FIRST_FRAME), what, str(folder / "first.ini")],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout) - start


def test_the_first_frame_comes_almost_as_soon_as_that_of_a_bare_plot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # as where people install
    pairs = [
        (first_frame_seconds("xorviz", tmp_path), first_frame_seconds("bare", tmp_path))
        for _ in range(11)
    ][1:]
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\nfirst frame: {ours:.2f} s, a bare plot {bare:.2f} s, {ratio:.2f} x")
    assert ratio <= 1.4
