"""The table of runs is made late; where it is shown, it is as whole as if it had always been."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from tests.support.windows import Open, action, find, settle
from xorviz.core.config import RunConfig
from xorviz.panels.learn.runs.runs import Runs
from xorviz.ui.chrome.panel import Panel
from xorviz.window.main_window import MainWindow


def table(window: MainWindow) -> QTableView | None:
    return window.findChild(QTableView, "runs_table")


def show_by_key(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)


def assert_whole(window: MainWindow, rows: int) -> None:
    """Hold the table to be there with its rows, without another turn of the event loop."""
    shown = find(window, QTableView, "runs_table")
    assert shown.isVisible()
    assert shown.model().rowCount() == rows
    assert find(window, Runs, "runs").focusProxy() is shown


def test_a_window_begins_without(window: MainWindow) -> None:
    assert table(window) is None


def test_it_is_whole_as_soon_as_its_key_shows_it(window: MainWindow) -> None:
    show_by_key(window)
    assert_whole(window, rows=1)


def test_it_is_whole_with_the_first_kept_run(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step(5)
    settle(qtbot, window)
    window.document.pin()
    assert_whole(window, rows=2)


def test_it_comes_back_where_it_was_with_the_next_kept_run(open_window: Open) -> None:
    before = open_window()
    before.document.pin()
    dock = find(before, Panel, "runs_panel")
    before.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, dock)
    study = before.document.study
    before.filing.settle()
    before.close()
    again = open_window()
    assert table(again) is None
    again.document.put(study)
    assert_whole(again, rows=2)
    place = again.dockWidgetArea(find(again, Panel, "runs_panel"))
    assert place == Qt.DockWidgetArea.TopDockWidgetArea


def picture(window: MainWindow, theme: str) -> QImage:
    action(window, f"theme_{theme}").trigger()
    QApplication.processEvents()
    assert find(window, Runs, "runs").isVisible()
    return find(window, Runs, "runs").grab().toImage()


def test_its_picture_is_that_of_a_table_that_saw_the_theme_come(open_window: Open) -> None:
    """In a theme chosen before it was made, and in one chosen afterwards."""
    early = open_window()
    show_by_key(early)
    expected = [picture(early, name) for name in ("dark", "light")]
    assert expected[0] != expected[1]
    late = open_window()
    action(late, "theme_dark").trigger()
    show_by_key(late)
    assert [picture(late, name) for name in ("dark", "light")] == expected


def test_it_shows_the_run_on_the_bench_at_the_time(qtbot: QtBot, window: MainWindow) -> None:
    window.document.restart(RunConfig(width=7))
    window.session.step(12)
    settle(qtbot, window)
    show_by_key(window)
    model = find(window, QTableView, "runs_table").model()
    cells = [str(model.index(0, c).data()) for c in range(model.columnCount())]
    assert "12" in cells
