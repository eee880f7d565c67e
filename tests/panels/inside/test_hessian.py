"""The view of the curvature: bars, verdict, and which step they belong to."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child, shown, shown_view
from tests.support.snapshots import trained
from xorviz.core import numerals
from xorviz.core.analysis.curvature import CurvatureQuestion
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.hessian import DECADES, EigenvalueBars, HessianView, VerdictText
from xorviz.ui.theme.palette import LIGHT

SOME = np.array([0.5, 1e-2, 1e-4, 0.0, -1e-9, -1e-3])
"""Three positive, one zero, two negative."""


@pytest.fixture
def bars(qtbot: QtBot) -> EigenvalueBars:
    bars = EigenvalueBars()
    bars.apply_theme(LIGHT)
    shown(qtbot, bars, 400, 200)
    bars.show_values(SOME, negative=2, positive=3)
    settle(bars)
    return bars


def settle(bars: EigenvalueBars) -> None:
    """Paint until the axis has its final width."""
    for _ in range(3):
        bars.grab()
        QApplication.processEvents()


def test_bars_have_the_side_the_colour_and_the_height_of_their_value(bars: EigenvalueBars) -> None:
    rects = bars.bars.rects()
    line = rects[0].bottom()
    assert [rect.bottom() for rect in rects[:3]] == [line] * 3
    assert [rect.top() for rect in rects[4:]] == [line + 1] * 2
    assert abs(rects[3].center().y() - line) <= 1
    assert bars.bars.colors == [LIGHT.plus] * 3 + [LIGHT.quiet] + [LIGHT.minus] * 2
    high = [rect.height() for rect in rects]
    a_decade = (high[1] - high[2]) / 2
    assert high[0] - high[1] == pytest.approx(a_decade * math.log10(50), abs=0.1)
    assert high[5] == pytest.approx(high[1] - a_decade, abs=2)
    assert high[1] == pytest.approx(a_decade * (DECADES - 2), abs=2)
    bars.show_values(SOME * 1e-3, negative=2, positive=3)
    assert [rect.height() for rect in bars.bars.rects()] == pytest.approx(high)


def test_the_axis_is_labelled_with_the_decades_on_both_sides(bars: EigenvalueBars) -> None:
    axis = bars.rows[0].scales.value_axis
    ((_, ticks),) = axis.tickValues(0, 1, 2 * DECADES * 100)
    texts = axis.tickStrings(ticks, 1, 1)
    assert texts[DECADES] == "0"
    assert texts[-1] == "1"
    assert texts[0] == f"{numerals.MINUS}1"
    assert texts[DECADES + 1] == numerals.ten_to(1 - DECADES)
    ((_, few),) = axis.tickValues(0, 1, 10)
    assert few == [-DECADES, 0, DECADES]


def test_any_number_of_bars_fits_also_after_zooming(bars: EigenvalueBars) -> None:
    bars.zoom_by(3)
    bars.show_values(SOME / 2, negative=2, positive=3)
    assert bars.rows[0].box.viewRange()[0][1] < 6
    bars.show_values(np.linspace(1, -0.01, 257), 1, 256)
    settle(bars)
    area = bars.bars.scales.area.adjusted(-1, -1, 2, 1)
    assert len(bars.bars.rects()) == 257
    assert all(area.contains(rect) for rect in bars.bars.rects())


def test_the_scale_ends_at_powers_of_ten_and_does_not_follow_every_change(
    bars: EigenvalueBars,
) -> None:
    def tops(*largest: float) -> list[int]:
        found = []
        for value in largest:
            bars.show_values(np.array([value]), 0, 1)
            found.append(bars._axis.top)
        return found

    assert tops(0.5, 31.0, 1e-7, 1e200, 0.9) == [0, 2, -7, 200, 0]
    assert tops(0.9, 1.1, 0.9, 1.1, 0.09, 0.11, 0.009) == [0, 1, 1, 1, -1, 0, -2]
    bars.show_values(np.zeros(9), 0, 0)
    assert bars._axis.top == -2
    assert {rect.height() for rect in bars.bars.rects()} == {3}


def test_each_paragraph_is_painted_and_the_tool_tip_has_all(qtbot: QtBot) -> None:
    text = VerdictText([200] * 9)
    text.apply_theme(LIGHT)
    shown(qtbot, text, 300, 200)
    pictures = [text.grab().toImage()]
    for said in (("Saddle",), ("Saddle", "One."), ("Saddle", "One.", ("A doubt.", "Evidence."))):
        text.show_text(*said)
        pictures.append(text.grab().toImage())
    assert all(one != other for one, other in itertools.pairwise(pictures))
    assert text.toolTip() == "Saddle\nOne.\nA doubt.\nEvidence."
    assert text.accessibleDescription() == "A doubt. Evidence."


ON_SADDLE = trained(RunConfig(), 1_000)
"""Three directions curve down there."""
IN_VALLEY = trained(RunConfig(rate=0.5), 1_500)
"""No direction curves down there."""


def text_of(view: HessianView) -> VerdictText:
    return child(view, VerdictText)


def test_the_curvature_of_the_snapshot_is_shown_as_bars_and_a_verdict(qtbot: QtBot) -> None:
    page = Page(qtbot, HessianView(), ON_SADDLE, (420, 360))
    expected = CurvatureQuestion(ON_SADDLE.weights, RunConfig()).answer().eigenvalues[::-1]
    assert page.read() == "9 eigenvalues"
    shown_bars = child(page.view, EigenvalueBars).values
    assert shown_bars.tolist() == expected.tolist()
    for place, number in ((Qt.Key.Key_Left, 9), (Qt.Key.Key_Right, 9), (Qt.Key.Key_Left, 8)):
        value = numerals.real(float(expected[number - 1]), 4)
        assert page.press(place) == f"{number} of 9: {value}"
    assert page.point(QPoint(2, 2), page.part) == "9 eigenvalues"
    text = text_of(page.view)
    assert text.accessibleName().startswith("Saddle. 3 directions curve down")
    assert "3 down, 0 flat, 6 up" in text.toolTip()
    page.show(IN_VALLEY)
    assert not text.accessibleName().startswith("Saddle")


def test_an_answer_names_its_step_and_whether_it_is_of_the_run_before(qtbot: QtBot) -> None:
    view, questions = shown_view(qtbot, HessianView()), list[CurvatureQuestion]()
    view.question_asked.connect(questions.append)
    bars = child(view, EigenvalueBars)
    view.show_snapshot(ON_SADDLE)
    assert "Computing" in text_of(view).accessibleName()
    view.show_snapshot(replace(ON_SADDLE, step=2_000))
    view.take_answer(questions[0], questions[0].answer())
    assert "at step 1\u202f000 on" in bars.toolTip()
    view.show_snapshot(replace(IN_VALLEY, run=1))
    assert "at step 1\u202f000, run before" in bars.toolTip()
    view.rest.stop()
    view.ask()
    assert (questions[1].weights, questions[1].run) == (IN_VALLEY.weights, 1)
    view.take_answer(questions[1], questions[1].answer())
    assert "run before" not in bars.toolTip()
    view.rest.stop()
    view.show_snapshot(replace(ON_SADDLE, run=1))
    view.take_failure(questions[2], "MemoryError: none left")
    assert text_of(view).accessibleName() == "No answer. MemoryError: none left"
