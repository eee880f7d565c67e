"""Programs with a lab that end in all kinds of ways."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.commands import default_ctrl_c, line_that_starts_with
from tests.support.paths import ROOT

SECONDS = 60
"""How long a program may take to end."""


@contextmanager
def program(*command: str, busy: str = "busy") -> Iterator[subprocess.Popen[str]]:
    """Start a program as the leader of a process group; wait until it prints ``busy``."""
    with default_ctrl_c():
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    try:
        line_that_starts_with(busy, process)
        yield process
    finally:
        process.kill()
        process.communicate()


def end_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return the output until the program and all processes it has started have ended.

    They all hold the pipes' other ends, so these close only when the last of them is gone.
    """
    assert process.stdout is not None
    assert process.stderr is not None
    watch = threading.Timer(SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watch.start()
    # Not communicate: it would lose what was buffered with the line read before.
    written = process.stdout.read(), process.stderr.read()
    is_in_time = watch.is_alive()
    watch.cancel()
    watch.join()
    assert is_in_time, f"some process outlived {SECONDS} seconds"
    process.wait()
    return written
