"""Outcomes of networks: which one it is, its mark and colour, and the legend."""

from itertools import combinations, product

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.lab import with_outcomes
from tests.support.screen import contrast, move_mouse, shown, svg_of
from xorviz.core.diagnosis.states import STATES
from xorviz.panels.lab import outcomes
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

EACH = np.arange(len(outcomes.OUTCOMES), dtype=np.uint8)


def painted(outcome: str, side: int, theme: Theme = LIGHT) -> QImage:
    """Return a mark with two pixels around it."""
    image = QImage(side + 4, side + 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    outcomes.paint_mark(painter, QRectF(2, 2, side, side), outcome, theme)
    painter.end()
    return image


def coverage(image: QImage) -> np.ndarray:
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), dtype=np.uint8).reshape(shape)[..., 3] / 255


def test_every_outcome_is_found_and_every_state_but_learned_is_one() -> None:
    snapshot = with_outcomes(outcomes.OUTCOMES)
    assert (
        tuple(outcomes.outcome_of(snapshot, place) for place in range(len(outcomes.OUTCOMES)))
        == outcomes.OUTCOMES
    )
    others = {outcomes.RIGHT, outcomes.STILL_LEARNING, outcomes.RIGHT_SO_FAR, outcomes.NOT_YET}
    assert set(outcomes.OUTCOMES) == {*STATES, *others} - {"learned", "learning"}
    no_longer_right = with_outcomes(["oscillating"])
    no_longer_right.first_right[0] = 12
    assert outcomes.outcome_of(no_longer_right, 0) == "oscillating"


def test_marks_contrast_with_the_panel_and_differ_in_shape(qapp: object) -> None:
    for outcome, theme in product(outcomes.OUTCOMES, (LIGHT, DARK)):
        color = outcomes.color_of(theme, outcome)
        assert contrast(color, theme.panel) >= 3
        assert outcome == outcomes.NOT_YET or painted(outcome, 3, theme).pixelColor(3, 3) == QColor(
            color
        )
    for side in (6, 14):
        shapes = {outcome: coverage(painted(outcome, side)) for outcome in outcomes.OUTCOMES}
        for one, other in combinations(outcomes.OUTCOMES, 2):
            difference = np.abs(shapes[one] - shapes[other]).sum() / side**2
            assert difference > 0.05, (one, other, side)
        for shape in shapes.values():
            assert shape.sum() == pytest.approx(shape[2:-2, 2:-2].sum()), "within its square"
    small = {outcome: coverage(painted(outcome, 4)).sum() for outcome in outcomes.OUTCOMES}
    assert small.pop(outcomes.NOT_YET) < 0.5 * min(small.values()), "in training is the faintest"


@pytest.fixture
def legend(qtbot: QtBot) -> outcomes.OutcomeLegend:
    legend = shown(qtbot, outcomes.OutcomeLegend(), 300, 400)
    legend.show_codes(EACH)
    return legend


def test_the_legend_counts_outcomes_in_order_and_explains_each(
    legend: outcomes.OutcomeLegend,
) -> None:
    for outcome, place in legend._places(legend.width()).items():
        move_mouse(legend, place.topLeft() + QPointF(2, 2))
        assert legend.toolTip().startswith(f"{outcome}: ")
    move_mouse(legend, QPointF(2, 399))
    assert not legend.toolTip()
    legend.show_codes(np.array([4, 0, 0, 1, 0], dtype=np.uint8))
    wanted = {"correct": 3, "three rows learned": 1, "no row learned": 1}
    assert list(legend.counts.items()) == list(wanted.items())
    assert legend.accessibleName() == "correct 3, three rows learned 1, no row learned 1"


def test_the_legend_wraps_reserves_lines_in_training_and_cuts_with_an_ellipsis(
    legend: outcomes.OutcomeLegend,
) -> None:
    line, whole = legend.fontMetrics().height(), legend.height_for(300, 999)
    assert whole > legend.height_for(600, 999) > line == legend.height_for(300, 0)
    for height, is_cut in ((whole, False), (whole // 2, True)):
        legend.resize(300, height)
        text = svg_of(legend)
        assert [f">{name}</text>" in text for name in (outcomes.OUTCOMES[0], "…")] == [True, is_cut]
        assert (f">{outcomes.OUTCOMES[-1]}</text>" in text) != is_cut
    for last, lines in ((outcomes.RIGHT, 1), (outcomes.NOT_YET, 2), (outcomes.RIGHT_SO_FAR, 2)):
        legend.show_codes(np.array([0, outcomes.OUTCOMES.index(last)], dtype=np.uint8))
        assert legend.height_for(300, 400) == lines * line
