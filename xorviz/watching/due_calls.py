"""Which states of a watched run are written."""

from typing import NamedTuple

FRAME_SECONDS = 1 / 60
FIRST = 128
"""States that are all kept."""
_ROWS = 4


class Due(NamedTuple):
    """What is due next: the first call from this one on, or after this time."""

    call: float = 0
    seconds: float = 0.0


NEVER = Due(float("inf"), float("inf"))


class DueCalls:
    """Plans which calls are due, so that any other one has only two numbers to compare.

    Kept are the first calls, and a few consecutive ones each time that 1/64 more have been made,
    since checks need them. Of 10^12 calls that is some 4,600, so none is ever dropped. Such groups
    begin at calls of every remainder mod 4: a program may take a step for each row in turn. Then,
    which may be unknown, they are longer and half as many. Another call is due 60 times a second.
    """

    def __init__(self, may_take_rows: bool) -> None:
        """Take whether a step of the program may be one of one row."""
        self._together, self._ratio = (5, 32) if may_take_rows else (3, 64)
        self._begin, self._end = 0, FIRST
        """The group of calls that are kept next."""
        self._remainder = 0
        self._by_time = 0.0

    def is_kept(self, call: int) -> bool:
        """Return whether the state of a call is kept for good."""
        return self._begin <= call < self._end

    def after(self, call: int, seconds: float) -> Due:
        """Return what is due after a call at a time."""
        if seconds >= self._by_time:
            self._by_time = seconds + FRAME_SECONDS
        if call + 1 >= self._end:
            begin = max(call + 1, self._begin + self._begin // self._ratio)
            self._begin = begin + (self._remainder - begin) % _ROWS
            self._end = self._begin + self._together
            self._remainder += 1
        return Due(max(self._begin, call + 1), self._by_time)
