"""Which states of a watched run are kept."""

from collections.abc import Iterator
from itertools import count

FRAME_SECONDS = 1 / 60
"""From one recent state to the next."""
FIRST = 128
"""States that are all kept."""
_ROWS = 4


def kept_calls(may_take_rows: bool, share: float = 1.0) -> Iterator[int]:
    """Yield the numbers of the calls whose states are kept, of a program that may go row by row.

    These are the first ones, and a few consecutive ones each time that 1/64 more have been made:
    checks need them. Of 10^12 calls that is some 4,600, so none is ever dropped. Such groups begin
    at calls of every remainder mod 4, so that a program that takes a step for each row in turn is
    not checked on one row for ever. Of such a program they are longer, and half as many. Of large
    states, about a share of these are kept.
    """
    together, ratio = (5, 32) if may_take_rows else (3, 64)
    begin, ratio = max(_ROWS, int(share * FIRST)), max(2, int(share * ratio))
    yield from range(begin)
    for remainder in count():
        begin += (remainder - begin) % _ROWS
        yield from range(begin, begin + together)
        begin += max(together, begin // ratio)
