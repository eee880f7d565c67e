"""The trend of the last points of a loss curve."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest

from xorviz.core.diagnosis.trend import RECENT, Trend, trend_of, trend_until
from xorviz.core.runs.trace import Trace


def curve(losses: Sequence[float], stride: int = 1) -> Trace:
    return Trace(np.arange(len(losses)) * stride, np.array(losses, dtype=float))


def trend(losses: Sequence[float], stride: int = 1, until: int | None = None) -> Trend:
    _, found = trend_until(curve(losses, stride), until)
    assert found is not None
    return found


def test_a_falling_curve_falls_by_its_slope() -> None:
    found = trend([10 - 0.5 * i for i in range(10)], stride=4)
    assert found.fall_per_step == pytest.approx(0.5 / 4)
    assert found.change == pytest.approx(-0.5 / 4)


@pytest.mark.parametrize(
    ("losses", "wavers", "swing", "spike"),
    [
        ([1.0, 0.5] * 5, True, 0.5, 0.5),
        ([1.0, 1.0, 0.5, 0.5, 0.5] * 5, True, 0.5, 0.5),  # it may rest between its turns
        ([5.0, 5, 4, 4, 4, 3, 3, 2] + [1.0] * 9, False, 0.8, 0),
        ([10, 9, 9.2, 8, 8.2, 7, 7.2, 6], False, 0.4, 0.02),  # it rises a little only
        ([4, 3, 4, 3, 4], False, 0.25, 0.25),  # too few turns
        ([3, 4, 3, 4, 3, 4], True, 0.25, 0.25),
        ([1.0, 2.0, 4.0], False, 0.75, 0),
        ([0.0, 0.0], False, 0, 0),
        ([1.7e308, 1e300] * 10, True, 1, 1),
        ([1.7e308, 1e308] + [1e300] * 8, False, 1, 0),
        ([1.7e308, -1.7e308] * 10, True, np.inf, 2),
        ([1.0, 0.5] * 50 + [2 - 0.01 * i for i in range(RECENT)], False, 0.155, 0),
    ],
)
def test_a_loss_wavers_that_repeatedly_rises_about_as_much_as_it_falls(
    losses: list[float], wavers: bool, swing: float, spike: float
) -> None:
    with np.errstate(over="ignore"):
        found = trend(losses)
        assert found.wavers == wavers
        assert found.swing == pytest.approx(swing)
        assert found.spike == pytest.approx(spike)


def test_points_after_the_step_do_not_count_nor_those_before_a_change() -> None:
    found = trend([5.0, 4, 3, 9, 9], stride=10, until=29)
    assert [found.highest, found.lowest, found.last, found.fall_per_step] == [5, 3, 3, 2 / 20]
    step, whole = trend_until(curve([5.0, 4, 3], stride=10), None)
    assert whole is not None
    assert [step, whole.last] == [20, 3]
    for since, highest in ((0, 5), (9, 4), (10, 4)):
        _, later = trend_until(curve([5.0, 4, 3], stride=10), None, since)
        assert later is not None
        assert later.highest == highest
    assert trend_until(curve([5.0, 4, 3], stride=10), None, 11) == (20, None)


@pytest.mark.parametrize("trace", [None, Trace(), curve([1.0]), curve([1.0, np.nan])])
def test_a_short_trace_has_no_trend(trace: Trace | None) -> None:
    assert trend_until(trace, 7) == (7, None)


def test_nonfinite_losses_are_ignored() -> None:
    found = trend([3.0, np.inf, 2.0, np.nan])
    assert [found.highest, found.last, found.fall_per_step] == [3, 2, 1 / 2]


def test_each_of_many_curves_has_the_trend_that_it_has_alone() -> None:
    curves = np.array([[1.0, 0.5] * 4, [3.0, 2, 2, 3, 2, 2, 3, 1], [8.0, 7, 6, 5, 4, 3, 2, 1]])
    unknown = (0, 3, 6)
    for losses, count in zip(curves, unknown, strict=True):
        losses[:count] = np.nan
    steps = np.arange(90, 98)
    found = trend_of(steps, curves)
    for i, count in enumerate(unknown):
        alone = trend_of(steps[count:], curves[i, count:])
        for name in (field.name for field in fields(Trend)):
            assert getattr(found, name)[i] == getattr(alone, name)
    assert np.isnan(trend_of(steps, np.full(8, np.nan)).fall_per_step)
