"""Smoothness of the window while it trains at full speed: its frames, and a heartbeat."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractSlider, QApplication
from pytestqt.qtbot import QtBot

from tests.support.commands import ROOT, python
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.kernels import kernel_named, prepare
from xorviz.core.runs.project import MOST_PINNED
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.lab_runner import Order
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.registry import Workspace
from xorviz.window.main_window import MainWindow

pytestmark = pytest.mark.perf

BEAT_MS = 5
STRIDE = 101
EARLY_STEPS = 500_000
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
FIRST_FRAME = Path(__file__).with_name("first_frame.py")

both_kernels = pytest.mark.parametrize("kernel", KERNEL_NAMES)


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

    @property
    def told(self) -> str:
        """Frames in a second, and the heartbeat, as text."""
        rate = (len(self.frames) - 1) / (self.frames[-1] - self.frames[0])
        pulses = 1000 * np.diff(self.beats)
        p99 = np.percentile(pulses, 99)
        return f"{rate:.1f} frames/s; heartbeat p99 {p99:.1f} ms, max {pulses.max():.1f} ms"

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
    if window._lab is not None:
        window.lab.runner.cancel_all()
        qtbot.waitUntil(lambda: not window.lab.runner.orders)
    window.file.discard_changes()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def kernel() -> str:
    """Return the kernel to train with, unless a test is parametrised."""
    return NUMPY


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, kernel: str) -> Iterator[MainWindow]:
    with open_window(qtbot, tmp_path / "settings.ini", kernel) as window:
        yield window


def measured(qtbot: QtBot, window: MainWindow) -> str:
    """Return what a person notices in four seconds, after one in which all gets warm."""
    meter = Meter(window)
    qtbot.wait(1000)
    meter.clear()
    first, start, own, both = meter.step, time.time(), time.thread_time(), time.process_time()
    qtbot.wait(4000)
    own, both = time.thread_time() - own, time.process_time() - both
    steps = (meter.step - first) / (time.time() - start)
    return (
        f"{meter.told}; {steps:.0f} steps/s; {25 * own:.0f} % of a core in the window's thread, "
        f"{25 * both:.0f} % in all"
    )


def headless_steps_per_second(kernel: str) -> float:
    block = kernel_named(kernel).block
    trainer, start = Trainer(RunConfig(), kernel=kernel), time.perf_counter()
    while time.perf_counter() - start < 2:
        trainer.advance(20 * block)
    return trainer.step / (time.perf_counter() - start)


def be_paused(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until no step is being taken."""
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)


def train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    """Take steps and wait for the last."""
    window.session.step(steps)
    be_paused(qtbot, window)


# What is on screen, or done beside, while a run plays.

Scene = Callable[[QtBot, MainWindow], object]


def in_front(
    workspace: Workspace, panels: tuple[str, ...], width: int, _: QtBot, window: MainWindow
) -> None:
    """Switch to a workspace, bring panels to its front, and begin a run of this width."""
    window.document.restart(RunConfig(width=width))
    window._desk.switch(workspace)
    for name in panels:
        window._desk.show_panel(name)


def all_panels(qtbot: QtBot, window: MainWindow) -> None:
    for panel in window._desk.all:
        window._desk.show_panel(panel.content.objectName())


def a_replay(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 60_000_000 if window.session.preparation.kernel == NUMBA else 600_000)
    window.session.seek(0)
    be_paused(qtbot, window)


def twelve_pinned_runs(qtbot: QtBot, window: MainWindow) -> None:
    for seed in range(MOST_PINNED):
        window.document.restart(RunConfig(seed=seed, rate=0.5))
        train(qtbot, window, 20_000)
        window.document.pin()
    window.document.restart(RunConfig(seed=99, rate=0.5))


def two_runs(qtbot: QtBot, window: MainWindow) -> None:
    window.document.start_side_by_side(RunConfig(rate=0.5))


def in_the_lab(qtbot: QtBot, window: MainWindow) -> None:
    """Show the lab with its workers started."""
    window._desk.switch(Workspace.LAB)
    window.lab.run()
    qtbot.waitUntil(lambda: not window.lab.runner.orders)


def seeds(qtbot: QtBot, window: MainWindow) -> None:
    in_the_lab(qtbot, window)
    window.lab.recipe.numbers["lab_steps"].setValue(1_000_000)
    window.lab.runner.train(Order("seeds", window.lab.recipe.plan))


def a_map(qtbot: QtBot, window: MainWindow) -> None:
    in_the_lab(qtbot, window)
    window.lab.map.map_requested.emit(window.lab.map.wanted)


SHOWN: Sequence[tuple[Workspace, tuple[str, ...]]] = [
    (Workspace.LEARN, ()),
    (Workspace.INSIDE, ()),
    (Workspace.INSIDE, ("step_explainer", "why")),
    (Workspace.INSIDE, ("landscape",)),
    (Workspace.LAB, ()),
]
"""Workspaces, and the panels brought to the front in each."""
SCENES: dict[str, Scene] = {
    ", ".join((str(workspace), *panels, f"width {width}")): partial(
        in_front, workspace, panels, width
    )
    for width in (3, 64)
    for workspace, panels in SHOWN
} | {
    "all panels": all_panels,
    "a replay": a_replay,
    "twelve pinned runs": twelve_pinned_runs,
    "two runs": two_runs,
    "the seeds of the lab": seeds,
    "a success map": a_map,
}


@both_kernels
@pytest.mark.parametrize("scene", SCENES)
def test_it_is_smooth_at_full_speed(
    qtbot: QtBot, window: MainWindow, scene: str, kernel: str
) -> None:
    SCENES[scene](qtbot, window)
    window.session.play()
    print(f"\n{kernel}, {scene}: {measured(qtbot, window)}")
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.unanswered == 0)
    print(f"without a window: {headless_steps_per_second(kernel):.0f} steps/s")


@both_kernels
def test_it_is_smooth_while_changes_are_tried(
    qtbot: QtBot, window: MainWindow, kernel: str
) -> None:
    in_the_lab(qtbot, window)
    window.document.restart(RunConfig(width=2, biases=True, rate=0.5, seed=13))  # stays stuck
    train(qtbot, window, 2000)
    window.session.play()
    qtbot.wait(200)
    meter, start = Meter(window), time.perf_counter()
    window._why.fix()
    qtbot.waitUntil(lambda: bool(window.lab.runner.orders))
    qtbot.waitUntil(lambda: not window.lab.runner.orders)
    print(f"\n{kernel}, what helps in {time.perf_counter() - start:.1f} s: {meter.told}")


LOOP = """
import numpy as np
import xorviz
x, t = np.array([[1, 0], [0, 0], [0, 1], [1, 1]]), np.array([[1], [0], [1], [0]])
w1, w2 = np.random.rand(2, WIDTH) - .5, np.random.rand(WIDTH, 1) - .5
with xorviz.watch("a loop", rate=0.01, loss="sse", window=False) as see:
    while True:
        h = 1 / (1 + np.exp(-x @ w1))
        y = 1 / (1 + np.exp(-h @ w2))
        see(w1, w2)
        d_y = (y - t) * y * (1 - y)
        d_w1, d_w2 = x.T @ (d_y @ w2.T * h * (1 - h)), h.T @ d_y
        w1, w2 = w1 - .02 * d_w1, w2 - .02 * d_w2
"""
"""A textbook loop that does nothing else."""


@pytest.mark.parametrize("width", [3, 64])
def test_it_is_smooth_while_a_program_shows_a_run(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    code = LOOP.replace("WIDTH", str(width))
    with open_window(qtbot, tmp_path / "settings.ini") as window:
        window.programs.are_shown = True
        window.programs.start()
        process = subprocess.Popen([sys.executable, "-c", code], env=env)
        qtbot.waitUntil(lambda: window.document.project.record.source is not None)
        print(f"\nwidth {width}, following a loop: {measured(qtbot, window)}")
        process.kill()
        process.wait()


# Movements of a hand.


class Hand(QObject):
    """Moves the timeline's handle as soon as the last position is on screen."""

    def __init__(self, window: MainWindow, positions: list[int]) -> None:
        super().__init__(window)
        slider = window.findChild(QAbstractSlider, "timeline")
        assert slider is not None
        self._slider, self.left = slider, positions[::-1]
        window.session.snapshot_arrived.connect(self.move, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def move(self) -> None:
        """Move to the next position, if any."""
        if self.left:
            self._slider.setValue(self.left.pop())


def test_scrubbing_is_smooth(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 60_000)
    hand, meter = Hand(window, positions_of_a_hand(60_000, 400)), Meter(window)
    hand.move()
    qtbot.waitUntil(lambda: not hand.left)
    print(f"\nscrubbing 60,000 steps: {meter.told}")
    assert len(meter.frames) >= 399


def positions_of_a_hand(steps: int, count: int) -> list[int]:
    """Return positions of a handle dragged by hand: short moves, and now and then a long one."""
    random = np.random.default_rng(1)
    near = np.cumsum(random.integers(-steps // 60, steps // 60, count))
    far = np.repeat(random.integers(0, steps, count // 20 + 1), 20)[:count]
    # No position repeats the last.
    return [int(p) // 2 * 2 + i % 2 for i, p in enumerate((near + far) % (steps - 2))]


@pytest.mark.parametrize("width", [3, 64])
def test_a_weight_in_the_hand_is_seen_within_a_frame(
    qtbot: QtBot, window: MainWindow, width: int
) -> None:
    """Compare moving a weight with going to another kept step, each until it is painted."""
    session = window.session
    window.document.restart(RunConfig(width=width))
    session.step(200)
    be_paused(qtbot, window)
    qtbot.waitUntil(lambda: session.unanswered == 0)
    moved, sought = [], []
    for value in np.linspace(-4, 4, 60):
        start = time.perf_counter()
        session.try_weight("w1", (0, 0), float(value))
        QApplication.processEvents()
        moved.append(time.perf_counter() - start)
    session.end_trial()
    for step in range(100, 160):
        start = time.perf_counter()
        session.seek(step)
        qtbot.waitUntil(lambda: session.unanswered == 0)
        QApplication.processEvents()
        sought.append(time.perf_counter() - start)
    hand, seek = (1000 * statistics.median(times) for times in (moved, sought))
    print(f"\nwidth {width}: a weight moved {hand:.1f} ms, a step gone to {seek:.1f} ms")
    print(f"ratio {hand / seek:.2f}")


# Long runs, and the start.


@pytest.mark.parametrize(("kernel", "steps"), [(NUMPY, 10_000_000), (NUMBA, 1_000_000_000)])
def test_a_long_run_needs_no_more_memory_or_time(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, kernel: str, steps: int
) -> None:
    meter = Meter(window)
    window.session.play()
    qtbot.waitUntil(lambda: meter.step > EARLY_STEPS)
    memory, start = resident_megabytes(), meter.step

    def is_there() -> bool:
        meter.clear()  # what is measured must not be what measures
        return meter.step > start + steps

    qtbot.waitUntil(is_there, timeout=900_000)
    growth = resident_megabytes() - memory
    window.session.pause()
    with open_window(qtbot, tmp_path / "other.ini", kernel) as young:
        train(qtbot, young, EARLY_STEPS)
        # Alternately: the machine's speed drifts by more than the difference looked for.
        pairs = [(frame_ms(qtbot, window), frame_ms(qtbot, young)) for _ in range(120)]
    late, early = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(old / new for old, new in pairs)
    print(
        f"\n{kernel}, {steps:,} steps: memory grew by {growth:.1f} MB; a frame costs {late:.2f} ms,"
        f" and {early:.2f} ms in a window at its start, {ratio:.2f} x"
    )
    assert growth < 5
    assert ratio < 1.1


def frame_ms(qtbot: QtBot, window: MainWindow) -> float:
    """Return the time to draw and paint one frame, without training."""
    # Many steps at once, so that the curve has few points and many.
    train(qtbot, window, STRIDE)
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
    return float(python(FIRST_FRAME, what, folder).out) - start


def test_the_first_frame_beside_that_of_a_bare_plot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", *THREADS):  # as where people install
        monkeypatch.delenv(name, raising=False)
    pairs = [
        (first_frame_seconds("xorviz", tmp_path), first_frame_seconds("bare", tmp_path))
        for _ in range(11)
    ][1:]
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\nfirst frame: {ours:.2f} s, a bare plot {bare:.2f} s, {ratio:.2f} x")
    assert ratio <= 1.6  # 1.37 to 1.55 where it was measured
