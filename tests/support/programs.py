"""Programs with a lab, that end in all kinds of ways."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.commands import line_that_starts_with
from tests.support.places import ROOT

SECONDS = 60
"""How long to wait for what should take a moment."""


@contextmanager
def program(*command: str, busy: str = "busy") -> Iterator[subprocess.Popen[str]]:
    """Start a program with a lab, as the leader of a group, and wait until it says it is busy."""
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
    """Return what is written until the end of the program and of all processes it has started.

    They all hold the pipes' other ends, so that these are only closed when the last is gone.
    """
    assert process.stdout is not None
    assert process.stderr is not None
    watch = threading.Timer(SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watch.start()
    # Not communicate, which knows nothing of what was read ahead with the line before.
    written = process.stdout.read(), process.stderr.read()
    is_in_time = watch.is_alive()
    watch.cancel()
    watch.join()
    assert is_in_time, f"some process outlived {SECONDS} seconds"
    process.wait()
    return written
