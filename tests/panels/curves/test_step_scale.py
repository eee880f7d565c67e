"""The step axis: pixels, ticks, presses and keys."""

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from xorviz.core.runs.trace import Trace
from xorviz.panels.curves.fitting import fitted_steps
from xorviz.panels.curves.step_scale import StepScale, moved_along, picked_step
from xorviz.ui.plot.axes import ScaledAxis, step_text


def scale_of(newest: int, is_log: bool = False, right: float = 400) -> StepScale:
    axis = ScaledAxis("bottom", step_text, 1.0)
    axis.set_log(is_log)
    return StepScale(axis, *fitted_steps(newest, axis), 40, right)


def test_step_at_inverts_x_at(qtbot: QtBot) -> None:
    for is_log in [False, True]:
        scale = scale_of(31_240, is_log)
        for step in (1, 10, 20_000, 31_240):
            assert scale.step_at(scale.x_at(step)) == pytest.approx(step, rel=1e-9)
        xs = scale.x_of(np.array([0, 5, 500, 31_240]))
        assert (np.diff(xs) > 0).all()
        assert xs[0] > 40
        assert xs[-1] < 400
        np.testing.assert_allclose(xs[2], scale.x_at(500))


def test_far_steps_are_clipped(qtbot: QtBot) -> None:
    scale = StepScale(ScaledAxis("bottom", step_text, 1.0), 0.0, 1e-9, 0, 400)
    assert abs(scale.x_at(10**12)) <= 1e9


def test_ticks_are_whole_steps_with_texts_that_do_not_overlap(qtbot: QtBot) -> None:
    for right in [150, 400, 900]:
        for newest in [0, 1, 99, 100, 101, 31_240, 60_000, 10**7, 10**12]:
            for is_log in [False, True]:
                scale, metrics = scale_of(newest, is_log, right), QFontMetricsF(QFont())
                ticks = scale.ticks(metrics)
                assert len(ticks) >= 1
                assert ticks[-1][1].endswith(" steps")
                assert not any(text.endswith("steps") for _, text in ticks[:-1])
                for x, _ in ticks:
                    step = scale.step_at(x)
                    assert step == pytest.approx(round(step), abs=1e-9 * (newest + 100), rel=1e-6)
                if right > 150:
                    assert len(ticks) >= 2
                    rooms = [
                        (x - w, x + w) for x, t in ticks for w in [metrics.horizontalAdvance(t) / 2]
                    ]
                    assert all(one[1] < two[0] for one, two in itertools.pairwise(rooms))


def test_a_press_picks_a_step_of_the_run() -> None:
    for under, is_log, step in [
        (-5, False, 0),
        (0.6, False, 1),
        (0.6, True, 0),
        (1, True, 1),
        (7.4, True, 7),
        (99, False, 50),
    ]:
        assert picked_step(under, is_log, 50) == step


def test_keys_go_along_the_kept_points_and_stop_at_both_ends() -> None:
    trace = Trace(np.arange(0, 2000, 2), np.ones(1000))
    assert moved_along(trace, 100, 1) == 120
    assert moved_along(trace, 101, -1) == 80
    assert moved_along(trace, 5, -1) == 0
    assert moved_along(trace, 1990, 3) == 1998
    assert moved_along(Trace(np.array([3]), np.ones(1)), 3, 1) == 3
