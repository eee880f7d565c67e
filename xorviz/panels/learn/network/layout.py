"""Layout of a network diagram at a given size.

Shapes: N nodes, P edges. All lengths are in pixels.
"""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QFontMetrics

from xorviz.core.arrays import Array
from xorviz.panels.learn.network.graph import HIDDEN, INPUTS, OUTPUT, Graph, Node, Spot

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
class _Column:
    """Layout of one layer."""

    radius: float
    apart: float
    names: Names


class DiagramLayout:
    """Positions and sizes of nodes and edges. Never changes."""

    def __init__(
        self, graph: Graph, widest_value: str, width: float, height: float, metrics: QFontMetrics
    ) -> None:
        """Lay out a graph, with the widest text of a hidden unit's value."""
        self.graph, self._metrics = graph, metrics
        self._text_radii = [self._text_radius(text) for text in ("0.00", widest_value, "0.00")]
        self._name_width = metrics.horizontalAdvance(f"h{graph.width}")
        self._largest = min(max(_SMALLEST, min(width, height) / 14), _LARGEST)
        counts = [sum(node.layer == layer for node in graph.nodes) for layer in (INPUTS, HIDDEN)]
        columns = [self._column(height, n, layer) for layer, n in enumerate(counts)]
        largest = max(self._largest, self._text_radii[OUTPUT])
        radius = max(6.0, min(largest, (height - 2 * metrics.height() - 4) / 2))
        columns.append(_Column(radius, 0, Names.ABOVE))
        self.names = [column.names for column in columns]
        """By layer."""
        self.hidden_apart = columns[HIDDEN].apart
        """Distance between neighbouring hidden units."""
        self.radii: Array = np.array(
            [columns[n.layer].radius * (_CONSTANT if n.is_constant else 1) for n in graph.nodes]
        )
        """(N,)"""
        self.centers: Array = self._centers(width, height, columns, [*counts, 1])
        """(N, 2)"""
        self._starts = self.centers[[edge.start.number for edge in graph.edges]]
        self._ways = self.centers[[edge.end.number for edge in graph.edges]] - self._starts
        ends = np.concatenate((self._starts, self._starts + self._ways), axis=1)
        self.lines = [QLineF(*places) for places in ends.tolist()]
        """Of the edges, from start to end."""

    def _text_radius(self, text: str) -> float:
        """Return the least radius of a node that contains a text."""
        width, height = self._metrics.horizontalAdvance(text), self._metrics.height()
        return math.hypot(width / 2, height / 4) + 1.5

    def _column(self, height: float, count: int, layer: int) -> _Column:
        """Fit a layer: names above the nodes, else beside or inside, else mostly omitted."""
        line, space, needed = self._metrics.height(), height / count, self._text_radii[layer]
        largest = max(self._largest, needed)
        apart = min(space, _MOST_APART * largest)
        radius = min(largest, (space - line - 4) / 2)
        if radius >= needed:
            return _Column(radius, apart, Names.ABOVE)
        radius = min(self._largest, space * _SHARE)
        if layer == INPUTS:
            return _Column(radius, apart, Names.BESIDE)
        if radius >= self._name_width / 2 + 2:
            return _Column(radius, apart, Names.INSIDE)
        # The outermost names need half a line above and below the nodes.
        space = (height - line) / count
        return _Column(min(self._largest, space * _SHARE), space, Names.NOWHERE)

    def _centers(
        self, width: float, height: float, columns: list[_Column], counts: list[int]
    ) -> Array:
        """Return the node centres (N, 2), one column per layer."""
        beside = self._name_width + 4 if columns[INPUTS].names is Names.BESIDE else 0
        left = _MARGIN + columns[INPUTS].radius + beside
        below_output = self._metrics.horizontalAdvance(verdict(0, is_correct=True))
        right = width - _MARGIN - max(columns[OUTPUT].radius, below_output / 2)
        excess = max(0.0, (right - left) / 2 - _MOST_BETWEEN)
        x = np.linspace(left + excess, right - excess, 3)
        # A column is lower where names are written above the nodes.
        lower = [column.names is Names.ABOVE and column.apart > 0 for column in columns]
        middles = (height + np.array(lower) * self._metrics.height()) / 2
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
        return bool(self.radii[node.number] >= self._text_radii[node.layer])


def verdict(target: int, is_correct: bool) -> str:
    """Return the text below the output."""
    return f"target {target} {'✓' if is_correct else '✗'}"
