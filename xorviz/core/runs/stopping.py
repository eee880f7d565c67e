"""Rules that stop a run."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.rules import OrWord, Real, Rule, Switch, Whole, checked

MOST_STEPS = 10**12
"""A run ends here: files of longer ones are not read."""
AT_STEP, AT_LOSS = Whole(1, MOST_STEPS), Real(0, 1e6, above_low=True)
RULES: dict[str, Rule] = {
    "at_step": OrWord(AT_STEP, "none"),
    "when_learned": Switch(),
    "at_loss": OrWord(AT_LOSS, "none"),
}
DEFAULT_STEPS, DEFAULT_LOSS = 60_000, 0.01


class Halt(StrEnum):
    """The reason why training stopped."""

    AT_STEP = "step limit"
    LEARNED = "learned"
    AT_LOSS = "loss limit"
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
    at_loss: float | None = None

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            object.__setattr__(self, name, checked(rule, name, getattr(self, name)))

    def next_limit(self, step: int) -> int | None:
        """Return the next step at which a run must stop."""
        return None if self.at_step is None else (step // self.at_step + 1) * self.at_step

    def first_met(self, losses: Array, learned: Mask) -> tuple[int, Halt] | None:
        """Return the first index of a series (n,) at which a rule becomes true, and its reason.

        Index 0 is the present step: a rule that is true there does not apply.
        """
        series = []
        if self.when_learned:
            series.append((learned, Halt.LEARNED))
        if self.at_loss is not None:
            series.append((losses <= self.at_loss, Halt.AT_LOSS))
        met = [
            (int(np.argmax(rises)) + 1, halt)
            for holds, halt in series
            if (rises := holds[1:] & ~holds[:-1]).any()
        ]
        return min(met, key=lambda found: found[0], default=None)


NEVER = StopRules(at_step=None)
