"""What a network diagram shows of a snapshot: weights, the values of nodes, and how both are read.

Shapes: N nodes, P edges.
"""

from dataclasses import dataclass

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.responses import round_bound
from xorviz.core.arrays import Array
from xorviz.core.batch import flat
from xorviz.core.network import INPUTS, hidden
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import NAMES
from xorviz.panels.inside.diagram.graph import HIDDEN, Edge, Graph, Spot, graph_of
from xorviz.panels.learn.weights.range import AUTOMATIC

_WIDEST_VALUES = {"sigmoid": "0.00", "tanh": f"{numerals.MINUS}0.00", "relu": "00.00"}
"""By activation."""
_DIGITS = 6
"""Of what is read out, as in the heatmap."""


@dataclass(frozen=True, slots=True, eq=False)
class DiagramPicture:
    """A network in one row of the truth table."""

    graph: Graph
    row: int
    """In the order of ROWS."""
    weights: Array
    """(P,)"""
    limit: float
    """The weight that the strongest edges stand for."""
    values: Array
    """(N,) what each node gives to the next layer, or answers."""
    shades: Array
    """(N,) the same from -1, blue, to 1, orange."""
    widest_value: str
    """A value of a hidden unit that is as wide as any."""
    target: int
    is_right: bool

    @classmethod
    def of(cls, snapshot: Snapshot, row: int, limit: float) -> "DiagramPicture":
        """Return the picture of a snapshot; the limit may be AUTOMATIC."""
        config = snapshot.config
        graph, weights = graph_of(config.width, config.biases), flat(snapshot.weights)
        values = _values(snapshot, row)
        # Only the sigmoid's answers have one half in their middle; the others' have zero.
        is_centred = np.array([node.layer == HIDDEN for node in graph.nodes])
        is_centred &= config.activation != "sigmoid"
        return cls(
            graph=graph,
            row=row,
            weights=weights,
            limit=round_bound(float(np.abs(weights).max())) if limit == AUTOMATIC else limit,
            values=values,
            shades=np.where(is_centred, values, 2 * values - 1),
            widest_value=_WIDEST_VALUES[config.activation],
            target=config.targets[row],
            is_right=bool(snapshot.right[row]),
        )

    def reading(self, spot: Spot | None) -> str:
        """Return the exact number of an edge or a node; of neither, which row this is."""
        if spot is None:
            return f"row {NAMES[self.row]}"
        if isinstance(spot, Edge):
            return f"{spot.name} {numerals.real(float(self.weights[spot.number]), _DIGITS)}"
        value = float(self.values[spot.number])
        if spot.is_constant:
            return "1, for the biases"
        if spot.is_input:
            return f"{spot.name} {value:.0f}"
        return f"{spot.name} {numerals.real(value, _DIGITS)}"


def _values(snapshot: Snapshot, row: int) -> Array:
    """Return the values of all nodes (N,), in the order of Graph.nodes."""
    constant = [1.0] if snapshot.config.biases else []
    h = hidden(snapshot.weights, snapshot.config.activation, INPUTS[row : row + 1])[0]
    output = [float(snapshot.outputs[row])]
    return np.concatenate((INPUTS[row], constant, h, constant, output))
