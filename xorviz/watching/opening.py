"""What a watched program says, and the window that it opens in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xorviz.watching import places

_UNSEEN = ("offscreen", "minimal")


@cache
def tell(sentence: str) -> None:
    """Print a sentence on standard error that this process has not printed before."""
    # There may be no standard error, or it may be closed; then nobody wants to know.
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"xorviz: {sentence}\n")
        sys.stderr.flush()


def obstacle(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return why no window can be opened here, or None. Loads no Qt."""
    if find_spec("PySide6") is None:
        return "PySide6 is not installed for this Python"
    if not sys.executable:
        return "this Python does not know its own program"
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in _UNSEEN:
        return f"QT_QPA_PLATFORM is {platform}, which shows no window"
    named = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or platform
    if sys.platform == "linux" and not named:
        return "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None


_opened: list[Path] = []
"""Files that this process has opened a window on: at most one."""


def opened_window(path: Path) -> "subprocess.Popen[bytes] | None":
    """Return the process of a window that is opened on a file, and that outlives this process.

    None where one is open or being opened; where this process has opened one, which its user may
    have closed; and where that is not possible, which is said.
    """
    if _opened or places.is_window_open():
        return None
    if not (why := obstacle()):
        try:
            with places.hold_as_window(path.parent, is_only=True) as lock:
                locks = () if sys.platform == "win32" else (lock.fileno(),)
                words = ["watch", str(path)]
                process = started_apart(words, stdin=subprocess.DEVNULL, pass_fds=locks)
            _opened.append(path)
            return process
        except BlockingIOError:  # another program is opening one
            return None
        except OSError as error:
            why = str(error)
    tell(f"no window can be opened: {why.rstrip('.')}. 'xorviz watch' shows this run, too")
    return None


def started_apart(arguments: Sequence[str], **more: Any) -> "subprocess.Popen[bytes]":
    """Start this xorviz as a process that nothing of this one waits for. Raises OSError."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "xorviz", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=own_environment(),
        start_new_session=True,  # Ctrl+C is for the program alone
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),  # the same on Windows
        **more,
    )


def own_environment() -> dict[str, str]:
    """Return an environment in which ``python -P`` finds this xorviz.

    Without -P, files beside the program would be taken for others of their names: a random.py.
    """
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), root)))
    return os.environ | {"PYTHONPATH": paths}
