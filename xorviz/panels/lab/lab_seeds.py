"""The view of the outcomes of a recipe's seeds: its header, its read-out and its table's columns.

Shapes: N networks. A network's number is its index in the order of the plan's seeds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontInfo, QPainter, QPixmap, QTextDocument

from xorviz.core import numerals
from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES
from xorviz.lab.plan import recipe_line
from xorviz.lab.results import success
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.published import published_text
from xorviz.lab.results.success import histogram_of
from xorviz.lab.training.cohort import NO_STEP
from xorviz.panels.base.words import number
from xorviz.panels.lab import outcomes
from xorviz.panels.lab.lab_view import NetworksView
from xorviz.panels.lab.seed_marks import SeedHistogram, SeedStrip
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.guard import guarded
from xorviz.ui.table import LEFT, Column, Table
from xorviz.ui.theme.palette import Theme

_PERCENT = "\u00a0%"
"""With a space that never breaks a line."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A recipe's success rate as text, the most important part first."""

    number: str
    word: str
    """Unit of the number."""
    notes: Sequence[str]
    recipe: str
    published: str
    """A published result of this plan, beside the one here; empty without one."""

    @classmethod
    def of(cls, snapshot: LabSnapshot, recipe: int = 0) -> "Headline":
        plan, places = snapshot.plan, snapshot.plan.places_of(recipe)
        line, here = recipe_line(plan, recipe), slice(places.start, places.stop)
        if len(plan.recipes) > 1:
            line = f"recipe {recipe + 1} of {len(plan.recipes)}: {line}"
        done = snapshot.done[here]
        way = f"{int(100 * snapshot.progress_of(places))}{_PERCENT}"
        # Those that stop early alone would bias the rate.
        at_goal = done & (snapshot.steps[here] == plan.steps)
        if done.all() or (snapshot.was_stopped and at_goal.any()):
            summary = snapshot.summary(recipe)
            assert summary is not None
            number, word, notes = _percent(summary.right), "correct", _notes(summary, done, way)
        else:
            count = np.isin(outcomes.codes_of(snapshot, places), _RIGHT_AT_SOME_STEP).sum()
            number, word = (
                f"{numerals.whole(int(count))} of {numerals.whole(len(places))}",
                outcomes.RIGHT_SO_FAR,
            )
            notes = [f"cancelled at {way}" if snapshot.was_stopped else f"{way} done"]
        return cls(number, word, notes, line, published_text(snapshot))

    @property
    def spoken(self) -> str:
        """The headline as one line of text."""
        published = (self.published.removesuffix("."),) if self.published else ()
        return f"{self.number} {self.word}; {'; '.join((*self.notes, *published, self.recipe))}"


_RIGHT_AT_SOME_STEP = (
    outcomes.OUTCOMES.index(outcomes.RIGHT),
    outcomes.OUTCOMES.index(outcomes.RIGHT_SO_FAR),
)


def _notes(summary: success.Summary, done: Mask, way: str) -> list[str]:
    """Return what stands beside a rate. Of a cancelled plan, only networks that are done count."""
    right = summary.right
    of = f"{numerals.whole(right.of)} that finished"
    counted = numerals.counted(right.of, "seed") if done.all() else of
    interval = f"95{_PERCENT} interval {success.interval_text(right)}"
    notes = [f"{numerals.whole(right.count)} of {counted}; {interval}"]
    if summary.still_learning:
        notes.append(success.still_learning_text(summary.still_learning))
    learned = f"learned {_percent(summary.learned)}"
    return [*notes, learned if done.all() else f"cancelled at {way}"]


def _percent(share: success.Proportion) -> str:
    return f"{success.percent(share)}{_PERCENT}"


_INTERVAL = "95 % interval (Wilson): how far chance may have moved the share of these seeds."
_LARGE_TEXT, _SMALL_TEXT = 2.3, 1.4
"""Size of the number relative to the text, in a normal and a small header."""
_BETWEEN = "\u00a0\u00a0 "
"""Between two texts; a line may break after it."""


@guarded
class SeedHead(Canvas):
    """A headline wrapped to the widget's width.

    Unlike a QLabel's, a new text does not lay out the whole window again, which costs 10 ms.
    """

    def __init__(self) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0))
        self.setObjectName("seed_head")
        self.headline: Headline | None = None
        self._page = QTextDocument(self)
        self._page.setDocumentMargin(0)
        self._is_small, self._has_recipe = False, True

    def show_headline(self, headline: Headline) -> None:
        if headline != self.headline:
            self.headline = headline
            self.setToolTip(f"{headline.recipe}\n\n{_INTERVAL}")
            self.setAccessibleName(headline.spoken)
            self._write()

    def height_for(self, width: int, is_small: bool = False, has_recipe: bool = True) -> int:
        """Become normal or small, with or without the recipe; return the height at a width."""
        if (is_small, has_recipe) != (self._is_small, self._has_recipe):
            self._is_small, self._has_recipe = is_small, has_recipe
            self._write()
        self._page.setTextWidth(width)
        return round(self._page.size().height())

    def _paint(self, painter: QPainter) -> None:
        self._page.setTextWidth(self.width())
        self._page.drawContents(painter)

    def _recolour(self) -> None:
        self._write()

    def _write(self) -> None:
        """Write the notes beside the number or below it, and the recipe in a line of its own.

        If small, the first note alone: the legend says how many are still learning.
        """
        if (headline := self.headline) is None:
            return
        notes = headline.notes[:1] if self._is_small else headline.notes
        share = _SMALL_TEXT if self._is_small else _LARGE_TEXT
        size = round(QFontInfo(self.font()).pixelSize() * share)
        ink, quiet = (f"color:{color}" for color in (self.theme.text, self.theme.quiet))
        texts = [
            f'<b style="{ink}; font-size:{size}px">{_html(headline.number)}</b>',
            f'<b style="{ink}">{_unbroken(headline.word)}</b>',
            *(f'<span style="{quiet}">{_unbroken(note)}</span>' for note in notes),
        ]
        if headline.published:
            texts.append(f'<br><span style="{ink}">{_html(headline.published)}</span>')
        if self._has_recipe:
            recipe = _html(headline.recipe).replace(", ", ",\u00a0")  # an interval stays whole
            texts.append(f'<br><span style="{quiet}">{recipe}</span>')
        self._page.setDefaultFont(self.font())
        self._page.setHtml(_BETWEEN.join(texts))
        self.update()


def _html(text: str) -> str:
    return escape(text).replace(numerals.THIN_SPACE, "\u00a0")  # else Qt has a plain space for it


def _unbroken(text: str) -> str:
    return _html(text).replace(" ", "\u00a0").replace(";\u00a0", "; ")


_MARK, _MARK_RATIO = 9, 3


_OUTPUTS = {f"y {ROW_NAMES[row]}": row for row in COUNTED}
"""Indices of ROWS by the titles of their columns."""


class SeedRows:
    """The networks of a recipe as rows. A row is all of them, and a network's number."""

    def __init__(self, snapshot: LabSnapshot, places: range) -> None:
        here = slice(places.start, places.stop)
        self.done = snapshot.done[here]
        self.values: dict[str, Array] = {
            "seed": np.array(snapshot.plan.seeds, dtype=float),
            "outcome": outcomes.codes_of(snapshot, places).astype(float),
            "first correct": _known(snapshot.first_right[here]),
            "first learned": _known(snapshot.first_learned[here]),
            "loss": snapshot.loss[here],
            "gradient": snapshot.gradient_norm[here],
            **{title: snapshot.outputs[here, row] for title, row in _OUTPUTS.items()},
        }
        """The values (N,) of columns by title; NaN where there is none."""

    def __len__(self) -> int:
        return len(self.done)

    def __getitem__(self, number: int) -> "SeedRow":
        return self, number


SeedRow = tuple[SeedRows, int]


def _known(steps: Steps) -> Array:
    return np.where(steps == NO_STEP, np.nan, steps)


def _outcome_text(code: float) -> str:
    return outcomes.OUTCOMES[int(code)]


def _mark(row: SeedRow, theme: Theme) -> QPixmap:
    rows, number = row
    return _drawn_mark(_outcome_text(rows.values["outcome"][number]), theme)


@cache
def _drawn_mark(outcome: str, theme: Theme) -> QPixmap:
    def paint(painter: QPainter) -> None:
        outcomes.paint_mark(painter, QRectF(0, 1, _MARK, _MARK), outcome, theme)

    return pixmap_of(QSize(_MARK, _MARK + 1) * _MARK_RATIO, _MARK_RATIO, paint)


def _column(title: str, tip: str, sample: str, write: Callable[[float], str]) -> Column[SeedRow]:
    def text(row: SeedRow) -> str:
        """Return a value as text; of a missing one, whether it may still come."""
        rows, number = row
        value = float(rows.values[title][number])
        if not np.isnan(value):
            return write(value)
        return numerals.NOTHING if rows.done[number] else ""

    def keys(rows: SeedRows) -> Array:
        return rows.values[title]

    return Column(title, text, tip, sample=sample, keys=keys, is_button=True)


_STEP, _REAL = numerals.whole(88_888), numerals.real(8.888e-8)
COLUMNS = (
    _column("seed", "Seed of the initial weights", "88888", numerals.plain),
    replace(
        _column("outcome", "State at the last step", "■ three rows learned", _outcome_text),
        align=LEFT,
        icon=_mark,
    ),
    _column("first correct", "First step with all four rows correct", _STEP, numerals.whole),
    _column("first learned", "First step with all four rows learned", _STEP, numerals.whole),
    _column("loss", "Loss at the last step", _REAL, numerals.real),
    _column("gradient", "Norm of the gradient at the last step", _REAL, numerals.real),
    *(
        _column(title, f"Output for row {ROW_NAMES[row]} at the last step", "0.88", number)
        for title, row in _OUTPUTS.items()
    ),
)  # fmt: skip


_RIGHT = outcomes.OUTCOMES.index(outcomes.RIGHT)
_AROUND_ROW = 8
_SMALL = 300
"""Height in pixels below which the header is small."""
_BOTH = 460
"""Least height in pixels that shows both strip and table, and the recipe in the header."""
_GAP = 8
_HEAD = 0.3
"""Largest share of the height for the header."""
_STRIP, _TABLE = 0.58, 0.62
"""Largest shares of the height below the header, for the strip and for the table."""
_STRIP_OF_BOTH, _TABLE_OF_BOTH = 0.36, 0.36

INVITATION = "Run lab to see how many networks get all four rows correct, and when."


@guarded
class LabSeeds(NetworksView):
    """One recipe's success rate, histogram of first correct steps, strip and table of seeds."""

    explanation = (
        "The share of networks that ended with all four rows correct, and a mark for each seed. "
        "Click a mark to open that network."
    )

    def __init__(self) -> None:
        self._strip = SeedStrip()
        self.resting = "click a seed to open its network"
        """What the read-out says while nothing is pointed at."""
        self._chosen: int | None = None
        """Number of the seed last made the current run."""
        super().__init__("lab_seeds", self._strip, INVITATION)
        self._head, self._histogram, self._legend = (
            SeedHead(),
            SeedHistogram(),
            outcomes.OutcomeLegend(),
        )
        self._table = Table("Seeds", COLUMNS, _AROUND_ROW)
        self._table.has_menus = True
        self._parts = (self._head, self._histogram, self._strip, self._legend, self._table)
        self.setContentsMargins(8, 2, 8, 4)
        self.setMinimumSize(260, 150)
        self._column.setSpacing(_GAP)
        for part in self._parts:
            self._column.addWidget(part, part is self._histogram)
        self._column.addStretch()
        tip = "Show a table of all seeds, in place of the marks or below them"
        option = "seed_table_shown", "Table of all seeds", False, tip, self._choose_table
        self._table_option = self._option(*option)
        self._histogram.pointed_at.connect(self._point_at_bin)
        self._table.pointed_at.connect(self._point_at)
        self._table.used.connect(self._use)
        self._table.menu_requested.connect(self._open_menu)
        self.open_requested.connect(self._show_chosen)

    @property
    def places(self) -> range:
        return range(0) if self.snapshot is None else self.snapshot.plan.places_of(self._part)

    def sizeHint(self) -> QSize:
        return QSize(540, 500)

    def _let_go(self) -> None:
        self._chosen = None
        super()._let_go()

    def describe(self, snapshot: LabSnapshot) -> str:
        places = snapshot.plan.places_of(self._drawn_part)
        said = Headline.of(snapshot, self._drawn_part).spoken
        return f"{said}. Outcomes: {outcomes.outcomes_text(outcomes.codes_of(snapshot, places))}."

    def _draw(self, snapshot: LabSnapshot) -> None:
        places = snapshot.plan.places_of(self._drawn_part)
        here, codes = slice(places.start, places.stop), outcomes.codes_of(snapshot, places)
        self._head.show_headline(Headline.of(snapshot, self._drawn_part))
        is_right = codes == _RIGHT
        self._histogram.show_histogram(
            histogram_of(
                snapshot.first_right[here],
                snapshot.done[here],
                is_right,
                snapshot.still_learning[here],
                snapshot.plan.steps,
            )
        )
        self._strip.show_codes(codes)
        self._legend.show_codes(codes)
        self._strip.setAccessibleName(f"Seeds: {self._legend.accessibleName()}")
        if self._table_option.isChecked():
            self._table.rows.show_rows(SeedRows(snapshot, places), (snapshot.plan, places))
        self._arrange()
        self._pages.setCurrentWidget(self._page)
        self._show_pointed()

    def _draw_nothing(self) -> None:
        self._table.rows.show_rows(())
        super()._draw_nothing()

    def _arrange(self) -> None:
        """Give each part its height or hide it; the histogram of trained networks gets the rest."""
        if self._drawn is None:
            return
        width, height = self.contentsRect().size().toTuple()
        has_table = self._table_option.isChecked()
        is_both, is_trained = has_table and height >= _BOTH, self._drawn.plan.steps > 0
        self._histogram.setVisible(is_trained)
        head = self._head.height_for(width, height < _SMALL, height >= _BOTH)
        head = min(head, round(_HEAD * height))
        rest = max(0, height - head - _GAP)
        strip = legend = table = 0
        if is_both or not has_table:
            share = _STRIP_OF_BOTH if is_both else _STRIP if is_trained else 1
            most = round(rest * share)
            legend = self._legend.height_for(width, most / 2)
            strip = self._strip.height_for(width, max(0, most - legend - _GAP))
        if has_table:
            table = round(rest * (_TABLE_OF_BOTH if is_both else _TABLE))
        heights = (head, strip, legend, table)
        for part, high in zip((self._head, *self._parts[2:]), heights, strict=True):
            part.setFixedHeight(high)
            part.setVisible(high > 0)
        # Arrow keys move along the strip; without a strip, the table handles them.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if strip else Qt.FocusPolicy.NoFocus)

    @Slot()
    def _choose_table(self) -> None:
        had_focus = self.hasFocus() or self._table.hasFocus()
        self.draw_anew()
        if had_focus and self._drawn is not None:
            (self._table if self._table_option.isChecked() else self).setFocus()

    @Slot(object)
    def _point_at_bin(self, step: float | None) -> None:
        self._histogram.mark(step)
        text = self._histogram.marked_text()
        self._histogram.setToolTip(text)
        self.readout_changed.emit(text or self.resting)

    @Slot(object, int)
    def _show_chosen(self, config: RunConfig, _step: int) -> None:
        assert self._drawn is not None
        number = self._drawn.plan.seeds.index(config.seed)
        self._chosen = self._pointed = number
        if self._table.isVisible():
            self._table.show_current(number)
        self._show_pointed()

    def _show_pointed(self) -> None:
        """Mark and read out the seed pointed at, and mark its bin."""
        self._strip.choose(self._chosen)
        step, number = None, self._pointed
        if self._drawn is not None and number is not None:
            place = self._drawn.plan.places_of(self._drawn_part)[number]
            step = int(self._drawn.first_right[place])
        self._histogram.mark(step)
        super()._show_pointed()

    def _resting(self, drawn: LabSnapshot) -> str:  # noqa: ARG002
        return self.resting
