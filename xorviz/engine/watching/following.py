"""Which steps of the current run can be gone to, and whether a watched one has more to show."""

from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.watching.news import News


class Following:
    """The current run as far as it is known: by what is shown of it, and by news."""

    def __init__(self, record: Record) -> None:
        self._live: set[str] = set()
        self.open(record, 0)

    def open(self, record: Record, step: int, beside: Record | None = None) -> None:
        """Begin with a run, perhaps with another beside it, at a step."""
        self._shown = self._record = record
        self._beside, self._step = beside, step
        self._is_stuck = False

    def show(self, seen: Snapshot, is_followed: bool = False) -> None:
        """Take what is shown now, and whether it was followed to."""
        before = self._state
        self._step, self._shown = seen.step, seen.record
        self._beside = None if seen.beside is None else seen.beside.record
        if self._record.source is None or seen.record.newest >= self._record.newest:
            self._record = seen.record
        self._is_stuck = is_followed and self._state == before and not self._is_all_shown

    def hear(self, news: News) -> None:
        """Take news of any run."""
        (self._live.add if news.is_live else self._live.discard)(news.key)
        if self.is_of(news.key) and news.record.newest >= self._record.newest:
            self._record = news.record

    def is_of(self, key: str) -> bool:
        """Return whether the current run is the one with a key."""
        return self._record.source is not None and self._record.source.key == key

    @property
    def is_watched(self) -> bool:
        """Whether another program trains the current run."""
        return self._record.source is not None

    @property
    def has_beside(self) -> bool:
        """Whether another run is shown beside it."""
        return self._beside is not None

    @property
    def _state(self) -> tuple[object, ...]:
        """What changes when something new is shown."""
        beside = 0 if self._beside is None else self._beside.newest
        return self._step, self._shown.newest, self._shown.source, beside

    @property
    def _is_all_shown(self) -> bool:
        known, shown = self._record, self._shown
        return (known.newest, known.source) == (self._step, shown.source)

    @property
    def has_more(self) -> bool:
        """Whether a step of a watched run, or how it ended, can be shown and is not yet."""
        return not (self._is_all_shown or self._is_stuck)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of a watched run, or of the one beside it."""
        source = self._record.source
        return self._is_stuck or source is None or source.key not in self._live

    @property
    def newest(self) -> int:
        """The last step that can be gone to."""
        beside = self._record if self._beside is None else self._beside
        return min(self._record.newest, beside.newest)

    def towards(self, step: int, start: int) -> int:
        """Return the step to go to when one is asked for at a step."""
        last = self._record.towards(self.newest, self.newest + 1)
        return min(last, self._record.towards(min(step, last), start))
