"""The names of a grid's rows, columns and blocks, and where they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from xorviz.ui.draw.grid_layout import BESIDE, GridLayout, Lines, Side, largest_size, sized
from xorviz.ui.theme.style import bold

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
    area, heads, metrics = frame.area, frame.down.heads, QFontMetricsF(bold(font))
    line = QFontMetricsF(font).height()
    start = line * bool(heads.title)
    for row in _written(frame.down, line, selected):
        middle, name = sum(rows[row]) / 2, heads.names[row]
        if area.top() <= middle <= area.bottom():
            box = QRectF(start, middle - 20, area.left() - BESIDE - start, 40)
            if heads.are_words:  # a pixel more, since the sides are whole pixels
                name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, box.width() + 1)
            yield Label(box, _RIGHT, name, font, row == selected)


def _column_names(
    frame: GridLayout, columns: Lines, tops: Sequence[int], selected: int | None, font: QFont
) -> Iterator[Label]:
    """Yield the names, in a smaller size if all fit then; words are shortened."""
    area, heads, cell = frame.area, frame.across.heads, frame.across.cell
    widest = max(heads.names, key=QFontMetricsF(font).horizontalAdvance)
    if pixels := largest_size(widest, cell, area.height(), font, _LEAST_SIZE):
        font = sized(font, pixels)
    metrics = QFontMetricsF(font)
    needed = 0.0 if heads.are_words else metrics.horizontalAdvance(widest) + 3
    for column in _written(frame.across, needed, selected):
        middle, top = sum(columns[column]) / 2, max(area.top(), tops[column])
        wide = max(cell, 80)
        box = QRectF(middle - wide / 2, top - metrics.height() - 2, wide, metrics.height())
        name = heads.names[column]
        if heads.are_words:
            name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, cell - 2)
        if area.left() <= middle <= area.right():
            yield Label(box, _CENTRE, name, font, column == selected)


def _written(side: Side, needed: float, selected: int | None) -> Iterator[int]:
    """Yield the rows or columns whose names fit: the selected one, and every n-th of a block."""
    stride = 1
    while stride * side.cell < needed:
        stride *= 2
    for first, last in side.heads.spans:
        for i in range(first, last + 1):
            is_near = selected is not None and abs(i - selected) * side.cell < needed
            if i == selected or not (is_near or (i - first) % stride):
                yield i
