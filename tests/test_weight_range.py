"""What the strongest colours stand for: round numbers, and how they are written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from xorviz.views.weight_heatmap import WeightHeatmap
from xorviz.views.weight_range import AUTOMATIC, RANGES, range_options, range_text, round_range


@given(st.floats(5e-324, 1.7e308))
def test_a_round_range_is_just_large_enough(largest: float) -> None:
    found = round_range(largest)
    assert largest * (1 - 1e-9) <= found
    assert found <= max(largest * 2.5 * (1 + 1e-9), 1e-300)


@pytest.mark.parametrize(
    ("largest", "found"),
    [(0.0, 1), (1.0, 1), (1.01, 2), (2.0, 2), (3.0, 5), (7.0, 10), (0.003, 0.005), (1e-7, 1e-7)],
)
def test_a_round_range_is_one_two_or_five(largest: float, found: float) -> None:
    assert round_range(largest) == pytest.approx(found)


@pytest.mark.parametrize("largest", [np.inf, np.nan])
def test_a_range_is_found_for_what_is_no_number_too(largest: float) -> None:
    assert round_range(largest) == 1


@pytest.mark.parametrize(
    ("limit", "text"), [(5, "5"), (0.02, "0.02"), (100, "100"), (2e5, "2·10⁵"), (5e-4, "5·10⁻⁴")]
)
def test_a_range_is_written_as_people_write_it(limit: float, text: str) -> None:
    assert range_text(limit) == text


def test_the_options_offer_each_range_and_one_that_fits(qtbot: QtBot) -> None:
    view = WeightHeatmap()
    qtbot.addWidget(view)
    ranges = range_options(view, view._option, "thick", "Threads")
    assert [action.data() for action in ranges.actions()] == [*RANGES, AUTOMATIC]
    assert [action.text() for action in ranges.actions()][::7] == [
        "Threads to ±1",
        "Threads to fit",
    ]
    assert [action.objectName() for action in ranges.actions()][:2] == ["thick_1", "thick_2"]
    assert ranges.checkedAction().data() == 5
    ranges.actions()[0].trigger()
    assert [action.data() for action in ranges.actions() if action.isChecked()] == [1]
