"""Cached images of the decision surfaces of a gallery.

Shapes: N networks, n pixels a side, K points of a line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPolygonF

from xorviz.core.analysis.surface import fineness, logit_maps
from xorviz.core.arrays import Array, Pixels
from xorviz.core.config import RunConfig
from xorviz.core.network import sigmoid
from xorviz.panels.inside.units.drawing import rgb32
from xorviz.panels.lab.gallery.layout import Tile
from xorviz.ui.draw.isolines import Isolines
from xorviz.ui.theme.palette import LEVELS, LIGHT, Theme

_LIVE, _LIVE_FINEST = 300_000, 32
"""Samples computed for all networks in training, and most pixels along a side."""
_LASTING, _LASTING_FINEST = 3_000_000, 48
"""The same for networks that are done, whose surfaces stay."""


@dataclass
class Surface:
    """Decision surface of one network."""

    parameters: Array
    z: Pixels
    """(n, n) net input of the output unit, top row first."""
    image: QImage
    is_lasting: bool = False
    """Whether the network is done."""

    @cached_property
    def line(self) -> list[QPolygonF]:
        """The line at output 0.5 in a unit square, y downwards."""
        return half_lines(self.z, every=2)


class GalleryImages:
    """Caches a surface for each tile until its network changes."""

    def __init__(self) -> None:
        self._config = RunConfig()
        self._theme = LIGHT
        self._surfaces: dict[int, Surface] = {}

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        for surface in self._surfaces.values():
            (surface.image,) = images_of(surface.z[np.newaxis], theme)

    def show_tiles(self, config: RunConfig, tiles: Sequence[Tile]) -> bool:
        """Compute the surfaces of new and changed networks of a recipe; tell if any changed."""
        begun = [tile for tile in tiles if len(tile.parameters)]
        gone = self._surfaces.keys() - {tile.place for tile in begun}
        if config != self._config:
            self._config, gone = config, set(self._surfaces)
        for place in gone:
            del self._surfaces[place]
        new = [tile for tile in begun if not self._has(tile)]
        live = fineness(len(tiles), config.width, _LIVE, _LIVE_FINEST)
        lasting = fineness(len(tiles), config.width, _LASTING, _LASTING_FINEST)
        for n, is_done in ((live, False), (lasting, True)):
            self._compute([tile for tile in new if tile.is_done == is_done], n)
        return bool(gone or new)

    def surface(self, place: int) -> Surface | None:
        """Return the surface of a network; None before its first step."""
        return self._surfaces.get(place)

    def _has(self, tile: Tile) -> bool:
        known = self._surfaces.get(tile.place)
        if known is None or known.is_lasting != tile.is_done:
            return False
        return known.parameters is tile.parameters

    def _compute(self, tiles: Sequence[Tile], n: int) -> None:
        if not tiles:
            return
        z = logit_maps(np.stack([tile.parameters for tile in tiles]), self._config, n)
        for tile, plane, image in zip(tiles, z, images_of(z, self._theme), strict=True):
            self._surfaces[tile.place] = Surface(tile.parameters, plane, image, tile.is_done)


def images_of(z: Pixels, theme: Theme) -> list[QImage]:
    """Return images of net inputs (N, n, n) in the colours of the outputs."""
    n = z.shape[-1]
    levels = (sigmoid(z) * (LEVELS - 1) + 0.5).astype(np.uint8)
    kind = QImage.Format.Format_RGB32
    # Copied: an image does not own the buffer it is made from.
    return [QImage(p.tobytes(), n, n, 4 * n, kind).copy() for p in rgb32(theme)[levels]]


def half_lines(z: Pixels, every: int = 1) -> list[QPolygonF]:
    """Return the lines at output 0.5 of net inputs (n, n) in a unit square, y downwards.

    Every second pixel is enough for small images: lines of many points are expensive.
    """
    at = (np.arange(len(z)) + 0.5)[::every] / len(z)
    lines = Isolines(at, at, z[::every, ::every]).at(0.0)
    return [QPolygonF([QPointF(x, y) for x, y in line.tolist()]) for line in lines]
