"""The view of the gallery: decision surfaces of one recipe's seeds during training."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QPolygonF,
    QTransform,
)

from xorviz.core import numerals
from xorviz.core.analysis.surface import fineness, logit_maps
from xorviz.core.arrays import Array, Pixels
from xorviz.core.network import Head, head_of, loss, outputs, weights_of
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.lab.results.lab_results import MOST_SHOWN, LabSnapshot
from xorviz.panels.base.square_items import level_images, paint_sign, point_in
from xorviz.panels.base.words import number
from xorviz.panels.lab.lab_view import NetworksView
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
    story_of,
)
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold as bold_font

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
    head: Head

    def shows(self, tile: Tile) -> bool:
        """Return whether this is the tile's network, in the same state of training."""
        return self.parameters is tile.parameters and self.is_lasting == tile.is_done

    @cached_property
    def line(self) -> list[QPolygonF]:
        """The decision boundary in a unit square, y downwards.

        Every second pixel is enough: lines of many points are expensive.
        """
        at = (np.arange(len(self.z)) + 0.5)[::2] / len(self.z)
        lines = isolines(at, at, self.z[::2, ::2])(self.head.middle)
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
            images = level_images(head_of(config).shares(z), theme)
            for tile, plane, image in zip(alike, z, images, strict=True):
                found[tile.place] = Surface(tile.parameters, plane, image, is_done, head_of(config))
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
    edge = 2 if rect.width() >= _ROOMY_TILE else 1
    ground = QRectF(0, 0, side + 2 * edge, side + 2 * edge)
    ground.moveBottomRight(rect.bottomRight())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(ground, 3, 3)
    paint_mark(painter, ground.adjusted(edge, edge, -edge, -edge), outcome, theme)


_PIXELS = 96
"""Pixels along a side of the surface."""
_ENLARGED, _SMALLEST_TILE, _LARGEST = 3, 84, 280
"""Size of the surface relative to its tile, and the limits of its side in pixels."""
_MOST_OF_HEIGHT = 0.7
"""Largest share of the available height, so that neighbours stay visible."""
_PADDING = 8.0
_MARGIN = 2.0
"""Pixels between the card and the edge of the gallery."""


@dataclass(frozen=True, slots=True)
class Card:
    """The data of an enlarged network."""

    tile: Tile
    config: RunConfig
    outputs: tuple[float, ...]
    """In the order of ROWS; empty at step 0."""
    title: str
    lines: tuple[str, ...]
    """Lines below the outcome."""

    @classmethod
    def of(cls, snapshot: LabSnapshot, tile: Tile) -> "Card":
        config = snapshot.plan.config(tile.place)
        title, lines = f"seed {numerals.plain(config.seed)}", story_of(snapshot, tile.place)
        answers: tuple[float, ...] = ()
        if tile.parameters.size:
            with np.errstate(all="ignore"):  # the last finite weights may be huge
                weights = weights_of(tile.parameters, config)
                answers = tuple(outputs(weights, config).tolist())
                lines.append(f"loss {numerals.real(float(loss(weights, config)))}")
        return cls(tile, config, answers, title, tuple(lines))

    @property
    def rows(self) -> tuple[str, ...]:
        """Output of each row as text, in display order."""
        known = COUNTED if self.outputs else ()
        return tuple(f"{ROW_NAMES[row]} → {number(self.outputs[row], 3)}" for row in known)

    @property
    def spoken(self) -> str:
        """The card as one line of text."""
        return f"{self.title}: {', '.join((self.tile.outcome, *self.lines))}"


def card_rects(tile: QRectF, text: QSizeF, space: QRectF) -> list[QRectF]:
    """Return a card over a tile inside an area, its surface, and its text on the wider side."""
    space = space.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    across = min(text.width(), space.width() - _SMALLEST_TILE - 3 * _PADDING)
    side = min(
        max(tile.width() * _ENLARGED, _SMALLEST_TILE),
        *(_LARGEST, _MOST_OF_HEIGHT * space.height(), space.width() - across - 3 * _PADDING),
    )
    surface = QRectF(0, 0, side, side)
    surface.moveCenter(tile.center())
    words = QRectF(surface.right() + _PADDING, surface.top(), across, side)
    if tile.center().x() > space.center().x():
        words.moveRight(surface.left() - _PADDING)
    outer = surface.united(words).adjusted(-_PADDING, -_PADDING, _PADDING, _PADDING)
    outer.setHeight(min(max(outer.height(), text.height() + 2 * _PADDING), space.height()))
    left = min(max(outer.left(), space.left()), space.right() - outer.width())
    top = min(max(outer.top(), space.top()), space.bottom() - outer.height())
    moved = QPointF(round(left), round(top)) - outer.topLeft()
    return [rect.translated(moved) for rect in (outer, surface, words)]


def paint_card(painter: QPainter, card: Card, tile: QRectF, space: QRectF, theme: Theme) -> None:
    """Paint a network enlarged over its tile, inside an area."""
    outer, surface, text = card_rects(tile, _text_size(painter.font(), card), space)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.quiet), theme.stroke))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(outer.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
    _paint_surface(painter, card, surface, theme)
    _paint_text(painter, card, text, theme)
    painter.restore()


def _paint_surface(painter: QPainter, card: Card, rect: QRectF, theme: Theme) -> None:
    """Paint the network as a large tile, with the signs of the rows."""
    surface, parameters, head = None, card.tile.parameters, head_of(card.config)
    if parameters.size:
        z = logit_maps(parameters[np.newaxis], card.config, _PIXELS)
        (image,) = level_images(head.shares(z), theme)
        surface = Surface(parameters, z[0], image, True, head)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    paint_tile(painter, rect, card.tile.outcome, surface, theme)
    radius = min(max(rect.width() / 18, 5.0), 9.0)
    errors = head.errors(np.array(card.outputs), np.array(card.config.targets[: len(card.outputs)]))
    for row, target, error in zip(ROWS, card.config.targets, errors.tolist(), strict=False):
        is_right = error < RIGHT_ERROR
        paint_sign(painter, point_in(rect, *row), radius, target, theme, is_right=is_right)


def _paint_text(painter: QPainter, card: Card, rect: QRectF, theme: Theme) -> None:
    """Write the title, the outcome and the other lines, and the rows if there is room."""
    plain, bold = QFont(painter.font()), bold_font(painter.font())
    metrics = QFontMetricsF(plain)
    texts = [(card.title, bold, theme.text), (card.tile.outcome, plain, theme.text)]
    texts += [(line, plain, theme.quiet) for line in card.lines]
    if metrics.lineSpacing() * (len(texts) + len(card.rows) + 1) <= rect.height():
        texts += [(line, plain, theme.quiet) for line in ("", *card.rows)]
    base = rect.top() + metrics.ascent()
    for text, font, color in texts:
        painter.setFont(font)
        painter.setPen(QColor(color))
        elide = Qt.TextElideMode.ElideRight
        shown = QFontMetricsF(font).elidedText(text, elide, rect.width() + 1)
        painter.drawText(QPointF(rect.left(), base), shown)
        base += metrics.lineSpacing()


def _text_size(font: QFont, card: Card) -> QSizeF:
    """Return the size of the text without the rows."""
    plain = QFontMetricsF(font)
    widths = [QFontMetricsF(bold_font(font)).horizontalAdvance(card.title)]
    widths += [plain.horizontalAdvance(line) for line in (card.tile.outcome, *card.lines)]
    return QSizeF(round(max(widths) + 1), plain.lineSpacing() * len(widths))


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
            (surface.image,) = level_images(surface.head.shares(surface.z[np.newaxis]), self.theme)

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
