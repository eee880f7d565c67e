"""The panel Check: verdict, the chosen array, three grids, read-out, table."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import Change, checked, odd, right, scattered, upwards
from tests.support.cases import some
from tests.support.screen import active_window, child, is_near, press, spoken
from xorviz.core.check.factors import WRONG_SIGN
from xorviz.files.atomic import FileError
from xorviz.panels.learn.check_view import CheckView, headline
from xorviz.panels.learn.weight_grid import WeightGrid
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import SteadyText
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level
from xorviz.window.export.exporter import content_of


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CheckView]:
    """Return a view with the focus that shows a faulty step."""
    view = CheckView()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    view.resize(520, 600)
    view.show_check(checked(upwards))
    yield view
    window.close()


def grid(view: CheckView) -> WeightGrid:
    return child(view, WeightGrid)


def told(view: CheckView) -> str:
    return child(view, SteadyText).toPlainText()


def test_without_a_check_it_says_why(view: CheckView) -> None:
    view.show_check(None, "Steps cannot be checked.")
    assert view.description().startswith("Steps cannot be checked.")
    assert view.is_empty
    assert not child(view, SteadyText).isVisible()
    with pytest.raises(FileError, match="is empty"):
        content_of(view, "csv")


@pytest.mark.parametrize("change", [upwards, scattered, right])
def test_the_wrong_lines_are_above_the_right_ones(view: CheckView, change: Change) -> None:
    check = checked(change)
    check = replace(check, repairs=check.repairs * 2, notes=("Rounded.",))
    view.show_check(check)
    page = told(view)
    parts = [headline(check), check.sentence]
    for one in check.repairs:
        parts += ["Wrong", one.wrong, "Right", one.right]
        parts.append(one.says.partition(". ")[2])
    for part in (*parts, "Rounded."):
        head, found, page = page.partition(part)
        assert found, part
        assert not head.strip(), "nothing else is said"


def test_where_nothing_explains_a_step_there_is_no_exact_one(view: CheckView) -> None:
    view.show_check(checked(odd))
    assert told(view).startswith("Undecided\n")
    header, first, *_ = content_of(view, "csv").decode().splitlines()
    assert (header, len(first.split(","))) == ("weight,yours,finding", 3)
    assert grid(view).shape == (4, 4)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_grids_of_an_array_have_the_same_colours(view: CheckView, theme: Theme) -> None:
    check, colors = checked(upwards), diverging(theme)
    view.apply_theme(theme)
    limit = float(child(view, ColorBar).accessibleName().rpartition("+")[2])
    yours, exact = float(check.yours.w1[0, 1]), float(check.exact.w1[0, 1])
    image = grid(view).grab().toImage()
    for row, value in ((0, yours), (4, exact), (8, yours - exact), (11, 0)):  # w2 is right
        at = grid(view).rect_of((row, 1)).topLeft().toPoint()
        assert is_near(image.pixelColor(at.x() + 3, at.y() + 3), colors[level(value, limit)][0])


def test_arrow_keys_read_numbers_and_what_was_found_of_their_array(
    view: CheckView, announced: list[str]
) -> None:
    check, scale = checked(upwards), child(view, ColorBar).accessibleName
    assert "change of w1" in scale()  # that of the first wrong array
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    yours, exact = check.yours.w1[0, 1], check.exact.w1[0, 1]
    numbers, _, finding = announced[-1].partition("; ")
    assert numbers.startswith("w1[x1→h2] yours ")
    values = [float(n.split()[-1].replace("−", "-")) for n in numbers.split(", ")]
    np.testing.assert_allclose(values, [yours, exact, yours - exact], rtol=1e-5)
    assert finding == f"w1: {WRONG_SIGN}, at rate 0.25" == grid(view).toolTip()
    for _ in range(7):
        press(Qt.Key.Key_Down)
    assert announced[-1].startswith("w2[h2→o] exact ")  # that of the grid is never cut off
    assert announced[-1].endswith("; w2: correct, at rate 0.25")
    assert "change of w2" in scale()
    press(Qt.Key.Key_Escape)
    assert "change of w1" in scale()
    view.show_check(checked(scattered))
    assert "change of w2" in scale()
    press(Qt.Key.Key_Right)
    assert "; w1: correct" in announced[-1]


def test_all_that_was_found_is_spoken_and_in_the_table(view: CheckView) -> None:
    check, read = checked(upwards), list[str]()
    view.readout_changed.connect(read.append)
    view.show_check(check, "Step 120 of train.py")
    assert read[-1] == "step 120 of train.py"
    said = spoken(view)
    assert said.startswith(f"Step 120 of train.py: The step is faulty. {check.sentence} w1: ")
    assert said.endswith(f"b2: correct, at rate 0.25. {check.repairs[0].says}")
    header, first, *_, last = content_of(view, "csv").decode().splitlines()
    assert header == "weight,yours,exact,difference,finding"
    yours, exact = float(check.yours.w1[0, 0]), float(check.exact.w1[0, 0])
    assert first == f"w1[x1→h1],{yours},{exact},{yours - exact},{WRONG_SIGN}"
    assert last.endswith(",correct")


@pytest.mark.parametrize(("change", "width", "biases"), [(upwards, 64, True), (right, 1, False)])
def test_any_width_is_readable_by_scrolling(
    view: CheckView, change: Change, width: int, biases: bool
) -> None:
    check = checked(change, width, biases)
    view.show_check(replace(check, repairs=check.repairs * 9))
    for size in ((520, 600), (280, 330), (900, 260)):
        view.resize(*size)
        QApplication.processEvents()
        frame, text = grid(view).frame, child(view, SteadyText)
        assert frame is not None
        assert frame.digits >= 9
        assert text.geometry().bottom() < grid(view).geometry().top()
        assert text.height() < view.height() / 2  # the grids have as much
    press(Qt.Key.Key_PageDown)
    assert bool(child(view, SteadyText).verticalScrollBar().value()) == bool(check.repairs)


def test_odd_numbers_and_a_single_bias_are_shown_too(view: CheckView, announced: list[str]) -> None:
    check = checked()
    view.show_check(replace(check, exact=check.exact.each(lambda array: array * np.nan)))
    press(Qt.Key.Key_Right)
    assert "exact not a number" in announced[-1]
    weights = replace(check.yours, b1=None)
    arrays = {name: one for name, one in check.arrays.items() if name != "b1"}
    view.show_check(replace(check, yours=weights, exact=weights, arrays=arrays))
    assert grid(view).shape == (9, 4)
