"""What became of changes, their order, and the words for it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xorviz.core import numerals
from xorviz.core.diagnosis.words import listed
from xorviz.lab.results.success import Proportion
from xorviz.lab.trials.changes import Change

NOTHING_HELPS = "Nothing that was tried helps"
_MOSTLY = 0.5
"""Share of networks from which on a change is said to help."""
_MOST_TOLD = 3
"""Changes that help this very network and are told in a sentence."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a change. A value."""

    change: Change
    right: Proportion
    """Networks with all four rows correct at their end: once learned, or after all steps."""
    median_steps: float | None
    """Steps, from where they began, after which half of those were first correct."""
    steps: int
    """The most steps that each network took."""
    state: str
    """The most frequent state at the end."""

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval; where chance plays no part, what was found."""
        return self.right.value if self.change.is_certain else self.right.interval[0]

    @property
    def high(self) -> float:
        """Upper end of the same."""
        return self.right.value if self.change.is_certain else self.right.interval[1]

    @property
    def helped(self) -> bool:
        """Whether any network became correct."""
        return self.right.count > 0

    @property
    def text(self) -> str:
        """What became of it in a few words: 49 of 50; correct after 70 more steps.

        Or, where chance plays no part: two rows learned after 80 000 more steps.
        """
        if not self.change.is_certain:
            return f"{self.right.count} of {self.right.of}"
        step = "step" if self.change.start is None else "more step"
        if not self.helped:
            return f"{self.state} after {numerals.counted(self.steps, step)}"
        return f"correct after {numerals.counted(round(self.median_steps or 0), step)}"

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        return {
            "change": self.change.name,
            "settings": dict(self.change.settings),
            "right": self.right.count,
            "of": self.right.of,
            "low": self.low,
            "high": self.high,
            "median_steps": self.median_steps,
            "steps": self.steps,
            "state": self.state,
        }


def ranked(found: Iterable[Tried]) -> tuple[Tried, ...]:
    """Return what was tried, best first: by the lower end of the interval, then by the steps."""

    def badness(one: Tried) -> tuple[float, float, float]:
        return -one.low, -one.high * one.helped, one.median_steps or math.inf

    return tuple(sorted(found, key=badness))


def best_text(best: Tried | None) -> str:
    """Return what helps best, if anything that was tried does, in a few words.

    One more unit (width 3) would help: 49 of 50.
    """
    if best is None:
        return NOTHING_HELPS
    helps = " would help" if best.right.value >= _MOSTLY else ""
    return f"{best.change.title}{helps}: {best.text}"


def outlook(found: Iterable[Tried]) -> str:
    """Return what becomes of this very network, in a sentence; empty if it was not tried."""
    here = [one for one in found if one.change.start and one.change.is_certain]
    parts = [f"{_small(one)} is {one.text}" for one in here if one.helped][:_MOST_TOLD]
    ends: dict[tuple[str, int], list[str]] = {}
    for one in here:
        if not one.helped:
            ends.setdefault((one.state, one.steps), []).append(_small(one))
    for (state, steps), names in ends.items():
        end = f"in “{state}” after {numerals.counted(steps, 'more step')}"
        parts.append(f"{listed(names)} {'ends' if len(names) == 1 else 'end'} {end}")
    return f"From these weights, {'; '.join(parts)}." if parts else ""


def _small(one: Tried) -> str:
    """Return a change's title for the middle of a sentence."""
    return one.change.title[0].lower() + one.change.title[1:]
