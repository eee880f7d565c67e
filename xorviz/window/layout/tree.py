"""A layout as a value: what its user does to it, what of it fits, and the four of the beginning."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from xorviz.panels import registry
from xorviz.panels.registry import Workspace

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

    def resized(self, before: "Tree", after: "Tree") -> "Tree":
        """Return the tree with the shares of what shows it, as these were and as they are now.

        Where one slot or column there shows several of this tree, these keep their proportions.
        """
        pairs = list(zip(before.columns, after.columns, strict=True))
        columns = _grown(self.columns, pairs)
        slots = [pair for one, other in pairs for pair in zip(one.slots, other.slots, strict=True)]
        columns = tuple(replace(column, slots=_grown(column.slots, slots)) for column in columns)
        below = self.below
        if below is not None and after.below is not None:
            below = replace(below, share=after.below.share)
        return replace(self, columns=columns, below=below)

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
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ValueError("not a layout") from error
        names = tree.panels
        if not names or len(set(names)) < len(names):
            raise ValueError("not a layout")
        return tree


Part = TypeVar("Part", TabSlot, SlotColumn)


def _filling(before: Sequence[Part], after: Iterable[Part]) -> tuple[Part, ...]:
    """Return slots or columns with shares as large together as those before them had."""
    parts = tuple(after)
    factor = sum(part.share for part in before) / (sum(part.share for part in parts) or 1.0)
    return tuple(replace(part, share=part.share * factor) for part in parts)


def _share(value: Any) -> float:
    share = float(value)
    if not _LEAST_SHARE <= share <= 1 / _LEAST_SHARE:
        raise ValueError(share)
    return share


def _grown(
    kept: Sequence[Part], shown: Iterable[tuple[TabSlot | SlotColumn, TabSlot | SlotColumn]]
) -> tuple[Part, ...]:
    """Return slots or columns that have grown as what shows them has, from before to after."""
    factors = {name: after.share / one.share for one, after in shown for name in one.panels}
    grown = (next((factors[n] for n in part.panels if n in factors), 1.0) for part in kept)
    return tuple(
        replace(part, share=part.share * factor) for part, factor in zip(kept, grown, strict=True)
    )


GAP = 8
"""Pixels between slots and between columns."""
_BELOW_PART = 3.5
"""The slot below all columns needs at most this part of the height."""
Size = tuple[int, int]
Least = Callable[[str], Size]
"""Returns the least width and height at which a panel can be read, with the header of its slot."""


def least_of(panels: Sequence[str], least: Least) -> Size:
    """Return the size at which each of these panels can be read, one at a time."""
    sizes = [least(name) for name in panels]
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def has_width(columns: Sequence[SlotColumn], width: int, least: Least) -> bool:
    """Return whether columns can be read side by side in a width."""
    needed = sum(least_of(column.panels, least)[0] for column in columns)
    return needed + GAP * (len(columns) - 1) <= width


def needed_height(slots: Sequence[TabSlot], least: Least) -> int:
    """Return the height in which slots can be read below each other."""
    needed = sum(least_of(slot.panels, least)[1] for slot in slots)
    return needed + GAP * (len(slots) - 1)


def fitted(tree: Tree, aside: SlotColumn | None, size: Size, least: Least) -> Tree:
    """Return a tree as it is shown in a size, with a column that is always at its right.

    Where columns are too narrow, the last one goes below the one before, which is as wide as the
    wider of the two: so two that are compared stay equal. Where slots are too low,
    the last one becomes tabs of the one before; so does the one below all, of the last column.
    Where not even one column fits beside the one at the right, that is shown alone.
    """
    width, height = size
    columns, below, right = list(tree.columns), tree.below, [] if aside is None else [aside]
    if below is not None and not columns:
        columns, below = [SlotColumn((below,))], None
    # Before columns are compared with the width: it may be wider than the last one.
    if below is not None and least_of(below.panels, least)[1] > height / _BELOW_PART:
        columns[-1] = replace(columns[-1], slots=(*columns[-1].slots, below))
        below = None
    while len(columns) > 1 and not has_width([*columns, *right], width, least):
        *columns, one, last = columns
        columns.append(SlotColumn((*one.slots, *last.slots), max(one.share, last.share)))
    if right and not has_width([*columns, *right], width, least):
        columns, below = [], None
    if below is not None:  # it gives up what it has beyond what it needs
        height -= least_of(below.panels, least)[1] + GAP
    columns = [
        replace(column, slots=_tabbed(column.slots, height, least)) for column in (*columns, *right)
    ]
    return replace(tree, columns=tuple(columns), below=below)


def _tabbed(slots: Sequence[TabSlot], height: int, least: Least) -> tuple[TabSlot, ...]:
    """Return slots of which the last ones are tabs of the one before, as far as a height asks."""
    slots = list(slots)
    while len(slots) > 1 and needed_height(slots, least) > height:
        *slots, one, last = slots
        panels = (*one.panels, *last.panels)
        slots.append(TabSlot(panels, one.share + last.share))
    return tuple(slots)


RUNS, SETTINGS = "runs", "controls"
"""The panel that is shown while there are pinned runs; and the one whose column folds."""
TWINS = "decision_surface_beside", "weight_heatmap_beside"
"""The panels of a second run."""
PAIR = "learn_pair"
"""Key of the layout of Learn with a second run; the others have the names of their workspaces."""

_BELOW_SHARE = 0.37

_SPACES: Mapping[Workspace, Sequence[tuple[float, Mapping[str, float]]]] = MappingProxyType(
    {
        Workspace.LEARN: (
            (0.22, {"A1": 0.55, "A2": 0.45}),
            (0.41, {"B1": 1.0}),
            (0.37, {"C1": 0.33, "C2": 0.31, "C3": 0.36}),
        ),
        Workspace.INSIDE: (
            (0.22, {"A1": 0.55, "A2": 0.45}),
            (0.38, {"B1": 0.35, "B2": 0.65}),
            (0.40, {"C1": 0.5, "C2": 0.5}),
        ),
        Workspace.LAB: ((0.22, {"A1": 1.0}), (0.42, {"B1": 1.0}), (0.36, {"C1": 0.5, "C2": 0.5})),
    }
)
"""Columns of each workspace: a width, and the heights of slots by their names in the registry."""


def _tree(*columns: tuple[float, Sequence[tuple[float, Sequence[str]]]]) -> Tree:
    return Tree(
        tuple(
            SlotColumn(tuple(TabSlot(tuple(names), share) for share, names in slots), width)
            for width, slots in columns
        )
    )


_PAIR_TREE = _tree(
    (0.22, [(0.55, [SETTINGS]), (0.45, ["truth_table"])]),
    (0.26, [(0.66, ["decision_surface"]), (0.34, ["weight_heatmap"])]),
    (0.26, [(share, [name]) for share, name in zip((0.66, 0.34), TWINS, strict=True)]),
    (0.26, [(1.0, ["loss_plot", "network_diagram"])]),
)
"""Two runs side by side: a column for each, and one for the losses of both."""


def default_tree(key: str) -> Tree:
    """Return the layout that a workspace, or Learn with a second run, begins with."""
    below = TabSlot((RUNS,), _BELOW_SHARE)
    if key == PAIR:
        return Tree(_PAIR_TREE.columns, below)
    space = Workspace(key)
    tree = _tree(
        *(
            (width, [(share, registry.stack(space, name)) for name, share in slots.items()])
            for width, slots in _SPACES[space]
        )
    )
    shown = registry.shown_in(space)
    return Tree(tree.only(shown).columns, below if RUNS in shown else None)


def companion(tree: Tree, key: str, panel: str) -> str:
    """Return a panel of a tree that another one begins beside; none for the last slot."""
    if key == PAIR:
        pair = next((s for s in _PAIR_TREE.slots if panel in s.panels), None)
        names = pair.panels if pair else ()
    else:
        space = Workspace(key)
        names = registry.stack(space, registry.entry(panel).stacks[space])
    return next((name for name in names if name != panel and name in tree.panels), "")
