"""Cost of checking a step of which nothing is said, beside gradients."""

import statistics

import pytest

from tests.core.check.programs.planting import faults_of, planted, states
from tests.core.check.programs.task import Task
from tests.perf.turns import seconds
from xorviz.core.check.check import check
from xorviz.core.network import gradient, initial_weights
from xorviz.core.settings import RunConfig

pytestmark = pytest.mark.perf

WIDTH, ROUNDS, GRADIENTS = 8, 15, 100
START = RunConfig(width=WIDTH, biases=True, seed=3)
EDITS = {fault.name: fault.edits for fault in [*faults_of("matrices")][::-1]}

STEPS = {
    "right": (Task(), ()),
    "one row": (Task(batch="row", order=(2,)), ()),
    "a pass, 24 orders tried": (Task(batch="pass", order=(3, 1, 0, 2)), ()),
    "a fault": (Task(), EDITS["derivative of the hidden activation is missing"]),
    "not explained": (Task(), EDITS["a random change"]),
}
MOST_GRADIENTS = 30_000
"""Of the dearest; measured were 500 to 15,000."""


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_checked_at_once(name: str) -> None:
    task, edits = STEPS[name]
    net = initial_weights(START)
    run = states(planted("matrices", edits), net, task)
    check(run)
    taken = statistics.median(seconds(lambda: check(run)) for _ in range(ROUNDS))
    slopes = seconds(lambda: [gradient(net, START) for _ in range(GRADIENTS)]) / GRADIENTS
    print(f"\n{name}: {1e3 * taken:.1f} ms, as much as {taken / slopes:.0f} gradients")
    assert taken < MOST_GRADIENTS * slopes
