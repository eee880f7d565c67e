"""A network as nodes and edges: one edge for every number that training changes."""

from dataclasses import dataclass
from functools import cache

from xorviz.core.runs.record import weight_name

INPUTS, HIDDEN, OUTPUT = range(3)
"""The layers, from left to right."""


@dataclass(frozen=True, slots=True)
class Node:
    """A unit, or the constant 1 that feeds a layer's biases."""

    number: int
    """Its place in Graph.nodes."""
    layer: int
    place: int
    """In its layer, from above; the constant stands below the others."""
    name: str
    """x1, h3, o, or 1."""

    @property
    def is_constant(self) -> bool:
        """Whether this is the 1 that is multiplied by biases."""
        return self.name == "1"

    @property
    def is_input(self) -> bool:
        """Whether this is x1 or x2."""
        return self.layer == INPUTS and not self.is_constant

    @property
    def unit(self) -> int | None:
        """Which hidden unit this is, from 0, if any."""
        return self.place if self.layer == HIDDEN and not self.is_constant else None


@dataclass(frozen=True, slots=True)
class Edge:
    """A trained number, as what leads from one node to another."""

    number: int
    """Its place in Graph.edges."""
    field: str
    index: tuple[int, ...]
    """As Intervention says it."""
    start: int
    end: int
    """Places in Graph.nodes."""
    unit: int | None
    """The hidden unit at one of its ends; the output's bias has none."""

    @property
    def name(self) -> str:
        """As on the blackboard: w1[x1→h3], b2."""
        return weight_name(self.field, self.index)


Spot = Node | Edge
"""What can be pointed at."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes layer by layer from above, and the edges in the order of core/batch.py."""

    width: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def spots(self) -> tuple[Spot, ...]:
        """All nodes and all edges."""
        return (*self.nodes, *self.edges)

    def has(self, spot: Spot) -> bool:
        """Tell whether a node or an edge is part of this network."""
        among: tuple[Spot, ...] = self.nodes if isinstance(spot, Node) else self.edges
        return spot.number < len(among) and among[spot.number] == spot

    def column_of(self, spot: Spot) -> tuple[Spot, ...]:
        """Return what stands above and below a node or an edge, in its own layer."""
        if isinstance(spot, Node):
            return tuple(node for node in self.nodes if node.layer == spot.layer)
        layer = self.nodes[spot.start].layer
        return tuple(edge for edge in self.edges if self.nodes[edge.start].layer == layer)

    def beside(self, spot: Spot, dx: int) -> Spot:
        """Return what a node or an edge leads to on its right, or comes from on its left."""
        if isinstance(spot, Edge):
            return self.nodes[spot.end if dx > 0 else spot.start]
        for edge in self.edges:
            if (edge.start if dx > 0 else edge.end) == spot.number:
                return edge
        return spot


@cache
def graph_of(width: int, biases: bool) -> Graph:
    """Return the network of so many hidden units."""
    constant = ["1"] if biases else []
    hidden = [f"h{j + 1}" for j in range(width)]
    layers = (["x1", "x2", *constant], [*hidden, *constant], ["o"])
    placed = [
        (layer, i, name) for layer, names in enumerate(layers) for i, name in enumerate(names)
    ]
    nodes = tuple(Node(number, *rest) for number, rest in enumerate(placed))
    return Graph(width, nodes, _edges(width, biases))


def _edges(width: int, biases: bool) -> tuple[Edge, ...]:
    """Return what leads from which node to which, in the order of core/batch.py."""
    units, first = range(width), 3 if biases else 2
    output = first + width + int(biases)
    ends: list[tuple[str, tuple[int, ...], int, int, int | None]] = []
    ends += [("w1", (i, j), i, first + j, j) for i in (0, 1) for j in units]
    if biases:
        ends += [("b1", (j,), first - 1, first + j, j) for j in units]
    ends += [("w2", (j, 0), first + j, output, j) for j in units]
    if biases:
        ends.append(("b2", (0,), output - 1, output, None))
    return tuple(Edge(number, *rest) for number, rest in enumerate(ends))
