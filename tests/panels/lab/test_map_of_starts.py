"""What the success map shows and does of two initial weights."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, turn_wheel, type_into
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import SIDE, StartMap
from xorviz.lab.training.training import advanced
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.map_picture import MapPicture, StartCells
from xorviz.panels.lab.outcomes import OUTCOMES, OutcomeLegend
from xorviz.ui.forms.fields import ChoiceField, ValuesField
from xorviz.ui.theme.palette import LEVELS

RUN = Record(RunConfig(width=2, biases=True, rate=2.0, seed=5))
MAP = StartMap(RUN, (0, 1), ((-8.0, 8.0), (-8.0, 8.0)), 200)
CORNER = (0, 0)


@pytest.fixture(scope="module")
def coarse() -> LabSnapshot:
    """Return the results of the coarsest grid alone."""
    results, share = LabResults(MAP.plan), next(shares_of(MAP.plan, 1))
    cohort = advanced(share.drawn(), MAP.steps)
    results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


class Starts(Page[LabMap]):
    """The panel with a map of starts."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot, LabMap(), size=(620, 460))
        self.view.show_run(RUN)
        self.axes = [child(self.view, ChoiceField, f"map_{name}") for name in ("across", "up")]
        self.ranges = [
            child(self.view, ValuesField, f"map_{name}_values") for name in ("across", "up")
        ]
        self.grid = child(self.view, MapPicture).grid

    def asked(self) -> list[Any]:
        return self.heard["map_requested"]

    def spans(self) -> object:
        wanted = self.view.wanted
        assert isinstance(wanted, StartMap)
        return wanted.spans

    def at(self, place: tuple[int, int]) -> QPoint:
        return self.grid.rect_of(place).center().toPoint()


@pytest.fixture
def page(qtbot: QtBot) -> Starts:
    return Starts(qtbot)


@pytest.fixture
def drawn(page: Starts, coarse: LabSnapshot) -> Starts:
    page.axes[0].choose("w1[x1→h1]")
    for field in page.ranges:
        type_into(field, "-8..8")
    page.view.show_snapshot(coarse, MAP)
    return page


def test_a_weight_on_an_axis_brings_another_and_a_setting_takes_both_away(page: Starts) -> None:
    head = page.view.head
    page.axes[1].choose("b2")
    assert (head.pair, head.ranges) == ("w1[x1→h1] b2", ((-10, 10), (-10, 10)))
    assert page.view.wanted == StartMap(RUN, (0, 8), head.ranges, 4000)
    page.axes[0].choose("b2")
    assert head.pair == "b2 w1[x1→h1]"
    page.view.show_run(Record(RunConfig(width=2)))
    assert head.pair == "w1[x1→h1] w1[x1→h2]", "this run has no b2"
    page.axes[0].choose("rate")
    assert head.pair == "rate width"
    page.axes[0].choose("w1[x1→h2]")
    head.offer_weights(())
    assert head.pair == "rate width", "a watched run's weights may be too large"
    assert page.heard["map_requested"] == []


def test_typed_spans_are_those_of_the_next_map(page: Starts) -> None:
    page.axes[0].choose("w2[h1→o]")
    type_into(page.ranges[0], "0..0.5")
    assert page.spans() == ((0, 0.5), (-10, 10))
    assert page.ranges[0].text() == "0..0.5"
    type_into(page.ranges[1], "5..x")
    assert page.spans() == ((0, 0.5), (-10, 10))
    assert "a number from −1" in page.heard["refused"][0]
    type_into(page.ranges[1], "3")
    assert page.spans() == ((0, 0.5), (-10, 10)), "one number is no span"
    assert "3 is one value" in page.heard["refused"][1]


def test_each_start_is_told_and_its_neighbours_until_they_are_trained(
    drawn: Starts, coarse: LabSnapshot
) -> None:
    cells = StartCells(MAP, coarse)
    levels, place = cells.levels, MAP.place(CORNER)
    assert cells.words(CORNER).endswith("; w1[x1→h1] −8.000, w1[x1→h2] 8.000")
    assert cells.words((1, 1)).endswith("not trained yet")
    assert (levels[:8, :8] == levels[0, 0]).all()
    is_right = bool(coarse.right[place])
    assert (levels[0, 0] < LEVELS) == is_right
    outcomes = {OUTCOMES[level - LEVELS] for level in levels[levels >= LEVELS].tolist()}
    assert outcomes <= set(child(drawn.view, OutcomeLegend).counts)
    fastest = np.unravel_index(levels.argmax() if is_right else 0, levels.shape)
    assert levels[fastest] >= 0
    assert (StartCells(MAP, LabResults(MAP.plan).snapshot()).levels == -1).all()
    assert drawn.read().endswith(" % correct · 200 steps")
    assert "from −8.000 to 8.000 across" in drawn.view.description()
    header, rows = cells.table()
    assert (len(list(rows)), header[:3]) == (81, ("w1[x1→h1]", "w1[x1→h2]", "steps"))


def test_a_click_opens_the_run_of_a_start_and_it_is_marked(drawn: Starts) -> None:
    for cell, with_shift, step in [((16, 32), False, 200), ((32, 16), True, 0), ((1, 1), False, 0)]:
        key = Qt.KeyboardModifier.ShiftModifier if with_shift else Qt.KeyboardModifier.NoModifier
        left = Qt.MouseButton.LeftButton
        QTest.mouseClick(drawn.grid, left, key, drawn.at(cell))
        run, at = drawn.heard["open_requested"][-1]
        row, column = drawn.grid.spot_at(drawn.at(cell).toPointF()) or (0, 0)
        assert run == MAP.run((row, column))
        if step == 0 or (row % 16, column % 16) == (0, 0):
            assert at == step
    drawn.view.show_run(run)
    assert drawn.grid._outlined == (row, column)


def test_wheel_and_keys_zoom_around_the_place_pointed_at_and_back(
    drawn: Starts, coarse: LabSnapshot
) -> None:
    grid = drawn.grid
    turn_wheel(grid, 1, drawn.at((64, 64)))
    (first,) = drawn.asked()
    assert [high - low for low, high in first.spans] == [8, 8]
    assert all(abs(low + high) < 0.5 for low, high in first.spans)
    drawn.view.show_snapshot(LabResults(first.plan).snapshot(), first)
    drawn.press(Qt.Key.Key_Minus)
    assert [high - low for low, high in drawn.asked()[-1].spans] == [16, 16]
    for spans in (first.spans, MAP.spans):
        drawn.choose("map_back")
        assert drawn.asked()[-1] == replace(MAP, spans=spans, steps=4000)
    assert not drawn.option("map_back").isEnabled()
    drawn.choose("map_back")
    assert len(drawn.asked()) == 4
    drawn.view.show_snapshot(coarse, MAP)
    turn_wheel(grid, 1, drawn.at((64, 64)))
    drawn.axes[0].choose("b2")
    drawn.choose("map_back")
    assert len(drawn.asked()) == 5, "it was of other weights"
    assert not drawn.option("map_back").isEnabled()
    assert not turn_wheel(grid, 1, QPoint(1, 1)) or len(drawn.asked()) == 5


def test_notches_in_quick_succession_add_up(drawn: Starts) -> None:
    turn_wheel(drawn.grid, 1, drawn.at((64, 64)))
    turn_wheel(drawn.grid, 1, drawn.at((64, 64)))
    once, twice = (one.spans for one in drawn.asked())
    assert [high - low for low, high in twice] == [4, 4]
    assert np.allclose(np.mean(once, axis=1), np.mean(twice, axis=1), atol=0.1)


def test_all_starts_are_in_sight_in_a_small_panel_and_seamless_in_a_large_one(
    drawn: Starts,
) -> None:
    drawn.view.resize(200, 240)
    assert drawn.grid.shape == (SIDE, SIDE)
    assert not any(bar.isVisible() for bar in drawn.grid._bars)
    drawn.view.resize(1500, 1500)
    first, second = (drawn.grid.rect_of((0, column)) for column in (0, 1))
    assert (first.width() > 8, first.right()) == (True, second.left())
