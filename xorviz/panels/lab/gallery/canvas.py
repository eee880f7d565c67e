"""Canvas of the gallery: small decision surfaces, and one of them enlarged."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.panels.lab.gallery.card import Card, paint_card
from xorviz.panels.lab.gallery.images import GalleryImages
from xorviz.panels.lab.gallery.layout import Group, Tile, TileLayout
from xorviz.panels.lab.gallery.tile import paint_tile
from xorviz.panels.lab.outcomes import paint_mark
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold as bold_font

_MARK, _AFTER_MARK, _BEFORE_COUNT = 9.0, 5.0, 4.0
_BELOW_HEADING = 3


@guarded
class GalleryCanvas(Canvas):
    """Paints tiles, with a card over them. Its spots are the networks, as places in the plan."""

    is_cached = True
    has_menus = True

    def __init__(self) -> None:
        super().__init__(QSize(420, 250), QSize(120, 80))
        self.setObjectName("gallery_canvas")
        self.images = GalleryImages()
        self.card: Card | None = None
        self.layout_now = TileLayout.plain(1, 1, 1)
        self._groups: tuple[Group, ...] = ()
        self._tiles: list[Tile] = []
        """In the order of the groups."""

    def show_groups(self, config: RunConfig, groups: Sequence[Group]) -> None:
        """Paint networks, all of one recipe."""
        before, self._groups = self._groups, tuple(groups)
        self._tiles = [tile for group in groups for tile in group.tiles]
        if self.images.show_tiles(config, self._tiles) or self._groups != before:
            self.setAccessibleName(f"Decision surfaces: {_spoken(self._groups)}")
            self.lay_out()

    def show_card(self, card: Card | None) -> None:
        """Paint a network enlarged, or none."""
        self.card = card
        self.update()

    def rect_of(self, place: int) -> QRectF:
        return self.layout_now.rects()[self._index(place)]

    def spot_at(self, point: QPointF) -> int | None:
        index = self.layout_now.index_at(point) if self._tiles else None
        return None if index is None else self._tiles[index].place

    def neighbour(self, dx: int, dy: int) -> int | None:
        """Return the network beside the enlarged one, or the first."""
        if self.card is None or not self._tiles:
            return self._tiles[0].place if self._tiles else None
        return self._tiles[self.layout_now.moved(self._index(self.card.tile.place), dx, dy)].place

    def _index(self, place: int) -> int:
        return next(i for i, tile in enumerate(self._tiles) if tile.place == place)

    def _recolour(self) -> None:
        self.images.apply_theme(self.theme)

    def _lay_out(self) -> None:
        width, height = self.width(), self.height()
        counts = [len(group.tiles) for group in self._groups]
        if len(counts) == 1 and not self._groups[0].outcome:
            self.layout_now = TileLayout.plain(counts[0], width, height)
        elif counts:
            widths = [self._heading_width(group) for group in self._groups]
            line = self.fontMetrics().height() + _BELOW_HEADING
            self.layout_now = TileLayout.grouped(counts, widths, line, width, height)

    def _paint_marks(self, painter: QPainter) -> None:
        if self.card is not None:
            rect, space = self.rect_of(self.card.tile.place), QRectF(self.rect())
            paint_card(painter, self.card, rect, space, self.theme)

    def _heading_width(self, group: Group) -> int:
        plain, bold = QFontMetricsF(self.font()), QFontMetricsF(bold_font(self.font()))
        words = plain.horizontalAdvance(group.outcome) + _BEFORE_COUNT
        count = bold.horizontalAdvance(numerals.whole(len(group.tiles)))
        return round(_MARK + _AFTER_MARK + words + count) + 1

    def _paint(self, painter: QPainter) -> None:
        hints = QPainter.RenderHint
        painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
        for group, heading in zip(self._groups, self.layout_now.headings, strict=False):
            if group.outcome:
                self._paint_heading(painter, heading, group)
        for tile, rect in zip(self._tiles, self.layout_now.rects(), strict=False):
            surface = self.images.surface(tile.place)
            paint_tile(painter, rect, tile.outcome, surface, self.theme)

    def _paint_heading(self, painter: QPainter, rect: QRectF, group: Group) -> None:
        plain, metrics = QFont(painter.font()), QFontMetricsF(painter.font())
        middle = round(rect.top() + (metrics.height() - _MARK) / 2)
        paint_mark(painter, QRectF(rect.left(), middle, _MARK, _MARK), group.outcome, self.theme)
        at = QPointF(rect.left() + _MARK + _AFTER_MARK, rect.top() + metrics.ascent())
        painter.setPen(QColor(self.theme.quiet))
        painter.drawText(at, group.outcome)
        at.setX(at.x() + metrics.horizontalAdvance(group.outcome) + _BEFORE_COUNT)
        painter.setFont(bold_font(plain))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(at, numerals.whole(len(group.tiles)))
        painter.setFont(plain)


def _spoken(groups: Sequence[Group]) -> str:
    """Return the number of tiles by outcome as one line of text."""
    return ", ".join(f"{group.outcome or 'networks'} {len(group.tiles)}" for group in groups)
