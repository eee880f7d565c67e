"""Canvas of the gallery: small decision surfaces, and one of them enlarged."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter

from xorviz.core.network import sigmoid
from xorviz.core.settings import RunConfig
from xorviz.panels.base.square_items import level_images
from xorviz.panels.lab.gallery.card import Card, paint_card
from xorviz.panels.lab.gallery.tile import Surface, Tile, paint_tile, surfaces_of
from xorviz.panels.lab.networks_view import NetworkCanvas
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded

_SMALLEST = 6
"""Least side of a tile in pixels, even if not all tiles fit."""
_GAP, _WIDE_GAP, _ROOMY = 4, 8, 480
"""Pixels between tiles, and the least width and height in pixels for wider gaps."""


@guarded
class GalleryCanvas(NetworkCanvas):
    """Paints tiles, with a card over them."""

    def __init__(self) -> None:
        super().__init__(QSize(420, 250), QSize(120, 80))
        self.setObjectName("gallery_canvas")
        self.surfaces: dict[int, Surface] = {}
        """Decision surfaces by place, each kept until its network changes; none at step 0."""
        self.card: Card | None = None
        self.tiles: list[Tile] = []
        self._lay_out()

    def show_tiles(self, config: RunConfig, tiles: Sequence[Tile]) -> None:
        """Paint networks, all of one recipe."""
        before, known = self.tiles, self.surfaces
        self.tiles = list(tiles)
        self.surfaces = {
            tile.place: known[tile.place]
            for tile in tiles
            if tile.place in known and known[tile.place].shows(tile)
        }
        new = [t for t in tiles if t.parameters.size and t.place not in self.surfaces]
        if new or len(known) > len(self.surfaces) or self.tiles != before:
            self.surfaces |= surfaces_of(config, new, len(tiles), self.theme)
            self.lay_out()

    def show_card(self, card: Card | None) -> None:
        """Paint a network enlarged, or none."""
        self.card = card
        self.update()

    def tile_of(self, place: int) -> Tile:
        return self.tiles[self._index(place)]

    def rect_of(self, place: int) -> QRectF:
        return self.grid.picture(self._index(place))

    def center_of(self, number: int) -> QPointF:
        return self.rect_of(number).center()

    def spot_at(self, point: QPointF) -> int | None:
        return self._place(self.grid.index_at(point))

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the network beside the enlarged one, or the first."""
        enlarged = None if self.card is None else self._index(self.card.tile.place)
        return self._place(self.grid.beside(enlarged, dx, dy))

    def _index(self, place: int) -> int:
        return next(i for i, tile in enumerate(self.tiles) if tile.place == place)

    def _place(self, index: int | None) -> int | None:
        return None if index is None or not self.tiles else self.tiles[index].place

    def _recolour(self) -> None:
        for surface in self.surfaces.values():
            (surface.image,) = level_images(sigmoid(surface.z[np.newaxis]), self.theme)

    def _lay_out(self) -> None:
        width, height = self.width(), self.height()
        gap = _WIDE_GAP if min(width, height) >= _ROOMY else _GAP
        self.grid = Tiles.fitted(
            len(self.tiles), width, height, foot=0, gap=gap, least=_SMALLEST, bar=0
        )

    def _paint(self, painter: QPainter) -> None:
        hints = QPainter.RenderHint
        painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
        for index, tile in enumerate(self.tiles):
            surface = self.surfaces.get(tile.place)
            paint_tile(painter, self.grid.picture(index), tile.outcome, surface, self.theme)

    def _paint_marks(self, painter: QPainter) -> None:
        if self.card is not None:
            rect, space = self.rect_of(self.card.tile.place), QRectF(self.rect())
            paint_card(painter, self.card, rect, space, self.theme)
