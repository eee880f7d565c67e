"""The view of symmetry: similarity of hidden units, and their differences over the run."""

from PySide6.QtCore import QRect, Slot
from PySide6.QtGui import QResizeEvent

from xorviz.core import numerals
from xorviz.core.analysis.symmetry import (
    SpreadHistory,
    difference,
    equal_units,
    is_mirrored,
    similarity,
    spread,
)
from xorviz.core.network import flat
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.export import Cells, grid
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.similarity.curve import CurveData, SimilarityCurve
from xorviz.panels.inside.similarity.matrix import Pair, SimilarityMatrix
from xorviz.ui.guard import guarded

_ALONE = "One hidden unit: there is nothing to compare it with."
_GAP = 8
_MARGINS = (6, 2, 6, 4)
_SHARE = 0.54
"""Largest share of the height used by the matrix."""


@guarded
class Similarity(SnapshotView):
    """All pairs of units compared at the shown step, and their extremes over the run."""

    has_table = True
    explanation = (
        "How alike the hidden units are, by what goes into them: their weights from x1 and x2, "
        "and their biases. Each cell holds a cosine: +1, orange, where two units draw the same "
        "line; −1, blue, where one is high on the side on which the other is low; 0, pale, where "
        "they have nothing to do with each other. Two units are the same only if nothing differs "
        "between them at all: the curve below shows the largest and the smallest difference "
        "between any two units through the whole run, in powers of ten. Units that start equal "
        "get equal gradients and stay equal for ever. Point at a cell, or go to it with the arrow "
        "keys, to read a pair. Click it, or go to it with the arrow keys, to let the unit of its "
        "row stand out in all panels; once more, or Esc, lets it go."
    )

    def __init__(self) -> None:
        super().__init__("similarity")
        self._matrix, self._curve = SimilarityMatrix(), SimilarityCurve()
        self._matrix.setParent(self)
        self._curve.setParent(self)
        self._matrix.pointed_at.connect(self._point_at)
        self._matrix.clicked.connect(self._click)
        self._history = SpreadHistory()
        self._pointed: Pair | None = None
        self._cursor: Pair | None = None
        self._count = 0
        self.setMinimumSize(160, 120)

    def table(self) -> Cells | None:
        """Return the matrix of cosines; a unit alone has none."""
        if self._snapshot is None or self._snapshot.config.width == 1:
            return None
        units = [f"h{unit + 1}" for unit in range(self._snapshot.config.width)]
        return grid("cosine", units, units, similarity(self._snapshot.weights))

    def _draw(self, snapshot: Snapshot) -> None:
        weights, count = snapshot.weights, snapshot.config.width
        if count == 1:
            self._draw_sentence(_ALONE)
            return
        self._matrix.show_cosines(similarity(weights))
        self._curve.show_curve(
            CurveData(
                self._history.curve(snapshot.record),
                spread(flat(weights)[None], snapshot.config),
                snapshot.step,
                snapshot.is_past,
                equal_sentence(equal_units(weights), count),
            )
        )
        self._arrange_for(count)
        self._show_marked()

    def _draw_nothing(self) -> None:
        self._draw_sentence("")

    def _draw_sentence(self, sentence: str) -> None:
        self._matrix.show_sentence(sentence)
        self._curve.show_curve(None)
        self._arrange_for(0)
        self._show_marked()

    def _arrange_for(self, count: int) -> None:
        if count != self._count:
            self._count = count
            self._arrange()

    def _arrange(self) -> None:
        """Place the curve below the matrix, or beside it in a wide view."""
        left, top, right, bottom = _MARGINS
        area = self.rect().adjusted(left, top, -right, -bottom)
        self._curve.setVisible(self._count > 0)
        if not self._count:
            self._matrix.setGeometry(area)
            return
        most = self._matrix.largest()
        x, y, width, height = area.x(), area.y(), area.width(), area.height()
        if width >= max(420, 1.6 * height):
            used = min(most.width(), width // 2)
            self._matrix.setGeometry(QRect(x, y, used, height))
            rest = QRect(x + used + 2 * _GAP, y, width - used - 2 * _GAP, height)
        else:
            used = min(most.height(), round(_SHARE * height))
            self._matrix.setGeometry(QRect(x, y, width, used))
            rest = QRect(x, y + used + _GAP, width, height - used - _GAP)
        self._curve.setGeometry(rest)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _recolour(self) -> None:
        self._matrix.apply_theme(self.theme)
        self._curve.apply_theme(self.theme)

    def _show_unit(self) -> None:
        self._show_marked()

    @Slot(object)
    def _point_at(self, pair: Pair | None) -> None:
        if pair != self._pointed:
            self._pointed = pair
            self._point_at_unit(None if pair is None else pair[0])
            self._show_marked()

    @Slot(object)
    def _click(self, pair: Pair | None) -> None:
        self._click_unit(None if pair is None else pair[0])

    def _move_cursor(self, dx: int, dy: int) -> None:
        count = self._matrix.count
        if self._cursor is None or max(self._cursor) >= count:
            chosen = self._chosen_unit
            start = chosen if chosen is not None and chosen < count else 0
            moved = (start, start)
        else:
            moved = (self._cursor[0] + dy, self._cursor[1] + dx)
        if all(0 <= unit < count for unit in moved):
            self._cursor = moved
            self._choose_unit(moved[0])
            self._show_marked()

    def _use_cursor(self) -> None:
        if self._cursor is not None and self._cursor[0] < self._matrix.count:
            self._click(self._cursor)

    def _clear_cursor(self) -> None:
        self._cursor = None
        self._show_marked()

    def _show_marked(self) -> None:
        """Highlight and read out the pair; the text changes during a run."""
        pair = self._pointed or self._cursor
        self._matrix.mark(self.unit, pair)
        if pair is None and self.unit is not None:
            pair = (self.unit, self.unit)
        # The canvas may still show an older network until its next redraw.
        width = 0 if self._snapshot is None else self._snapshot.config.width
        is_there = pair is not None and max(pair) < min(self._matrix.count, width) and width > 1
        if is_there and pair is not None and self._snapshot is not None:
            self.readout_changed.emit(_read(self._snapshot, *pair))
        else:
            self.readout_changed.emit(self.resting_text)


def _read(snapshot: Snapshot, one: int, other: int) -> str:
    """Return the read-out of a pair; for one unit, of the unit most like it."""
    weights = snapshot.weights
    cosines = similarity(weights)
    if one == other:
        nearest = max((n for n in range(len(cosines)) if n != one), key=lambda n: cosines[one, n])
        cosine = numerals.signed(float(cosines[one, nearest]))
        return f"h{one + 1} is most like h{nearest + 1}: cosine {cosine}"
    names = f"h{one + 1} and h{other + 1}"
    apart = difference(weights, one, other)
    if not apart:
        return f"{names}: equal to the last bit"
    cosine = numerals.signed(float(cosines[one, other]))
    text = f"{names}: cosine {cosine}, difference {numerals.real(apart, 3)}"
    is_mirror = is_mirrored(weights, snapshot.config.activation, one, other)
    return f"{text}, mirrored" if is_mirror else text


def equal_sentence(groups: list[tuple[int, ...]], count: int) -> str:
    """Return a sentence about units that are equal to the last bit, or nothing."""
    if not groups:
        return ""
    if len(groups[0]) == count:
        units = "Both units" if count == 2 else f"All {count} units"
        return f"{units} are equal to the last bit"
    listed = "; ".join(_listed(units) for units in groups)
    return f"Equal to the last bit: {listed}"


def _listed(units: tuple[int, ...]) -> str:
    *first, last = (f"h{unit + 1}" for unit in units)
    return f"{', '.join(first)} and {last}"
