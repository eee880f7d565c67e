"""A table as CSV."""

import csv
import io
import math
from collections.abc import Iterable, Sequence


def table_csv(header: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return a table with exact numbers; None and NaN are empty cells.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: str | float | None) -> str | float:
    if isinstance(value, str):
        return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t"} else value
    return "" if value is None or math.isnan(value) else value
