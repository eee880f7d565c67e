"""The card beside what is pointed at: its numbers, and the formulas that they come from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.core.analysis.explanation import Line
from xorviz.core.arrays import Array
from xorviz.ui.draw.formula import Formula, plain, typeset
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold

_PAD, _GAP = 8.0, 4.0
_ONE_LINE = 20.5
"""Longest formula with its numbers after it, not below, in heights of the font."""
_SIZE = 0.94
"""Size of the card's font, as a share of the panel's."""
_SMALL = 0.88
"""Size of the hint, as a share of the font's."""
_KEPT = 2
"""Terms at the start of a long sum that are written out."""
_AWAY = 10.0
"""Least distance from the card to the edge that it is about."""
_STEPS = 9
"""Places for the card that are tried in each direction."""


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says."""

    title: str
    """What it is about; a formula if that says it."""
    lines: Sequence[Line]
    hint: str = ""
    has_numbers: bool = True
    """Whether numbers have a row of their own where they do not fit after the formula."""

    def shorter(self) -> Iterator["CardText"]:
        """Yield the whole text, then with ever less, for small panels."""
        yield self
        for count in range(len(self.lines), -1, -1):
            yield CardText(self.title, self.lines[:count], has_numbers=False)

    @property
    def spoken(self) -> str:
        """The card as text."""
        told = [_joined(*_sides(line)) for line in self.lines]
        return ". ".join(filter(None, (self.title, *told, self.hint)))


class FormulaCard:
    """A card laid out in a font. Never changes."""

    def __init__(self, text: CardText, font: QFont, widest: float) -> None:
        """Take the most pixels that it may be wide."""
        self._room = widest - 2 * _PAD
        self._panel_font, font, small = font, QFont(font), QFont(font)
        font.setPointSizeF(font.pointSizeF() * _SIZE)
        small.setPointSizeF(font.pointSizeF() * _SMALL)
        self._font = font
        title = typeset if "=" in text.title else plain
        self._rows = [(title(text.title, bold(font)), False)]
        """Formulas, and whether each is quiet."""
        for line in text.lines:
            rows = self._rows_of(line, text.has_numbers)
            self._rows += [(row, i > 0) for i, row in enumerate(rows)]
        if text.hint:
            self._rows.append((plain(text.hint, small), True))
        width = max(row.width for row, _ in self._rows) + 2 * _PAD
        height = sum(row.height for row, _ in self._rows) + _GAP * (len(self._rows) - 1)
        self.size = QSizeF(width, height + 2 * _PAD - 2)

    def paint(self, painter: QPainter, at: QPointF, theme: Theme, rim: str) -> None:
        painter.setPen(QPen(QColor(rim), theme.stroke))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(at, self.size), 6, 6)
        base = at + QPointF(_PAD, _PAD - 1)
        for row, is_quiet in self._rows:
            color = QColor(theme.quiet if is_quiet else theme.text)
            row.paint(painter, base + QPointF(0, row.ascent), color)
            base += QPointF(0, row.height + _GAP)
        painter.setFont(self._panel_font)

    def _rows_of(self, line: Line, has_numbers: bool) -> list[Formula]:
        """Return a line's formula and its numbers, in one row if they are short."""
        name, formula, numbers, result = _sides(line)
        short = _shortened(formula)
        whole = self._set(_joined(name, formula, numbers, result))
        if whole.width <= min(self._room, _ONE_LINE * QFontMetricsF(self._font).height()):
            return [whole]
        if not (numbers and has_numbers):
            texts = (_joined(name, formula, result), _joined(name, short, result))
            return [self._fitting(*texts, _joined(name, result))]
        upper = self._fitting(_joined(name, formula), _joined(name, short), name)
        lower = f"= {numbers} = {result}", f"= {_shortened(numbers)} = {result}", f"= {result}"
        return [upper, self._fitting(*lower)]

    def _set(self, text: str) -> Formula:
        return typeset(text, self._font)

    def _fitting(self, *texts: str) -> Formula:
        """Return the first of some texts that is not too wide, else the last."""
        rows = (self._set(text) for text in texts[:-1])
        return next((row for row in rows if row.width <= self._room), self._set(texts[-1]))


def place_beside(
    size: QSizeF, area: QRectF, points: Array, nodes: Iterable[tuple[QRectF, float]]
) -> QPointF:
    """Return the corner of a card in an area, off the points (K, 2) of an edge.

    Nodes have weights: how bad it is to cover them. Of equally good places it is the nearest.
    """
    if not len(points):
        points = np.array([area.center().toTuple()])
    room_x, room_y = area.width() - size.width(), area.height() - size.height()
    x = area.left() + np.linspace(0, max(room_x, 0.0), _STEPS)
    y = area.top() + np.linspace(0, max(room_y, 0.0), _STEPS)
    left, top = (grid.ravel() for grid in np.meshgrid(x, y))
    right, bottom = left + size.width(), top + size.height()
    beside_x = np.maximum(left[:, None] - points[:, 0], points[:, 0] - right[:, None])
    beside_y = np.maximum(top[:, None] - points[:, 1], points[:, 1] - bottom[:, None])
    apart = np.maximum(beside_x, beside_y).min(axis=1)
    cost = np.where(apart < _AWAY, 1e6 - apart * 1e3, 0.0)
    for rect, weight in nodes:
        across = np.minimum(right, rect.right()) - np.maximum(left, rect.left())
        down = np.minimum(bottom, rect.bottom()) - np.maximum(top, rect.top())
        share = np.maximum(across, 0) * np.maximum(down, 0)
        cost = cost + weight * share / max(rect.width() * rect.height(), 1.0)
    middle = points.mean(axis=0)
    away = np.hypot((left + right) / 2 - middle[0], (top + bottom) / 2 - middle[1])
    best = int(np.argmin(cost + 0.02 * away))
    return QPointF(float(left[best]), float(top[best]))


def _sides(line: Line) -> tuple[str, str, str, str]:
    """Return name, formula, numbers and value; a given value has no formula."""
    if line.formula == line.name:
        return line.name, "", "", line.numbers
    return line.name, line.formula, line.numbers, line.result


def _joined(name: str, *sides: str) -> str:
    """Return a name and what it equals; a row of the table is a caption, not a quantity."""
    equal = " = ".join(filter(None, sides))
    return f"{name}: {equal}" if name.startswith("row") else f"{name} = {equal}"


def _shortened(total: str) -> str:
    """Return a sum without the terms in its middle."""
    terms = total.split(" + ")
    if len(terms) <= _KEPT + 2:
        return total
    return " + ".join([*terms[:_KEPT], "…", terms[-1]])
