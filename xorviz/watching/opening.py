"""Opens a window in a process of its own, at most one at a time for all programs of a user."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from xorviz.files import atomic
from xorviz.watching.places import folder

_UNSEEN = ("offscreen", "minimal")
_LONGEST = 500
"""Characters of what a window says that cannot be opened."""


def obstacle(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return why no window can be opened here, or None. Loads no Qt."""
    if find_spec("PySide6") is None:
        return "PySide6 is not installed for this Python"
    if not sys.executable:
        return "this Python does not know its own program"
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in _UNSEEN:
        return f"QT_QPA_PLATFORM is {platform}, where nobody sees a window"
    named = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or platform
    if sys.platform == "linux" and not named:
        return "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None


class Opening:
    """A window that is being opened. Raises BlockingIOError if another program opens one."""

    def __init__(self) -> None:
        """Take the turn; ``start`` begins. Raises OSError and PlaceError, too."""
        self._turn = (folder() / "opening").open("wb")
        try:
            atomic.lock(self._turn)
        except OSError:
            self._turn.close()
            raise
        self._process: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 # read when the process has ended

    def start(self) -> None:
        """Start the process, which outlives this one. Raises OSError."""
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), root)))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "xorviz", "watch"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            env=os.environ | {"PYTHONPATH": paths},
            start_new_session=True,  # Ctrl+C is for the program alone
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),  # the same on Windows
        )

    def failure(self) -> str | None:
        """Return what the process has said, if it has ended; otherwise None."""
        if self._process is None or self._process.poll() is None:
            return None
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        said = next((line for line in reversed(lines) if line.strip()), "it ended at once")
        return said.removeprefix("xorviz: ")[:_LONGEST]

    def close(self) -> None:
        """Let other programs have their turn; the window stays."""
        self._turn.close()
        self._said.close()
        if self._process is not None and self._process.poll() is None:
            self._process.returncode = 0  # it is on its own, and nobody waits for it
