"""Which states of a watched run are kept and sent."""

import time
from collections.abc import Callable

FRAME_SECONDS = 1 / 60
"""The shortest time from one frame to the next."""
_APART = 1000
"""Steps from one group of consecutive states to the next."""
_TOGETHER = 2
"""States after the first one of a group: three consecutive ones tell the momentum, too."""
_RATIO = 64
"""A step is kept once 1/64 more steps have been taken, so that also a fast run has a curve."""


class DueCalls:
    """Counts calls and tells which are due, at a cost of less than a microsecond each.

    Due are the first 128, then steps in a ratio of 1 + 1/64; 60 times a second the newest; and now
    and then the two after that one, since checks need consecutive states.
    """

    def __init__(self, every: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the steps from one call to the next."""
        self._every, self._clock = every, clock
        self._call = 0
        self._next_by_ratio: float = 0
        self._next_time = clock()
        self._group_from = -_APART
        self._group_until = -1

    @property
    def newest(self) -> int:
        """The step of the newest call."""
        return (self._call - 1) * self._every

    def due(self) -> int | None:
        """Count a call; return its step if its state is to be kept."""
        call = self._call
        self._call = call + 1
        now = self._clock()
        if now < self._next_time and self._group_until < call < self._next_by_ratio:
            return None
        if now >= self._next_time:
            self._next_time = now + FRAME_SECONDS
            if (call - self._group_from) * self._every >= _APART:
                self._group_from, self._group_until = call, call + _TOGETHER
        if call >= self._next_by_ratio:
            self._next_by_ratio = call + max(1, call // _RATIO)
        return call * self._every
