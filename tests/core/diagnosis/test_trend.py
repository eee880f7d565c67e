"""The trend of the last points of a loss curve."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest

from xorviz.core.diagnosis.trend import RECENT, Trend, trend_until
from xorviz.core.diagnosis.trend import trend_of as trend_of_many
from xorviz.core.runs.trace import Trace


def curve(losses: Sequence[float], stride: int = 1) -> Trace:
    return Trace(np.arange(len(losses)) * stride, np.array(losses, dtype=float))


def trend_of(losses: Sequence[float], stride: int = 1) -> Trend:
    _, trend = trend_until(curve(losses, stride), None)
    assert trend is not None
    return trend


def test_a_falling_curve_falls_by_its_slope() -> None:
    trend = trend_of([10 - 0.5 * i for i in range(10)], stride=4)
    assert trend.fall_per_step == pytest.approx(0.5 / 4)
    assert trend.change == pytest.approx(-0.5 / 4)
    assert not trend.wavers


def test_a_loss_that_rises_and_falls_wavers() -> None:
    trend = trend_of([1.0, 0.5] * 5)
    assert trend.wavers
    assert trend.swing == pytest.approx(0.5)


def test_a_loss_may_rest_between_its_turns() -> None:
    assert trend_of([1.0, 1.0, 0.5, 0.5, 0.5] * 5).wavers
    assert not trend_of([5.0, 5, 4, 4, 4, 3, 3, 2] + [1.0] * 9).wavers


def test_a_falling_loss_with_small_rises_does_not_waver() -> None:
    assert not trend_of([10, 9, 9.2, 8, 8.2, 7, 7.2, 6]).wavers


def test_the_largest_losses_waver_as_any() -> None:
    with np.errstate(all="raise"):
        assert trend_of([1.7e308, 1e300] * 10).wavers
        assert not trend_of([1.7e308, 1e308] + [1e300] * 8).wavers
        assert trend_of([1.7e308, -1.7e308] * 10).wavers


def test_only_the_last_points_count() -> None:
    trend = trend_of([1.0, 0.5] * 50 + [2 - 0.01 * i for i in range(RECENT)])
    assert (trend.highest, trend.fall_per_step) == pytest.approx((2, 0.01))
    assert not trend.wavers


def test_a_loss_of_zero_has_no_swing() -> None:
    assert trend_of([0.0, 0.0]).swing == 0


def test_points_after_the_step_do_not_count() -> None:
    step, trend = trend_until(curve([5.0, 4, 3, 9, 9], stride=10), 29)
    assert step == 29
    assert trend is not None
    assert [trend.highest, trend.last, trend.fall_per_step] == [5, 3, 2 / 20]


def test_the_step_defaults_to_the_end() -> None:
    step, trend = trend_until(curve([5.0, 4, 3], stride=10), None)
    assert step == 20
    assert trend is not None
    assert trend.last == 3


def test_a_short_trace_has_no_trend() -> None:
    cases: list[Trace | None] = [None, Trace(), curve([1.0]), curve([1.0, np.nan])]
    for trace in cases:
        step, trend = trend_until(trace, 7)
        assert step == 7
        assert trend is None


def test_nonfinite_losses_are_ignored() -> None:
    trend = trend_of([3.0, np.inf, 2.0, np.nan])
    assert [trend.highest, trend.last, trend.fall_per_step] == [3, 2, 1 / 2]


def test_each_of_many_curves_has_the_trend_that_it_has_alone() -> None:
    curves = np.array([[1.0, 0.5] * 4, [3.0, 2, 2, 3, 2, 2, 3, 1], [8.0, 7, 6, 5, 4, 3, 2, 1]])
    unknown = (0, 3, 6)
    for losses, count in zip(curves, unknown, strict=True):
        losses[:count] = np.nan
    steps = np.arange(90, 98)
    found = trend_of_many(steps, curves)
    for i, count in enumerate(unknown):
        alone = trend_of_many(steps[count:], curves[i, count:])
        for name in (field.name for field in fields(Trend)):
            assert getattr(found, name)[i] == getattr(alone, name)
    assert np.isnan(trend_of_many(steps, np.full(8, np.nan)).fall_per_step)
