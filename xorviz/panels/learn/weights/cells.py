"""All trainable numbers of a network as the cells of a grid."""

from dataclasses import dataclass

from xorviz.core.network import Weights
from xorviz.core.runs.record import weight_name


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: its field and index as in Intervention, its value, and its row and column."""

    field: str
    index: tuple[int, ...]
    value: float
    row: int
    column: int

    @property
    def name(self) -> str:
        """Its name: w1[x1→h3], b2."""
        return weight_name(self.field, self.index)

    @property
    def unit(self) -> int | None:
        """The number's hidden unit, from 0; the output's bias has none."""
        return None if self.field == "b2" else self.column


def cells(weights: Weights) -> list[Cell]:
    """Return w1, b1, w2 and b2: a column for each hidden unit, the output's bias at the end."""
    laid = [
        Cell("w1", (i, j), float(value), i, j)
        for i, values in enumerate(weights.w1)
        for j, value in enumerate(values)
    ]
    row, width = weights.w1.shape
    if weights.b1 is not None:
        laid += [Cell("b1", (j,), float(value), row, j) for j, value in enumerate(weights.b1)]
        row += 1
    laid += [Cell("w2", (j, 0), float(value), row, j) for j, value in enumerate(weights.w2[:, 0])]
    if weights.b2 is not None:
        laid.append(Cell("b2", (0,), float(weights.b2[0]), row, width))
    return laid
