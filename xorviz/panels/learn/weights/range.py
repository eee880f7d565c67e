"""The range of the weights' colours."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from xorviz.ui.one_of import OneOf

RANGES = (1, 2, 5, 10, 20, 50, 100)
"""Values to choose from for the ends of the colour map."""
AUTOMATIC = 0
"""The choice of the smallest round number above all values shown."""
_DEFAULT_RANGE = 5
_TIP = "What the strongest colours stand for; beyond, they stay the same"


def range_options(owner: QObject, option: Callable[..., QAction], prefix: str, what: str) -> OneOf:
    """Return a choice of ranges, made by a view's _option."""
    texts = {value: f"{what} to ±{value}" for value in RANGES} | {AUTOMATIC: f"{what} to fit"}
    options = {
        value: option(f"{prefix}_{value}", text, checked=False, tip=_TIP)
        for value, text in texts.items()
    }
    return OneOf(owner, options, _DEFAULT_RANGE)
