"""A row of the table of published experiments: result, progress and texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from xorviz.lab.results.published import ExperimentResult, Match, Published

_SIGNS = {Match.MATCH: "✓", Match.MISS: "✗", Match.SOFT: "≈"}


class PublishedState(NamedTuple):
    """What has become of an experiment: in a character, in a few words, and in a sentence."""

    sign: str
    now: str
    verdict: str
    """Without its full stop."""


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
    def state(self) -> PublishedState:
        if self.progress is not None:
            now = f"{int(100 * self.progress)} %"
            return PublishedState("○◔◑◕●"[int(4 * self.progress)], now, f"Running, {now}")
        if self.is_waiting:
            return PublishedState("…", "waiting", "Waiting for other experiments")
        if self.result is None:
            return PublishedState("–", "", "Not run yet")
        return PublishedState(_SIGNS[self.result.mark], self.result.now, self.result.verdict)

    @property
    def spoken(self) -> str:
        """The row as text for screen readers."""
        one, state = self.experiment, self.state
        now = "" if self.mark is None else f", xorviz {state.now}"
        return f"{one.title}. Published {one.published}{now}. {state.verdict}."

    @property
    def details(self) -> str:
        """Title, verdict, comparison, recipe, notes and source as paragraphs of rich text."""
        one = self.experiment
        compared = "\n".join(self.result.details) if self.result and self.is_free else ""
        year = "" if one.year is None else f", {one.year}"
        source = f"Source: {one.source}{year}."
        verdict, recipe = f"{self.state.verdict}.", f"Recipe: {one.recipe}"
        texts = filter(None, (one.title, verdict, compared, recipe, one.notes, source))
        return "".join(map(_paragraph, texts))


def _paragraph(text: str) -> str:
    return f'<p style="white-space: pre-wrap; margin: 0 0 5px">{escape(text)}</p>'


def summary(rows: Iterable[PublishedRow]) -> str:
    """Return the number of rows by outcome as text; empty if there are none."""
    marks = [row.mark for row in rows]
    names = {Match.MISS: "not matched", Match.MATCH: "matched", Match.SOFT: "not comparable"}
    counts = ((marks.count(mark), name) for mark, name in names.items())
    return " · ".join(f"{count} {name}" for count, name in counts if count)
