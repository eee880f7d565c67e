"""Layouts in small spaces: what goes below or behind others, and with which shares."""

from xorviz.window.layout.fit import fitted
from xorviz.window.layout.tree import SlotColumn, TabSlot, Tree


def test_two_that_are_compared_stay_equal_where_a_third_goes_below_one_of_them() -> None:
    columns = tuple(SlotColumn((TabSlot((name,)),), 1 / 3) for name in ("a", "b", "loss"))
    shown = fitted(Tree(columns), None, (500, 900), lambda _: (200, 100))
    assert [slot.panels for slot in shown.columns[1].slots] == [("b",), ("loss",)]
    assert shown.columns[0].share == shown.columns[1].share
