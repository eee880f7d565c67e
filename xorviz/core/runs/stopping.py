"""Rules that stop a run.

Shapes: K steps, or (K, N) of N networks beside each other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array, Mask
from xorviz.core.rules import OrWord, Real, Rule, Switch, Whole, checked

MOST_STEPS = 10**12
"""A run ends here: files of longer ones are not read."""
AT_STEP, AT_LOSS = Whole(1, MOST_STEPS), Real(0, 1e6, above_low=True)
AT_PLATEAU = Real(0, 1, above_low=True, below_high=True)
RULES: dict[str, Rule] = {
    "at_step": OrWord(AT_STEP, "none"),
    "when_learned": Switch(),
    "at_loss": OrWord(AT_LOSS, "none"),
    "when_correct": Switch(),
    "at_plateau": OrWord(AT_PLATEAU, "none"),
    "plateau_steps": AT_STEP,
}
DEFAULT_STEPS, DEFAULT_LOSS = 60_000, 0.01
DEFAULT_PLATEAU, DEFAULT_PLATEAU_STEPS = 0.01, 1000


class Halt(StrEnum):
    """The reason why training stopped."""

    AT_STEP = "step limit"
    CORRECT = "all correct"
    LEARNED = "learned"
    AT_LOSS = "loss limit"
    PLATEAU = "plateau"
    DIVERGED = "diverged"
    LONGEST = "longest run"

    @property
    def is_end(self) -> bool:
        """Whether no further step can be taken."""
        return self in {Halt.DIVERGED, Halt.LONGEST}


@dataclass(frozen=True, slots=True)
class StopRules:
    """Rules that stop a run, each at the step at which it becomes true.

    Raises SettingError for an invalid value.
    """

    at_step: int | None = DEFAULT_STEPS
    """Stop at each multiple of this step."""
    when_learned: bool = False
    """Stop when all four errors are small."""
    at_loss: float | None = None
    when_correct: bool = False
    """Stop when all four rows are correct."""
    at_plateau: float | None = None
    """Stop where the loss has fallen by less than this share of itself in plateau_steps."""
    plateau_steps: int = DEFAULT_PLATEAU_STEPS
    """The loss is compared at each multiple of it: a rule of the run, not of how it is played."""

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            object.__setattr__(self, name, checked(rule, name, getattr(self, name)))

    def next_limit(self, step: int) -> int | None:
        """Return the next step at which a run must stop."""
        return None if self.at_step is None else _next_multiple(self.at_step, step)

    def next_look(self, step: int) -> int:
        """Return the next step at which the loss is compared; MOST_STEPS if it never is."""
        return MOST_STEPS if self.at_plateau is None else _next_multiple(self.plateau_steps, step)

    def last_look(self, step: int) -> int | None:
        """Return the last step, up to one, whose loss a later one is compared with."""
        return None if self.at_plateau is None else step - step % self.plateau_steps

    def is_plateau(self, look: tuple[int, float], step: int, loss: float) -> bool:
        """Return whether the loss has hardly fallen, or risen, since a step and the loss there."""
        is_due = self.at_plateau is not None and look[0] == step - self.plateau_steps
        return is_due and not loss <= (1 - (self.at_plateau or 0)) * look[1]

    def holding(
        self, right: Mask, learned: Mask, losses: Callable[[], Array]
    ) -> Iterator[tuple[Halt, Mask]]:
        """Yield the conditions that are on, and where (K,) or (K, N) each of them holds.

        Losses are computed only if needed.
        """
        if self.when_correct:
            yield Halt.CORRECT, right
        if self.when_learned:
            yield Halt.LEARNED, learned
        if self.at_loss is not None:
            yield Halt.AT_LOSS, losses() <= self.at_loss

    @property
    def has_conditions(self) -> bool:
        """Whether a run must be looked at step by step."""
        return self.when_correct or self.when_learned or self.at_loss is not None

    def first_met(self, right: Mask, learned: Mask, losses: Array) -> tuple[int, Halt] | None:
        """Return the first index of a series (K,) at which a condition becomes true, and which.

        Index 0 is the present step: a condition that is true there does not apply.
        """
        met = [
            (int(np.argmax(rises)) + 1, halt)
            for halt, holds in self.holding(right, learned, lambda: losses)
            if (rises := holds[1:] & ~holds[:-1]).any()
        ]
        return min(met, key=lambda found: found[0], default=None)

    def texts(self) -> list[str]:
        """Return when a run stops, without its steps: when learned, at loss 0.01."""
        told = {
            "when correct": self.when_correct,
            "when learned": self.when_learned,
            f"at loss {numerals.plain(self.at_loss or 0)}": self.at_loss,
            "at a plateau": self.at_plateau,
        }
        return [text for text, chosen in told.items() if chosen]


def _next_multiple(number: int, step: int) -> int:
    return (step // number + 1) * number


NEVER = StopRules(at_step=None)
