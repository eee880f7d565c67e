"""What of a panel can be saved: its picture, its drawing and the table of what it shows."""

from collections.abc import Iterable, Sequence

import numpy as np

Cells = tuple[Sequence[str], Iterable[Sequence[str | float | None]]]
"""The names of the columns, and rows of numbers and texts; None and NaN stand for no value."""

EXPORTS = {
    "picture": ("Export…", "Save a picture of this panel: PNG, SVG or PDF, in any size"),
    "csv": ("Save table as CSV…", "Save what this panel shows now to a file"),
    "copy_picture": ("Copy picture", "Copy this panel to the clipboard, as it looks here"),
    "copy_table": ("Copy table", "Copy the numbers of this panel to the clipboard, as text"),
}
"""Texts and tips of the actions, by what a view requests."""
OF_TABLES = ("csv", "copy_table")
"""Those for views that have a table."""

COPY_DESCRIPTION = "Copy description"
"""Text of the action that is below them."""


def grid(
    corner: str, across: Sequence[float | str], up: Sequence[float | str], values: np.ndarray
) -> Cells:
    """Return the values (rows, columns) of a plane with its axes in the first row and column."""
    rows = ([at, *row] for at, row in zip(up, values.tolist(), strict=True))
    return [corner, *map(str, across)], rows
