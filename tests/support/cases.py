"""Small parts of tests: tables of cases and recipes, refused values as quoted, a clock."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import product

import pytest

from xorviz.core.rules import SettingError
from xorviz.core.settings import (
    BATCH_WORDS,
    CODING_WORDS,
    LOSS_NAMES,
    OPTIMIZER_WORDS,
    OUTPUT_WORDS,
    RunConfig,
)

are_few = False
"""Whether cases are not even collected that the default run would leave out: thousands."""


def some(cases: Iterable[object], count: int = 2) -> list[object]:
    """Return all cases; all but ``count`` of them, evenly spaced, carry the marker thorough.

    Where several tables are crossed, a case runs by default only if no part of it is thorough.
    """
    known = list(cases)
    last = len(known) - 1
    tried = {round(last * n / max(1, count - 1)) for n in range(count)}
    if are_few:
        return [case for place, case in enumerate(known) if place in tried]
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


def trainings() -> list[RunConfig]:
    """Return recipes of every allowed batch, output, coding, optimizer, and of some losses."""
    found = list[RunConfig]()
    kinds = product(BATCH_WORDS, OUTPUT_WORDS, CODING_WORDS, OPTIMIZER_WORDS)
    for n, (batch, output, coding, optimizer) in enumerate(kinds):
        for loss in (LOSS_NAMES[n % len(LOSS_NAMES)], LOSS_NAMES[n % 4]):
            with suppress(SettingError):
                found.append(
                    RunConfig(
                        width=3,
                        rate=0.05,
                        seed=n,
                        loss=loss,
                        biases=n % 3 > 0,
                        momentum=n % 2 / 2,
                        init=("fan-in", "uniform")[n // 2 % 2],
                        row_order="11,01,00,10",
                        batch=batch,
                        output=output,
                        coding=coding,
                        optimizer=optimizer,
                    )
                )
    return list(dict.fromkeys(found))


def some_trainings(count: int = 6) -> list[object]:
    """Return all of them, of which only some are tried by default."""
    return some(trainings(), count)


def name_of(config: RunConfig) -> str:
    """Return what tells one of them from the others."""
    kinds = config.batch, config.output, config.coding, config.optimizer, config.loss
    return " ".join(kinds)


class Clock:
    """A clock that stands still until a test moves it, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.readings = 0

    def __call__(self) -> float:
        """Return the time, and count the call."""
        self.readings += 1
        return self.now
