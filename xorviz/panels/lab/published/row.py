"""How an experiment that others have published stands, in words."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xorviz.core.numerals import THIN_SPACE
from xorviz.lab.results.published import Published
from xorviz.lab.results.published_readings import ExperimentResult, Match

_TIP_CHARACTERS = 72
"""A tool tip of plain text is not wrapped by Qt."""
_NOT_YET = "Not run yet"
_UNBROKEN = "\u202f"
"""A thin space at which no line is broken."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One experiment: what xorviz last got of it, and whether it is run anew. A value."""

    experiment: Published
    reading: ExperimentResult | None = None
    progress: float | None = None
    """While it runs, from 0 to 1."""
    is_waiting: bool = False
    """Whether it is to run after others."""

    @property
    def is_free(self) -> bool:
        """Whether it neither runs nor waits to."""
        return self.progress is None and not self.is_waiting

    @property
    def mark(self) -> Match | None:
        """What the comparison comes to; None where there is none to be shown."""
        return self.reading.mark if self.reading is not None and self.is_free else None

    @property
    def now(self) -> str:
        """What to write in the place of what xorviz gets."""
        if self.progress is not None:
            return f"{int(100 * self.progress)} %"
        if self.is_waiting:
            return "waits"
        return "" if self.reading is None else self.reading.now

    @property
    def verdict(self) -> str:
        """How it stands, as a sentence without its full stop."""
        if self.progress is not None:
            return f"Running, {self.now}"
        if self.is_waiting:
            return "Waits for others to end"
        return _NOT_YET if self.reading is None else self.reading.verdict

    @property
    def words(self) -> str:
        """All that the row shows, for those who cannot see it."""
        now = f", xorviz {self.now}" if self.reading is not None and self.is_free else ""
        one = self.experiment
        return f"{one.title}. Published {one.published}{now}. {self.verdict}."

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The details: how it stands, what was compared, the recipe, notes and the source."""
        one = self.experiment
        compared = "" if self.reading is None or not self.is_free else "\n".join(
            self.reading.details
        )  # fmt: skip
        year = "" if one.year is None else f", {one.year}"
        source = f"Source: {one.source}{year}."
        lines = (f"{self.verdict}.", compared, f"Recipe: {one.recipe}", one.notes, source)
        return tuple(line.replace(THIN_SPACE, _UNBROKEN) for line in lines if line)

    @property
    def tip(self) -> str:
        """The details, in lines of a tool tip."""
        lines = [line for paragraph in self.paragraphs for line in paragraph.split("\n")]
        wrapped = (textwrap.fill(line, _TIP_CHARACTERS) for line in lines)
        return "\n".join((self.experiment.title, *wrapped))

    def running(self, share: float) -> "PublishedRow":
        """Return the row while so much of the experiment is done."""
        return replace(self, progress=min(max(share, 0.0), 1.0), is_waiting=False)

    def waiting(self) -> "PublishedRow":
        """Return the row while others run first."""
        return replace(self, progress=None, is_waiting=True)

    def stopped(self) -> "PublishedRow":
        """Return the row as it was before the experiment was to be run."""
        return replace(self, progress=None, is_waiting=False)

    def read(self, reading: ExperimentResult) -> "PublishedRow":
        """Return the row with what xorviz gets now."""
        return replace(self.stopped(), reading=reading)


def shorter(value: str) -> str:
    """Return a value for a place that is too narrow for all of its words."""
    return value.replace(", median ", " · ")


def summary(rows: Sequence[PublishedRow]) -> str:
    """Return how many match, miss or are soft, in a few words; nothing before there is any."""
    marks = [row.mark for row in rows]
    names = {Match.MISS: "missed", Match.MATCH: "matched", Match.SOFT: "soft"}
    counts = ((marks.count(mark), name) for mark, name in names.items())
    return " · ".join(f"{count} {name}" for count, name in counts if count)
