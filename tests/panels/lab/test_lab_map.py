"""The success map panel: settings, results, keyboard, mouse and menu."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from tests.lab.results.test_map import BASE, SMALL, pictured
from tests.support.screen import active_window, child, move_mouse, shown, type_into
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import Cell, MapPlan
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.map_picture import MapPicture
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.ui.theme.palette import LIGHT

SHIFT = Qt.KeyboardModifier.ShiftModifier
RESTING = "+ some still learning · % correct of 20 seeds, 600 steps"
popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
"""The offscreen platform cannot grab the keyboard for menus."""


@dataclass
class Harness:
    """A map on the screen, and the signals it has emitted."""

    view: LabMap
    requested: list[MapPlan] = field(default_factory=list)
    cancels: list[bool] = field(default_factory=list)
    cells: list[tuple[LabSnapshot, int]] = field(default_factory=list)
    benched: list[tuple[RunConfig, int]] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def listen(self) -> None:
        view = self.view
        view.map_requested.connect(self.requested.append)
        view.cancel_requested.connect(lambda: self.cancels.append(True))
        view.cell_requested.connect(lambda snapshot, recipe: self.cells.append((snapshot, recipe)))
        view.open_requested.connect(lambda config, step: self.benched.append((config, step)))
        view.readout_changed.connect(self.readouts.append)

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    @property
    def picture(self) -> MapPicture:
        return child(self.view, MapPicture)

    @property
    def canvas(self) -> CellGrid:
        return self.picture.grid

    def button(self, name: str) -> ActionButton:
        return child(self.view, ActionButton, f"{name}_button")

    def centre(self, cell: Cell) -> QPoint:
        at = self.picture.center_of(cell)
        assert at is not None
        return self.canvas.mapFrom(self.picture, at.toPoint())

    def point_at(self, cell: Cell | None) -> None:
        at = QPointF(self.centre(cell) if cell else QPoint(1, 1))
        move_mouse(self.canvas, at)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.view, key)

    def look(self) -> object:
        return self.canvas.grab().toImage()


@pytest.fixture
def harness(qtbot: QtBot) -> Harness:
    view = LabMap()
    view.apply_theme(LIGHT)
    harness = Harness(shown(qtbot, view, 560, 320))
    harness.listen()
    return harness


@pytest.fixture(scope="module")
def snapshot() -> LabSnapshot:
    return pictured(SMALL)


def test_without_a_map_a_message_has_the_cost(harness: Harness) -> None:
    harness.view.set_jobs(2)
    message = harness.canvas._message
    assert message.startswith("Run map trains 200 networks for each ")
    assert "shows here how many " in message
    assert "combination of width and rate" in message
    seconds = round(harness.view.wanted.plan.seconds(2))
    cost = f"96 recipes × 200 seeds × 4\u202f000 steps, about {seconds} seconds on 2 cores"
    assert cost in message.replace("\u00a0", " ")
    assert cost in harness.button("map_run").toolTip().replace("\u00a0", " ")
    type_into(child(harness.view, NumberField, "map_seeds"), "1")
    harness.option("map_biases").trigger()
    harness.view.set_jobs(1)
    message = harness.canvas._message.replace("\u00a0", " ")
    assert "trains 1 network for" in message
    assert "192 recipes × 1 seed × 4\u202f000 steps, less than a second on 1 core." in message


def test_the_button_requests_the_map_of_the_settings(harness: Harness) -> None:
    recipe = RunConfig(momentum=0.7, width=5)
    harness.view.show_base(recipe)
    child(harness.view, ChoiceField, "map_across").choose("init_range")
    type_into(child(harness.view, NumberField, "map_seeds"), "30")
    type_into(child(harness.view, NumberField, "map_steps"), "900")
    harness.option("map_biases").trigger()
    harness.button("map_run").click()
    assert harness.requested == [MapPlan(recipe, "init_range", "width", 30, 900, with_biases=True)]


def test_biases_on_an_axis_exclude_two_blocks(harness: Harness) -> None:
    harness.option("map_biases").trigger()
    child(harness.view, ChoiceField, "map_up").choose("biases")
    harness.button("map_run").click()
    assert not harness.requested[0].with_biases
    child(harness.view, ChoiceField, "map_up").choose("width")
    assert harness.view.wanted.with_biases


def test_run_becomes_cancel_while_running(harness: Harness, snapshot: LabSnapshot) -> None:
    button = harness.button("map_run")
    assert button.text() == "Run map"
    harness.view.set_running(True)
    harness.view.show_snapshot(LabResults(SMALL.plan).snapshot(), SMALL)
    assert button.text() == button.accessibleName() == harness.option("map_run").text() == "Cancel"
    assert "kept" in button.toolTip()
    assert harness.readouts[-1] == "0 % done of 20 seeds, 600 steps"
    button.click()
    assert harness.cancels
    assert not harness.requested
    harness.view.set_running(False)
    harness.view.show_snapshot(snapshot, SMALL)
    assert button.text() == "Run map"
    assert harness.readouts[-1] == RESTING


def test_the_map_follows_the_results(harness: Harness, snapshot: LabSnapshot) -> None:
    looks = []
    for seen in (LabResults(SMALL.plan).snapshot(), pictured(SMALL, seeds=4), snapshot):
        harness.view.show_snapshot(seen, SMALL)
        looks.append(harness.look())
    assert looks[0] != looks[1] != looks[2]


def test_it_says_where_the_rates_are_highest_and_lowest(
    harness: Harness, snapshot: LabSnapshot
) -> None:
    assert harness.view.description() == harness.view.explanation
    harness.view.show_snapshot(LabResults(SMALL.plan).snapshot(), SMALL)
    assert harness.view.description().endswith("No network is done yet.")
    harness.view.show_snapshot(snapshot, SMALL)
    cells, said = SMALL.cells(snapshot), harness.view.description()
    assert said.startswith("Width by rows, rate by columns, ")
    best = said.partition("Highest at ")[2].partition(". Lowest at ")
    told = {cells.words(cell): float(cells.shares[cell]) for cell in np.ndindex(SMALL.shape)}
    assert told[best[0]] == max(told.values())
    assert told[best[2].removesuffix(".")] == min(told.values())


def test_the_cell_under_the_mouse_is_read_out(harness: Harness, snapshot: LabSnapshot) -> None:
    early = pictured(SMALL, seeds=4)
    harness.view.show_snapshot(early, SMALL)
    harness.point_at((1, 1, 2))
    assert harness.readouts[-1].startswith("width 3, rate 1: ")
    assert " of 4 so far; 95 % interval " in harness.readouts[-1]
    assert harness.readouts[-1].endswith("; biases on")
    harness.view.show_snapshot(replace(snapshot, plan=early.plan), SMALL)
    assert harness.readouts[-1] == SMALL.cells(snapshot).words((1, 1, 2))
    assert harness.picture.tip == harness.readouts[-1]
    harness.point_at(None)
    assert harness.readouts[-1] == RESTING
    assert not harness.picture.tip


@pytest.mark.parametrize("cell", [(0, 0, 0), (0, 1, 1), (1, 1, 2)])
def test_the_tip_of_a_cell_is_beside_it_and_within_the_map(
    harness: Harness, snapshot: LabSnapshot, cell: Cell
) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    harness.point_at(cell)
    picture = harness.picture
    center = picture.center_of(cell)
    assert center is not None
    at = center.toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, at, picture.mapToGlobal(at))
    QApplication.sendEvent(picture, event)
    assert QToolTip.text().replace("\n", "; ").startswith(picture.tip.split(",")[0])
    (tip,) = [w for w in QApplication.topLevelWidgets() if w.objectName() == "qtooltip_label"]
    place = QRect(picture.mapFromGlobal(tip.pos()), tip.size())
    assert picture.rect().contains(place)
    assert picture.shown is not None
    rect = harness.canvas.rect_of(picture.shown.place(cell) or (0, 0)).toRect()
    assert not place.intersects(rect.translated(harness.canvas.pos()))
    QToolTip.hideText()


def test_the_lab_s_recipe_is_outlined_and_read_out(harness: Harness, snapshot: LabSnapshot) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    before = harness.look()
    harness.view.show_base(replace(BASE, seed=5))
    assert harness.look() != before
    harness.point_at((0, 1, 1))
    assert harness.readouts[-1].endswith("; biases off; recipe of the lab")
    harness.view.show_base(replace(BASE, biases=True))
    assert harness.canvas.start == (1, 4)
    harness.view.show_base(replace(BASE, momentum=0.5))
    harness.point_at(None)
    assert harness.look() == before


def test_a_click_requests_a_cell_or_with_shift_its_first_seed(
    harness: Harness, snapshot: LabSnapshot
) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(harness.canvas, left, pos=harness.centre((1, 0, 2)))
    assert harness.cells == [(snapshot, 8)]
    QTest.mouseClick(harness.canvas, left, SHIFT, harness.centre((1, 0, 2)))
    assert harness.benched == [(RunConfig(width=1, rate=1, biases=True, seed=0), 600)]
    assert len(harness.cells) == 1


def test_keys_start_at_the_recipe_and_act_as_clicks(
    harness: Harness, snapshot: LabSnapshot
) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    harness.press(Qt.Key.Key_Return)
    assert not harness.cells
    harness.view.show_base(BASE)
    harness.press(Qt.Key.Key_Left)
    assert harness.view._pointed == (0, 1, 1)
    harness.press(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return)
    assert harness.cells == [(snapshot, SMALL.recipe((1, 0, 0)))]
    QTest.keyClick(harness.view, Qt.Key.Key_Return, SHIFT)
    assert harness.benched == [(SMALL.config((1, 0, 0)), 600)]
    harness.press(Qt.Key.Key_Escape)
    assert harness.view._pointed is None
    assert harness.readouts[-1] == RESTING


def test_enter_in_a_field_requests_no_cell(qtbot: QtBot, snapshot: LabSnapshot) -> None:
    harness = Harness(LabMap())
    harness.listen()
    window = active_window(qtbot, harness.view)
    window.resize(600, 400)
    harness.view.show_snapshot(snapshot, SMALL)
    harness.press(Qt.Key.Key_Right)
    type_into(child(harness.view, NumberField, "map_seeds"), "30")
    assert not harness.cells
    harness.view.setFocus(Qt.FocusReason.TabFocusReason)
    harness.press(Qt.Key.Key_Return)
    assert len(harness.cells) == 1


@popped_up
def test_the_menu_of_the_cell_under_the_mouse(harness: Harness, snapshot: LabSnapshot) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    menu = child(harness.view, QMenu)
    for place in range(3):
        open_menu(harness, QContextMenuEvent.Reason.Mouse, harness.centre((1, 1, 0)))
        assert menu.isVisible()
        menu.actions()[place].trigger()
        menu.close()
    assert harness.cells == [(snapshot, SMALL.recipe((1, 1, 0)))]
    assert harness.benched == [(SMALL.config((1, 1, 0)), step) for step in (600, 0)]
    open_menu(harness, QContextMenuEvent.Reason.Mouse, QPoint(1, 1))
    assert not menu.isVisible()


@popped_up
def test_the_menu_of_the_cell_at_the_cursor(harness: Harness, snapshot: LabSnapshot) -> None:
    menu = child(harness.view, QMenu)
    open_menu(harness, QContextMenuEvent.Reason.Keyboard, QPoint(5, 5))
    harness.view.show_snapshot(snapshot, SMALL)
    open_menu(harness, QContextMenuEvent.Reason.Keyboard, QPoint(5, 5))
    assert not menu.isVisible()
    harness.press(Qt.Key.Key_Right)
    open_menu(harness, QContextMenuEvent.Reason.Keyboard, QPoint(5, 5))
    assert menu.isVisible()
    menu.actions()[0].trigger()
    menu.close()
    assert harness.cells == [(snapshot, 0)]


@popped_up
def test_the_menu_closes_for_another_map(harness: Harness, snapshot: LabSnapshot) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    menu = child(harness.view, QMenu)
    open_menu(harness, QContextMenuEvent.Reason.Mouse, harness.centre((1, 1, 0)))
    harness.view.show_snapshot(replace(snapshot), SMALL)
    assert menu.isVisible()
    harness.view.show_snapshot(snapshot, replace(SMALL, steps=SMALL.steps + 1))
    assert not menu.isVisible()


def open_menu(harness: Harness, reason: QContextMenuEvent.Reason, at: QPoint) -> None:
    there = harness.canvas.mapToGlobal(at)
    QApplication.sendEvent(harness.canvas, QContextMenuEvent(reason, at, there))


def test_an_option_shows_the_median_step(harness: Harness, snapshot: LabSnapshot) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    before = harness.look()
    assert harness.view.options_text == "% correct"
    harness.option("map_medians").trigger()
    assert harness.view.options_text == "median step"
    assert harness.readouts[-1] == "median step of 20 seeds, 600 steps"
    assert harness.look() != before
    harness.option("map_shares").trigger()
    assert harness.look() == before


def test_changed_settings_keep_the_map(harness: Harness, snapshot: LabSnapshot) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    before = harness.look()
    child(harness.view, ChoiceField, "map_across").choose("loss")
    type_into(child(harness.view, NumberField, "map_steps"), "7")
    harness.option("map_biases").trigger()
    assert harness.look() == before
    harness.point_at((0, 0, 0))
    assert harness.readouts[-1].startswith("width 1, rate 0.1: 0 % correct")


def test_without_a_snapshot_it_is_empty_again(harness: Harness, snapshot: LabSnapshot) -> None:
    harness.view.show_snapshot(snapshot, SMALL)
    harness.view.show_snapshot(None)
    assert "combination of width and rate" in harness.canvas._message
    assert harness.readouts[-1] == ""
    harness.view.show_snapshot(snapshot, SMALL)
    assert harness.canvas.frame is not None


def test_in_a_narrow_panel_an_option_shows_the_settings(qtbot: QtBot, harness: Harness) -> None:
    seeds = child(harness.view, NumberField, "map_seeds")
    assert seeds.isVisible()
    harness.view.resize(324, 208)
    assert not seeds.isVisible()
    qtbot.waitUntil(lambda: harness.picture.height() > 150)
    harness.option("map_settings").trigger()
    assert seeds.isVisible()
    qtbot.waitUntil(lambda: harness.picture.height() < 150)
    assert harness.picture.geometry().bottom() < harness.view.height()
