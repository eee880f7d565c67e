"""The range that fits the curves."""

from itertools import pairwise

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.snapshots import QUICK, trained, with_losses
from xorviz.core.config import RunConfig
from xorviz.core.runs.record import Record
from xorviz.panels.curves.fitting import Extent, fitted, union
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text

SCALES = [(False, False), (True, False), (False, True), (True, True)]


@pytest.fixture(
    params=[
        pytest.param(scale, marks=[] if scale[0] == scale[1] else pytest.mark.thorough)
        for scale in SCALES
    ],
    ids=str,
)
def axes(qtbot: QtBot, request: pytest.FixtureRequest) -> tuple[ScaledAxis, ScaledAxis]:
    """Return a step axis and a loss axis, each linear or logarithmic."""
    step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
    for axis, is_log in zip((loss, step), request.param, strict=True):
        axis.set_log(is_log)
    return step, loss


def test_an_extent_is_the_newest_step_and_the_range_of_losses() -> None:
    record = trained(QUICK, 300).record
    losses = record.trace.losses
    assert Extent.of(record) == Extent(300, losses.min(), losses.max())


def test_a_loss_that_is_not_a_number_has_no_extent() -> None:
    assert Extent.of(with_losses([2.0, np.nan, 3.0]).record) == Extent(2, 2, 3)
    assert Extent.of(with_losses([np.nan]).record) is None


def test_an_unknown_run_has_no_extent_and_union_ignores_it() -> None:
    assert Extent.of(Record(RunConfig())) is None
    assert union([None, None]) is None

    extents = [Extent(10, 0.5, 1.0), None, Extent(300, 0.7, 0.9), Extent(20, 0.6, 4.0)]
    assert union(extents) == Extent(300, 0.5, 4.0)


def test_the_range_contains_everything_tightly(axes: tuple[ScaledAxis, ScaledAxis]) -> None:
    step, loss = axes
    for newest in (0, 1, 99, 5000, 10**9):
        left, right, bottom, top = fitted(Extent(newest, 0.01, 0.9), step, loss)
        ends = step.to_view(np.array([0.0, newest]))
        assert left < ends[0] <= ends[1] <= right
        low, high = loss.to_view(np.array([0.01, 0.9]))
        assert bottom <= low < high <= top
        if newest >= 100:
            assert ends[1] - ends[0] >= 0.7 * (right - left)
        assert high - low >= 0.6 * (top - bottom)


def test_the_range_grows_in_jumps(axes: tuple[ScaledAxis, ScaledAxis]) -> None:
    ranges = [fitted(Extent(newest, 0.1, 0.9), *axes) for newest in range(1000)]
    assert sum(before != after for before, after in pairwise(ranges)) <= 12
