"""Outcomes of networks in the lab: name, colour and mark, and a legend.

Shapes: N networks.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.diagnosis.stuck_states import NO_ROW, ONE_ROW, THREE_ROWS, TWO_ROWS
from xorviz.core.diagnosis.words import UNTRAINED
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.lab.results.findings import CODES
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.training.cohort import NO_STEP
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.painted import take
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold as bold_font

RIGHT, RIGHT_SO_FAR, NOT_YET = "correct", "correct so far", "not yet correct"
STILL_LEARNING = "still learning"
"""Outcome of networks that are done but were still learning, whatever their state."""
_MEANINGS = {
    RIGHT: "all four rows are correct at the last step",
    THREE_ROWS: "three rows are learned, the output for the fourth is halfway between the targets",
    TWO_ROWS: "two rows are learned, the outputs for the others are at their mean",
    ONE_ROW: "one row is learned, the outputs for the others are at their mean",
    NO_ROW: "no row is learned, all outputs are at the mean of the targets",
    STILL_LEARNING: "not correct yet, but the loss was falling",
    "too slow": "the loss falls, but far too slowly",
    "saturated": "units are saturated, so hardly any gradient is left",
    "dead units": "ReLU units output 0 on every row and get no gradient",
    "symmetric units": "hidden units have nearly equal weights and act as one",
    "negated": "all four outputs are the opposite of their targets",
    "oscillating": "the loss goes up and down, the steps are too long",
    "diverging": "weights or loss grow beyond all bounds",
    RIGHT_SO_FAR: "in training, and correct at some step so far",
    NOT_YET: "in training or untrained, and not correct at any step so far",
}
"""Meanings of outcomes, for tool tips; the last two are of networks in training."""
OUTCOMES = tuple(_MEANINGS)
"""All outcomes in legend order."""

SHAPED_FROM = 6
"""Side in pixels from which marks have a shape; smaller ones are plain squares."""

_NAMES = {"learned": RIGHT, "learning": STILL_LEARNING, UNTRAINED: NOT_YET}
_PLACES = {outcome: place for place, outcome in enumerate(OUTCOMES)}
_OF_STATES = np.array([_PLACES[_NAMES.get(s, s)] for s in CODES], dtype=np.uint8)
"""Indices in OUTCOMES by those in CODES."""

_COLORS: Mapping[str, tuple[str, str] | str] = {
    **dict.fromkeys((RIGHT, RIGHT_SO_FAR), "accent"),
    THREE_ROWS: ("#B57900", "#E5AB1F"),
    TWO_ROWS: ("#2E6FB7", "#5FA0EA"),
    ONE_ROW: ("#8A45B0", "#C58DE6"),
    **dict.fromkeys((STILL_LEARNING, "too slow"), ("#C4427F", "#EE8FBB")),
    **dict.fromkeys(
        ("saturated", "dead units", "symmetric units", "negated"), ("#80552F", "#CFA27A")
    ),
    "oscillating": "text",
    "diverging": "wrong",
    **dict.fromkeys((NO_ROW, NOT_YET), "quiet"),
}
"""For the light and the dark theme, or a colour of both."""

_OPEN = {RIGHT_SO_FAR: 0.22, NOT_YET: 0.1}
"""Outlined squares, with the width of the outline as a share of the side."""

_POLYGONS: Mapping[str, Sequence[tuple[float, float]]] = {
    TWO_ROWS: ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
    ONE_ROW: ((0.5, 0.0), (1.0, 1.0), (0.0, 1.0)),
    STILL_LEARNING: ((0.0, 0.0), (1.0, 0.5), (0.0, 1.0)),
    "too slow": ((0.0, 0.32), (1.0, 0.32), (1.0, 0.68), (0.0, 0.68)),
    "saturated": ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (1.0, 1.0), (0.0, 1.0), (0.5, 0.5)),
    "dead units": ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0)),
    "symmetric units": (
        *((0.05, 0.0), (0.4, 0.0), (0.4, 1.0), (0.6, 1.0), (0.6, 0.0)),
        *((0.95, 0.0), (0.95, 1.0), (0.05, 1.0)),
    ),
    "negated": ((0.0, 0.5), (1.0, 0.0), (1.0, 1.0)),
    "diverging": (
        *((0.0, 0.16), (0.16, 0.0), (0.5, 0.34), (0.84, 0.0), (1.0, 0.16), (0.66, 0.5)),
        *((1.0, 0.84), (0.84, 1.0), (0.5, 0.66), (0.16, 1.0), (0.0, 0.84), (0.34, 0.5)),
    ),
    "oscillating": ((0.0, 0.0), (0.5, 0.5), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.0, 1.0)),
}
"""Corners of marks, as shares of the side."""


def codes_of(snapshot: LabSnapshot, places: range) -> NDArray[np.uint8]:
    """Return the outcomes (N,) of a range of networks, as indices in OUTCOMES."""
    here = slice(places.start, places.stop)
    is_right = snapshot.error[here] < RIGHT_ERROR
    wrong = np.where(
        snapshot.still_learning[here],
        OUTCOMES.index(STILL_LEARNING),
        _OF_STATES[snapshot.state[here]],
    )
    final = np.where(is_right, OUTCOMES.index(RIGHT), wrong)
    was_right = snapshot.first_right[here] != NO_STEP
    so_far = np.where(was_right, OUTCOMES.index(RIGHT_SO_FAR), OUTCOMES.index(NOT_YET))
    return np.where(snapshot.done[here], final, so_far).astype(np.uint8)


def outcome_of(snapshot: LabSnapshot, place: int) -> str:
    """Return a network's outcome, one of OUTCOMES."""
    return OUTCOMES[int(codes_of(snapshot, range(place, place + 1))[0])]


def story_of(snapshot: LabSnapshot, place: int) -> list[str]:
    """Return in words a network's step, the first correct step, and divergence."""
    outcome, is_done = outcome_of(snapshot, place), snapshot.done[place]
    first, diverged, step = (
        int(known[place]) for known in (snapshot.first_right, snapshot.diverged_at, snapshot.steps)
    )
    config = snapshot.plan.config(place)
    found = [] if is_done else [f"at {config.named(step)}"]
    if first != NO_STEP:
        lead = "first" if outcome in {RIGHT, RIGHT_SO_FAR} else "first correct"
        found.append(f"{lead} at {config.named(first)}")
    if diverged != NO_STEP:
        found.append(f"diverged at {config.named(diverged)}")
    elif is_done and first == NO_STEP:
        lead = "not yet correct" if outcome == STILL_LEARNING else "never correct"
        found.append(f"{lead} in {numerals.counted(step, config.step_word)}")
    return found


def network_text(snapshot: LabSnapshot, place: int) -> str:
    """Return a network in words: seed, outcome, first correct step, and loss."""
    said = [outcome_of(snapshot, place), *story_of(snapshot, place)]
    if snapshot.done[place]:
        said.append(f"loss {numerals.real(float(snapshot.loss[place]))}")
    return f"seed {numerals.plain(snapshot.plan.config(place).seed)}: {', '.join(said)}"


def color_of(theme: Theme, outcome: str) -> str:
    """Return the colour of an outcome as #RRGGBB; contrast with a panel is at least 3 to 1."""
    color = _COLORS[outcome]
    if isinstance(color, str):
        return str(getattr(theme, color))
    return color[theme.name == "dark"]


def paint_mark(painter: QPainter, rect: QRectF, outcome: str, theme: Theme) -> None:
    """Paint an outcome's mark into a square."""
    color, side = QColor(color_of(theme, outcome)), rect.width()
    painter.save()
    if side < SHAPED_FROM:
        inset = min(1.0, side / 4) if outcome == NOT_YET else 0.0
        painter.fillRect(rect.adjusted(inset, inset, -inset, -inset), color)
    else:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        take(painter, None, fill=color)
        _paint_shape(painter, rect, outcome)
    painter.restore()


def _paint_shape(painter: QPainter, rect: QRectF, outcome: str) -> None:
    side = rect.width()
    if outcome in _POLYGONS:
        corners = [rect.topLeft() + QPointF(x, y) * side for x, y in _POLYGONS[outcome]]
        painter.drawPolygon(QPolygonF(corners))
    elif outcome in _OPEN:
        _paint_open(painter, rect, max(1.0, side * _OPEN[outcome]), is_round=False)
    elif outcome == NO_ROW:
        _paint_open(painter, rect, max(1.5, side * 0.22), is_round=True)
    elif outcome == THREE_ROWS:
        painter.drawEllipse(rect)
    else:
        painter.drawRoundedRect(rect, side * 0.15, side * 0.15)


def _paint_open(painter: QPainter, rect: QRectF, width: float, is_round: bool) -> None:
    """Paint an outline inside a square."""
    inside = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setPen(QPen(painter.brush().color(), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if is_round:
        painter.drawEllipse(inside)
    else:
        painter.drawRect(inside)


_MARK, _AFTER_MARK, _BEFORE_COUNT, _BETWEEN = 9.0, 5.0, 4.0, 14.0
"""Side of a mark and gaps between the parts, in pixels."""
_MORE = "…"


_OPEN_LINES = 2
"""Lines reserved during training, so that new outcomes move little."""


def outcomes_text(codes: NDArray[np.uint8]) -> str:
    """Return each outcome, given as indices in OUTCOMES, and how often it occurs."""
    return ", ".join(f"{name} {numerals.whole(n)}" for name, n in _counts(codes).items())


def _counts(codes: NDArray[np.uint8]) -> dict[str, int]:
    found = np.bincount(codes, minlength=len(OUTCOMES)).tolist()
    return {name: n for name, n in zip(OUTCOMES, found, strict=True) if n}


@guarded
class OutcomeLegend(Canvas):
    """Each outcome that occurs among networks, and how often, in as many lines as needed."""

    def __init__(self) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0))
        self.setObjectName("outcome_legend")
        self.counts: dict[str, int] = {}
        """Number of networks by outcome, in the order of OUTCOMES."""
        self.pointed_at.connect(self._explain)

    def show_codes(self, codes: NDArray[np.uint8]) -> None:
        """Count outcomes, given as indices in OUTCOMES."""
        self.counts = _counts(codes)
        self.setAccessibleName(outcomes_text(codes))
        self.update()

    def spot_at(self, point: QPointF) -> str | None:
        places = self._places(self.width()).items()
        return next((outcome for outcome, place in places if place.contains(point)), None)

    @Slot(object)
    def _explain(self, outcome: str | None) -> None:
        self.setToolTip(f"{outcome}: {_MEANINGS[outcome]}" if outcome else "")

    def height_for(self, width: int, most: float) -> int:
        """Return the height at a width, up to a limit but of at least one line."""
        line, needed = self.fontMetrics().height(), 1
        for place in self._places(width).values():
            needed = max(needed, round(place.bottom() / line))
        if self.counts.keys() & {NOT_YET, RIGHT_SO_FAR}:  # more outcomes may follow
            needed = max(needed, _OPEN_LINES)
        return line * max(1, min(needed, int(most / line)))

    def _paint(self, painter: QPainter) -> None:
        """Paint the legend, with an ellipsis in place of lines that have no room."""
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(self.theme.text))
        bold, end, base = bold_font(self.font()), 0.0, 0.0
        for outcome, place in self._places(self.width()).items():
            if place.bottom() > self.height() + 1:
                painter.drawText(QPointF(end, base), _MORE)
                break
            base = place.top() + metrics.ascent()
            mark = QRectF(place.left(), round(place.center().y() - _MARK / 2), _MARK, _MARK)
            paint_mark(painter, mark, outcome, self.theme)
            at = QPointF(mark.right() + _AFTER_MARK, base)
            painter.drawText(at, outcome)
            at.setX(at.x() + metrics.horizontalAdvance(outcome) + _BEFORE_COUNT)
            painter.setFont(bold)
            painter.drawText(at, numerals.whole(self.counts[outcome]))
            painter.setFont(self.font())
            end = place.right() + _BEFORE_COUNT

    def _places(self, width: float) -> dict[str, QRectF]:
        """Return the place of each outcome, in lines of a width."""
        places, left, top, line = {}, 0.0, 0.0, QFontMetricsF(self.font()).height()
        for outcome in self.counts:
            wide = self._width(outcome)
            if left > 0 and left + wide > width:
                left, top = 0.0, top + line
            places[outcome] = QRectF(left, top, wide, line)
            left += wide + _BETWEEN
        return places

    def _width(self, outcome: str) -> float:
        plain, bold = QFontMetricsF(self.font()), QFontMetricsF(bold_font(self.font()))
        count = bold.horizontalAdvance(numerals.whole(self.counts[outcome]))
        return _MARK + _AFTER_MARK + plain.horizontalAdvance(outcome) + _BEFORE_COUNT + count
