"""Two runs side by side in the real window: what each picture says of its run."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import Do, action, find
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.learn.runs.runs import Runs
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.panel import Panel
from xorviz.window.main_window import MainWindow

FIRST = RunConfig(rate=0.5)
PAIR = Project(Record(FIRST), 0, beside=Record(replace(FIRST, momentum=0.9)))
PICTURES = "decision_surface", "weight_heatmap"


@pytest.fixture
def pair(window: MainWindow, do: Do) -> MainWindow:
    window.document.put(PAIR)
    do(window.session.step, 300)
    return window


def headings(window: MainWindow) -> Iterator[tuple[str, QLabel]]:
    """Yield the name of each panel in sight that has a heading, and that."""
    for panel in window.findChildren(Panel):
        label = panel._heading
        if label.isVisible():
            yield panel.content.objectName(), label


def test_each_picture_says_whole_which_run_it_shows_what_differs_and_its_state(
    pair: MainWindow, do: Do
) -> None:
    for size in ((850, 530), (1280, 800)):
        do(pair.resize, *size)
        assert_headed(pair)
    assert_one_legend(pair)


def assert_headed(pair: MainWindow) -> None:
    """Assert that each picture of one run says which, in what it differs, and its state."""
    found = dict(headings(pair))
    assert {"decision_surface", "decision_surface_beside"} <= set(found)
    for name, label in found.items():
        letter, momentum = ("B", "0.9") if name.endswith("_beside") else ("A", "0")
        text = label.text()
        assert f"{letter}: momentum {momentum}</b>" in text
        _, verdict = pair._views._heads[letter == "B"]
        assert verdict
        assert f"· {verdict}<" in text
        assert label.heightForWidth(label.width()) <= label.height(), "not cut off"
        assert "loss" not in name


def assert_one_legend(pair: MainWindow) -> None:
    """Assert that one scale and one legend serve both runs."""
    bars = [bar for bar in pair.findChildren(ColorBar) if bar.isVisible()]
    assert len(bars) == len(PICTURES)
    surfaces = [view for view in pair._views.all if isinstance(view, DecisionSurface)]
    assert [view._legend._row.isVisible() for view in surfaces] == [False, True]
    assert len({view._canvas.geometry().getRect() for view in surfaces}) == 1, "equal pictures"
    for view in surfaces:  # of each alone, a picture has all
        view.drawing()
        assert view._legend._row.isVisible()
        assert view._legend._bar.isVisible()
        view.redraw()
    assert [view._legend._row.isVisible() for view in surfaces] == [False, True]
    first, second = (view for view in pair._views.all if isinstance(view, WeightHeatmap))
    first._gradients.setChecked(True)
    QApplication.processEvents()
    labels = [view._grid.bar._labels for view in (first, second)]
    first._gradients.setChecked(False)
    assert labels[0] == labels[1]


def test_the_panel_runs_is_as_high_as_its_rows(pair: MainWindow, do: Do) -> None:
    runs = pair._views[Runs]
    for config in (RunConfig(seed=seed) for seed in range(3)):
        pair.document.keep(Record(config, newest=9), 9, "")
    do(pair.resize, 1920, 1080)
    assert runs.isVisible()
    assert 0 <= runs.height() - runs.sizeHint().height() <= 4, "as high as its five rows"
    five = runs.height()
    for change in (pair.document.end_side_by_side, lambda: pair.document.start_side_by_side(FIRST)):
        do(change)
    assert runs.height() > five, "run B was pinned, and there is another one"


def test_it_begins_by_its_dialog_and_ends_by_its_action(
    qtbot: QtBot, window: MainWindow, do: Do
) -> None:
    for key, is_begun in ((Qt.Key.Key_Escape, False), (Qt.Key.Key_Return, True)):
        action(window, "side_by_side").trigger()
        dialog = find(window, QWidget, "side_by_side_dialog")
        qtbot.waitUntil(dialog.isActiveWindow)
        line = dialog.focusWidget()
        assert line is not None
        QTest.keyClicks(line, "rate 0.5")
        QTest.keyClick(line, key)
        qtbot.waitUntil(lambda: not window.findChildren(QWidget, "side_by_side_dialog"))
        assert window.session.playing == is_begun
        do(window.session.pause)
        beside = window.document.project.beside
        assert (beside is not None) == is_begun == action(window, "side_by_side").isChecked()
    assert beside is not None
    assert beside.config == RunConfig(rate=0.5)
    do("side_by_side")
    assert window.document.project.beside is None
    assert not action(window, "side_by_side").isChecked()
