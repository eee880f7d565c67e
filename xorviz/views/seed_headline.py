"""What there is to say of how often a recipe works, in words."""

from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.cohort import NOT_YET
from xorviz.core.lab_book import LabPicture
from xorviz.core.share_text import interval_text, percent
from xorviz.core.success import Share
from xorviz.views.recipe_line import recipe_line

_PERCENT = "\u00a0%"
"""Stays on the line of its number."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What there is to say of a recipe's networks, the most important first. A value."""

    number: str
    word: str
    """What is counted."""
    notes: tuple[str, ...]
    short_notes: tuple[str, ...]
    """For where there is but one line."""
    recipe: str
    progress: float | None
    """From 0 to 1 as long as networks are not done."""

    @classmethod
    def of(cls, picture: LabPicture, recipe: int = 0) -> "Headline":
        """Return what there is to say of one recipe of a picture."""
        plan, summary = picture.plan, picture.summary(recipe)
        line = recipe_line(plan, recipe)
        if len(plan.recipes) > 1:
            line = f"recipe {recipe + 1} of {len(plan.recipes)}: {line}"
        if summary is None or summary.networks < len(plan.seeds):
            return _on_the_way(picture, recipe, line)
        right, interval = summary.right, interval_text(summary.right)
        seeds = f"{numerals.whole(right.of)} seed{'' if right.of == 1 else 's'}"
        count = numerals.whole(right.count)
        notes = (
            f"{count} of {seeds}; 95{_PERCENT} interval {interval}",
            f"learned {_percent(summary.learned)}",
        )
        short_notes = (f"{interval}{_PERCENT}", f"{count} of {numerals.whole(right.of)}")
        return cls(_percent(right), "right", notes, short_notes, line, None)

    @property
    def spoken(self) -> str:
        """All of it in one line."""
        return f"{self.number} {self.word}; {'; '.join((*self.notes, self.recipe))}"


def _on_the_way(picture: LabPicture, recipe: int, line: str) -> Headline:
    places = picture.plan.places_of(recipe)
    count = int((picture.first_right[places.start : places.stop] != NOT_YET).sum())
    progress = picture.progress_of(places)
    way = f"{int(100 * progress)}{_PERCENT} of the way"
    if picture.was_stopped:
        return _cut_short(Share(count, len(places)), way, line)
    notes = (way,)
    return Headline(
        number=f"{numerals.whole(count)} of {numerals.whole(len(places))}",
        word="right so far",
        notes=notes,
        short_notes=notes,
        recipe=line,
        progress=progress,
    )


def _cut_short(right: Share, way: str, line: str) -> Headline:
    """Return what there is to say of all networks where they were stopped before the end."""
    interval = interval_text(right)
    counts = f"{numerals.whole(right.count)} of {numerals.whole(right.of)}"
    notes = (f"{counts}; 95{_PERCENT} interval {interval}", f"cancelled at {way}")
    short_notes = (f"{interval}{_PERCENT}", "cancelled")
    return Headline(_percent(right), "right so far", notes, short_notes, line, None)


def _percent(share: Share) -> str:
    return f"{percent(share)}{_PERCENT}"
