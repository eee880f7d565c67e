"""The panel of runs: what it shows of a project, its sizes and look, and that it is made late."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QTableView
from pytestqt.qtbot import QtBot

from tests.panels.learn.runs.harness import RESULTS, THREE, RunsHarness, at_step, project
from tests.support.cases import some
from tests.support.screen import child, is_near
from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.windows import Open, action, find, settle
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.runs.runs import NONE_PINNED, Runs
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.table import tint
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.main_window import MainWindow


def test_pinned_runs_or_a_hint_are_below_the_current_run(harness: RunsHarness) -> None:
    hint = child(harness.view, QLabel, "quiet")
    assert not hint.isVisible()
    assert harness.table.height() > 150
    assert harness.column("name") == ["current run", "Run 1", "Run 2", "Run 3"]
    assert harness.titles == ["line", "name", "width", "seed", *RESULTS]
    assert harness.column("width") == ["3", "4", "5", "3"]
    assert harness.column("seed") == ["1234", "1234", "1234", "1"]
    assert harness.column("steps") == ["0", "10", "10", "10"]
    harness.show(project())
    assert hint.isVisible()
    assert hint.text() == NONE_PINNED
    assert hint.y() < 3 * 24
    assert harness.column("name") == ["current run"]
    assert harness.titles == ["line", "name", *RESULTS]


def test_changes_have_a_column_and_functions_a_name(harness: RunsHarness) -> None:
    assert "changes" not in harness.titles
    change = Intervention(0, "rate", 0.5)
    harness.view.show_snapshot(with_interventions(trained(RunConfig(), 20), change))
    assert harness.titles == ["line", "name", "width", "rate", "seed", "changes", *RESULTS]
    assert harness.column("changes") == ["1", "0", "0", "0"]
    assert harness.column("rate") == ["0.01 → 0.5", "0.01", "0.01", "0.01"]

    harness.show(project(RunConfig(targets=(1, 1, 0, 0))))
    assert harness.column("targets") == ["x1 xor x2", "not x2"]


def test_the_read_out_lists_differing_settings(harness: RunsHarness) -> None:
    def read_out(*configs: RunConfig) -> str:
        harness.show(project(*configs))
        return harness.readouts[-1]

    same, wide, fast = RunConfig(), RunConfig(width=5), RunConfig(rate=1)
    assert read_out() == "none pinned"
    assert read_out(same, same) == "2 pinned, same settings"
    assert read_out(wide) == "1 pinned, differing in width"
    assert read_out(wide, fast, RunConfig(seed=2)) == "3 pinned, differing in width, rate and seed"
    assert read_out(same) == "1 pinned, same settings"
    change = Intervention(0, "w1", 0.5, (0, 0))
    harness.view.show_snapshot(with_interventions(trained(same, 20), change))
    assert harness.readouts[-1] == "1 pinned, same settings, changed differently during the run"


def test_the_first_row_follows_the_current_run(harness: RunsHarness) -> None:
    harness.show(project(QUICK))
    seen = trained(QUICK, 200)
    harness.view.show_snapshot(seen)
    assert harness.column("steps") == ["200", "10"]
    assert harness.column("first correct") == ["82", "–"]
    assert harness.column("first learned") == ["168", "–"]
    assert harness.readouts[-1] == "1 pinned, same settings"
    # At an earlier step, the row is still about the whole run.
    harness.view.show_snapshot(replace(trained(QUICK, 5), record=seen.record))
    assert harness.column("steps")[0] == "200"


def test_a_project_is_shown_with_the_newest_snapshot(harness: RunsHarness) -> None:
    harness.view.hide()
    harness.view.show_snapshot(at_step(7))
    harness.show(project(QUICK))
    assert harness.column("steps") == ["7", "10"]


def test_what_differs_without_another_text_is_painted_anew(
    qtbot: QtBot, harness: RunsHarness
) -> None:
    for shown in (project(*THREE).changing(1, is_shown=False), project(*THREE)):
        harness.table.grab()
        with qtbot.waitSignal(harness.model.dataChanged):
            harness.show(shown)


def test_a_continuing_run_changes_its_results_and_no_width(harness: RunsHarness) -> None:
    harness.show(project(*THREE, QUICK))
    harness.table.grab()  # cells that were never painted are not painted anew
    header = harness.table.horizontalHeader()
    places: list[list[int]] = []
    changed: set[tuple[int, str]] = set()

    def note(*found: QModelIndex) -> None:
        titles = [
            str(harness.model.headerData(i.column(), Qt.Orientation.Horizontal)) for i in found[:2]
        ]
        changed.update((index.row(), title) for index, title in zip(found, titles, strict=False))

    harness.model.dataChanged.connect(note)
    for step in (0, 1, 99, 10_000, 99_999_999):
        for loss in (0.25, 3.7e-8, 123.0):
            harness.view.show_snapshot(at_step(step, loss))
            places.append([header.sectionPosition(i) for i in range(header.count())])
    assert all(place == places[0] for place in places)
    assert changed == {(0, "steps"), (0, "final loss")}


@pytest.mark.parametrize("width", some([1000, 1260], 1))
def test_with_three_differing_settings_all_columns_fit(
    qapp: QApplication, harness: RunsHarness, width: int
) -> None:
    look.apply_theme(qapp, LIGHT)
    harness.view.apply_theme(LIGHT)
    harness.resize(width - 10, 130)
    harness.show(project(*THREE, RunConfig(rate=1)).changing(0, name="x" * LONGEST_NAME))
    assert harness.titles == ["line", "name", "width", "rate", "seed", *RESULTS]
    assert not harness.table.horizontalScrollBar().isVisible()
    whole = harness.table.viewport().width()
    assert whole * 0.95 < harness.table.horizontalHeader().length() <= whole
    assert harness.table.columnWidth(1) >= 200


def test_many_columns_scroll_and_size_hints_are_small(harness: RunsHarness) -> None:
    every = RunConfig(
        9, 1.5, 4294967295, "tanh", "cross-entropy", True, 0.9, "equal", 2.5, 0.001, (0, 0, 0, 1)
    )
    harness.resize(600, 160)
    harness.show(project(every))
    assert len(harness.titles) == 2 + 11 + len(RESULTS)
    assert harness.table.horizontalScrollBar().maximum() > 0
    assert harness.table.columnWidth(1) >= 100

    assert harness.view.minimumHeight() == 96
    assert harness.view.minimumSizeHint().width() <= 400
    assert 96 <= harness.view.sizeHint().height() <= 140


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_differing_settings_and_check_boxes_can_be_seen(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    harness = RunsHarness(qtbot, theme)
    harness.show(project(*THREE).changing(0, is_shown=False))
    picture = harness.table.viewport().grab().toImage()
    for title, ground in (("width", tint(theme)), ("steps", theme.panel)):
        cell = harness.table.visualRect(harness.index(2, title))
        assert is_near(picture.pixelColor(cell.left() + 2, cell.center().y()), ground, 2)

    def inks(row: int) -> set[str]:
        cell = harness.table.visualRect(harness.index(row, "line"))
        across = range(cell.left() + 4, cell.left() + 24)
        down = range(cell.top() + 2, cell.bottom())
        return {picture.pixelColor(x, y).name().upper() for x in across for y in down}

    bench, hidden, shown = (inks(row) - {theme.accent} for row in range(3))
    assert theme.quiet in hidden
    assert theme.quiet in shown
    assert theme.quiet not in bench
    assert len(shown) > len(hidden) > len(bench)


def table(window: MainWindow) -> QTableView | None:
    return window.findChild(QTableView, "runs_table")


def show_runs(window: MainWindow) -> None:
    action(window, "show_runs").trigger()


def assert_whole(window: MainWindow, rows: int) -> None:
    """Assert that the table is visible with its rows, without processing events."""
    shown = find(window, QTableView, "runs_table")
    assert shown.isVisible()
    assert shown.model().rowCount() == rows
    assert find(window, Runs, "runs").focusProxy() is shown


def test_the_table_is_made_when_first_shown_with_the_current_run(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert table(window) is None
    window.document.restart(RunConfig(width=7))
    window.session.step(12)
    settle(qtbot, window)
    show_runs(window)
    assert_whole(window, rows=1)
    model = find(window, QTableView, "runs_table").model()
    cells = [str(model.index(0, c).data()) for c in range(model.columnCount())]
    assert "12" in cells


def test_the_table_is_made_with_the_first_pinned_run(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step(5)
    settle(qtbot, window)
    window.document.pin()
    assert_whole(window, rows=2)


@pytest.mark.thorough
def test_the_panel_returns_to_its_dock_area(open_window: Open) -> None:
    before = open_window()
    before.document.pin()
    dock = find(before, Panel, "runs_panel")
    before.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, dock)
    project = before.document.project
    before.file.discard_changes()
    before.close()
    again = open_window()
    assert table(again) is None
    again.document.put(project)
    assert_whole(again, rows=2)
    place = again.dockWidgetArea(find(again, Panel, "runs_panel"))
    assert place == Qt.DockWidgetArea.TopDockWidgetArea


def picture(window: MainWindow, theme: str) -> QImage:
    action(window, f"theme_{theme}").trigger()
    QApplication.processEvents()
    assert find(window, Runs, "runs").isVisible()
    return find(window, Runs, "runs").grab().toImage()


@pytest.mark.thorough
def test_a_table_made_late_looks_like_one_made_early(open_window: Open) -> None:
    early = open_window()
    show_runs(early)
    expected = [picture(early, name) for name in ("dark", "light")]
    assert expected[0] != expected[1]
    late = open_window()
    action(late, "theme_dark").trigger()
    show_runs(late)
    assert [picture(late, name) for name in ("dark", "light")] == expected
