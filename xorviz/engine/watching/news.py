"""News of watched runs, on their way to the window."""

from collections.abc import Callable
from dataclasses import dataclass

from xorviz.core.runs.record import Record


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """A watched run as it is now. A value."""

    record: Record
    """With one state at least."""
    is_live: bool
    """Whether its program is connected."""
    is_lost: bool = False
    """Whether the connection ended before the program said that it shows no more."""

    @property
    def key(self) -> str:
        """The key of the run."""
        assert self.record.source is not None
        return self.record.source.key


class NewsSender:
    """Sends news of each run, the next only after the last was taken: nothing queues."""

    def __init__(
        self, news_of: Callable[[str], News | None], send: Callable[[News], object]
    ) -> None:
        """Ask for the news of a run by its key, None if there are none; send them."""
        self._news_of, self._send = news_of, send
        self._under_way: set[str] = set()
        self._waiting: set[str] = set()

    def note(self, key: str) -> None:
        """Send the news of a run, at once or when the last were taken."""
        if key in self._under_way:
            self._waiting.add(key)
        elif (news := self._news_of(key)) is not None:
            self._under_way.add(key)
            self._send(news)

    def took(self, key: str) -> None:
        """Note that the last news of a run were taken."""
        self._under_way.discard(key)
        if key in self._waiting:
            self._waiting.remove(key)
            self.note(key)
