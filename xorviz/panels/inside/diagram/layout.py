"""Where the nodes and edges of a network stand in a picture of some size.

Shapes: N nodes, P edges. All lengths are in pixels.
"""

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from xorviz.core.arrays import Array
from xorviz.panels.inside.diagram.graph import HIDDEN, INPUTS, OUTPUT, Edge, Graph, Node, Spot

NODE_REACH, EDGE_REACH = 3.0, 6.0
"""How far beside a node or an edge the mouse still means it."""
_SMALLEST, _LARGEST = 15.0, 30.0
"""Radii between which nodes grow with the picture."""
_MARGIN = 10.0
_MOST_APART = 5.0
"""Radii from one node to the next below it, where there is more room than needed."""
_MOST_BETWEEN = 330.0
"""From one layer to the next."""
_SHARE = 0.4
"""Of a small node's room, that is its radius."""
_CONSTANT = 0.7
"""Of the radius of the others beside it, for a node that holds no more than a 1."""


class Names(Enum):
    """Where the names of a layer's units are written."""

    ABOVE = "above"
    INSIDE = "inside"
    BESIDE = "beside"
    NOWHERE = "nowhere"
    """The names of the first and the last are enough."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """How much room texts take."""

    height: float
    value: float
    """Width of the value of a hidden unit."""
    answer: float
    """Width of the value of an input or of the output."""
    name: float
    """Width of the longest name."""
    verdict: float
    """Width of what is written below the output."""

    def radius(self, layer: int) -> float:
        """Return the least radius of a node of a layer that has its value inside."""
        width = self.value if layer == HIDDEN else self.answer
        return math.hypot(width / 2, self.height / 4) + 1.5


@dataclass(frozen=True, slots=True)
class _Column:
    """The nodes of one layer: how large, how far apart, and where their names are."""

    radius: float
    apart: float
    names: Names


class DiagramLayout:
    """A network in a picture of this size. Nothing of it changes."""

    def __init__(self, graph: Graph, width: float, height: float, letters: Lettering) -> None:
        self.graph, self._letters = graph, letters
        self._largest = min(max(_SMALLEST, min(width, height) / 14), _LARGEST)
        counts = [sum(node.layer == layer for node in graph.nodes) for layer in (INPUTS, HIDDEN)]
        columns = [self._column(height, n, layer) for layer, n in enumerate(counts)]
        largest = max(self._largest, letters.radius(OUTPUT))
        radius = max(6.0, min(largest, (height - 2 * letters.height - 4) / 2))
        columns.append(_Column(radius, 0, Names.ABOVE))
        self._names = [column.names for column in columns]
        self.hidden_apart = columns[HIDDEN].apart
        """From one hidden unit to the next."""
        self.radii: Array = np.array(
            [columns[n.layer].radius * (_CONSTANT if n.is_constant else 1) for n in graph.nodes]
        )
        """(N,)"""
        self.centers: Array = self._centers(width, height, columns, [*counts, 1])
        """(N, 2)"""
        self._starts = self.centers[[edge.start for edge in graph.edges]]
        self._ways = self.centers[[edge.end for edge in graph.edges]] - self._starts

    @cached_property
    def segments(self) -> Array:
        """(P, 4) both ends of each edge: x, y, x, y."""
        return np.concatenate((self._starts, self._starts + self._ways), axis=1)

    def _column(self, height: float, count: int, layer: int) -> _Column:
        """Fit so many nodes below each other: names above, else beside or inside, else none."""
        letters, room = self._letters, height / count
        largest = max(self._largest, letters.radius(layer))
        apart = min(room, _MOST_APART * largest)
        radius = min(largest, (room - letters.height - 4) / 2)
        if radius >= letters.radius(layer):
            return _Column(radius, apart, Names.ABOVE)
        radius = min(self._largest, room * _SHARE)
        if layer == INPUTS:
            return _Column(radius, apart, Names.BESIDE)
        if radius >= letters.name / 2 + 2:
            return _Column(radius, apart, Names.INSIDE)
        # The names of the first and the last are as high as the middle of a text above the nodes.
        room = (height - letters.height) / count
        return _Column(min(self._largest, room * _SHARE), room, Names.NOWHERE)

    def _centers(
        self, width: float, height: float, columns: list[_Column], counts: list[int]
    ) -> Array:
        """Put each layer into a column, all around one middle."""
        letters = self._letters
        beside = letters.name + 4 if columns[INPUTS].names is Names.BESIDE else 0
        left = _MARGIN + columns[INPUTS].radius + beside
        right = width - _MARGIN - max(columns[OUTPUT].radius, letters.verdict / 2)
        excess = max(0.0, (right - left) / 2 - _MOST_BETWEEN)
        x = np.linspace(left + excess, right - excess, 3)
        middles = [self._middle(height, column) for column in columns]
        return np.array(
            [
                (
                    x[node.layer],
                    middles[node.layer]
                    + (node.place - (counts[node.layer] - 1) / 2) * columns[node.layer].apart,
                )
                for node in self.graph.nodes
            ]
        )

    def _middle(self, height: float, column: _Column) -> float:
        """Return the middle of a column; a name above each node moves all of them down."""
        if column.names is Names.ABOVE and column.apart:
            return height / 2 + self._letters.height / 2
        return height / 2

    @property
    def names_of_hidden(self) -> Names:
        """Where the names of the hidden units are."""
        return self._names[HIDDEN]

    def names_of(self, node: Node) -> Names:
        """Return where the names of a node and its neighbours are."""
        return self._names[node.layer]

    def along(self, edge: Edge, share: float) -> tuple[float, float]:
        """Return the point of an edge that is this share of the way from its start."""
        x, y = self._starts[edge.number] + share * self._ways[edge.number]
        return float(x), float(y)

    def spot_at(self, x: float, y: float, unit: int | None) -> Spot | None:
        """Return what is at a point, or next to it: a node, else an edge, this unit's first."""
        point = np.array([x, y])
        beyond = np.hypot(*(self.centers - point).T) - self.radii
        nearest = int(np.argmin(beyond))
        if beyond[nearest] <= NODE_REACH:
            return self.graph.nodes[nearest]
        distances = self._distances(point)
        reached = distances <= EDGE_REACH
        own = reached & np.array([edge.unit == unit for edge in self.graph.edges])
        if not reached.any():
            return None
        among = own if unit is not None and own.any() else reached
        return self.graph.edges[int(np.argmin(np.where(among, distances, np.inf)))]

    def _distances(self, point: Array) -> Array:
        """Return how far each edge is from a point (P,)."""
        lengths = np.maximum((self._ways**2).sum(axis=1), 1e-9)
        share = np.clip(((point - self._starts) * self._ways).sum(axis=1) / lengths, 0, 1)
        feet = self._starts + share[:, np.newaxis] * self._ways
        distances: Array = np.hypot(*(feet - point).T)
        return distances

    def is_roomy(self, node: Node) -> bool:
        """Tell whether a value fits into a node."""
        return bool(self.radii[node.number] >= self._letters.radius(node.layer))
