"""Positions of labels beside their marks so that none covers another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from xorviz.core.arrays import Array

_ALONG = (0.5, 0.3, 0.7, 0.4, 0.6, 0.2, 0.8, 0.1, 0.9)
"""Positions of a label along its line, the best first."""
_SHORTEST = 3.0
"""Length of the shortest line that gets a label, in widths of the label."""
_CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
_BESIDE = 8
"""Pixels from a dot to its label, in both directions."""
_DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""From a mark to its label, the best first: right, left, above, below, then diagonal."""
_RINGS = 8
_GAP, _RING_STEP = 2.0, 9.0


class LabelSpace:
    """The free part of an area; each label that is placed takes its share of it."""

    def __init__(self, area: QRectF, path: Array) -> None:
        """Keep labels off the points (C, 2) of a path, in pixels."""
        self._area = area
        self._path = path
        self._taken: list[QRectF] = []

    def take(self, rect: QRectF) -> None:
        """Keep labels off a rectangle."""
        self._taken.append(rect)

    def along(self, lines: Iterable[Array], size: QSizeF) -> QRectF | None:
        """Place a label on the longest of some lines (K, 2), if it fits anywhere."""
        lengths = [(float(np.hypot(*np.diff(line, axis=0).T).sum()), line) for line in lines]
        for length, line in sorted(lengths, key=lambda pair: -pair[0]):
            if length < _SHORTEST * size.width():
                return None
            for share in _ALONG:
                middle = QPointF(*line[round(share * (len(line) - 1))].tolist())
                if (rect := self._placed(middle, size)) is not None:
                    return rect
        return None

    def beside(self, dot: QPointF, size: QSizeF) -> QRectF | None:
        """Place a label at one of the four corners of a dot, if it fits at any."""
        right, down = size.width() / 2 + _BESIDE, size.height() / 2 + _BESIDE
        rects = (self._placed(dot + QPointF(i * right, j * down), size) for i, j in _CORNERS)
        return next((rect for rect in rects if rect is not None), None)

    def _placed(self, middle: QPointF, size: QSizeF) -> QRectF | None:
        """Take the rectangle around a point and return it, if it is free."""
        rect = QRectF(QPointF(), size)
        rect.moveCenter(middle)
        is_free = self._area.contains(rect) and not any(map(rect.intersects, self._taken))
        if not is_free or self._is_on_path(rect):
            return None
        self.take(rect)
        return rect

    def _is_on_path(self, rect: QRectF) -> bool:
        x, y = self._path.T
        across = (x > rect.left()) & (x < rect.right())
        return bool((across & (y > rect.top()) & (y < rect.bottom())).any())


@dataclass(frozen=True, slots=True)
class Place:
    """The rectangle of a label, and its position around the mark."""

    rect: QRectF
    choice: int

    @property
    def is_near(self) -> bool:
        """Whether the label is next to its mark."""
        return self.choice < len(_DIRECTIONS)


def place_labels(
    marks: Sequence[QRectF], size: QSizeF, area: QRectF, before: Sequence[Place] = ()
) -> list[Place]:
    """Return a place in the area for each mark's label, clear of all marks and other labels.

    A label stays on the side of its mark where it was before, if it can.
    """
    taken, placed = list(marks), list[Place]()
    for i, mark in enumerate(marks):
        choices = list(range(_RINGS * len(_DIRECTIONS)))
        if i < len(before) and before[i].is_near:
            choices.insert(0, before[i].choice)
        places = (Place(_rect(mark, size, choice), choice) for choice in choices)
        free = (place for place in places if _is_free(place.rect, area, taken))
        place = next(free, Place(_rect(mark, size, 0), 0))
        placed.append(place)
        taken.append(place.rect)
    return placed


def _rect(mark: QRectF, size: QSizeF, choice: int) -> QRectF:
    """Return a label's rectangle around a mark, near ones first."""
    ring, direction = divmod(choice, len(_DIRECTIONS))
    right, down = _DIRECTIONS[direction]
    away = _GAP + ring * _RING_STEP
    middle = mark.center() + QPointF(
        right * (mark.width() / 2 + away + size.width() / 2),
        down * (mark.height() / 2 + away + size.height() / 2),
    )
    corner = middle - QPointF(size.width() / 2, size.height() / 2)
    return QRectF(corner, size)


def _is_free(rect: QRectF, area: QRectF, taken: Sequence[QRectF]) -> bool:
    return area.contains(rect) and not any(rect.intersects(other) for other in taken)
