"""A network as nodes and edges, with one edge for each trainable number."""

from dataclasses import dataclass
from functools import cache

from xorviz.core.runs.record import weight_name

INPUTS, HIDDEN, OUTPUT = range(3)
"""The layers, from left to right."""


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
    start: int
    end: int
    """Indices in Graph.nodes."""
    unit: int | None
    """The hidden unit at one of its ends; None for the output's bias."""

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

    def has(self, spot: Spot) -> bool:
        among: tuple[Spot, ...] = self.nodes if isinstance(spot, Node) else self.edges
        return spot.number < len(among) and among[spot.number] == spot

    def column_of(self, spot: Spot) -> tuple[Spot, ...]:
        """Return all nodes or edges of the same layer, from the top."""
        if isinstance(spot, Node):
            return tuple(node for node in self.nodes if node.layer == spot.layer)
        layer = self.nodes[spot.start].layer
        return tuple(edge for edge in self.edges if self.nodes[edge.start].layer == layer)

    def beside(self, spot: Spot, dx: int) -> Spot:
        """Return the neighbour to the right or left: a node's first edge, an edge's node."""
        if isinstance(spot, Edge):
            return self.nodes[spot.end if dx > 0 else spot.start]
        for edge in self.edges:
            if (edge.start if dx > 0 else edge.end) == spot.number:
                return edge
        return spot


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
    return Graph(width, nodes, _edges(width, biases))


def _edges(width: int, biases: bool) -> tuple[Edge, ...]:
    """Return the edges in the order of core/network.py."""
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
