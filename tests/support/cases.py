"""Which cases of a table every test run tries, and which only the thorough one."""

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
