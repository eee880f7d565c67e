"""The network diagram in use: what it shows, reads out, chooses and sets."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    ShortcutWindow,
    active_window,
    child,
    is_near,
    move_pressed,
    press,
    press_left,
    release_left,
    shown_view,
    type_into,
)
from tests.support.snapshots import trained, with_weights
from xorviz.core import numerals
from xorviz.core.config import ACTIVATION_NAMES, ROWS, RunConfig
from xorviz.core.network import hidden
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import SHOWN_ROWS
from xorviz.panels.inside.diagram.canvas import DiagramCanvas
from xorviz.panels.inside.diagram.graph import Edge, Graph, Spot
from xorviz.panels.inside.diagram.network_diagram import NetworkDiagram
from xorviz.panels.inside.diagram.picture import DiagramPicture
from xorviz.panels.learn.weights.editor import WeightEditor
from xorviz.panels.learn.weights.range import AUTOMATIC
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast, diverging_names, level

BIASED = RunConfig(width=3, biases=True, rate=0.5)
SNAPSHOT = trained(BIASED, 3000)
KEYS = {
    (0, 0): Qt.Key.Key_1,
    (0, 1): Qt.Key.Key_2,
    (1, 0): Qt.Key.Key_3,
    (1, 1): Qt.Key.Key_4,
}


@dataclass
class Bench:
    """A diagram on the screen, and all that it has said."""

    view: NetworkDiagram
    readouts: list[str] = field(default_factory=list)
    chosen: list[tuple[str, tuple[int, ...], float]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    pointed: list[int | None] = field(default_factory=list)
    units: list[int | None] = field(default_factory=list)

    def note(self, field: str, index: tuple[int, ...], value: float) -> None:
        self.chosen.append((field, index, value))

    def listen(self) -> None:
        self.view.readout_changed.connect(self.readouts.append)
        self.view.weight_requested.connect(self.note)
        self.view.refused.connect(self.refused.append)
        self.view.row_requested.connect(self.rows.append)
        self.view.unit_pointed.connect(self.pointed.append)
        self.view.unit_requested.connect(self.units.append)

    @property
    def canvas(self) -> DiagramCanvas:
        return child(self.view, DiagramCanvas)

    @property
    def editor(self) -> WeightEditor:
        return child(self.view, WeightEditor)

    @property
    def graph(self) -> Graph:
        layout = self.canvas.current_layout()
        assert layout is not None
        return layout.graph

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def spot(self, name: str) -> Spot:
        return next(spot for spot in self.graph.spots if spot.name == name)

    def place(self, spot: Spot) -> QPoint:
        """Return where a node is, or a point of an edge at which no other is nearer."""
        layout = self.canvas.current_layout()
        assert layout is not None
        if not isinstance(spot, Edge):
            return QPointF(*layout.centers[spot.number].tolist()).toPoint()
        points = [QPointF(*layout.along(spot, i / 40)).toPoint() for i in range(5, 38)]
        return next(p for p in points if layout.spot_at(p.x(), p.y(), None) == spot)

    def point_at(self, name: str) -> None:
        move_pressed(self.canvas, self.place(self.spot(name)))

    def leave(self) -> None:
        QApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))

    def click(self, name: str) -> None:
        self.click_at(self.place(self.spot(name)))

    def click_at(self, point: QPoint) -> None:
        press_left(self.canvas, point)
        release_left(self.canvas, point)

    def double_click(self, name: str) -> None:
        point = self.place(self.spot(name))
        self.click_at(point)
        here, there = QPointF(point), QPointF(self.canvas.mapToGlobal(point))
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        kind = QEvent.Type.MouseButtonDblClick
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, here, there, left, left, none))

    def picture(self) -> QImage:
        return self.canvas.grab().toImage()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(shown_view(qtbot, NetworkDiagram(), 480, 360))
    bench.listen()
    bench.view.show_snapshot(SNAPSHOT)
    yield bench
    bench.view.hide()


@pytest.fixture
def twin(qtbot: QtBot, bench: Bench) -> Iterator[Bench]:
    """Return the twin of the bench's diagram."""
    twin = Bench(shown_view(qtbot, NetworkDiagram(twin_of=bench.view), 480, 360))
    twin.listen()
    yield twin
    twin.view.hide()


def value_of(snapshot: Snapshot, edge: Edge) -> float:
    return float(getattr(snapshot.weights, edge.field)[edge.index])


def as_read(snapshot: Snapshot, edge: Edge) -> str:
    value = value_of(snapshot, edge)
    return f"{edge.name} {numerals.real(value, 6)}"


def color_of(bench: Bench, picture: QImage, name: str) -> QColor:
    """Return the colour of a node, below its text."""
    layout = bench.canvas.current_layout()
    assert layout is not None
    spot = bench.spot(name)
    return picture.pixelColor(bench.place(spot) + QPoint(0, round(layout.radii[spot.number] * 0.7)))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("row", range(4))
def test_each_node_has_the_colour_of_its_value(bench: Bench, theme: Theme, row: int) -> None:
    bench.view.apply_theme(theme)
    bench.view.show_row(row)
    picture = bench.picture()
    values = {f"h{j + 1}": h for j, h in enumerate(hidden(SNAPSHOT.weights, "sigmoid")[row])}
    values |= {"x1": ROWS[row][0], "x2": ROWS[row][1], "o": SNAPSHOT.outputs[row]}
    for name, value in values.items():
        expected = diverging_names(theme)[level(2 * float(value) - 1, 1)][0]
        assert is_near(color_of(bench, picture, name), expected), name


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_each_line_reads_out_its_weight(bench: Bench, biases: bool, activation: str) -> None:
    snapshot = trained(replace(BIASED, biases=biases, activation=activation), 500)
    bench.view.show_snapshot(snapshot)
    for edge in bench.graph.edges:
        bench.point_at(edge.name)
        assert bench.readouts[-1] == as_read(snapshot, edge)
    bench.leave()
    assert bench.readouts[-1] == "row 01"


def test_each_unit_reads_out_its_value(bench: Bench) -> None:
    bench.point_at("h3")
    h3 = float(hidden(SNAPSHOT.weights, "sigmoid")[ROWS.index((0, 1)), 2])
    assert bench.readouts[-1] == f"h3 {numerals.real(h3, 6)}"
    bench.point_at("o")
    output = float(SNAPSHOT.outputs[ROWS.index((0, 1))])
    assert bench.readouts[-1] == f"o {numerals.real(output, 6)}"
    bench.point_at("x2")
    assert bench.readouts[-1] == "x2 1"


def test_the_reading_changes_while_the_network_learns(bench: Bench) -> None:
    bench.point_at("w2[h2→o]")
    later = trained(BIASED, 4000)
    bench.view.show_snapshot(later)
    edge = bench.spot("w2[h2→o]")
    assert isinstance(edge, Edge)
    assert bench.readouts[-1] == as_read(later, edge)


def test_what_is_pointed_at_is_set_off(bench: Bench) -> None:
    before = bench.picture()
    for name in ("w1[x1→h2]", "h1", "x1", "o"):
        bench.point_at(name)
        assert bench.picture() != before, name
    bench.leave()
    assert bench.picture() == before


@pytest.mark.parametrize("row", range(4))
def test_a_digit_chooses_a_row_in_the_order_in_which_people_count(bench: Bench, row: int) -> None:
    bench.view.show_row((row + 1) % 4)
    QTest.keyClick(bench.view, KEYS[ROWS[row]])
    x1, x2 = ROWS[row]
    assert bench.rows == [row]
    assert bench.readouts[-1] == f"row {x1}{x2}"
    assert bench.option(f"network_row_{x1}{x2}").isChecked()


def test_digits_are_the_view_s_while_it_has_the_focus_and_else_the_window_s(qtbot: QtBot) -> None:
    bench, other = in_a_window(qtbot)
    press(Qt.Key.Key_1)
    assert bench.rows == [ROWS.index((0, 0))]
    press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert used_keys(bench) == ["Ctrl+1"]
    other.setFocus()
    press(Qt.Key.Key_3)
    assert len(bench.rows) == 1


def test_an_option_chooses_a_row(bench: Bench) -> None:
    bench.option("network_row_11").trigger()
    assert bench.rows == [ROWS.index((1, 1))]
    assert bench.readouts[-1] == "row 11"
    checked = [a.objectName() for a in bench.view.options if a.isChecked()]
    assert checked == ["network_row_11", "edge_range_5"]


def test_a_click_on_an_input_turns_it(bench: Bench) -> None:
    for name, row in (("x1", (1, 1)), ("x2", (1, 0)), ("x1", (0, 0)), ("x2", (0, 1))):
        bench.click(name)
        assert ROWS[bench.rows[-1]] == row
    assert len(bench.rows) == 4
    assert (bench.units, bench.chosen, bench.refused) == ([], [], [])


def test_two_fast_clicks_turn_an_input_twice(bench: Bench) -> None:
    bench.double_click("x1")
    assert [ROWS[row] for row in bench.rows] == [(1, 1), (0, 1)]


def test_a_row_that_is_told_is_shown_and_not_wished_again(bench: Bench) -> None:
    bench.view.show_row(ROWS.index((1, 0)))
    assert bench.readouts[-1] == "row 10"
    assert bench.option("network_row_10").isChecked()
    assert bench.rows == []
    bench.option("network_row_01").trigger()
    assert bench.rows == [ROWS.index((0, 1))]


@pytest.mark.parametrize("target", [0, 1])
def test_the_output_has_the_shape_of_its_target(bench: Bench, target: int) -> None:
    bench.view.show_snapshot(trained(replace(BIASED, targets=(target,) * 4)))
    layout = bench.canvas.current_layout()
    assert layout is not None
    corner = round(layout.radii[-1] * 0.85)
    picture = bench.picture()
    found = picture.pixelColor(bench.place(bench.spot("o")) + QPoint(corner, corner))
    assert is_near(found, picture.pixelColor(2, 2)) is (target == 0)


def test_a_click_on_a_line_sets_its_weight(bench: Bench) -> None:
    for edge in bench.graph.edges:
        bench.click(edge.name)
        assert bench.editor.isVisible()
        assert bench.editor.accessibleName() == f"Value of {edge.name}"
        shown = float(bench.editor.text().replace(numerals.MINUS, "-"))
        assert shown == value_of(SNAPSHOT, edge)
        type_into(bench.editor, "-1.5")
        assert not bench.editor.isVisible()
    assert bench.chosen == [(edge.field, edge.index, -1.5) for edge in bench.graph.edges]
    assert bench.refused == []


def test_a_number_out_of_range_is_refused(bench: Bench) -> None:
    bench.click("w2[h2→o]")
    type_into(bench.editor, "1e7")
    (sentence,) = bench.refused
    assert sentence.startswith("w2[h2→o] is '1e7'; allowed: a number from -1000000")
    assert bench.chosen == []


def test_a_click_elsewhere_sets_nothing(bench: Bench) -> None:
    bench.click("w1[x1→h2]")
    QTest.keyClicks(bench.editor, "5")
    bench.click_at(QPoint(3, 3))
    assert not bench.editor.isVisible()
    assert (bench.chosen, bench.refused) == ([], [])


def test_frames_leave_the_editor_alone(bench: Bench) -> None:
    bench.click("b1[h2]")
    QTest.keyClicks(bench.editor, "2.5")
    before = (bench.editor.geometry(), bench.editor.text())
    bench.view.show_snapshot(trained(BIASED, 3500))
    bench.view.show_row(0)
    bench.view.grab()
    assert (bench.editor.geometry(), bench.editor.text()) == before
    QTest.keyClick(bench.editor, Qt.Key.Key_Return)
    assert bench.chosen == [("b1", (1,), 2.5)]


@pytest.mark.parametrize(
    "other",
    [
        replace(SNAPSHOT, run=7),
        trained(replace(BIASED, width=2)),
        trained(replace(BIASED, biases=False)),
    ],
    ids=["run", "width", "biases"],
)
def test_another_run_or_network_closes_the_editor(bench: Bench, other: Snapshot) -> None:
    bench.click("w2[h3→o]")
    QTest.keyClicks(bench.editor, "2.5")
    bench.view.show_snapshot(other)
    assert not bench.editor.isVisible()
    assert (bench.chosen, bench.refused) == ([], [])


@pytest.mark.parametrize("size", [(224, 136), (480, 360), (900, 660)])
@pytest.mark.parametrize("width", [1, 3, 16])
def test_the_editor_stands_by_its_line_in_every_size(
    bench: Bench, size: tuple[int, int], width: int
) -> None:
    bench.view.show_snapshot(trained(replace(BIASED, width=width)))
    for name in ("w1[x2→h1]", f"w2[h{width}→o]", "b2"):
        bench.view.resize(480, 360)
        bench.click(name)
        bench.view.resize(*size)
        QApplication.processEvents()
        edge = bench.spot(name)
        assert isinstance(edge, Edge)
        assert bench.canvas.rect().contains(bench.editor.geometry())
        assert bench.editor.geometry().intersects(bench.canvas.rect_of(edge).toAlignedRect())
        bench.editor.cancel()


def test_pointing_tells_the_hidden_unit_once(bench: Bench) -> None:
    for name in ("h2", "w1[x1→h2]", "x1", "h1", "h1"):
        bench.point_at(name)
    bench.leave()
    bench.leave()
    assert bench.pointed == [1, None, 0, None]
    assert bench.units == []


def test_clicking_a_unit_wishes_it_to_stand_out_and_again_to_stand_back(bench: Bench) -> None:
    bench.view.unit_requested.connect(bench.view.show_unit)
    before = bench.picture()
    bench.click("h2")
    assert bench.units == [1]
    assert bench.picture() != before
    bench.click("h3")
    bench.click("h3")
    assert bench.units == [1, 2, None]
    bench.leave()
    assert bench.picture() == before


def test_a_click_beside_all_lets_nothing_stand_out(bench: Bench) -> None:
    bench.click_at(QPoint(3, 3))
    assert bench.units == []
    bench.view.show_unit(1)
    bench.click_at(QPoint(3, 3))
    assert bench.units == [None]


def test_a_double_click_on_a_unit_is_one_wish(bench: Bench) -> None:
    bench.view.unit_requested.connect(bench.view.show_unit)
    bench.double_click("h1")
    assert bench.units == [0]


def test_the_lines_of_other_units_stand_back(bench: Bench) -> None:
    def strength(name: str) -> float:
        """Return the contrast of a line, where it is not between two dashes."""
        picture, layout, edge = bench.picture(), bench.canvas.current_layout(), bench.spot(name)
        assert layout is not None
        assert isinstance(edge, Edge)
        points = [QPointF(*layout.along(edge, 0.6 + i / 100)).toPoint() for i in range(16)]
        ground = picture.pixelColor(2, 2).name()
        return max(contrast(picture.pixelColor(point).name(), ground) for point in points)

    before = strength("w2[h1→o]"), strength("w2[h2→o]")
    bench.view.show_unit(1)
    after = strength("w2[h1→o]"), strength("w2[h2→o]")
    assert after[0] < before[0] - 0.5
    assert after[1] >= before[1]


def test_a_unit_beyond_the_network_changes_nothing(bench: Bench) -> None:
    before = bench.picture()
    bench.view.show_unit(40)
    assert bench.picture() == before
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    assert bench.readouts[-1] == "x1 0"


def test_arrow_keys_walk_from_node_to_line_to_node(bench: Bench) -> None:
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
        QTest.keyClick(bench.view, key)
        assert bench.readouts[-1].startswith(f"{name} ")
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.readouts[-1] == "row 01"


def test_the_walk_reaches_everything(bench: Bench) -> None:
    reached: set[str] = set()

    def walk(key: Qt.Key, times: int) -> None:
        for _ in range(times):
            QTest.keyClick(bench.view, key)
            reached.add(bench.readouts[-1])

    for _ in range(5):  # the columns, from left to right
        walk(Qt.Key.Key_Right, 1)
        walk(Qt.Key.Key_Down, 12)
        walk(Qt.Key.Key_Up, 12)
    picture = DiagramPicture.of(SNAPSHOT, ROWS.index((0, 1)), 5)
    assert reached == {picture.readout(spot) for spot in bench.graph.spots}


def test_the_walk_begins_at_the_selected_unit_and_chooses_units(bench: Bench) -> None:
    bench.view.unit_requested.connect(bench.view.show_unit)
    bench.view.show_unit(1)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(bench.view, key)
    assert bench.units == [2, 1]
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.units == [2, 1, None]


def test_without_a_network_keys_do_nothing(qtbot: QtBot) -> None:
    bench = Bench(shown_view(qtbot, NetworkDiagram(), 480, 360))
    bench.listen()
    empty = bench.picture()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Escape):
        QTest.keyClick(bench.view, key)
    bench.click_at(QPoint(240, 180))
    assert bench.picture() == empty
    assert set(bench.readouts) <= {""}
    assert (bench.units, bench.chosen) == ([], [])


@pytest.mark.parametrize("enter", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_does_what_a_click_does(qtbot: QtBot, enter: Qt.Key) -> None:
    bench, _ = in_a_window(qtbot)
    press(Qt.Key.Key_Right)
    press(enter)
    assert [ROWS[row] for row in bench.rows] == [(1, 1)]
    press(Qt.Key.Key_Right)
    press(enter)
    assert QApplication.focusWidget() is bench.editor
    press(Qt.Key.Key_5)
    press(enter)
    assert bench.chosen == [("w1", (0, 0), 5)]
    press(Qt.Key.Key_Right)
    press(enter)
    assert bench.units[-1] == 0
    assert (used_keys(bench), bench.refused) == ([], [])


def test_enter_where_there_is_nothing_to_set_says_what_to_do(bench: Bench) -> None:
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    bench.point_at("o")
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    assert len(bench.refused) == 2
    assert all("arrow keys" in sentence for sentence in bench.refused)
    assert not bench.editor.isVisible()


def test_after_the_mouse_the_keys_are_the_window_s_again(qtbot: QtBot) -> None:
    bench, other = in_a_window(qtbot)
    other.setFocus()
    bench.click("w1[x1→h2]")
    assert QApplication.focusWidget() is bench.editor
    press(Qt.Key.Key_5)
    press(Qt.Key.Key_Return)
    assert bench.chosen == [("w1", (0, 1), 5)]
    press(Qt.Key.Key_S)
    assert used_keys(bench) == ["S"]


def in_a_window(qtbot: QtBot) -> tuple[Bench, QLineEdit]:
    """Return a diagram that has the focus, above another field, in a window with shortcuts."""
    box, bench, other = QWidget(), Bench(NetworkDiagram()), QLineEdit()
    layout = QVBoxLayout(box)
    layout.addWidget(bench.view)
    layout.addWidget(other)
    bench.view.apply_theme(LIGHT)
    bench.view.show_snapshot(SNAPSHOT)
    bench.listen()
    window = active_window(qtbot, box, "Space", "S", "Right", "Down", "1", "Ctrl+1")
    window.addActions(bench.view.options)
    bench.view.setFocus(Qt.FocusReason.TabFocusReason)
    return bench, other


def used_keys(bench: Bench) -> list[str]:
    window = bench.view.window()
    assert isinstance(window, ShortcutWindow)
    return window.used


def test_the_chosen_line_is_let_go_when_it_is_gone(bench: Bench) -> None:
    bench.point_at("w2[h3→o]")
    bench.view.show_snapshot(trained(replace(BIASED, width=2)))
    assert bench.readouts[-1] == "row 01"


def test_the_strongest_colour_stands_for_the_range_that_is_chosen(bench: Bench) -> None:
    assert bench.view.options_text == "±5"
    before = bench.picture()
    bench.option("edge_range_50").trigger()
    assert bench.view.options_text == "±50"
    assert bench.picture() != before
    bench.option(f"edge_range_{AUTOMATIC}").trigger()
    assert bench.view.options_text == "to fit"


@pytest.mark.parametrize("scale", [1e-300, 1e-5, 1e8, 1e300])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_numbers_of_any_size_can_be_shown(bench: Bench, scale: float, activation: str) -> None:
    config = replace(BIASED, activation=activation)
    for name in ("edge_range_5", f"edge_range_{AUTOMATIC}"):
        bench.option(name).setChecked(True)
        bench.view.show_snapshot(with_weights(config, scale=scale))
        bench.view.grab()


@pytest.mark.parametrize("size", [(224, 136), (480, 360), (900, 700)])
@pytest.mark.parametrize("width", [1, 8, 64])
@pytest.mark.parametrize("unit", [None, 0])
def test_all_widths_are_painted_in_all_sizes(
    bench: Bench, size: tuple[int, int], width: int, unit: int | None
) -> None:
    bench.view.resize(*size)
    bench.view.show_unit(unit)
    bench.view.show_snapshot(trained(replace(BIASED, width=width)))
    empty = NetworkDiagram()
    empty.resize(*size)
    assert bench.view.grab().toImage() != empty.grab().toImage()
    empty.deleteLater()


def test_tool_tips_say_what_a_click_does(bench: Bench) -> None:
    tips = []
    for name in ("x1", "b2", "h1", "o"):
        bench.point_at(name)
        tips.append(bench.canvas.toolTip())
    assert "turn this input" in tips[0]
    assert "set this weight" in tips[1]
    assert "this unit" in tips[2]
    assert tips[3] == ""


def test_what_is_this_says_how_to_choose_a_row_and_to_set_a_weight(bench: Bench) -> None:
    assert "click x1 or x2" in bench.view.whatsThis()
    assert "press 1, 2, 3 or 4" in bench.view.whatsThis()
    assert "click it to set the weight" in bench.view.whatsThis()
    assert (bench.view.title, bench.view.objectName()) == ("Network diagram", "network_diagram")


def test_the_twin_shows_the_second_run_in_the_same_row(bench: Bench, twin: Bench) -> None:
    second = trained(replace(BIASED, seed=7, rate=0.1), 100)
    for view in (bench.view, twin.view):
        view.show_snapshot(replace(SNAPSHOT, beside=second))
    twin.point_at("w2[h1→o]")
    edge = twin.spot("w2[h1→o]")
    assert isinstance(edge, Edge)
    assert twin.readouts[-1] == as_read(second, edge)
    twin.leave()
    assert twin.readouts[-1].startswith("row 01 · ")
    twin.click("x1")
    assert (bench.rows, twin.rows) == ([ROWS.index((1, 1))], [])
    assert bench.readouts[-1].startswith("row 11")
    assert twin.readouts[-1].startswith("row 11")
    twin.click("b2")
    type_into(twin.editor, "3")
    assert (bench.chosen, twin.chosen) == ([], [("b2", (0,), 3)])


def test_the_twin_is_empty_without_a_second_run(bench: Bench, twin: Bench) -> None:
    empty = twin.picture()
    twin.view.show_snapshot(replace(SNAPSHOT, beside=SNAPSHOT))
    assert twin.picture() != empty
    twin.click("b2")
    twin.view.show_snapshot(SNAPSHOT)
    assert twin.picture() == empty
    assert not twin.editor.isVisible()
    assert twin.readouts[-1] == ""


@pytest.mark.parametrize("index", range(len(SHOWN_ROWS)))
def test_the_rows_are_offered_in_the_order_in_which_people_count(bench: Bench, index: int) -> None:
    x1, x2 = divmod(index, 2)
    assert bench.view.options[index].text() == f"Network in row {x1}{x2}"
