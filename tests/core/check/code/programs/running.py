"""How programs of rows go through their table."""

from collections.abc import Callable
from itertools import count
from typing import Any


def rows_of(x: Any, t: Any, train: Callable[..., Any], spread: bool = False) -> Callable[[], None]:
    """Return an update from the next row."""
    numbers = count()

    def update() -> None:
        row = next(numbers) % len(x)
        train(*x[row], t[row]) if spread else train(x[row], t[row])

    return update
