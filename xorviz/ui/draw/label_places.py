"""Positions of labels beside their marks so that none covers another."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from xorviz.core.arrays import Array

_ALONG = (0.5, 0.3, 0.7, 0.4, 0.6, 0.2, 0.8, 0.1, 0.9)
"""Positions of a label along its line, the best first."""
_SHORTEST = 3.0
"""Length of the shortest line that gets a label, in widths of the label."""
_CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
_BESIDE = 8.0
"""Pixels from a dot to its label, in both directions."""
_DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""From a mark to its label, the best first: right, left, above, below, then diagonal."""
_RINGS = 8
_GAP, _RING_STEP = 2.0, 9.0


@dataclass(frozen=True, slots=True)
class Place:
    """The rectangle of a label, and its position around the mark."""

    rect: QRectF
    choice: int

    @property
    def is_near(self) -> bool:
        """Whether the label is next to its mark."""
        return self.choice < len(_DIRECTIONS)


class LabelSpace:
    """The free part of an area; each label that is placed takes its share of it."""

    def __init__(self, area: QRectF, path: Array | None = None) -> None:
        """Keep labels off the points (C, 2) of a path, in pixels."""
        self._area = area
        self._path = np.empty((0, 2)) if path is None else path
        self._taken: list[QRectF] = []

    def take(self, rect: QRectF) -> None:
        """Keep labels off a rectangle."""
        self._taken.append(rect)

    def along(self, lines: Iterable[Array], size: QSizeF) -> QRectF | None:
        """Place a label on the longest of some lines (K, 2), if it fits anywhere."""
        lengths = [(float(np.hypot(*np.diff(line, axis=0).T).sum()), line) for line in lines]
        middles = (
            QPointF(*line[round(share * (len(line) - 1))].tolist())
            for length, line in sorted(lengths, key=lambda pair: -pair[0])
            if length >= _SHORTEST * size.width()
            for share in _ALONG
        )
        return self._first_free(_centred(middle, size) for middle in middles)

    def beside(self, dot: QPointF, size: QSizeF) -> QRectF | None:
        """Place a label at one of the four corners of a dot, if it fits at any."""
        mark = QRectF(dot, QSizeF(0, 0))
        return self._first_free(_around(mark, size, corner, _BESIDE) for corner in _CORNERS)

    def around(self, mark: QRectF, size: QSizeF, before: Place | None = None) -> Place:
        """Place a label near a mark, on the side where it was before if it can; always."""
        choices = list(range(_RINGS * len(_DIRECTIONS)))
        if before is not None and before.is_near:
            choices.insert(0, before.choice)
        places = (_place(mark, size, choice) for choice in choices)
        free = (place for place in places if self._is_free(place.rect))
        place = next(free, _place(mark, size, 0))
        self.take(place.rect)
        return place

    def _first_free(self, rects: Iterable[QRectF]) -> QRectF | None:
        """Take the first of some rectangles that is free, and return it."""
        for rect in rects:
            if self._is_free(rect):
                self.take(rect)
                return rect
        return None

    def _is_free(self, rect: QRectF) -> bool:
        if not self._area.contains(rect) or any(map(rect.intersects, self._taken)):
            return False
        x, y = self._path.T
        across = (x > rect.left()) & (x < rect.right())
        return not (across & (y > rect.top()) & (y < rect.bottom())).any()


def _place(mark: QRectF, size: QSizeF, choice: int) -> Place:
    """Return a place around a mark, near ones first."""
    ring, direction = divmod(choice, len(_DIRECTIONS))
    return Place(_around(mark, size, _DIRECTIONS[direction], _GAP + ring * _RING_STEP), choice)


def _centred(middle: QPointF, size: QSizeF) -> QRectF:
    rect = QRectF(QPointF(), size)
    rect.moveCenter(middle)
    return rect


def _around(mark: QRectF, size: QSizeF, direction: tuple[int, int], away: float) -> QRectF:
    """Return a label's rectangle some pixels away from a mark."""
    right, down = direction
    beside = QPointF(
        right * (mark.width() / 2 + away + size.width() / 2),
        down * (mark.height() / 2 + away + size.height() / 2),
    )
    return _centred(mark.center() + beside, size)
