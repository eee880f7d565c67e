"""Which networks of a picture are in the gallery, and in which order they hang there."""

from dataclasses import dataclass, field
from itertools import groupby

from xorviz.lab.results.book import Array, LabPicture
from xorviz.panels.lab.outcomes import OUTCOMES, codes_of


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


def tiles_of(picture: LabPicture) -> tuple[Tile, ...]:
    """Return the networks of a plan's first recipe whose weights are known, by their seeds."""
    count = min(len(picture.plan.places_of(0)), len(picture.shown))
    codes = codes_of(picture, range(count)).tolist()
    return tuple(
        Tile(place, OUTCOMES[code], bool(picture.done[place]), picture.shown[place])
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
