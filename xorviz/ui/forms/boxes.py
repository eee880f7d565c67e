"""Rows and columns of widgets."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

STRETCH = None
"""Space that takes what no part needs."""

_Content = QWidget | QLayout
Part = _Content | tuple[_Content, int] | tuple[QWidget, Qt.AlignmentFlag] | int | None
"""A widget or a layout, perhaps with its stretch; a widget with its alignment; pixels of space;
or STRETCH.
"""

_Box = TypeVar("_Box", bound=QBoxLayout)


def column(
    owner: QWidget | None, *parts: Part, margins: tuple[int, ...] = (), gap: int = -1
) -> QVBoxLayout:
    """Return parts below each other: the layout of a widget, or of a part of one.

    Margins are pixels at the left, top, right and bottom. Those and the gap are Qt's if not given.
    """
    return _filled(QVBoxLayout(), owner, parts, margins, gap)


def row(
    owner: QWidget | None, *parts: Part, margins: tuple[int, ...] = (), gap: int = -1
) -> QHBoxLayout:
    """Return parts side by side, as in a column."""
    return _filled(QHBoxLayout(), owner, parts, margins, gap)


def hairline() -> QFrame:
    """Return a line between parts of a column."""
    line = QFrame()
    line.setObjectName("hairline")
    line.setFixedHeight(1)
    return line


def _filled(
    box: _Box, owner: QWidget | None, parts: tuple[Part, ...], margins: tuple[int, ...], gap: int
) -> _Box:
    if owner is not None:
        owner.setLayout(box)
    if margins:
        box.setContentsMargins(*margins)
    box.setSpacing(gap)
    for part in parts:
        content, how = part if isinstance(part, tuple) else (part, 0)
        if content is STRETCH:
            box.addStretch()
        elif isinstance(content, int):
            box.addSpacing(content)
        elif isinstance(content, QLayout):
            box.addLayout(content, int(how))
        elif isinstance(how, Qt.AlignmentFlag):
            box.addWidget(content, 0, how)
        else:
            box.addWidget(content, how)
    return box
