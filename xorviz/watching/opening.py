"""Opens a window in a process of its own, at most one at a time for all programs of a user."""

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from xorviz.watching import places
from xorviz.watching.telling import tell

_UNSEEN = ("offscreen", "minimal")


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
    """A window that is being opened on a file."""

    _has_opened = False
    """Whether this process has opened one; if its user has closed it, no other is opened."""

    def __init__(self, path: Path) -> None:
        """Start the process of the window, which outlives this one. Raises OSError."""
        self._folder = path.parent
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), root)))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "xorviz", "watch", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": paths},
                start_new_session=True,  # Ctrl+C is for the program alone
                creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),  # the same on Windows
            )
        except OSError:
            places.end_opening()
            raise

    @classmethod
    def where_needed(cls, path: Path) -> "Opening | None":
        """Open a window on a file unless one is open, and say why where that is not possible."""
        if Opening._has_opened or places.open_windows():
            return None
        Opening._has_opened = True
        why = obstacle()
        try:
            if not why and places.begin_opening(path.parent):
                return cls(path)
        except OSError as error:
            why = str(error)
        if why:
            tell(f"no window can be opened: {why.rstrip('.')}. 'xorviz watch' shows this run, too")
        return None

    def is_over(self) -> bool:
        """Return whether the window is open, or has failed to open, which is said."""
        if places.is_opening(self._folder):
            if self._process.poll() is None:
                return False
            if self._process.returncode:
                tell("no window could be opened; run 'xorviz watch' to see why")
            places.end_opening()
        self.close()
        return True

    def close(self) -> None:
        """Leave the window alone."""
        self._process.returncode = 0  # it outlives this process, and nobody waits for it
