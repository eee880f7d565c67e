"""Other programs that show their runs, as the training thread deals with them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xorviz.core.runs.record import Record
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig
from xorviz.engine.watching.news import News, NewsSender
from xorviz.engine.watching.watched_runs import WatchedRuns

if TYPE_CHECKING:  # QtNetwork is loaded after the first painting, and may be missing
    from xorviz.engine.watching.program_listener import ProgramListener


class ProgramServer:
    """Their runs, the news of these, and the connections once it listens."""

    def __init__(self, send: Callable[[News], object]) -> None:
        self._runs = WatchedRuns()
        self._news = NewsSender(self._runs.news_of, send)
        self._listener: ProgramListener | None = None

    @property
    def runs(self) -> Mapping[str, WatchedRun]:
        """The watched runs by their keys."""
        return self._runs.by_key

    @property
    def shown(self) -> str:
        """The key of the current run, or "" where no program trains it."""
        return self._runs.shown

    def listen(self) -> str:
        """Let programs find this window; return why that is not possible, or ""."""
        if self._listener is not None:
            return ""
        from xorviz.watching.places import PlaceError  # noqa: PLC0415 (5 ms, not before painting)

        try:
            from xorviz.engine.watching.program_listener import ProgramListener  # noqa: PLC0415

            listener = ProgramListener(self._runs, self._news)
            listener.start()
        except (ImportError, OSError, PlaceError) as error:
            package = "; the package libgssapi-krb5-2 has it" * ("gssapi" in str(error))
            return f"Other programs cannot show their runs in this window: {error}{package}."
        self._listener = listener
        return ""

    def open(self, record: Record) -> None:
        """Note which run is the current one; of a watched one, continue with its states."""
        self._runs.open(record)

    def adopt(self, key: str, config: RunConfig, assumed: tuple[str, ...]) -> None:
        """Take settings of a run that were found out, and report them, if it is remembered."""
        if (run := self.runs.get(key)) is not None:
            run.adopt(config, assumed)
            self._news.note(key)

    def forget(self, key: str) -> None:
        """Free the memory of a run, and close its connection."""
        if self._listener is not None:
            self._listener.forget(key)
        self._runs.forget(key)

    def took_news(self, key: str) -> None:
        """Note that the last news of a run have arrived."""
        self._news.took(key)

    def close(self) -> None:
        """End all connections, in the thread that listens."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
