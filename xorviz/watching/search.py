"""Finds the window in which a run is shown; opens one where none is open."""

import time
from contextlib import suppress

from xorviz.watching.link import Link, connected
from xorviz.watching.opening import Opening, obstacle
from xorviz.watching.places import published
from xorviz.watching.telling import tell

_OPENING_SECONDS = 20.0
"""How long a window may take to open."""
_LOOK_SECONDS, _OPENING_LOOK_SECONDS = 1.0, 0.05
"""From one look for a window to the next, without and with one that is being opened."""

_REFUSED_SECONDS = 5.0
"""Before a window that refused the run is asked again: it may have had too many."""


class Search:
    """Looks where windows say that they listen. Of those that answer, the newest is taken."""

    def __init__(self) -> None:
        """Look nowhere yet."""
        self._refusing: dict[str, float] = {}
        """Until when windows are not asked again, by their tokens."""
        self._opening: Opening | None = None
        self._until = 0.0
        """When a window that is being opened is no longer expected."""

    @property
    def expects(self) -> bool:
        """Whether a window is being opened."""
        return time.monotonic() < self._until

    @property
    def pause(self) -> float:
        """Seconds to the next look."""
        return _OPENING_LOOK_SECONDS if self.expects else _LOOK_SECONDS

    def found(self) -> Link | None:
        """Return a connection to a window, if one answers. Raises PlaceError."""
        for place in published():
            if self._refusing.get(place.token, 0.0) < time.monotonic():
                with suppress(OSError):
                    link = connected(place)
                    self.close()
                    return link
        self._hear()
        return None

    def found_or_opening(self) -> Link | None:
        """Return a connection to a window; where none answers, begin to open one.

        Raises PlaceError.
        """
        if (link := self.found()) is not None:
            return link
        if why := obstacle():
            tell(f"no window is open, and none can be opened: {why}; the program continues")
            return None
        self._until = time.monotonic() + _OPENING_SECONDS
        try:
            self._opening = Opening()
            if (link := self.found()) is None:  # another program may have opened it meanwhile
                self._opening.start()
        except BlockingIOError:  # another program opens one right now
            return None
        except OSError as error:
            self._fail(str(error))
        return link

    def avoid(self, link: Link) -> None:
        """Leave a window alone for a while that has refused the run."""
        self._refusing[link.place.token] = time.monotonic() + _REFUSED_SECONDS

    def close(self) -> None:
        """Expect no window any longer; one that is being opened stays."""
        self._until = 0.0
        if self._opening is not None:
            self._opening.close()
            self._opening = None

    def _hear(self) -> None:
        """Note that a window has failed to open."""
        if self._opening is not None and (said := self._opening.failure()) is not None:
            self._fail(said)
        elif self._opening is not None and not self.expects:
            self.close()

    def _fail(self, why: str) -> None:
        tell(f"no window could be opened: {why.rstrip('.')}; the program continues")
        self.close()
