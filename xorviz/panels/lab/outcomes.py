"""Outcomes of networks in the lab: name, colour and mark, and a legend.

Shapes: N networks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import STATES
from xorviz.core.diagnosis.stuck_states import COIN_TOSS, HALF_LEARNED, ON_THE_FENCE, THREE_IN_A_ROW
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.training.cohort import NO_STEP
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold as bold_font

RIGHT, RIGHT_SO_FAR, NOT_YET = "right", "right so far", "not yet"
STILL_LEARNING = "still learning"
"""Of networks that are done and would go on to learn, in whatever state they are."""
OUTCOMES = (
    *(RIGHT, ON_THE_FENCE, HALF_LEARNED, THREE_IN_A_ROW, COIN_TOSS, STILL_LEARNING, "too slow"),
    *("saturated", "dead units", "symmetric units", "oscillating", "diverging"),
    *(RIGHT_SO_FAR, NOT_YET),
)
"""All outcomes in legend order; the last two are of networks in training."""

SHAPED_FROM = 6
"""Side in pixels from which marks have a shape; smaller ones are plain squares."""

_NAMES = {"learned": RIGHT, "learning": STILL_LEARNING}
_OF_STATES = np.array([OUTCOMES.index(_NAMES.get(s, s)) for s in STATES], dtype=np.uint8)
"""Indices in OUTCOMES by those in STATES."""

_COLORS: Mapping[str, tuple[str, str]] = {
    ON_THE_FENCE: ("#B57900", "#E5AB1F"),
    HALF_LEARNED: ("#2E6FB7", "#5FA0EA"),
    THREE_IN_A_ROW: ("#8A45B0", "#C58DE6"),
    STILL_LEARNING: ("#C4427F", "#EE8FBB"),
    "too slow": ("#C4427F", "#EE8FBB"),
    "saturated": ("#80552F", "#CFA27A"),
    "dead units": ("#80552F", "#CFA27A"),
    "symmetric units": ("#80552F", "#CFA27A"),
}
"""For the light and the dark theme; contrast with the panel is at least 3 to 1."""

_OPEN = {RIGHT_SO_FAR: 0.22, NOT_YET: 0.1}
"""Outlined squares, with the width of the outline as a share of the side."""

_POLYGONS: Mapping[str, Sequence[tuple[float, float]]] = {
    HALF_LEARNED: ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
    THREE_IN_A_ROW: ((0.5, 0.0), (1.0, 1.0), (0.0, 1.0)),
    STILL_LEARNING: ((0.0, 0.0), (1.0, 0.5), (0.0, 1.0)),
    "too slow": ((0.0, 0.32), (1.0, 0.32), (1.0, 0.68), (0.0, 0.68)),
    "saturated": ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (1.0, 1.0), (0.0, 1.0), (0.5, 0.5)),
    "dead units": ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0)),
    "oscillating": ((0.0, 0.0), (0.5, 0.5), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.0, 1.0)),
}
"""Corners of marks, as shares of the side."""


def codes_of(snapshot: LabSnapshot, places: range) -> NDArray[np.uint8]:
    """Return the outcomes (N,) of a range of networks, as indices in OUTCOMES."""
    here = slice(places.start, places.stop)
    is_right = snapshot.errors(places) < RIGHT_ERROR
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
    return OUTCOMES[codes_of(snapshot, range(place, place + 1))[0]]


def color_of(theme: Theme, outcome: str) -> str:
    """Return the colour of an outcome as #RRGGBB; contrast with a panel is at least 3 to 1."""
    if outcome in {RIGHT, RIGHT_SO_FAR}:
        return theme.accent
    if outcome == "diverging":
        return theme.wrong
    if outcome == "oscillating":
        return theme.text
    return _COLORS.get(outcome, (theme.quiet, theme.quiet))[theme.name == "dark"]


def paint_mark(painter: QPainter, rect: QRectF, outcome: str, theme: Theme) -> None:
    """Paint an outcome's mark into a square."""
    color, side = QColor(color_of(theme, outcome)), rect.width()
    painter.save()
    if side < SHAPED_FROM:
        inset = min(1.0, side / 4) if outcome == NOT_YET else 0.0
        painter.fillRect(rect.adjusted(inset, inset, -inset, -inset), color)
    else:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        _paint_shape(painter, rect, outcome)
    painter.restore()


def _paint_shape(painter: QPainter, rect: QRectF, outcome: str) -> None:
    side = rect.width()
    if outcome in _POLYGONS:
        corners = [rect.topLeft() + QPointF(x, y) * side for x, y in _POLYGONS[outcome]]
        painter.drawPolygon(QPolygonF(corners))
    elif outcome in _OPEN:
        _paint_open(painter, rect, max(1.0, side * _OPEN[outcome]), is_round=False)
    elif outcome == COIN_TOSS:
        _paint_open(painter, rect, max(1.5, side * 0.22), is_round=True)
    elif outcome == ON_THE_FENCE:
        painter.drawEllipse(rect)
    elif outcome == "symmetric units":
        for left in (0.05, 0.6):
            painter.drawRect(QRectF(rect.x() + left * side, rect.y(), 0.35 * side, side))
    elif outcome == "diverging":
        _paint_cross(painter, rect, max(1.5, side * 0.22))
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


def _paint_cross(painter: QPainter, rect: QRectF, width: float) -> None:
    inside = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    pen = QPen(painter.brush().color(), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)  # square caps would leave the square
    painter.setPen(pen)
    painter.drawLine(inside.topLeft(), inside.bottomRight())
    painter.drawLine(inside.topRight(), inside.bottomLeft())


_MARK, _AFTER_MARK, _BEFORE_COUNT, _BETWEEN = 9.0, 5.0, 4.0, 14.0
"""Side of a mark and gaps between the parts, in pixels."""
_MORE = "…"


@dataclass(frozen=True, slots=True)
class _LegendEntry:
    """An outcome with its position."""

    outcome: str
    count: str
    left: float
    line: int


class OutcomeLegend:
    """Legend of a strip of seeds: each outcome that occurs, and how often."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """Number of seeds by outcome, in the order of OUTCOMES."""
        return dict(self._counts)

    def show_codes(self, codes: NDArray[np.uint8]) -> None:
        """Count outcomes, given as indices in OUTCOMES."""
        found = np.bincount(codes, minlength=len(OUTCOMES)).tolist()
        self._counts = {name: n for name, n in zip(OUTCOMES, found, strict=True) if n}

    @property
    def is_open(self) -> bool:
        """Whether networks are in training, so that more outcomes may follow."""
        return NOT_YET in self._counts or RIGHT_SO_FAR in self._counts

    @property
    def spoken(self) -> str:
        """The legend as one line of text."""
        return ", ".join(f"{name} {numerals.whole(n)}" for name, n in self._counts.items())

    def lines(self, font: QFont, width: float) -> int:
        return 1 + max((entry.line for entry in self._entries(font, width)), default=0)

    def paint(self, painter: QPainter, at: QPointF, width: float, lines: int, theme: Theme) -> None:
        """Paint the legend below a point, with an ellipsis in place of further lines."""
        metrics = QFontMetricsF(painter.font())
        plain, bold = QFont(painter.font()), bold_font(painter.font())
        left, base = at.x(), at.y() + metrics.ascent()
        for entry in self._entries(plain, width):
            if entry.line >= lines:
                painter.drawText(QPointF(left, base), _MORE)
                break
            left, top = at.x() + entry.left, at.y() + entry.line * metrics.height()
            mark = QRectF(left, round(top + (metrics.height() - _MARK) / 2), _MARK, _MARK)
            paint_mark(painter, mark, entry.outcome, theme)
            base, left = top + metrics.ascent(), left + _MARK + _AFTER_MARK
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(left, base), entry.outcome)
            left += metrics.horizontalAdvance(entry.outcome) + _BEFORE_COUNT
            painter.setFont(bold)
            painter.drawText(QPointF(left, base), entry.count)
            left += QFontMetricsF(bold).horizontalAdvance(entry.count) + _BEFORE_COUNT
            painter.setFont(plain)

    def _entries(self, font: QFont, width: float) -> list[_LegendEntry]:
        plain, bold = QFontMetricsF(font), QFontMetricsF(bold_font(font))
        entries: list[_LegendEntry] = []
        left, line = 0.0, 0
        for outcome, count in self._counts.items():
            text = numerals.whole(count)
            words = plain.horizontalAdvance(outcome) + _BEFORE_COUNT + bold.horizontalAdvance(text)
            space = _MARK + _AFTER_MARK + words
            if left > 0 and left + space > width:
                left, line = 0.0, line + 1
            entries.append(_LegendEntry(outcome, text, left, line))
            left += space + _BETWEEN
        return entries
