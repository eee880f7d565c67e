"""What is found out about the code of a network."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from xorviz.core.check.step_check import FAULTY

EXACT, UNTOLD = "exact", "not told"


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """What is found out about the change of one array. A value."""

    finding: str
    """In words, such as exact, not updated, opposite sign, 4 times as long."""
    cosine: float = 0.0
    """Of its change and the negative gradient."""
    rate: float = 0.0
    """Of this array by itself."""
    residual: float = 0.0
    """Share of the step that is left over at the rate of the others."""

    @property
    def is_wrong(self) -> bool:
        """Whether it can be told, and does not follow the negative gradient."""
        return not self.finding.startswith((EXACT, UNTOLD))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CodeCheck:
    """Whether the code that trains a network is right, array by array. A value."""

    verdict: str
    """CORRECT, FAULTY or UNDECIDED."""
    sentence: str
    arrays: Mapping[str, ArrayCheck]
    loss: str | None = None
    """None where it cannot be told."""
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

    def _table(self) -> list[tuple[str, ...]]:
        rows = [
            (name, a.finding, f"{a.cosine:.6f}", f"{a.rate:.6g}", f"{a.residual:.1e}")
            for name, a in self.arrays.items()
        ]
        return [("array", "finding", "cosine", "rate", "residual"), *rows] if rows else []

    def __str__(self) -> str:
        sizes = [max(map(len, column)) for column in zip(*self._table(), strict=True)]
        lines = ["  ".join(map(str.ljust, row, sizes)).rstrip() for row in self._table()]
        return "\n".join([f"{self.verdict}: {self.sentence}", "", *lines]).rstrip()

    def __repr__(self) -> str:
        return f"<CodeCheck {self.verdict}: {self.sentence}>"

    def _repr_html_(self) -> str:
        """Return the sentence and the table, as a notebook shows them."""
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in self._table())
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<p>{escape(f'{self.verdict}: {self.sentence}')}</p><table>{table}</table>"
