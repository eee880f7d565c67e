"""Keeps a copy of what is worked on for after a crash, and offers one that was left."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject, QTimer, Signal, Slot

from xorviz.core.runs.project import Project
from xorviz.files import SUFFIX, FileError, load_run, save_run
from xorviz.files.recovery import Recovery, discard, orphans
from xorviz.ui.chrome.notice_bar import NoticeBar

AUTOSAVE_MS = 30_000
SOON_MS = 200
"""More than a frame: what was under way when training was paused has arrived by then."""

BROKEN_SUFFIX = ".broken"
RESTORE, DISCARD = "Restore", "Discard"


class CrashCopy(QObject):
    """What no file has is copied now and then. A clean end leaves no copy behind."""

    noticed = Signal(str)
    restore_requested = Signal(object)  # Project

    def __init__(
        self, folder: Path, unsaved: Callable[[], Project | None], bar: NoticeBar, parent: QObject
    ) -> None:
        """Ask for what no file has when it is time to copy it; ask a person in the bar."""
        super().__init__(parent)
        self._folder, self._unsaved, self._bar = folder, unsaved, bar
        self._recovery = Recovery(folder)
        self._copied: tuple[Project, int] | None = None
        self._has_told = self._stays = False
        self._left: list[Path] = []
        bar.answered.connect(self._answer)
        self._autosave = QTimer(self, interval=AUTOSAVE_MS)
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        for timer, name in ((self._autosave, "autosave"), (self._soon, "copy_soon")):
            timer.setObjectName(name)
            timer.timeout.connect(self.copy)
        self._autosave.start()

    @Slot()
    def copy(self) -> None:
        """Copy what no file has, if it has changed; where that fails, say so once."""
        project = self._unsaved()
        if project is None:
            self._recovery.close()
            self._copied = None
        elif (project, project.step) != self._copied:
            self._save(project)

    @Slot()
    def copy_soon(self) -> None:
        """Copy it once the frame that is under way has arrived."""
        self._soon.start()

    def leave(self) -> None:
        """Leave a copy that nobody holds, for the next start. It outlives a shutdown too."""
        project = self._unsaved()
        if project is None:
            return
        self._stays = True  # what was copied last, if no more can be done
        with suppress(OSError, FileError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            save_run(project, self._folder / f"{os.urandom(8).hex()}{SUFFIX}")
            self._stays = False

    def close(self) -> None:
        """Stop copying, and remove the copy."""
        self._autosave.stop()
        self._soon.stop()
        if not self._stays:
            self._recovery.close()

    def offer(self) -> None:
        """Offer what was worked on when the program last ended without being asked to."""
        self._left = orphans(self._folder)
        self.offer_again()

    def offer_again(self) -> None:
        """Offer the newest of what is left, if anything is."""
        while self._left:
            with suppress(OSError):  # another window may have taken it meanwhile
                when = _written(self._left[0])
                text = f"xorviz ended unexpectedly. There is a copy of the work from {when}."
                self._bar.ask(text, (RESTORE, DISCARD))
                return
            del self._left[0]

    def take_over(self) -> None:
        """Keep a copy of what was restored in place of the one that was left."""
        self.copy()
        path = self._left.pop(0)
        if self._copied is not None:  # else it is the only one
            discard(path)
        self.offer_again()

    def _save(self, project: Project) -> None:
        self._copied = None
        try:
            self._recovery.save(project)
        except FileError as error:
            if not self._has_told:
                self.noticed.emit(f"No copy can be kept for after a crash: {error}")
            self._has_told = True
        else:
            self._copied = (project, project.step)
            self._has_told = False

    @Slot(str)
    def _answer(self, answer: str) -> None:
        if not self._left:
            return
        if answer == RESTORE:
            self._restore(self._left[0])
        elif answer == DISCARD:
            discard(self._left.pop(0))
            self.offer_again()

    def _restore(self, path: Path) -> None:
        try:
            project = load_run(path)
        except FileError as error:
            del self._left[0]
            self.noticed.emit(f"The copy cannot be restored{_set_aside(path)}: {error}")
            self.offer_again()
        else:
            self.restore_requested.emit(project)


def _written(path: Path) -> str:
    """Return the day and the time at which a file was written. Raises OSError."""
    moment = QDateTime.fromMSecsSinceEpoch(path.stat().st_mtime_ns // 1_000_000)
    return QLocale.c().toString(moment, "d MMMM, hh:mm")


def _set_aside(path: Path) -> str:
    """Keep a broken copy where it is not offered again; return what became of it."""
    aside = path.with_suffix(BROKEN_SUFFIX)
    try:
        path.replace(aside)
    except OSError:
        return ""
    discard(path)
    return f" and stays as {aside}"
