"""The weights panel: colours, numbers, gradients, units and twins."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.panels.learn.pages import WeightPage, named
from tests.support.cases import some
from tests.support.screen import child, is_near, shown_view, type_into
from tests.support.snapshots import trained, with_weights
from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.panels.learn.weight_grid import AUTOMATIC, RANGES, Cell, cells
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

Key = Qt.Key
BIASED = RunConfig(width=3, biases=True)
BESIDE = QPoint(2, 2)


class Page(WeightPage[WeightHeatmap]):
    """A heat map on the screen."""

    @property
    def bar(self) -> str:
        return child(self.view, ColorBar).accessibleName()

    def assert_colors(self, shown: list[Cell], limit: float) -> None:
        """Assert that cells have the colours of their values."""
        picture = self.canvas.grab().toImage()
        for cell in shown:
            corner = self.rect_of(cell.name).toRect().topLeft() + QPoint(3, 3)
            wanted = diverging(self.view.theme)[level(cell.value, limit)][0]
            assert is_near(picture.pixelColor(corner), wanted), cell


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot, WeightHeatmap(), trained(BIASED, 100))


def as_read(cell: Cell, prefix: str = "") -> str:
    return f"{prefix}{cell.name} {numerals.real(cell.value, 6)}"


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_each_cell_has_the_colour_of_its_weight_or_its_gradient(page: Page, theme: Theme) -> None:
    page.view.apply_theme(theme)
    for config in (RunConfig(), BIASED):
        snapshot = trained(replace(config, rate=1), 500)
        page.show(snapshot)
        page.assert_colors(cells(snapshot.weights), 5)
        assert page.bar == "Colours of weight from −5 to +5"
        page.choose("gradients")
        shown = cells(snapshot.gradient)
        limit = round_bound(max(abs(cell.value) for cell in shown))
        page.assert_colors(shown, limit)
        assert page.bar == f"Colours of gradient from −{limit:g} to +{limit:g}"
        assert "derivatives" in page.view.description()
        assert page.point_at(shown[3].name) == as_read(shown[3], "∂loss/∂")
        page.choose("gradients")
        assert "derivatives" not in page.view.description()


def test_the_colours_have_the_chosen_range_or_fit_the_values_and_numbers_few_digits(
    page: Page,
) -> None:
    for value in RANGES[::2]:
        page.choose(f"range_{value}")
        assert page.bar == f"Colours of weight from −{value} to +{value}"
        page.assert_colors(cells(page.snapshot.weights), value)
    page.choose(f"range_{AUTOMATIC}")
    for fill, end, text in (
        (0.4, "0.5", "+0.40"),
        (-123.45, "200", "−123"),
        (200_000.0, "2·10⁵", "+2.0·10⁵"),
        (0.0, "1", "0.00"),
        (0.012, "0.02", "1·10⁻²"),
    ):
        page.show(with_weights(RunConfig(width=2), fill=fill))
        assert page.bar == f"Colours of weight from −{end} to +{end}"
        assert svg_bytes(page.canvas).decode().count(f">{text}<") == 6


def test_many_units_scroll_unless_all_are_wanted(qtbot: QtBot) -> None:
    view = shown_view(qtbot, WeightHeatmap(), 440, 250)
    grid, scrolls = child(view, CellGrid), child(view, QAction, "weight_numbers")

    def is_cut() -> bool:
        assert grid.frame is not None
        return bool(grid.frame.across.beyond)

    view.show_snapshot(trained(RunConfig(width=24, biases=True)))
    assert is_cut()
    for is_on in (False, True):
        scrolls.trigger()
        assert is_cut() == is_on
    view.answer_at_once()
    view.draw_anew()
    assert not is_cut(), "a picture has them all"


def test_gradients_cannot_be_set(page: Page) -> None:
    page.point_at("b2")
    assert "to set this weight" in page.canvas.toolTip()
    page.double_click("b2")
    page.choose("gradients")
    assert not page.editor.isVisible(), "the option closes the field"
    page.double_click("b2")
    page.press(Key.Key_Return)
    assert not page.editor.isVisible()
    assert page.heard["refused"] == [page.canvas.toolTip()] * 2
    page.choose("gradients")
    page.press(Key.Key_Return)
    assert page.editor.isVisible()
    page.point(BESIDE)
    assert page.canvas.toolTip() == ""


def test_clicks_and_arrow_keys_choose_the_unit_of_a_cell_which_is_framed(page: Page) -> None:
    page.view.unit_requested.connect(page.view.show_unit)
    plain = page.canvas.grab().toImage()
    page.click_on("w1[x1→h2]", "b1[h3]", "b2")
    page.point(None)
    assert page.canvas.grab().toImage() != plain
    page.click_on("w2[h3→o]", "b1[h3]")
    for _ in range(2):
        page.click(BESIDE)
    assert page.heard["unit_requested"] == [1, 2, None, 2, None]
    page.clear()
    page.press(Key.Key_Escape, Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Right)
    assert page.heard["unit_requested"] == [0, 1, 2]
    page.show(trained(BIASED, 200))
    assert page.read() == as_read(named(trained(BIASED, 200), "w1[x2→h3]"))
    narrow = trained(RunConfig(width=1))
    page.show(narrow)
    assert page.read() == "", "the cell at the cursor is gone"
    assert page.press(Key.Key_Left) in {as_read(cell) for cell in cells(narrow.weights)}


def test_the_twin_has_the_options_of_the_first_one_and_sets_the_weights_of_its_own_run(
    qtbot: QtBot, page: Page
) -> None:
    other = replace(BIASED, seed=7)

    def beside(second: Snapshot | None, run: int = 0) -> Snapshot:
        return replace(trained(BIASED, 50), run=run, beside=second)

    twin = Page(qtbot, WeightHeatmap(twin_of=page.view), beside(trained(other, 50)))
    assert twin.view.options == []
    page.choose("range_20")
    assert twin.bar == "Colours of weight from −20 to +20"
    page.choose("gradients")
    cell = cells(twin.snapshot.gradient)[3]
    assert twin.point_at(cell.name) == as_read(cell, "∂loss/∂")
    late = WeightHeatmap(twin_of=page.view)
    assert (late._gradients.isChecked(), late._ranges.value) == (True, 20)
    late.deleteLater()
    page.choose("gradients")

    value = named(trained(other, 50), "b2").value
    twin.double_click("b2")
    assert twin.editor.text() == numerals.plain(value).replace("-", numerals.MINUS)
    twin.show(beside(trained(other, 55), run=8))
    assert twin.editor.isVisible(), "the first run alone is another"
    type_into(twin.editor, "3")
    assert twin.heard["weight_requested"] == [("b2", (0,), 3)]
    assert page.heard["weight_requested"] == []
    for second in (replace(trained(other), run=9), None):
        twin.press(Key.Key_Right, Key.Key_Return)
        assert twin.editor.isVisible()
        twin.show(beside(second))
        assert not twin.editor.isVisible()
    twin.press(Key.Key_Right, Key.Key_Return)
    assert not twin.editor.isVisible()
