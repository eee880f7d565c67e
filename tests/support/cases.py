"""Small parts of tests: tables of cases, refused values as messages quote them, a clock."""

from collections.abc import Iterable

import pytest


def some(cases: Iterable[object], count: int = 2) -> list[object]:
    """Return all cases; all but ``count`` of them, evenly spaced, carry the marker thorough.

    Where several tables are crossed, a case runs by default only if no part of it is thorough.
    """
    known = list(cases)
    last = len(known) - 1
    tried = {round(last * n / max(1, count - 1)) for n in range(count)}
    return [
        case if place in tried else pytest.param(*values(case), marks=pytest.mark.thorough)
        for place, case in enumerate(known)
    ]


def values(case: object) -> tuple[object, ...]:
    """Return the arguments of one case: a tuple's members, or the one value itself."""
    return case if isinstance(case, tuple) else (case,)


def quoted(value: object) -> str:
    """Return a refused value as messages quote it: its repr, cut to 80 characters."""
    try:
        text = repr(value)
    except ValueError:
        return "a very large number"
    return text if len(text) <= 80 else f"{text[:80]}…"


class Clock:
    """A clock that stands still until a test moves it, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.readings = 0

    def __call__(self) -> float:
        """Return the time, and count the call."""
        self.readings += 1
        return self.now
