"""Where the tiles of the gallery are: groups below and beside each other, as large as they fit."""

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
    """A network in the gallery. A value."""

    place: int
    """In the plan."""
    outcome: str
    """One of OUTCOMES."""
    is_done: bool
    parameters: Array = field(compare=False)
    """(P,) as core/batch.py orders them; empty before it has begun."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tiles that hang together. A value."""

    tiles: tuple[Tile, ...]
    outcome: str = ""
    """That of all of them; empty where they hang together whatever it is."""


def tiles_of(snapshot: LabSnapshot) -> tuple[Tile, ...]:
    """Return the networks of a plan's first recipe whose weights are known, by their seeds."""
    count = min(len(snapshot.plan.places_of(0)), len(snapshot.shown))
    codes = codes_of(snapshot, range(count)).tolist()
    return tuple(
        Tile(place, OUTCOMES[code], bool(snapshot.done[place]), snapshot.shown[place])
        for place, code in enumerate(codes)
    )


def groups_of(tiles: tuple[Tile, ...], by_outcome: bool) -> tuple[Group, ...]:
    """Return tiles as they hang: by outcome if wanted, but not before all are done.

    Until then outcomes come and go, and nothing is to jump about.
    """
    if not by_outcome or not all(tile.is_done for tile in tiles):
        return (Group(tiles),)
    together = groupby(sorted(tiles, key=_rank), key=lambda tile: tile.outcome)
    return tuple(Group(tuple(group), outcome) for outcome, group in together)


def _rank(tile: Tile) -> int:
    return OUTCOMES.index(tile.outcome)


_BETWEEN = 16
"""Pixels between groups that stand beside each other."""
_SMALLEST = 6
"""Pixels of a tile's side that it never falls below, even if then not all are in sight."""
_ROOMY = 480
"""Pixels of width and height from which tiles stand farther apart."""


@dataclass(frozen=True, slots=True)
class TileLayout:
    """The places of tiles, in reading order. In pixels."""

    blocks: tuple[Tiles, ...]
    """One for each group."""
    headings: tuple[QRectF, ...]
    """The line above each group, empty where there is none."""

    @classmethod
    def plain(cls, count: int, width: int, height: int) -> "TileLayout":
        """Return one group without a heading."""
        gap = _gap(width, height)
        tiles = Tiles.fitted(count, width, height, foot=0, gap=gap, least=_SMALLEST, bar=0)
        return cls((tiles,), (QRectF(),))

    @classmethod
    def grouped(
        cls, counts: Sequence[int], widths: Sequence[int], line: int, width: int, height: int
    ) -> "TileLayout":
        """Return groups of so many tiles, whose headings are so wide and a line high."""
        width, gap = max(width, _SMALLEST), _gap(width, height)
        wanted = [Wanted(n, min(heading, width)) for n, heading in zip(counts, widths, strict=True)]

        def fails(side: int) -> bool:
            return _shelves(wanted, side, gap, line, width)[0] > height

        most = math.isqrt(width * height // max(1, sum(counts))) + 1
        sides = range(_SMALLEST, max(most, _SMALLEST) + 1)
        # The smallest one is taken where none fits.
        side = sides[max(0, bisect(sides, False, key=fails) - 1)]
        return _placed(_shelves(wanted, side, gap, line, width)[1], side, gap, line, width, height)

    @property
    def side(self) -> int:
        """Of each tile."""
        return self.blocks[0].side

    def rects(self) -> list[QRectF]:
        """Return the places of all tiles."""
        return [tiles.picture(i) for tiles in self.blocks for i in range(tiles.count)]

    def index_at(self, point: QPointF) -> int | None:
        """Return the tile at a point, half of the gaps around it included."""
        reach = self.blocks[0].gap / 2
        for index, rect in enumerate(self.rects()):
            if rect.adjusted(-reach, -reach, reach, reach).contains(point):
                return index
        return None

    def moved(self, index: int, dx: int, dy: int) -> int:
        """Return the next tile to the right or the left, or the nearest one in a row below."""
        rects = self.rects()
        if not dy:
            return min(max(index + dx, 0), len(rects) - 1)
        here = rects[index].center()
        beyond = [i for i, r in enumerate(rects) if dy * (r.center().y() - here.y()) > 1]
        return min(beyond, key=lambda i: _distance(rects[i].center(), here), default=index)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group that is to be laid out."""

    count: int
    heading: int
    """How wide its heading is."""

    def columns(self, rows: int) -> int:
        """Return how many columns it takes in so many rows."""
        return -(-self.count // rows)

    def width(self, rows: int, side: int, gap: int) -> int:
        """Return how wide it is in so many rows."""
        return max(self.columns(rows) * (side + gap) - gap, self.heading)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Groups beside each other, all of so many rows."""

    groups: tuple[Wanted, ...]
    rows: int


def _shelves(
    groups: Sequence[Wanted], side: int, gap: int, line: int, width: int
) -> tuple[float, tuple[Shelf, ...]]:
    """Return the shelves of the least height together, and that height; infinite for none.

    The groups keep their order. Each entry of best is for the first groups alone.
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
    """Return groups beside each other in the fewest rows, if there is a way."""
    room = width - _BETWEEN * (len(groups) - 1)
    count, largest = sum(group.count for group in groups), max(group.count for group in groups)
    # Fewer rows would not do even if headings and what is left over in a row took no room.
    fewest = -(-count * (side + gap) // max(1, room + len(groups) * gap))
    for rows in range(fewest, largest + 1):
        if sum(group.width(rows, side, gap) for group in groups) <= room:
            return Shelf(groups, rows)
    return None


def _placed(
    shelves: Sequence[Shelf], side: int, gap: int, line: int, width: int, height: int
) -> TileLayout:
    """Return where shelves and their groups are, in the middle of what is left over."""
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
    """Return how far apart two points are in height, then across."""
    return abs(round(one.y() - other.y())), abs(one.x() - other.x())
