"""Projector mode, in the whole window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child
from tests.support.windows import Open, action, settle
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.bars.projector import SHOWN_MS
from xorviz.window.main_window import MainWindow

HERO = {"decision_surface", "loss_plot", "network_diagram"}
"""In sight; the truth table is a tab behind the surface."""


@pytest.fixture(autouse=True)
def usual_text(qapp: QApplication) -> Iterator[None]:
    """Give later tests the usual size of text again."""
    yield
    look.colour(qapp, LIGHT)


def places(window: MainWindow) -> dict[str, object]:
    QApplication.processEvents()  # QMainWindow lays out later
    shown = [panel for panel in window.findChildren(Panel) if panel.is_in_front]
    return {panel.content.objectName(): panel.geometry().getRect() for panel in shown}


def test_the_main_panels_are_shown_large_and_all_is_given_back(
    open_window: Open, qtbot: QtBot, qapp: QApplication
) -> None:
    window = open_window()
    action(window, "zoom_110").trigger()
    before, font = places(window), qapp.font()
    for _ in range(2):
        action(window, "projector").trigger()
        qtbot.waitUntil(lambda: set(places(window)) == HERO)
        assert qapp.font().pointSizeF() == pytest.approx(1.5 / 1.1 * font.pointSizeF())
        assert window._views.all[0].theme.stroke > 1
        surface, table = (
            child(window, Panel, f"{name}_panel") for name in ("decision_surface", "truth_table")
        )
        assert window.tabifiedDockWidgets(surface) == [table]
        action(window, "zoom_in").trigger()
        action(window, "projector").trigger()
        qtbot.waitUntil(lambda: places(window) == before)
        assert qapp.font() == font
        assert action(window, "zoom_110").isChecked()
        assert window._views.all[0].theme.stroke == 1


@pytest.mark.thorough
def test_pinned_runs_and_a_floating_panel_are_given_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    action(window, "pin").trigger()
    action(window, "zoom_150").trigger()
    qtbot.waitUntil(lambda: "runs" in places(window))
    surface = child(window, Panel, "decision_surface_panel")
    surface.float_action.trigger()
    before = places(window)
    action(window, "projector").trigger()
    qtbot.waitUntil(lambda: "runs" not in places(window))
    action(window, "projector").trigger()
    qtbot.waitUntil(lambda: places(window) == before)
    assert surface.isFloating()


@pytest.mark.thorough
@pytest.mark.parametrize("has_pinned", some([True, False], 1))
def test_a_small_window_stays_as_it_is(open_window: Open, qtbot: QtBot, has_pinned: bool) -> None:
    window = open_window()
    window.resize(850, 530)
    qtbot.waitUntil(lambda: window.size() == QSize(850, 530))
    if has_pinned:
        action(window, "pin").trigger()
    before = places(window)
    for _ in range(2):
        action(window, "projector").trigger()
        qtbot.waitUntil(lambda: set(places(window)) == {"decision_surface", "network_diagram"})
        assert window.size() == QSize(850, 530)
        action(window, "projector").trigger()
        assert places(window) == before
        assert window.size() == QSize(850, 530)


@pytest.mark.thorough
def test_a_new_window_does_not_begin_in_it(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    before = places(window)
    action(window, "projector").trigger()
    qtbot.waitUntil(lambda: set(places(window)) == HERO)
    window.close()
    again = open_window()
    assert not action(again, "projector").isChecked()
    assert action(again, "zoom_100").isChecked()
    qtbot.waitUntil(lambda: set(places(again)) == set(before))


def test_keys_are_shown_with_what_they_do_for_two_seconds(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    label = child(window, QLabel, "key_label")
    QTest.keyClick(window, Qt.Key.Key_S)
    assert not label.isVisible()
    settle(qtbot, window)
    action(window, "projector").trigger()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert (label.isVisible(), label.text()) == (True, "Space: Run")
    assert window.rect().contains(label.geometry())
    panels = [panel for panel in window.findChildren(Panel) if panel.is_in_front]
    assert not any(panel.geometry().intersects(label.geometry()) for panel in panels)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: label.text() == "Space: Pause")
    (timer,) = (t for t in window.findChildren(QTimer) if t.interval() == SHOWN_MS)
    timer.timeout.emit()
    assert not label.isVisible()
