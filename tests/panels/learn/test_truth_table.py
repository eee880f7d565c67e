"""The truth table: cells, and flipping a target."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, is_near, press, shown_view
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import SHOWN_ROWS
from xorviz.panels.learn.truth_table import COLUMNS, TruthTable
from xorviz.ui.theme.palette import DARK, LIGHT

Targets = tuple[int, ...]

TITLES = [column.title for column in COLUMNS]
COUNTED = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows in counting order."""


@dataclass
class Harness:
    """A visible truth table, its requests and read-outs."""

    view: TruthTable
    requests: list[Targets]
    readouts: list[str]

    @property
    def table(self) -> QTableView:
        return child(self.view, QTableView)

    def index(self, row: int, column: str) -> QModelIndex | QPersistentModelIndex:
        names = [
            self.table.model().headerData(i, Qt.Orientation.Horizontal)
            for i in range(self.table.model().columnCount())
        ]
        return self.table.model().index(row, names.index(column))

    def cell(self, row: int, column: str, role: Qt.ItemDataRole | None = None) -> object:
        return self.index(row, column).data(role or Qt.ItemDataRole.DisplayRole)

    def column(self, column: str, role: Qt.ItemDataRole | None = None) -> list[object]:
        return [self.cell(row, column, role) for row in range(len(ROWS))]

    def click(self, row: int, column: str) -> None:
        place = self.table.visualRect(self.index(row, column)).center()
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    view = shown_view(qtbot, TruthTable(), 300, 220)
    requests: list[Targets] = []
    readouts: list[str] = []
    view.targets_requested.connect(requests.append)
    view.readout_changed.connect(readouts.append)
    yield Harness(view, requests, readouts)
    view.hide()


@pytest.fixture
def halfway() -> Snapshot:
    """Return a run with correct and wrong rows."""
    snapshot = trained(replace(QUICK, targets=(1, 0, 0, 0)), 1)
    assert 0 < snapshot.right.sum() < 4
    return snapshot


def of_row(values: tuple[int, ...], inputs: tuple[int, int]) -> int:
    """Return the value of the row with these inputs."""
    return values[ROWS.index(inputs)]


def test_rows_are_shown_in_counting_order() -> None:
    assert [ROWS[row] for row in SHOWN_ROWS] == list(COUNTED)


def test_the_table_has_no_numbers_before_the_first_snapshot(harness: Harness) -> None:
    assert harness.column("x1") == ["0", "0", "1", "1"]
    assert harness.column("x2") == ["0", "1", "0", "1"]
    for name in ("target", "output"):
        assert harness.column(name) == [""] * 4


def test_each_cell_has_the_value_and_the_accessible_text_of_its_row(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK, 130))
    assert harness.column("x1") == ["0", "0", "1", "1"]
    assert harness.column("x2") == ["0", "1", "0", "1"]
    assert harness.column("target") == ["0", "1", "1", "0"]
    assert harness.column("output") == ["0.084", "0.882", "0.871", "0.156"]
    assert harness.column("error") == ["+0.084", "−0.118", "−0.129", "+0.156"]
    assert harness.column("") == ["✓", "✓", "✓", "✓"]
    assert harness.readouts[-1] == "4 of 4 right"

    harness.view.show_snapshot(trained(QUICK, 130))
    spoken = [harness.cell(1, column, Qt.ItemDataRole.AccessibleTextRole) for column in TITLES]
    assert spoken[:4] == ["x1 0", "x2 1", "target 1", "output 0.882"]
    assert spoken[-1] == "right"


def test_a_tick_or_a_cross_marks_a_row(harness: Harness, halfway: Snapshot) -> None:
    harness.view.show_snapshot(halfway)
    for row, inputs in enumerate(COUNTED):
        is_right = bool(halfway.right[ROWS.index(inputs)])
        assert harness.cell(row, "") == ("✓" if is_right else "✗")
        spoken = harness.cell(row, "", Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == ("right" if is_right else "wrong")
    assert harness.readouts[-1] == "3 of 4 right"


def test_an_untrained_network_has_no_row_right(harness: Harness) -> None:
    harness.view.show_snapshot(trained(QUICK))
    assert harness.readouts[-1] == "not trained yet"


def test_the_mark_has_a_colour_of_the_theme(harness: Harness, halfway: Snapshot) -> None:
    for theme in [LIGHT, DARK]:
        harness.view.apply_theme(theme)
        harness.view.show_snapshot(halfway)
        for row in range(4):
            ink = harness.cell(row, "", Qt.ItemDataRole.ForegroundRole)
            assert isinstance(ink, QBrush)
            is_right = harness.cell(row, "") == "✓"
            assert ink.color() == QColor(theme.accent if is_right else theme.wrong)


def test_a_target_is_a_circle_or_a_square_of_its_colour(
    harness: Harness, halfway: Snapshot
) -> None:
    harness.view.show_snapshot(halfway)
    for row, inputs in enumerate(COUNTED):
        target = of_row(halfway.config.targets, inputs)
        pixmap = harness.cell(row, "target", Qt.ItemDataRole.DecorationRole)
        assert isinstance(pixmap, QPixmap)
        picture = pixmap.toImage()
        middle = picture.pixelColor(picture.width() // 2, picture.height() // 2)
        assert is_near(middle, LIGHT.plus if target else LIGHT.minus)
        corner = picture.pixelColor(picture.width() * 3 // 14, picture.height() * 3 // 14)
        assert (corner.alpha() > 128) == bool(target)


def flipped(targets: Targets, inputs: tuple[int, int]) -> Targets:
    return tuple(1 - bit if row == inputs else bit for row, bit in zip(ROWS, targets, strict=True))


@pytest.mark.parametrize("shown_row", some(range(4), 2))
@pytest.mark.parametrize(
    "targets", [(1, 0, 1, 0), pytest.param((1, 1, 0, 0), marks=pytest.mark.thorough)]
)
def test_a_click_on_a_target_requests_its_flip(
    harness: Harness, shown_row: int, targets: Targets
) -> None:
    harness.view.show_snapshot(trained(RunConfig(targets=targets)))
    harness.click(shown_row, "target")
    assert harness.requests == [flipped(targets, COUNTED[shown_row])]


def test_other_clicks_flip_nothing(harness: Harness) -> None:
    harness.click(0, "target")
    assert harness.requests == []

    for column in ["x1", "x2", "output", ""]:
        harness.view.show_snapshot(trained(RunConfig()))
        harness.click(2, column)
        assert harness.requests == []


@pytest.mark.parametrize("key", some([Qt.Key.Key_Return, Qt.Key.Key_Enter], 1))
@pytest.mark.parametrize("downs", some(range(4), 2))
def test_enter_requests_the_flip_of_the_current_row(qtbot: QtBot, key: Qt.Key, downs: int) -> None:
    view = TruthTable()
    view.apply_theme(LIGHT)
    requests: list[Targets] = []
    view.targets_requested.connect(requests.append)
    window = active_window(qtbot, view, "Right", "Down")
    config = RunConfig()
    view.show_snapshot(trained(config))
    for _ in range(downs):
        press(Qt.Key.Key_Down)
    press(key)
    assert requests == [flipped(config.targets, COUNTED[downs])]
    assert "Down" not in window.used


def test_the_tool_tip_of_a_target_explains_how_to_flip_it(harness: Harness) -> None:
    tips = harness.column("target", Qt.ItemDataRole.ToolTipRole)
    assert all("flip" in str(tip) for tip in tips)
    assert harness.cell(0, "x1", Qt.ItemDataRole.ToolTipRole) is None


def test_the_whole_table_fits(harness: Harness) -> None:
    harness.view.resize(236, 220)
    harness.view.show_snapshot(trained(RunConfig()))
    last = harness.table.visualRect(harness.index(3, ""))
    assert harness.table.viewport().rect().contains(last)
    for column in TITLES:
        cells = harness.table.sizeHintForColumn(TITLES.index(column))
        assert harness.table.columnWidth(TITLES.index(column)) >= cells


def repainted(harness: Harness, snapshot: Snapshot) -> set[tuple[int, int]]:
    """Show a snapshot; return the corners (row, column) of the ranges that are repainted."""
    corners: set[tuple[int, int]] = set()

    def note(*found: QModelIndex) -> None:
        corners.update((index.row(), index.column()) for index in found[:2])

    harness.table.model().dataChanged.connect(note)
    harness.view.show_snapshot(snapshot)
    harness.table.model().dataChanged.disconnect(note)
    return corners


def test_only_changed_cells_are_repainted(harness: Harness, halfway: Snapshot) -> None:
    harness.view.show_snapshot(halfway)
    harness.table.grab()
    assert repainted(harness, replace(halfway, outputs=halfway.outputs + 1e-7)) == set()
    outputs = halfway.outputs.copy()
    outputs[ROWS.index(COUNTED[2])] += 0.01
    assert repainted(harness, replace(halfway, outputs=outputs)) == {(2, 3), (2, 4)}
