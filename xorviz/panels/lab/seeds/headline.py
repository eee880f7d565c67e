"""Headline text for a recipe's success rate, and the read-out of a seed."""

from dataclasses import dataclass

import numpy as np

from xorviz.core import numerals
from xorviz.lab.plan import recipe_line
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import (
    Proportion,
    Summary,
    interval_text,
    percent,
    still_learning_text,
)
from xorviz.panels.lab.outcomes import OUTCOMES, RIGHT, RIGHT_SO_FAR, codes_of, outcome_of, story_of


def seed_readout(snapshot: LabSnapshot, place: int) -> str:
    """Return the read-out of a network: seed, outcome, first correct step, and loss."""
    said = [outcome_of(snapshot, place), *story_of(snapshot, place)]
    if snapshot.done[place]:
        said.append(f"loss {numerals.real(float(snapshot.loss[place]))}")
    return f"seed {numerals.plain(snapshot.plan.config(place).seed)}: {', '.join(said)}"


_PERCENT = "\u00a0%"
"""With a space that never breaks a line."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A recipe's success rate as text, the most important part first."""

    number: str
    word: str
    """Unit of the number."""
    notes: tuple[str, ...]
    short_notes: tuple[str, ...]
    """For a header of one line."""
    recipe: str
    progress: float | None
    """From 0 to 1 during training; None once all networks are done."""

    @classmethod
    def of(cls, snapshot: LabSnapshot, recipe: int = 0) -> "Headline":
        plan, places = snapshot.plan, snapshot.plan.places_of(recipe)
        line = recipe_line(plan, recipe)
        if len(plan.recipes) > 1:
            line = f"recipe {recipe + 1} of {len(plan.recipes)}: {line}"
        is_done = bool(snapshot.done[places.start : places.stop].all())
        way = f"{int(100 * snapshot.progress_of(places))}{_PERCENT}"
        if not is_done and not (snapshot.was_stopped and _some_are_at_the_goal(snapshot, places)):
            return _on_the_way(snapshot, places, way, line)
        summary = snapshot.summary(recipe)
        assert summary is not None
        right, interval = summary.right, interval_text(summary.right)
        count, of = numerals.whole(right.count), numerals.whole(right.of)
        # Of a cancelled plan, only networks that are done are counted.
        counted = numerals.counted(right.of, "seed") if is_done else f"{of} that finished"
        notes = (
            f"{count} of {counted}; 95{_PERCENT} interval {interval}",
            *_still_learning(summary),
            f"learned {_percent(summary.learned)}" if is_done else f"cancelled at {way}",
        )
        short_notes = (
            *_still_learning(summary, "still learning"),
            f"{interval}{_PERCENT}",
            f"{count} of {of}" if is_done else "cancelled",
        )
        return cls(_percent(right), "correct", notes, short_notes, line, None)

    @property
    def spoken(self) -> str:
        """The headline as one line of text."""
        return f"{self.number} {self.word}; {'; '.join((*self.notes, self.recipe))}"


def _on_the_way(snapshot: LabSnapshot, places: range, way: str, line: str) -> Headline:
    outcomes = codes_of(snapshot, places)
    count = np.isin(outcomes, [OUTCOMES.index(RIGHT), OUTCOMES.index(RIGHT_SO_FAR)]).sum()
    notes = (f"cancelled at {way}",) if snapshot.was_stopped else (f"{way} done",)
    return Headline(
        number=f"{numerals.whole(int(count))} of {numerals.whole(len(places))}",
        word=RIGHT_SO_FAR,
        notes=notes,
        short_notes=notes,
        recipe=line,
        progress=None if snapshot.was_stopped else snapshot.progress_of(places),
    )


def _some_are_at_the_goal(snapshot: LabSnapshot, places: range) -> bool:
    """Tell whether any networks are done other than by diverging."""
    here = slice(places.start, places.stop)
    return bool((snapshot.done[here] & (snapshot.steps[here] == snapshot.plan.steps)).any())


def _still_learning(summary: Summary, word: str = "") -> tuple[str, ...]:
    """Return a note on networks that were still learning, in full or in a word; else none."""
    count = summary.still_learning
    text = f"{numerals.whole(count)} {word}" if word else still_learning_text(count)
    return (text,) if count else ()


def _percent(share: Proportion) -> str:
    return f"{percent(share)}{_PERCENT}"
