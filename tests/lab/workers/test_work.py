"""The work of a worker, in this process."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.lab import bits_by_the_core, bits_in_the_end, plan_of
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import WorkShare, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.workers.lab import Piece, Task, work

PLAN = plan_of(1500)


def share() -> WorkShare:
    return next(shares_of(PLAN, 1))


def task(goal: int, rules: StopRules, seconds: float) -> Task:
    return Task(share().places, share(), goal, rules, seconds)


def pieces_of(task: Task) -> list[Piece]:
    """Work on a task until it is done."""
    pieces = [work(task)]
    while pieces[-1].findings is None:
        pieces.append(work(replace(task, state=pieces[-1].cohort)))
    return pieces


def test_a_short_share_is_one_piece() -> None:
    piece = work(task(300, PLAN.rules, seconds=60))
    assert piece.cohort.step == 300
    assert piece.places.tolist() == share().places.tolist()
    found = findings_of(piece.cohort)
    assert piece.findings is not None
    assert piece.findings.state.tolist() == found.state.tolist()
    np.testing.assert_array_equal(piece.findings.loss, found.loss)


@pytest.mark.parametrize("seconds", [0, 1e-9, 0.01])
def test_every_piece_makes_progress_however_short_the_time(seconds: float) -> None:
    pieces = pieces_of(task(PLAN.steps, PLAN.rules, seconds))
    steps = [piece.cohort.step for piece in pieces]
    assert steps == sorted(set(steps))
    assert 0 < steps[0] < steps[-1] == PLAN.steps
    assert all(piece.findings is None for piece in pieces[:-1])


def test_the_numbers_do_not_depend_on_the_pieces() -> None:
    pieces = [
        piece
        for share in shares_of(PLAN, 1)
        for piece in pieces_of(Task(share.places, share, PLAN.steps, PLAN.rules, seconds=0))
    ]
    assert len(pieces) > len(list(shares_of(PLAN, 1)))
    assert bits_in_the_end(pieces) == bits_by_the_core(PLAN)


def test_networks_stop_by_the_rules() -> None:
    rules = StopRules(at_step=None, at_loss=0.9)
    piece = work(task(1500, rules, seconds=60))
    assert piece.findings is not None
    assert not piece.cohort.going_on.all()


def test_a_finished_share_is_not_trained() -> None:
    untrained = task(0, PLAN.rules, seconds=60)
    piece = work(replace(untrained, state=share().drawn()))
    assert piece.cohort.step == 0
    assert piece.findings is not None
