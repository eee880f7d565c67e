"""Header of the seeds panel: success rate, uncertainty and recipe; and the read-out of a seed."""

from dataclasses import dataclass
from html import escape

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFontInfo, QPainter, QTextDocument

from xorviz.core import numerals
from xorviz.core.numerals import THIN_SPACE
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
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded


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


_INTERVAL = "95 % interval (Wilson): how far chance may have moved the share of these seeds."
_LARGE, _SMALL = 2.3, 1.4
"""Size of the number relative to the text, in a normal and a small header."""
_BAR, _ABOVE_BAR = 3, 3
"""Height of the progress bar at the bottom, and of the space above it, in pixels."""
_GAP = "\u00a0\u00a0 "
"""Between two texts; a line may break after it."""
_WIDEST = 10_000


@guarded
class SeedHead(Canvas):
    """A headline wrapped to the widget's width. A small one is a line, cut where it wraps.

    Unlike a QLabel's, a new text does not lay out the whole window again, which costs 10 ms.
    """

    def __init__(self) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0))
        self.setObjectName("seed_head")
        self.headline: Headline | None = None
        self._page = QTextDocument(self)
        self._page.setDocumentMargin(0)
        self._is_small = False

    def show_headline(self, headline: Headline) -> None:
        if headline != self.headline:
            self.headline = headline
            self.setToolTip(f"{headline.recipe}\n\n{_INTERVAL}")
            self.setAccessibleName(headline.spoken)
            self._write()

    def height_for(self, width: int, is_small: bool) -> int:
        """Become normal or small, and return the height at a width."""
        if is_small != self._is_small:
            self._is_small = is_small
            self._write()
        self._page.setTextWidth(_WIDEST if is_small else width)
        return round(self._page.size().height()) + _ABOVE_BAR + _BAR

    def _paint(self, painter: QPainter) -> None:
        width, bottom = self.width(), self.height() - _BAR
        self._page.setTextWidth(width)
        # Only if need be: drawings misplace what is clipped.
        line = QRectF(0, 0, width, bottom - _ABOVE_BAR) if self._is_small else QRectF()
        self._page.drawContents(painter, line)
        if self.headline is not None and self.headline.progress is not None:
            bar = QRect(0, bottom, width, _BAR)
            painter.fillRect(bar, QColor(self.theme.hairline))
            bar.setWidth(round(width * self.headline.progress))
            painter.fillRect(bar, QColor(self.theme.accent))

    def _recolour(self) -> None:
        self._write()

    def _write(self) -> None:
        """Write the notes beside the number or below it, and the recipe in a line of its own."""
        if (headline := self.headline) is None:
            return
        notes = headline.short_notes if self._is_small else headline.notes
        size = round(QFontInfo(self.font()).pixelSize() * (_SMALL if self._is_small else _LARGE))
        ink, quiet = (f"color:{color}" for color in (self.theme.text, self.theme.quiet))
        texts = [
            f'<b style="{ink}; font-size:{size}px">{_html(headline.number)}</b>',
            f'<b style="{ink}">{_unbroken(headline.word)}</b>',
            *(f'<span style="{quiet}">{_unbroken(note)}</span>' for note in notes),
        ]
        if not self._is_small:
            recipe = _html(headline.recipe).replace(", ", ",\u00a0")  # an interval stays whole
            texts.append(f'<br><span style="{quiet}">{recipe}</span>')
        self._page.setDefaultFont(self.font())
        self._page.setHtml(_GAP.join(texts))
        self.update()


def _html(text: str) -> str:
    return escape(text).replace(THIN_SPACE, "\u00a0")  # else Qt has a plain space for it


def _unbroken(text: str) -> str:
    return _html(text).replace(" ", "\u00a0")
