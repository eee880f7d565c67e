"""A network as nodes and edges, one for each trainable number, and their values in a row.

Shapes: N nodes, P edges; U hidden units in sight, n pixels on a side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from PySide6.QtGui import QImage

from xorviz.core import numerals
from xorviz.core.analysis.explanation import Line
from xorviz.core.analysis.surface import (
    color_span,
    decided,
    logit_maps,
    middles,
    response_maps,
    round_bound,
)
from xorviz.core.arrays import Array, Pixels
from xorviz.core.diagnosis.words import number_of
from xorviz.core.network import flat, head_of, hidden, inputs
from xorviz.core.runs.record import weight_name
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.square_items import level_images
from xorviz.panels.learn.weight_grid import AUTOMATIC
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import Theme, level

_RESPONSES, _COARSEST, _FINEST = 12_000, 16, 28
"""Responses computed for the output of a frame, and the limits of samples on a side."""
_MOST = 60_000
"""Pixels of all hidden units together."""


@lru_cache(maxsize=16)
def _between(n: int, pixels: int) -> Pixels:
    """Return the weights (pixels, n) of samples at each pixel; outermost ones also beyond."""
    at = np.clip((np.arange(pixels) + 0.5) / pixels * n - 0.5, 0, n - 1)
    return np.asarray(np.maximum(1 - np.abs(at[:, np.newaxis] - np.arange(n)), 0), np.float32)


INPUTS, HIDDEN, OUTPUT = range(3)
"""The layers, from left to right."""

_WIDEST_VALUES = {"sigmoid": "0.00", "tanh": f"{numerals.MINUS}0.00", "relu": "00.00"}
"""The widest text of a hidden unit's value, by activation."""
_DIGITS = 6
"""Significant digits of the read-out, as in the heatmap."""


@dataclass(frozen=True, slots=True)
class Node:
    """A unit, or the constant 1 that feeds a layer's biases."""

    number: int
    """Index in Graph.nodes."""
    layer: int
    position: int
    """Index in its layer from the top; the constant comes last."""
    name: str
    """x1, h3, o or 1."""

    @property
    def is_constant(self) -> bool:
        return self.name == "1"

    @property
    def is_input(self) -> bool:
        return self.layer == INPUTS and not self.is_constant

    @property
    def unit(self) -> int | None:
        """Index of this hidden unit, or None for other nodes."""
        return self.position if self.layer == HIDDEN and not self.is_constant else None


@dataclass(frozen=True, slots=True)
class Edge:
    """A trainable number, drawn between two nodes."""

    number: int
    """Index in Graph.edges."""
    field: str
    index: tuple[int, ...]
    """As in Intervention."""
    start: Node
    end: Node

    @property
    def layer(self) -> int:
        """The layer that it comes from."""
        return self.start.layer

    @property
    def unit(self) -> int | None:
        """The hidden unit at one of its ends; None for the output's bias."""
        return self.start.unit if self.layer == HIDDEN else self.end.unit

    @property
    def name(self) -> str:
        """Name as in the formulas: w1[x1→h3], b2."""
        return weight_name(self.field, self.index)


Spot = Node | Edge
"""A node or an edge, as the mouse or the cursor points at it."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes layer by layer, each from the top; edges in the order of core/network.py."""

    width: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def spots(self) -> tuple[Spot, ...]:
        return (*self.nodes, *self.edges)

    def column_of(self, spot: Spot) -> tuple[Spot, ...]:
        """Return all nodes or edges of the same layer, from the top."""
        kind: tuple[Spot, ...] = self.nodes if isinstance(spot, Node) else self.edges
        return tuple(other for other in kind if other.layer == spot.layer)

    def beside(self, spot: Spot, dx: int) -> Spot:
        """Return the neighbour to the right or left: a node's first edge, an edge's node."""
        if isinstance(spot, Edge):
            return spot.end if dx > 0 else spot.start
        ends = ((edge.start if dx > 0 else edge.end, edge) for edge in self.edges)
        return next((edge for end, edge in ends if end == spot), spot)


@cache
def graph_of(width: int, biases: bool) -> Graph:
    """Return the graph of a network."""
    constant = ["1"] if biases else []
    hidden = [f"h{j + 1}" for j in range(width)]
    layers = (["x1", "x2", *constant], [*hidden, *constant], ["o"])
    placed = [
        (layer, i, name) for layer, names in enumerate(layers) for i, name in enumerate(names)
    ]
    nodes = tuple(Node(number, *rest) for number, rest in enumerate(placed))
    units, output = nodes[len(layers[0]) :][:width], nodes[-1]
    # In the order of core/network.py.
    ends: list[tuple[str, tuple[int, ...], Node, Node]] = []
    ends += [("w1", (i, j), nodes[i], unit) for i in (0, 1) for j, unit in enumerate(units)]
    if biases:
        ends += [("b1", (j,), nodes[2], unit) for j, unit in enumerate(units)]
    ends += [("w2", (j, 0), unit, output) for j, unit in enumerate(units)]
    if biases:
        ends.append(("b2", (0,), nodes[-2], output))
    return Graph(width, nodes, tuple(Edge(number, *rest) for number, rest in enumerate(ends)))


@dataclass(frozen=True, slots=True)
class AtWork:
    """The nodes and edges that a line of arithmetic is about."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    way: int = 0
    """1 for values forwards, -1 for the gradient backwards, 0 for neither."""

    @property
    def spots(self) -> tuple[Spot, ...]:
        return (*self.nodes, *self.edges)


def at_work(graph: Graph, stage: int, line: Line) -> AtWork:
    """Return what a line of a stage of core/analysis/explanation.py is about."""
    output = graph.nodes[-1]
    if line.field:
        key = line.field, line.index
        return AtWork((), tuple(edge for edge in graph.edges if (edge.field, edge.index) == key))
    if line.unit is not None:
        nodes = tuple(node for node in graph.nodes if node.unit == line.unit)
        if line.name.startswith("δ"):
            return AtWork(nodes, tuple(e for e in graph.edges if e.start in nodes), -1)
        into = tuple(e for e in graph.edges if e.end in nodes and line.name.startswith("z"))
        return AtWork(nodes, into, 1)
    if stage == 0 and line.name != "t":
        return AtWork(tuple(node for node in graph.nodes if node.name == line.name))
    into = tuple(e for e in graph.edges if e.end == output and line.name == "z")
    return AtWork((output,), into, 1)


class DiagramPicture:
    """A network at one row of the truth table. Never changes."""

    def __init__(self, snapshot: Snapshot, row: int, limit: float) -> None:
        """Take a row, as an index into ROWS, and a limit, which may be AUTOMATIC."""
        config = snapshot.config
        self.graph, self.row = graph_of(config.width, config.biases), row
        self.weights = flat(snapshot.weights)
        """(P,)"""
        self.limit = limit
        """The weight with the widest and strongest edge."""
        if limit == AUTOMATIC:
            self.limit = round_bound(float(np.abs(self.weights).max()))
        self.levels = [level(weight, self.limit) for weight in self.weights.tolist()]
        """Of each edge in the colour map."""
        self.values = _values(snapshot, row)
        """(N,) the output of each node."""
        self.shape = self.graph, _WIDEST_VALUES[config.activation]
        """What the layout depends on: the graph, and the widest text of a hidden unit's value."""
        self.network, self.config = snapshot.weights, config
        self.targets, self.target = config.targets, number_of(config.targets[row], config)
        self.is_correct = bool(snapshot.right[row])

    def maps(
        self, theme: Theme, units: Sequence[int], sides: tuple[int, int]
    ) -> tuple[list[QImage], QImage, list[Array]]:
        """Return the pictures of some hidden units and of the output, and the boundary.

        They have so many pixels of the screen: Qt scales large images in other threads, which may
        be busy. Those of units go from the low to the high end of their activation; the boundary is
        lines (K, 2) in the coordinates of the square, where the output is in the middle.
        """
        width, head = self.config.width, head_of(self.config)
        span = color_span(self.network, self.config)
        n = max(1, min(sides[0], math.isqrt(_MOST // len(units))))
        answers = response_maps(self.network, self.config, units, n)
        images = level_images((answers - span.low) / (span.high - span.low), theme)
        n = min(max(math.isqrt(_RESPONSES // width), _COARSEST), _FINEST)
        z, at = logit_maps(self.weights[np.newaxis], self.config, n)[0], middles(n)
        between = _between(n, max(1, sides[1]))
        (output,) = level_images(head.shares(between @ z @ between.T)[np.newaxis], theme)
        boundary = isolines(at, at[::-1], decided(z, self.network, self.config))(head.middle)
        return images, output, boundary

    def readout(self, spot: Spot) -> str:
        """Return the read-out of an edge or a node."""
        if isinstance(spot, Edge):
            return f"{spot.name} {numerals.real(float(self.weights[spot.number]), _DIGITS)}"
        value = float(self.values[spot.number])
        if spot.is_constant:
            return "1, for the biases"
        if spot.is_input:
            return f"{spot.name} {numerals.tick(value)}"
        return f"{spot.name} {numerals.real(value, _DIGITS)}"


def _values(snapshot: Snapshot, row: int) -> Array:
    """Return the output of each node (N,), in the order of Graph.nodes."""
    constant = [1.0] if snapshot.config.biases else []
    with np.errstate(all="ignore"):  # those of a file may be huge
        h = hidden(snapshot.weights, snapshot.config)[row]
    output = [float(snapshot.outputs[row])]
    return np.concatenate((inputs(snapshot.config)[row], constant, h, constant, output))
