"""Finds threads, timers and windows that a test has left."""

import gc
from collections.abc import Collection

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import getCppPointer, isValid


def windows() -> set[int]:
    """Return the addresses of the windows that are there."""
    return {_address(window) for window in _windows()}


def swept_leaks(shared: Collection[int] = ()) -> list[str]:
    """Return what still runs or is open, and close it, so that it fails no other test.

    Objects that the garbage collector has frozen are not looked at. Windows at these addresses are
    shared with other tests; they and their children are left alone.
    """
    _finish_deletions()
    if any(_address(window) not in shared for window in _windows()):
        gc.collect()  # a window may be part of a reference cycle
        _finish_deletions()

    def is_leak(thing: QObject) -> bool:
        ancestors = [thing]
        while (parent := ancestors[-1].parent()) is not None:
            ancestors.append(parent)
        return not any(_address(one) in shared for one in ancestors)

    running = [thing for thing in _running() if is_leak(thing)]
    return [
        *(_ended_thread(thing) for thing in running if isinstance(thing, QThread)),
        *(_stopped_timer(thing) for thing in running if isinstance(thing, QTimer)),
        *(_deleted_window(w) for w in _windows() if is_leak(w)),
    ]


def _address(thing: QObject) -> int:
    return int(getCppPointer(thing)[0])


def _running() -> list[QThread | QTimer]:
    """Return the running threads and active timers."""
    # type() does not touch weak proxies, which raise when their object is gone.
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), (QThread, QTimer))]
    return [
        thing
        for thing in found
        if isValid(thing)
        and (thing.isRunning() if isinstance(thing, QThread) else thing.isActive())
    ]


def _finish_deletions() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


def _windows() -> list[QWidget]:
    """Return all windows but those that Qt makes when it first paints a scene of plots.

    Deleting one while its plot is shown would end the process with the plot.
    """
    windows = QApplication.topLevelWidgets()
    return [w for w in windows if type(w) is not QWidget or w.children() or w.isVisible()]


def _ended_thread(thread: QThread) -> str:
    thread.quit()
    thread.wait()
    return f"thread {thread.objectName() or thread} still runs"


def _stopped_timer(timer: QTimer) -> str:
    timer.stop()
    return f"timer {timer.objectName() or timer} of {timer.parent()} is still active"


def _deleted_window(widget: QWidget) -> str:
    name = f"window {widget} is still there"
    widget.close()
    widget.deleteLater()
    _finish_deletions()
    return name
