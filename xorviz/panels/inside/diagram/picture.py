"""Data of a network diagram: weights, values of the nodes, and the read-out.

Shapes: N nodes, P edges.
"""

from dataclasses import dataclass

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.responses import round_bound
from xorviz.core.arrays import Array
from xorviz.core.network import INPUTS, flat, hidden
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import NAMES
from xorviz.panels.inside.diagram.graph import HIDDEN, Edge, Graph, Spot, graph_of
from xorviz.panels.learn.weights.range import AUTOMATIC

_WIDEST_VALUES = {"sigmoid": "0.00", "tanh": f"{numerals.MINUS}0.00", "relu": "00.00"}
"""The widest text of a hidden unit's value, by activation."""
_DIGITS = 6
"""Significant digits of the read-out, as in the heatmap."""


@dataclass(frozen=True, slots=True, eq=False)
class DiagramPicture:
    """A network at one row of the truth table."""

    graph: Graph
    row: int
    """Index into ROWS."""
    weights: Array
    """(P,)"""
    limit: float
    """The weight with the widest and strongest edge."""
    values: Array
    """(N,) the output of each node."""
    shades: Array
    """(N,) the same scaled to -1 (blue) to 1 (orange)."""
    widest_value: str
    """The widest text of a hidden unit's value."""
    target: int
    is_correct: bool

    @property
    def shape(self) -> tuple[Graph, str]:
        """What the layout depends on."""
        return self.graph, self.widest_value

    @classmethod
    def of(cls, snapshot: Snapshot, row: int, limit: float) -> "DiagramPicture":
        """Return the diagram of a snapshot; the limit may be AUTOMATIC."""
        config = snapshot.config
        graph, weights = graph_of(config.width, config.biases), flat(snapshot.weights)
        values = _values(snapshot, row)
        # Sigmoid outputs are centred at one half; those of tanh and relu at zero.
        is_centred = np.array([node.layer == HIDDEN for node in graph.nodes])
        is_centred &= config.activation != "sigmoid"
        scale = np.where(is_centred, 1.0, 2.0)
        return cls(
            graph=graph,
            row=row,
            weights=weights,
            limit=round_bound(float(np.abs(weights).max())) if limit == AUTOMATIC else limit,
            values=values,
            shades=scale * values - (scale - 1),
            widest_value=_WIDEST_VALUES[config.activation],
            target=config.targets[row],
            is_correct=bool(snapshot.right[row]),
        )

    def readout(self, spot: Spot | None) -> str:
        """Return the read-out of an edge or a node; of neither, the name of the row."""
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
    """Return the output of each node (N,), in the order of Graph.nodes."""
    constant = [1.0] if snapshot.config.biases else []
    with np.errstate(all="ignore"):  # those of a file may be huge
        h = hidden(snapshot.weights, snapshot.config.activation, INPUTS[row : row + 1])[0]
    output = [float(snapshot.outputs[row])]
    return np.concatenate((INPUTS[row], constant, h, constant, output))
