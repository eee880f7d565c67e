"""The panel of runs: what it shows of a project, and that its table is made late."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.panels.learn.runs.page import RESULTS, THREE, RunsPage, project, runs
from tests.support.screen import child, is_near, shown
from tests.support.snapshots import QUICK, trained, with_interventions
from xorviz.core.runs.record import Intervention
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.runs.runs import Runs
from xorviz.ui.table import Table, tint
from xorviz.ui.theme.palette import DARK, LIGHT

__all__ = ["runs"]


def at_step(step: int, loss: float = 0.25) -> Snapshot:
    """Return a snapshot of the default run far from the start."""
    seen = trained(RunConfig())
    record = replace(seen.record, newest=step, trace=Trace().until(step, loss))
    return replace(seen, step=step, loss=loss, record=record)


def test_pinned_runs_or_a_hint_are_below_the_current_run(runs: RunsPage) -> None:
    hint = child(runs.view, QLabel, "quiet")
    assert not hint.isVisible()
    assert runs.titles == ["line", "name", "width", "seed", *RESULTS]
    assert runs.column("name") == ["current run", "Run 1", "Run 2", "Run 3"]
    assert runs.column("width") == ["3", "4", "5", "3"]
    assert runs.column("seed") == ["1234", "1234", "1234", "1"]
    assert runs.column("steps") == ["0", "10", "10", "10"]
    assert "Run 2 has 10 steps" in runs.view.description()
    header, rows = runs.view.table() or ((), ())
    assert [dict(zip(header, row, strict=True))["width"] for row in rows] == ["3", "4", "5", "3"]
    runs.show(project())
    assert hint.isVisible()
    assert runs.column("name") == ["current run"]
    assert runs.titles == ["line", "name", *RESULTS]


def test_changes_and_functions_of_the_loss_have_columns_where_runs_differ(runs: RunsPage) -> None:
    assert "changes" not in runs.titles
    change = Intervention(0, "rate", 0.5)
    runs.page.show(with_interventions(trained(RunConfig(), 20), change))
    assert runs.titles == ["line", "name", "width", "rate", "seed", "changes", *RESULTS]
    assert runs.column("changes") == ["1", "0", "0", "0"]
    assert runs.column("rate") == ["0.01 → 0.5", "0.01", "0.01", "0.01"]
    runs.show(project(RunConfig(targets=(1, 1, 0, 0), loss="mse")))
    assert runs.column("targets") == ["x1 xor x2", "not x2"]
    assert [text.split()[1] for text in runs.column("final loss")] == ["sse", "mse"]


def test_the_read_out_lists_differing_settings(runs: RunsPage) -> None:
    same, wide, fast = RunConfig(), RunConfig(width=5), RunConfig(rate=1)
    for configs, read in (
        ((), "none pinned"),
        ((same, same), "2 pinned, same settings"),
        ((wide,), "1 pinned, differing in width"),
        ((wide, fast, RunConfig(seed=2)), "3 pinned, differing in width, rate and seed"),
        ((same,), "1 pinned, same settings"),
    ):
        runs.show(project(*configs))
        assert runs.page.read() == read
    change = Intervention(0, "w1", 0.5, (0, 0))
    runs.page.show(with_interventions(trained(same, 20), change))
    assert runs.page.read() == "1 pinned, same settings, changed differently during the run"


def test_the_first_row_follows_the_current_run(runs: RunsPage) -> None:
    runs.show(project(QUICK))
    seen = trained(QUICK, 200)
    # At an earlier step, the row is still about the whole run.
    for snapshot in (seen, replace(trained(QUICK, 5), record=seen.record)):
        runs.page.show(snapshot)
        assert runs.column("steps") == ["200", "10"]
        assert runs.column("first correct") == ["82", "–"]
        assert runs.column("first learned") == ["168", "–"]
    runs.view.hide()
    runs.page.show(at_step(7))
    runs.show(project(QUICK))
    assert runs.column("steps") == ["7", "10"], "the newest, also unseen"


def test_a_continuing_run_changes_its_results_and_no_width(runs: RunsPage) -> None:
    runs.show(project(*THREE, QUICK))
    runs.table.grab()  # cells that were never painted are not painted anew
    header = runs.table.horizontalHeader()
    places: list[list[int]] = []
    changed: set[tuple[int, str]] = set()
    across = Qt.Orientation.Horizontal
    runs.model.dataChanged.connect(
        lambda *found: changed.update(
            (index.row(), runs.model.headerData(index.column(), across)) for index in found[:2]
        )
    )
    for step, loss in ((0, 0.25), (99, 3.7e-8), (99_999_999, 123.0)):
        runs.page.show(at_step(step, loss))
        places.append([header.sectionPosition(i) for i in range(header.count())])
    assert places == places[:1] * 3
    assert changed == {(0, "steps"), (0, "final loss")}


def test_differing_settings_have_a_ground_of_their_own(runs: RunsPage) -> None:
    picture = runs.table.viewport().grab().toImage()
    for title, ground in (("width", tint(LIGHT)), ("steps", LIGHT.panel)):
        cell = runs.table.visualRect(runs.index(2, title))
        assert is_near(picture.pixelColor(cell.left() + 2, cell.center().y()), ground, 2)


@pytest.mark.parametrize("is_pinned", [True, False])
def test_the_table_is_made_when_it_is_needed_and_at_once_whole(
    qtbot: QtBot, is_pinned: bool
) -> None:
    view, made = Runs(), project(*THREE) if is_pinned else project()
    view.apply_theme(DARK)
    view.show_project(project())
    if is_pinned:
        shown(qtbot, view)
    else:
        view.show_snapshot(trained(RunConfig()))
    assert view.findChild(Table) is None
    view.show_project(made)
    shown(qtbot, view)
    table = child(view, Table, "runs_table")
    assert table.isVisible()
    assert table.rows.rowCount() == len(made.pinned) + 1
    assert (table.theme, view.focusProxy()) == (DARK, table)
