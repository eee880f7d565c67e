"""Formulas set as mathematics: italic letters, indices, fractions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

_SERIFS = ("STIX Two Text", "Cambria", "Latin Modern Roman", "DejaVu Serif", "Times New Roman")
_SMALL = 0.74
"""Size of an index, as a share of the letter's."""
_LOWER, _UPPER = 0.22, 0.42
"""How far an index is below or above the line, as a share of the ascent."""
_BAR_GAP, _ROW_GAP = 2.0, 2.0
_BREAK = re.compile(r"(?<= )(?=[+=−] )")
_TOKEN = re.compile(
    r"∂(?P<loss>loss(?:\[\d+\])?)/∂(?P<of>[a-z]\d*(?:\[[^\]]*\])?)"
    r"|(?P<name>[A-Za-zσδΣ∂]+)(?P<index>\d*)(?:\[(?P<mark>[^\]]*)\])?"
    r"|(?P<other>[^A-Za-zσδΣ∂]+)"
)
_ROW = re.compile(r"[01]{2}")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one font, from a point on the baseline of a formula."""

    x: float
    y: float
    text: str
    font: QFont


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula laid out from the left end of its baseline, in pixels. A value."""

    width: float
    ascent: float
    descent: float
    runs: tuple[Run, ...]
    bars: tuple[QLineF, ...] = ()
    """Of fractions."""

    @property
    def height(self) -> float:
        return self.ascent + self.descent

    def moved(self, x: float, y: float) -> "Formula":
        """Return the same, moved; the size is then that from the origin."""
        runs = tuple(replace(run, x=run.x + x, y=run.y + y) for run in self.runs)
        bars = tuple(bar.translated(x, y) for bar in self.bars)
        return Formula(self.width + x, self.ascent - y, self.descent + y, runs, bars)

    def paint(self, painter: QPainter, at: QPointF, color: QColor) -> None:
        """Paint with the baseline's left end at a point."""
        painter.setPen(QPen(color, 1))
        for bar in self.bars:
            painter.drawLine(bar.translated(at))
        for run in self.runs:
            painter.setFont(run.font)
            painter.drawText(at + QPointF(run.x, run.y), run.text)


@lru_cache(maxsize=4096)
def typeset(text: str, font: QFont) -> Formula:
    """Return a formula as the explanation of a step writes it, set as mathematics.

    ``δ3[01]`` has the unit below and the row above, ``w1[x1→h3]`` the edge below, and
    ``∂loss/∂b2`` is a fraction. Numbers keep the font.
    """
    return _beside(_parts(text, font))


@lru_cache(maxsize=4096)
def flowed(text: str, font: QFont, width: float) -> Formula:
    """Return a formula in as many rows as it needs, broken before sums and equals signs.

    Its ascent is that of the first row, its descent that of all others.
    """
    rows: list[list[Formula]] = [[]]
    for piece in _BREAK.split(text):
        part = typeset(piece, font)
        if rows[-1] and sum(before.width for before in rows[-1]) + part.width > width:
            rows.append([])
        rows[-1].append(part)
    placed: list[Formula] = []
    y = 0.0
    for row in map(_beside, rows):
        y += row.ascent + _ROW_GAP if placed else 0.0
        placed.append(row.moved(0, y))
        y += row.descent
    return _together(placed)


def plain(text: str, font: QFont) -> Formula:
    """Return text as it is."""
    metrics = QFontMetricsF(font)
    run = Run(0, 0, text, font)
    return Formula(metrics.horizontalAdvance(text), metrics.ascent(), metrics.descent(), (run,))


def _parts(text: str, font: QFont) -> Iterator[Formula]:
    for token in _TOKEN.finditer(text):
        if token["of"]:
            below = _beside([_letter("∂", font), *_parts(token["of"], font)])
            above = _beside([_letter("∂", font), *_parts(token["loss"], font)])
            yield _over(above, below, font)
        elif token["name"]:
            yield _name(token["name"], token["index"], token["mark"] or "", font)
        else:
            yield plain(token["other"].replace("·", "\u202f·\u202f"), font)


def _name(name: str, index: str, mark: str, font: QFont) -> Formula:
    letter = _letter("L" if name == "loss" else name, font)
    if name in {"w", "b"} and mark:  # the layer and the edge
        index, mark = f"{index}[{mark}]", ""
    below, above = (index, mark) if not mark or _ROW.fullmatch(mark) else (mark, "")
    small = _serif(font, _SMALL)
    high, start = QFontMetricsF(font).ascent(), letter.width + 0.5
    placed = [letter]
    if below:
        placed.append(plain(below, small).moved(start, _LOWER * high))
    if above:
        placed.append(plain(f"({above})", small).moved(start, -_UPPER * high))
    return _together(placed)


def _letter(text: str, font: QFont) -> Formula:
    """Return a quantity in italics, or the name of a function upright."""
    face = _serif(font)
    face.setItalic(len(text) == 1 and text != "Σ")
    return plain(text, face)


def _serif(font: QFont, share: float = 1.0) -> QFont:
    face = QFont(font)
    face.setFamilies([*_SERIFS, font.family()])
    if font.pixelSize() > 0:
        face.setPixelSize(max(1, round(font.pixelSize() * share)))
    else:
        face.setPointSizeF(font.pointSizeF() * share)
    return face


def _over(upper: Formula, lower: Formula, font: QFont) -> Formula:
    """Return a fraction."""
    axis = -QFontMetricsF(font).strikeOutPos()
    width = max(upper.width, lower.width) + 4
    top = upper.moved((width - upper.width) / 2, axis - _BAR_GAP - upper.descent)
    bottom = lower.moved((width - lower.width) / 2, axis + _BAR_GAP + lower.ascent)
    whole = _together([top, bottom])
    bar = QLineF(1, axis, width - 1, axis)
    return Formula(width, whole.ascent, whole.descent, whole.runs, (bar,))


def _beside(parts: Iterable[Formula]) -> Formula:
    """Return formulas one after the other."""
    placed, x = [], 0.0
    for part in parts:
        placed.append(part.moved(x, 0))
        x += part.width
    return _together(placed)


def _together(parts: list[Formula]) -> Formula:
    """Return formulas as one, each where it is."""
    return Formula(
        max((part.width for part in parts), default=0.0),
        max((part.ascent for part in parts), default=0.0),
        max((part.descent for part in parts), default=0.0),
        tuple(run for part in parts for run in part.runs),
        tuple(bar for part in parts for bar in part.bars),
    )
