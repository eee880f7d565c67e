"""What is found out about the code of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from xorviz.core import numerals
from xorviz.core.check.step_check import Repair

UNUSED = "not used by predict"
_HEAD = ("array", "finding", "cosine", "rate", "residual")


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """What is found out about the change of one array. A value."""

    finding: str
    """In words, such as exact, not updated, opposite sign, 4 times as long."""
    cosine: float
    """Of its change and the negative gradient."""
    rate: float
    """Of this array by itself."""
    residual: float
    """Share of its change that is left over at that rate."""


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
    """All rows, one such as 01, or a pass with its order."""
    decay: float | None = None
    """The share of itself that each weight loses in a step."""
    momentum: float | None = None
    """None where a step is explained without it."""
    notes: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def wrong(self) -> list[str]:
        """The names of the arrays that are found wrong."""
        right = ("exact", "not told", "not used", "does not")
        return [n for n, found in self.arrays.items() if not found.finding.startswith(right)]

    @property
    def is_told(self) -> bool:
        """Whether every array that the outputs depend on is found exact."""
        return all(a.finding in {"exact", UNUSED} for a in self.arrays.values())

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        return {
            "verdict": self.verdict,
            "sentence": self.sentence,
            "arrays": {name: asdict(found) for name, found in self.arrays.items()},
            "loss": self.loss,
            "rate": self.rate,
            "rows": self.rows,
            "decay": self.decay,
            "momentum": self.momentum,
            "notes": list(self.notes),
        }

    def _table(self) -> list[tuple[str, ...]]:
        return [
            (name, a.finding, f"{a.cosine:.6f}", f"{a.rate:.6g}", f"{a.residual:.1e}")
            for name, a in self.arrays.items()
        ]

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.sentence}", *self.notes]
        if self.arrays:
            table = [_HEAD, *self._table()]
            sizes = [max(map(len, column)) for column in zip(*table, strict=True)]
            lines += ["", *(_aligned(row, sizes) for row in table)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<CodeCheck {self.verdict}: {self.sentence}>"

    def _repr_html_(self) -> str:
        """Return the sentence and the table, as a notebook shows them."""
        head = "".join(f"<th>{escape(word)}</th>" for word in _HEAD)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
            for row in self._table()
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        said = f"<p><b>{escape(self.verdict)}</b>: {escape(self.sentence)}</p>{notes}"
        return said + (f"<table><tr>{head}</tr>{rows}</table>" if rows else "")


def _aligned(row: Sequence[str], sizes: Sequence[int]) -> str:
    """Return a row of the table: words to the left, numbers to the right."""
    cells = (
        cell.ljust(size) if place < 2 else cell.rjust(size)
        for place, (cell, size) in enumerate(zip(row, sizes, strict=True))
    )
    return "  ".join(cells).rstrip()


def shown(number: float) -> str:
    """Return a rate as it is written in code, to six digits."""
    return numerals.plain(float(f"{number:.6g}"))
