"""Read-outs of a run at a step, dash patterns and label positions."""

import numpy as np
from PySide6.QtCore import QRectF

from tests.support.snapshots import QUICK, trained
from xorviz.core.runs.trace import Trace
from xorviz.panels.inside.outputs.canvas import DASHES, OutputsReadout, row_dashes, spread
from xorviz.panels.learn.loss.gradient_curve import norm_of


def test_the_nearest_recorded_step_is_read_out() -> None:
    outputs = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    trace = Trace(np.array([0, 10]), np.ones(2), outputs, np.array([0.25, 0.125]))
    readout = OutputsReadout.nearest(trace, 8)
    assert readout.text == "at 10: 00 0.6000 01 0.7000 10 0.5000 11 0.8000, gradient 0.125"
    assert OutputsReadout.nearest(trace, 2).text.startswith("at 0: 00 0.2000")


def test_the_shown_step_is_read_out() -> None:
    snapshot = trained(QUICK, 50)
    readout = OutputsReadout.shown(snapshot)
    np.testing.assert_array_equal(readout.outputs, snapshot.outputs)
    assert (readout.step, readout.gradient_norm) == (50, norm_of(snapshot.gradient))


def test_unknown_outputs_are_read_out_as_not_known() -> None:
    readout = OutputsReadout.nearest(Trace(np.array([0, 10]), np.ones(2)), 8)
    assert readout.text == "at 10: outputs not known, gradient not known"


def test_rows_with_the_same_target_differ_in_their_dashes() -> None:
    assert row_dashes((1, 0, 1, 0)) == [DASHES[0], DASHES[0], DASHES[1], DASHES[1]]
    assert row_dashes((1, 1, 1, 1)) == list(DASHES)
    assert row_dashes((0, 1, 0, 0)) == [DASHES[0], DASHES[0], DASHES[1], DASHES[2]]


def test_labels_do_not_overlap_and_keep_their_order() -> None:
    area = QRectF(0, 0, 10, 100)
    placed = spread(np.array([98.0, 99.0, np.nan, 97.0]), 14, area)
    assert placed[:2] == [86.0, 100.0]
    assert placed[3] == 72.0
    assert np.isnan(placed[2])
    assert spread(np.array([10.0, 50.0, 80.0, 30.0]), 14, area) == [10.0, 50.0, 80.0, 30.0]
