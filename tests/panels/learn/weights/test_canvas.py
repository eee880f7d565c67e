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
class Harness:
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
def harness(qtbot: QtBot) -> Iterator[Harness]:
    canvas = WeightCanvas()
    canvas.apply_theme(LIGHT)
    harness = Harness(shown(qtbot, canvas, 480, 300), cells(trained(BIASED, 10).weights))
    canvas.cell_requested.connect(harness.chosen.append)
    canvas.clicked.connect(harness.count_click)
    canvas.cell_clicked.connect(harness.clicked.append)
    canvas.resized.connect(harness.count_resize)
    canvas.show_cells(harness.laid, 5, has_biases=True)
    yield harness
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


def test_a_double_click_requests_the_cell_under_it(harness: Harness) -> None:
    for cell in harness.laid:
        QTest.mouseDClick(harness.canvas, Qt.MouseButton.LeftButton, pos=harness.middle_of(cell))
    assert harness.chosen == [(cell.row, cell.column) for cell in harness.laid]


def test_other_double_clicks_request_nothing(harness: Harness) -> None:
    QTest.mouseDClick(harness.canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert harness.chosen == []

    place = harness.middle_of(harness.laid[0])
    QTest.mouseDClick(harness.canvas, Qt.MouseButton.RightButton, pos=place)
    assert harness.chosen == []


def test_a_click_emits_its_cell_or_none(harness: Harness) -> None:
    for cell in harness.laid:
        QTest.mouseClick(harness.canvas, Qt.MouseButton.LeftButton, pos=harness.middle_of(cell))
    QTest.mouseClick(harness.canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseClick(harness.canvas, Qt.MouseButton.RightButton, pos=QPoint(5, 5))
    assert harness.clicked == [*((cell.row, cell.column) for cell in harness.laid), None]
    assert harness.clicks == len(harness.laid) + 2


def test_a_cell_has_its_hidden_unit() -> None:
    for biases in [False, True]:
        weights = trained(replace(BIASED, biases=biases)).weights
        units = {cell.name: cell.unit for cell in cells(weights)}
        own = [name for name, unit in units.items() if unit == 1]
        b1 = ["b1[h2]"] if biases else []
        assert own == ["w1[x1→h2]", "w1[x2→h2]", *b1, "w2[h2→o]"]
        assert [name for name, unit in units.items() if unit is None] == (["b2"] if biases else [])


def framed(harness: Harness, row: int, column: int) -> bool:
    """Return whether the left edge of a cell has the colour of the selected unit's frame."""
    rect = harness.canvas.rect_of(row, column)
    edge = QPoint(round(rect.left()) - 1, round(rect.center().y()))
    return is_near(harness.canvas.grab().toImage().pixelColor(edge), LIGHT.accent, 40)


def test_the_selected_unit_is_framed_in_both_layers(harness: Harness) -> None:
    places = [(row, column) for row in range(4) for column in (1, 2)]
    assert not any(framed(harness, *place) for place in places)
    harness.canvas.show_unit(2)
    assert [place for place in places if framed(harness, *place)] == [(r, 2) for r in range(4)]
    harness.canvas.show_unit(None)
    assert not any(framed(harness, *place) for place in places)


def test_a_unit_beyond_the_network_is_not_framed(harness: Harness) -> None:
    for biases in [False, True]:
        for unit in [3, 64, -1]:
            laid = cells(trained(replace(BIASED, biases=biases)).weights)
            harness.canvas.show_cells(laid, 5, biases)
            before = harness.canvas.grab().toImage()
            harness.canvas.show_unit(unit)
            assert harness.canvas.grab().toImage() == before


def test_the_selected_unit_is_always_named(harness: Harness) -> None:
    harness.canvas.show_cells(cells(trained(RunConfig(width=64)).weights), 5, has_biases=False)
    above = harness.canvas.rect_of(0, 20).center().toPoint()
    strip = harness.canvas.rect().adjusted(above.x() - 14, 0, above.x() + 14 - 480, 14 - 300)
    before = harness.canvas.grab().toImage()
    harness.canvas.show_unit(20)
    after = harness.canvas.grab().toImage()
    inks = [
        after.pixelColor(x, y)
        for x in range(strip.left(), strip.right())
        for y in range(strip.top(), strip.bottom())
    ]
    assert any(is_near(ink, LIGHT.accent, 40) for ink in inks)
    assert after.copy(strip) != before.copy(strip)


def test_a_resize_is_emitted(harness: Harness) -> None:
    before = harness.resizes
    harness.canvas.resize(300, 200)
    QApplication.processEvents()
    assert harness.resizes == before + 1


def test_without_cells_nothing_is_painted_or_framed(harness: Harness) -> None:
    empty = WeightCanvas()
    empty.resize(harness.canvas.size())
    assert harness.canvas.grab().toImage() != empty.grab().toImage()
    harness.canvas.show_cells([], 1, has_biases=False)
    assert harness.canvas.grab().toImage() == empty.grab().toImage()
    assert harness.canvas.cell_at(0, 0) is None
    QTest.mouseDClick(harness.canvas, Qt.MouseButton.LeftButton, pos=harness.canvas.rect().center())
    assert harness.chosen == []

    harness.canvas.show_cells([], 1, has_biases=False)
    before = harness.canvas.grab().toImage()
    harness.canvas.show_unit(0)
    assert harness.canvas.grab().toImage() == before
