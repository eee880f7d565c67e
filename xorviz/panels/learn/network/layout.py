"""Layout of the network at a given size: its nodes, and the edges between them.

Shapes: E edges in sight, K points of each. All lengths are in pixels.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainterPath

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.panels.learn.network.graph import HIDDEN, INPUTS, OUTPUT, Edge, Graph, Node, Spot

NODE_REACH, EDGE_REACH = 2.0, 6.0
"""Distance from a node or an edge within which the mouse points at it."""
_MOST_WAY = 260.0
"""Largest distance between the nodes of two layers."""
_AT = [i / 16 for i in range(17)]
"""Points of an edge, from 0 to 1."""
_BEND = 0.5
"""How far along an edge its ends go straight, as a share of its width."""


@dataclass(frozen=True, slots=True)
class NodePlace:
    """Where a node is."""

    frame: QRectF
    picture: QRectF
    """The part that shows the node's answers or its value."""


class DiagramLayout:
    """Positions and sizes of nodes and edges. Never changes.

    Hidden units are a column. Where they would be too small to read, only some are in sight, from
    the first one on.
    """

    def __init__(
        self, graph: Graph, widest_value: str, size: QSize, metrics: QFontMetricsF, first: int = 0
    ) -> None:
        """Lay out a graph, with the widest text of a hidden unit's value."""
        self.graph = graph
        self._width, self._height = float(size.width()), float(size.height())
        self.line = metrics.height()
        widths = (f"h{graph.width}", widest_value, verdict(f"{numerals.MINUS}1", is_correct=True))
        texts = self.line, *map(metrics.horizontalAdvance, widths)
        has_constant = any(node.is_constant for node in graph.nodes)
        self.after_name = metrics.horizontalAdvance(f"h{graph.width} ")
        """From a hidden unit's name to its value in the same line."""
        room = Room(self._width, self._height, graph.width, has_constant, *texts)
        self.sizes = room.sizes()
        self.visible = self.sizes.visible
        """The number of hidden units in sight."""
        self.first = min(max(0, first), graph.width - self.visible)
        self.is_cut = self.visible < graph.width
        self.places = self._places()
        """Of the nodes in sight."""
        self.paths = self._curves()
        """Of the edges in sight."""

    @cached_property
    def points(self) -> Array:
        """(E, K, 2) along the edges; most layouts are never pointed into."""
        return np.array([_along(path) for path in self.paths.values()])

    @property
    def units(self) -> range:
        """The hidden units in sight."""
        return range(self.first, self.first + self.visible)

    @property
    def is_two_lined(self) -> bool:
        """Whether a hidden unit's value is below its name, not after it."""
        return self.sizes.unit >= 2 * self.line - 2

    def outline(self, spots: Iterable[Spot | None]) -> Array:
        """Return points (K, 2) along edges and around nodes; those out of sight have none."""
        found = [np.empty((0, 2))]
        for spot in spots:
            if isinstance(spot, Edge) and spot in self.paths:
                found.append(np.array(_along(self.paths[spot])))
            elif isinstance(spot, Node) and spot in self.places:
                frame = self.places[spot].frame
                across = np.linspace(frame.left(), frame.right(), 5)
                x, y = np.meshgrid(across, np.linspace(frame.top(), frame.bottom(), 5))
                found.append(np.column_stack((x.ravel(), y.ravel())))
        return np.concatenate(found)

    def spot_at(self, point: QPointF, unit: int | None) -> Spot | None:
        """Return the node at a point, else the nearest edge, preferring the given unit's."""
        reach = NODE_REACH
        for node, place in self.places.items():
            if place.frame.adjusted(-reach, -reach, reach, reach).contains(point):
                return node
        away = self._distances(np.array(point.toTuple())).tolist()
        reached = [pair for pair in zip(away, self.paths, strict=True) if pair[0] <= EDGE_REACH]
        own = [pair for pair in reached if unit is not None and pair[1].unit == unit]
        _, edge = min(own or reached, key=lambda pair: pair[0], default=(0, None))
        return edge

    def beyond(self, side: int) -> QRectF:
        """Return where it says how many units are above (-1) or below (1) those in sight."""
        unit = self.units[0 if side < 0 else -1]
        frame = next(place.frame for node, place in self.places.items() if node.unit == unit)
        middle = frame.center().y() + side * (self.hidden_apart + self.line) / 2
        return QRectF(frame.left(), middle - self.line / 2, frame.width(), self.line)

    def _places(self) -> dict[Node, NodePlace]:
        sizes, graph = self.sizes, self.graph
        unit_width = sizes.unit + sizes.text + 2 * sizes.pad
        output_width = max(sizes.output, sizes.output_text) + 2 * sizes.pad
        nodes = sizes.input + unit_width + output_width
        way = min(max((self._width - 2 * sizes.margin - nodes) / 2, 4.0), _MOST_WAY)
        left = max(sizes.margin, (self._width - nodes - 2 * way) / 2)
        lefts = left, left + sizes.input + way, left + sizes.input + unit_width + 2 * way
        places = {}
        for node in graph.nodes:
            if node.layer == INPUTS:
                places[node] = self._input(node, lefts[INPUTS])
            elif node.layer == OUTPUT:
                places[node] = self._output(lefts[OUTPUT], output_width)
            elif node.is_constant or node.unit in self.units:
                places[node] = self._hidden(node, lefts[HIDDEN], unit_width)
        return places

    @property
    def _top(self) -> float:
        """Top of the slots of the hidden units, which are centred with the constant."""
        slots = self.visible * self.hidden_apart
        return (self._height - slots - self.sizes.below) / 2

    @property
    def hidden_apart(self) -> float:
        """From one hidden unit to the next: in a tall panel they keep together."""
        frame = self.sizes.unit + 2 * self.sizes.pad
        return min(self.sizes.slot, frame + max(14.0, 0.4 * frame))

    def _hidden(self, node: Node, left: float, width: float) -> NodePlace:
        sizes, apart = self.sizes, self.hidden_apart
        if node.is_constant:
            cut = self.line if self.is_cut else 0.0
            gap = sizes.below - sizes.constant
            # At the right end of the units, so that its edge to the output crosses none of them.
            middle = left + max(width / 2, width - 0.8 * sizes.constant)
            return self._pill(middle, self._top + self.visible * apart + cut + gap / 2)
        height, pad = sizes.unit + 2 * sizes.pad, sizes.pad
        middle = self._top + (node.position - self.first + 0.5) * apart
        frame = QRectF(left, middle - height / 2, width, height)
        return NodePlace(frame, _in_pixels(frame.left() + pad, frame.top() + pad, sizes.unit))

    def _pill(self, middle: float, top: float) -> NodePlace:
        height = self.sizes.constant
        frame = QRectF(middle - height * 0.8, top, height * 1.6, height)
        return NodePlace(frame, frame)

    def _input(self, node: Node, left: float) -> NodePlace:
        """Return the place of an input, below its name, or of the constant below them."""
        sizes = self.sizes
        side, height = sizes.input, self._height - sizes.below
        name = self.line * sizes.has_names
        apart = min(height / 2, side + name + 40)
        middle = (height + name) / 2 + (node.position - 0.5) * apart
        if node.is_constant:
            gap = max(sizes.below - sizes.constant, (apart - side - name) * 0.7)
            lowest = (height + name + apart + side) / 2
            left = max(left + side / 2, sizes.constant * 0.8 + 1)
            return self._pill(left, min(lowest + gap, self._height - sizes.constant - 1))
        frame = QRectF(left, middle - side / 2, side, side)
        return NodePlace(frame, frame)

    def _output(self, left: float, width: float) -> NodePlace:
        side, pad = self.sizes.output, self.sizes.pad
        height = side + self.sizes.foot * self.line + (2 + bool(self.sizes.foot)) * pad
        frame = QRectF(left, (self._height - height) / 2, width, height)
        picture = _in_pixels(frame.center().x() - side / 2, frame.top() + pad, side)
        return NodePlace(frame, picture)

    def _curves(self) -> dict[Edge, QPainterPath]:
        """Return the edges' curves: their ends are spread along the nodes' sides."""
        seen = [e for e in self.graph.edges if e.start in self.places and e.end in self.places]
        leaving, arriving = defaultdict(list), defaultdict(list)
        for edge in seen:
            leaving[edge.start].append(edge.number)
            arriving[edge.end].append(edge.number)
        curves = {}
        for edge in seen:
            start, end = self.places[edge.start], self.places[edge.end]
            y1 = _spread(start.picture, leaving[edge.start], edge.number)
            y2 = _spread(end.picture, arriving[edge.end], edge.number)
            ends = QPointF(start.frame.right(), y1), QPointF(end.frame.left(), y2)
            curves[edge] = path_between(*ends)
        return curves

    def _distances(self, point: Array) -> Array:
        """Return how far a point is from each edge (E,)."""
        starts, ways = self.points[:, :-1] - point, np.diff(self.points, axis=1)
        lengths = np.maximum((ways**2).sum(axis=-1), 1e-9)
        share = np.clip(-(starts * ways).sum(axis=-1) / lengths, 0, 1)
        feet = starts + share[..., np.newaxis] * ways
        return np.asarray(np.hypot(feet[..., 0], feet[..., 1]).min(axis=1))


def _in_pixels(left: float, top: float, side: float) -> QRectF:
    """Return a square of whole pixels: elsewhere an image takes five times as long to paint."""
    return QRectF(round(left), round(top), round(side), round(side))


def _along(path: QPainterPath) -> list[tuple[float, float]]:
    """Return points (K, 2) along an edge."""
    return [path.pointAtPercent(at).toTuple() for at in _AT]


def path_between(start: QPointF, end: QPointF) -> QPainterPath:
    """Return the curve from one node's side to another's."""
    path, bend = QPainterPath(start), QPointF((end.x() - start.x()) * _BEND, 0)
    path.cubicTo(start + bend, end - bend, end)
    return path


def _spread(side: QRectF, numbers: list[int], number: int) -> float:
    """Return the height at which one of several edges meets a node's side."""
    if len(numbers) == 1:
        return side.center().y()
    apart = min(0.76 * side.height() / (len(numbers) - 1), 16.0)
    return side.center().y() + (numbers.index(number) - (len(numbers) - 1) / 2) * apart


def verdict(target: str, is_correct: bool) -> str:
    """Return the text below the output."""
    return f"target {target} {'✓' if is_correct else '✗'}"


_ROOMY, _COMPACT = (8.0, 3.0, 5.0, 44.0, 0.23), (4.0, 1.5, 2.0, 30.0, 0.45)
"""Margin, space in a frame, the least distances between units, and between two layers, and the
share of the panel that the output's picture has at least.
"""
_LARGEST, _LARGEST_OUTPUT, _LARGEST_INPUT = 116.0, 150.0, 46.0
"""Largest sides of the pictures in hidden units and in the output, and of inputs."""
_OUTPUT_SHARE = 1.35
"""Side of the output's picture, as a share of a hidden unit's."""
_LEAST_PICTURE, _LEAST = 12.0, 6.0
"""Sides of the least picture of a unit that shows anything, and of anything."""
_FEW = 4
"""Hidden units that should be in sight."""
_SMALL, _SMALLER = 16, 10
"""Heights, in lines of text, of panels in which texts beside units may, and must, go."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes that fit. A compact network has pictures alone in its hidden units."""

    margin: float
    pad: float
    """Between a node's frame and its picture."""
    visible: int
    """Hidden units in sight."""
    slot: float
    """Largest distance between two of them."""
    input: float
    has_names: bool
    """Whether the inputs' names have room above them."""
    unit: float
    """Side of the picture in a hidden unit."""
    text: float
    """Width of the texts beside it; 0 where there are none."""
    output: float
    """Side of the output's picture."""
    foot: int
    """Lines of text below it."""
    output_text: float
    """Width of these."""
    constant: float
    """Height of the constant."""
    below: float
    """Height that the constant takes below its layer."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a network has to fit into, and the sizes of texts in the panel's font."""

    width: float
    height: float
    count: int
    """Hidden units; not all of them may be in sight."""
    has_constant: bool
    line: float
    name: float
    """Width of the widest name of a hidden unit."""
    value: float
    """Width of the widest value."""
    verdict: float
    """Width of what is below the output."""

    def sizes(self) -> Sizes:
        """Return the largest sizes that fit."""
        roomy, compact = self._sizes(is_roomy=True), self._sizes(is_roomy=False)
        if roomy.visible == self.count and roomy.text:
            return roomy
        is_small = self.height < _SMALL * self.line or not roomy.text
        if is_small and (compact.visible == self.count or self.height < _SMALLER * self.line):
            return compact
        return roomy

    def _sizes(self, is_roomy: bool) -> Sizes:
        """Return sizes with names and values beside the hidden units, or with pictures alone."""
        line, (margin, pad, gap, way, share) = self.line, _ROOMY if is_roomy else _COMPACT
        constant = line * (1.0 if is_roomy else 0.85) * self.has_constant
        below, high = (constant + 2 * margin - 8) * self.has_constant, self.height - 2 * margin
        visible, slot = self._slots(high - below, 2 * pad + gap, is_roomy)
        tallest = slot - max(gap, min(slot * 0.1, 14.0)) - 2 * pad
        half = (self.height - below) / 2 - 4
        has_names = half - line >= 0.8 * line
        shared = half - line * has_names
        side = max(min(self.height / 7, shared, _LARGEST_INPUT), min(line + 6, shared), _LEAST)
        foot = 2 if is_roomy else int(high - line > 2.2 * line)
        foot_text = self.verdict if is_roomy else (self.value + line) * foot
        across = self.width - 2 * margin - side - 2 * way - 4 * pad
        # Two lines of text beside a picture that is as high, else one.
        beside = (max(self.name, self.value) + 10, self.name + self.value + 16)
        for text in beside if is_roomy else (0.0,):
            unit = min(tallest, _LARGEST, (across - text) / (1 + _OUTPUT_SHARE))
            unit = min(unit, across - text - foot_text)
            if unit >= 2 * line - 2:
                break
        wanted = max(_OUTPUT_SHARE * unit, 4 * line, share * min(self.height, self.width))
        tall = high - foot * line - 4 * pad
        output = min(wanted, across - text - unit, tall, _LARGEST_OUTPUT)
        if unit < _LEAST_PICTURE or output < 2 * line or shared < line / 2:
            text = 0.0
        return Sizes(
            margin=margin, pad=pad, visible=visible, slot=slot, input=side, has_names=has_names,
            unit=max(unit, _LEAST), text=text, output=max(output, _LEAST), foot=foot,
            output_text=foot_text, constant=constant, below=below,
        )  # fmt: skip

    def _slots(self, room: float, around: float, is_roomy: bool) -> tuple[int, float]:
        """Return how many hidden units are in sight, and the height that each of them has."""
        least = (self.line if is_roomy else _LEAST_PICTURE) + around
        if room / self.count >= least:
            return self.count, room / self.count
        room -= 2 * self.line
        # Name and value in two lines leave more to the picture; in one, more units are in sight.
        if is_roomy and room >= _FEW * (least + self.line):
            least += self.line
        visible = min(max(1, int(room // least)), self.count)
        return visible, max(room / visible, _LEAST)
