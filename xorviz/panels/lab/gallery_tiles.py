"""The networks of the gallery as tiles, kept and framed by outcome, and one of them enlarged.

Shapes: N networks, n pixels a side, K points of a line, P parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
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
from xorviz.core.network import loss, outputs, sigmoid, weights_of
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.square_items import level_images, paint_sign, point_in
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    OUTCOMES,
    RIGHT,
    RIGHT_SO_FAR,
    codes_of,
    color_of,
    paint_mark,
    story_of,
)
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold as bold_font

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
        """Return whether this is the tile's network, in the same state of training."""
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


_PIXELS = 96
"""Pixels along a side of the surface."""
_ENLARGED, _SMALLEST, _LARGEST = 3, 84, 280
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
                answers = tuple(outputs(weights, config.activation).tolist())
                lines.append(f"loss {numerals.real(float(loss(weights, config)))}")
        return cls(tile, config, answers, title, tuple(lines))

    @property
    def rows(self) -> tuple[str, ...]:
        """Output of each row as text, in display order."""
        known = COUNTED if self.outputs else ()
        return tuple(f"{ROW_NAMES[row]} → {numerals.fixed(self.outputs[row], 3)}" for row in known)

    @property
    def spoken(self) -> str:
        """The card as one line of text."""
        return f"{self.title}: {', '.join((self.tile.outcome, *self.lines))}"


def card_rects(tile: QRectF, text: QSizeF, space: QRectF) -> list[QRectF]:
    """Return a card over a tile inside an area, its surface, and its text on the wider side."""
    space = space.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    across = min(text.width(), space.width() - _SMALLEST - 3 * _PADDING)
    side = min(
        max(tile.width() * _ENLARGED, _SMALLEST),
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
    surface, parameters = None, card.tile.parameters
    if parameters.size:
        z = logit_maps(parameters[np.newaxis], card.config, _PIXELS)
        (image,) = level_images(sigmoid(z), theme)
        surface = Surface(parameters, z[0], image, is_lasting=True)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    paint_tile(painter, rect, card.tile.outcome, surface, theme)
    radius = min(max(rect.width() / 18, 5.0), 9.0)
    for row, target, output in zip(ROWS, card.config.targets, card.outputs, strict=False):
        is_right = abs(output - target) < RIGHT_ERROR
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
