"""The success map: the settings of the next one, its picture, and what a cell says and opens."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.lab import first_seeds, trained_snapshot
from tests.support.page import Page
from tests.support.screen import child, contrast, is_near, shown, svg_of, turn_wheel, type_into
from xorviz.core.settings import RunConfig
from xorviz.lab import STEPS
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import AXES, Cell, MapCells, MapPlan
from xorviz.panels.lab import map_picture
from xorviz.panels.lab.lab_map import LabMap
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.cell_grid import NONE
from xorviz.ui.forms.fields import ChoiceField, NumberField, ValuesField
from xorviz.ui.theme.palette import DARK, LEVELS, LIGHT, luminance

BASE = RunConfig(rate=0.5)
SMALL = MapPlan(
    BASE, seeds=20, steps=600, with_biases=True, across_values=(0.1, 0.5, 1), up_values=(1, 3)
)
RESTING = "share correct · + some still learning · 20 seeds, 600 steps"


class Map(Page[LabMap]):
    """The panel with its parts."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot, LabMap(), size=(560, 320))
        self.map = child(self.view, map_picture.MapPicture)
        self.grid = self.map.grid
        self.button = child(self.view, ActionButton, "map_run_button")
        self.head_heard: list[Any] = []
        self.view.head.changed.connect(lambda: self.head_heard.append(self.view.head.values))
        self.view.head.pair_requested.connect(self.head_heard.append)

    @property
    def message(self) -> str:
        return self.grid._message.replace("\u00a0", " ")

    def choice(self, name: str) -> ChoiceField:
        return child(self.view, ChoiceField, f"map_{name}")

    def count(self, name: str) -> NumberField:
        return child(self.view, NumberField, f"map_{name}")

    def center(self, cell: Cell) -> QPoint:
        return self.grid.rect_of(cell).center().toPoint()

    def point_at(self, cell: Cell | None) -> str:
        return self.point(QPoint(1, 1) if cell is None else self.center(cell), self.grid)

    def use_menu(self, reason: QContextMenuEvent.Reason, at: QPoint) -> QMenu:
        event = QContextMenuEvent(reason, at, self.grid.mapToGlobal(at))
        QApplication.sendEvent(self.grid, event)
        return self.view._menu

    @property
    def tip(self) -> str:
        """The tool tip over the cells, in one line."""
        return self.grid.toolTip().replace("\n", "; ")

    def look(self) -> object:
        return self.grid.grab().toImage()


@pytest.fixture
def page(qtbot: QtBot) -> Map:
    return Map(qtbot)


@pytest.fixture(scope="module")
def snapshot() -> LabSnapshot:
    return trained_snapshot(SMALL.plan)


@pytest.fixture
def drawn(page: Map, snapshot: LabSnapshot) -> Map:
    """Return the panel with a map."""
    page.view.show_snapshot(snapshot, SMALL)
    return page


def test_without_a_map_it_says_what_one_shows_and_costs(page: Map) -> None:
    def told() -> str:
        return page.button.toolTip().replace("\u00a0", " ")

    page.view.set_jobs(2)
    wanted = page.view.wanted
    seconds = round(wanted.plan.seconds(2))
    cost = f"96 recipes × 200 seeds × 4\u202f000 steps, about {seconds} seconds on 2 cores"
    assert cost in told()
    assert "each width and rate" in page.message
    assert (page.view.description(), page.view.drawing()) == (page.view.explanation, page.view)
    type_into(page.count("seeds"), "1")
    page.choose("map_biases")
    page.view.set_jobs(1)
    assert "192 recipes × 1 seed × 4\u202f000 steps, less than a second on 1 core" in told()


def test_the_button_requests_the_map_of_the_settings(page: Map) -> None:
    recipe = RunConfig(momentum=0.7, width=5)
    page.view.show_base(recipe)
    assert page.view.wanted == MapPlan(recipe)
    page.choice("across").choose("init_range")
    type_into(page.count("seeds"), "30")
    type_into(page.count("steps"), "900")
    page.choose("map_biases")
    page.button.click()
    wanted = MapPlan(recipe, "init_range", "width", 30, 900, with_biases=True)
    assert page.heard["map_requested"] == [wanted]
    page.choice("up").choose("biases")
    assert not page.view.wanted.with_biases, "an axis has them"
    page.choice("up").choose("width")
    assert page.view.wanted == wanted


def test_every_setting_can_be_on_either_axis_and_one_chosen_twice_swaps_them(page: Map) -> None:
    assert page.view.head.values == ("rate", "width", 200, 4000)
    fields = page.choice("across"), page.choice("up")
    assert [field.currentText() for field in fields] == ["rate →", "width ↓"]
    assert len({field.accessibleName() for field in fields if field.toolTip()}) == 2
    for place, name in enumerate(("across", "up")):
        for setting in AXES:
            page.choice(name).choose(setting)
            values = page.view.head.values
            assert values[place] == setting
            assert len(set(values[:2])) == 2
            assert tuple(field.currentData() for field in fields) == values[:2]
    page.view.head.choose_pair("rate width")
    page.head_heard.clear()
    page.choice("across").choose("width")
    assert page.head_heard == [("width", "rate", 200, 4000), "width rate"]


def test_both_axes_take_typed_lists_and_ranges(page: Map) -> None:
    across, up = (child(page.view, ValuesField, f"map_{n}_values") for n in ("across", "up"))
    assert [field.text() for field in (across, up)] == ["0.01..50", "2..6,8,12,16"]
    type_into(up, "2..5")
    type_into(across, "0.1..10")
    plan = page.view.wanted
    assert (plan.up_values, plan.across_values) == ((2, 3, 4, 5), (0.1, 0.2, 0.5, 1, 2, 5, 10))
    type_into(up, "2..99")
    type_into(across, ",".join(f"0.{n}" for n in range(100, 165)))
    few, many = page.heard["refused"]
    assert few.startswith("Values of width is '2..99'; allowed: a whole number from 1 to 64")
    assert many.endswith("at most 64 of them")
    assert page.view.wanted == plan
    page.choice("across").choose("width")
    assert (up.text(), across.text()) == ("0.1..10", "2..5")
    assert page.view.wanted.shape == (7, 4)


def test_a_count_is_typed_with_or_without_its_unit_and_checked(page: Map) -> None:
    seeds, steps = page.count("seeds"), page.count("steps")
    for typed, text, value in (("7", "7 seeds", 7), ("1500 seeds", "1\u202f500 seeds", 1500)):
        seeds.lineEdit().setText(typed)
        QTest.keyClick(seeds, Qt.Key.Key_Return)
        assert (page.view.head.values[2], seeds.text()) == (value, text)
    assert page.head_heard[-1] == ("rate", "width", 1500, 4000)
    type_into(steps, "0")
    assert page.view.head.values[3] == 4000
    (refusal,) = page.heard["refused"]
    assert STEPS.allowed in refusal
    assert "'0'" in refusal
    assert all(field.toolTip() and field.accessibleName() for field in (seeds, steps))
    page.view.setFocus()
    assert not turn_wheel(seeds)


def test_a_map_is_read_out_exported_and_cancelled_while_it_grows(
    page: Map, snapshot: LabSnapshot
) -> None:
    view, button, early = page.view, page.button, first_seeds(SMALL.plan, 4)
    share = f"{int(100 * early.progress)}\u00a0%"
    for seen, is_running, resting in (
        (
            LabResults(SMALL.plan).snapshot(),
            True,
            "0\u00a0% done · share correct · 20 seeds, 600 steps",
        ),
        (early, True, f"{share} done · {RESTING}"),
        (replace(early, is_over=True), False, f"cancelled at {share} · {RESTING}"),
        (snapshot, False, RESTING),
    ):
        view.set_running(is_running)
        view.show_snapshot(seen, SMALL)
        assert page.read().endswith(resting)
        name = "Cancel" if is_running else "Run map"
        assert button.text() == button.accessibleName() == page.option("map_run").text() == name
        text = svg_of(sheet := view.drawing())
        assert sheet.accessibleDescription() == view.description()
        assert "<image" not in text
        for part in ("Success map: width × rate", resting):
            assert part in text
        assert page.point_at((3, 2)) == SMALL.cells(seen).words((3, 2))
        view.show_snapshot(replace(snapshot, plan=seen.plan), SMALL)
        assert page.read() == page.tip == SMALL.cells(snapshot).words((3, 2))
        assert page.grid.marked is not None
        view.show_snapshot(seen, SMALL)
        assert page.point_at(None).endswith(resting)
        assert (page.tip, page.grid.marked) == ("", None)
        page.heard["map_requested"].clear()
        button.click()
        assert (page.heard["map_requested"] == []) == is_running
    assert page.heard["cancel_requested"] == [()] * 2


def test_it_says_where_the_rates_are_highest_and_lowest(drawn: Map, snapshot: LabSnapshot) -> None:
    cells, said = SMALL.cells(snapshot), drawn.view.description()
    assert said.startswith("Width by rows, rate by columns, ")
    best, _, worst = said.partition("Highest at ")[2].partition(". Lowest at ")
    told = {cells.words(cell): float(cells.shares[cell]) for cell in np.ndindex(SMALL.shape)}
    assert told[best] == max(told.values())
    assert told[worst.removesuffix(".")] == min(told.values())
    drawn.view.show_snapshot(LabResults(SMALL.plan).snapshot(), SMALL)
    assert drawn.view.description().endswith("No network is done yet.")


def test_the_lab_s_recipe_is_outlined_and_read_out_and_keys_start_there(
    page: Map, snapshot: LabSnapshot
) -> None:
    page.view.show_base(replace(BASE, momentum=0.5))
    page.view.show_snapshot(snapshot, SMALL)
    before = page.look()
    page.view.show_base(replace(BASE, seed=5))
    outlined = page.look()
    assert outlined != before
    page.view.show_snapshot(snapshot, replace(SMALL, base=replace(BASE, momentum=0.5)))
    assert page.look() == before, "its recipe is in no cell of another map"
    page.view.show_snapshot(snapshot, SMALL)
    assert page.look() == outlined
    assert page.point_at((1, 1)).endswith("; recipe of the lab")
    assert not page.point_at((0, 1)).endswith("; recipe of the lab")
    page.press(Qt.Key.Key_Escape)
    assert page.read() == RESTING
    page.view.show_base(replace(BASE, biases=True))
    assert page.grid.start == (3, 1)
    page.press(Qt.Key.Key_Left)
    assert page.view._pointed == (3, 1)


def test_a_cell_is_used_by_click_and_by_enter_and_with_shift_its_first_network_is_opened(
    drawn: Map, snapshot: LabSnapshot
) -> None:
    drawn.press(Qt.Key.Key_Return)
    drawn.click(QPoint(1, 1), drawn.grid)
    assert drawn.heard["cell_requested"] == drawn.heard["open_requested"] == []
    drawn.click(drawn.center((2, 2)), drawn.grid)
    drawn.click(drawn.center((2, 2)), drawn.grid, shift=True)
    drawn.press(Qt.Key.Key_Right)
    cell = drawn.view._pointed
    drawn.press(Qt.Key.Key_Return)
    drawn.press(Qt.Key.Key_Return, shift=True)
    assert drawn.heard["cell_requested"] == [(snapshot, 8), (snapshot, SMALL.place(cell) // 20)]
    first = RunConfig(width=1, rate=1, biases=True, seed=0)
    assert drawn.heard["open_requested"] == [(first, 600), (SMALL.run(cell), 600)]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_the_menu_of_a_cell_by_mouse_or_keys(drawn: Map, snapshot: LabSnapshot) -> None:
    mouse, keys = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    for reason in (mouse, keys):
        assert not drawn.use_menu(reason, QPoint(1, 1)).isVisible()
    drawn.point_at((3, 0))
    for reason, at in ((keys, QPoint(5, 5)), (mouse, drawn.center((3, 0)))):
        menu = drawn.use_menu(reason, at)
        for action in menu.actions()[:3]:
            assert menu.isVisible()
            action.trigger()
        assert drawn.heard["cell_requested"].pop() == (snapshot, 9)
        opened = [drawn.heard["open_requested"].pop(0) for _ in range(2)]
        assert opened == [(SMALL.run((3, 0)), step) for step in (600, 0)]
    drawn.view.show_snapshot(replace(snapshot), SMALL)
    assert drawn.view._menu.isVisible()
    drawn.view.show_snapshot(snapshot, replace(SMALL, steps=SMALL.steps + 1))
    assert not drawn.view._menu.isVisible()


def test_enter_in_a_field_requests_no_cell(drawn: Map, qtbot: QtBot) -> None:
    with qtbot.waitActive(drawn.view):
        drawn.view.activateWindow()
    drawn.press(Qt.Key.Key_Right)
    type_into(drawn.count("seeds"), "30")
    assert drawn.heard["cell_requested"] == []
    drawn.press(Qt.Key.Key_Return)
    assert len(drawn.heard["cell_requested"]) == 1


def test_settings_of_the_next_map_leave_this_one(drawn: Map) -> None:
    before = drawn.look()
    drawn.choose("map_medians")
    assert drawn.read() == "median step · 20 seeds, 600 steps"
    drawn.choose("map_shares")
    drawn.choice("across").choose("loss")
    type_into(drawn.count("steps"), "7")
    drawn.choose("map_biases")
    assert drawn.look() == before
    assert drawn.point_at((0, 0)).startswith("width 1, rate 0.1: 0 % correct")
    drawn.view.show_base(BASE)
    drawn.view.show_snapshot(None)
    assert "each width and loss" in drawn.message
    assert (drawn.read(), drawn.view.description()) == ("", drawn.view.explanation)


def test_the_settings_fold_into_a_line(drawn: Map) -> None:
    seeds, line = drawn.count("seeds"), child(drawn.view, QToolButton, "map_disclosure")
    summary = "width × rate · 200 seeds · 4\u202f000 steps"
    assert summary in line.toolTip()
    assert summary in line.accessibleName()
    for is_open in (True, False, True):
        assert seeds.isVisible() == drawn.option("map_settings").isChecked() == is_open
        assert line.text() == ("width × rate" if is_open else summary)
        line.click()
    type_into(seeds, "30")
    assert "30 seeds" in line.accessibleName()
    drawn.view.resize(220, 320)
    assert line.text().endswith("…")


PLAN = MapPlan(RunConfig(), seeds=10, across_values=(0.1, 0.5, 1), up_values=(2, 3))
TWO = replace(MapPlan(RunConfig(), seeds=3), with_biases=True)


def cells(
    done: list[int], right: list[int], medians: list[float], learning: tuple[int, ...] = (0,) * 6
) -> MapCells:
    columns = np.array(done), np.array(right), np.array(learning), np.array(medians)
    return MapCells(PLAN, *(column.reshape(PLAN.shape) for column in columns))


NAN = np.nan
SOME = cells([10, 10, 10, 4, 4, 0], [0, 5, 10, 1, 0, 0], [NAN, 640, 10, 4000, NAN, NAN])


def test_rates_are_percent_on_a_fixed_scale_with_a_plus_where_they_may_rise() -> None:
    look = map_picture.MapLook.of_shares(SOME)
    assert tuple(look.texts.flat) == ("0", "50", "100", "25", "0", "")
    assert look.levels.ravel().tolist() == [0, 128, LEVELS - 1, 64, 0, NONE]
    assert (look.ends, look.note) == (("0", "100 %"), "")
    # From half a percent on: less would not change the number.
    learning = cells([1000] * 6, [0, 999, 1000, 40, 0, 0], [NAN] * 6, (900, 1, 0, 5, 4, 0))
    look = map_picture.MapLook.of_shares(learning)
    assert tuple(look.texts.flat) == ("0+", "99", "100", "4+", "0", "0")
    assert "still learning" in look.note


def test_cells_whose_settings_do_not_go_together_are_empty_and_say_why(page: Map) -> None:
    plan = MapPlan(
        BASE, "loss", "output", 3, 5, across_values=("sse", "cross-entropy"), with_biases=True
    )
    allowed = [cell for cell in np.ndindex(plan.shape) if not plan.why_not(cell)]
    assert len(allowed) == len(plan.plan.recipes) == 8
    seen = trained_snapshot(plan.plan)
    page.view.show_snapshot(seen, plan)
    for look in (
        map_picture.MapLook.of_shares(plan.cells(seen)),
        map_picture.MapLook.of_medians(plan.cells(seen)),
    ):
        assert "empty" in look.note
        assert [cell for cell in np.ndindex(plan.shape) if look.texts[cell]] == allowed
    found = plan.cells(seen)
    for cell in allowed:
        places = seen.plan.places_of(plan.place(cell) // 3)
        assert found.right[cell] == seen.right[places.start : places.stop].sum()
        assert plan.place(cell) == places.start
    assert "allowed with these" in page.point_at((5, 1))
    page.click(page.center((5, 1)), page.grid)
    assert "allowed with these" in page.heard["refused"].pop()
    assert page.heard["cell_requested"] == []
    assert page.use_menu(QContextMenuEvent.Reason.Mouse, page.center((5, 1))).isEmpty()
    page.view.show_base(RunConfig(loss="mean-cross-entropy"))
    page.view.head.choose_pair("output width")
    type_into(child(page.view, ValuesField, "map_across_values"), "tanh,linear")
    assert not page.button.isEnabled()
    assert "allowed with these" in page.button.toolTip()
    page.view.show_base(RunConfig())
    assert page.button.isEnabled()


def test_medians_have_a_logarithmic_scale_of_the_plan() -> None:
    look = map_picture.MapLook.of_medians(SOME)
    assert tuple(look.texts.flat) == ("–", "640", "10", "4.0k", "–", "")
    half = round((LEVELS - 1) * np.log(4000 / 640) / np.log(400))
    assert look.levels.ravel().tolist() == [0, half, LEVELS - 1, 0, 0, NONE]
    assert look.ends == ("4\u202f000", "10 steps")
    plan = MapPlan(RunConfig(), seeds=1, steps=1, across_values=(1,), up_values=(2,))
    one = np.ones(plan.shape, dtype=np.int64)
    look = map_picture.MapLook.of_medians(MapCells(plan, one, one, 0 * one, one.astype(float)))
    assert tuple(look.texts.flat) == ("1",)
    assert 0 <= look.levels.item() < LEVELS
    steps = 7, 640.5, 999, 999.6, 1300, 13_260, 999_499, 999_600, 2e6, 1e9
    assert (
        " ".join(map(map_picture.compact, steps)) == "7 640 999 1.0k 1.3k 13k 999k 1.0M 2.0M 1.0G"
    )


def test_colours_are_monotonic_and_numbers_legible() -> None:
    for theme in (LIGHT, DARK):
        colors = map_picture.map_colors(theme)
        assert len(colors) == LEVELS
        assert colors[-1][0].name().upper() == theme.accent
        assert all(contrast(fill.name(), ink.name()) >= 4.5 for fill, ink in colors)
        lights = [luminance(fill.name()) for fill, _ in colors]
        assert lights in (sorted(lights), sorted(lights, reverse=True))


def test_blocks_are_named() -> None:
    assert map_picture.grid_plan(TWO, "99+").rows.blocks == ("biases off", "biases on")


@pytest.fixture
def picture(qtbot: QtBot) -> map_picture.MapPicture:
    picture = shown(qtbot, map_picture.MapPicture(), 400, 260)
    picture.show_look(map_picture.MapLook.of_shares(SOME))
    return picture


def test_cells_have_the_colour_of_their_rate_and_tentative_ones_a_border(
    picture: map_picture.MapPicture,
) -> None:
    levels, image = map_picture.MapLook.of_shares(SOME).levels, picture.grid.grab().toImage()
    for cell in product(range(2), range(3)):
        corner = picture.grid.rect_of(cell).topLeft().toPoint()
        fill = (
            LIGHT.panel if levels[cell] == NONE else map_picture.map_colors(LIGHT)[levels[cell]][0]
        )
        assert is_near(image.pixelColor(corner + QPoint(6, 6)), fill)
        border = fill if SOME.is_final[cell] else LIGHT.hairline
        assert is_near(image.pixelColor(corner), border)


def test_names_stay_above_all_columns_while_cells_are_missing(
    picture: map_picture.MapPicture,
) -> None:
    def places() -> list[tuple[str, float, float]]:
        return [(label.text, label.box.x(), label.box.y()) for label in picture.grid._labels]

    whole = places()
    picture.show_look(map_picture.MapLook.of_shares(cells([0, 10, 0, 4, 4, 0], [0] * 6, [NAN] * 6)))
    picture.grid.lay_out()
    assert places() == whole


def test_the_scale_of_the_colours_is_there_where_no_number_fits(
    picture: map_picture.MapPicture,
) -> None:
    three = np.full(TWO.shape, 3)
    cells_of_two = MapCells(TWO, three, three, 0 * three, three.astype(float))
    picture.show_look(map_picture.MapLook.of_shares(cells_of_two))
    for size, has_bar in (((980, 430), False), ((420, 600), False), ((416, 190), True)):
        picture.resize(*size)
        QApplication.processEvents()
        assert child(picture, ColorBar).isVisible() == has_bar
    picture.show_base((8, 1))
    assert picture.grid.start == (8, 1)
    picture.show_base(None)
    assert picture.grid.start == (0, 0)
