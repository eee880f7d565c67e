"""Properties of snapshots."""

from dataclasses import replace

import numpy as np

from tests.support.snapshots import QUICK, trained
from tests.support.watched import SHOWN, watched_record
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.watched import run_of


def test_correct_means_on_the_targets_side_of_one_half() -> None:
    for outputs, errors, right in (
        ((0.75, 0.25, 1.0, 0.0), [-0.25, 0.25, 0, 0], [True] * 4),  # the targets are 1, 0, 1, 0
        ((0.5, 0.5, 0.25, 0.75), [-0.5, 0.5, -0.75, 0.75], [False] * 4),
    ):
        shown = replace(trained(QUICK), outputs=np.array(outputs))
        assert (shown.errors.tolist(), shown.right.tolist()) == (errors, right)


def test_given_weights_may_be_trained_at_step_0() -> None:
    watched = watched_record(steps=(0, 9))
    given = continued(watched, 9)
    for record, is_given in ((watched, True), (given, True), (Record(SHOWN), False)):
        shown = run_of(record).state_at(0)
        assert (record.is_given, shown.is_untrained) == (is_given, not is_given)
