"""Smoothness of the window while another program shows it a run as fast as it can."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.perf.smoothness import measured, open_window
from tests.support.commands import ROOT
from xorviz.core.settings import RunConfig

pytestmark = pytest.mark.perf

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

PROGRAMS = {"a loop that is not watched": "off", "a loop": ""}
"""Values of XORVIZ_WATCH."""


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@contextmanager
def running(watch: str, width: int) -> Iterator[None]:
    """Run the loop in a process of its own."""
    code = LOOP.replace("WIDTH", str(width))
    more = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "XORVIZ_WATCH": watch}
    env = os.environ | more
    process = subprocess.Popen([sys.executable, "-c", code], env=env)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("width", [3, 64])
def test_the_window_is_smooth_while_a_program_shows_a_run(
    qtbot: QtBot, tmp_path: Path, width: int
) -> None:
    with open_window(qtbot, tmp_path / "settings.ini") as window:
        window.programs.are_shown = True
        window.programs.start()

        def train() -> None:
            window.document.restart(RunConfig(width=width))
            window.session.play()

        def is_followed() -> bool:
            return window.document.project.record.source is not None

        train()
        print(f"\nwidth {width}: training: {measured(qtbot, window)}")
        for name, watch in PROGRAMS.items():
            with running(watch, width):
                if not watch:
                    qtbot.waitUntil(is_followed)
                    print(f"following {name}: {measured(qtbot, window)}")
                    train()
                print(f"training beside {name}: {measured(qtbot, window)}")
