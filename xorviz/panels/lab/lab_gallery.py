"""The view of the gallery: decision surfaces of one recipe's seeds during training."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QPainter

from xorviz.core import numerals
from xorviz.core.network import sigmoid
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.base.square_items import level_images
from xorviz.panels.lab.gallery_tiles import (
    Card,
    Surface,
    Tile,
    paint_card,
    paint_tile,
    surfaces_of,
    tiles_of,
)
from xorviz.panels.lab.lab_view import NetworksView
from xorviz.panels.lab.outcomes import OutcomeLegend, codes_of, outcomes_text
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded

_SMALLEST = 6
"""Least side of a tile in pixels, even if not all tiles fit."""
_GAP, _WIDE_GAP, _ROOMY = 4, 8, 480
"""Pixels between tiles, and the least width and height in pixels for wider gaps."""


@guarded
class GalleryCanvas(Canvas):
    """Paints tiles, with a card over them. Its spots are the places of networks."""

    is_cached = has_menus = True

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
        """Show a network enlarged, or none."""
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


INVITATION = (
    f"Run lab trains many networks\nand shows here the decision surfaces of up to {MOST_SHOWN}."
)


@guarded
class LabGallery(NetworksView):
    """The first networks of a plan's first recipe, by outcome once all are done."""

    explanation = (
        f"Decision surfaces of the networks of the first {MOST_SHOWN} seeds: x1 to the right, x2 "
        "upwards, blue for outputs near 0, orange for outputs near 1. They change while the lab "
        "trains. A green frame means that all four rows are correct; any other frame has the mark "
        "of its outcome, as in the legend. When all networks are done, they are grouped by "
        "outcome, or kept in the order of their seeds (an option). Still learning when stopped: "
        "not correct yet, but the loss was falling. Point at a network, or use the arrow keys, to "
        "enlarge it and read its outputs, its first correct step and its loss; Esc closes the "
        "enlargement. Click it, or press Enter, to open that network as pictured, trained to the "
        "same step; with Shift, untrained at step 0. Undo returns to the run before."
    )

    def __init__(self) -> None:
        self._gallery, self._legend = GalleryCanvas(), OutcomeLegend()
        super().__init__("lab_gallery", self._gallery, INVITATION)
        self.setContentsMargins(6, 3, 6, 4)
        self.setMinimumSize(220, 110)
        self._column.addWidget(self._gallery)
        self._column.addWidget(self._legend)
        tip = "Group the networks by outcome, once all are done, not by seed"
        name, words = "Group by outcome", ("by seed", "by outcome")
        option = "gallery_by_outcome", name, True, tip, self.draw_anew, words
        self._by_outcome = self._option(*option)

    def sizeHint(self) -> QSize:
        return QSize(436, 256)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing without the keyboard focus, unless a menu has it."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._clear_cursor()

    def describe(self, snapshot: LabSnapshot) -> str:
        tiles = tiles_of(snapshot, self._by_outcome.isChecked())
        if not tiles:
            return "No network has begun yet."
        outcomes = outcomes_text(codes_of(snapshot, range(len(tiles))))
        networks = numerals.counted(len(tiles), "decision surface")
        return f"{networks}, {_readout(snapshot, tiles)}. Outcomes: {outcomes}."

    def _draw(self, snapshot: LabSnapshot) -> None:
        tiles = tiles_of(snapshot, self._by_outcome.isChecked())
        if not tiles:
            self._let_go()
            self._draw_nothing()
            return
        self._legend.show_codes(codes_of(snapshot, range(len(tiles))))
        self._gallery.setAccessibleName(f"Decision surfaces: {self._legend.accessibleName()}")
        self._arrange()
        self._pages.setCurrentWidget(self._page)
        self._gallery.show_tiles(snapshot.plan.recipes[0], tiles)
        self._show_pointed()
        self.readout_changed.emit(_readout(snapshot, tiles))

    def _arrange(self) -> None:
        """Give the legend its height, up to a third of what there is."""
        space = self.contentsRect()
        self._legend.setFixedHeight(self._legend.height_for(space.width(), space.height() / 3))

    @Slot(object)
    def _point_at(self, place: int | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self._show_pointed()

    def _at_cursor(self) -> str:
        return self._gallery.accessibleDescription()

    def _show_pointed(self) -> None:
        snapshot, place, card = self._drawn, self._pointed, None
        if snapshot is not None and place is not None:
            card = Card.of(snapshot, self._gallery.tile_of(place))
        self._gallery.show_card(card)
        self._gallery.setAccessibleDescription("" if card is None else card.spoken)


def _readout(snapshot: LabSnapshot, tiles: list[Tile]) -> str:
    """Return the read-out: the seeds, and the step of networks in training."""
    seeds = [snapshot.plan.seeds[place] for place in range(len(tiles))]
    if len(seeds) > 1 and seeds == list(range(seeds[0], seeds[-1] + 1)):
        text = f"seeds {numerals.plain(seeds[0])} to {numerals.plain(seeds[-1])}"
    else:
        text = f"{len(seeds)} seeds" if len(seeds) > 1 else f"seed {numerals.plain(seeds[0])}"
    going_on = [tile.place for tile in tiles if not tile.is_done]
    if going_on:
        text += f" · step {numerals.whole(int(np.min(snapshot.steps[going_on])))}"
    return text
