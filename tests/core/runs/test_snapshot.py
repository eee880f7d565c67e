"""Properties of snapshots."""

from dataclasses import replace

import numpy as np

from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.watched import SHOWN, watched_record
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.watched import run_of


def test_correct_means_on_the_targets_side_of_one_half() -> None:
    for outputs, errors, right in (
        ((0.75, 0.25, 1.0, 0.0), [-0.25, 0.25, 0, 0], [True] * 4),  # the targets are 1, 0, 1, 0
        ((0.5, 0.5, 0.25, 0.75), [-0.5, 0.5, -0.75, 0.75], [False] * 4),
    ):
        shown = replace(trained(QUICK), outputs=np.array(outputs))
        assert shown.errors.tolist() == errors
        assert shown.right.tolist() == right


def test_only_a_divergence_has_a_step() -> None:
    for halt in (None, *Halt):
        shown = replace(trained(QUICK, 7), halt=halt)
        assert shown.diverged_at == (8 if halt is Halt.DIVERGED else None)


def test_a_snapshot_has_its_record_and_knows_whether_it_is_past() -> None:
    made = Intervention(3, "rate", 0.5)
    shown = with_interventions(trained(QUICK, 7), made)
    assert shown.interventions == (made,)
    assert shown.trace is shown.record.trace
    assert (shown.newest, shown.step, shown.is_past, shown.beside) == (7, 7, False, None)
    run = Recording(QUICK)
    run.advance(7)
    assert [run.state_at(step).is_past for step in (0, 6, 7)] == [True, True, False]
    assert run.state_at(6).newest == 7


def test_given_weights_may_be_trained_at_step_0() -> None:
    watched = watched_record(steps=(0, 9))
    given = continued(watched, 9)
    assert (watched.is_given, given.is_given, Record(SHOWN).is_given) == (True, True, False)
    for record, is_untrained in ((watched, False), (given, False), (Record(SHOWN), True)):
        assert run_of(record).state_at(0).is_untrained == is_untrained
