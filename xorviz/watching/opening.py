"""Opens a window in a process of its own, at most one at a time for all programs of a user."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from xorviz.watching import places
from xorviz.watching.telling import tell

_UNSEEN = ("offscreen", "minimal")
_OPENING_SECONDS = 20.0
"""How long other programs wait for it instead of opening one."""
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
    """A window that is being opened on a file. One at a time for all programs of a user."""

    _has_opened = False
    """Whether this process has opened one; if its user has closed it, no other is opened."""

    def __init__(self, path: Path) -> None:
        """Start the process of the window, which outlives this one.

        Raises BlockingIOError if another program opens one right now, and OSError.
        """
        self._until = monotonic() + _OPENING_SECONDS
        self._turn = places.hold(path.parent / "opening")
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 # read when the process has ended
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), root)))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "xorviz", "watch", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            env=os.environ | {"PYTHONPATH": paths},
            start_new_session=True,  # Ctrl+C is for the program alone
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),  # the same on Windows
        )

    @classmethod
    def where_needed(cls, path: Path) -> "Opening | None":
        """Open a window on a file unless one is open, and say why where that is not possible."""
        if Opening._has_opened or places.open_windows():
            return None
        Opening._has_opened = True
        why = obstacle()
        if not why:
            try:
                return cls(path)
            except BlockingIOError:
                return None
            except OSError as error:
                why = str(error)
        tell(f"no window can be opened: {why.rstrip('.')}. 'xorviz watch' shows this run, too")
        return None

    def is_over(self) -> bool:
        """Return whether the window is open, or has failed to open, which is said."""
        if self._process.poll() is not None:
            tell(f"no window could be opened: {self._failure()}; the program continues")
        elif not places.open_windows() and monotonic() < self._until:
            return False
        self.close()
        return True

    def close(self) -> None:
        """Let other programs have their turn; the window stays."""
        self._turn.close()
        self._said.close()
        if self._process.poll() is None:
            self._process.returncode = 0  # it is on its own, and nobody waits for it

    def _failure(self) -> str:
        """Return what the process has said at last."""
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        said = next((line for line in reversed(lines) if line.strip()), "it ended at once")
        return said.removeprefix("xorviz: ").rstrip(".")[:_LONGEST]
