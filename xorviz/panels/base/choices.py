"""Choices that several panels offer: a row of the truth table, and the range of colours."""

from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS

DEFAULT_ROW = ROWS.index((0, 1))
"""The one that is chosen at first."""


def row_options(prefix: str, what: str, tip: str = "") -> dict[int, tuple[str, str, str]]:
    """Return names, texts and tips of the options for a row, by its index in ROWS."""
    return {row: (f"{prefix}_{ROW_NAMES[row]}", f"{what} {ROW_NAMES[row]}", tip) for row in COUNTED}


RANGES = (1, 2, 5, 10, 20, 50, 100)
"""Values to choose from for the ends of the colour map."""
AUTOMATIC = 0
"""The choice of the smallest round number above all values shown."""
DEFAULT_RANGE = 5
_TIP = "The number with the strongest colour; larger ones look the same"


def range_options(prefix: str) -> dict[int, tuple[str, str, str]]:
    """Return names, texts and tips of the options for a range, by its value."""
    texts = {value: f"Up to ±{value}" for value in RANGES} | {AUTOMATIC: "Up to the largest"}
    return {value: (f"{prefix}_{value}", text, _TIP) for value, text in texts.items()}
