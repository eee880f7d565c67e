"""The curvature: bars on a logarithmic scale in both directions, and a verdict."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown, turn_wheel
from tests.support.snapshots import trained
from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, curvature_of
from xorviz.core.arrays import Array
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.settings import RunConfig
from xorviz.panels.why.curvature import _DECADES as DECADES
from xorviz.panels.why.curvature import CurvaturePart, EigenvalueBars
from xorviz.ui.theme.palette import LIGHT

ON_SADDLE = trained(RunConfig(), 1_000)
"""Three directions curve down there."""
ANY = curvature_of(ON_SADDLE.weights, ON_SADDLE.config)
SOME = np.array([0.5, 1e-2, 1e-4, 0.0, -1e-9, -1e-3])
"""Three positive, one zero, two negative."""


def having(falling: Array, negative: int, positive: int) -> Curvature:
    """Return a curvature with these eigenvalues, largest first."""
    return replace(ANY, eigenvalues=falling[::-1], negative=negative, positive=positive)


@pytest.fixture
def bars(qtbot: QtBot) -> EigenvalueBars:
    bars = EigenvalueBars()
    bars.apply_theme(LIGHT)
    shown(qtbot, bars, 400, 200)
    bars.show_curvature(having(SOME, 2, 3))
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
    assert high[1] == pytest.approx(a_decade * (DECADES - 2), abs=2)
    bars.show_curvature(having(SOME * 1e-3, 2, 3))
    assert [rect.height() for rect in bars.bars.rects()] == pytest.approx(high)


def test_the_axis_is_labelled_with_the_decades_on_both_sides(bars: EigenvalueBars) -> None:
    axis = bars.rows[0].scales.value_axis
    ((_, ticks),) = axis.tickValues(0, 1, 1)
    texts = axis.tickStrings(ticks, 1, 1)
    middle = len(texts) // 2
    assert (texts[0], texts[middle], texts[-1]) == (f"{numerals.MINUS}1", "0", "1")
    assert texts[middle + 1] == numerals.ten_to(2 - DECADES)
    assert bars.rows[0].box.height() / (len(texts) - 1) > axis.text_height, "no text covers another"


def test_any_number_of_bars_fits_also_after_zooming(bars: EigenvalueBars) -> None:
    bars.zoom_by(3)
    bars.show_curvature(having(SOME / 2, 2, 3))
    assert bars.rows[0].box.viewRange()[0][1] < 6
    bars.show_curvature(having(np.linspace(1, -0.01, 257), 1, 256))
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
            bars.show_curvature(having(np.array([value]), 0, 1))
            found.append(bars._top)
        return found

    assert tops(0.5, 31.0, 1e-7, 1e200, 0.9) == [0, 2, -7, 200, 0]
    assert tops(0.9, 1.1, 0.9, 1.1, 0.09, 0.11, 0.009) == [0, 1, 1, 1, -1, 0, -2]
    bars.show_curvature(having(np.zeros(9), 0, 0))
    assert bars._top == -2
    assert {rect.height() for rect in bars.bars.rects()} == {3}


def test_the_wheel_is_left_to_what_scrolls_around_it(bars: EigenvalueBars) -> None:
    before = bars.rows[0].box.viewRange()
    assert not turn_wheel(bars.viewport())
    assert bars.rows[0].box.viewRange() == before


def test_the_verdict_is_that_of_the_network(qtbot: QtBot) -> None:
    part = CurvaturePart()
    shown(qtbot, part, 400, 400)
    part.show_state(diagnose_seen(ON_SADDLE), ON_SADDLE)
    falling = ANY.eigenvalues[::-1].tolist()
    assert child(part, QLabel, "why_verdict").text().startswith("Saddle. 3 directions curve down")
    assert "3 down, 0 flat, 6 up" in part.said
    assert [value for *_, value in part.rows()] == falling
    assert part.marked_text == ""
    part.bars.mark(1.5)
    assert part.marked_text == f"2 of 9: {numerals.real(falling[1], 4)}"
