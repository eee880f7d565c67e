"""The map of the lab as people use it: wanted, watched while it comes, read, and clicked."""

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.lab.results.test_map import BASE, SMALL, pictured
from tests.support.screen import active_window, child, shown, type_into
from xorviz.core.config import RunConfig
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import Cell, MapPlan
from xorviz.panels.lab.map.canvas import MapCanvas
from xorviz.panels.lab.map.lab_map import LabMap
from xorviz.panels.lab.map.settings import CountField
from xorviz.ui.chrome.action_button import ActionButton
from xorviz.ui.forms.fields import ChoiceField
from xorviz.ui.theme.palette import DARK, LIGHT

SHIFT = Qt.KeyboardModifier.ShiftModifier
popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
"""For menus that open: the offscreen platform cannot give them the keyboard."""


@dataclass
class Bench:
    """A map on the screen, and what it says."""

    view: LabMap
    wanted: list[MapPlan] = field(default_factory=list)
    cancels: list[bool] = field(default_factory=list)
    cells: list[tuple[LabSnapshot, int]] = field(default_factory=list)
    benched: list[tuple[RunConfig, int]] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def listen(self) -> None:
        view = self.view
        view.map_requested.connect(self.wanted.append)
        view.cancel_requested.connect(lambda: self.cancels.append(True))
        view.cell_requested.connect(lambda snapshot, recipe: self.cells.append((snapshot, recipe)))
        view.bench_requested.connect(lambda config, step: self.benched.append((config, step)))
        view.readout_changed.connect(self.readouts.append)

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    @property
    def canvas(self) -> MapCanvas:
        return child(self.view, MapCanvas)

    def button(self, name: str) -> ActionButton:
        return child(self.view, ActionButton, f"{name}_button")

    def centre(self, cell: Cell) -> QPoint:
        assert self.canvas.frame is not None
        return self.canvas.frame.rects[cell].center().toPoint()

    def point_at(self, cell: Cell | None) -> None:
        at = QPointF(self.centre(cell) if cell else QPoint(1, 1))
        kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
        there, modifier = QPointF(self.canvas.mapToGlobal(at)), Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, at, there, none, none, modifier))

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.view, key)

    def look(self) -> object:
        return self.canvas.grab().toImage()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    view = LabMap()
    view.apply_theme(LIGHT)
    bench = Bench(shown(qtbot, view, 560, 320))
    bench.listen()
    return bench


@pytest.fixture(scope="module")
def snapshot() -> LabSnapshot:
    return pictured(SMALL)


def test_while_it_is_empty_it_says_what_there_will_be_and_what_it_costs(bench: Bench) -> None:
    bench.view.set_jobs(2)
    message = bench.canvas._message
    assert "200 networks" in message
    assert "by width and learning rate" in message
    seconds = round(bench.view.wanted.plan.seconds(2))
    cost = f"96 recipes × 200 seeds × 4\u2009000 steps, about {seconds} seconds on 2 cores"
    assert cost in message.replace("\u00a0", " ")
    assert cost in bench.button("map_run").toolTip().replace("\u00a0", " ")
    type_into(child(bench.view, CountField, "map_seeds"), "1")
    bench.option("map_biases").trigger()
    bench.view.set_jobs(1)
    message = bench.canvas._message.replace("\u00a0", " ")
    assert "192 recipes × 1 seeds × 4\u2009000 steps, less than a second on 1 core." in message


def test_the_button_wants_what_the_fields_and_the_recipe_say(bench: Bench) -> None:
    recipe = RunConfig(momentum=0.7, width=5)
    bench.view.show_base(recipe)
    child(bench.view, ChoiceField, "map_across").choose("init_range")
    type_into(child(bench.view, CountField, "map_seeds"), "30")
    type_into(child(bench.view, CountField, "map_steps"), "900")
    bench.option("map_biases").trigger()
    bench.button("map_run").click()
    assert bench.wanted == [MapPlan(recipe, "init_range", "width", 30, 900, with_biases=True)]


def test_biases_on_an_axis_are_not_on_two_maps_as_well(bench: Bench) -> None:
    bench.option("map_biases").trigger()
    child(bench.view, ChoiceField, "map_up").choose("biases")
    bench.button("map_run").click()
    assert not bench.wanted[0].with_biases
    child(bench.view, ChoiceField, "map_up").choose("width")
    assert bench.view.wanted.with_biases


def test_while_it_runs_there_is_cancel_in_place_of_run(bench: Bench, snapshot: LabSnapshot) -> None:
    assert not bench.button("map_cancel").isVisible()
    bench.view.set_running(True)
    bench.view.show_map(SMALL, LabResults(SMALL.plan).snapshot())
    assert not bench.button("map_run").isVisible()
    assert not bench.option("map_run").isEnabled()
    assert bench.readouts[-1] == "0 % done of 20 seeds, 600 steps"
    bench.button("map_cancel").click()
    assert bench.cancels
    assert not bench.wanted
    bench.view.set_running(False)
    bench.view.show_map(SMALL, snapshot)
    assert bench.button("map_run").isVisible()
    assert not bench.button("map_cancel").isVisible()
    assert bench.readouts[-1] == "% right of 20 seeds, 600 steps"


def test_the_map_fills_in_while_one_watches(bench: Bench, snapshot: LabSnapshot) -> None:
    looks = []
    for seen in (LabResults(SMALL.plan).snapshot(), pictured(SMALL, seeds=4), snapshot):
        bench.view.show_map(SMALL, seen)
        looks.append(bench.look())
    assert looks[0] != looks[1] != looks[2]
    assert bench.view.cells is not None
    assert bench.view.cells.is_final.all()


def test_pointing_at_a_cell_reads_it_and_a_new_picture_reads_it_again(
    bench: Bench, snapshot: LabSnapshot
) -> None:
    bench.view.show_map(SMALL, pictured(SMALL, seeds=4))
    bench.point_at((1, 1, 2))
    assert bench.readouts[-1].startswith("width 3, rate 1: ")
    assert " of 4 so far; 95 % interval " in bench.readouts[-1]
    assert bench.readouts[-1].endswith("; biases on")
    bench.view.show_map(SMALL, snapshot)
    assert bench.readouts[-1] == SMALL.cells(snapshot).words((1, 1, 2))
    assert bench.canvas.toolTip() == bench.readouts[-1]
    bench.point_at(None)
    assert bench.readouts[-1] == "% right of 20 seeds, 600 steps"
    assert not bench.canvas.toolTip()


def test_the_cell_of_the_recipe_is_outlined_and_says_so(
    bench: Bench, snapshot: LabSnapshot
) -> None:
    bench.view.show_map(SMALL, snapshot)
    before = bench.look()
    bench.view.show_base(replace(BASE, seed=5))
    assert bench.canvas._base == (0, 1, 1)
    assert bench.look() != before
    bench.point_at((0, 1, 1))
    assert bench.readouts[-1].endswith("; biases off; the lab’s recipe")
    bench.view.show_base(replace(BASE, biases=True))
    assert bench.canvas._base == (1, 1, 1)
    bench.view.show_base(replace(BASE, momentum=0.5))
    assert bench.canvas._base is None


def test_a_click_shows_the_seeds_of_a_cell(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(bench.canvas, left, pos=bench.centre((1, 0, 2)))
    assert bench.cells == [(snapshot, 8)]
    QTest.mouseClick(bench.canvas, left, SHIFT, bench.centre((1, 0, 2)))
    assert bench.benched == [(RunConfig(width=1, rate=1, biases=True, seed=0), 0)]
    assert len(bench.cells) == 1


def test_keys_walk_from_the_recipe_and_do_what_clicks_do(
    bench: Bench, snapshot: LabSnapshot
) -> None:
    bench.view.show_map(SMALL, snapshot)
    bench.press(Qt.Key.Key_Return)
    assert not bench.cells
    bench.view.show_base(BASE)
    bench.press(Qt.Key.Key_Left)
    assert bench.view._pointed == (0, 1, 1)
    bench.press(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return)
    assert bench.cells == [(snapshot, SMALL.recipe((1, 0, 0)))]
    QTest.keyClick(bench.view, Qt.Key.Key_Return, SHIFT)
    assert bench.benched == [(SMALL.config((1, 0, 0)), 0)]
    bench.press(Qt.Key.Key_Escape)
    assert bench.view._pointed is None
    assert bench.readouts[-1] == "% right of 20 seeds, 600 steps"


def test_without_a_map_keys_and_clicks_do_nothing(bench: Bench) -> None:
    bench.press(Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Escape)
    QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert not bench.cells


def test_enter_that_ends_a_number_chooses_no_cell(qtbot: QtBot, snapshot: LabSnapshot) -> None:
    bench = Bench(LabMap())
    bench.listen()
    window = active_window(qtbot, bench.view)
    window.resize(600, 400)
    bench.view.show_map(SMALL, snapshot)
    bench.press(Qt.Key.Key_Right)
    type_into(child(bench.view, CountField, "map_seeds"), "30")
    assert not bench.cells
    bench.view.setFocus(Qt.FocusReason.TabFocusReason)
    bench.press(Qt.Key.Key_Return)
    assert len(bench.cells) == 1


@popped_up
def test_a_menu_offers_both_for_the_cell_under_the_mouse(
    bench: Bench, snapshot: LabSnapshot
) -> None:
    bench.view.show_map(SMALL, snapshot)
    menu = child(bench.view, QMenu, "map_menu")
    for action in menu.actions():
        open_menu(bench, QContextMenuEvent.Reason.Mouse, bench.centre((1, 1, 0)))
        assert menu.isVisible()
        action.trigger()
        menu.close()
    assert bench.cells == [(snapshot, SMALL.recipe((1, 1, 0)))]
    assert bench.benched == [(SMALL.config((1, 1, 0)), 0)]
    open_menu(bench, QContextMenuEvent.Reason.Mouse, QPoint(1, 1))
    assert not menu.isVisible()


@popped_up
def test_the_menu_of_the_keyboard_is_that_of_its_cell(bench: Bench, snapshot: LabSnapshot) -> None:
    menu = child(bench.view, QMenu, "map_menu")
    open_menu(bench, QContextMenuEvent.Reason.Keyboard, QPoint(5, 5))
    bench.view.show_map(SMALL, snapshot)
    open_menu(bench, QContextMenuEvent.Reason.Keyboard, QPoint(5, 5))
    assert not menu.isVisible()
    bench.press(Qt.Key.Key_Right)
    open_menu(bench, QContextMenuEvent.Reason.Keyboard, QPoint(5, 5))
    assert menu.isVisible()
    menu.actions()[0].trigger()
    menu.close()
    assert bench.cells == [(snapshot, 0)]


@popped_up
def test_a_menu_ends_with_its_map(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    menu = child(bench.view, QMenu, "map_menu")
    open_menu(bench, QContextMenuEvent.Reason.Mouse, bench.centre((1, 1, 0)))
    bench.view.show_map(SMALL, replace(snapshot))
    assert menu.isVisible()
    bench.view.show_map(replace(SMALL, steps=SMALL.steps + 1), snapshot)
    assert not menu.isVisible()


def open_menu(bench: Bench, reason: QContextMenuEvent.Reason, at: QPoint) -> None:
    there = bench.canvas.mapToGlobal(at)
    QApplication.sendEvent(bench.canvas, QContextMenuEvent(reason, at, there))


def test_the_median_step_in_place_of_the_share(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    before = bench.look()
    assert bench.view.options_text == "% right"
    bench.option("map_medians").trigger()
    assert bench.view.options_text == "median step"
    assert bench.readouts[-1] == "median step of 20 seeds, 600 steps"
    assert bench.look() != before
    bench.option("map_shares").trigger()
    assert bench.look() == before


def test_changed_settings_leave_the_map_alone(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    before = bench.look()
    child(bench.view, ChoiceField, "map_across").choose("loss")
    type_into(child(bench.view, CountField, "map_steps"), "7")
    bench.option("map_biases").trigger()
    assert bench.look() == before
    bench.point_at((0, 0, 0))
    assert bench.readouts[-1].startswith("width 1, rate 0.1: 0 % right")


def test_another_map_points_at_nothing(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    bench.point_at((1, 1, 2))
    other = replace(SMALL, with_biases=False, up_values=(3,))
    bench.view.show_map(other, LabResults(other.plan).snapshot())
    assert bench.view._pointed is None
    assert bench.readouts[-1] == "% right of 20 seeds, 600 steps"


def test_without_a_picture_it_is_empty_again(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    bench.view.show_snapshot(None)
    assert "by width and learning rate" in bench.canvas._message
    assert bench.readouts[-1] == ""
    bench.view.show_map(SMALL, snapshot)
    assert bench.canvas.frame is not None


def test_a_hidden_map_is_drawn_when_it_is_seen(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.hide()
    bench.view.show_map(SMALL, snapshot)
    assert bench.canvas.frame is None
    bench.press(Qt.Key.Key_Right)
    bench.view.show()
    assert bench.canvas.frame is not None


def test_where_it_is_narrow_the_settings_are_behind_an_option(bench: Bench) -> None:
    seeds = child(bench.view, CountField, "map_seeds")
    assert seeds.isVisible()
    bench.view.resize(324, 208)
    assert not seeds.isVisible()
    closed = bench.canvas.height()
    bench.option("map_settings").trigger()
    assert seeds.isVisible()
    assert bench.canvas.height() < closed
    assert bench.canvas.geometry().bottom() < bench.view.height()


def test_a_theme_repaints_it(bench: Bench, snapshot: LabSnapshot) -> None:
    bench.view.show_map(SMALL, snapshot)
    before = bench.look()
    bench.view.apply_theme(DARK)
    assert bench.look() != before


def test_what_is_refused_is_told(bench: Bench) -> None:
    told: list[str] = []
    bench.view.refused.connect(told.append)
    type_into(child(bench.view, CountField, "map_seeds"), "0")
    assert told == ["Seeds of each cell is '0'; allowed: a whole number from 1 to 10000000"]


def test_exports_end_the_options(bench: Bench) -> None:
    assert bench.view.options[-3:] == bench.view.exports
    assert bench.view.objectName() == "lab_map"
    assert bench.view.title == "How often"
