"""The check of a step: verdict, wrong lines beside right ones, grids and read-out."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import Change, checked, odd, right, scattered, upwards
from tests.support.cases import some
from tests.support.screen import child, is_near, shown
from xorviz.core.check.factors import WRONG_SIGN
from xorviz.core.check.step_check import StepCheck
from xorviz.core.network import Weights
from xorviz.panels.why.check import CheckPart, cell_text, headline, limits
from xorviz.ui.chrome.color_bar import ColorBar
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging, level

SOURCE = "Step 120 of train.py"


@pytest.fixture
def part(qtbot: QtBot) -> CheckPart:
    part = CheckPart()
    shown(qtbot, part, 460, 700)
    show(part, checked(upwards))
    return part


def show(
    part: CheckPart, check: StepCheck | None, theme: Theme = LIGHT, source: str = SOURCE
) -> None:
    part.grid.apply_theme(theme)
    part.show_check(check, source, theme, scrolls=False)
    QApplication.processEvents()


def told(part: CheckPart) -> str:
    return QTextDocumentFragment.fromHtml(child(part, QLabel, "check_text").text()).toPlainText()


@pytest.mark.parametrize("change", [upwards, scattered, right])
def test_the_wrong_lines_are_above_the_right_ones(part: CheckPart, change: Change) -> None:
    check = checked(change)
    check = replace(check, repairs=check.repairs * 2, notes=("Rounded.",))
    show(part, check)
    page, parts = told(part), [headline(check), f"{SOURCE}: {check.sentence}"]
    for one in check.repairs:
        parts += ["Wrong", one.wrong, "Right", one.right]
        parts.append(one.says.partition(". ")[2])
    for text in (*parts, "Rounded."):
        head, found, page = page.partition(text)
        assert found, text
        assert not head.strip(), "nothing else is said"


def test_without_a_check_it_says_why_and_where_nothing_explains_a_step_none_is_exact(
    part: CheckPart,
) -> None:
    show(part, checked(odd))
    assert told(part).startswith("Undecided\n")
    assert part.grid.shape == (4, 4)
    show(part, None, source="Steps cannot be checked.")
    assert told(part) == part.said == "Steps cannot be checked."
    assert not part.grid.isVisible()
    assert list(part.rows()) == []


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_grids_of_an_array_have_the_same_colours(part: CheckPart, theme: Theme) -> None:
    check, colors = checked(upwards), diverging(theme)
    show(part, check, theme)
    limit = float(child(part, ColorBar).accessibleName().rpartition("+")[2])
    yours, exact = float(check.yours.w1[0, 1]), float(check.exact.w1[0, 1])
    image = part.grid.grab().toImage()
    for row, value in ((0, yours), (4, exact), (8, yours - exact), (11, 0)):  # w2 is right
        at = part.grid.rect_of((row, 1)).topLeft().toPoint()
        assert is_near(image.pixelColor(at.x() + 3, at.y() + 3), colors[level(value, limit)][0])


def test_a_marked_number_is_read_with_what_was_found_of_its_array(part: CheckPart) -> None:
    check, scale = checked(upwards), child(part, ColorBar).accessibleName
    assert part.marked_text == ""
    assert "change of w1" in scale(), "that of the first wrong array"
    part.grid.mark((0, 1))
    yours, exact = check.yours.w1[0, 1], check.exact.w1[0, 1]
    numbers, _, finding = part.marked_text.partition("; ")
    assert numbers.startswith("w1[x1→h2] yours ")
    values = [float(n.split()[-1].replace("−", "-")) for n in numbers.split(", ")]
    np.testing.assert_allclose(values, [yours, exact, yours - exact], rtol=1e-5)
    assert finding == f"w1: {WRONG_SIGN}, at rate 0.25"
    part.grid.mark((7, 1))
    assert part.marked_text.startswith("w2[h2→o] exact "), "that of the grid is never cut off"
    assert part.marked_text.endswith("; w2: correct, at rate 0.25")
    assert "change of w2" in scale()
    show(part, replace(check, exact=check.exact.each(lambda array: array * np.nan)))
    assert "exact not a number" in part.marked_text


def test_all_that_was_found_is_spoken_and_in_the_table(part: CheckPart) -> None:
    check = checked(upwards)
    assert part.said.startswith(f"{SOURCE}: The step is faulty. {check.sentence} w1: ")
    (mended,) = check.repairs
    assert f"b2: correct, at rate 0.25. {mended.says} Wrong: {mended.wrong}" in part.said
    assert part.said.endswith(f"Right: {mended.right}.")
    rows = list(part.rows())
    assert ("w1[x1→h1]", "yours", float(check.yours.w1[0, 0])) in rows
    assert ("w1", "finding", WRONG_SIGN) in rows
    assert len(rows) == 3 * 13 + 4


@pytest.mark.parametrize(("change", "width", "biases"), [(upwards, 64, True), (right, 1, False)])
def test_grids_of_any_width_are_all_in_sight(
    part: CheckPart, change: Change, width: int, biases: bool
) -> None:
    show(part, checked(change, width, biases))
    frame = part.grid.frame
    assert frame is not None
    assert (frame.across.beyond, frame.down.beyond) == (0, 0)
    assert frame.digits > 0 or width > 9


# Colours and texts of the numbers


def test_each_array_has_colours_of_its_own_up_to_its_largest_number() -> None:
    check = checked(biases=False)
    scaled = Weights(np.full((2, 3), -40.0), None, np.full((3, 1), 0.0031), None)
    assert limits(replace(check, yours=scaled, exact=scaled)) == {"w1": 50, "w2": 0.005}
    endless = scaled.each(lambda array: array * np.inf)
    assert limits(replace(check, yours=scaled, exact=endless)) == {"w1": 50, "w2": 0.005}


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.01234, 0.02, "+0.0123"),
        (-1.5, 2, "−1.50"),
        (1e-12, 0.02, "0"),
        (-0.00123, 0.002, "−1.2·10⁻³"),
        (0.00123, 0.002, "+1.2·10⁻³"),
        (float("nan"), 1, "–"),
        (float("inf"), 1, "–"),
    ],
)
def test_a_cell_s_text_has_the_digits_of_its_array(value: float, limit: float, text: str) -> None:
    assert cell_text(value, limit) == text
