"""The weights as cells: the right name, value, colour and ink in the right place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.screen import active_window, child, is_near, press, shown_view
from tests.snapshots import QUICK, trained, with_weights
from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.trainer import Snapshot
from xorviz.views.palette import DARK, LIGHT, Theme, diverging_names, level
from xorviz.views.weight_heatmap import AUTOMATIC, RANGES, Cell, WeightHeatmap, cells, round_range
from xorviz.widgets.color_bar import ColorBar

BIASED = RunConfig(width=3, biases=True)


@dataclass
class Bench:
    """A heat map on the screen, and what it has read out."""

    view: WeightHeatmap
    readouts: list[str]

    @property
    def canvas(self) -> QWidget:
        return next(w for w in self.view.findChildren(QWidget) if w.hasMouseTracking())

    @property
    def bar(self) -> str:
        return child(self.view, ColorBar).accessibleName()

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def place(self, cell: Cell) -> QRect:
        """Return where the canvas paints a cell."""
        rect: QRect = self.view._canvas._rect(cell.row, cell.column).toAlignedRect()
        return rect

    def picture(self) -> QImage:
        return self.canvas.grab().toImage()

    def point_at(self, cell: Cell) -> None:
        # A mouse that is there already, from another test, would not move.
        QTest.mouseMove(self.canvas, QPoint(1, 1))
        QTest.mouseMove(self.canvas, self.place(cell).center())
        QApplication.processEvents()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    view = shown_view(qtbot, WeightHeatmap(), 480, 330)
    readouts: list[str] = []
    view.readout_changed.connect(readouts.append)
    yield Bench(view, readouts)
    view.hide()


def as_read(cell: Cell, prefix: str = "") -> str:
    return f"{prefix}{cell.name} {numerals.real(cell.value, 6)}"


def named(weights: Weights, name: str) -> Cell:
    return next(cell for cell in cells(weights) if cell.name == name)


def inks_in(picture: QImage, rect: QRect, fill: str) -> list[QPoint]:
    """Return the places in a cell whose colour is not its fill: those that are written on."""
    inside = rect.adjusted(1, 1, -2, -2)
    return [
        QPoint(x, y)
        for x in range(inside.left(), inside.right() + 1)
        for y in range(inside.top(), inside.bottom() + 1)
        if not is_near(picture.pixelColor(x, y), fill, tolerance=12)
    ]


def fill_of(cell: Cell, limit: float, theme: Theme = LIGHT) -> str:
    return diverging_names(theme)[level(cell.value, limit)][0]


def test_cells_without_biases_are_named_and_placed_as_on_the_blackboard() -> None:
    weights = trained(RunConfig(width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("w2[h1→o]", 2, 0),
        ("w2[h2→o]", 2, 1),
    ]


def test_cells_with_biases_have_their_row_and_the_output_s_bias_at_the_end() -> None:
    weights = trained(replace(BIASED, width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("b1[h1]", 2, 0),
        ("b1[h2]", 2, 1),
        ("w2[h1→o]", 3, 0),
        ("w2[h2→o]", 3, 1),
        ("b2", 3, 2),
    ]


def test_cells_hold_the_numbers_themselves() -> None:
    weights = trained(BIASED, 10).weights
    assert weights.b1 is not None
    assert weights.b2 is not None
    expected = [*weights.w1[0], *weights.w1[1], *weights.b1, *weights.w2[:, 0], *weights.b2]
    assert [cell.value for cell in cells(weights)] == expected


@pytest.mark.parametrize("width", [1, 64])
@pytest.mark.parametrize("biases", [False, True])
def test_there_is_a_cell_for_every_number(width: int, biases: bool) -> None:
    weights = trained(RunConfig(width=width, biases=biases)).weights
    laid = cells(weights)
    assert len(laid) == sum(array.size for array in weights.arrays())
    assert len({(cell.row, cell.column) for cell in laid}) == len(laid)
    assert len({cell.name for cell in laid}) == len(laid)


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


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("config", [RunConfig(), BIASED], ids=["plain", "biased"])
def test_each_cell_has_the_colour_of_its_value(
    bench: Bench, config: RunConfig, theme: Theme
) -> None:
    snapshot = trained(replace(config, rate=1), 2000)
    bench.view.apply_theme(theme)
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    for cell in cells(snapshot.weights):
        corner = bench.place(cell).topLeft() + QPoint(3, 3)
        assert is_near(picture.pixelColor(corner), fill_of(cell, 5, theme)), cell


def test_wide_cells_have_their_number_written_in_a_legible_ink(bench: Bench) -> None:
    snapshot = trained(replace(BIASED, rate=1), 2000)
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    for cell in cells(snapshot.weights):
        fill, ink = diverging_names(LIGHT)[level(cell.value, 5)]
        written = inks_in(picture, bench.place(cell), fill)
        assert len(written) > 10, cell
        assert any(is_near(picture.pixelColor(p), ink, tolerance=90) for p in written), cell


def test_narrow_cells_have_no_number(bench: Bench) -> None:
    snapshot = trained(RunConfig(width=64, biases=True))
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    for name in ("w1[x1→h1]", "w1[x2→h33]", "w2[h64→o]"):
        cell = named(snapshot.weights, name)
        rect = bench.place(cell)
        middle = [QPoint(rect.center().x(), y) for y in range(rect.top() + 1, rect.bottom() - 1)]
        assert all(is_near(picture.pixelColor(p), fill_of(cell, 5), tolerance=12) for p in middle)


@pytest.mark.parametrize("value", [-123.45, 1234.567, -98765.0, 1e200])
@pytest.mark.parametrize("width", [4, 7, 8, 9])
def test_no_number_is_cut_off(bench: Bench, width: int, value: float) -> None:
    snapshot = with_weights(RunConfig(width=width), fill=value)
    bench.view.show_snapshot(snapshot)
    picture = bench.picture()
    cell = named(snapshot.weights, "w1[x1→h2]")
    rect = bench.place(cell)
    at_edges = [
        p
        for p in inks_in(picture, rect, fill_of(cell, 5))
        if p.x() <= rect.left() + 1 or p.x() >= rect.right() - 2
    ]
    assert not at_edges


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e-5, 1e8, 1e300])
def test_numbers_of_any_size_can_be_shown(bench: Bench, scale: float) -> None:
    for name in ("range_5", f"range_{AUTOMATIC}", "gradients"):
        bench.option(name).setChecked(True)
        bench.view.show_snapshot(with_weights(BIASED, scale=scale))
        bench.view.grab()


def test_the_mouse_reads_the_cell_under_it(bench: Bench) -> None:
    snapshot = trained(BIASED, 100)
    bench.view.show_snapshot(snapshot)
    for cell in cells(snapshot.weights):
        bench.point_at(cell)
        assert bench.readouts[-1] == as_read(cell)


def test_the_reading_changes_while_the_network_learns(bench: Bench) -> None:
    bench.view.show_snapshot(trained(BIASED, 100))
    bench.point_at(named(trained(BIASED).weights, "b1[h2]"))
    later = trained(BIASED, 200)
    bench.view.show_snapshot(later)
    assert bench.readouts[-1] == as_read(named(later.weights, "b1[h2]"))


def test_the_reading_goes_beside_the_cells(bench: Bench) -> None:
    snapshot = trained(BIASED)
    bench.view.show_snapshot(snapshot)
    bench.point_at(cells(snapshot.weights)[0])
    QTest.mouseMove(bench.canvas, QPoint(2, 2))
    QApplication.processEvents()
    assert bench.readouts[-1] == ""


def test_the_reading_goes_when_the_mouse_leaves(bench: Bench) -> None:
    snapshot = trained(BIASED)
    bench.view.show_snapshot(snapshot)
    bench.point_at(cells(snapshot.weights)[0])
    QApplication.sendEvent(bench.canvas, QEvent(QEvent.Type.Leave))
    assert bench.readouts[-1] == ""


def test_a_cell_pointed_at_is_framed(bench: Bench) -> None:
    snapshot = trained(BIASED)
    bench.view.show_snapshot(snapshot)
    cell = cells(snapshot.weights)[4]
    edge = bench.place(cell).topLeft() + QPoint(20, 0)
    assert not is_near(bench.picture().pixelColor(edge), LIGHT.text)
    bench.point_at(cell)
    assert is_near(bench.picture().pixelColor(edge), LIGHT.text)


def test_arrow_keys_walk_through_the_cells(bench: Bench) -> None:
    snapshot = trained(BIASED, 100)
    bench.view.show_snapshot(snapshot)
    walk = [
        (Qt.Key.Key_Right, "w1[x1→h1]"),
        (Qt.Key.Key_Right, "w1[x1→h2]"),
        (Qt.Key.Key_Down, "w1[x2→h2]"),
        (Qt.Key.Key_Down, "b1[h2]"),
        (Qt.Key.Key_Down, "w2[h2→o]"),
        (Qt.Key.Key_Down, "w2[h2→o]"),
        (Qt.Key.Key_Right, "w2[h3→o]"),
        (Qt.Key.Key_Right, "b2"),
        (Qt.Key.Key_Right, "b2"),
        (Qt.Key.Key_Up, "b2"),
        (Qt.Key.Key_Left, "w2[h3→o]"),
        (Qt.Key.Key_Up, "b1[h3]"),
    ]
    for key, name in walk:
        QTest.keyClick(bench.view, key)
        assert bench.readouts[-1] == as_read(named(snapshot.weights, name))
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.readouts[-1] == ""


def test_the_arrow_keys_go_on_when_the_chosen_cell_is_gone(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(width=8)))
    for _ in range(8):
        QTest.keyClick(bench.view, Qt.Key.Key_Right)
    narrow = trained(RunConfig(width=2))
    bench.view.show_snapshot(narrow)
    assert bench.readouts[-1] == ""
    QTest.keyClick(bench.view, Qt.Key.Key_Left)
    assert bench.readouts[-1] in {as_read(cell) for cell in cells(narrow.weights)}


def test_gradients_take_the_place_of_the_weights(bench: Bench) -> None:
    snapshot = trained(QUICK, 40)
    bench.view.show_snapshot(snapshot)
    assert bench.view.options_text == "weights"
    bench.option("gradients").trigger()
    assert bench.view.options_text == "gradients"
    limit = round_range(max(abs(cell.value) for cell in cells(snapshot.gradient)))
    picture = bench.picture()
    for cell in cells(snapshot.gradient):
        corner = bench.place(cell).topLeft() + QPoint(3, 3)
        assert is_near(picture.pixelColor(corner), fill_of(cell, limit)), cell
    bench.point_at(cells(snapshot.gradient)[3])
    assert bench.readouts[-1] == as_read(cells(snapshot.gradient)[3], "∂loss/∂")


def test_the_key_g_shows_gradients(qtbot: QtBot) -> None:
    view = WeightHeatmap()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    window.addActions(view.options)
    press(Qt.Key.Key_G)
    assert view.options_text == "gradients"


@pytest.mark.parametrize("value", RANGES)
def test_the_strongest_colours_stand_for_the_range_that_is_chosen(bench: Bench, value: int) -> None:
    snapshot = trained(BIASED)
    bench.view.show_snapshot(snapshot)
    bench.option(f"range_{value}").trigger()
    assert bench.bar == f"Colours from −{value} to +{value}"
    cell = cells(snapshot.weights)[0]
    corner = bench.place(cell).topLeft() + QPoint(3, 3)
    assert is_near(bench.picture().pixelColor(corner), fill_of(cell, value))


@pytest.mark.parametrize(
    ("fill", "end"), [(0.4, "0.5"), (3.0, "5"), (17.0, "20"), (200_000.0, "2·10⁵"), (0.0, "1")]
)
def test_the_colours_can_fit_what_is_shown(bench: Bench, fill: float, end: str) -> None:
    bench.option(f"range_{AUTOMATIC}").trigger()
    bench.view.show_snapshot(with_weights(RunConfig(), fill=fill))
    assert bench.bar == f"Colours from −{end} to +{end}"


def test_gradients_always_fit_what_is_shown(bench: Bench) -> None:
    snapshot = trained(QUICK, 40)
    bench.view.show_snapshot(snapshot)
    before = bench.bar
    bench.option("gradients").trigger()
    largest = max(abs(cell.value) for cell in cells(snapshot.gradient))
    assert bench.bar == f"Colours from −{round_range(largest):g} to +{round_range(largest):g}"
    bench.option("gradients").trigger()
    assert bench.bar == before == "Colours from −5 to +5"


def test_one_range_is_chosen_at_a_time(bench: Bench) -> None:
    bench.option("range_20").trigger()
    bench.option("range_1").trigger()
    chosen = [a.objectName() for a in bench.view.options if a.isChecked()]
    assert chosen == ["range_1"]


@pytest.mark.parametrize("size", [(160, 110), (300, 150), (900, 700)])
@pytest.mark.parametrize("width", [1, 3, 64])
def test_all_cells_stand_apart_and_inside(bench: Bench, size: tuple[int, int], width: int) -> None:
    snapshot = trained(RunConfig(width=width, biases=True))
    bench.view.show_snapshot(snapshot)
    bench.view.resize(*size)
    QApplication.processEvents()
    rects = [bench.view._canvas._rect(c.row, c.column) for c in cells(snapshot.weights)]
    assert all(bench.canvas.width() >= rect.right() for rect in rects)
    assert all(rect.width() > 0 and rect.height() > 0 for rect in rects)
    bench.view.grab()


def test_a_hidden_map_draws_once_it_is_shown(bench: Bench) -> None:
    bench.view.hide()
    later: Snapshot = trained(BIASED, 100)
    bench.view.show_snapshot(later)
    bench.view.show()
    bench.point_at(cells(later.weights)[0])
    assert bench.readouts[-1] == as_read(cells(later.weights)[0])


def test_plain_colours_are_read_from_a_picture(bench: Bench) -> None:
    bench.view.show_snapshot(with_weights(RunConfig(), fill=-5.0))
    corner = bench.place(Cell("", 0, 0, 0)).topLeft() + QPoint(3, 3)
    assert bench.picture().pixelColor(corner) == QColor(LIGHT.minus)
