"""The view of the gallery: decision surfaces of one recipe's seeds during training."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.surface import decided, fineness, logit_maps, middles
from xorviz.core.arrays import Array, Pixels
from xorviz.core.network import head_of, outputs, weights_of
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.base.square_items import level_images, paint_sign, point_in
from xorviz.panels.lab.lab_view import NetworksView, NetworkTiles
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    OUTCOMES,
    RIGHT,
    RIGHT_SO_FAR,
    OutcomeLegend,
    codes_of,
    color_of,
    outcomes_text,
    paint_mark,
)
from xorviz.ui.draw.painted import take
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import Theme

_LIVE, _LASTING = (300_000, 32), (3_000_000, 48)
"""Samples computed for all networks, and most pixels along a side: in training, and done."""
_FRAME, _THIN, _THIN_BELOW = 2.0, 1.0, 20
"""Widths of frames, and the side in pixels below which frames are thin."""
_ROOMY_TILE = 30
"""Least side in pixels of a tile whose mark has a wide margin."""
_LINE, _LINE_FROM = 1.2, 56
"""Width of the decision boundary, and the least side in pixels of a tile that has it."""
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
    is_lasting: bool
    """Whether the network is done."""
    config: RunConfig

    def shows(self, tile: Tile) -> bool:
        """Return whether this is the tile's network, in the same state of training."""
        return self.parameters is tile.parameters and self.is_lasting == tile.is_done


def surfaces_of(
    config: RunConfig, tiles: Sequence[Tile], count: int, theme: Theme
) -> dict[int, Surface]:
    """Return the surfaces of networks of a recipe, some of a number of tiles, by their places."""
    found = {}
    for is_done, (samples, finest) in ((False, _LIVE), (True, _LASTING)):
        if alike := [tile for tile in tiles if tile.is_done == is_done]:
            n = fineness(count, config.width, samples, finest)
            z = logit_maps(np.stack([tile.parameters for tile in alike]), config, n)
            images = level_images(head_of(config).shares(z), theme)
            for tile, plane, image in zip(alike, z, images, strict=True):
                found[tile.place] = Surface(tile.parameters, plane, image, is_done, config)
    return found


def paint_tile(
    painter: QPainter, rect: QRectF, outcome: str, surface: Surface | None, theme: Theme
) -> None:
    """Paint a network's tile; an empty one before its first step.

    The painter must use antialiasing and smooth image scaling.
    """
    take(painter, None, fill=theme.hairline if outcome == NOT_YET else color_of(theme, outcome))
    painter.drawRoundedRect(rect, 3, 3)
    frame = _FRAME if rect.width() >= _THIN_BELOW else _THIN
    inside = rect.adjusted(frame, frame, -frame, -frame)
    if surface is None:
        painter.fillRect(inside, QColor(theme.hover))
        return
    painter.drawImage(inside, surface.image)
    if rect.width() >= _LINE_FROM and surface.is_lasting:
        take(painter, theme.text, theme.stroke * _LINE)
        at = middles(len(surface.z))
        # Every second sample is enough: lines of many points are expensive.
        config = surface.config
        z = decided(surface.z, weights_of(surface.parameters, config), config)
        lines_at = isolines(at[::2], at[::-2], z[::2, ::2])
        for line in lines_at(head_of(config).middle):
            painter.drawPolyline(QPolygonF([point_in(inside, *point) for point in line.tolist()]))
    if outcome not in {RIGHT, RIGHT_SO_FAR, NOT_YET}:
        _paint_mark(painter, rect, outcome, theme)


def _paint_mark(painter: QPainter, rect: QRectF, outcome: str, theme: Theme) -> None:
    """Paint an outcome's mark in the bottom right corner."""
    side = round(min(max(rect.width() * _MARK_SHARE, _LEAST_MARK), _MOST_MARK))
    edge = 2 if rect.width() >= _ROOMY_TILE else 1
    ground = QRectF(0, 0, side + 2 * edge, side + 2 * edge)
    ground.moveBottomRight(rect.bottomRight())
    take(painter, None, fill=theme.panel)
    painter.drawRoundedRect(ground, 3, 3)
    paint_mark(painter, ground.adjusted(edge, edge, -edge, -edge), outcome, theme)


_PIXELS = 96
"""Pixels along a side of an enlarged surface."""
_ENLARGED, _SMALLEST_TILE, _LARGEST = 3, 84, 280
"""Its size relative to its tile, and the limits of its side in pixels."""
_MOST_OF_HEIGHT = 0.7
"""Largest share of the available height, so that neighbours stay visible."""
_MARGIN, _RIM = 2.0, 6.0
"""Pixels between it and the edge of the gallery, and of the ground around it."""


def enlarged(tile: QRectF, space: QRectF) -> QRectF:
    """Return the square of an enlarged network over its tile, inside an area."""
    space = space.adjusted(*[_MARGIN + _RIM] * 2, *[-_MARGIN - _RIM] * 2)
    side = max(tile.width() * _ENLARGED, _SMALLEST_TILE)
    side = round(min(side, _LARGEST, _MOST_OF_HEIGHT * space.height(), space.width()))
    rect = QRectF(0, 0, side, side)
    rect.moveCenter(tile.center())
    left = min(max(rect.left(), space.left()), space.right() - side)
    top = min(max(rect.top(), space.top()), space.bottom() - side)
    rect.moveTopLeft(QPointF(round(left), round(top)))
    return rect


def paint_enlarged(
    painter: QPainter, rect: QRectF, tile: Tile, config: RunConfig, theme: Theme
) -> None:
    """Paint a network as a large tile, with the signs of the rows."""
    take(painter, theme.quiet, theme.stroke, theme.panel)
    painter.drawRoundedRect(rect.adjusted(-_RIM, -_RIM, _RIM, _RIM), 7, 7)
    if not tile.parameters.size:
        paint_tile(painter, rect, tile.outcome, None, theme)
        return
    head = head_of(config)
    z = logit_maps(tile.parameters[np.newaxis], config, _PIXELS)
    (image,) = level_images(head.shares(z), theme)
    surface = Surface(tile.parameters, z[0], image, True, config)
    paint_tile(painter, rect, tile.outcome, surface, theme)
    with np.errstate(all="ignore"):  # the last finite weights may be huge
        y = outputs(weights_of(tile.parameters, config), config)
        errors = head.errors(y, np.array(config.targets))
    radius = min(max(rect.width() / 18, 5.0), 9.0)
    for row, target, error in zip(ROWS, config.targets, errors.tolist(), strict=True):
        is_right = error < RIGHT_ERROR
        paint_sign(painter, point_in(rect, *row), radius, target, theme, is_right=is_right)


_SMALLEST = 6
"""Least side of a tile in pixels, even if not all tiles fit."""
_GAP, _WIDE_GAP, _ROOMY = 4, 8, 480
"""Pixels between tiles, and the least width and height in pixels for wider gaps."""


@guarded
class GalleryCanvas(NetworkTiles):
    """Paints tiles, the marked one enlarged."""

    def __init__(self) -> None:
        super().__init__("gallery_canvas", QSize(420, 250), QSize(120, 80))
        self.surfaces: dict[int, Surface] = {}
        """Decision surfaces by place, each kept until its network changes; none at step 0."""
        self.tiles: list[Tile] = []
        self._config = RunConfig()

    def show_tiles(self, config: RunConfig, tiles: Sequence[Tile]) -> None:
        """Paint networks, all of one recipe."""
        before, known = self.tiles, self.surfaces
        self.tiles, self._config = list(tiles), config
        self.surfaces = {
            tile.place: known[tile.place]
            for tile in tiles
            if tile.place in known and known[tile.place].shows(tile)
        }
        new = [t for t in tiles if t.parameters.size and t.place not in self.surfaces]
        if new or len(known) > len(self.surfaces) or self.tiles != before:
            self.surfaces |= surfaces_of(config, new, len(tiles), self.theme)
            self.lay_out()

    def _recolour(self) -> None:
        for surface in self.surfaces.values():
            shares = head_of(surface.config).shares(surface.z[np.newaxis])
            (surface.image,) = level_images(shares, self.theme)

    def _lay_out(self) -> None:
        self.order = [tile.place for tile in self.tiles]
        width, height = self.width(), self.height()
        gap = _WIDE_GAP if min(width, height) >= _ROOMY else _GAP
        self.grid = Tiles.fitted(
            len(self.tiles), width, height, foot=0, gap=gap, least=_SMALLEST, bar=0
        )

    def _paint(self, painter: QPainter) -> None:
        _smooth(painter)
        for index, tile in enumerate(self.tiles):
            surface = self.surfaces.get(tile.place)
            paint_tile(painter, self.grid.picture(index), tile.outcome, surface, self.theme)

    def _paint_marks(self, painter: QPainter) -> None:
        if self.marked in self.order:
            _smooth(painter)
            tile = self.tiles[self.order.index(self.marked)]
            rect = enlarged(self.rect_of(self.marked), QRectF(self.rect()))
            paint_enlarged(painter, rect, tile, self._config, self.theme)


def _smooth(painter: QPainter) -> None:
    hints = QPainter.RenderHint
    painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)


INVITATION = f"Run lab to see the decision surfaces of up to {MOST_SHOWN} networks."


@guarded
class LabGallery(NetworksView):
    """The first networks of a plan's first recipe, by outcome once all are done."""

    explanation = (
        f"The decision surfaces of the networks of the first {MOST_SHOWN} seeds, while the lab "
        "trains. Click one to open that network."
    )

    def __init__(self) -> None:
        self._gallery, self._legend = GalleryCanvas(), OutcomeLegend()
        super().__init__("lab_gallery", self._gallery, INVITATION)
        self.setContentsMargins(6, 3, 6, 4)
        self.setMinimumSize(220, 110)
        self._column.addWidget(self._gallery)
        self._column.addWidget(self._legend)
        tip = "Group the networks by outcome, once all are done, not by seed"
        option = "gallery_by_outcome", "Group by outcome", True, tip, self.draw_anew
        self._by_outcome = self._option(*option)

    def sizeHint(self) -> QSize:
        return QSize(436, 256)

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

    def _arrange(self) -> None:
        """Give the legend its height, up to a third of what there is."""
        space = self.contentsRect()
        self._legend.setFixedHeight(self._legend.height_for(space.width(), space.height() / 3))

    def _resting(self, drawn: LabSnapshot) -> str:
        tiles = tiles_of(drawn)
        return _readout(drawn, tiles) if tiles else ""


def _readout(snapshot: LabSnapshot, tiles: list[Tile]) -> str:
    """Return the read-out: the seeds, and the step of networks in training."""
    seeds = list(snapshot.plan.seeds[: len(tiles)])
    first, last = seeds[0], seeds[-1]
    text = f"seeds {numerals.plain(first)} to {numerals.plain(last)}"
    if len(seeds) == 1:
        text = f"seed {numerals.plain(first)}"
    elif seeds != list(range(first, last + 1)):
        text = numerals.counted(len(seeds), "seed")
    going_on = [tile.place for tile in tiles if not tile.is_done]
    step = f" · step {numerals.whole(int(np.min(snapshot.steps[going_on])))}" if going_on else ""
    return f"{text}{step}"
