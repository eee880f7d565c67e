"""Layout of the table of published experiments."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from xorviz.panels.lab.published.row import PublishedRow

RUN_ALL = "Run all"

_PAD, _INDENT, _PLAY, _GAP = 5.0, 20.0, 24.0, 10.0
_CLOSE = 3.0
"""Padding of the two lines of a narrow row, small so that four rows fit into little space."""
_WIDE = 400
"""Least width in pixels of a row on one line."""
_MOST_FOR_TITLES = 0.46
WRAP = int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class Cells:
    """Rectangles of a row's parts from its top left corner, in pixels."""

    sign: QRectF
    title: QRectF
    published: QRectF
    now: QRectF
    play: QRectF
    height: float

    @classmethod
    def of(cls, width: float, line: float, title_width: float) -> "Cells":
        """Return the cells of rows of this width and line height."""
        right = width - _PLAY
        if width < _WIDE:  # the values take a second line
            half = (width - _PAD - _INDENT - _GAP) / 2
            top, second = _CLOSE, _CLOSE + line
            height = second + line + _CLOSE
            title = QRectF(_INDENT, top, right - _INDENT, line)
            left, play_height = _INDENT, line + 2 * _CLOSE
        else:
            height = play_height = line + 14
            top = second = 7.0
            title_width = min(title_width + _GAP, _MOST_FOR_TITLES * width)
            title = QRectF(_INDENT, top, title_width, line)
            left = _INDENT + title_width
            half = (right - left - _GAP) / 2
        return cls(
            sign=QRectF(0, top, _INDENT, line),
            title=title,
            published=QRectF(left, second, half, line),
            now=QRectF(left + half + _GAP, second, half, line),
            play=QRectF(right, 0, _PLAY, play_height),
            height=height,
        )


@dataclass(frozen=True, slots=True)
class PublishedLayout:
    """Layout of a table of some width."""

    width: float
    cells: Cells
    header: float
    """Height of the header line."""
    button: QRectF | None
    """Button that runs all experiments; None if it is not offered."""
    opened: int | None
    """Index of the row with open details."""
    details: tuple[tuple[QRectF, str], ...]
    """Paragraphs with their rectangles, relative to the bottom left corner of their row."""
    count: int

    @classmethod
    def of(
        cls,
        rows: Sequence[PublishedRow],
        opened: int | None,
        offers_all: bool,
        width: float,
        metrics: QFontMetricsF,
    ) -> "PublishedLayout":
        """Lay out rows, one of them with its details."""
        line = metrics.height()
        titles = (metrics.horizontalAdvance(row.experiment.title) for row in rows)
        cells = Cells.of(width, line, max(titles, default=0.0))
        button = None
        if offers_all:
            button_width = min(metrics.horizontalAdvance(RUN_ALL) + 22, cells.now.width())
            button = QRectF(cells.now.left() - 1, 0, button_width, line + 4)
        texts = () if opened is None else rows[opened].paragraphs
        return cls(
            width=width,
            cells=cells,
            header=line + (6 if offers_all else 3),
            button=button,
            opened=opened,
            details=_paragraphs(texts, width, metrics),
            count=len(rows),
        )

    @property
    def height(self) -> float:
        return self.head_of(self.count).top()

    def head_of(self, index: int) -> QRectF:
        """Return the rectangle of a row without its details."""
        is_below = self.opened is not None and index > self.opened
        top = self.header + index * self.cells.height + is_below * self._details_height
        return QRectF(0, top, self.width, self.cells.height)

    def row_of(self, index: int) -> QRectF:
        rect = self.head_of(index)
        return rect.adjusted(0, 0, 0, self._details_height) if index == self.opened else rect

    def play_of(self, index: int) -> QRectF:
        return self.cells.play.translated(self.head_of(index).topLeft())

    def index_at(self, point: QPointF) -> int | None:
        return next((p for p in range(self.count) if self.row_of(p).contains(point)), None)

    @property
    def introduction(self) -> QRectF:
        """Area below the rows for the introduction, without a bottom."""
        return QRectF(_INDENT, self.height + _PAD, max(self.width - _INDENT - _PAD, 60), 0)

    @property
    def _details_height(self) -> float:
        return self.details[-1][0].bottom() + 2 * _PAD if self.details else 0.0


def _paragraphs(
    texts: Sequence[str], width: float, metrics: QFontMetricsF
) -> tuple[tuple[QRectF, str], ...]:
    """Return paragraphs below each other, each with its rectangle."""
    found, top = [], 0.0
    for text in texts:
        space = QRectF(_INDENT, top, max(width - _INDENT - _PAD, 60), 10_000)
        height = metrics.boundingRect(space, WRAP, text).height()
        found.append((QRectF(space.left(), top, space.width(), height), text))
        top += height + _PAD
    return tuple(found)
