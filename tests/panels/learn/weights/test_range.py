"""What the strongest colours stand for: round numbers, and how they are written."""

import pytest
from pytestqt.qtbot import QtBot

from xorviz.panels.learn.weights.range import AUTOMATIC, RANGES, range_options, range_text
from xorviz.panels.learn.weights.weight_heatmap import WeightHeatmap


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
