"""The panel Check: verdict, the chosen array, three grids, read-out, table."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import correct_step, faulty_step, located_step, unknown_step
from tests.support.cases import some
from tests.support.screen import active_window, child, is_near, press, spoken
from xorviz.core.check.factors import WRONG_SIGN
from xorviz.core.check.step_check import StepCheck
from xorviz.files.atomic import FileError
from xorviz.panels.learn.check_view import CheckView
from xorviz.panels.learn.weight_grid import WeightGrid
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import SteadyText
from xorviz.ui.draw.cell_grid import Place
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level
from xorviz.window.export.exporter import content_of

W1_H2: Place = 0, 1
W2_H1: Place = 3, 0


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CheckView]:
    """Return a view with the focus that shows a faulty step."""
    view = CheckView()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    view.resize(520, 600)
    view.show_check(faulty_step())
    yield view
    window.close()


def grid(view: CheckView) -> WeightGrid:
    return child(view, WeightGrid)


def told(view: CheckView) -> str:
    return child(view, SteadyText).toPlainText()


def click(view: CheckView, place: Place) -> None:
    at = grid(view).rect_of(place).center().toPoint()
    QTest.mouseClick(grid(view), Qt.MouseButton.LeftButton, pos=at)


def test_without_a_check_it_says_why(view: CheckView) -> None:
    view.show_check(None, "Steps cannot be checked.")
    assert view.description().startswith("Steps cannot be checked.")
    assert view.is_empty
    assert not child(view, SteadyText).isVisible()
    with pytest.raises(FileError, match="is empty"):
        content_of(view, "csv")


def test_a_fault_is_shown_with_the_wrong_line_and_the_right_one(view: CheckView) -> None:
    check = faulty_step()
    one, *_ = check.repairs
    view.show_check(replace(check, repairs=(one,), notes=("Rounded.",)))
    parts = ["Wrong", one.wrong, "Right", one.right]
    page = ["The step is faulty", check.sentence, *parts, one.says.partition(". ")[2], "Rounded."]
    assert list(filter(None, told(view).splitlines())) == "\n".join(page).splitlines()
    view.show_check(replace(check, repairs=(one, replace(one, says="w2: odd. Two numbers."))))
    assert "\nw2: odd.\nWrong" in told(view)  # of several, each is named


def test_a_fault_without_a_name_is_shown_at_its_array(view: CheckView) -> None:
    check = located_step()
    view.show_check(check)
    assert told(view) == f"The step is faulty\n{check.sentence}"
    assert "change of w2" in child(view, ColorBar).accessibleName()
    click(view, W2_H1)
    assert told(view).endswith("\nw2 does not follow the gradient")


def test_where_nothing_explains_a_step_there_is_no_exact_one(view: CheckView) -> None:
    view.show_check(unknown_step())
    assert told(view).startswith("Undecided\n")
    header, first, *_ = content_of(view, "csv").decode().splitlines()
    assert (header, len(first.split(","))) == ("weight,yours,finding", 3)
    assert grid(view).shape == (4, 4)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_grids_of_an_array_have_the_same_colours(view: CheckView, theme: Theme) -> None:
    check, colors = faulty_step(), diverging(theme)
    view.apply_theme(theme)
    limit = float(child(view, ColorBar).accessibleName().rpartition("+")[2])
    yours, exact = float(check.yours.w1[0, 1]), float(check.exact.w1[0, 1])
    image = grid(view).grab().toImage()
    for row, value in ((0, yours), (4, exact), (8, yours - exact), (11, 0)):  # w2 is right
        at = grid(view).rect_of((row, 1)).topLeft().toPoint()
        assert is_near(image.pixelColor(at.x() + 3, at.y() + 3), colors[level(value, limit)][0])


def test_a_click_on_a_cell_chooses_its_array(view: CheckView) -> None:
    right = faulty_step().repairs[0].right
    for place, finding, is_wrong in ((W2_H1, "w2: correct, at", False), (W1_H2, "w1: ", True)):
        click(view, place)
        assert f"\n{finding}" in told(view)
        assert (right in told(view)) == is_wrong
        assert f"change of {finding[:2]}" in child(view, ColorBar).accessibleName()
    click(view, W1_H2)
    assert "\nw1: " not in told(view)


def test_arrow_keys_walk_through_all_grids_and_read_exact_numbers(
    view: CheckView, announced: list[str]
) -> None:
    check, geometries = faulty_step(), set()
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    yours, exact = check.yours.w1[0, 1], check.exact.w1[0, 1]
    assert announced[-1].startswith("w1[x1→h2] yours 0.0")
    numbers = [float(n.split()[-1].replace("−", "-")) for n in announced[-1].split(", ")]
    np.testing.assert_allclose(numbers, [yours, exact, yours - exact], rtol=1e-5)
    for _ in range(6):
        press(Qt.Key.Key_Down)
        QApplication.processEvents()
        geometries.add(grid(view).geometry().getRect())
    assert len(geometries) == 1  # of whatever array the text is
    press(Qt.Key.Key_Left)
    assert announced[-1].startswith("b1[h1] exact 0.0")
    assert f"\nb1: {WRONG_SIGN}" in told(view)
    press(Qt.Key.Key_Escape)
    assert "\nb1: " not in told(view)


def test_all_that_was_found_is_spoken_and_in_the_table(view: CheckView) -> None:
    check, read = faulty_step(), list[str]()
    view.readout_changed.connect(read.append)
    view.show_check(check, "Step 120 of train.py")
    assert read[-1] == "step 120 of train.py"
    said = spoken(view)
    assert said.startswith(f"Step 120 of train.py: The step is faulty. {check.sentence} w1: ")
    assert said.endswith(f"b2: correct, at rate 0.5. {check.repairs[0].says}")
    header, first, *_, last = content_of(view, "csv").decode().splitlines()
    assert header == "weight,yours,exact,difference,finding"
    yours, exact = float(check.yours.w1[0, 0]), float(check.exact.w1[0, 0])
    assert first == f"w1[x1→h1],{yours},{exact},{yours - exact},{WRONG_SIGN}"
    assert last.endswith(",correct")


@pytest.mark.parametrize("check", some([faulty_step(64), correct_step(1, False)], 2), ids=str)
def test_any_width_is_readable_by_scrolling(view: CheckView, check: StepCheck) -> None:
    view.show_check(replace(check, repairs=check.repairs * 9))
    for size in ((520, 600), (280, 330), (900, 260)):
        view.resize(*size)
        QApplication.processEvents()
        frame = grid(view).frame
        assert frame is not None
        assert frame.digits >= 9
        assert child(view, SteadyText).geometry().bottom() < grid(view).geometry().top()
    press(Qt.Key.Key_PageDown)
    assert bool(child(view, SteadyText).verticalScrollBar().value()) == bool(check.repairs)


def test_odd_numbers_and_a_single_bias_are_shown_too(view: CheckView, announced: list[str]) -> None:
    check = correct_step()
    view.show_check(replace(check, exact=check.exact.each(lambda array: array * np.nan)))
    press(Qt.Key.Key_Right)
    assert "exact not a number" in announced[-1]
    weights = replace(check.yours, b1=None)
    arrays = {name: one for name, one in check.arrays.items() if name != "b1"}
    view.show_check(replace(check, yours=weights, exact=weights, arrays=arrays))
    assert grid(view).shape == (9, 4)
