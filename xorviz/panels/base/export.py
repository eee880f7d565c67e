"""What of a panel can be saved: its picture, its drawing and the table of what it shows."""

from collections.abc import Iterable, Sequence

import numpy as np

Cells = tuple[Sequence[str], Iterable[Sequence[str | float | None]]]
"""The names of the columns, and rows of numbers and texts; None and NaN stand for no value."""

EXPORTS = {
    "csv": "Save table as CSV…",
    "png": "Save picture as PNG…",
    "svg": "Save drawing as SVG…",
}
"""Texts of the actions, by the kind of file."""

COPY_DESCRIPTION = "Copy description"
"""Text of the action that is below them."""


def grid(
    corner: str, across: Sequence[float | str], up: Sequence[float | str], values: np.ndarray
) -> Cells:
    """Return the values (rows, columns) of a plane with its axes in the first row and column."""
    rows = ([at, *row] for at, row in zip(up, values.tolist(), strict=True))
    return [corner, *map(str, across)], rows
