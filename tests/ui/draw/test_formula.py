"""Formulas as mathematics: which letters are italic, what is an index, where fractions are."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from tests.support.screen import near
from xorviz.ui.draw.formula import Formula, flowed, plain, typeset

pytestmark = pytest.mark.usefixtures("qapp")


def set_in_font(text: str) -> Formula:
    return typeset(text, QFont())


def places(formula: Formula) -> dict[str, str]:
    """Return whether each run is on the line, below or above it."""
    return {
        run.text: "below" if run.y > 0 else "above" if run.y < 0 else "on" for run in formula.runs
    }


def test_a_unit_is_below_and_a_row_above() -> None:
    assert places(set_in_font("δ3[01]")) == {"δ": "on", "3": "below", "(01)": "above"}
    assert places(set_in_font("w1[x1→h3]")) == {"w": "on", "1[x1→h3]": "below"}
    assert places(set_in_font("b2")) == {"b": "on", "2": "below"}
    assert places(set_in_font("Σ[rows]")) == {"Σ": "on", "rows": "below"}


def test_quantities_are_italic_functions_and_numbers_upright() -> None:
    italic = {run.text.strip(): run.font.italic() for run in set_in_font("tanh(z) = 0.76").runs}
    assert italic == {"tanh": False, "(": False, "z": True, ") = 0.76": False}


def test_a_derivative_is_a_fraction() -> None:
    formula = set_in_font("∂loss/∂w1[x1→h3] = 5")
    (bar,) = formula.bars
    upper = [run.text for run in formula.runs if run.y < bar.y1() and run.x < bar.x2()]
    lower = [run.text for run in formula.runs if run.y > bar.y1() and run.x < bar.x2()]
    assert upper == ["∂", "L"]
    assert lower == ["∂", "w", "1[x1→h3]"]
    assert formula.height > 1.5 * plain("5", QFont()).height


def test_a_long_sum_flows_into_rows_no_wider_than_there_is_room() -> None:
    text = " + ".join(f"h{j}·w2[h{j}→o]" for j in range(1, 9))
    one, many = flowed(text, QFont(), 10_000.0), flowed(text, QFont(), 150.0)
    assert "".join(run.text for run in one.runs) == "".join(run.text for run in many.runs)
    assert many.width <= 150 < one.width
    assert many.ascent == one.ascent
    assert many.descent > 3 * one.height


def test_all_ink_is_within_the_size(qtbot: object) -> None:
    formula = set_in_font("∂loss/∂b1[h2] = Σ[rows] δ2[01]·(1 − h2²)")
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    formula.paint(painter, QPointF(20, 50), QColor("#000000"))
    painter.end()
    ys, xs = (~near(image, "#FFFFFF")).nonzero()
    assert (xs.min(), ys.min()) >= (19, 50 - formula.ascent - 1)
    assert xs.max() <= 20 + formula.width + 1
    assert 50 - formula.ascent - 1 <= ys.min()
    assert ys.max() <= 50 + formula.descent + 1
