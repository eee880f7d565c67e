"""Layout of a grid of numbers: sizes of its cells and digits, and where its names are written."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from xorviz.ui.theme.style import bold

Lines = list[tuple[int, int]]
"""Where each row or column starts and ends, in pixels."""

BESIDE = 6
"""Pixels between the names of the rows and the cells."""
_GAP = 10
"""Pixels between blocks without names."""
_LEAST_DIGITS = 9
"""Least size in pixels of the digits in the cells."""
_UPRIGHT_SHARE = 0.8
"""Least size of numbers that are not turned, as a share of the font's."""
_ABOVE = 3
"""Least space in pixels that a cell has for a number's height beside it: less looks cut off."""
_WITH_LINES = 8
"""Cells at least this large, in pixels, are separated by lines."""


@dataclass(frozen=True, slots=True)
class Heads:
    """The names of all rows or all columns."""

    names: tuple[str, ...]
    breaks: tuple[int, ...] = ()
    """The first row or column of each block but the first."""
    blocks: tuple[str, ...] = ()
    """Names of the blocks, if they have any."""
    title: str = ""
    """What the names are values of."""
    is_continuous: bool = False
    """Whether no line is between the cells, of whatever size."""

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last row or column of each block."""
        return [(a, b - 1) for a, b in pairwise((0, *self.breaks, len(self.names)))]

    def widest(self, font: QFont) -> float:
        """Return the width in pixels of the widest name."""
        return max(map(QFontMetricsF(font).horizontalAdvance, self.names))


@dataclass(frozen=True, slots=True)
class GridPlan:
    """All that the layout of a grid depends on, but its size and font."""

    rows: Heads
    columns: Heads
    widest: str
    """A text as wide as that of almost any cell: numbers are as large as it fits. Empty where cells
    have no numbers."""
    is_upright: bool = False
    """Whether numbers are not turned, nor much smaller than the font: to be read in a row."""

    def least_digits(self, font: QFont) -> int:
        """Return the least size in pixels of the numbers."""
        if self.is_upright:
            return round(_UPRIGHT_SHARE * QFontInfo(font).pixelSize())
        return _LEAST_DIGITS


@dataclass(frozen=True, slots=True)
class Side:
    """Where the rows or the columns are, in pixels."""

    heads: Heads
    start: int
    length: float
    """Of the area for cells."""
    gap: float
    """Between blocks."""
    least: float = 0.0
    """Least size of a cell, with the line after it."""

    @property
    def count(self) -> int:
        return len(self.heads.names)

    @property
    def cell(self) -> float:
        """Size of a cell, such that all fit into the area if they may."""
        return max(self.least, (self.length - self._gaps) / self.count)

    @property
    def beyond(self) -> int:
        """Pixels that do not fit into the area."""
        return max(0, round(self.cell * self.count + self._gaps - self.length))

    @property
    def has_lines(self) -> bool:
        """Whether anything is between cells."""
        return self._line > 0 or bool(self.heads.breaks)

    @property
    def _line(self) -> int:
        """Pixels of the line after a cell."""
        return int(self.cell >= _WITH_LINES and not self.heads.is_continuous)

    @property
    def _gaps(self) -> float:
        return self.gap * len(self.heads.breaks)

    def edges(self, shift: int) -> Lines:
        """Return where each row or column starts and ends, scrolled by some pixels."""
        start, cell, edges = float(self.start - shift), self.cell, []
        for i in range(self.count):
            start += self.gap * (i in self.heads.breaks)
            edges.append((math.floor(start), math.floor(start + cell) - self._line))
            start += cell
        return edges


@dataclass(frozen=True, slots=True)
class GridLayout:
    """The sides of a grid, and how its numbers are written."""

    across: Side
    down: Side
    digits: int
    """Size in pixels of the numbers; 0 if they do not fit."""
    is_turned: bool
    """Whether numbers are turned by a quarter."""

    @classmethod
    def fitted(cls, plan: GridPlan, size: QSize, font: QFont, bar: int = 0) -> "GridLayout":
        """Return the largest cells and numbers that fit.

        Numbers become smaller, then turned. If even those do not fit, and there are scroll bars
        of some thickness, cells become larger than fit. Upright numbers that fit neither way are
        made as small as all fit, or left out: the colours say more than a corner of the numbers.
        """
        line = QFontMetricsF(font).height()
        rows, columns = plan.rows, plan.columns
        left = int(rows.widest(bold(font)) + BESIDE + line * bool(rows.title))
        top = int(3 + line * (1 + bool(columns.title) + bool(rows.blocks or columns.blocks)))
        across = Side(columns, left, size.width() - left, _GAP)
        down = Side(rows, top, size.height() - top, line + 6 if rows.blocks else _GAP)
        numbers = _digits(plan, across.cell, down.cell, font)
        if bar and not numbers[0]:
            wide, tall = _grown(plan, across, down, font)
            across = replace(across, length=across.length - bar * (tall.beyond > 0))
            down = replace(down, length=down.length - bar * (wide.beyond > 0))
            across, down = _grown(plan, across, down, font)
            if plan.is_upright and across.beyond and down.beyond:  # of two scroll bars, neither
                return cls.fitted(replace(plan, is_upright=False), size, font)
            numbers = _digits(plan, across.cell, down.cell, font)
        return cls(across, down, *numbers)

    @property
    def area(self) -> QRectF:
        """The cells in sight."""
        across, down = self.across, self.down
        return QRectF(across.start, down.start, across.length, down.length)


def sized(font: QFont, pixels: int) -> QFont:
    """Return a font in another size."""
    found = QFont(font)
    found.setPixelSize(pixels)
    return found


def largest_size(text: str, width: float, height: float, font: QFont, least: int) -> int:
    """Return the size in pixels, no more than the font's, at which a text fits; 0 if at none."""
    for pixels in range(QFontInfo(font).pixelSize(), least - 1, -1):
        length, high = _text_size(text, font, pixels)
        if length <= width and high <= height:
            return pixels
    return 0


def _digits(plan: GridPlan, width: float, height: float, font: QFont) -> tuple[int, bool]:
    """Return the size of the largest numbers that fit into a cell, and whether turned."""
    text, least = plan.widest, plan.least_digits(font)
    if not text:
        return 0, False
    pixels = largest_size(text, width - 1, height - _ABOVE, font, least)
    if pixels or plan.is_upright:
        return pixels, False
    return largest_size(text, height - 1, width - _ABOVE, font, least), True


def _grown(plan: GridPlan, across: Side, down: Side, font: QFont) -> tuple[Side, Side]:
    """Return sides with cells large enough for the smallest numbers, either way up.

    All rows stay in sight if they can, and else as many cells as can.
    """
    length, high = _text_size(plan.widest, font, plan.least_digits(font))
    length, high = length + 1, high + _ABOVE
    ways = [
        (replace(across, least=w), replace(down, least=h))
        for w, h in ((length, high), (high, length))
    ]
    if plan.is_upright:  # each row with its name
        line = QFontMetricsF(font).height()
        return replace(across, least=length), replace(down, least=max(high, line))
    return min(ways, key=lambda way: (way[1].beyond > 0, way[0].cell * way[1].cell))


@cache
def _text_size(text: str, font: QFont, pixels: int) -> tuple[float, float]:
    """Return the width of a text and the height of its digits, with space around."""
    metrics = QFontMetricsF(sized(font, pixels))
    return metrics.horizontalAdvance(text) + 3, metrics.capHeight() + 2


_LEAST_SIZE = 10
"""Least size in pixels of the names of columns."""
_CENTRE = Qt.AlignmentFlag.AlignCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.AlignmentFlag.AlignRight | _MIDDLE


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where it is written."""

    box: QRectF
    where: Qt.AlignmentFlag
    text: str
    font: QFont
    stands_out: bool = False


def labels(
    frame: GridLayout,
    rows: Lines,
    columns: Lines,
    tops: Sequence[int],
    selected: tuple[int | None, int | None],
    font: QFont,
) -> list[Label]:
    """Return all names in sight; those of columns are above their topmost rows."""
    return [
        *_titles(frame, rows, columns, font),
        *_row_names(frame, rows, selected[0], font),
        *_column_names(frame, columns, [rows[top][0] for top in tops], selected[1], font),
    ]


def _titles(frame: GridLayout, rows: Lines, columns: Lines, font: QFont) -> Iterator[Label]:
    """Yield what the columns' names are values of, and the names of blocks."""
    area, line = frame.area, QFontMetricsF(font).height()
    across, down = frame.across.heads, frame.down.heads
    if across.title:
        yield Label(QRectF(area.left(), 0, area.width(), line), _CENTRE, across.title, font)
    top = line * bool(across.title)
    for block, (first, last) in zip(across.blocks, across.spans, strict=False):
        left, right = columns[first][0], columns[last][1]
        yield Label(QRectF(left, top, right - left, line), _LEFT, block, bold(font))
    for block, (first, _) in zip(down.blocks, down.spans, strict=False):
        above = rows[first][0] - line - 3 if first else top
        yield Label(QRectF(area.left(), above, area.width(), line), _LEFT, block, bold(font))


def _row_names(
    frame: GridLayout, rows: Lines, selected: int | None, font: QFont
) -> Iterator[Label]:
    """Yield the names, in a smaller size if all fit then."""
    area, heads, line = frame.area, frame.down.heads, QFontMetricsF(font).height()
    start = line * bool(heads.title)
    if pixels := largest_size("", math.inf, frame.down.cell - 1, font, _LEAST_SIZE):
        font, line = sized(font, pixels), 0
    metrics = QFontMetricsF(bold(font))
    for row in _written(frame.down, line, selected):
        # The name of a cell smaller than it stays in sight at the end.
        middle = min(sum(rows[row]) / 2, area.bottom() - metrics.capHeight() / 2)
        if area.top() <= middle <= area.bottom():
            box = QRectF(start, middle - 20, area.left() - BESIDE - start, 40)
            yield Label(box, _RIGHT, heads.names[row], font, row == selected)


def _column_names(
    frame: GridLayout, columns: Lines, tops: Sequence[int], selected: int | None, font: QFont
) -> Iterator[Label]:
    """Yield the names, in a smaller size if all fit then."""
    area, heads, cell = frame.area, frame.across.heads, frame.across.cell
    widest = max(heads.names, key=QFontMetricsF(font).horizontalAdvance)
    if pixels := largest_size(widest, cell, area.height(), font, _LEAST_SIZE):
        font = sized(font, pixels)
    metrics = QFontMetricsF(font)
    high, wide = metrics.height(), max(cell, 80)
    for column in _written(frame.across, metrics.horizontalAdvance(widest) + 3, selected):
        name, middle = heads.names[column], sum(columns[column]) / 2
        end = area.right() - metrics.horizontalAdvance(name) / 2
        top = max(area.top(), tops[column]) - high - 2
        box = QRectF(min(middle, end) - wide / 2, top, wide, high)
        if area.left() <= middle <= area.right():
            yield Label(box, _CENTRE, name, font, column == selected)


def _written(side: Side, needed: float, selected: int | None) -> Iterator[int]:
    """Yield the rows or columns whose names fit: the selected one, and every n-th of a block."""
    stride = 1
    if side.cell <= 0:  # without any height
        return
    while stride * side.cell < needed:
        stride *= 2
    for first, last in side.heads.spans:
        for i in range(first, last + 1):
            is_near = selected is not None and abs(i - selected) * side.cell < needed
            if i == selected or not (is_near or (i - first) % stride):
                yield i
