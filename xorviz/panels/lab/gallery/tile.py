"""The networks of the gallery as tiles: decision surfaces, kept and framed by outcome.

Shapes: N networks, n pixels a side, K points of a line, P parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from xorviz.core.analysis.surface import fineness, logit_maps
from xorviz.core.arrays import Array, Pixels
from xorviz.core.network import sigmoid
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.square_items import level_images
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    OUTCOMES,
    RIGHT,
    RIGHT_SO_FAR,
    codes_of,
    color_of,
    paint_mark,
)
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import Theme

_LIVE, _LASTING = (300_000, 32), (3_000_000, 48)
"""Samples computed for all networks, and most pixels along a side: in training, and done."""
_FRAME, _THIN, _THIN_BELOW = 2.0, 1.0, 20
"""Widths of frames, and the side in pixels below which frames are thin."""
_ROOMY = 30
"""Least side in pixels of a tile whose mark has a wide margin."""
_LINE, _LINE_FROM = 1.2, 56
"""Width of the line at output 0.5, and the least side in pixels of a tile that has it."""
_MARK_SHARE, _LEAST_MARK, _MOST_MARK = 0.24, 6.0, 14.0
"""Size of an outcome's mark: share of a tile's side, and limits in pixels."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A network of the gallery."""

    place: int
    """Index in the plan."""
    outcome: str
    """One of OUTCOMES."""
    is_done: bool
    parameters: Array = field(compare=False)
    """(P,) in the order of core/network.py; empty at step 0."""


def tiles_of(snapshot: LabSnapshot, by_outcome: bool = False) -> list[Tile]:
    """Return the networks of a plan's first recipe whose weights are known, in seed order.

    By outcome only once all are done: earlier, tiles would jump while outcomes change.
    """
    count = min(len(snapshot.plan.places_of(0)), len(snapshot.shown))
    tiles = [
        Tile(place, OUTCOMES[code], bool(snapshot.done[place]), snapshot.shown[place])
        for place, code in enumerate(codes_of(snapshot, range(count)).tolist())
    ]
    if by_outcome and all(tile.is_done for tile in tiles):
        tiles.sort(key=lambda tile: OUTCOMES.index(tile.outcome))
    return tiles


@dataclass
class Surface:
    """Decision surface of one network."""

    parameters: Array
    z: Pixels
    """(n, n) net input of the output unit, top row first."""
    image: QImage
    is_lasting: bool = False
    """Whether the network is done."""

    def shows(self, tile: Tile) -> bool:
        """Tell whether the network is the same as before, also in being done."""
        return self.parameters is tile.parameters and self.is_lasting == tile.is_done

    @cached_property
    def line(self) -> list[QPolygonF]:
        """The lines at output 0.5 in a unit square, y downwards.

        Every second pixel is enough: lines of many points are expensive.
        """
        at = (np.arange(len(self.z)) + 0.5)[::2] / len(self.z)
        lines = isolines(at, at, self.z[::2, ::2])(0.0)
        return [QPolygonF([QPointF(x, y) for x, y in line.tolist()]) for line in lines]


def surfaces_of(
    config: RunConfig, tiles: Sequence[Tile], count: int, theme: Theme
) -> dict[int, Surface]:
    """Return the surfaces of networks of a recipe, some of a number of tiles, by their places."""
    found = {}
    for is_done, (samples, finest) in ((False, _LIVE), (True, _LASTING)):
        if alike := [tile for tile in tiles if tile.is_done == is_done]:
            n = fineness(count, config.width, samples, finest)
            z = logit_maps(np.stack([tile.parameters for tile in alike]), config, n)
            images = level_images(sigmoid(z), theme)
            for tile, plane, image in zip(alike, z, images, strict=True):
                found[tile.place] = Surface(tile.parameters, plane, image, is_done)
    return found


def paint_tile(
    painter: QPainter, rect: QRectF, outcome: str, surface: Surface | None, theme: Theme
) -> None:
    """Paint a network's tile; an empty one before its first step.

    The painter must use antialiasing and smooth image scaling.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.hairline if outcome == NOT_YET else color_of(theme, outcome)))
    painter.drawRoundedRect(rect, 3, 3)
    frame = _FRAME if rect.width() >= _THIN_BELOW else _THIN
    inside = rect.adjusted(frame, frame, -frame, -frame)
    if surface is None:
        painter.fillRect(inside, QColor(theme.hover))
        return
    painter.drawImage(inside, surface.image)
    if rect.width() >= _LINE_FROM and surface.is_lasting:
        placed = QTransform.fromTranslate(inside.left(), inside.top())
        placed.scale(inside.width(), inside.height())
        painter.setPen(QPen(QColor(theme.text), theme.stroke * _LINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in surface.line:
            painter.drawPolyline(placed.map(line))
    if outcome not in {RIGHT, RIGHT_SO_FAR, NOT_YET}:
        _paint_mark(painter, rect, outcome, theme)


def _paint_mark(painter: QPainter, rect: QRectF, outcome: str, theme: Theme) -> None:
    """Paint an outcome's mark in the bottom right corner."""
    side = round(min(max(rect.width() * _MARK_SHARE, _LEAST_MARK), _MOST_MARK))
    edge = 2 if rect.width() >= _ROOMY else 1
    ground = QRectF(0, 0, side + 2 * edge, side + 2 * edge)
    ground.moveBottomRight(rect.bottomRight())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(ground, 3, 3)
    paint_mark(painter, ground.adjusted(edge, edge, -edge, -edge), outcome, theme)
