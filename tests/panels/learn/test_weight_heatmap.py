"""The weights panel: colours, numbers, read-out, editing, units and twins."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFontInfo, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.panels.learn.editing import Edited
from tests.support.cases import some
from tests.support.screen import (
    child,
    is_near,
    move_pressed,
    press,
    press_left,
    release_left,
    shown_view,
    turn_wheel,
    type_into,
)
from tests.support.snapshots import QUICK, trained, with_weights
from xorviz.core import numerals
from xorviz.core.analysis.surface import round_bound
from xorviz.core.network import Weights
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.panels.base.choices import AUTOMATIC, RANGES
from xorviz.panels.learn.weight_editor import Cell, cells
from xorviz.panels.learn.weight_heatmap import _ONLY_WEIGHTS, WeightHeatmap
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

BIASED = RunConfig(width=3, biases=True)


class Harness(Edited[WeightHeatmap]):
    """A visible heat map and its signals."""

    @property
    def canvas(self) -> CellGrid:
        return child(self.view, CellGrid)

    @property
    def bar(self) -> str:
        return child(self.view, ColorBar).accessibleName()

    def place(self, cell: Cell) -> QRect:
        """Return the rectangle of a cell."""
        return self.canvas.rect_of((cell.row, cell.column)).toRect()

    def picture(self) -> QImage:
        return self.canvas.grab().toImage()

    def double_click(self, cell: Cell) -> None:
        place = self.place(cell).center()
        QTest.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, pos=place)

    def point_at(self, cell: Cell) -> None:
        # A mouse that is there already, from another test, would not move.
        QTest.mouseMove(self.canvas, QPoint(1, 1))
        QTest.mouseMove(self.canvas, self.place(cell).center())
        QApplication.processEvents()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(shown_view(qtbot, WeightHeatmap(), 480, 330))
    harness.listen()
    yield harness
    harness.view.hide()


@pytest.fixture
def twin(qtbot: QtBot, harness: Harness) -> Iterator[Harness]:
    """Return the twin of the first heat map."""
    twin = Harness(shown_view(qtbot, WeightHeatmap(twin_of=harness.view), 480, 330))
    twin.listen()
    yield twin
    twin.view.hide()


def as_read(cell: Cell, prefix: str = "") -> str:
    return f"{prefix}{cell.name} {numerals.real(cell.value, 6)}"


def named(weights: Weights, name: str) -> Cell:
    return next(cell for cell in cells(weights) if cell.name == name)


def fill_of(cell: Cell, limit: float, theme: Theme = LIGHT) -> str:
    return diverging(theme)[level(cell.value, limit)][0].name()


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_each_cell_has_the_colour_of_its_value(harness: Harness, theme: Theme) -> None:
    for config in [RunConfig(), BIASED]:
        snapshot = trained(replace(config, rate=1), 500)
        harness.view.apply_theme(theme)
        harness.view.show_snapshot(snapshot)
        picture = harness.picture()
        for cell in cells(snapshot.weights):
            corner = harness.place(cell).topLeft() + QPoint(3, 3)
            assert is_near(picture.pixelColor(corner), fill_of(cell, 5, theme)), cell


@pytest.mark.parametrize(
    ("value", "text"),
    some([(0.526, "+0.53"), (-12.3, "−12.30"), (-123.45, "−123"), (-98765.0, "−9.9·10⁴")], 2),
)
def test_weights_are_written(harness: Harness, value: float, text: str) -> None:
    harness.view.show_snapshot(with_weights(RunConfig(width=2), fill=value))
    assert svg_bytes(harness.canvas).decode().count(f">{text}<") == 6


def test_small_gradients_are_powers_of_ten(harness: Harness) -> None:
    harness.option("gradients").trigger()
    harness.view.show_snapshot(trained(replace(BIASED, rate=1), 5000))
    assert "·10⁻" in svg_bytes(harness.canvas).decode()


def test_many_units_scroll_unless_all_are_wanted(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig(width=64)))
    frame = harness.canvas.frame
    assert frame is not None
    assert frame.across.beyond
    assert frame.digits
    harness.option("weight_numbers").trigger()
    assert harness.canvas.frame is not None
    assert not harness.canvas.frame.across.beyond
    harness.option("weight_numbers").trigger()
    harness.view.answer_at_once()  # a picture has them all
    assert harness.canvas.frame is not None
    assert not harness.canvas.frame.across.beyond


def test_numbers_of_24_units_are_upright_and_reached_by_wheel_and_keys(harness: Harness) -> None:
    harness.view.resize(440, 250)  # as in a window of 1280 x 800
    snapshot = trained(RunConfig(width=24, biases=True))
    harness.view.show_snapshot(snapshot)
    frame = harness.canvas.frame
    assert frame is not None
    assert not frame.is_turned
    assert frame.digits >= 0.75 * QFontInfo(harness.canvas.font()).pixelSize()
    assert frame.area.top() >= harness.canvas.fontMetrics().height()  # names of units stay above
    first = harness.canvas.rect_of((0, 0))
    assert turn_wheel(harness.canvas, -3)
    assert harness.canvas.rect_of((0, 0)).left() < first.left()
    last = cells(snapshot.weights)[-1]
    for _ in range(25):
        QTest.keyClick(harness.view, Qt.Key.Key_Right)
    for _ in range(3):
        QTest.keyClick(harness.view, Qt.Key.Key_Down)
    QTest.keyClick(harness.view, Qt.Key.Key_Right)
    assert harness.readouts[-1] == as_read(last)
    assert frame.area.contains(harness.canvas.rect_of((last.row, last.column)).center())


def test_the_mouse_reads_out_the_cell_under_it(harness: Harness) -> None:
    snapshot = trained(BIASED, 100)
    harness.view.show_snapshot(snapshot)
    for cell in cells(snapshot.weights):
        harness.point_at(cell)
        assert harness.readouts[-1] == as_read(cell)


def test_the_read_out_follows_the_network_and_is_cleared_beside_the_cells(harness: Harness) -> None:
    harness.view.show_snapshot(trained(BIASED, 100))
    harness.point_at(named(trained(BIASED).weights, "b1[h2]"))
    later = trained(BIASED, 200)
    harness.view.show_snapshot(later)
    assert harness.readouts[-1] == as_read(named(later.weights, "b1[h2]"))

    snapshot = trained(BIASED)
    harness.view.show_snapshot(snapshot)
    harness.point_at(cells(snapshot.weights)[0])
    QTest.mouseMove(harness.canvas, QPoint(2, 2))
    QApplication.processEvents()
    assert harness.readouts[-1] == ""


def test_arrow_keys_move_through_the_cells(harness: Harness) -> None:
    snapshot = trained(BIASED, 100)
    harness.view.show_snapshot(snapshot)
    walk = [(Qt.Key.Key_Right, "w1[x1→h1]"), (Qt.Key.Key_Right, "w1[x1→h2]")]
    walk += [(Qt.Key.Key_Down, name) for name in ("w1[x2→h2]", "b1[h2]", "w2[h2→o]", "w2[h2→o]")]
    walk += [(Qt.Key.Key_Right, name) for name in ("w2[h3→o]", "b2", "b2")]
    for key, name in (*walk, (Qt.Key.Key_Up, "b2"), (Qt.Key.Key_Left, "w2[h3→o]")):
        QTest.keyClick(harness.view, key)
        assert harness.readouts[-1] == as_read(named(snapshot.weights, name))
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.readouts[-1] == ""


def test_arrow_keys_work_after_the_selected_cell_is_gone(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig(width=8)))
    for _ in range(8):
        QTest.keyClick(harness.view, Qt.Key.Key_Right)
    narrow = trained(RunConfig(width=2))
    harness.view.show_snapshot(narrow)
    assert harness.readouts[-1] == ""
    QTest.keyClick(harness.view, Qt.Key.Key_Left)
    assert harness.readouts[-1] in {as_read(cell) for cell in cells(narrow.weights)}


def test_gradients_replace_the_weights(harness: Harness) -> None:
    snapshot = trained(QUICK, 40)
    harness.view.show_snapshot(snapshot)
    assert harness.view.options_text == "weights"
    harness.option("gradients").trigger()
    assert harness.view.options_text == "gradients"
    limit = round_bound(max(abs(cell.value) for cell in cells(snapshot.gradient)))
    picture = harness.picture()
    for cell in cells(snapshot.gradient):
        corner = harness.place(cell).topLeft() + QPoint(3, 3)
        assert is_near(picture.pixelColor(corner), fill_of(cell, limit)), cell
    harness.point_at(cells(snapshot.gradient)[3])
    assert harness.readouts[-1] == as_read(cells(snapshot.gradient)[3], "∂loss/∂")


@pytest.mark.parametrize("value", some(RANGES, 2))
def test_the_colours_have_the_chosen_range(harness: Harness, value: int) -> None:
    snapshot = trained(BIASED)
    harness.view.show_snapshot(snapshot)
    harness.option(f"range_{value}").trigger()
    assert harness.bar == f"Colours of weight from −{value} to +{value}"
    cell = cells(snapshot.weights)[0]
    corner = harness.place(cell).topLeft() + QPoint(3, 3)
    assert is_near(harness.picture().pixelColor(corner), fill_of(cell, value))


def test_the_colours_can_fit_the_values(harness: Harness) -> None:
    for fill, end in [(0.4, "0.5"), (3.0, "5"), (17.0, "20"), (200_000.0, "2·10⁵"), (0.0, "1")]:
        harness.option(f"range_{AUTOMATIC}").trigger()
        harness.view.show_snapshot(with_weights(RunConfig(), fill=fill))
        assert harness.bar == f"Colours of weight from −{end} to +{end}"


def test_gradients_always_fit_the_values(harness: Harness) -> None:
    snapshot = trained(QUICK, 40)
    harness.view.show_snapshot(snapshot)
    before = harness.bar
    harness.option("gradients").trigger()
    largest = max(abs(cell.value) for cell in cells(snapshot.gradient))
    end = f"{round_bound(largest):g}"
    assert harness.bar == f"Colours of gradient from −{end} to +{end}"
    harness.option("gradients").trigger()
    assert harness.bar == before == "Colours of weight from −5 to +5"


def test_a_double_click_sets_any_weight_within_range(harness: Harness) -> None:
    snapshot = trained(BIASED, 100)
    harness.view.show_snapshot(snapshot)
    for cell in cells(snapshot.weights):
        harness.double_click(cell)
        assert harness.editor.isVisible()
        assert harness.editor.accessibleName() == f"Value of {cell.name}"
        assert harness.readouts[-1] == as_read(cell)
        type_into(harness.editor, "-1.5")
        assert not harness.editor.isVisible()
    expected = [(cell.field, cell.index, -1.5) for cell in cells(snapshot.weights)]
    assert harness.chosen == expected
    assert harness.refused == []
    harness.double_click(named(snapshot.weights, "w2[h2→o]"))
    type_into(harness.editor, "1e7")
    assert [text.partition(";")[0] for text in harness.refused] == ["w2[h2→o] is '1e7'"]
    assert harness.chosen == expected


def in_a_window(qtbot: QtBot) -> tuple[Harness, QLineEdit]:
    harness = Harness(WeightHeatmap())
    keys = ("Space", "S", "Right", "Down", "5")
    return harness, harness.focus_in_a_window(qtbot, trained(BIASED, 100), *keys)


@pytest.mark.parametrize("enter", some([Qt.Key.Key_Return, Qt.Key.Key_Enter], 1))
def test_enter_edits_the_selected_weight_and_arrows_continue_there(
    qtbot: QtBot, enter: Qt.Key
) -> None:
    harness, _ = in_a_window(qtbot)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        press(key)
    press(enter)
    assert QApplication.focusWidget() is harness.editor
    press(Qt.Key.Key_5)
    press(enter)
    assert harness.chosen == [("b1", (1,), 5)]
    assert not harness.editor.isVisible()
    press(Qt.Key.Key_Right)
    assert harness.readouts[-1].startswith("b1[h3] ")
    assert (harness.used_keys, harness.refused) == ([], [])


def test_after_editing_by_mouse_keys_are_the_window_s(qtbot: QtBot) -> None:
    harness, other = in_a_window(qtbot)
    other.setFocus()
    harness.double_click(cells(trained(BIASED).weights)[0])
    assert QApplication.focusWidget() is harness.editor
    press(Qt.Key.Key_5)
    press(Qt.Key.Key_Return)
    assert harness.chosen == [("w1", (0, 0), 5)]
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_S)
    assert harness.used_keys == ["Right", "S"]


@pytest.mark.parametrize("is_clicked", some([False, True], 1))
def test_a_click_elsewhere_cancels_editing(qtbot: QtBot, is_clicked: bool) -> None:
    harness, other = in_a_window(qtbot)
    first, *_, last = cells(trained(BIASED).weights)
    harness.double_click(first)
    press(Qt.Key.Key_5)
    if is_clicked:
        QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    else:
        place = harness.place(last).center()
        QTest.mouseClick(harness.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert not harness.editor.isVisible()
    assert (harness.chosen, harness.refused) == ([], [])


def test_enter_without_a_selection_explains_what_to_do(harness: Harness) -> None:
    harness.view.show_snapshot(trained(BIASED))
    harness.view.setFocus()
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    (sentence,) = harness.refused
    assert "arrow keys" in sentence
    assert not harness.editor.isVisible()


def test_gradients_cannot_be_set(harness: Harness) -> None:
    snapshot = trained(BIASED, 100)
    harness.view.show_snapshot(snapshot)
    harness.option("gradients").trigger()
    harness.double_click(cells(snapshot.gradient)[2])
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert harness.refused == [_ONLY_WEIGHTS] * 2
    assert not harness.editor.isVisible()
    harness.option("gradients").trigger()
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert harness.editor.isVisible()


def test_showing_gradients_closes_the_editor(harness: Harness) -> None:
    harness.view.show_snapshot(trained(BIASED))
    harness.double_click(cells(trained(BIASED).weights)[0])
    harness.option("gradients").trigger()
    assert not harness.editor.isVisible()
    assert harness.chosen == []


def test_the_tool_tip_explains_how_to_set_a_weight(harness: Harness) -> None:
    snapshot = trained(BIASED)
    harness.view.show_snapshot(snapshot)
    assert harness.canvas.toolTip() == ""
    harness.point_at(cells(snapshot.weights)[0])
    assert harness.canvas.toolTip() == "Double-click, or press Enter, to set this weight"
    harness.option("gradients").trigger()
    assert "show the weights" in harness.canvas.toolTip()
    QTest.mouseMove(harness.canvas, QPoint(2, 2))
    QApplication.processEvents()
    assert harness.canvas.toolTip() == ""


def click(harness: Harness, name: str) -> None:
    place = harness.place(named(trained(BIASED).weights, name)).center()
    press_left(harness.canvas, place)
    release_left(harness.canvas, place)


def move_to(harness: Harness, name: str) -> None:
    move_pressed(harness.canvas, harness.place(named(trained(BIASED).weights, name)).center())


def test_pointing_emits_the_hidden_unit_once(harness: Harness) -> None:
    harness.view.show_snapshot(trained(BIASED))
    for name in ("w1[x1→h2]", "w2[h2→o]", "b1[h3]", "b2", "w1[x1→h1]"):
        move_to(harness, name)
    for _ in range(2):
        QApplication.sendEvent(harness.canvas, QEvent(QEvent.Type.Leave))
    assert harness.pointed == [1, 2, None, 0, None]
    assert harness.units == []


def test_a_click_selects_the_unit_of_its_cell(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.view.show_snapshot(trained(BIASED))
    for name in ("w1[x1→h2]", "b1[h3]", "b2", "w2[h3→o]", "b1[h3]"):
        click(harness, name)
    assert harness.units == [1, 2, None, 2]
    for _ in range(2):
        press_left(harness.canvas, QPoint(2, 2))
    assert harness.units == [1, 2, None, 2, None]


def test_the_unit_of_an_edited_weight_stays_selected(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.view.show_snapshot(trained(BIASED))
    click(harness, "b1[h3]")
    harness.double_click(named(trained(BIASED).weights, "w2[h3→o]"))
    assert harness.view.unit == 2


def test_arrow_keys_select_units(harness: Harness) -> None:
    harness.view.unit_requested.connect(harness.view.show_unit)
    harness.view.show_snapshot(trained(BIASED))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(harness.view, key)
    assert harness.units == [0, 1, 2]
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.units == [0, 1, 2, None]


def test_the_selected_unit_is_framed_with_gradients_too(harness: Harness) -> None:
    harness.view.show_snapshot(trained(BIASED, 50))
    for _ in range(2):
        before = harness.picture()
        harness.view.show_unit(1)
        assert harness.picture() != before
        harness.view.show_unit(None)
        assert harness.picture() == before
        harness.option("gradients").trigger()


def test_selecting_a_unit_does_not_close_the_editor(harness: Harness) -> None:
    harness.view.show_snapshot(trained(BIASED))
    harness.double_click(named(trained(BIASED).weights, "b1[h2]"))
    harness.view.show_unit(1)
    assert harness.editor.isVisible()
    type_into(harness.editor, "2")
    assert harness.chosen == [("b1", (1,), 2)]


OTHER = replace(BIASED, seed=7)


def beside(first: Snapshot, second: Snapshot | None) -> Snapshot:
    return replace(first, beside=second)


def test_the_twin_follows_the_first_one_s_options(harness: Harness, twin: Harness) -> None:
    second = trained(OTHER, 50)
    snapshot = beside(trained(BIASED, 50), second)
    for view in (harness.view, twin.view):
        view.show_snapshot(snapshot)
    assert twin.view.options == []
    harness.option("range_20").trigger()
    assert twin.bar == harness.bar == "Colours of weight from −20 to +20"
    harness.option("gradients").trigger()
    cell = cells(second.gradient)[3]
    harness.view.hide()  # or the mouse would be over both windows
    twin.point_at(cell)
    assert twin.readouts[-1] == as_read(cell, "∂loss/∂")
    late = WeightHeatmap(twin_of=harness.view)
    assert (late.options_text, late._ranges.value) == ("gradients", 20)
    late.deleteLater()


def test_the_twin_sets_the_weights_of_its_own_run(harness: Harness, twin: Harness) -> None:
    second = trained(OTHER, 50)
    for view in (harness.view, twin.view):
        view.show_snapshot(beside(trained(BIASED, 50), second))
    cell = cells(second.weights)[-1]
    twin.double_click(cell)
    assert twin.editor.text() == numerals.plain(cell.value).replace("-", numerals.MINUS)
    assert not harness.editor.isVisible()
    type_into(twin.editor, "3")
    assert (harness.chosen, twin.chosen) == ([], [("b2", (0,), 3)])


def test_the_editor_of_a_twin_follows_its_own_run(harness: Harness, twin: Harness) -> None:
    first, second = trained(BIASED), trained(OTHER)
    twin.view.show_snapshot(beside(first, second))
    twin.double_click(cells(second.weights)[0])
    twin.view.show_snapshot(beside(replace(first, run=8), trained(OTHER, 5)))
    assert twin.editor.isVisible()
    for other in (replace(second, run=9), None):
        twin.view.show_snapshot(beside(first, other))
        assert not twin.editor.isVisible()
        QTest.keyClick(twin.view, Qt.Key.Key_Right)
        QTest.keyClick(twin.view, Qt.Key.Key_Return)
        assert twin.editor.isVisible() is (other is not None)
