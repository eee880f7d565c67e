"""Smoothness of the window while it trains at full speed."""

import resource
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractSlider, QApplication
from pytestqt.qtbot import QtBot

from tests.perf.smoothness import (
    SHOWN,
    Meter,
    frames_per_second,
    heartbeat_of,
    measured,
    open_window,
    show,
)
from tests.support.commands import python
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.kernels import kernel_named
from xorviz.core.runs.project import MOST_PINNED
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.lab_runner import Order
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.registry import Workspace
from xorviz.window.main_window import MainWindow

pytestmark = pytest.mark.perf

STRIDE = 101
EARLY_STEPS = 500_000
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
FIRST_FRAME = Path(__file__).with_name("first_frame.py")


both_kernels = pytest.mark.parametrize("kernel", KERNEL_NAMES)


@pytest.fixture
def kernel() -> str:
    """Return the kernel to train with, unless a test is parametrised."""
    return NUMPY


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, kernel: str) -> Iterator[MainWindow]:
    with open_window(qtbot, tmp_path / "settings.ini", kernel) as window:
        yield window


def headless_steps_per_second(seconds: float, kernel: str) -> float:
    block = kernel_named(kernel).block
    trainer, start = Trainer(RunConfig(), kernel=kernel), time.perf_counter()
    while time.perf_counter() - start < seconds:
        trainer.advance(20 * block)
    return trainer.step / (time.perf_counter() - start)


def be_paused(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until no step is being taken."""
    qtbot.waitUntil(lambda: window.session.activity is Activity.PAUSED)


@both_kernels
def test_the_window_is_smooth_at_full_speed(qtbot: QtBot, window: MainWindow, kernel: str) -> None:
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
        shares.append(steps / headless_steps_per_second(2, kernel))
    print(
        f"\n{kernel}, window at full speed: {statistics.median(rates):.1f} frames/s; heartbeat p99 "
        f"{np.percentile(pulses, 99):.1f} ms, max {max(pulses):.1f} ms; "
        f"{100 * statistics.median(shares):.0f} % of the headless steps/s"
    )


@pytest.mark.parametrize(("workspace", "in_front"), SHOWN[1:])
@pytest.mark.parametrize("width", [3, 64])
@both_kernels
def test_every_workspace_is_smooth_at_full_speed(
    qtbot: QtBot,
    window: MainWindow,
    workspace: Workspace,
    in_front: tuple[str, ...],
    width: int,
    kernel: str,
) -> None:
    window.document.restart(RunConfig(width=width))
    show(window, workspace, in_front)
    window.session.play()
    shown = ", ".join((kernel, f"width {width}", str(workspace), *in_front))
    print(f"\n{shown}: {measured(qtbot, window)}")


@both_kernels
def test_it_is_usable_with_all_panels_open(qtbot: QtBot, window: MainWindow, kernel: str) -> None:
    for panel in window._desk.all:
        window._desk.show_panel(panel.content.objectName())
    window.session.play()
    print(f"\n{kernel}, all panels open: {measured(qtbot, window)}")


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
    rate = frames_per_second(meter)
    print(f"\nscrubbing 60,000 steps: {rate:.1f} positions/s; {heartbeat_of(meter)}")
    assert len(meter.frames) >= 399


def test_replaying_is_smooth(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 600_000)
    window.session.seek(0)
    be_paused(qtbot, window)
    meter = Meter(window)
    window.session.play()
    qtbot.wait(4000)
    assert meter.step < 600_000, "it has come to the end of what there is to replay"
    print(f"\nreplaying: {frames_per_second(meter):.1f} frames/s; {heartbeat_of(meter)}")


def test_it_is_smooth_beside_twelve_pinned_runs(qtbot: QtBot, window: MainWindow) -> None:
    for seed in range(MOST_PINNED):
        window.document.restart(RunConfig(seed=seed, rate=0.5))
        train(qtbot, window, 20_000)
        window.document.pin()
    window.document.restart(RunConfig(seed=99, rate=0.5))
    window.session.play()
    print(f"\nbeside 12 kept runs: {measured(qtbot, window)}")


def test_two_runs_side_by_side_are_smooth(qtbot: QtBot, window: MainWindow) -> None:
    window.document.start_side_by_side(RunConfig(rate=0.5))
    window.session.play()
    print(f"\ntwo runs in lock step: {measured(qtbot, window)}")


def positions_of_a_hand(steps: int, count: int) -> list[int]:
    """Return positions of a handle dragged by hand: short moves, and now and then a long one."""
    random = np.random.default_rng(1)
    near = np.cumsum(random.integers(-steps // 60, steps // 60, count))
    far = np.repeat(random.integers(0, steps, count // 20 + 1), 20)[:count]
    # No position repeats the last.
    return [int(p) // 2 * 2 + i % 2 for i, p in enumerate((near + far) % (steps - 2))]


def train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    """Take steps and wait for the last."""
    window.session.step(steps)
    be_paused(qtbot, window)


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


@contextmanager
def lab_of(qtbot: QtBot, window: MainWindow) -> Iterator[Meter]:
    """Show the lab with its workers started, and measure the heartbeat from then on."""
    window._desk.switch(Workspace.LAB)
    warm(qtbot, window)
    meter = Meter(window)
    yield meter
    window.lab.runner.cancel_all()
    qtbot.waitUntil(lambda: not window.lab.runner.orders)


def warm(qtbot: QtBot, window: MainWindow) -> None:
    """Start the workers."""
    window.lab.run()
    qtbot.waitUntil(lambda: not window.lab.runner.orders)


@pytest.mark.parametrize("is_training", [False, True], ids=["alone", "beside training"])
@pytest.mark.parametrize("what", ["seeds", "map"])
@both_kernels
def test_it_is_smooth_while_the_lab_trains_on_all_cores(
    qtbot: QtBot, window: MainWindow, what: str, is_training: bool, kernel: str
) -> None:
    with lab_of(qtbot, window) as meter:
        if is_training:
            window.session.play()
        if what == "map":
            window.lab.map.map_requested.emit(window.lab.map.wanted)
        else:
            window.lab.recipe.numbers["lab_steps"].setValue(1_000_000)
            window.lab.runner.run(Order("seeds", window.lab.recipe.plan))
        qtbot.wait(200)
        meter.clear()
        end = time.perf_counter() + 5
        while window.lab.runner.orders and time.perf_counter() < end:
            qtbot.wait(100)
        assert len(meter.beats) > 50, "the lab was done before it was measured"
        training = f", {frames_per_second(meter):.1f} frames/s of training" if is_training else ""
        print(f"\n{kernel}, lab, {what}{training}: {heartbeat_of(meter)}")


@pytest.mark.parametrize("is_training", [False, True], ids=["alone", "beside training"])
@both_kernels
def test_it_is_smooth_while_changes_are_tried(
    qtbot: QtBot, window: MainWindow, is_training: bool, kernel: str
) -> None:
    with lab_of(qtbot, window) as meter:
        window.document.restart(RunConfig(width=2, biases=True, rate=0.5, seed=13))  # stays stuck
        window.session.step(2000)
        be_paused(qtbot, window)
        if is_training:
            window.session.play()
            qtbot.wait(200)
        start = time.perf_counter()
        meter.clear()
        window._why.fix()
        qtbot.waitUntil(lambda: bool(window.lab.runner.orders))
        qtbot.waitUntil(lambda: not window.lab.runner.orders)
        taken = time.perf_counter() - start
        training = f", {frames_per_second(meter):.1f} frames/s of training" if is_training else ""
        print(f"\n{kernel}, what helps in {taken:.1f} s{training}: {heartbeat_of(meter)}")


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
