"""Smoothness of the window while another program shows it a run as fast as it can."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.perf.test_window_speed import Meter, frames_per_second, heartbeat_of, open_window
from tests.support.commands import ROOT
from xorviz.core.settings import RunConfig
from xorviz.watching import places
from xorviz.window.main_window import MainWindow

pytestmark = pytest.mark.perf

LOOP = """
import numpy as np
import xorviz
x, t = np.array([[1, 0], [0, 0], [0, 1], [1, 1]]), np.array([[1], [0], [1], [0]])
w1, w2 = np.random.rand(2, WIDTH) - .5, np.random.rand(WIDTH, 1) - .5
with xorviz.watch("a loop", rate=0.01, loss="sse", window=WATCHED) as see:
    while True:
        h = 1 / (1 + np.exp(-x @ w1))
        y = 1 / (1 + np.exp(-h @ w2))
        see(w1, w2)
        d_y = (y - t) * y * (1 - y)
        d_w1, d_w2 = x.T @ (d_y @ w2.T * h * (1 - h)), h.T @ d_y
        w1, w2 = w1 - .02 * d_w1, w2 - .02 * d_w2
"""
"""A textbook loop that does nothing else."""

FLOOD = """
import itertools, secrets, socket
import numpy as np
from xorviz.core.settings import RunConfig
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.trainer import Trainer
from xorviz.watching import places
from xorviz.watching.frames import Hello, States
place, config = next(places.published()), RunConfig(width=WIDTH)
window = socket.socket(socket.AF_UNIX)
window.connect(place.address)
source = WatchedSource("a flood", secrets.token_hex(16))
window.sendall(Hello(place.token, config, source).packed())
trainer, states = Trainer(config), []
for _ in range(6400):
    states.append(trainer.checkpoint().parameters)
    trainer.advance(1)
blocks = itertools.cycle(np.array(states).reshape(100, 64, -1))
for first in itertools.count(0, 64):
    window.sendall(States(np.arange(first, first + 64), next(blocks)).packed())
"""
"""Sends frames of 64 states of correct code without a pause."""

PROGRAMS = {
    "a loop that is not watched": LOOP.replace("WATCHED", "False"),
    "a loop": LOOP.replace("WATCHED", "True"),
    "a flood of states": FLOOD,
}


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    runtime = tempfile.mkdtemp(prefix="x")
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    yield
    shutil.rmtree(runtime)


@contextmanager
def running(program: str, width: int) -> Iterator[None]:
    """Run a program in a process of its own."""
    code = program.replace("WIDTH", str(width))
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", code], env=env)
    try:
        yield
    finally:
        process.kill()
        process.wait()


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


@pytest.mark.parametrize("width", [3, 64])
def test_the_window_is_smooth_while_a_program_shows_a_run(
    qtbot: QtBot, tmp_path: Path, width: int
) -> None:
    with open_window(qtbot, tmp_path / "settings.ini") as window:
        window.session.programs.listen()

        def train() -> None:
            window.document.restart(RunConfig(width=width))
            window.session.play()

        def is_followed() -> bool:
            return window.document.project.record.source is not None

        train()
        qtbot.waitUntil(lambda: bool(list(places.published())))
        print(f"\nwidth {width}: training: {measured(qtbot, window)}")
        for name, program in PROGRAMS.items():
            with running(program, width):
                if "not watched" not in name:
                    qtbot.waitUntil(is_followed)
                    print(f"following {name}: {measured(qtbot, window)}")
                    train()
                print(f"training beside {name}: {measured(qtbot, window)}")
