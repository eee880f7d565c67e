"""What is found out about the code of a network."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xorviz.core.check.step_check import FAULTY
from xorviz.core.shown import Shown

EXACT, UNTOLD = "exact", "unclear"


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """What is found out about the change of one array. A value."""

    finding: str
    """In words, such as exact, not updated, opposite sign, 4 times as long."""
    cosine: float = 0.0
    """Of its change and the negative gradient."""
    rate: float = 0.0
    """Of this array alone."""
    residual: float = 0.0
    """Share of the step that is left over at the rate of the others."""

    @property
    def is_wrong(self) -> bool:
        """Whether it clearly does not follow the negative gradient."""
        return not self.finding.startswith((EXACT, UNTOLD))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CodeCheck(Shown):
    """Whether the code that trains a network is right, array by array. A value."""

    verdict: str
    """CORRECT, FAULTY or UNDECIDED."""
    sentence: str
    arrays: Mapping[str, ArrayCheck]
    loss: str | None = None
    """None where it is unclear."""
    rate: float | None = None
    """What multiplies the gradient of the loss, whose errors are halved and summed over the rows:
    a mean of 4 rows has a quarter of it."""
    rows: str | None = None
    """All rows, each row, or one such as row 01."""
    decay: float | None = None
    """The share of itself that each weight loses in a step."""
    momentum: float | None = None

    @property
    def wrong(self) -> list[str]:
        """The names of the arrays that are found wrong."""
        return [n for n, a in self.arrays.items() if a.is_wrong and self.verdict == FAULTY]

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        return asdict(self)
