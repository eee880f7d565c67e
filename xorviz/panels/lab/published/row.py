"""A row of the table of published experiments: result, progress and texts."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xorviz.core.numerals import THIN_SPACE
from xorviz.lab.results.published import Published
from xorviz.lab.results.published_readings import ExperimentResult, Match

_TIP_CHARACTERS = 72
"""Qt does not wrap tool tips of plain text."""
_NOT_YET = "Not run yet"
_UNBROKEN = "\u202f"
"""A thin space that never breaks a line."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A published experiment with its latest result and progress."""

    experiment: Published
    result: ExperimentResult | None = None
    progress: float | None = None
    """From 0 to 1 while it runs."""
    is_waiting: bool = False
    """Whether it is queued."""

    @property
    def is_free(self) -> bool:
        """Whether it is neither running nor queued."""
        return self.progress is None and not self.is_waiting

    @property
    def mark(self) -> Match | None:
        """Outcome of the comparison; None while there is none to show."""
        return self.result.mark if self.result is not None and self.is_free else None

    @property
    def now(self) -> str:
        """Text of the result or the progress."""
        if self.progress is not None:
            return f"{int(100 * self.progress)} %"
        if self.is_waiting:
            return "waits"
        return "" if self.result is None else self.result.now

    @property
    def verdict(self) -> str:
        """The state as a sentence without its full stop."""
        if self.progress is not None:
            return f"Running, {self.now}"
        if self.is_waiting:
            return "Waits for others to end"
        return _NOT_YET if self.result is None else self.result.verdict

    @property
    def spoken(self) -> str:
        """The row as text for screen readers."""
        now = f", xorviz {self.now}" if self.result is not None and self.is_free else ""
        one = self.experiment
        return f"{one.title}. Published {one.published}{now}. {self.verdict}."

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Details: verdict, comparison, recipe, notes and source."""
        one = self.experiment
        compared = "" if self.result is None or not self.is_free else "\n".join(
            self.result.details
        )  # fmt: skip
        year = "" if one.year is None else f", {one.year}"
        source = f"Source: {one.source}{year}."
        lines = (f"{self.verdict}.", compared, f"Recipe: {one.recipe}", one.notes, source)
        return tuple(line.replace(THIN_SPACE, _UNBROKEN) for line in lines if line)

    @property
    def tip(self) -> str:
        lines = [line for paragraph in self.paragraphs for line in paragraph.split("\n")]
        wrapped = (textwrap.fill(line, _TIP_CHARACTERS) for line in lines)
        return "\n".join((self.experiment.title, *wrapped))

    def running(self, share: float) -> "PublishedRow":
        return replace(self, progress=min(max(share, 0.0), 1.0), is_waiting=False)

    def waiting(self) -> "PublishedRow":
        """Return the row as queued."""
        return replace(self, progress=None, is_waiting=True)

    def stopped(self) -> "PublishedRow":
        """Return the row as neither running nor queued."""
        return replace(self, progress=None, is_waiting=False)

    def finished(self, result: ExperimentResult) -> "PublishedRow":
        """Return the row with a result."""
        return replace(self.stopped(), result=result)


def shorter(value: str) -> str:
    """Return a shorter form of a value."""
    return value.replace(", median ", " · ")


def summary(rows: Sequence[PublishedRow]) -> str:
    """Return the number of rows by outcome as text; empty if there are none."""
    marks = [row.mark for row in rows]
    names = {Match.MISS: "missed", Match.MATCH: "matched", Match.SOFT: "soft"}
    counts = ((marks.count(mark), name) for mark, name in names.items())
    return " · ".join(f"{count} {name}" for count, name in counts if count)
