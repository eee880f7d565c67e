"""The range of the weights' colours: options."""

from pytestqt.qtbot import QtBot

from xorviz.panels.learn.weights.range import AUTOMATIC, RANGES, range_options
from xorviz.panels.learn.weights.weight_heatmap import WeightHeatmap


def test_there_is_an_option_for_each_range_and_one_that_fits(qtbot: QtBot) -> None:
    view = WeightHeatmap()
    qtbot.addWidget(view)
    ranges = range_options(view, view._option, "thick", "Threads")
    actions = ranges.actions()
    assert [action.text() for action in actions][::7] == ["Threads to ±1", "Threads to fit"]
    assert [action.objectName() for action in actions] == [
        f"thick_{n}" for n in (*RANGES, AUTOMATIC)
    ]
    assert ranges.value == 5
    actions[0].trigger()
    assert ranges.value == 1
