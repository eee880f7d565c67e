"""Small parts of tests: tables of cases and recipes, refused values as quoted, a clock."""

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
import pytest

from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, SETTINGS, SQUARED, RunConfig
from xorviz.core.truth_table import ORDER_NAMES

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


VALUES = {name: list(SETTINGS[name].words) for name in ("batch", "output", "coding", "optimizer")}


def heads() -> Iterator[tuple[str, str, str]]:
    """Yield the outputs, codings and losses that go together."""
    for output, coding, loss in product(VALUES["output"], VALUES["coding"], LOSS_NAMES):
        if loss in SQUARED or (output, coding) == ("sigmoid", "zero-one"):
            yield output, coding, loss


def recipes() -> Iterator[RunConfig]:
    """Yield every combination, with all else drawn; rounding stays small."""
    random = np.random.default_rng(11)
    others = product(VALUES["batch"], VALUES["optimizer"], (False, True), (0.0, 0.6))
    for (output, coding, loss), (batch, optimizer, biases, momentum) in product(heads(), others):
        if optimizer == "adam" and momentum:
            continue
        width = int(random.choice([1, 2, 3, 4, 5, 6, 8, 64]))
        yield RunConfig(
            width=width, rate=0.05 / width,
            seed=int(random.integers(2**32)), activation=str(random.choice(ACTIVATION_NAMES)),
            loss=loss, biases=biases, momentum=momentum, batch=batch, output=output,
            coding=coding, optimizer=optimizer, row_order=str(random.choice(ORDER_NAMES)),
            targets=tuple(random.integers(0, 2, 4).tolist()), init_range=0.8,
            init=str(random.choice(["uniform", "fan-in"])),
        )  # fmt: skip


RECIPES = list(recipes())
FEW_RECIPES = RECIPES[::7]
"""All kinds of training, and some for tests that take longer."""


def text_of(config: RunConfig) -> str:
    """Return what tells a recipe from the others."""
    return " ".join(map(str, config.changed().values()))


class Clock:
    """A clock that stands still until a test moves it, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.readings = 0

    def __call__(self) -> float:
        """Return the time, and count the call."""
        self.readings += 1
        return self.now
