"""Runs programs in processes of their own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The project's folder."""

SECONDS = 300
"""How long a program may take to end."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return this process's environment with another home, so that no settings are touched."""
    inherited = {n: v for n, v in os.environ.items() if n != "PYTHONUNBUFFERED"}
    return inherited | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")} | more


@contextmanager
def default_ctrl_c() -> Iterator[None]:
    """Give programs started within the default reaction to SIGINT, which is to be interrupted.

    They inherit it when pytest ignores the signal, as a background job of a shell does.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on standard error, where nothing else was printed."""
        assert (self.out, self.err.count("\n")) == ("", 1)
        return self.err.rstrip("\n")


Run = Callable[..., Done]


def ended(*command: object, env: Mapping[str, str] | None = None, folder: Path = ROOT) -> Done:
    """Run a program in a folder and wait for its end."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def python(*arguments: object, env: Mapping[str, str] | None = None, folder: Path = ROOT) -> Done:
    """Run Python with the package of this project, and wait for its end."""
    own = {"PYTHONPATH": str(ROOT)} | dict(os.environ if env is None else env)
    return ended(sys.executable, *arguments, env=own, folder=folder)


def xorviz(*arguments: object, env: Mapping[str, str] | None = None) -> Done:
    """Run xorviz and wait for its end."""
    return python("-m", "xorviz", *arguments, env=env)


@contextmanager
def talking_program(home: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Start tests.support.child and wait until it is ready; kill it if it is left running."""
    with default_ctrl_c():
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.child", *arguments],
            cwd=ROOT,
            env=environment(home, **({"QT_QPA_PLATFORM": "offscreen"} | more)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        ready = line_that_starts_with("ready", process)
        if "watch" not in arguments:  # then a program may be running already
            assert ready == ("ready running" if "--run" in arguments else "ready paused")
        yield process
    finally:
        process.kill()
        process.communicate()


def line_that_starts_with(word: str, process: subprocess.Popen[str]) -> str:
    """Read the program's output up to the first line that starts with a word."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line.rstrip("\n")
    raise AssertionError(f"it ended without printing {word!r}: {process.communicate()[1]}")


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
