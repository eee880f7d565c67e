"""A network of the gallery enlarged, with its data."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.analysis.surface import logit_maps
from xorviz.core.network import loss, outputs, sigmoid, weights_of
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.row_signs import paint_sign
from xorviz.panels.base.square_items import level_images, point_in
from xorviz.panels.lab.gallery.tile import Surface, Tile, paint_tile
from xorviz.panels.lab.outcomes import story_of
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold as bold_font

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


@dataclass(frozen=True, slots=True)
class CardFrame:
    """Layout of a card, in pixels."""

    outer: QRectF
    surface: QRectF
    text: QRectF

    @classmethod
    def around(cls, tile: QRectF, text: QSizeF, space: QRectF) -> "CardFrame":
        """Place a card over a tile inside an area, with the text towards the wider side."""
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
        return cls(*(rect.translated(moved) for rect in (outer, surface, words)))


def paint_card(painter: QPainter, card: Card, tile: QRectF, space: QRectF, theme: Theme) -> None:
    """Paint a network enlarged over its tile, inside an area."""
    frame = CardFrame.around(tile, _text_size(painter.font(), card), space)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.quiet), theme.stroke))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(frame.outer.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
    _paint_surface(painter, card, frame.surface, theme)
    _paint_text(painter, card, frame.text, theme)
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
