"""Other programs that show their runs, as the training thread deals with them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from xorviz.core.settings import RunConfig
from xorviz.engine.watching.news import News, NewsSender
from xorviz.engine.watching.watched_runs import WatchedRuns

if TYPE_CHECKING:  # QtNetwork is loaded after the first painting, and may be missing
    from xorviz.engine.watching.program_listener import ProgramListener


class ProgramServer:
    """Their runs, the news of these, and the connections once it listens."""

    def __init__(self, send: Callable[[News], object]) -> None:
        self.watched = WatchedRuns()
        self.news_sender = NewsSender(self.watched.news_of, send)
        self._listener: ProgramListener | None = None

    def listen(self) -> str:
        """Let programs find this window; return why that is not possible, or ""."""
        if self._listener is not None:
            return ""
        from xorviz.watching.places import PlaceError  # noqa: PLC0415 (5 ms, not before painting)

        try:
            from xorviz.engine.watching.program_listener import ProgramListener  # noqa: PLC0415

            listener = ProgramListener(self.watched, self.news_sender)
            listener.start()
        except (ImportError, OSError, PlaceError) as error:
            package = "; the package libgssapi-krb5-2 has it" * ("gssapi" in str(error))
            return f"Other programs cannot show their runs in this window: {error}{package}."
        self._listener = listener
        return ""

    def adopt(self, key: str, config: RunConfig, assumed: tuple[str, ...]) -> None:
        """Take settings of a run that were found out, and report them, if it is remembered."""
        if (run := self.watched.by_key.get(key)) is not None:
            run.adopt(config, assumed)
            self.news_sender.note(key)

    def forget(self, key: str) -> None:
        """Free the memory of a run, and close its connection."""
        if self._listener is not None:
            self._listener.forget(key)
        self.watched.forget(key)

    def close(self) -> None:
        """End all connections, in the thread that listens."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
