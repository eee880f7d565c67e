"""Layout of the seeds panel."""

from dataclasses import dataclass

from PySide6.QtCore import QRect

from xorviz.panels.lab.seeds.header import SeedHead
from xorviz.panels.lab.seeds.strip import SeedStrip

_SMALL = 300
"""Height in pixels below which the header is small."""
_BOTH = 460
"""Least height in pixels that shows both strip and table."""
_GAP = 8
_STRIP, _TABLE = 0.58, 0.62
"""Largest shares of the height below the header, for the strip and for the table."""
_STRIP_OF_BOTH, _TABLE_OF_BOTH = 0.36, 0.36


@dataclass(frozen=True, slots=True)
class SeedsLayout:
    """Rectangles of the parts; empty if a part is hidden."""

    head: QRect
    histogram: QRect
    strip: QRect
    table: QRect

    @property
    def all(self) -> tuple[QRect, QRect, QRect, QRect]:
        return self.head, self.histogram, self.strip, self.table

    @classmethod
    def none(cls) -> "SeedsLayout":
        return cls(QRect(), QRect(), QRect(), QRect())

    @classmethod
    def shared(
        cls, space: QRect, head: SeedHead, strip: SeedStrip, has_table: bool
    ) -> "SeedsLayout":
        """Divide an area among the parts; the histogram gets what the others leave."""
        width, is_both = space.width(), has_table and space.height() >= _BOTH
        first = head.height_for(width, space.height() < _SMALL)
        rest = max(0, space.height() - first - _GAP)
        strip_height = table_height = 0
        if is_both or not has_table:
            most = rest * (_STRIP_OF_BOTH if is_both else _STRIP)
            strip_height = strip.height_for(width, round(most))
        if has_table:
            table_height = round(rest * (_TABLE_OF_BOTH if is_both else _TABLE))
        below = [height for height in (strip_height, table_height) if height]
        bars = rest - sum(below) - _GAP * len(below)
        rects, top = [], space.top()
        for height in (first, bars, strip_height, table_height):
            rects.append(QRect(space.left(), top, width, height) if height > 0 else QRect())
            top += height + _GAP if height > 0 else 0
        return cls(*rects)
