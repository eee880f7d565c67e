"""The network diagram in use: rows, units, weights that are dragged, cards and slow motion."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QAbstractAnimation, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.panels.learn.pages import WeightPage, named
from tests.support.screen import child, move_pressed, press_left, release_left
from tests.support.snapshots import trained
from xorviz.core import numerals
from xorviz.core.analysis.explanation import Explanation
from xorviz.core.network import outputs
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROW_NAMES, ROWS
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.graph import AtWork, DiagramPicture
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.ui.said import told_of
from xorviz.ui.theme.palette import LIGHT

Key = Qt.Key
BIASED = RunConfig(width=3, biases=True, rate=0.5)
SNAPSHOT = trained(BIASED, 3000)
BESIDE = QPoint(3, 3)


class Page(WeightPage[NetworkDiagram]):
    """A diagram on the screen."""

    @property
    def diagram(self) -> DiagramCanvas:
        return child(self.view, DiagramCanvas)

    @property
    def picture_shown(self) -> DiagramPicture:
        assert self.diagram.picture is not None
        return self.diagram.picture

    @property
    def row(self) -> str:
        """The chosen row."""
        return str(ROW_NAMES[self.view.row.value])

    def rest_at(self, name: str) -> None:
        """Point at something until its card appears."""
        self.point_at(name)
        self.view._rest.stop()
        self.view._rest.timeout.emit()

    def drag(self, name: str, *ways: int, drop: bool = True) -> None:
        """Drag an edge so many pixels upwards."""
        start = self.at(name)
        press_left(self.canvas, start)
        for way in ways:
            move_pressed(self.canvas, start - QPoint(0, way))
        if drop:
            release_left(self.canvas, start)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot, NetworkDiagram(), SNAPSHOT)


# Rows and units


def test_digits_options_and_clicks_on_inputs_choose_the_row(page: Page) -> None:
    keys = Key.Key_1, Key.Key_4, Key.Key_2, Key.Key_3
    for key, row in zip(keys, ("00", "11", "01", "10"), strict=True):
        page.press(key)
        assert (page.row, ROWS[page.picture_shown.row]) == (row, tuple(map(int, row)))
        assert page.option(f"network_row_{row}").isChecked()
    page.press(Key.Key_4, shift=True)
    assert page.row == "10"
    page.choose("network_row_11")
    rows: list[int] = []
    page.view.row.chosen.connect(rows.append)
    page.click_on("x1", "x2", "x1", "x2")
    page.double_click("x1")  # flips twice
    assert [ROWS[row] for row in rows] == [(0, 1), (0, 0), (1, 0), (1, 1), (0, 1), (1, 1)]
    assert page.heard["unit_requested"] == page.heard["weight_requested"] == []


def test_clicks_and_arrow_keys_select_units_and_again_or_beside_clears_them(page: Page) -> None:
    page.view.unit_requested.connect(page.view.show_unit)
    asked = page.heard["unit_requested"]
    page.click_on("h2", "h3", "h3", "h1")
    page.click(BESIDE)
    page.double_click("h1")
    assert asked == [1, 2, None, 0, None, 0]
    asked.clear()
    page.press(Key.Key_Escape)
    right, left, up, down = Key.Key_Right, Key.Key_Left, Key.Key_Up, Key.Key_Down
    there = ["x1", "x1", "x2", "w1[x2→h1]", "w1[x2→h2]", "h2", "w2[h2→o]", "o"]
    back = ["w2[h1→o]", "h1", "w1[x1→h1]", "x1", "x1"]
    keys = right, up, down, right, down, right, right, right, left, left, left, left, left
    assert [page.press(key).split()[0] for key in keys] == there + back
    assert asked == [None, 0, 1, 0]
    page.point(None)
    assert page.press(right).startswith("h1 "), "keys begin at the selected unit"


# The card: the numbers themselves are tested in core/analysis.


def test_the_card_has_the_numbers_of_what_is_pointed_at_and_says_what_a_click_does(
    page: Page,
) -> None:
    told, shapes = Explanation(SNAPSHOT.weights, BIASED, page.view.row.value), Qt.CursorShape
    for name, lines, shape, hint in (
        ("w1[x2→h3]", told.of_weight("w1", (1, 2)), shapes.SizeVerCursor, "Drag up or down"),
        ("b2", told.of_weight("b2", (0,)), shapes.SizeVerCursor, "Drag up or down"),
        ("h2", told.of_unit(1), shapes.PointingHandCursor, "highlight this unit"),
        ("o", told.of_output(), shapes.ArrowCursor, ""),
    ):
        page.rest_at(name)
        card = page.diagram.card
        assert card is not None
        assert list(card.lines) == lines
        assert hint in card.hint
        assert page.canvas.accessibleDescription() == card.spoken
        assert page.canvas.cursor().shape() == shape
    later = trained(BIASED, 3100)
    page.show(later)
    again = Explanation(later.weights, BIASED, page.view.row.value).of_output()
    assert page.diagram.card is not None
    assert list(page.diagram.card.lines) == again
    assert page.read() == f"o {numerals.real(float(later.outputs[page.view.row.value]), 6)}"
    for name, tip in (("x1", "flip this input"), ("1", "biases")):
        page.rest_at(name)
        assert page.diagram.card is None
        assert tip in page.canvas.toolTip()


def test_a_card_waits_for_the_mouse_to_rest_but_not_for_keys(page: Page) -> None:
    page.point_at("h1")
    assert page.diagram.card is None
    page.point_at("h2")
    page.press(Key.Key_Down)
    assert page.diagram.card is not None
    assert page.diagram.card.title == "h3 in row 01"
    page.point(None)
    assert page.diagram.card is None
    page.rest_at("b2")
    page.double_click("b2")
    assert page.diagram.card is None, "the field is there"
    page.editor.cancel()
    assert page.diagram.card is not None


# Dragging


@pytest.mark.parametrize("way", [0, 40])  # only pressed, or dragged
def test_a_drag_ends_with_the_run_whose_edge_it_is(page: Page, way: int) -> None:
    page.drag("w2[h3→o]", way, drop=False)
    page.show(replace(trained(RunConfig(width=1), 0), run=SNAPSHOT.run + 1))  # such as by Undo
    at = page.canvas.rect().center()
    move_pressed(page.canvas, at - QPoint(0, 100))
    release_left(page.canvas, at)
    assert page.heard["weight_requested"] == []
    assert page.picture_shown.weights.tolist() == [
        cell for array in page.snapshot.weights.arrays() for cell in np.ravel(array)
    ]


def test_a_drag_shows_the_new_weight_and_sets_it_once_and_esc_leaves_it(page: Page) -> None:
    page.press(Key.Key_Plus)
    page.point_at("o")
    page.press(Key.Key_Return)
    assert len(page.heard["refused"]) == 2, "no weight is marked"
    before = named(SNAPSHOT, "w2[h1→o]").value
    start = page.at("w2[h1→o]")
    page.drag("w2[h1→o]", 2, drop=False)
    assert page.diagram.card is None
    for way in (10, 40):
        move_pressed(page.canvas, start - QPoint(0, way))
        wanted = round(before + way * 5 / 100, 3)
        assert page.read() == f"w2[h1→o] {numerals.real(wanted, 6)}"
    assert page.diagram.card is not None
    assert page.heard["weight_requested"] == []
    release_left(page.canvas, start)
    move_pressed(page.canvas, start)
    page.drag("w2[h1→o]", 0, 1)
    page.drag("x1", 30)
    assert page.heard["weight_requested"] == [("w2", (0, 0), pytest.approx(wanted))]
    page.show(SNAPSHOT)
    page.drag("b2", -60, drop=False)
    assert SNAPSHOT.weights.b2 is not None
    weights = replace(SNAPSHOT.weights, b2=np.round(SNAPSHOT.weights.b2 - 3.0, 3))
    row = page.picture_shown.row
    assert page.picture_shown.values[-1] == pytest.approx(outputs(weights, SNAPSHOT.config)[row])
    QTest.keyClick(page.canvas, Key.Key_Escape)
    assert page.picture_shown.values[-1] == SNAPSHOT.outputs[row]
    release_left(page.canvas, page.at("b2"))
    page.clear()
    page.point_at("w1[x1→h1]")
    page.press(Key.Key_Plus, Key.Key_Minus)
    before = named(SNAPSHOT, "w1[x1→h1]").value
    asked = [("w1", (0, 0), pytest.approx(before + by, abs=6e-4)) for by in (0.1, -0.1)]
    assert page.heard["weight_requested"] == asked


def test_what_is_this_says_one_thing(page: Page) -> None:
    for spot, place in page.spots().items():
        told, _ = told_of(page.diagram, page.diagram.mapToGlobal(place))
        assert spot.name in told or "constant" in told or "output unit" in told
        assert told != page.view.explanation
        page.view._point_at(spot)
        assert told_of(page.view)[0] == told, "by keyboard, too"


# Slow motion


def test_slow_motion_lights_what_each_line_is_about(page: Page) -> None:
    walk, lit = page.view.walk, {}
    page.view.slow_motion.trigger()
    assert (len(page.heard["pause_requested"]), walk.is_on) == (1, True)
    while walk.stage < 8:
        assert walk.at is not None
        assert page.diagram.card is not None
        assert list(page.diagram.card.lines) == [walk.at]
        work = page.diagram.at_work
        lit[walk.stage, walk.at.name] = {spot.name for spot in work.spots}, work.way
        page.press(Key.Key_Right)
    assert lit[0, "x2"] == ({"x2"}, 0)
    assert lit[0, "t"] == ({"o"}, 1)
    assert lit[1, "z2"] == ({"h2", "w1[x1→h2]", "w1[x2→h2]", "b1[h2]"}, 1)
    assert lit[1, "h2"] == ({"h2"}, 1)
    assert lit[2, "z"] == ({"o", "w2[h1→o]", "w2[h2→o]", "w2[h3→o]", "b2"}, 1)
    assert lit[5, "δ3"] == ({"h3", "w2[h3→o]"}, -1)
    assert lit[7, "∂loss/∂b1[h1]"] == ({"b1[h1]"}, 0)
    page.press(Key.Key_Left)
    assert walk.stage == 7
    page.press(Key.Key_Escape)
    assert (walk.is_on, page.view.slow_motion.isChecked()) == (False, False)
    assert page.diagram.at_work == AtWork()


@pytest.mark.parametrize(("width", "height", "text"), [(290, 250, 1), (450, 600, 1.5)])
def test_the_card_of_slow_motion_covers_nothing_and_stays_in_its_place(
    page: Page, width: int, height: int, text: float
) -> None:
    font = page.view.font()
    font.setPointSizeF(font.pointSizeF() * text)
    page.diagram.setFont(font)
    page.view.resize(width, height)
    page.view.slow_motion.trigger()
    walk, corners = page.view.walk, set()
    while walk.stage < 8:
        page.diagram.grab()
        found, plan = page.diagram.placed_card(), page.diagram.plan
        assert found is not None
        assert plan is not None
        assert not [one for one in plan.places.values() if one.frame.intersects(found[1])]
        assert not [path for path in plan.paths.values() if path.intersects(found[1])]
        corners.add(found[1].topLeft().toTuple())
        walk.advance()
    assert len(corners) == 1
    before = page.diagram._strip
    page.press(Key.Key_Escape)
    assert (page.diagram._strip, before > 0) == (0, True)


def test_slow_motion_goes_on_by_a_click_and_asks_for_the_step_at_its_end(page: Page) -> None:
    page.view.slow_motion.trigger()
    page.click_on("h1")
    assert (page.view.walk.line, page.heard["unit_requested"]) == (1, [])
    page.show(trained(replace(BIASED, width=2)))
    assert {*page.diagram.at_work.spots} < {*page.picture_shown.graph.spots}
    page.view.walk.go_to(8, len(page.picture_shown.weights) - 1)
    page.click_on("h1")
    assert len(page.heard["next_step_requested"]) == 1
    assert (page.view.walk.stage, page.view.walk.line) == (0, 0)
    page.view.slow_motion.trigger()
    assert not page.view.walk.is_on


def test_slow_motion_is_still_with_reduced_motion_and_stops_when_hidden(page: Page) -> None:
    walk, pulse, stopped = page.view.walk, page.view._pulse, QAbstractAnimation.State.Stopped
    page.view.slow_motion.trigger()
    walk.go_to(1, 0)
    assert pulse.state() == QAbstractAnimation.State.Running
    pulse.setCurrentTime(450)
    assert page.diagram.pulse == pytest.approx(0.5, abs=0.1)
    page.view.hide()
    assert pulse.state() == stopped
    for _ in range(2):  # hidden, it would take steps that nobody sees
        assert (walk.is_on, page.view.slow_motion.isChecked()) == (False, False)
        page.view.slow_motion.trigger()
    assert "bring it to the front" in page.heard["refused"][-1]
    page.view.show()
    page.view.apply_theme(replace(LIGHT, reduced_motion=True))
    page.view.slow_motion.trigger()
    walk.go_to(1, 2)
    assert (walk.is_on, walk._ticks.isActive(), pulse.state()) == (True, False, stopped)
