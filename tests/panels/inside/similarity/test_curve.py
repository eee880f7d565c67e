"""The curve of differences: lines, zeros, and what is read out."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import move_pressed, shown
from tests.support.snapshots import trained
from xorviz.core.analysis.symmetry import SpreadCurve
from xorviz.core.arrays import Array
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.inside.similarity.curve import SimilarityCurve
from xorviz.ui.plot.curve_row import Row
from xorviz.ui.theme.palette import LIGHT


def curve_of(
    largest: list[float], smallest: list[float], step: int | None = None
) -> tuple[SpreadCurve, Array, Snapshot]:
    """Return what a curve with these differences at steps 0, 10, 20 ... is made of."""
    steps = np.arange(len(largest)) * 10
    at = len(largest) - 1 if step is None else step // 10
    spread = np.column_stack((largest, smallest))
    snapshot = trained(RunConfig())
    record = replace(snapshot.record, newest=int(steps[-1]))
    snapshot = replace(snapshot, step=at * 10, record=record)
    return SpreadCurve(steps, spread), spread[at : at + 1], snapshot


@pytest.fixture
def curve(qtbot: QtBot) -> Iterator[SimilarityCurve]:
    curve = SimilarityCurve()
    curve.apply_theme(LIGHT)
    yield shown(qtbot, curve, 400, 200)
    curve.hide()


def row_of(curve: SimilarityCurve) -> Row:
    return curve.rows[0]


def labels(curve: SimilarityCurve, low: float, high: float) -> list[str]:
    axis = row_of(curve).scales.value_axis
    return axis.tickStrings(axis.tickValues(low, high, 200)[0][1], 1.0, 1.0)


def test_zero_is_below_all_powers_of_ten(curve: SimilarityCurve) -> None:
    curve.show_curve(*curve_of([0.9, 0.5, 0.2], [1e-3, 0.0, 0.0]))
    scales = row_of(curve).scales
    heights = scales.y_of(np.array([0.0, 1e-3, 1.0]))
    assert heights[0] > heights[1] + 5 > heights[2] + 30
    _, (bottom, top) = row_of(curve).box.viewRange()
    assert labels(curve, bottom, top)[0] == "0"
    curve.show_curve(*curve_of([0.9, 0.5, 0.2], [1e-3, 0.1, 0.1]))
    _, (bottom, top) = row_of(curve).box.viewRange()
    assert (bottom, top) == pytest.approx((-3.05, 0.05))
    assert "0" not in labels(curve, bottom, top)


@pytest.mark.parametrize("values", [[1.0], [5.0], [10.0], [5e-324], [1e308], [0.0]])
def test_the_axis_has_at_least_one_decade_of_any_values(
    curve: SimilarityCurve, values: list[float]
) -> None:
    curve.show_curve(*curve_of(values, values))
    _, (bottom, top) = row_of(curve).box.viewRange()
    assert top - bottom >= 1
    (height,) = row_of(curve).scales.y_of(np.array(values))
    assert -1 <= height <= row_of(curve).scales.area.height() + 1


def test_the_smallest_is_dashed_and_one_pair_has_one_curve(curve: SimilarityCurve) -> None:
    curve.show_curve(*curve_of([0.5] * 12, [0.005] * 12))
    drawn = row_of(curve).moving.curves
    assert [bool(one.dash) for one in drawn] == [False, True]
    assert [label.text for label in row_of(curve).pointers.labels] == ["largest", "smallest"]
    curve.show_curve(*curve_of([0.5, 0.2] * 6, [0.5, 0.2] * 6))
    assert len(row_of(curve).moving.curves) == 1
    assert not row_of(curve).pointers.labels


def test_no_line_is_drawn_through_a_few_steps_of_many(curve: SimilarityCurve) -> None:
    for count, is_line in ((3, False), (12, True)):
        curve.show_curve(*curve_of([0.5] * count, [0.1] * count))
        assert {one.is_line for one in row_of(curve).moving.curves} == {is_line}


def test_the_shown_step_is_read_out_and_a_click_goes_to_another(curve: SimilarityCurve) -> None:
    asked: list[int] = []
    curve.step_requested.connect(asked.append)
    largest, smallest = [0.5 + n for n in range(12)], [0.25 + n for n in range(12)]
    curve.show_curve(*curve_of(largest, smallest))
    assert row_of(curve).pointers.readings[0] == "largest 11.5, smallest 11.2"
    for _ in range(3):
        curve.grab()
        QApplication.processEvents()
    at = row_of(curve).box.mapToScene(QPointF(row_of(curve).scales.at(50)[0], 20))
    move_pressed(curve.viewport(), curve.mapFromScene(at))
    assert row_of(curve).pointers.readings[0] == "largest 5.50, smallest 5.25 at 50"


@pytest.mark.parametrize("size", [(120, 40), (240, 90), (900, 400)])
def test_it_can_be_painted_at_any_size(curve: SimilarityCurve, size: tuple[int, int]) -> None:
    curve.resize(*size)
    for made in (
        curve_of([1.0], [1e-9]),
        curve_of([1.0, 2.0], [0.0, 1e-6], step=0),
        curve_of([1e306, 1e306], [1e-300, 0.0]),
    ):
        curve.show_curve(*made)
        curve.grab()
