"""The axis of the gradient norm: round ends at least a decade apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.trace import Trace
from xorviz.panels.learn.loss.gradient_curve import GradientCurve, norm_of, norm_text


def curve_of(*norms: float) -> GradientCurve:
    curve = GradientCurve()
    steps, rest = np.arange(len(norms)), np.ones(len(norms))
    curve.show(Trace(steps, rest, np.ones((len(norms), 4)), np.array(norms)))
    return curve


@given(st.lists(st.floats(0, 1e200), min_size=1, max_size=20))
def test_the_axis_contains_every_norm_between_round_ends(norms: list[float]) -> None:
    ends = curve_of(*norms).ends
    assert ends is not None
    for end in ends:
        mantissa = end / 10.0 ** math.floor(math.log10(end * (1 + 1e-9)))
        assert min(abs(mantissa - m) for m in (1, 2, 5)) < 1e-6
    seen = np.clip(norms, 1e-12, None)
    assert ends[0] <= seen.min() * (1 + 1e-8)
    assert seen.max() <= ends[1] * (1 + 1e-8)
    assert ends[1] / ends[0] > 9.99


def test_the_ends_of_some_axes() -> None:
    for norms, ends in [
        ((0.21, 0.006, math.nan), (0.005, 0.5)),
        ((0.3, 0.31), (0.05, 0.5)),
        ((1.0,), (0.1, 1.0)),
        ((0.0, 1e-3), (1e-12, 1e-3)),
        ((0.0,), (1e-13, 1e-12)),
    ]:
        assert curve_of(*norms).ends == pytest.approx(ends)


def test_there_is_no_axis_without_a_known_norm() -> None:
    for curve in (GradientCurve(), curve_of(), curve_of(math.nan, math.nan)):
        assert curve.ends is None
        assert curve.ticks(100, 15) == []


def test_ticks_are_both_ends_and_decades_that_do_not_overlap() -> None:
    for height in [24, 60, 100, 400]:
        curve, area = curve_of(3e-7, 0.21), QRectF(0, 0, 100, height)
        ticks = curve.ticks(height, 15)
        assert (ticks[0], ticks[-1]) == curve.ends
        assert all(math.log10(t) == pytest.approx(round(math.log10(t))) for t in ticks[1:-1])
        heights = curve.y_of(np.array(ticks), area)
        assert (heights[0], heights[-1]) == (pytest.approx(height), pytest.approx(0))
        assert (-np.diff(heights) >= min(15, height)).all()
        assert len(ticks) > 2 or height < 100


def test_a_norm_of_zero_is_at_the_bottom_and_nan_nowhere() -> None:
    curve, area = curve_of(0.0, 1.0, math.nan), QRectF(0, 10, 100, 50)
    heights = curve.y_of(np.array([0.0, 1.0, math.nan]), area)
    assert heights[:2].tolist() == [pytest.approx(60), pytest.approx(10)]
    assert math.isnan(heights[2])


def test_the_norm_is_over_all_weights() -> None:
    snapshot = trained(RunConfig(biases=True), 100)
    flat = np.concatenate([part.ravel() for part in snapshot.gradient.arrays()])
    assert norm_of(snapshot.gradient) == pytest.approx(np.linalg.norm(flat))
    assert norm_of(snapshot.gradient) == pytest.approx(snapshot.trace.gradient_norms[-1])


def test_norms_have_three_digits() -> None:
    assert [norm_text(x) for x in (0.2113, 0.0, math.nan)] == ["0.211", "0.00", "not known"]
