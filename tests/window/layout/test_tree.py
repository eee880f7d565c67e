"""Layouts as values: what a user does to them loses no panel, and JSON gives them back."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from xorviz.panels import registry
from xorviz.panels.registry import Workspace
from xorviz.window.layout import tree as tree_module
from xorviz.window.layout.page import spread
from xorviz.window.layout.tree import (
    GAP,
    PAIR,
    SlotColumn,
    TabSlot,
    Tree,
    default_tree,
    fitted,
    has_width,
    needed_height,
)

NAMES = "abcdefgh"
KEYS = ("learn", PAIR, "inside", "lab")


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Trees of some panels, cut into slots and columns anywhere."""
    names = draw(st.permutations(NAMES))
    share = st.floats(0.05, 5)

    def cut(items: list[Any]) -> list[list[Any]]:
        at = sorted(draw(st.sets(st.integers(1, len(items) - 1)))) if len(items) > 1 else []
        return [items[a:b] for a, b in pairwise([0, *at, len(items)])]

    slots = [TabSlot(tuple(part), draw(share)) for part in cut(list(names))]
    below = slots.pop() if len(slots) > 1 and draw(st.booleans()) else None
    if below is not None:
        below = TabSlot(below.panels, draw(st.floats(0.1, 0.8)))
    columns = [SlotColumn(tuple(part), draw(share)) for part in cut(slots)]
    front = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return Tree(tuple(columns), below, tuple(front))


def least(name: str) -> tuple[int, int]:
    """Sizes of panels, each another one."""
    number = ord(name[0]) % 8
    return 100 + 20 * number, 80 + 10 * number


sizes = st.tuples(st.integers(50, 3000), st.integers(50, 2000))


@given(trees(), st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans())
def test_a_panel_that_moves_is_the_only_one_that_does(
    tree: Tree, name: str, beside: str, is_below: bool
) -> None:
    moved = tree.moved(name, beside, is_below)
    assert sorted(moved.panels) == sorted(NAMES)
    others = [p for p in tree.panels if p != name]
    assert [p for p in moved.panels if p != name] == others
    slot = next(s for s in moved.slots if name in s.panels)
    if name != beside:
        assert moved.front_of(slot) == name
        assert (beside in slot.panels) is not is_below or slot is moved.below


@given(trees(), st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1))
def test_panels_that_move_leave_no_space(tree: Tree, moves: list[tuple[str, str]]) -> None:
    moved = tree
    for name, beside in moves:
        moved = moved.moved(name, beside, is_below=True)
    assume(moved.columns)  # else all are in the slot below
    total = [sum(column.share for column in one.columns) for one in (tree, moved)]
    assert total[0] == pytest.approx(total[1])
    for column in moved.columns:
        sums = [sum(s.share for s in c.slots) for c in tree.columns]
        assert any(sum(s.share for s in column.slots) == pytest.approx(one) for one in sums)


def test_slots_that_change_places_keep_their_shares() -> None:
    slots = [TabSlot((name,), share) for name, share in zip("abc", (1.0, 2.0, 3.0), strict=True)]
    tree = Tree((SlotColumn(tuple(slots)),)).moved("b", "c", is_below=True)
    assert tree.columns[0].slots == (slots[0], slots[2], slots[1])


def test_a_tab_goes_where_another_one_is() -> None:
    tree = Tree((SlotColumn((TabSlot(("a", "b", "c")),)),))
    assert [tree.moved(*pair).panels for pair in ("ac", "ca")] == [("b", "c", "a"), ("c", "a", "b")]


@given(trees(), st.sets(st.sampled_from(NAMES), min_size=1))
def test_hidden_panels_come_back_at_the_end(tree: Tree, hidden: set[str]) -> None:
    rest = tree.only(set(NAMES) - hidden)
    assert all(slot.panels for slot in rest.slots)
    for name in sorted(hidden):
        rest = rest.moved(name, "")
    assert sorted(rest.panels) == sorted(NAMES)


@given(trees())
def test_json_gives_a_tree_back_whole(tree: Tree) -> None:
    text = json.dumps(tree.to_json())
    again = Tree.from_json(json.loads(text), NAMES)
    assert again == tree
    fewer = Tree.from_json(json.loads(text), NAMES[:3])  # panels that a version lacks
    assert sorted(fewer.panels) == sorted(NAMES[:3])


BROKEN: tuple[Any, ...] = (
    None, [], {}, "x", {"columns": 3, "below": [], "front": []},
    {"columns": [], "below": [], "front": []},
    {"columns": [[1, [[1, "a", "a"]]]], "below": [], "front": []},
    {"columns": [[-1, [[1, "a"]]]], "below": [], "front": []},
    {"columns": [[float("nan"), [[1, "a"]]]], "below": [], "front": []},
    {"columns": [[1, [[1, {}]]]], "below": [], "front": []},
    {"columns": [[1, [[1, "a"]]]], "below": [1e300, "b"], "front": []},
    {"columns": [[1, [[1, "z"]]]], "below": [], "front": []},
    {"columns": [[1, [[1, "a"]]]], "below": [], "front": 5},
    {"columns": [[1, [[1, "a"]]]], "below": []},
)  # fmt: skip


@pytest.mark.parametrize("value", BROKEN, ids=str)
def test_what_is_no_layout_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not a layout"):
        Tree.from_json(value, NAMES)


@given(trees(), sizes)
@example(
    Tree(tuple(SlotColumn((TabSlot((name,)),)) for name in "ah"), TabSlot(tuple("cdefgb"))),
    (228, 50),
)
def test_every_panel_has_a_tab_in_any_space(tree: Tree, size: tuple[int, int]) -> None:
    shown = fitted(tree, None, size, least)
    assert sorted(shown.panels) == sorted(NAMES)
    assert len(shown.columns) == 1 or has_width(shown.columns, size[0], least)
    if shown.below is None:
        for column in shown.columns:
            assert len(column.slots) == 1 or needed_height(column.slots, least) <= size[1]


@given(trees(), sizes)
def test_with_enough_space_a_tree_is_shown_as_it_is(tree: Tree, size: tuple[int, int]) -> None:
    large = 20 * size[0] + 5000, 20 * size[1] + 5000
    assert fitted(tree, None, large, least) == tree
    aside = SlotColumn((TabSlot(("w",)),))
    assert fitted(tree, aside, large, least).columns == (*tree.columns, aside)
    assert fitted(tree, aside, size, least).columns[-1] == aside


@given(trees(), sizes, st.integers(0, 3), st.floats(0.1, 0.9))
def test_a_drag_of_what_is_shown_changes_the_shares_of_what_is_kept(
    tree: Tree, size: tuple[int, int], number: int, share: float
) -> None:
    shown = fitted(tree, None, size, least)
    assert_same_shares(tree.resized(shown, shown), tree)
    columns = list(shown.columns)
    at = number % len(columns)
    columns[at] = SlotColumn(columns[at].slots, share)
    dragged = Tree(tuple(columns), shown.below, shown.front)
    again = fitted(tree.resized(shown, dragged), None, size, least)
    total, wanted = (sum(c.share for c in t.columns) for t in (again, dragged))
    assert [c.share / total for c in again.columns] == pytest.approx(
        [c.share / wanted for c in dragged.columns]
    )


@given(trees(), sizes, st.integers(0, 3), st.floats(0.1, 0.9))
def test_a_bar_between_slots_stays_where_columns_are_merged(
    tree: Tree, size: tuple[int, int], number: int, share: float
) -> None:
    tree = Tree(tree.columns, None, tree.front)
    shown = fitted(tree, None, size, least)
    columns = list(shown.columns)
    at = number % len(columns)
    first, *others = columns[at].slots
    columns[at] = SlotColumn((TabSlot(first.panels, share), *others), columns[at].share)
    dragged = Tree(tuple(columns), None, shown.front)
    assert_same_shares(fitted(tree.resized(shown, dragged), None, size, least), dragged)


def assert_same_shares(one: Tree, other: Tree) -> None:
    for a, b in zip(one.columns, other.columns, strict=True):
        assert a.share == pytest.approx(b.share)
        total = [sum(slot.share for slot in column.slots) for column in (a, b)]
        parts = [[s.share / t for s in c.slots] for c, t in zip((a, b), total, strict=True)]
        assert parts[0] == pytest.approx(parts[1])


@given(
    st.integers(0, 4000),
    st.lists(st.tuples(st.floats(0.01, 10), st.integers(0, 500)), min_size=1, max_size=5),
)
def test_sizes_follow_shares_but_for_those_that_need_more(
    total: int, parts: list[tuple[float, int]]
) -> None:
    shares, lowest = [p[0] for p in parts], [p[1] for p in parts]
    sizes = spread(total, shares, lowest)
    assert sum(sizes) == total
    if sum(lowest) < total:
        assert all(size >= low for size, low in zip(sizes, lowest, strict=True))
        n = len(parts)  # pixels that rounding may move
        free = [(z, s) for z, s, low in zip(sizes, shares, lowest, strict=True) if z > low + n]
        assert all((z - n) / s <= (other + n) / t for z, s in free for other, t in free)


@example([1, 48])  # 1 / 49 of 49 is less than 1
@given(st.lists(st.integers(1, 2000), min_size=1, max_size=5))
def test_sizes_come_back_from_their_shares(sizes: list[int]) -> None:
    shares = [size / sum(sizes) for size in sizes]
    assert spread(sum(sizes), shares, [0] * len(sizes)) == sizes


@pytest.mark.parametrize("key", KEYS)
def test_the_layouts_of_the_beginning_are_kept_as_any_other(key: str) -> None:
    tree = default_tree(key)
    assert len(set(tree.panels)) == len(tree.panels)
    assert Tree.from_json(json.loads(json.dumps(tree.to_json())), tree.panels) == tree
    assert GAP > 0


@pytest.mark.parametrize("space", Workspace)
def test_every_panel_has_a_place_in_every_workspace(space: Workspace) -> None:
    places = {name for _, slots in tree_module._SPACES[space] for name in slots}
    for entry in registry.PANELS:
        assert entry.stacks[space] in places | {"aside", "bottom"}, entry
    shown = registry.shown_in(space)
    assert sorted(default_tree(space).panels) == sorted(shown)
    numbers = [registry.entry(name).numbers[space] for name in shown]
    assert len(numbers) == len({*numbers}), "a number of its own for each panel"


def test_two_that_are_compared_stay_equal_where_a_third_goes_below_one_of_them() -> None:
    columns = tuple(SlotColumn((TabSlot((name,)),), 1 / 3) for name in ("a", "b", "loss"))
    shown = fitted(Tree(columns), None, (500, 900), lambda _: (200, 100))
    assert [slot.panels for slot in shown.columns[1].slots] == [("b",), ("loss",)]
    assert shown.columns[0].share == shown.columns[1].share
