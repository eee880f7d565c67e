"""The network diagram in use: display, read-out, selection and editing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.panels.learn.editing import Edited
from tests.support.cases import some
from tests.support.screen import (
    child,
    move_mouse,
    move_pressed,
    press,
    press_left,
    release_left,
    shown_view,
    type_into,
)
from tests.support.snapshots import trained
from xorviz.core import numerals
from xorviz.core.analysis.explanation import Explanation
from xorviz.core.network import outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.base.choices import AUTOMATIC
from xorviz.panels.learn.network.canvas import CardText, DiagramCanvas
from xorviz.panels.learn.network.graph import AtWork, Edge, Graph, Spot
from xorviz.panels.learn.network.layout import DiagramLayout
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.ui.theme.palette import LIGHT

BIASED = RunConfig(width=3, biases=True, rate=0.5)
SNAPSHOT = trained(BIASED, 3000)
KEYS = {(0, 0): Qt.Key.Key_1, (0, 1): Qt.Key.Key_2, (1, 0): Qt.Key.Key_3, (1, 1): Qt.Key.Key_4}


@dataclass
class Harness(Edited[NetworkDiagram]):
    """A diagram on the screen, and the signals it has emitted."""

    rows: list[int] = field(default_factory=list)

    def listen(self) -> None:
        super().listen()
        self.view.row.chosen.connect(self.rows.append)

    @property
    def canvas(self) -> DiagramCanvas:
        return child(self.view, DiagramCanvas)

    @property
    def plan(self) -> DiagramLayout:
        assert self.canvas.plan is not None
        return self.canvas.plan

    @property
    def graph(self) -> Graph:
        return self.plan.graph

    def spot(self, name: str) -> Spot:
        return next(spot for spot in self.graph.spots if spot.name == name)

    def position(self, spot: Spot) -> QPoint:
        """Return a point of a node, or a point of an edge that no other edge is nearer to."""
        self.canvas.scroll_to(spot)
        layout = self.plan
        if not isinstance(spot, Edge):
            return layout.places[spot].frame.center().toPoint()
        points = [layout.paths[spot].pointAtPercent(i / 40).toPoint() for i in range(1, 40)]
        return next(p for p in points if layout.spot_at(QPointF(p), None) == spot)

    def point_at(self, name: str) -> None:
        move_mouse(self.canvas, self.position(self.spot(name)))

    def rest_at(self, name: str) -> None:
        """Point at something until its card appears."""
        self.point_at(name)
        self.view._rest.stop()
        self.view._rest.timeout.emit()

    def leave(self) -> None:
        QApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))

    def click(self, name: str) -> None:
        self.click_at(self.position(self.spot(name)))

    def click_at(self, point: QPoint) -> None:
        press_left(self.canvas, point)
        release_left(self.canvas, point)

    def double_click(self, name: str) -> None:
        point = self.position(self.spot(name))
        self.click_at(point)
        here, there = QPointF(point), QPointF(self.canvas.mapToGlobal(point))
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        kind = QEvent.Type.MouseButtonDblClick
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, here, there, left, left, none))

    def picture(self) -> QImage:
        return self.canvas.grab().toImage()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(shown_view(qtbot, NetworkDiagram(), 480, 360))
    harness.listen()
    harness.view.show_snapshot(SNAPSHOT)
    yield harness
    harness.view.hide()


def value_of(snapshot: Snapshot, edge: Edge) -> float:
    return float(getattr(snapshot.weights, edge.field)[edge.index])


def readout_of(snapshot: Snapshot, edge: Edge) -> str:
    value = value_of(snapshot, edge)
    return f"{edge.name} {numerals.real(value, 6)}"


@pytest.mark.parametrize("biases", some([True, False], 1))
@pytest.mark.parametrize("activation", some(ACTIVATION_NAMES, 1))
def test_each_edge_reads_out_its_weight(harness: Harness, biases: bool, activation: str) -> None:
    snapshot = trained(replace(BIASED, biases=biases, activation=activation), 500)
    harness.view.show_snapshot(snapshot)
    for edge in harness.graph.edges:
        harness.point_at(edge.name)
        assert harness.readouts[-1] == readout_of(snapshot, edge)
    later = trained(snapshot.config, 600)
    harness.view.show_snapshot(later)
    assert harness.readouts[-1] == readout_of(later, harness.graph.edges[-1])
    harness.leave()
    assert harness.readouts[-1] == ""
    harness.point_at("x2")
    assert harness.readouts[-1] == "x2 1"


def test_what_is_pointed_at_is_highlighted(harness: Harness) -> None:
    before = harness.picture()
    for name in ("w1[x1→h2]", "h1", "x1", "o"):
        harness.point_at(name)
        assert harness.picture() != before, name
    harness.leave()
    assert harness.picture() == before


@pytest.mark.parametrize("row", some(range(4), 1))
def test_a_digit_chooses_a_row(harness: Harness, row: int) -> None:
    harness.view.row.choose((row + 1) % 4)
    harness.rows.clear()
    QTest.keyClick(harness.view, KEYS[ROWS[row]])
    x1, x2 = ROWS[row]
    assert harness.rows == [row]
    assert harness.view.options_text == f"row {x1}{x2}"
    assert harness.option(f"network_row_{x1}{x2}").isChecked()


def test_an_option_chooses_a_row(harness: Harness) -> None:
    texts = [action.text() for action in harness.view.options[:4]]
    assert texts == [f"Network in row {name}" for name in ("00", "01", "10", "11")]
    harness.option("network_row_11").trigger()
    assert harness.rows == [ROWS.index((1, 1))]
    assert harness.view.options_text == "row 11"
    checked = [a.objectName() for a in harness.view.options if a.isChecked()]
    assert checked == ["network_row_11", "edge_range_5"]


def test_a_click_on_an_input_flips_it(harness: Harness) -> None:
    for name, row in (("x1", (1, 1)), ("x2", (1, 0)), ("x1", (0, 0)), ("x2", (0, 1))):
        harness.click(name)
        assert ROWS[harness.rows[-1]] == row
    assert len(harness.rows) == 4
    assert (harness.units, harness.chosen, harness.refused) == ([], [], [])


def test_a_double_click_flips_an_input_twice(harness: Harness) -> None:
    harness.double_click("x1")
    assert [ROWS[row] for row in harness.rows] == [(1, 1), (0, 1)]


def test_a_double_click_on_an_edge_edits_its_weight(harness: Harness) -> None:
    for edge in harness.graph.edges:
        harness.double_click(edge.name)
        assert harness.editor.isVisible()
        assert harness.editor.accessibleName() == f"Value of {edge.name}"
        shown = float(harness.editor.text().replace(numerals.MINUS, "-"))
        assert shown == value_of(SNAPSHOT, edge)
        type_into(harness.editor, "-1.5")
        assert not harness.editor.isVisible()
    assert harness.chosen == [(edge.field, edge.index, -1.5) for edge in harness.graph.edges]
    assert harness.refused == []


def test_pointing_reports_the_hidden_unit_once(harness: Harness) -> None:
    for name in ("h2", "w1[x1→h2]", "x1", "h1", "h1"):
        harness.point_at(name)
    harness.leave()
    harness.leave()
    assert harness.pointed == [1, None, 0, None]
    assert harness.units == []


def test_clicking_a_unit_selects_it_and_again_clears_it(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    before = harness.picture()
    harness.click("h2")
    assert harness.units == [1]
    assert harness.picture() != before
    harness.click("h3")
    harness.click("h3")
    harness.click_at(QPoint(3, 3))  # beside everything
    assert harness.units == [1, 2, None]
    harness.click("h1")
    harness.click_at(QPoint(3, 3))
    assert harness.units[3:] == [0, None]
    harness.leave()
    assert harness.picture() == before


def test_a_double_click_on_a_unit_requests_it_once(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.double_click("h1")
    assert harness.units == [0]


def test_arrow_keys_move_from_node_to_edge_to_node(harness: Harness) -> None:
    walk = [
        (Qt.Key.Key_Right, "x1"),
        (Qt.Key.Key_Up, "x1"),
        (Qt.Key.Key_Down, "x2"),
        (Qt.Key.Key_Right, "w1[x2→h1]"),
        (Qt.Key.Key_Down, "w1[x2→h2]"),
        (Qt.Key.Key_Right, "h2"),
        (Qt.Key.Key_Down, "h3"),
        (Qt.Key.Key_Right, "w2[h3→o]"),
        (Qt.Key.Key_Down, "b2"),
        (Qt.Key.Key_Down, "b2"),
        (Qt.Key.Key_Right, "o"),
        (Qt.Key.Key_Left, "w2[h1→o]"),
        (Qt.Key.Key_Left, "h1"),
        (Qt.Key.Key_Left, "w1[x1→h1]"),
        (Qt.Key.Key_Left, "x1"),
        (Qt.Key.Key_Left, "x1"),
    ]
    for key, name in walk:
        QTest.keyClick(harness.view, key)
        assert harness.readouts[-1].startswith(f"{name} ")
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.readouts[-1] == ""


def test_arrow_keys_start_at_the_selected_unit(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.view.show_unit(1)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(harness.view, key)
    assert harness.units == [2, 1]
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.units == [2, 1, None]


@pytest.mark.parametrize("enter", some([Qt.Key.Key_Return, Qt.Key.Key_Enter], 1))
def test_enter_does_what_a_click_does(qtbot: QtBot, enter: Qt.Key) -> None:
    harness, _ = in_a_window(qtbot)
    press(Qt.Key.Key_Right)
    press(enter)
    assert [ROWS[row] for row in harness.rows] == [(1, 1)]
    press(Qt.Key.Key_Right)
    press(enter)
    assert QApplication.focusWidget() is harness.editor
    press(Qt.Key.Key_5)
    press(enter)
    assert harness.chosen == [("w1", (0, 0), 5)]
    press(Qt.Key.Key_Right)
    press(enter)
    assert harness.units[-1] == 0
    assert (harness.used_keys, harness.refused) == ([], [])


def test_enter_without_an_edge_explains_what_to_do(harness: Harness) -> None:
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    harness.point_at("o")
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert len(harness.refused) == 2
    assert all("arrow keys" in sentence for sentence in harness.refused)
    assert not harness.editor.isVisible()


def in_a_window(qtbot: QtBot) -> tuple[Harness, QLineEdit]:
    harness = Harness(NetworkDiagram())
    keys = ("Space", "S", "Right", "Down")
    return harness, harness.focus_in_a_window(qtbot, SNAPSHOT, *keys)


def test_an_edge_that_no_longer_exists_is_unmarked(harness: Harness) -> None:
    harness.point_at("w2[h3→o]")
    harness.view.show_snapshot(trained(replace(BIASED, width=2)))
    assert harness.readouts[-1] == ""


def test_the_range_option_sets_the_strongest_colour(harness: Harness) -> None:
    assert harness.view.options_text == "row 01"
    before = harness.picture()
    harness.option("edge_range_50").trigger()
    assert harness.picture() != before
    harness.option(f"edge_range_{AUTOMATIC}").trigger()
    assert harness.picture() != before


def test_what_a_click_does_is_said_and_shown_by_the_mouse_cursor(harness: Harness) -> None:
    shapes = Qt.CursorShape
    for name, shape, words in (
        ("x1", shapes.PointingHandCursor, "flip this input"),
        ("h1", shapes.PointingHandCursor, "highlight this unit"),
        ("b2", shapes.SizeVerCursor, "Drag up or down"),
        ("o", shapes.ArrowCursor, ""),
    ):
        harness.rest_at(name)
        assert harness.canvas.cursor().shape() == shape
        card = harness.canvas.card.hint if harness.canvas.card else ""
        assert words in (harness.canvas.toolTip() or card)
    harness.leave()
    assert harness.canvas.cursor().shape() == shapes.ArrowCursor


# The card: the numbers themselves are tested in core/analysis.


def test_the_card_has_the_numbers_of_what_is_pointed_at(harness: Harness) -> None:
    told = Explanation(SNAPSHOT.weights, SNAPSHOT.config, harness.view.row.value)
    for name, lines in (
        ("w1[x2→h3]", told.of_weight("w1", (1, 2))),
        ("b2", told.of_weight("b2", (0,))),
        ("h2", told.of_unit(1)),
        ("o", told.of_output()),
    ):
        harness.rest_at(name)
        assert harness.canvas.card is not None
        assert list(harness.canvas.card.lines) == lines
        assert harness.canvas.accessibleDescription() == harness.canvas.card.spoken
    later = trained(BIASED, 3100)
    harness.view.show_snapshot(later)
    again = Explanation(later.weights, later.config, harness.view.row.value).of_output()
    card: CardText | None = harness.canvas.card
    assert card is not None
    assert list(card.lines) == again
    harness.rest_at("x1")
    assert harness.canvas.card is None


def test_a_card_waits_for_the_mouse_to_rest_but_not_for_keys(harness: Harness) -> None:
    harness.point_at("h1")
    assert harness.canvas.card is None
    harness.point_at("h2")
    QTest.keyClick(harness.view, Qt.Key.Key_Down)
    assert harness.canvas.card is not None
    assert harness.canvas.card.title == "h3 in row 01"
    harness.leave()
    assert harness.canvas.card is None


# Dragging.


def test_a_drag_shows_the_new_weight_and_sets_it_once(harness: Harness) -> None:
    edge = harness.spot("w2[h1→o]")
    assert isinstance(edge, Edge)
    start, before = harness.position(edge), harness.picture()
    press_left(harness.canvas, start)
    for way in (10, 25, 40):
        move_pressed(harness.canvas, start - QPoint(0, way))
        wanted = value_of(SNAPSHOT, edge) + way * 5 / 100
        assert harness.readouts[-1] == f"{edge.name} {numerals.real(round(wanted, 3), 6)}"
        assert harness.picture() != before
        assert harness.chosen == []
    harness.view.show_snapshot(trained(BIASED, 3010))  # the run goes on meanwhile
    assert harness.readouts[-1] == f"{edge.name} {numerals.real(round(wanted, 3), 6)}"
    release_left(harness.canvas, start - QPoint(0, 40))
    ((field, index, value),) = harness.chosen
    assert (field, index) == ("w2", (0, 0))
    assert value == pytest.approx(wanted, abs=6e-4)
    move_pressed(harness.canvas, start)
    assert len(harness.chosen) == 1


@pytest.mark.parametrize("way", [0, 40])  # only pressed, or dragged
def test_a_drag_ends_with_the_run_whose_edge_it_is(harness: Harness, way: int) -> None:
    edge = harness.spot("w2[h3→o]")
    start = harness.position(edge)
    press_left(harness.canvas, start)
    move_pressed(harness.canvas, start - QPoint(0, way))
    one_unit = replace(trained(RunConfig(width=1), 0), run=SNAPSHOT.run + 1)
    harness.view.show_snapshot(one_unit)  # such as by Undo
    move_pressed(harness.canvas, start - QPoint(0, 60))
    release_left(harness.canvas, start - QPoint(0, 60))
    assert harness.chosen == []
    assert harness.graph.width == 1


def test_a_drag_recomputes_the_output_in_the_picture(harness: Harness) -> None:
    edge = harness.spot("b2")
    assert isinstance(edge, Edge)
    start = harness.position(edge)
    press_left(harness.canvas, start)
    move_pressed(harness.canvas, start + QPoint(0, 60))
    assert SNAPSHOT.weights.b2 is not None
    weights = replace(SNAPSHOT.weights, b2=np.round(SNAPSHOT.weights.b2 - 3.0, 3))
    picture = harness.canvas.picture
    assert picture is not None
    assert picture.values[-1] == pytest.approx(outputs(weights, "sigmoid")[picture.row])
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.canvas.picture is not None
    assert harness.canvas.picture.values[-1] == SNAPSHOT.outputs[picture.row]
    release_left(harness.canvas, start + QPoint(0, 60))
    assert harness.chosen == []


def test_plus_and_minus_change_the_marked_weight(harness: Harness) -> None:
    edge = harness.spot("w1[x1→h1]")
    assert isinstance(edge, Edge)
    QTest.keyClick(harness.view, Qt.Key.Key_Plus)
    assert len(harness.refused) == 1
    harness.point_at(edge.name)
    for key, by in ((Qt.Key.Key_Plus, 0.1), (Qt.Key.Key_Minus, -0.1)):
        QTest.keyClick(harness.view, key)
        field, index, value = harness.chosen[-1]
        assert (field, index) == (edge.field, edge.index)
        assert value == pytest.approx(value_of(SNAPSHOT, edge) + by, abs=6e-4)


# Slow motion.


def test_slow_motion_lights_what_each_line_is_about(harness: Harness) -> None:
    asked: list[str] = []
    harness.view.pause_requested.connect(lambda: asked.append("pause"))
    harness.view.slow_motion.trigger()
    assert (asked, harness.view.walk.is_on) == (["pause"], True)
    lit = {}
    while (walk := harness.view.walk).stage < 8:
        assert walk.at is not None
        assert harness.canvas.card is not None
        assert list(harness.canvas.card.lines) == [walk.at]
        work = harness.canvas.at_work
        names = {spot.name for spot in work.spots}
        lit[walk.stage, walk.at.name] = names, work.way
        QTest.keyClick(harness.view, Qt.Key.Key_Right)
    assert lit[0, "x2"] == ({"x2"}, 0)
    assert lit[1, "z2"] == ({"h2", "w1[x1→h2]", "w1[x2→h2]", "b1[h2]"}, 1)
    assert lit[1, "h2"] == ({"h2"}, 1)
    assert lit[2, "z"] == ({"o", "w2[h1→o]", "w2[h2→o]", "w2[h3→o]", "b2"}, 1)
    assert lit[5, "δ3"] == ({"h3", "w2[h3→o]"}, -1)
    assert lit[7, "∂loss/∂b1[h1]"] == ({"b1[h1]"}, 0)
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert not harness.view.walk.is_on
    assert not harness.view.slow_motion.isChecked()
    assert harness.canvas.at_work == AtWork()


def test_slow_motion_goes_on_by_a_click_and_asks_for_the_step_at_its_end(
    qtbot: QtBot, harness: Harness
) -> None:
    harness.view.slow_motion.trigger()
    harness.click("h1")
    assert (harness.view.walk.line, harness.units) == (1, [])
    harness.view.walk.go_to(8, len(harness.graph.edges) - 1)
    with qtbot.waitSignal(harness.view.next_step_requested):
        harness.click("h1")
    assert (harness.view.walk.stage, harness.view.walk.line) == (0, 0)


def test_with_reduced_motion_nothing_moves_by_itself(harness: Harness) -> None:
    harness.view.slow_motion.trigger()
    harness.view.walk.go_to(1, 0)
    assert harness.view._pulse.state() == QAbstractAnimation.State.Running
    harness.view.apply_theme(replace(LIGHT, reduced_motion=True))
    assert not harness.view.walk._ticks.isActive()
    harness.view.walk.go_to(1, 2)
    assert harness.view._pulse.state() == QAbstractAnimation.State.Stopped


def test_slow_motion_stops_when_hidden(harness: Harness) -> None:
    harness.view.slow_motion.trigger()
    harness.view.hide()
    assert not harness.view.walk.is_on
    assert not harness.view.slow_motion.isChecked()
    harness.view.slow_motion.trigger()  # it would take steps that nobody sees
    assert not harness.view.slow_motion.isChecked()
    assert "bring it to the front" in harness.refused[-1]


def test_slow_motion_scrolls_to_the_unit_at_work(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig(width=64)))
    harness.view.walk.go_to(1, 2 * 50)
    assert 50 in harness.plan.units
