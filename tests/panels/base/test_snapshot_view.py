"""Every view of a snapshot: units, drawing, twins."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, press, shown
from tests.support.snapshots import trained
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.theme.palette import DARK

VIEWS: list[Callable[[], SnapshotView]] = [DecisionSurface, LossPlot, TruthTable, WeightHeatmap]


class Sketch(SnapshotView):
    """A view that records what it does."""

    explanation = "Records."

    def __init__(self, twin_of: SnapshotView | None = None) -> None:
        super().__init__("units", twin_of)
        self.drawn: list[Snapshot] = []
        self.emptied = 0
        self.moves: list[tuple[int, int] | None] = []
        self.recoloured = self.uses = 0
        self.chosen: list[int | None] = []
        self.options = [self._option("wavy", "Wavy lines", checked=True)]

    def _draw(self, snapshot: Snapshot) -> None:
        self.drawn.append(snapshot)

    def _draw_nothing(self) -> None:
        self.emptied += 1

    def _recolour(self) -> None:
        self.recoloured += 1

    def _move_cursor(self, dx: int, dy: int) -> None:
        self.moves.append((dx, dy))

    def _use_cursor(self) -> None:
        self.uses += 1

    def _clear_cursor(self) -> None:
        self.moves.append(None)


@pytest.fixture
def sketch(qtbot: QtBot) -> Sketch:
    """Return a view whose requests for a unit are fulfilled, as in the window."""
    view = shown(qtbot, Sketch())
    chosen: list[int | None] = [None]

    def point(unit: int | None) -> None:
        view.show_unit(chosen[0] if unit is None else unit, is_chosen=unit is None)

    def choose(unit: int | None) -> None:
        chosen[0] = unit
        view.chosen.append(unit)
        point(None)

    view.unit_pointed.connect(point)
    view.unit_requested.connect(choose)
    return view


def test_a_click_selects_a_unit_and_another_clears_it(sketch: Sketch) -> None:
    for unit in (1, 1, 0, 2, None, None):
        sketch._point_at_unit(unit)  # as the mouse does on its way
        assert sketch.unit in {unit, sketch._chosen_unit}
        sketch._click_unit(unit)
    assert sketch.chosen == [1, None, 0, 2, None]


def test_a_unit_is_highlighted_while_the_mouse_is_over_it(sketch: Sketch) -> None:
    sketch._click_unit(1)
    sketch._point_at_unit(2)
    assert (sketch.unit, sketch._chosen_unit) == (2, 1)
    sketch._point_at_unit(None)
    assert (sketch.unit, sketch._chosen_unit) == (1, 1)


def test_escape_clears_the_unit_and_enter_uses_the_cursor(sketch: Sketch) -> None:
    sketch._click_unit(1)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Escape):
        QTest.keyClick(sketch, key)
    assert sketch.uses == 2
    assert sketch.chosen == [1, None]
    assert sketch.moves == [None, None]


@pytest.fixture
def first() -> Snapshot:
    return trained(RunConfig())


@pytest.fixture
def second(first: Snapshot) -> Snapshot:
    return replace(first, step=1)


def hidden_sketch(qtbot: QtBot) -> Sketch:
    sketch = Sketch()
    qtbot.addWidget(sketch)
    return sketch


def test_without_a_snapshot_nothing_is_drawn(qtbot: QtBot) -> None:
    sketch = shown(qtbot, Sketch())
    sketch.redraw()
    assert (sketch.drawn, sketch.emptied) == ([], 1)
    sketch.apply_theme(DARK)
    assert sketch.drawn == []


def test_a_twin_draws_the_second_run(qtbot: QtBot, first: Snapshot, second: Snapshot) -> None:
    twin = shown(qtbot, Sketch(twin_of=hidden_sketch(qtbot)))
    twin.show_snapshot(replace(first, beside=second))
    assert (twin.drawn, twin.emptied) == ([second], 1)
    twin.show_snapshot(first)
    assert (twin.drawn, twin.emptied) == ([second], 2)
    twin.show_snapshot(replace(second, beside=first))
    assert (twin.drawn, twin.emptied) == ([second, first], 2)


def test_a_hidden_twin_drops_a_second_run_that_is_gone(
    qtbot: QtBot, first: Snapshot, second: Snapshot
) -> None:
    twin = Sketch(twin_of=hidden_sketch(qtbot))
    twin.show_snapshot(replace(first, beside=second))
    twin.show_snapshot(first)
    shown(qtbot, twin)
    assert (twin.drawn, twin.emptied) == ([], 1)


def test_a_twin_has_its_own_name_and_title(qtbot: QtBot) -> None:
    sketch = hidden_sketch(qtbot)
    twin = Sketch(twin_of=sketch)
    qtbot.addWidget(twin)
    assert (sketch.objectName(), sketch.title) == ("units", "Hidden units")
    assert (twin.objectName(), twin.title) == ("units_beside", "Hidden units B")
    assert twin.accessibleName() == "Hidden units B"
    assert twin.whatsThis() == twin.explanation
    assert twin.explanation.endswith(sketch.explanation)
    assert "run B" in twin.explanation


def test_arrow_keys_with_a_modifier_are_left_to_the_window(qtbot: QtBot) -> None:
    sketch = Sketch()
    window = active_window(qtbot, sketch, "Ctrl+Right")
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert window.used == ["Ctrl+Right"]
    assert sketch.moves == []


@pytest.mark.parametrize("kind", some([view for view in VIEWS if view is not TruthTable], 1))
def test_a_click_leaves_the_focus_where_it_is(
    qtbot: QtBot, kind: Callable[[], SnapshotView]
) -> None:
    box, text, view = QWidget(), QLineEdit(), kind()
    layout = QVBoxLayout(box)
    layout.addWidget(text)
    layout.addWidget(view)
    view.apply_theme(DARK)
    view.show_snapshot(trained(RunConfig()))
    window = active_window(qtbot, box)
    text.setFocus()
    inner = view.childAt(view.rect().center())
    QTest.mouseClick(inner or view, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is text


def test_no_two_options_share_a_name(qtbot: QtBot) -> None:
    views = [kind() for kind in VIEWS]
    for view in views:
        qtbot.addWidget(view)
    options = [option for view in views for option in view.options]
    names = [option.objectName() for option in options]
    assert len(set(names)) == len(names)
