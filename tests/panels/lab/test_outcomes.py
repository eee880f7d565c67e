"""Outcomes of networks: names, colours, marks and the legend."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import trained_seeds, with_outcomes
from tests.support.screen import move_mouse, shown, svg_of
from xorviz.core.diagnosis.states import STATES
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    OUTCOMES,
    RIGHT,
    RIGHT_SO_FAR,
    STILL_LEARNING,
    OutcomeLegend,
    codes_of,
    color_of,
    outcome_of,
    paint_mark,
)
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast

THEMES = pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)


def painted(outcome: str, side: int, theme: Theme = LIGHT) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_mark(painter, QRectF(0, 0, side, side), outcome, theme)
    painter.end()
    return image


def coverage(image: QImage) -> np.ndarray:
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), dtype=np.uint8).reshape(shape)[..., 3] / 255


def test_every_outcome_is_found() -> None:
    snapshot = with_outcomes(OUTCOMES)
    assert tuple(outcome_of(snapshot, place) for place in range(len(OUTCOMES))) == OUTCOMES


def test_every_state_but_learned_is_an_outcome() -> None:
    others = {RIGHT, STILL_LEARNING, RIGHT_SO_FAR, NOT_YET}
    assert set(OUTCOMES) == {*STATES, *others} - {"learned", "learning"}


def test_right_networks_are_those_of_the_summary() -> None:
    snapshot = trained_seeds(widths=(2, 3))
    for recipe in (0, 1):
        codes = codes_of(snapshot, snapshot.plan.places_of(recipe))
        summary = snapshot.summary(recipe)
        assert summary is not None
        assert (codes == OUTCOMES.index(RIGHT)).sum() == summary.right.count
        assert 0 < summary.right.count < summary.right.of


def test_a_network_no_longer_right_has_its_state() -> None:
    snapshot = with_outcomes(["oscillating"])
    snapshot.first_right[0] = 12
    assert outcome_of(snapshot, 0) == "oscillating"


@THEMES
def test_marks_contrast_with_the_panel(theme: Theme) -> None:
    assert all(contrast(color_of(theme, outcome), theme.panel) >= 3 for outcome in OUTCOMES)


def test_marks_differ_in_shape(qapp: object) -> None:
    for side in (6, 9, 14):
        shapes = {outcome: coverage(painted(outcome, side)) for outcome in OUTCOMES}
        for one, other in combinations(OUTCOMES, 2):
            difference = np.abs(shapes[one] - shapes[other]).sum() / side**2
            assert difference > 0.05, (one, other, side)


@THEMES
def test_a_small_mark_is_a_plain_square(qtbot: QtBot, theme: Theme) -> None:
    for outcome in OUTCOMES[:-1]:
        image = painted(outcome, 3, theme)
        assert image.pixelColor(1, 1) == QColor(color_of(theme, outcome))


def test_the_mark_of_a_network_in_training_is_the_faintest(qtbot: QtBot) -> None:
    areas = {outcome: coverage(painted(outcome, 4)).sum() for outcome in OUTCOMES}
    assert areas[NOT_YET] < 0.5 * min(areas[o] for o in OUTCOMES if o != NOT_YET)


def test_a_mark_stays_within_its_square(qtbot: QtBot) -> None:
    for outcome in OUTCOMES:
        for side in (4, 7, 12):
            image = QImage(30, 30, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            paint_mark(painter, QRectF(9, 9, side, side), outcome, LIGHT)
            painter.end()
            beside = coverage(image)
            beside[9 : 9 + side, 9 : 9 + side] = 0
            assert not beside.any(), outcome


ALL = np.arange(len(OUTCOMES), dtype=np.uint8)


@pytest.fixture
def legend(qtbot: QtBot) -> OutcomeLegend:
    legend = shown(qtbot, OutcomeLegend(), 300, 400)
    legend.show_codes(ALL)
    return legend


def test_the_legend_counts_outcomes_in_order(legend: OutcomeLegend) -> None:
    legend.show_codes(np.array([4, 0, 0, 1, 0], dtype=np.uint8))
    assert list(legend.counts.items()) == [
        ("correct", 3), ("three rows learned", 1), ("no row learned", 1),
    ]  # fmt: skip
    assert legend.accessibleName() == "correct 3, three rows learned 1, no row learned 1"


def test_every_outcome_in_the_legend_is_explained(legend: OutcomeLegend) -> None:
    for outcome, place in legend._places(legend.width()).items():
        move_mouse(legend, place.topLeft() + QPointF(2, 2))
        assert legend.toolTip().startswith(f"{outcome}: ")
    move_mouse(legend, QPointF(2, 399))
    assert not legend.toolTip()


def test_the_legend_has_room_for_more_during_training(legend: OutcomeLegend) -> None:
    line = legend.fontMetrics().height()
    for last, lines in ((RIGHT, 1), (NOT_YET, 2), (RIGHT_SO_FAR, 2)):
        codes = [OUTCOMES.index(RIGHT), OUTCOMES.index(last)]
        legend.show_codes(np.array(codes, dtype=np.uint8))
        assert legend.height_for(300, 400) == lines * line


def test_a_narrow_legend_wraps(legend: OutcomeLegend) -> None:
    line = legend.fontMetrics().height()
    assert legend.height_for(300, 999) > legend.height_for(600, 999) > line
    assert legend.height_for(300, 2.5 * line) == 2 * line
    assert legend.height_for(300, 0) == line


def test_lines_without_room_have_an_ellipsis(legend: OutcomeLegend) -> None:
    whole = legend.height_for(300, 400)
    assert svg_of(legend).count(">…</text>") == 0
    legend.resize(300, whole // 2)
    text = svg_of(legend)
    assert text.count(">…</text>") == 1
    assert f">{OUTCOMES[0]}</text>" in text
    assert f">{OUTCOMES[-1]}</text>" not in text
