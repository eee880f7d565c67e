"""Takes the news of watched runs: which of them is the current one, and which are pinned."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core.runs.project import TooManyRunsError
from xorviz.core.runs.record import Record
from xorviz.engine.pace import SpeedGauge
from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document
from xorviz.window.document.open_project import is_same_watched
from xorviz.window.watch.words import Heard

if TYPE_CHECKING:
    from xorviz.engine.watching.news import News

RENEW_MS = 1000
"""Time from one showing of pinned runs that continue to the next."""
_MOST_KNOWN = 32
"""Programs that are remembered after they have ended."""


@dataclass(slots=True)
class _Program:
    """What is known of the program of a run."""

    news: "News"
    gauge: SpeedGauge = field(default_factory=SpeedGauge)


class Watching(QObject):
    """Keeps every watched run that continues in the project, unless it was deleted.

    A new one becomes the current run and is followed, if no other one that continues is; else it is
    pinned. Pinned ones are renewed once a second, which is no change to undo.
    """

    noticed = Signal(str)
    heard = Signal(str)  # the key of a run of which there are news

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(document)
        self._session, self._document, self._clock = session, document, clock
        self._known: dict[str, _Program] = {}
        self._deleted: set[str] = set()
        self._later = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._later.setObjectName("watched_renewal")
        self._later.timeout.connect(self.renew)
        session.programs.heard.connect(self.take)
        document.project_changed.connect(self._renew_soon)

    def heard_of(self, record: Record) -> Heard | None:
        """Return what was heard of the program of a run."""
        program = None if record.source is None else self._known.get(record.source.key)
        if program is None:
            return None
        news = program.news
        return Heard(news.is_live, news.is_lost, program.gauge.steps_per_second)

    def is_live(self, record: Record) -> bool | None:
        """Return whether the program of a run is connected; None if nothing was heard of it."""
        heard = self.heard_of(record)
        return None if heard is None else heard.is_live

    def latest(self, record: Record) -> Record:
        """Return the newest record of the same run that has come."""
        program = None if record.source is None else self._known.get(record.source.key)
        news = None if program is None else program.news.record
        return record if news is None or news.newest < record.newest else news

    @Slot(object)
    def take(self, news: "News") -> None:
        """Show a run that continues where it is listed, or list it.

        While the user's own project is set aside, those of it wait; a new one brings it back.
        """
        if self._document.aside is not None:
            if news.key in {*self._known, *self._deleted}:
                self._note(news)
                self.heard.emit(news.key)
                return
            self._document.bring_back()
        is_listed = self._document.has_watched(news.record)
        if news.key in self._deleted and not is_listed:
            return
        self._deleted.discard(news.key)
        is_new = news.key not in self._known
        self._note(news)
        if is_listed:
            self._renew_soon()
        elif is_new and not self.is_live(self._document.project.record):
            self._document.watch(news.record)
        else:
            self._list(news.record)
        self.heard.emit(news.key)

    @Slot(int)
    def recall(self, style: int) -> None:
        """Make a pinned run the current one, and follow it if it continues."""
        self._document.recall(style)
        if self.is_live(self._document.project.record):
            self._session.play()

    @Slot(int)
    def delete(self, style: int) -> None:
        """Delete a pinned run; unless it is the current one, too, its program is not heard."""
        run = self._document.project.pinned_as(style).record
        self._document.delete(style)
        if run.source is not None and not is_same_watched(run, self._document.project.record):
            self._deleted.add(run.source.key)
            self._session.programs.forget(run.source.key)

    @Slot()
    def renew(self) -> None:
        """Show the newest states of all pinned runs that continue."""
        self._later.stop()
        for pinned in self._document.project.pinned:
            if (newer := self.latest(pinned.record)) is not pinned.record:
                self._document.renew(newer)

    def close(self) -> None:
        """Show nothing more."""
        self._later.stop()

    def _note(self, news: "News") -> None:
        program = self._known.setdefault(news.key, _Program(news))
        program.news = news
        if news.is_live:
            program.gauge.add(self._clock(), news.record.newest)
        ended = [key for key, one in self._known.items() if not one.news.is_live]
        for key in ended[:-_MOST_KNOWN]:
            del self._known[key]

    def _list(self, record: Record) -> None:
        """Pin a run; if there is no space, take no more of it."""
        assert record.source is not None
        name = record.source.name
        try:
            self._document.list_watched(record)
        except TooManyRunsError as error:
            self._deleted.add(record.source.key)
            self._session.programs.forget(record.source.key)
            self.noticed.emit(f"{name} is not watched: {error} Then start its program again.")
        else:
            self.noticed.emit(f"{name} is watched, too: Runs lists it, and Enter there follows it.")

    @Slot()
    def _renew_soon(self) -> None:
        """Renew the pinned runs after a while, if there is anything newer to show."""
        pinned = self._document.project.pinned
        if not self._later.isActive() and any(
            self.latest(one.record) is not one.record for one in pinned
        ):
            self._later.start()
