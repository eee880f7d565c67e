"""Cost of being watched: a textbook loop with and without it, and one call of see."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import xorviz
from tests.support.commands import ROOT
from tests.watching.programs import INPUTS, RATE, TARGETS, Program, sigmoid
from xorviz.watching.watch import Watch

STEPS, ROUNDS, CALLS = 5_000, 60, 100_000
MOST = 1.2
"""Times as long as the bare loop; measured were 1.04 to 1.09."""
WINDOW = """
import sys
from tests.watching.stub_window import StubWindow
window = StubWindow(1)
print("ready", flush=True)
sys.stdin.read()
window.close()
"""


@pytest.fixture(autouse=True)
def _window(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a process of its own read all that is sent."""
    with tempfile.TemporaryDirectory(prefix="xv") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        command = [sys.executable, "-c", WINDOW]
        with subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield
            process.communicate("")


@contextmanager
def watched() -> Iterator[Watch]:
    """Return a run whose window is connected."""
    with xorviz.watch("my network", rate=0.5, loss="sse") as see:
        see(*Program.of().arrays)
        assert see._sender is not None
        while see._sender._link is None:
            time.sleep(0.001)  # its own thread connects, and tells nobody
        yield see


def seconds_a_step(see: Watch | None) -> float:
    """Return the processor time of all threads, which other programs hardly change."""
    w1, b1, w2, b2 = Program.of().arrays
    start = time.process_time()
    for _ in range(STEPS):
        h = sigmoid(INPUTS @ w1 + b1)
        y = sigmoid(h @ w2 + b2)
        d_y = 2 * (y - TARGETS) * y * (1 - y)
        d_h = d_y @ w2.T * h * (1 - h)
        w1 -= RATE * INPUTS.T @ d_h
        b1 -= RATE * d_h.sum(axis=0)
        w2 -= RATE * h.T @ d_y
        b2 -= RATE * d_y.sum(axis=0)
        if see is not None:
            see(w1, b1, w2, b2)
    return (time.process_time() - start) / STEPS


@pytest.mark.perf
def test_a_textbook_loop_loses_little() -> None:
    with watched() as see:
        pairs = [(seconds_a_step(None), seconds_a_step(see)) for _ in range(ROUNDS)]
    # The fast quarter: other programs slow down either, now and then.
    bare, with_it = (np.quantile(times, 0.25) for times in zip(*pairs, strict=True))
    ratio = with_it / bare
    print(
        f"\na step {1e6 * bare:.1f} us, watched {1e6 * with_it:.1f} us: {ratio:.3f} times as long"
    )
    assert ratio < MOST


@pytest.mark.perf
@pytest.mark.parametrize("width", [3, 64])
def test_a_call_costs_microseconds(width: int) -> None:
    program = Program.of(width)
    with xorviz.watch() as see:
        costs = []
        for _ in range(CALLS):
            start = time.perf_counter()
            see(program.w1, program.b1, program.w2, program.b2)
            costs.append(time.perf_counter() - start)
        kept = []
        for _ in range(1000):
            start = time.perf_counter()
            see._next_call = 0
            see(*program.arrays)
            kept.append(time.perf_counter() - start)
    for name, times in (("nothing is due", costs), ("a state is kept", kept)):
        median, most = 1e6 * np.median(times), 1e6 * np.quantile(times, 0.99)
        print(f"\nwidth {width}, {name}: median {median:.1f} us, 99 % within {most:.1f} us")
