"""The curve of a run that is worked on, and where it is shown."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.snapshots import QUICK
from xorviz.core.recording import Recording
from xorviz.core.snapshot import Snapshot
from xorviz.views.axes import ScaledAxis, loss_text, step_text
from xorviz.views.live_curve import LiveCurve
from xorviz.views.overlay import Scales
from xorviz.views.plot import Dot, Plot


@pytest.fixture
def curve(qtbot: QtBot) -> Iterator[LiveCurve]:
    step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
    loss.set_log(True)
    plot = Plot(bottom=step, left=loss)
    qtbot.addWidget(plot)
    made = LiveCurve(Scales(plot.getPlotItem().getViewBox(), step, loss))
    for dot in made.dots:
        plot.addItem(dot)
    yield made
    plot.hide()


@pytest.fixture(scope="module")
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(300)
    return recording


def place(dot: Dot) -> tuple[float, float]:
    return dot.pos().x(), dot.pos().y()


def at(snapshot: Snapshot) -> object:
    return pytest.approx((snapshot.step, np.log10(snapshot.loss)))


def test_nothing_is_there_at_first(curve: LiveCurve) -> None:
    assert not any(item.isVisible() for item in (curve.line, *curve.dots))


def test_while_live_one_dot_is_at_the_newest_step(curve: LiveCurve, recording: Recording) -> None:
    newest = recording.snapshot()
    curve.show_snapshot(newest)
    assert place(curve.here) == at(newest)
    assert curve.here.isVisible()
    assert not curve.newest.isVisible()


def test_in_the_past_another_dot_is_at_the_newest_step(
    curve: LiveCurve, recording: Recording
) -> None:
    past, newest = recording.state_at(120), recording.snapshot()
    curve.show_snapshot(past)
    assert place(curve.here) == at(past)
    assert place(curve.newest) == at(newest)
    assert curve.newest.isVisible()
    assert len(curve.line.points[0]) == 301
    curve.show_snapshot(newest)
    assert not curve.newest.isVisible()


def test_it_goes_again(curve: LiveCurve, recording: Recording) -> None:
    curve.show_snapshot(recording.state_at(120))
    curve.show_snapshot(None)
    assert not any(item.isVisible() for item in (curve.line, *curve.dots))


def test_a_loss_of_zero_has_a_place(curve: LiveCurve, recording: Recording) -> None:
    curve.show_snapshot(replace(recording.snapshot(), loss=0.0))
    assert np.isfinite(place(curve.here)).all()
