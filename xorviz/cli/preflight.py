"""A check whether Qt can open a window here."""

import ctypes
import os
import socket
import sys
import time
from pathlib import Path

QT_PACKAGES = "libgl1 libegl1 libfontconfig1 libglib2.0-0 libdbus-1-3 libxkbcommon0"
X11_PACKAGES = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
INSTALL = "sudo apt-get install -y --no-install-recommends"
START_SECONDS = 2.0
"""How long to wait for an X server that is still starting."""
HEADLESS = "without a window, 'xorviz train' trains in the terminal"


def problem() -> str | None:
    """Return why no window can be opened and the remedy, or None. Imports Qt.

    Qt itself would abort the process with a misleading message.
    """
    return _qt_problem() or (_display_problem() if sys.platform == "linux" else None)


def _qt_problem() -> str | None:
    """Return why Qt cannot be imported, or None."""
    try:
        from PySide6 import QtGui, QtSvg, QtWidgets  # noqa: F401
    except ImportError as error:
        missing = str(error).split(":")[0]
        if ".so" in missing:
            return f"Qt needs {missing}, which is not installed here: {INSTALL} {QT_PACKAGES}"
        return f"{error}; install all that xorviz needs with: pip install xorviz"
    return None


def _display_problem() -> str | None:
    """Check the display that Qt will choose on Linux."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if platform not in {"", "xcb", "wayland"}:
        return None
    trouble: str | None = (
        f"There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); {HEADLESS}."
    )
    if wayland and platform != "xcb":
        trouble = _wayland_problem(wayland)
    if trouble and display and platform != "wayland":
        trouble = _x11_problem(display)
    return trouble


def _x11_problem(display: str) -> str | None:
    """Load Qt's X11 plugin and connect to the display."""
    import PySide6

    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        ctypes.CDLL(str(plugin))
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        missing = str(error).split(":")[0]
        return f"A window needs {missing}, which is not installed here: {INSTALL} {X11_PACKAGES}"
    xcb.xcb_connect.restype = ctypes.c_void_p
    deadline = time.monotonic() + START_SECONDS
    while not _connects(xcb, display):
        if time.monotonic() > deadline:
            return f"The display {display} (DISPLAY) cannot be reached; {HEADLESS}."
        time.sleep(0.1)
    return None


def _connects(xcb: ctypes.CDLL, display: str) -> bool:
    """Return whether a display accepts a connection, and leave that connection open.

    An X server without clients resets when its last client leaves, and would refuse Qt meanwhile.
    """
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    if not xcb.xcb_connection_has_error(connection):
        return True
    xcb.xcb_disconnect(connection)
    return False


def _wayland_problem(wayland: str) -> str | None:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / wayland
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return f"The display {wayland} (WAYLAND_DISPLAY) cannot be reached; {HEADLESS}."
    return None


if __name__ == "__main__":
    sys.exit(problem())  # its text goes to standard error
