"""A tool tip beside a cell, within the picture that the cell is in."""

import textwrap

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

_GAP = 4
"""Pixels between the cell and its tool tip."""
_FRAME = 16
"""Pixels of a tool tip's frame, both sides together."""


def show_tip(picture: QWidget, cell: QRect, text: str) -> None:
    """Show the parts of a text, divided by semicolons, as lines below a cell or above it.

    Qt's own place is below the mouse: over the cell, and perhaps beyond the window.
    """
    letter = QFontMetrics(QToolTip.font()).averageCharWidth()
    most = max(12, (picture.width() - _FRAME) // letter)
    lines = [line for part in text.split("; ") for line in textwrap.wrap(part, most)]
    QToolTip.showText(picture.mapToGlobal(cell.bottomLeft()), "\n".join(lines), picture, cell)
    for tip in QApplication.topLevelWidgets():
        if tip.objectName() == "qtooltip_label":
            tip.move(picture.mapToGlobal(place_beside(cell, tip.size(), picture.rect())))


def place_beside(cell: QRect, size: QSize, space: QRect) -> QPoint:
    """Return the top left corner of a rectangle of this size that covers no part of a cell.

    It is below the cell, above it, or at one of its sides, whichever is the first within the
    space; if none is, it is within the space.
    """
    right, bottom = space.right() + 1 - size.width(), space.bottom() + 1 - size.height()
    x = max(space.left(), min(cell.left(), right))
    y = max(space.top(), min(cell.top(), bottom))
    below, above = cell.bottom() + 1 + _GAP, cell.top() - _GAP - size.height()
    after, before = cell.right() + 1 + _GAP, cell.left() - _GAP - size.width()
    for fits, place in (
        (below <= bottom, QPoint(x, below)),
        (above >= space.top(), QPoint(x, above)),
        (after <= right, QPoint(after, y)),
        (before >= space.left(), QPoint(before, y)),
    ):
        if fits:
            return place
    return QPoint(x, max(space.top(), bottom))
