"""A layout of panels as a value: columns of slots with shares of the space, panels behind tabs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, TypeVar

_LEAST_SHARE = 1e-9
_MOST_BELOW = 0.99


@dataclass(frozen=True, slots=True)
class TabSlot:
    """Panels that share one place, from the first tab to the last."""

    panels: tuple[str, ...]
    share: float = 1.0
    """Of the height of its column, in relation to the others; below all columns, of the whole."""


@dataclass(frozen=True, slots=True)
class SlotColumn:
    """Slots from the top."""

    slots: tuple[TabSlot, ...]
    share: float = 1.0
    """Of the width, in relation to the others."""

    @property
    def panels(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(slot.panels for slot in self.slots))


@dataclass(frozen=True, slots=True)
class Tree:
    """Columns from the left, and perhaps one slot below all of them.

    Shares are relative: the same layout serves every size of the window and of the text.
    """

    columns: tuple[SlotColumn, ...]
    below: TabSlot | None = None
    front: tuple[str, ...] = ()
    """The panels that were brought to the front, the latest first."""

    @property
    def slots(self) -> tuple[TabSlot, ...]:
        below = () if self.below is None else (self.below,)
        return *chain.from_iterable(column.slots for column in self.columns), *below

    @property
    def panels(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(slot.panels for slot in self.slots))

    def front_of(self, slot: TabSlot) -> str:
        """Return the panel in front of a slot: the one brought there last, else the first."""
        return next((name for name in self.front if name in slot.panels), slot.panels[0])

    def mapped(self, change: Callable[[TabSlot], TabSlot | Sequence[TabSlot]]) -> "Tree":
        """Return the tree with what a function makes of each slot: one, or some below each other.

        Slots and columns without panels go; the others fill their space.
        """

        def changed(slot: TabSlot) -> Iterator[TabSlot]:
            made = change(slot)
            yield from (
                one for one in ((made,) if isinstance(made, TabSlot) else made) if one.panels
            )

        columns = (
            replace(
                column,
                slots=_filling(column.slots, chain.from_iterable(map(changed, column.slots))),
            )
            for column in self.columns
        )
        below = next(changed(self.below), None) if self.below else None
        filled = _filling(self.columns, (column for column in columns if column.slots))
        return replace(self, columns=filled, below=below)

    def only(self, panels: Iterable[str]) -> "Tree":
        """Return the tree with no other panels than these."""
        kept = frozenset(panels)
        return self.mapped(
            lambda slot: replace(slot, panels=tuple(name for name in slot.panels if name in kept))
        )

    def without(self, *panels: str) -> "Tree":
        """Return the tree with all but these panels."""
        return self.only(set(self.panels).difference(panels))

    def with_front(self, panel: str) -> "Tree":
        """Return the tree with a panel in front of its slot."""
        others = (name for name in self.front if name != panel and name in self.panels)
        return replace(self, front=(panel, *others))

    def moved(self, panel: str, beside: str, is_below: bool = False) -> "Tree":
        """Return the tree with a panel, new or not, at another one's tab, or below its slot.

        It is in front there. Without the other one in the tree it has the last slot. A slot that
        moves in its column keeps its share.
        """
        if panel == beside:
            return self
        if beside not in self.panels:
            return self.without(panel).appended(panel).with_front(panel)
        column = next((c for c in self.columns if beside in c.panels), SlotColumn(()))
        own = next((slot.share for slot in column.slots if slot.panels == (panel,)), None)

        def taking(slot: TabSlot) -> TabSlot | Sequence[TabSlot]:
            others = tuple(name for name in slot.panels if name != panel)
            if beside not in others:
                return replace(slot, panels=others)
            if is_below and slot is not self.below:  # there is one slot below all
                half = slot.share / 2
                share, lower = (half, half) if own is None else (slot.share, own)
                return TabSlot(others, share), TabSlot((panel,), lower)
            at = slot.panels.index(beside)
            return replace(slot, panels=(*others[:at], panel, *others[at:]))

        return self.mapped(taking).with_front(panel)

    def appended(self, panel: str) -> "Tree":
        """Return the tree with a panel that is not in it as the last tab of the last slot."""
        if not self.columns:
            return replace(self, columns=(SlotColumn((TabSlot((panel,)),)),))
        *columns, last = self.columns
        *slots, slot = last.slots
        slot = replace(slot, panels=(*slot.panels, panel))
        return replace(self, columns=(*columns, replace(last, slots=(*slots, slot))))

    def resized(self, shown: "Tree") -> "Tree":
        """Return the tree with the shares of another one, which shows the same panels or fewer.

        Where one slot or column there shows several of this tree, these keep their proportions.
        """
        columns = _scaled(self.columns, shown.columns, self.columns, max)
        # All together: one column there may show slots of several here.
        every = chain.from_iterable(column.slots for column in columns)
        slots = iter(_scaled(list(every), shown.slots, self.slots, sum))
        resized = tuple(
            replace(column, slots=tuple(islice(slots, len(column.slots)))) for column in columns
        )
        below = self.below
        if below is not None and shown.below is not None:
            below = replace(below, share=shown.below.share)
        return replace(self, columns=resized, below=below)

    def to_json(self) -> dict[str, Any]:
        """Return the tree as a value of JSON."""
        columns = [
            [column.share, [[slot.share, *slot.panels] for slot in column.slots]]
            for column in self.columns
        ]
        below = [self.below.share, *self.below.panels] if self.below else []
        return {"columns": columns, "below": below, "front": list(self.front)}

    @classmethod
    def from_json(cls, value: Any, known: Iterable[str]) -> "Tree":
        """Return a tree from JSON, without panels that are not known or have a place already.

        Raises ValueError if it is no tree or has no known panel.
        """
        try:
            columns = tuple(
                SlotColumn(
                    tuple(TabSlot(tuple(names), _share(part)) for part, *names in slots),
                    _share(share),
                )
                for share, slots in value["columns"]
            )
            part, *names = value["below"] or [0.5]
            below = TabSlot(tuple(names), min(_MOST_BELOW, _share(part))) if names else None
            tree = cls(columns, below, tuple(value["front"]))
            tree = tree.only(known)
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError("not a layout") from error
        names = tree.panels
        if not names or len(set(names)) < len(names):
            raise ValueError("not a layout")
        return tree


_Part = TypeVar("_Part", TabSlot, SlotColumn)


def _filling(before: Sequence[_Part], after: Iterable[_Part]) -> tuple[_Part, ...]:
    """Return slots or columns with shares as large together as those before them had."""
    parts = tuple(after)
    factor = sum(part.share for part in before) / (sum(part.share for part in parts) or 1.0)
    return tuple(replace(part, share=part.share * factor) for part in parts)


def _share(value: Any) -> float:
    share = float(value)
    if not _LEAST_SHARE <= share <= 1 / _LEAST_SHARE:
        raise ValueError(share)
    return share


def _scaled(
    kept: Sequence[Any],
    shown: Sequence[Any],
    among: Sequence[Any],
    merged: Callable[[Iterable[float]], float],
) -> list[Any]:
    """Return slots or columns with the shares of those that show them, among all that are kept.

    ``merged`` returns the share of one that shows several, from theirs.
    """
    places = {name: number for number, one in enumerate(shown) for name in one.panels}

    def place(one: Any) -> int | None:
        return next((places[name] for name in one.panels if name in places), None)

    parts: dict[int | None, list[float]] = {}
    for one in among:
        parts.setdefault(place(one), []).append(one.share)
    placed = [(one, at) for one in kept if (at := place(one)) is not None]
    shares = {one: shown[at].share * one.share / merged(parts[at]) for one, at in placed}
    factor = sum(one.share for one in shares) / (sum(shares.values()) or 1.0)
    return [replace(one, share=shares[one] * factor) if one in shares else one for one in kept]
