"""A bot that waits until things have happened, and no longer."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QTimer
from pytestqt.qtbot import QtBot


class PatientBot(QtBot):
    """Waits for events, not for time: as long as a loaded machine needs, and no longer."""

    def waitUntil(  # noqa: N802
        self, callback: Callable[[], bool | None], *, timeout: int = 60_000
    ) -> None:
        """Process events until the callback returns True, or none of its assertions fails.

        Times are in milliseconds.
        """
        deadline = QDeadlineTimer(timeout)
        wake = QTimer(interval=10)  # for conditions that change without an event
        wake.start()
        try:
            while not _is_so(callback, deadline.hasExpired()):
                assert not deadline.hasExpired(), f"nothing came in {timeout} ms"
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        finally:
            wake.stop()


def _is_so(callback: Callable[[], bool | None], is_last: bool) -> bool:
    try:
        return callback() is not False
    except AssertionError:
        if is_last:
            raise
        return False
