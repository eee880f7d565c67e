"""Which states of a watched run are kept and sent."""

from typing import NamedTuple

FRAME_SECONDS = 1 / 60
_APART = 1000
"""Steps from one group of consecutive states to the next."""
_TOGETHER = 2
"""States after the first one of a group: three consecutive ones tell the momentum, too."""
_RATIO = 64
"""A state is kept once 1/64 more steps have been taken, so that also a fast run has a curve."""


class Due(NamedTuple):
    """What is due next: the first call from this one on, or after this time."""

    call: float = 0
    seconds: float = 0.0


NEVER = Due(float("inf"), float("inf"))


class DueCalls:
    """Plans which calls are due: a call has then to compare two numbers.

    Due are the first 128, then steps in a ratio of 1 + 1/64; 60 times a second the newest; and now
    and then the two after that one, since checks need consecutive states.
    """

    def __init__(self, every: int) -> None:
        """Take the steps from one call to the next."""
        self._apart = -(-_APART // every)
        self._by_time = 0.0
        self._by_ratio = 0
        self._group = -self._apart

    def after(self, call: int, seconds: float) -> Due:
        """Return what is due after a call that was due at a time."""
        if seconds >= self._by_time:
            self._by_time = seconds + FRAME_SECONDS
            if call - self._group >= self._apart:
                self._group = call
        if call >= self._by_ratio:
            self._by_ratio = call + max(1, call // _RATIO)
        is_in_group = call < self._group + _TOGETHER
        return Due(call + 1 if is_in_group else self._by_ratio, self._by_time)
