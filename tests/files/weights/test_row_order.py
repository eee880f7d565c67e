"""Row orders of other programs."""

from itertools import permutations

import pytest

from xorviz.core.rules import SettingError, parsed
from xorviz.core.truth_table import ROWS
from xorviz.files.weights.row_order import PRINTED_ORDER, RowOrder, in_row_order, order_text

XOR = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}


def test_each_row_keeps_its_value_whatever_the_order() -> None:
    for order in list(permutations(ROWS)):
        given = [(row, XOR[row]) for row in order]
        ours = in_row_order(given, order)
        assert ours == tuple((row, XOR[row]) for row in ROWS)
        assert parsed(RowOrder(), "order", order_text(order)) == order
        assert parsed(RowOrder(), "order", order_text(order, "  ")) == order


def test_rows_are_printed_in_counting_order() -> None:
    assert order_text(PRINTED_ORDER) == "00,01,10,11"
    assert in_row_order("abcd", PRINTED_ORDER) == ("c", "a", "b", "d")


NO_ORDERS = ["", "00", "00,01,10", "00,01,10,10", "00,01,10,11,00", "0001,10,11", "00,01,10,12"]


def test_an_invalid_order_is_refused() -> None:
    for text in NO_ORDERS:
        with pytest.raises(SettingError, match=r"^--order is .*; allowed: 00,01,10,11 in any"):
            parsed(RowOrder(), "--order", text)
