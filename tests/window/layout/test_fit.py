"""Layouts in small spaces: what goes below or behind others, and with which shares."""

from hypothesis import given
from hypothesis import strategies as st

from xorviz.window.layout.fit import GAP, fitted, rows
from xorviz.window.layout.tree import SlotColumn, TabSlot, Tree


def test_two_that_are_compared_stay_equal_where_a_third_goes_below_one_of_them() -> None:
    columns = tuple(SlotColumn((TabSlot((name,)),), 1 / 3) for name in ("a", "b", "loss"))
    shown = fitted(Tree(columns), None, (500, 900), lambda _: (200, 100))
    assert [slot.panels for slot in shown.columns[1].slots] == [("b",), ("loss",)]
    assert shown.columns[0].share == shown.columns[1].share


HEIGHTS = st.integers(40, 300)


@given(st.integers(100, 1200), HEIGHTS, HEIGHTS, st.integers(0, 900), st.floats(0.05, 0.9))
def test_what_is_below_all_is_as_high_as_it_is_of_use_and_leaves_the_columns_readable(
    height: int, column: int, low: int, most: int, share: float
) -> None:
    slots = TabSlot(("a",)), TabSlot(("b",))
    tree = Tree((SlotColumn(slots),), TabSlot(("runs",), share))
    above, below = rows(
        tree, height, lambda name: (9, low if name == "runs" else column), lambda _: most
    )
    assert above + below + GAP == height
    if height >= 2 * column + low + 2 * GAP:
        assert above >= 2 * column + GAP
        assert low <= below <= max(most, low)
        wanted = min(most, int(share * (height - GAP)))
        assert below >= min(wanted, height - 2 * column - 2 * GAP) - 1
