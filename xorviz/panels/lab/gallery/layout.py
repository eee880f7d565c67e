"""Layout of the gallery: tiles in groups, as large as they fit."""

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF

from xorviz.core.arrays import Array
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.outcomes import OUTCOMES, codes_of
from xorviz.ui.draw.tiles import Tiles


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


@dataclass(frozen=True, slots=True)
class Group:
    """Tiles shown together."""

    tiles: tuple[Tile, ...]
    outcome: str = ""
    """Outcome of all tiles; empty for a group of mixed outcomes."""


def tiles_of(snapshot: LabSnapshot) -> tuple[Tile, ...]:
    """Return the networks of a plan's first recipe whose weights are known, in seed order."""
    count = min(len(snapshot.plan.places_of(0)), len(snapshot.shown))
    codes = codes_of(snapshot, range(count)).tolist()
    return tuple(
        Tile(place, OUTCOMES[code], bool(snapshot.done[place]), snapshot.shown[place])
        for place, code in enumerate(codes)
    )


def groups_of(tiles: tuple[Tile, ...], by_outcome: bool) -> tuple[Group, ...]:
    """Return the tiles by outcome if wanted and all are done, else as one group.

    Grouping earlier would make tiles jump while outcomes change.
    """
    if not by_outcome or not all(tile.is_done for tile in tiles):
        return (Group(tiles),)
    together = groupby(sorted(tiles, key=_rank), key=lambda tile: tile.outcome)
    return tuple(Group(tuple(group), outcome) for outcome, group in together)


def _rank(tile: Tile) -> int:
    return OUTCOMES.index(tile.outcome)


_BETWEEN = 16
"""Pixels between neighbouring groups."""
_SMALLEST = 6
"""Least side of a tile in pixels, even if not all tiles fit."""
_ROOMY = 480
"""Least width and height in pixels for wider gaps between tiles."""


@dataclass(frozen=True, slots=True)
class TileLayout:
    """Rectangles of tiles and headings, in pixels."""

    blocks: tuple[Tiles, ...]
    """One for each group."""
    headings: tuple[QRectF, ...]
    """Line above each group; empty without a heading."""

    @classmethod
    def plain(cls, count: int, width: int, height: int) -> "TileLayout":
        """Lay out one group without a heading."""
        gap = _gap(width, height)
        tiles = Tiles.fitted(count, width, height, foot=0, gap=gap, least=_SMALLEST, bar=0)
        return cls((tiles,), (QRectF(),))

    @classmethod
    def grouped(
        cls, counts: Sequence[int], widths: Sequence[int], line: int, width: int, height: int
    ) -> "TileLayout":
        """Lay out groups with headings of these widths and line height."""
        width, gap = max(width, _SMALLEST), _gap(width, height)
        wanted = [Wanted(n, min(heading, width)) for n, heading in zip(counts, widths, strict=True)]

        def fails(side: int) -> bool:
            return _shelves(wanted, side, gap, line, width)[0] > height

        most = math.isqrt(width * height // max(1, sum(counts))) + 1
        sides = range(_SMALLEST, max(most, _SMALLEST) + 1)
        # The smallest side is used if none fits.
        side = sides[max(0, bisect(sides, False, key=fails) - 1)]
        return _placed(_shelves(wanted, side, gap, line, width)[1], side, gap, line, width, height)

    @property
    def side(self) -> int:
        return self.blocks[0].side

    def rects(self) -> list[QRectF]:
        return [tiles.picture(i) for tiles in self.blocks for i in range(tiles.count)]

    def index_at(self, point: QPointF) -> int | None:
        """Return the tile at a point, including half the gap around it."""
        reach = self.blocks[0].gap / 2
        for index, rect in enumerate(self.rects()):
            if rect.adjusted(-reach, -reach, reach, reach).contains(point):
                return index
        return None

    def moved(self, index: int, dx: int, dy: int) -> int:
        """Return the neighbour to the right or left, or the nearest tile of another row."""
        rects = self.rects()
        if not dy:
            return min(max(index + dx, 0), len(rects) - 1)
        here = rects[index].center()
        beyond = [i for i, r in enumerate(rects) if dy * (r.center().y() - here.y()) > 1]
        return min(beyond, key=lambda i: _distance(rects[i].center(), here), default=index)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group to be laid out."""

    count: int
    heading: int
    """Width of its heading."""

    def columns(self, rows: int) -> int:
        return -(-self.count // rows)

    def width(self, rows: int, side: int, gap: int) -> int:
        return max(self.columns(rows) * (side + gap) - gap, self.heading)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Groups side by side with the same number of rows."""

    groups: tuple[Wanted, ...]
    rows: int


def _shelves(
    groups: Sequence[Wanted], side: int, gap: int, line: int, width: int
) -> tuple[float, tuple[Shelf, ...]]:
    """Return the shelves of the least total height in order, and that height, or infinity.

    ``best[n]`` is the solution for the first n groups.
    """
    best: list[tuple[float, tuple[Shelf, ...]]] = [(0.0, ())]
    for end in range(1, len(groups) + 1):
        choices = []
        for start in range(end):
            shelf = _shelf(tuple(groups[start:end]), side, gap, width)
            if shelf is not None:
                above, shelves = best[start]
                height = line + shelf.rows * (side + gap)
                choices.append((above + height, (*shelves, shelf)))
        best.append(min(choices, key=lambda choice: choice[0], default=(math.inf, ())))
    total, shelves = best[-1]
    return total - gap, shelves


def _shelf(groups: tuple[Wanted, ...], side: int, gap: int, width: int) -> Shelf | None:
    """Return groups side by side with the fewest rows, or None if they do not fit."""
    space = width - _BETWEEN * (len(groups) - 1)
    count, largest = sum(group.count for group in groups), max(group.count for group in groups)
    # A lower bound that ignores headings and incomplete rows.
    fewest = -(-count * (side + gap) // max(1, space + len(groups) * gap))
    for rows in range(fewest, largest + 1):
        if sum(group.width(rows, side, gap) for group in groups) <= space:
            return Shelf(groups, rows)
    return None


def _placed(
    shelves: Sequence[Shelf], side: int, gap: int, line: int, width: int, height: int
) -> TileLayout:
    """Return the layout of shelves, centred in the available space."""
    blocks, headings, top = [], [], 0
    for shelf in shelves:
        left = 0
        for group in shelf.groups:
            across = group.width(shelf.rows, side, gap)
            columns = group.columns(shelf.rows)
            blocks.append(Tiles(group.count, columns, side, 0, gap, left, top + line))
            headings.append(QRectF(left, top, across, line))
            left += across + _BETWEEN
        top += line + shelf.rows * (side + gap)
    used = round(max(heading.right() for heading in headings))
    right, down = max(0, (width - used) // 2), max(0, (height - top + gap) // 3)
    return TileLayout(
        tuple(block.moved(right, down) for block in blocks),
        tuple(heading.translated(right, down) for heading in headings),
    )


def _gap(width: int, height: int) -> int:
    return 8 if min(width, height) >= _ROOMY else 4


def _distance(one: QPointF, other: QPointF) -> tuple[float, float]:
    """Return the vertical, then the horizontal distance of two points."""
    return abs(round(one.y() - other.y())), abs(one.x() - other.x())
