"""The canvas of weights: cells, clicks and frames."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near, shown
from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.record import checked_intervention
from xorviz.panels.learn.weights.canvas import Cell, WeightCanvas, cells
from xorviz.ui.theme.palette import LIGHT

BIASED = RunConfig(width=3, biases=True)


@dataclass
class Bench:
    """A visible canvas and its signals."""

    canvas: WeightCanvas
    laid: list[Cell]
    chosen: list[tuple[int, int]] = field(default_factory=list)
    clicked: list[tuple[int, int] | None] = field(default_factory=list)
    clicks: int = 0
    resizes: int = 0

    def count_click(self) -> None:
        self.clicks += 1

    def count_resize(self) -> None:
        self.resizes += 1

    def middle_of(self, cell: Cell) -> QPoint:
        return self.canvas.rect_of(cell.row, cell.column).center().toPoint()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    canvas = WeightCanvas()
    canvas.apply_theme(LIGHT)
    bench = Bench(shown(qtbot, canvas, 480, 300), cells(trained(BIASED, 10).weights))
    canvas.cell_requested.connect(bench.chosen.append)
    canvas.clicked.connect(bench.count_click)
    canvas.cell_clicked.connect(bench.clicked.append)
    canvas.resized.connect(bench.count_resize)
    canvas.show_cells(bench.laid, 5, has_biases=True)
    yield bench
    canvas.hide()


def test_cells_are_in_order_with_exact_values() -> None:
    weights = trained(RunConfig(width=2)).weights
    assert [(c.name, c.row, c.column) for c in cells(weights)] == [
        ("w1[x1→h1]", 0, 0),
        ("w1[x1→h2]", 0, 1),
        ("w1[x2→h1]", 1, 0),
        ("w1[x2→h2]", 1, 1),
        ("w2[h1→o]", 2, 0),
        ("w2[h2→o]", 2, 1),
    ]

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

    weights = trained(BIASED, 10).weights
    assert weights.b1 is not None
    assert weights.b2 is not None
    expected = [*weights.w1[0], *weights.w1[1], *weights.b1, *weights.w2[:, 0], *weights.b2]
    assert [cell.value for cell in cells(weights)] == expected


def test_every_number_has_a_cell_with_its_field_and_index() -> None:
    for biases in [False, True]:
        for width in [1, 64]:
            weights = trained(RunConfig(width=width, biases=biases)).weights
            laid = cells(weights)
            assert len(laid) == sum(array.size for array in weights.arrays())
            assert len({(cell.row, cell.column) for cell in laid}) == len(laid)
            assert len({cell.name for cell in laid}) == len(laid)

    for biases in [False, True]:
        for width in [1, 3, 64]:
            config = RunConfig(width=width, biases=biases)
            weights = trained(config, 3).weights
            for cell in cells(weights):
                assert getattr(weights, cell.field)[cell.index] == cell.value
                made = checked_intervention(config, 3, cell.field, 0.5, cell.index)
                assert made.name == cell.name


def test_a_double_click_requests_the_cell_under_it(bench: Bench) -> None:
    for cell in bench.laid:
        QTest.mouseDClick(bench.canvas, Qt.MouseButton.LeftButton, pos=bench.middle_of(cell))
    assert bench.chosen == [(cell.row, cell.column) for cell in bench.laid]


def test_other_double_clicks_request_nothing(bench: Bench) -> None:
    QTest.mouseDClick(bench.canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert bench.chosen == []

    place = bench.middle_of(bench.laid[0])
    QTest.mouseDClick(bench.canvas, Qt.MouseButton.RightButton, pos=place)
    assert bench.chosen == []


def test_a_click_emits_its_cell_or_none(bench: Bench) -> None:
    for cell in bench.laid:
        QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, pos=bench.middle_of(cell))
    QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseClick(bench.canvas, Qt.MouseButton.RightButton, pos=QPoint(5, 5))
    assert bench.clicked == [*((cell.row, cell.column) for cell in bench.laid), None]
    assert bench.clicks == len(bench.laid) + 2


def test_a_cell_has_its_hidden_unit() -> None:
    for biases in [False, True]:
        weights = trained(replace(BIASED, biases=biases)).weights
        units = {cell.name: cell.unit for cell in cells(weights)}
        own = [name for name, unit in units.items() if unit == 1]
        b1 = ["b1[h2]"] if biases else []
        assert own == ["w1[x1→h2]", "w1[x2→h2]", *b1, "w2[h2→o]"]
        assert [name for name, unit in units.items() if unit is None] == (["b2"] if biases else [])


def framed(bench: Bench, row: int, column: int) -> bool:
    """Return whether the left edge of a cell has the colour of the selected unit's frame."""
    rect = bench.canvas.rect_of(row, column)
    edge = QPoint(round(rect.left()) - 1, round(rect.center().y()))
    return is_near(bench.canvas.grab().toImage().pixelColor(edge), LIGHT.accent, 40)


def test_the_selected_unit_is_framed_in_both_layers(bench: Bench) -> None:
    places = [(row, column) for row in range(4) for column in (1, 2)]
    assert not any(framed(bench, *place) for place in places)
    bench.canvas.show_unit(2)
    assert [place for place in places if framed(bench, *place)] == [(r, 2) for r in range(4)]
    bench.canvas.show_unit(None)
    assert not any(framed(bench, *place) for place in places)


def test_a_unit_beyond_the_network_is_not_framed(bench: Bench) -> None:
    for biases in [False, True]:
        for unit in [3, 64, -1]:
            laid = cells(trained(replace(BIASED, biases=biases)).weights)
            bench.canvas.show_cells(laid, 5, biases)
            before = bench.canvas.grab().toImage()
            bench.canvas.show_unit(unit)
            assert bench.canvas.grab().toImage() == before


def test_the_selected_unit_is_always_named(bench: Bench) -> None:
    bench.canvas.show_cells(cells(trained(RunConfig(width=64)).weights), 5, has_biases=False)
    above = bench.canvas.rect_of(0, 20).center().toPoint()
    strip = bench.canvas.rect().adjusted(above.x() - 14, 0, above.x() + 14 - 480, 14 - 300)
    before = bench.canvas.grab().toImage()
    bench.canvas.show_unit(20)
    after = bench.canvas.grab().toImage()
    inks = [
        after.pixelColor(x, y)
        for x in range(strip.left(), strip.right())
        for y in range(strip.top(), strip.bottom())
    ]
    assert any(is_near(ink, LIGHT.accent, 40) for ink in inks)
    assert after.copy(strip) != before.copy(strip)


def test_a_resize_is_emitted(bench: Bench) -> None:
    before = bench.resizes
    bench.canvas.resize(300, 200)
    QApplication.processEvents()
    assert bench.resizes == before + 1


def test_without_cells_nothing_is_painted_or_framed(bench: Bench) -> None:
    empty = WeightCanvas()
    empty.resize(bench.canvas.size())
    assert bench.canvas.grab().toImage() != empty.grab().toImage()
    bench.canvas.show_cells([], 1, has_biases=False)
    assert bench.canvas.grab().toImage() == empty.grab().toImage()
    assert bench.canvas.cell_at(0, 0) is None
    QTest.mouseDClick(bench.canvas, Qt.MouseButton.LeftButton, pos=bench.canvas.rect().center())
    assert bench.chosen == []

    bench.canvas.show_cells([], 1, has_biases=False)
    before = bench.canvas.grab().toImage()
    bench.canvas.show_unit(0)
    assert bench.canvas.grab().toImage() == before
