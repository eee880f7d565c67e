"""The four layouts that the window begins with, from the places in the registry."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from xorviz.panels import registry
from xorviz.panels.registry import Workspace
from xorviz.window.layout.tree import SlotColumn, TabSlot, Tree

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
