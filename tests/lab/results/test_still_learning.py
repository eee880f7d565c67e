"""Which networks were still learning when they were stopped."""

from dataclasses import replace

import numpy as np
import pytest

from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.settings import RunConfig
from xorviz.files.lab.csv import done_in
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.still_learning import still_learning
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

STEPS = 20_000


def trained(config: RunConfig, seeds: int, *steps: int) -> list[LabSnapshot]:
    """Return the same networks after each of these numbers of steps."""
    snapshots = []
    cohort = Cohort.drawn([replace(config, seed=seed) for seed in range(seeds)])
    for step in steps:
        cohort = advanced(cohort, step - cohort.step)
        results = LabResults(LabPlan((config,), range(seeds), step))
        results.add(np.arange(seeds), cohort, findings_of(cohort))
        snapshots.append(results.snapshot())
    return snapshots


def loss_left(snapshot: LabSnapshot, later: LabSnapshot) -> np.ndarray:
    return later.loss / snapshot.loss


@pytest.mark.thorough
def test_the_28_lines_are_still_learning_at_a_third_of_their_steps() -> None:
    early, late, much_later = trained(RunConfig(), 60, STEPS, 60_000, 5 * STEPS)
    learning = early.still_learning
    assert learning.sum() > 30
    assert not (learning & early.right).any()
    stuck = [STATES[early.state[place]] in NAMES for place in np.flatnonzero(learning).tolist()]
    assert 0 < sum(stuck) < len(stuck), "some fall, others leave a plateau"
    assert late.right.sum() > 2 * early.right.sum()
    better = much_later.right | (loss_left(early, much_later) < 0.8)
    assert better[learning].mean() > 0.95
    others = ~learning & ~early.right
    assert better[others].mean() < better[learning].mean()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "config",
    [
        RunConfig(width=1, rate=0.1),  # cannot get all four rows right
        RunConfig(init="zero"),  # its gradient is zero
        RunConfig(width=2, biases=True, rate=0.5, seed=5),
    ],
)
def test_networks_that_stay_where_they_are_are_not(config: RunConfig) -> None:
    early, late = trained(config, 12, STEPS, 2 * STEPS)
    assert not early.still_learning.any()
    assert late.right.sum() == early.right.sum()


def one(**numbers: float) -> Findings:
    """Return a network at the plateau of four equal outputs, whose loss is 1 there."""
    never = np.array([-1])
    return Findings(
        steps=np.array([numbers.get("steps", 1000)], dtype=np.int64),
        first_right=never,
        first_learned=never,
        diverged_at=never,
        loss=np.array([numbers.get("loss", 0.99)]),
        gradient_norm=np.array([numbers.get("norm", 0.02)]),
        error=np.array([0.5]),
        outputs=np.full((1, 4), 0.5),
        state=np.array([STATES.index("no row learned")], dtype=np.uint8),
    )


def is_learning(findings: Findings) -> bool:
    plan = LabPlan((RunConfig(rate=0.1),), range(1), int(findings.steps[0]))
    return bool(still_learning(plan, np.array([0]), findings)[0])


def test_a_plateau_is_left_where_the_loss_falls_from_below_it() -> None:
    """0.01 below, falling by 0.1 * 0.02**2 a step: at a quarter in 805 steps."""
    assert is_learning(one(steps=403))
    assert not is_learning(one(steps=402))
    assert not is_learning(one(loss=1.0, steps=10**6))
    assert not is_learning(one(loss=1.001, steps=10**6))
    assert not is_learning(one(norm=0.0, steps=10**6))
    assert not is_learning(one(norm=np.nan, steps=10**6))


def test_a_resumed_table_tells_the_same() -> None:
    (snapshot,) = trained(RunConfig(rate=0.1), 40, 1500)
    assert 0 < snapshot.still_learning.sum() < 40
    results = LabResults(snapshot.plan)
    results.recall(*done_in(snapshot))
    resumed = results.snapshot()
    assert resumed.still_learning.tolist() == snapshot.still_learning.tolist()
    assert resumed.summary() == snapshot.summary()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("config", "steps"),
    [
        (RunConfig(), STEPS),
        (RunConfig(width=4), STEPS),
        (RunConfig(rate=0.1), 4000),
        (RunConfig(width=2, biases=True, rate=0.1, loss="cross-entropy"), 1000),
        (RunConfig(loss="mse", momentum=0.9, rate=0.5), 1000),
    ],
)
def test_nine_in_ten_of_them_have_less_loss_after_five_times_as_many_steps(
    config: RunConfig, steps: int
) -> None:
    early, late = trained(config, 300, steps, 5 * steps)
    learning = early.still_learning
    assert learning.sum() > 10
    assert (late.right | (loss_left(early, late) < 0.8))[learning].mean() > 0.9
