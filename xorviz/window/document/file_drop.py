"""Takes run files that are dropped on a window."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMainWindow

from xorviz.files import SUFFIX

_COPY = Qt.DropAction.CopyAction


class FileDrop(QObject):
    """Lets one run file at a time be dropped anywhere on a window. All else is refused."""

    dropped = Signal(object)  # Path

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept a run file, from the moment at which it is dragged into the window."""
        if isinstance(event, QDropEvent) and (path := _run_file_in(event)):
            # A file manager deletes what it was told to move.
            event.setDropAction(_COPY)
            event.accept()
            if event.type() == QEvent.Type.Drop:
                self.dropped.emit(path)
            return True
        return super().eventFilter(watched, event)


def _run_file_in(event: QDropEvent) -> Path | None:
    """Return the run file that is dragged, if it is one and nothing else."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not event.possibleActions() & _COPY:
        return None
    path = Path(urls[0].toLocalFile())  # of what is elsewhere: nothing
    return path if path.suffix == SUFFIX else None
