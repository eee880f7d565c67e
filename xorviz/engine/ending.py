"""Ending threads when the window closes."""

from PySide6.QtCore import QThread

MOST_MS = 1000
"""Longest wait for a thread: only compiling takes longer, and cannot be interrupted."""


def end(thread: QThread) -> None:
    """End a thread after the work under way; if that takes long, the process ends without it."""
    thread.requestInterruption()
    thread.quit()
    thread.wait(MOST_MS)
