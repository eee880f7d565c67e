"""Every view: it draws only while visible, and handles its keys."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown, shown_view
from tests.support.snapshots import QUICK, trained
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.inside.hessian import HessianView
from xorviz.panels.inside.outputs_plot import OutputsPlot
from xorviz.panels.inside.similarity import Similarity
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import DARK, LIGHT


class Sketch(View):
    """A view that records its drawing, its themes and its keys."""

    explanation = "Records."

    def __init__(self) -> None:
        super().__init__("sketch", title="Sketch")
        self.drawn: list[str] = []
        self.recoloured: list[str] = []
        self.done: list[object] = []

    def _draw_latest(self) -> None:
        self.drawn.append(self.theme.name)

    def _recolour(self) -> None:
        self.recoloured.append(self.theme.name)

    def _move_cursor(self, dx: int, dy: int) -> None:
        self.done.append((dx, dy))

    def _use_cursor(self) -> None:
        self.done.append("used")

    def _clear_cursor(self) -> None:
        self.done.append("cleared")


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    return shown(qtbot, Sketch())


@pytest.fixture
def hidden(qtbot: QtBot) -> Sketch:
    sketch = Sketch()
    qtbot.addWidget(sketch)
    return sketch


def test_a_view_behind_another_tab_draws_nothing(sketch: Sketch) -> None:
    sketch.hide()
    assert not sketch.is_seen
    sketch.draw_anew()
    sketch.draw_anew()
    assert len(sketch.drawn) == 1
    sketch.show()
    assert len(sketch.drawn) == 2
    sketch.hide()
    sketch.show()  # nothing is new
    assert len(sketch.drawn) == 2


def test_a_theme_recolours_at_once_and_draws_when_visible(sketch: Sketch) -> None:
    sketch.hide()
    sketch.apply_theme(DARK)
    assert sketch.recoloured == ["dark"]
    assert sketch.drawn == [LIGHT.name]
    sketch.show()
    assert sketch.drawn == [LIGHT.name, DARK.name]


def test_a_changed_option_is_emitted_by_hidden_views_too(qtbot: QtBot, hidden: Sketch) -> None:
    with qtbot.waitSignal(hidden.options_changed):
        hidden.draw_anew()
    assert hidden.drawn == []
    assert hidden.options_text == ""


def test_options_are_offered_and_call_what_they_change(hidden: Sketch) -> None:
    called: list[object] = []
    wavy = hidden._option("wavy", "Wavy lines", checked=False, slot=called.append)
    save = hidden._option("save", "Save", slot=lambda: called.append("saved"))
    assert (wavy.isCheckable(), wavy.isChecked(), save.isCheckable()) == (True, False, False)
    assert wavy.toolTip() == "Wavy lines"
    sizes = {1: ("small", "Small", "Little"), 2: ("large", "Large", "Much")}
    size = hidden._one_of(sizes, 2, called.append)
    assert hidden.options == [wavy, save, *size.actions()]
    for action in hidden.options:
        action.trigger()
    assert called == [True, "saved", 1, 2]


def test_keys_move_use_and_clear_the_cursor(sketch: Sketch) -> None:
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
    for key in (*keys, Qt.Key.Key_Escape):
        QTest.keyClick(sketch, key)
    assert sketch.done == [(-1, 0), (0, 1), "used", "used", "cleared"]


@pytest.mark.parametrize("kind", [LossPlot, OutputsPlot, HessianView, Similarity])
def test_plus_and_minus_zoom_every_plot(qtbot: QtBot, kind: Callable[[], SnapshotView]) -> None:
    view = shown_view(qtbot, kind())
    view.show_snapshot(trained(QUICK, 50))
    box = child(view, CurvePlot).rows[0].box
    ((start, end), values) = box.viewRange()
    before = end - start
    for key, is_wider in ((Qt.Key.Key_Plus, False), (Qt.Key.Key_Minus, True)):
        QTest.keyClick(view, key)
        ((start, end), now) = box.viewRange()
        assert (end - start > before) == is_wider
        assert now == pytest.approx(values), "along the lower axis"
        before = end - start


def test_a_view_takes_the_focus_by_tab_only(hidden: Sketch) -> None:
    assert hidden.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_a_right_click_offers_a_titled_choice_as_a_menu(qtbot: QtBot) -> None:
    view = NetworkDiagram()
    qtbot.addWidget(view)
    picked: list[QMenu] = []
    with patch.object(QMenu, "popup", lambda menu, _: picked.append(menu)):
        at, reason = QPoint(5, 5), QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(view, QContextMenuEvent(reason, at, view.mapToGlobal(at)))
    entries = {entry.text(): entry for menu in picked for entry in menu.actions()}
    inner = entries["Edge colours"].menu()
    assert isinstance(inner, QMenu)
    assert {one.objectName() for one in inner.actions()} >= {"edge_range_1", "edge_range_5"}
