"""The range of the weights' colours."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup

from xorviz.core import numerals

RANGES = (1, 2, 5, 10, 20, 50, 100)
"""Values to choose from for the ends of the colour map."""
AUTOMATIC = 0
"""The choice of the smallest round number above all values shown."""
_DEFAULT_RANGE = 5


def range_text(limit: float) -> str:
    """Return the text of a range: 5, 0.02, 2·10⁵."""
    return numerals.power(limit, 0) if not 1e-3 <= limit < 1e5 else f"{limit:g}"


def range_options(
    owner: QObject, option: Callable[..., QAction], prefix: str, what: str
) -> QActionGroup:
    """Return a choice of ranges, made by a view's _option; an action's data is its range."""
    ranges = QActionGroup(owner)
    for value in (*RANGES, AUTOMATIC):
        text = f"{what} to ±{value}" if value else f"{what} to fit"
        action = option(f"{prefix}_{value}", text, checked=value == _DEFAULT_RANGE)
        action.setData(value)
        action.setStatusTip("What the strongest colours stand for; beyond, they stay the same")
        ranges.addAction(action)
    return ranges
