"""The panel Check: verdict, the chosen array, three grids, read-out, table."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import FOUND, SLOPE, correct_step, faulty_step
from tests.support.cases import some
from tests.support.screen import active_window, child, is_near, press, shown, spoken
from xorviz.core.check.step_check import CANNOT_BE_TOLD, UNDECIDED, UNKNOWN, Finding, StepCheck
from xorviz.files.atomic import FileError
from xorviz.panels.learn.check_view import CheckView, grid_names
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.chrome.texts import SteadyText
from xorviz.ui.draw.cell_grid import CellGrid, Place
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level
from xorviz.window.export.exporter import content_of

W1_H2: Place = 0, 1
B1_H1_EXACT: Place = 6, 0
W2_H1: Place = 3, 0


@pytest.fixture
def view(qtbot: QtBot) -> CheckView:
    view = CheckView()
    view.apply_theme(LIGHT)
    return shown(qtbot, view, 520, 600)


@pytest.fixture
def walked(qtbot: QtBot) -> Iterator[CheckView]:
    """Return a view with the focus that shows a faulty step."""
    view = CheckView()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view)
    view.show_check(faulty_step())
    yield view
    window.close()


def grid(view: CheckView) -> CellGrid:
    return child(view, CellGrid)


def told(view: CheckView) -> str:
    return child(view, SteadyText).toPlainText()


def click(view: CheckView, place: Place) -> None:
    at = grid(view).rect_of(place).center().toPoint()
    QTest.mouseClick(grid(view), Qt.MouseButton.LeftButton, pos=at)


def fill_at(view: CheckView, place: Place) -> QColor:
    at = grid(view).rect_of(place).topLeft().toPoint()
    return grid(view).grab().toImage().pixelColor(at.x() + 3, at.y() + 3)


def test_without_a_check_it_says_how_to_get_there(view: CheckView) -> None:
    view.show_key("Ctrl+I")
    assert view.description().startswith("Is your code wrong? One training step tells.")
    assert "Import network (Ctrl+I)" in view.description()
    assert not child(view, SteadyText).isVisible()
    assert view.is_empty
    with pytest.raises(FileError, match="is empty"):
        content_of(view, "csv")
    view.show_check(None, "Steps cannot be checked.")
    assert view.description().startswith("Steps cannot be checked.")
    view.show_check(None, "")
    assert view.description().startswith("Is your code wrong?")


def test_a_fault_is_told_with_the_wrong_line_and_the_right_one(view: CheckView) -> None:
    view.show_check(faulty_step())
    said = told(view)
    assert said.startswith(f"The step is faulty\n{FOUND}\nWrong\n")
    lines = ["Wrong", SLOPE.wrong, SLOPE.wrong_code, "Right", SLOPE.right, SLOPE.right_code]
    assert [line for line in said.splitlines() if line in lines] == lines
    numbers = SLOPE.says.partition(". ")[2]
    assert said.endswith(f"{numbers}\nThe numbers are rounded to 32 bit.")
    view.show_check(correct_step())
    assert told(view) == "The step is correct\nA correct step at rate 0.5."
    wrong = faulty_step()
    view.show_check(replace(wrong, repairs=(SLOPE, replace(SLOPE, says="w2: sign. Two numbers."))))
    assert "\nw1 and b1: hidden slope left out.\nWrong" in told(view)
    assert "\nw2: sign.\nWrong" in told(view)
    view.show_check(None)
    assert view.is_empty
    assert not child(view, SteadyText).isVisible()


def test_a_step_that_cannot_be_told_is_not_called_faulty(view: CheckView) -> None:
    check = correct_step()
    open_ones = dict.fromkeys(check.arrays, Finding(CANNOT_BE_TOLD, None, 1e-9))
    view.show_check(replace(check, verdict=UNDECIDED, arrays=open_ones))
    assert told(view).startswith("It cannot be decided whether the step is correct")


def test_where_nothing_explains_a_step_there_is_no_exact_one(view: CheckView) -> None:
    check = correct_step()
    unknown = dict.fromkeys(check.arrays, Finding(UNKNOWN, None, 0.9))
    view.show_check(replace(check, verdict=UNDECIDED, arrays=unknown))
    assert "weight,yours,nearest rule,difference,finding" in content_of(view, "csv").decode()
    plan = grid(view)._plan
    assert plan is not None
    assert plan.rows.blocks == ("yours", "nearest rule", "difference")


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_grids_of_an_array_have_the_same_colours(view: CheckView, theme: Theme) -> None:
    check = faulty_step()
    view.apply_theme(theme)
    view.show_check(check)
    yours, exact = float(check.yours.w1[0, 1]), float(check.exact.w1[0, 1])
    colors = diverging(theme)
    for row, value in ((0, yours), (4, exact), (8, yours - exact)):
        assert is_near(fill_at(view, (row, 1)), colors[level(value, 0.1)][0])
    assert child(view, ColorBar).accessibleName() == "Colours of change of w1 from −0.1 to +0.1"
    assert is_near(fill_at(view, (11, 0)), colors[level(0, 1)][0])  # w2 is right


def test_a_click_on_a_cell_chooses_its_array(view: CheckView) -> None:
    view.show_check(faulty_step())
    click(view, W2_H1)
    assert "w2: correct, at rate 0.5" in told(view)
    assert SLOPE.right not in told(view)
    assert "change of w2" in child(view, ColorBar).accessibleName()
    click(view, W1_H2)
    assert "w1: hidden slope left out" in told(view)
    assert SLOPE.right in told(view)
    click(view, W1_H2)
    assert "at rate" not in told(view)


def test_arrow_keys_walk_through_all_grids_and_read_exact_numbers(
    walked: CheckView, announced: list[str]
) -> None:
    view, check = walked, faulty_step()
    read: list[str] = []
    view.readout_changed.connect(read.append)
    view.show_check(check)
    assert read[-1] == "imported step"
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    assert grid(view).marked == W1_H2
    yours, exact = check.yours.w1[0, 1], check.exact.w1[0, 1]
    assert read[-1].startswith("w1[x1→h2] yours −0.0")
    numbers = [float(n.split()[-1].replace("−", "-")) for n in read[-1].split(", ")]
    np.testing.assert_allclose(numbers, [yours, exact, yours - exact], rtol=1e-5)
    assert announced[-1] == read[-1]
    place = grid(view).geometry()
    assert "w1: hidden slope" in told(view)
    for _ in range(6):
        press(Qt.Key.Key_Down)
        QApplication.processEvents()
        assert grid(view).geometry() == place  # of whatever array the text is
    press(Qt.Key.Key_Left)
    assert grid(view).marked == B1_H1_EXACT
    assert read[-1].startswith("b1[h1] exact 0.0")
    press(Qt.Key.Key_Escape)
    assert read[-1] == "imported step"
    assert "at rate" not in told(view)


def test_a_screen_reader_hears_all_that_was_found(walked: CheckView) -> None:
    read: list[str] = []
    walked.readout_changed.connect(read.append)
    walked.show_check(faulty_step(), "Step 120 of train.py")
    assert read[-1] == "step 120 of train.py"
    said = spoken(walked)
    assert said.startswith(f"Step 120 of train.py: The step is faulty. {FOUND} w1: hidden slope")
    assert "b2: correct, at rate 0.5" in said
    assert SLOPE.says in said


def test_the_table_has_all_numbers_exactly(view: CheckView) -> None:
    check = faulty_step(width=2)
    view.show_check(check)
    header, first, *_, last = content_of(view, "csv").decode().splitlines()
    assert header == "weight,yours,exact,difference,finding"
    yours, exact = float(check.yours.w1[0, 0]), float(check.exact.w1[0, 0])
    assert first == f"w1[x1→h1],{yours},{exact},{yours - exact},hidden slope left out"
    assert last.endswith(",0.0,correct")


@pytest.mark.parametrize("check", some([faulty_step(64), correct_step(1, False)], 2), ids=str)
def test_any_width_is_readable_by_scrolling(view: CheckView, check: StepCheck) -> None:
    view.show_check(check)
    for size in ((520, 600), (280, 330), (900, 260)):
        view.resize(*size)
        QApplication.processEvents()
        frame = grid(view).frame
        assert frame is not None
        assert frame.digits >= 9
        text, cells = child(view, SteadyText).geometry(), grid(view).geometry()
        assert text.bottom() < cells.top()


def test_page_keys_scroll_a_text_that_is_too_long(walked: CheckView) -> None:
    check = faulty_step()
    walked.show_check(replace(check, repairs=check.repairs * 9))
    QApplication.processEvents()
    bar = child(walked, SteadyText).verticalScrollBar()
    assert bar.maximum() > 0
    press(Qt.Key.Key_PageDown)
    assert bar.value() > 0
    press(Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_numbers_that_are_none_are_shown_too(view: CheckView) -> None:
    check = correct_step()
    with np.errstate(all="ignore"):
        view.show_check(replace(check, exact=check.exact.each(lambda a: a * np.nan)))
    assert not view.grab().isNull()
    assert all(
        "exact not a number" in change.text(0, grid_names(check))
        for change, _ in view._changes.values()
    )
