"""Formulas as mathematics: which letters are italic, what is an index, where fractions are."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from tests.support.screen import near
from xorviz.ui.draw.formula import flowed, plain, typeset

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("δ3[01]", {"δ": "on", "3": "below", "(01)": "above"}),
        ("w1[x1→h3]", {"w": "on", "1[x1→h3]": "below"}),
        ("b2", {"b": "on", "2": "below"}),
        ("Σ[rows]", {"Σ": "on", "rows": "below"}),
        ("loss·2", {"L": "on", "\u202f·\u202f2": "on"}),
    ],
)
def test_a_unit_is_below_and_a_row_above(text: str, places: dict[str, str]) -> None:
    runs = typeset(text, QFont()).runs
    found = {run.text: "below" if run.y > 0 else "above" if run.y < 0 else "on" for run in runs}
    assert found == places
    assert [run.x for run in runs] == sorted(run.x for run in runs)
    small = [run.font.pointSizeF() < QFont().pointSizeF() for run in runs]
    assert small == [run.y != 0 for run in runs]


def test_quantities_are_italic_functions_and_numbers_upright() -> None:
    font = QFont()
    font.setPixelSize(20)
    runs = typeset("tanh(z) = 0.76 + Σ", font).runs
    italic = {run.text.strip(): run.font.italic() for run in runs}
    assert italic == {"tanh": False, "(": False, "z": True, ") = 0.76 +": False, "Σ": False}
    assert {run.font.pixelSize() for run in runs} == {20}


def test_a_derivative_is_a_fraction_and_all_ink_is_within_its_size() -> None:
    formula = typeset("∂loss/∂w1[x1→h3] = 5", QFont())
    (bar,) = formula.bars
    upper = [run.text for run in formula.runs if run.y < bar.y1() and run.x < bar.x2()]
    lower = [run.text for run in formula.runs if run.y > bar.y1() and run.x < bar.x2()]
    assert (upper, lower) == (["∂", "L"], ["∂", "w", "1[x1→h3]"])
    assert formula.height > 1.5 * plain("5", QFont()).height
    of_row = typeset("∂loss[01]/∂b2", QFont())
    assert [run.text for run in of_row.runs] == ["∂", "L", "(01)", "∂", "b", "2"]
    assert len(of_row.bars) == 1
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    formula.paint(painter, QPointF(20, 50), QColor("#000000"))
    painter.end()
    ys, xs = (~near(image, "#FFFFFF")).nonzero()
    assert 19 <= xs.min() <= xs.max() <= 21 + formula.width
    assert 40 - formula.ascent < ys.min() < ys.max() < 60 + formula.descent
    assert near(image, "#000000")[round(50 + bar.y1()) - 1 : round(50 + bar.y1()) + 2].any()


def test_a_long_sum_flows_into_rows_no_wider_than_there_is_room() -> None:
    text = " + ".join(f"h{j}·w2[h{j}→o]" for j in range(1, 9))
    one, many = flowed(text, QFont(), 10_000.0), flowed(text, QFont(), 150.0)
    assert "".join(run.text for run in one.runs) == "".join(run.text for run in many.runs)
    assert many.width <= 150 < one.width
    assert many.ascent == one.ascent
    assert many.descent > 3 * one.height
    assert {run.y for run in one.runs} < {run.y for run in many.runs}
