"""A network of the gallery enlarged, with its data."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, logit_maps
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.network import loss, outputs, weights_of
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.row_signs import NAMES, SHOWN_ROWS, paint_sign
from xorviz.panels.lab.gallery.tile import Tile, half_lines, images_of, paint_line
from xorviz.panels.lab.outcomes import color_of, paint_mark, story_of
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold as bold_font

_PIXELS = 96
"""Pixels along a side of the surface."""
_ENLARGED, _SMALLEST, _LARGEST = 3, 84, 280
"""Size of the surface relative to its tile, and the limits of its side in pixels."""
_MOST_OF_HEIGHT = 0.7
"""Largest share of the available height, so that neighbours stay visible."""
_PADDING, _MARK, _AFTER_MARK = 8.0, 9.0, 5.0
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
        known = SHOWN_ROWS if self.outputs else ()
        return tuple(f"{NAMES[row]} → {numerals.fixed(self.outputs[row], 3)}" for row in known)

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
        is_left = tile.center().x() > space.center().x()
        width, height = side + across + 3 * _PADDING, side + 2 * _PADDING
        height = min(max(height, text.height() + 2 * _PADDING), space.height())
        left = tile.center().x() - side / 2 - _PADDING - is_left * (across + _PADDING)
        left = min(max(left, space.left()), space.right() - width)
        top = min(max(tile.center().y() - height / 2, space.top()), space.bottom() - height)
        outer = QRectF(round(left), round(top), width, height)
        before, beside = (across, side) if is_left else (side, across)
        first = QRectF(outer.left() + _PADDING, outer.top() + _PADDING, before, side)
        second = QRectF(first.right() + _PADDING, first.top(), beside, side)
        return cls(outer, *((second, first) if is_left else (first, second)))


def paint_card(painter: QPainter, card: Card, tile: QRectF, space: QRectF, theme: Theme) -> None:
    """Paint a network enlarged over its tile, inside an area."""
    frame = CardFrame.around(tile, _text_size(painter.font(), card), space)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.quiet), 1))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(frame.outer.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
    _paint_surface(painter, card, frame.surface, theme)
    _paint_text(painter, card, frame.text, theme)
    painter.restore()


def _paint_surface(painter: QPainter, card: Card, rect: QRectF, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color_of(theme, card.tile.outcome)))
    painter.drawRoundedRect(rect, 4, 4)
    inside = rect.adjusted(2, 2, -2, -2)
    if not card.tile.parameters.size:
        painter.fillRect(inside, QColor(theme.hover))
        return
    z = logit_maps(card.tile.parameters[np.newaxis], card.config, _PIXELS)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(inside, images_of(z, theme)[0])
    paint_line(painter, inside, half_lines(z[0]), theme, 1.8)
    radius = min(max(inside.width() / 18, 5.0), 9.0)
    for (x1, x2), target, output in zip(ROWS, card.config.targets, card.outputs, strict=True):
        across, down = ((x1 - LOW) / (HIGH - LOW), (HIGH - x2) / (HIGH - LOW))
        at = inside.topLeft() + QPointF(across * inside.width(), down * inside.height())
        is_right = abs(output - target) < RIGHT_ERROR
        paint_sign(painter, at, radius, target, theme, is_right=is_right)


def _paint_text(painter: QPainter, card: Card, rect: QRectF, theme: Theme) -> None:
    """Write the title, the outcome after its mark, and the other lines."""
    plain, bold = QFont(painter.font()), bold_font(painter.font())
    metrics, top = QFontMetricsF(plain), rect.top()
    indent = _MARK + _AFTER_MARK
    texts = [(card.title, bold, theme.text, 0.0), (card.tile.outcome, plain, theme.text, indent)]
    texts += [(line, plain, theme.quiet, 0.0) for line in card.lines]
    if metrics.lineSpacing() * (len(texts) + len(card.rows) + 1) <= rect.height():
        texts += [(line, plain, theme.quiet, 0.0) for line in ("", *card.rows)]
    for text, font, color, left in texts:
        if left:
            middle = round(top + (metrics.height() - _MARK) / 2)
            mark = QRectF(rect.left(), middle, _MARK, _MARK)
            paint_mark(painter, mark, card.tile.outcome, theme)
        painter.setFont(font)
        painter.setPen(QColor(color))
        space = rect.width() - left + 1
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, space)
        painter.drawText(QPointF(rect.left() + left, top + metrics.ascent()), shown)
        top += metrics.lineSpacing()


def _text_size(font: QFont, card: Card) -> QSizeF:
    """Return the size of the text."""
    plain, bold = QFontMetricsF(font), QFontMetricsF(bold_font(font))
    widths = [
        bold.horizontalAdvance(card.title),
        plain.horizontalAdvance(card.tile.outcome) + _MARK + _AFTER_MARK,
        *(plain.horizontalAdvance(line) for line in card.lines),
    ]
    return QSizeF(round(max(widths) + 1), plain.lineSpacing() * len(widths))
