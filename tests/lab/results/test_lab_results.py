"""Results of a plan's networks during and after training."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import pytest

from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import NAMES, NO_ROW, TWO_ROWS
from xorviz.core.diagnosis.words import UNTRAINED
from xorviz.core.network import flat, initial_weights
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.files.lab_table import done_in
from xorviz.lab.plan import LabPlan, WorkShare, recipes_of, shares_of
from xorviz.lab.results.findings import COLUMNS, Findings, LabResult, findings_of, train_many
from xorviz.lab.results.lab_results import MOST_SHOWN, LabResults, LabSnapshot, still_learning
from xorviz.lab.results.success import Proportion, Summary
from xorviz.lab.training.cohort import NO_STEP, Cohort
from xorviz.lab.training.training import advanced

LEARNED = StopRules(at_step=None, when_learned=True)
BASE = RunConfig(rate=1, biases=True, momentum=0.5)
PLAN = LabPlan(recipes_of({"width": [2, 5]}, BASE), range(20, 50), 200)
"""Sixty networks, of which most are correct at the end."""


def note(results: LabResults, share: WorkShare, steps: int, is_known: bool = True) -> None:
    """Record the results of a share after some steps."""
    cohort = advanced(share.drawn(), steps, results.plan.rules)
    results.add(share.places, cohort, findings_of(cohort) if is_known else None)


def filled(plan: LabPlan = PLAN) -> LabSnapshot:
    results = LabResults(plan)
    for share in shares_of(plan, 2, (5,)):
        note(results, share, plan.steps)
    return results.snapshot()


@pytest.fixture(scope="module")
def snapshot() -> LabSnapshot:
    return filled()


@pytest.fixture(scope="module")
def result() -> LabResult:
    return train_many([PLAN.config(place) for place in range(len(PLAN))], PLAN.steps)


def test_new_results_are_empty() -> None:
    snapshot = LabResults(PLAN).snapshot()
    assert snapshot.plan is PLAN
    assert snapshot.progress == 0
    assert not snapshot.done.any()
    assert not snapshot.right.any()
    assert not snapshot.learned.any()
    assert (snapshot.steps == 0).all()
    assert (snapshot.first_right == -1).all()
    assert np.isnan(snapshot.loss).all()
    assert [len(weights) for weights in snapshot.shown] == [0] * 60
    assert snapshot.summary(0) is None
    assert snapshot.summary(1) is None


def test_full_results_have_the_outcome_of_each_network(
    snapshot: LabSnapshot, result: LabResult
) -> None:
    assert snapshot.done.all()
    assert snapshot.progress == 1
    for name in (*COLUMNS, "right", "learned"):
        np.testing.assert_array_equal(getattr(snapshot, name), getattr(result, name))
    for shown, parameters in zip(snapshot.shown, result.parameters, strict=True):
        np.testing.assert_array_equal(shown, parameters)


def summed_up(result: LabResult, places: Sequence[int], still_learning: int) -> Summary:
    right, learned = result.right[places], result.learned[places]
    firsts = result.first_right[places][right]
    low, median, high = np.quantile(firsts, (0.25, 0.5, 0.75)).tolist()
    return Summary(
        Proportion(int(right.sum()), len(places)),
        Proportion(int(learned.sum()), len(places)),
        (low, median, high),
        dict(Counter(result.states[place] for place in places)),
        still_learning,
    )


@pytest.mark.parametrize("recipe", [0, 1])
def test_a_summary_is_of_one_recipe(snapshot: LabSnapshot, result: LabResult, recipe: int) -> None:
    places = PLAN.places_of(recipe)
    assert result.right[places].sum() > 0
    still_learning = int(snapshot.still_learning[places.start : places.stop].sum())
    assert still_learning > 0
    wanted = summed_up(result, places, still_learning)
    assert snapshot.summary(recipe) == wanted
    assert wanted.networks == 30


def test_a_summary_is_of_networks_that_are_done(result: LabResult) -> None:
    results, shares = LabResults(PLAN), list(shares_of(PLAN, 2, (5,)))
    first = next(share for share in shares if share.places[0] == 30)
    note(results, first, PLAN.steps)
    other = next(share for share in shares if share.places[0] == 35)
    note(results, other, 150, is_known=False)
    snapshot = results.snapshot()
    places, still_learning = first.places.tolist(), int(snapshot.still_learning.sum())
    assert snapshot.summary(1) == summed_up(result, places, still_learning)
    assert snapshot.summary(0) is None
    assert snapshot.done.sum() == snapshot.right.sum() + 5 - result.right[places].sum() == 5


def summary_of(
    errors: Sequence[float], first_right: Sequence[int], states: Sequence[str]
) -> Summary:
    """Return the summary of a finished recipe."""
    plan = LabPlan((RunConfig(),), range(len(errors)), 50)
    snapshot = replace(
        LabResults(plan).snapshot(),
        done=np.ones(len(errors), dtype=bool),
        error=np.array(errors),
        first_right=np.array(first_right),
        state=np.array([STATES.index(state) for state in states], dtype=np.uint8),
    )
    summary = snapshot.summary()
    assert summary is not None
    return summary


def test_a_summary_counts_outcomes_and_has_quartiles_of_networks_correct_at_the_end() -> None:
    states = ["learned", NO_ROW, TWO_ROWS, "learned", NO_ROW, NO_ROW]
    summary = summary_of([0.05, 0.4, 0.5, 0.05, 0.2, 0.6], [10, 20, 5, 30, 40, -1], states)
    assert (summary.networks, summary.quartiles) == (6, (17.5, 25.0, 32.5))
    assert (summary.right, summary.learned) == (Proportion(4, 6), Proportion(2, 6))
    assert list(summary.states.items()) == [(NO_ROW, 3), ("learned", 2), (TWO_ROWS, 1)]


def test_without_success_there_are_no_quartiles() -> None:
    summary = summary_of([0.5, 0.5], [3, -1], ["learning"] * 2)
    assert summary.quartiles is None
    assert summary.right == Proportion(0, 2)


def test_one_success_is_all_three_quartiles() -> None:
    assert summary_of([0.2], [7], ["learning"]).quartiles == (7.0, 7.0, 7.0)


def test_a_network_correct_by_a_rounding_error_has_no_first_step() -> None:
    """Rounding can make the final outputs correct although no step was."""
    found = summary_of([0.4] * 3, [-1, 10, 20], ["too slow"] * 3)
    assert found.quartiles == (12.5, 15.0, 17.5)
    assert summary_of([0.4] * 3, [-1] * 3, ["too slow"] * 3).quartiles is None


def test_results_are_full_once_all_are_done() -> None:
    results = LabResults(PLAN)
    for share in shares_of(PLAN, 2, (5,)):
        note(results, share, 50, is_known=False)
        assert not results.is_full
        note(results, share, PLAN.steps)
    assert results.is_full


def test_progress_counts_the_steps_of_all_networks() -> None:
    results, shares = LabResults(PLAN), list(shares_of(PLAN, 2, (5,)))
    note(results, shares[0], 50, is_known=False)
    assert results.snapshot().progress == pytest.approx(5 * 50 / (60 * 200))
    note(results, shares[0], 150, is_known=False)
    note(results, shares[1], 200)
    assert results.snapshot().progress == pytest.approx((5 * 150 + 5 * 200) / (60 * 200))


def test_progress_of_a_range_is_of_its_networks_only() -> None:
    results, shares = LabResults(PLAN), list(shares_of(PLAN, 2, (5,)))
    note(results, shares[0], 50, is_known=False)
    snapshot, places = results.snapshot(), shares[0].places
    assert snapshot.progress_of(range(int(places[0]), int(places[-1]) + 1)) == 50 / 200
    assert snapshot.progress_of(range(int(places[-1]) + 1, 60)) == 0


def test_a_plan_without_steps_draws_its_networks() -> None:
    plan = replace(PLAN, steps=0)
    results, shares = LabResults(plan), list(shares_of(plan, 2))
    assert results.snapshot().progress == 0
    note(results, shares[0], 0)
    count = len(shares[0].places)
    assert results.snapshot().progress == pytest.approx(count / 60)
    for share in shares[1:]:
        note(results, share, 0)
    drawn = results.snapshot()
    assert drawn.progress == 1
    assert not drawn.still_learning.any()
    assert (drawn.first_right == NO_STEP).all()
    summary = drawn.summary(1)
    assert summary is not None
    assert summary.states == {UNTRAINED: 30}
    assert summary.quartiles is None
    weights = [initial_weights(plan.config(place)) for place in range(60)]
    for shown, initial in zip(drawn.shown, weights, strict=True):
        np.testing.assert_array_equal(shown, flat(initial))


def test_networks_that_stopped_early_count_as_complete() -> None:
    plan = replace(PLAN, rules=LEARNED)
    snapshot = filled(plan)
    assert (snapshot.steps < plan.steps).sum() > 10
    assert snapshot.progress == 1
    assert snapshot.done.all()


def test_later_results_do_not_change_a_snapshot() -> None:
    results, shares = LabResults(PLAN), list(shares_of(PLAN, 2, (5,)))
    note(results, shares[0], 50, is_known=False)
    snapshot = results.snapshot()
    names = [f.name for f in fields(LabSnapshot) if f.name not in {"plan", "shown", "is_over"}]
    kept = {name: getattr(snapshot, name).copy() for name in names}
    shown = [weights.copy() for weights in snapshot.shown]
    note(results, shares[0], 200)
    note(results, shares[1], 200)
    for name in names:
        np.testing.assert_array_equal(getattr(snapshot, name), kept[name], err_msg=name)
    for weights, before in zip(snapshot.shown, shown, strict=True):
        np.testing.assert_array_equal(weights, before)
    assert results.snapshot().progress > snapshot.progress


def test_an_unfinished_network_has_steps_marks_and_weights() -> None:
    results, share = LabResults(PLAN), next(shares_of(PLAN, 2, (5,)))
    note(results, share, 150, is_known=False)
    cohort = advanced(share.drawn(), 150, NEVER)
    snapshot = results.snapshot()
    assert (snapshot.steps[share.places] == 150).all()
    np.testing.assert_array_equal(snapshot.first_right[share.places], cohort.first_right)
    np.testing.assert_array_equal(snapshot.first_learned[share.places], cohort.first_learned)
    for column, place in enumerate(share.places):
        np.testing.assert_array_equal(snapshot.shown[place], cohort.parameters[:, column])
    assert not snapshot.right.any()


def test_only_the_first_networks_weights_are_kept() -> None:
    plan = LabPlan((RunConfig(width=1), RunConfig(width=2)), range(50), 3)
    snapshot = filled(plan)
    assert len(snapshot.shown) == MOST_SHOWN == 64
    assert [len(weights) for weights in snapshot.shown] == [3] * 50 + [6] * 14


def test_each_recipe_is_judged_by_its_own_targets() -> None:
    recipes = recipes_of({"targets": [(1, 1, 1, 1), (0, 0, 0, 0)]}, RunConfig(rate=1))
    snapshot = filled(LabPlan(recipes, range(4), 50))
    assert [s and s.right.count for s in (snapshot.summary(0), snapshot.summary(1))] == [4, 4]
    assert (snapshot.outputs[:4] > 0.5).all()
    assert (snapshot.outputs[4:] < 0.5).all()
    assert (snapshot.error < 0.5).all()


def test_earlier_findings_are_recalled(snapshot: LabSnapshot) -> None:
    results, places = LabResults(PLAN), np.array([40, 3, 59])
    cohorts = [advanced(Cohort.drawn([PLAN.config(place)]), PLAN.steps) for place in places]
    for place, cohort in zip(places, cohorts, strict=True):
        results.recall(np.array([place]), findings_of(cohort))
    recalled = results.snapshot()
    assert np.flatnonzero(recalled.done).tolist() == [3, 40, 59]
    for name in COLUMNS:
        np.testing.assert_array_equal(
            getattr(recalled, name)[places], getattr(snapshot, name)[places], err_msg=name
        )
    assert [len(weights) for weights in recalled.shown] == [0] * 60


def test_a_snapshot_says_whether_training_has_ended() -> None:
    results, shares = LabResults(PLAN), list(shares_of(PLAN, 2))
    assert not results.snapshot().is_over
    assert results.snapshot(is_over=True).was_stopped
    for share in shares:
        note(results, share, 200)
    assert results.snapshot(is_over=True).is_over
    assert not results.snapshot(is_over=True).was_stopped


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
