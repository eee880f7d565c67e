"""Where labels stand beside their marks so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

_DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""Right of a mark is best, then left, above and below it, then aslant."""
_RINGS = 8
_GAP, _RING_STEP = 2.0, 9.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands, and which of the places around its mark that is."""

    rect: QRectF
    choice: int

    @property
    def is_near(self) -> bool:
        """Whether it touches its mark, so that nobody asks whose label it is."""
        return self.choice < len(_DIRECTIONS)


def place_labels(
    marks: Sequence[QRectF], size: QSizeF, area: QRectF, before: Sequence[Place] = ()
) -> list[Place]:
    """Return a place in the area for each mark's label, clear of all marks and other labels.

    A label keeps to the side of its mark where it was before as long as it can.
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
    """Return a place around a mark: nearer rings first."""
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
