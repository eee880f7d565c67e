"""Layout of a network diagram at a given size.

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
"""Distance from a node or an edge within which the mouse points at it."""
_SMALLEST, _LARGEST = 15.0, 30.0
"""Smallest and largest radius of nodes that scale with the diagram."""
_MARGIN = 10.0
_MOST_APART = 5.0
"""Largest distance between neighbours of a layer, in radii."""
_MOST_BETWEEN = 330.0
"""Largest distance between layers."""
_SHARE = 0.4
"""Radius of a small node, as a share of the height available to it."""
_CONSTANT = 0.7
"""Radius of the constant 1, as a share of the radius of its layer."""


class Names(Enum):
    """Position of the names of a layer's units."""

    ABOVE = "above"
    INSIDE = "inside"
    BESIDE = "beside"
    NOWHERE = "nowhere"
    """Only the first and the last unit are named."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """Sizes of texts."""

    height: float
    value: float
    """Width of a hidden unit's value."""
    answer: float
    """Width of an input's or the output's value."""
    name: float
    """Width of the longest name."""
    verdict: float
    """Width of the text below the output."""

    def radius(self, layer: int) -> float:
        """Return the least radius of a node that contains its value."""
        width = self.value if layer == HIDDEN else self.answer
        return math.hypot(width / 2, self.height / 4) + 1.5


@dataclass(frozen=True, slots=True)
class _Column:
    """Layout of one layer."""

    radius: float
    apart: float
    names: Names


class DiagramLayout:
    """Positions and sizes of nodes and edges. Never changes."""

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
        """Distance between neighbouring hidden units."""
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
        """(P, 4) start and end of each edge: x, y, x, y."""
        return np.concatenate((self._starts, self._starts + self._ways), axis=1)

    def _column(self, height: float, count: int, layer: int) -> _Column:
        """Fit a layer: names above the nodes, else beside or inside, else mostly omitted."""
        letters, space = self._letters, height / count
        largest = max(self._largest, letters.radius(layer))
        apart = min(space, _MOST_APART * largest)
        radius = min(largest, (space - letters.height - 4) / 2)
        if radius >= letters.radius(layer):
            return _Column(radius, apart, Names.ABOVE)
        radius = min(self._largest, space * _SHARE)
        if layer == INPUTS:
            return _Column(radius, apart, Names.BESIDE)
        if radius >= letters.name / 2 + 2:
            return _Column(radius, apart, Names.INSIDE)
        # The outermost names need half a line above and below the nodes.
        space = (height - letters.height) / count
        return _Column(min(self._largest, space * _SHARE), space, Names.NOWHERE)

    def _centers(
        self, width: float, height: float, columns: list[_Column], counts: list[int]
    ) -> Array:
        """Return the node centres (N, 2), one column per layer."""
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
                    + (node.position - (counts[node.layer] - 1) / 2) * columns[node.layer].apart,
                )
                for node in self.graph.nodes
            ]
        )

    def _middle(self, height: float, column: _Column) -> float:
        """Return the middle of a column, lower where names are written above the nodes."""
        if column.names is Names.ABOVE and column.apart:
            return height / 2 + self._letters.height / 2
        return height / 2

    @property
    def names_of_hidden(self) -> Names:
        return self._names[HIDDEN]

    def names_of(self, node: Node) -> Names:
        return self._names[node.layer]

    def along(self, edge: Edge, share: float) -> tuple[float, float]:
        """Return the point at a share of the way along an edge."""
        x, y = self._starts[edge.number] + share * self._ways[edge.number]
        return float(x), float(y)

    def spot_at(self, x: float, y: float, unit: int | None) -> Spot | None:
        """Return the node at a point, else the nearest edge, preferring the given unit's."""
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
        lengths = np.maximum((self._ways**2).sum(axis=1), 1e-9)
        share = np.clip(((point - self._starts) * self._ways).sum(axis=1) / lengths, 0, 1)
        feet = self._starts + share[:, np.newaxis] * self._ways
        distances: Array = np.hypot(*(feet - point).T)
        return distances

    def fits_value(self, node: Node) -> bool:
        return bool(self.radii[node.number] >= self._letters.radius(node.layer))
