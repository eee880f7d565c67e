"""The truth table: what each cell says, and how a target is flipped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, child, is_near, press, shown_view
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import ROWS, RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import SHOWN_ROWS
from xorviz.panels.learn.truth_table import COLUMNS, TruthTable
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

Targets = tuple[int, ...]

COUNTED = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows as people count them."""


@dataclass
class Bench:
    """A truth table on the screen, what it has wished for, and what it has read out."""

    view: TruthTable
    wishes: list[Targets]
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
def bench(qtbot: QtBot) -> Iterator[Bench]:
    view = shown_view(qtbot, TruthTable(), 300, 220)
    wishes: list[Targets] = []
    readouts: list[str] = []
    view.targets_requested.connect(wishes.append)
    view.readout_changed.connect(readouts.append)
    yield Bench(view, wishes, readouts)
    view.hide()


@pytest.fixture
def halfway() -> Snapshot:
    """Return a run with right rows and wrong ones."""
    snapshot = trained(replace(QUICK, targets=(1, 0, 0, 0)))
    assert 0 < snapshot.right.sum() < 4
    return snapshot


def of_row(values: tuple[int, ...], inputs: tuple[int, int]) -> int:
    """Return the one of four values, in the order of ROWS, that belongs to these inputs."""
    return values[ROWS.index(inputs)]


def test_rows_are_shown_as_people_count() -> None:
    assert [ROWS[row] for row in SHOWN_ROWS] == list(COUNTED)


def test_the_table_is_empty_of_numbers_before_there_is_a_network(bench: Bench) -> None:
    assert bench.column("x1") == ["0", "0", "1", "1"]
    assert bench.column("x2") == ["0", "1", "0", "1"]
    for name in ("target", "output"):
        assert bench.column(name) == [""] * 4


def test_each_cell_says_what_belongs_to_its_row(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 30_000))
    assert bench.column("x1") == ["0", "0", "1", "1"]
    assert bench.column("x2") == ["0", "1", "0", "1"]
    assert bench.column("target") == ["0", "1", "1", "0"]
    assert bench.column("output") == ["0.260", "0.753", "0.763", "0.244"]
    assert bench.column("error") == ["+0.260", "−0.247", "−0.237", "+0.244"]
    assert bench.column("") == ["✓", "✓", "✓", "✓"]
    assert bench.readouts[-1] == "4 of 4 right"


def test_a_tick_or_a_cross_says_whether_a_row_is_right(bench: Bench, halfway: Snapshot) -> None:
    bench.view.show_snapshot(halfway)
    for row, inputs in enumerate(COUNTED):
        is_right = bool(halfway.right[ROWS.index(inputs)])
        assert bench.cell(row, "") == ("✓" if is_right else "✗")
        spoken = bench.cell(row, "", Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == ("right" if is_right else "wrong")
    assert bench.readouts[-1] == f"{halfway.right.sum()} of 4 right"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_mark_has_a_colour_of_the_theme(bench: Bench, halfway: Snapshot, theme: Theme) -> None:
    bench.view.apply_theme(theme)
    bench.view.show_snapshot(halfway)
    for row in range(4):
        ink = bench.cell(row, "", Qt.ItemDataRole.ForegroundRole)
        assert isinstance(ink, QBrush)
        is_right = bench.cell(row, "") == "✓"
        assert ink.color() == QColor(theme.accent if is_right else theme.wrong)


def test_every_cell_can_be_read_aloud(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig(), 30_000))
    spoken = [bench.cell(1, column, Qt.ItemDataRole.AccessibleTextRole) for column in COLUMNS]
    assert spoken[:4] == ["x1 0", "x2 1", "target 1", "output 0.753"]
    assert spoken[-1] == "right"


def test_a_target_is_a_circle_or_a_square_of_its_colour(bench: Bench, halfway: Snapshot) -> None:
    bench.view.show_snapshot(halfway)
    for row, inputs in enumerate(COUNTED):
        target = of_row(halfway.config.targets, inputs)
        pixmap = bench.cell(row, "target", Qt.ItemDataRole.DecorationRole)
        assert isinstance(pixmap, QPixmap)
        picture = pixmap.toImage()
        middle = picture.pixelColor(picture.width() // 2, picture.height() // 2)
        assert is_near(middle, LIGHT.plus if target else LIGHT.minus)
        corner = picture.pixelColor(picture.width() * 3 // 14, picture.height() * 3 // 14)
        assert (corner.alpha() > 128) == bool(target)


def flipped(targets: Targets, inputs: tuple[int, int]) -> Targets:
    return tuple(1 - bit if row == inputs else bit for row, bit in zip(ROWS, targets, strict=True))


@pytest.mark.parametrize("shown_row", range(4))
@pytest.mark.parametrize("targets", [(1, 0, 1, 0), (1, 1, 0, 0)])
def test_a_click_on_a_target_flips_that_row(bench: Bench, shown_row: int, targets: Targets) -> None:
    bench.view.show_snapshot(trained(RunConfig(targets=targets)))
    bench.click(shown_row, "target")
    assert bench.wishes == [flipped(targets, COUNTED[shown_row])]


@pytest.mark.parametrize("column", ["x1", "x2", "output", ""])
def test_a_click_elsewhere_flips_nothing(bench: Bench, column: str) -> None:
    bench.view.show_snapshot(trained(RunConfig()))
    bench.click(2, column)
    assert bench.wishes == []


def test_nothing_is_flipped_before_there_is_a_network(bench: Bench) -> None:
    bench.click(0, "target")
    assert bench.wishes == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("downs", range(4))
def test_enter_flips_the_row_that_the_arrow_keys_have_chosen(
    qtbot: QtBot, key: Qt.Key, downs: int
) -> None:
    view = TruthTable()
    view.apply_theme(LIGHT)
    wishes: list[Targets] = []
    view.targets_requested.connect(wishes.append)
    window = active_window(qtbot, view, "Right", "Down")
    config = RunConfig()
    view.show_snapshot(trained(config))
    for _ in range(downs):
        press(Qt.Key.Key_Down)
    press(key)
    assert wishes == [flipped(config.targets, COUNTED[downs])]
    assert "Down" not in window.used


def test_keys_that_mean_nothing_to_the_table_are_the_window_s(qtbot: QtBot) -> None:
    view = TruthTable()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view, "Space", "S", "R")
    view.show_snapshot(trained(RunConfig()))
    for key in (Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_R):
        press(key)
    assert window.used == ["Space", "S", "R"]


def test_a_tip_says_how_to_flip_a_target(bench: Bench) -> None:
    tips = bench.column("target", Qt.ItemDataRole.ToolTipRole)
    assert all("flip" in str(tip) for tip in tips)
    assert bench.cell(0, "x1", Qt.ItemDataRole.ToolTipRole) is None


def test_the_same_snapshot_can_be_shown_twice(bench: Bench, halfway: Snapshot) -> None:
    bench.view.show_snapshot(halfway)
    before = [bench.column(name) for name in COLUMNS]
    bench.view.show_snapshot(halfway)
    assert [bench.column(name) for name in COLUMNS] == before


def test_a_hidden_table_is_up_to_date_once_it_is_shown(bench: Bench, halfway: Snapshot) -> None:
    bench.view.hide()
    bench.view.show_snapshot(halfway)
    assert bench.column("output") == [""] * 4
    bench.view.show()
    assert "" not in bench.column("output")


def test_the_whole_table_is_seen(bench: Bench) -> None:
    bench.view.show_snapshot(trained(RunConfig()))
    last = bench.table.visualRect(bench.index(3, ""))
    assert bench.table.viewport().rect().contains(last)


def test_numbers_stand_at_the_right(bench: Bench) -> None:
    alignment = bench.cell(0, "output", Qt.ItemDataRole.TextAlignmentRole)
    assert isinstance(alignment, Qt.AlignmentFlag | int)
    assert Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight


def told(bench: Bench, snapshot: Snapshot) -> set[tuple[int, int]]:
    """Show a snapshot; return the cells (row, column) of which the table is told."""
    cells: set[tuple[int, int]] = set()

    def note(first: QModelIndex, last: QModelIndex) -> None:
        rows = range(first.row(), last.row() + 1)
        columns = range(first.column(), last.column() + 1)
        cells.update((row, column) for row in rows for column in columns)

    bench.table.model().dataChanged.connect(note)
    bench.view.show_snapshot(snapshot)
    bench.table.model().dataChanged.disconnect(note)
    return cells


def test_only_cells_that_read_otherwise_are_painted_again(bench: Bench, halfway: Snapshot) -> None:
    bench.view.show_snapshot(halfway)
    assert told(bench, halfway) == set()
    assert told(bench, replace(halfway, outputs=halfway.outputs + 1e-7)) == set()
    outputs = halfway.outputs.copy()
    outputs[ROWS.index(COUNTED[2])] += 0.01
    assert told(bench, replace(halfway, outputs=outputs)) == {(2, 3), (2, 4)}


def test_the_table_is_told_of_each_cell_that_looks_otherwise(
    bench: Bench, halfway: Snapshot
) -> None:
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
    other = replace(halfway.config, targets=(0, 1, 1, 0))
    bench.view.show_snapshot(halfway)
    for snapshot in (trained(other, 3), trained(other, 400), trained(QUICK), halfway):
        before = {role: [bench.column(column, role) for column in COLUMNS] for role in roles}
        cells = told(bench, snapshot)
        for role, texts in before.items():
            now = [bench.column(column, role) for column in COLUMNS]
            for column, row in np.argwhere(np.array(now) != np.array(texts)).tolist():
                assert (row, column) in cells
