"""What of a layout is shown in the space that there is: slots become tabs, a column folds."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from xorviz.ui.chrome.panel import NO_LIMIT
from xorviz.window.layout.tree import SlotColumn, TabSlot, Tree

GAP = 8
"""Pixels between slots and between columns."""
_BELOW_PART = 3.5
"""The slot below all columns gets at most this part of the height."""
_ROUNDING = 1e-6
"""Of pixels: a size that was dragged comes back from its share."""
Size = tuple[int, int]
Least = Callable[[str], Size]
"""Returns the least width and height at which a panel can be read, with the header of its slot."""
Most = Callable[[str], int]
"""Returns the height beyond which a panel shows no more, with the header of its slot."""


def least_of(panels: Sequence[str], least: Least) -> Size:
    """Return the size at which each of these panels can be read, one at a time."""
    sizes = [least(name) for name in panels]
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def spread(total: int, shares: Sequence[float], least: Sequence[int]) -> list[int]:
    """Return sizes by shares of a total, none below its least where that can be.

    Where it cannot, they are in the proportions of the least ones.
    """
    if sum(least) >= total:
        return _whole(total, [total * one // max(1, sum(least)) for one in least])
    fixed: set[int] = set()
    while True:
        free = total - sum(least[i] for i in fixed)
        rest = sum(share for i, share in enumerate(shares) if i not in fixed)
        sizes = [
            least[i] if i in fixed else int(free * share / rest + _ROUNDING)
            for i, share in enumerate(shares)
        ]
        small = {i for i, size in enumerate(sizes) if size < least[i]}
        if not small:
            return _whole(total, sizes)
        fixed |= small


def _whole(total: int, sizes: list[int]) -> list[int]:
    """Return sizes with what rounding has left, so that they are the total."""
    return [*sizes[:-1], sizes[-1] + total - sum(sizes)]


def has_width(columns: Sequence[SlotColumn], width: int, least: Least) -> bool:
    """Return whether columns can be read side by side in a width."""
    needed = sum(least_of(column.panels, least)[0] for column in columns)
    return needed + GAP * (len(columns) - 1) <= width


def needed_height(slots: Sequence[TabSlot], least: Least) -> int:
    """Return the height in which slots can be read below each other."""
    needed = sum(least_of(slot.panels, least)[1] for slot in slots)
    return needed + GAP * (len(slots) - 1)


def rows(tree: Tree, height: int, least: Least, most: Most = lambda _: NO_LIMIT) -> list[int]:
    """Return the heights of the row of columns and of the slot below it, if there is one.

    That has no more than its panels can use, nor what the columns need to be read.
    """
    if tree.below is None:
        return [height]
    first = tuple(column.slots[0] for column in tree.columns)
    needed = [least_of(SlotColumn(first).panels, least)[1], least_of(tree.below.panels, least)[1]]
    height -= GAP
    _, below = spread(height, [1 - tree.below.share, tree.below.share], needed)
    spare = height - max(needed_height(column.slots, least) for column in tree.columns)
    most_needed = max(map(most, tree.below.panels))
    below = min(below, max(most_needed, needed[1]), max(spare, needed[1]))
    return [height - below, below]


def fitted(
    tree: Tree, aside: SlotColumn | None, size: Size, least: Least, most: Most = lambda _: NO_LIMIT
) -> Tree:
    """Return a tree as it is shown in a size, with a column that is always at its right.

    Where columns are too narrow, the last one goes below the one before, which is as wide as the
    wider of the two: so two that are compared stay equal. Where slots are too low,
    the last one becomes tabs of the one before; so does the one below all, of the last column.
    Where not even one column fits beside the one at the right, that is shown alone.
    """
    width, height = size
    columns, below, right = list(tree.columns), tree.below, [] if aside is None else [aside]
    while len(columns) > 1 and not has_width([*columns, *right], width, least):
        *columns, one, last = columns
        columns.append(SlotColumn((*one.slots, *last.slots), max(one.share, last.share)))
    if right and not has_width([*columns, *right], width, least):
        columns, below = [], None
    if below is not None and not columns:
        columns, below = [SlotColumn((below,))], None
    if below is not None:
        if least_of(below.panels, least)[1] > height / _BELOW_PART:
            columns[-1] = replace(columns[-1], slots=(*columns[-1].slots, below))
            below = None
        else:
            shown = replace(tree, columns=tuple(columns), below=below)
            height, _ = rows(shown, height, least, most)
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
