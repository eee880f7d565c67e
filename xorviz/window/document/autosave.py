"""Saves unsaved work regularly, and offers to restore it after a crash."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject, QTimer, Signal, Slot

from xorviz.core.runs.project import Project
from xorviz.files.atomic import FileError
from xorviz.files.recovery import Recovery, discard, orphans
from xorviz.files.run_file import load_run
from xorviz.ui.chrome.notice_bar import NoticeBar

AUTOSAVE_MS = 30_000
SOON_MS = 200
"""More than a frame, so that the last snapshot of a paused run has arrived."""

BROKEN_SUFFIX = ".broken"
RESTORE, DISCARD = "Restore", "Discard"


class Autosave(QObject):
    """Copies unsaved work every half minute. A clean exit leaves no copy behind."""

    noticed = Signal(str)
    restore_requested = Signal(object)  # Project

    def __init__(
        self, folder: Path, unsaved: Callable[[], Project | None], bar: NoticeBar, parent: QObject
    ) -> None:
        """Copy what ``unsaved`` returns; offer copies of a crashed program in the bar."""
        super().__init__(parent)
        self._folder, self._unsaved, self._bar = folder, unsaved, bar
        self._recovery = Recovery(folder)
        self._copied: tuple[Project, int] | None = None
        self._has_reported = False
        self._left: list[Path] = []
        """Copies of crashed programs that are not yet restored or discarded, newest first."""
        self._timer = QTimer(self)
        self._timer.setObjectName("autosave")
        self._timer.timeout.connect(self.copy)
        self._timer.start(AUTOSAVE_MS)

    @Slot()
    def copy(self) -> None:
        """Copy unsaved work if it has changed; report a failure once."""
        self._timer.setInterval(AUTOSAVE_MS)
        project = self._unsaved()
        if project is None:
            self._recovery.close()
            self._copied = None
        elif (project, project.step) != self._copied:
            self._save(project)

    @Slot()
    def copy_soon(self) -> None:
        """Copy it once the current frame has arrived."""
        self._timer.start(SOON_MS)

    def leave(self) -> None:
        """Leave a copy for the next start, or the last one if that fails."""
        if (project := self._unsaved()) is not None:
            with suppress(FileError):
                self._recovery.save(project, durable=True)
            self._recovery.leave()

    def close(self) -> None:
        """Stop copying, and remove the copy."""
        self._timer.stop()
        self._recovery.close()

    def offer(self) -> None:
        """Offer to restore the copies that crashed programs have left."""
        self._left = orphans(self._folder)
        self._offer_next()

    def _offer_next(self) -> None:
        """Offer the newest copy that is left, if any."""
        while self._left:
            with suppress(OSError):  # another window may have removed it
                when = _written(self._left[0])
                text = f"xorviz didn't close properly. Unsaved work of {when} can be restored."
                self._bar.ask(text, {RESTORE: self._restore, DISCARD: self._discard})
                return
            del self._left[0]

    def take_over(self) -> None:
        """Replace the restored copy by a new one."""
        self.copy()
        path = self._left.pop(0)
        if self._copied is not None:  # else it is the only copy
            discard(path)
        self._bar.hide()
        self._offer_next()

    def _save(self, project: Project) -> None:
        self._copied = None
        try:
            self._recovery.save(project)
        except FileError as error:
            if not self._has_reported:
                self.noticed.emit(f"Automatic backup failed: {error}")
            self._has_reported = True
        else:
            self._copied = (project, project.step)
            self._has_reported = False

    def _discard(self) -> None:
        discard(self._left.pop(0))
        self._offer_next()

    def _restore(self) -> None:
        path = self._left[0]
        try:
            project = load_run(path)
        except FileError as error:
            del self._left[0]
            self.noticed.emit(f"Could not restore the work{_set_aside(path)}: {error}")
        else:
            self.restore_requested.emit(project)
        self._offer_next()  # or the same again, if it must wait for another answer


def _written(path: Path) -> str:
    """Return the day and time a file was written. Raises OSError."""
    moment = QDateTime.fromMSecsSinceEpoch(path.stat().st_mtime_ns // 1_000_000)
    return QLocale.c().toString(moment, "d MMMM, hh:mm")


def _set_aside(path: Path) -> str:
    """Rename a broken copy so that it is not offered again; return the words that say so."""
    aside = path.with_suffix(BROKEN_SUFFIX)
    try:
        path.replace(aside)
    except OSError:
        return ""
    discard(path)
    return f", left in {aside}"
