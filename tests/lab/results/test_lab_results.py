"""Results of a plan's networks during and after training."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import pytest

from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import NO_ROW
from xorviz.core.diagnosis.words import UNTRAINED
from xorviz.core.network import flat, initial_weights
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.files.lab_table import done_in
from xorviz.lab.plan import LabPlan, WorkShare, recipes_of, shares_of
from xorviz.lab.results.findings import COLUMNS, Findings, LabResult, findings_of, train_many
from xorviz.lab.results.lab_results import MOST_SHOWN, LabResults, LabSnapshot, still_learning
from xorviz.lab.results.success import Proportion, Summary
from xorviz.lab.training.cohort import NO_STEP, Cohort
from xorviz.lab.training.training import advanced

BASE = RunConfig(rate=1, biases=True, momentum=0.5)
PLAN = LabPlan(recipes_of({"width": [2, 5]}, BASE), range(20, 50), 200)
"""Sixty networks, of which most are correct at the end."""


def note(results: LabResults, share: WorkShare, steps: int, is_known: bool = True) -> None:
    """Record the results of a share after some steps."""
    cohort = advanced(share.drawn(), steps, results.plan.rules)
    results.add(share.places, cohort, findings_of(cohort) if is_known else None)


def begun() -> tuple[LabResults, list[WorkShare]]:
    """Return empty results, and shares of which the first have five networks."""
    return LabResults(PLAN), list(shares_of(replace(PLAN, waves=(5,)), 2))


def filled(plan: LabPlan = PLAN) -> LabSnapshot:
    results = LabResults(plan)
    for share in shares_of(replace(plan, waves=(5,)), 2):
        assert not results.is_full
        note(results, share, plan.steps)
    assert results.is_full
    assert results.snapshot(is_over=True).is_over
    assert not results.snapshot(is_over=True).was_stopped
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
    assert (snapshot.progress, snapshot.is_over) == (0, False)
    assert LabResults(PLAN).snapshot(is_over=True).was_stopped
    assert not (snapshot.done | snapshot.right | snapshot.learned).any()
    assert (snapshot.steps == 0).all()
    assert (snapshot.first_right == -1).all()
    assert np.isnan(snapshot.loss).all()
    assert [len(weights) for weights in snapshot.shown] == [0] * 60
    assert [snapshot.summary(0), snapshot.summary(1)] == [None, None]


def summed_up(result: LabResult, places: Sequence[int], still_learning: int) -> Summary:
    right, learned = result.right[places], result.learned[places]
    low, median, high = np.quantile(
        result.first_right[places][right], (0.25, 0.5, 0.75), method="inverted_cdf"
    ).tolist()
    return Summary(
        Proportion(int(right.sum()), len(places)),
        Proportion(int(learned.sum()), len(places)),
        (low, median, high),
        dict(Counter(result.states[place] for place in places)),
        still_learning,
    )


def test_full_results_have_outcome_and_summary(snapshot: LabSnapshot, result: LabResult) -> None:
    assert snapshot.progress == 1
    for name in (*COLUMNS, "right", "learned"):
        np.testing.assert_array_equal(getattr(snapshot, name), getattr(result, name))
    for shown, parameters in zip(snapshot.shown, result.parameters, strict=True):
        np.testing.assert_array_equal(shown, parameters)
    for recipe in (0, 1):
        places = PLAN.places_of(recipe)
        learning = int(snapshot.still_learning[places.start : places.stop].sum())
        assert learning > 0
        assert snapshot.summary(recipe) == summed_up(result, places, learning)


def test_unfinished_networks_have_steps_marks_weights_and_no_summary(result: LabResult) -> None:
    results, shares = begun()
    first, other = (next(s for s in shares if s.places[0] == place) for place in (30, 35))
    note(results, first, PLAN.steps)
    note(results, other, 150, is_known=False)
    snapshot, cohort = results.snapshot(), advanced(other.drawn(), 150)
    places = first.places.tolist()
    assert snapshot.summary(1) == summed_up(result, places, int(snapshot.still_learning.sum()))
    assert snapshot.summary(0) is None
    assert snapshot.done.sum() == 5
    assert (snapshot.steps[other.places] == 150).all()
    for mark in ("first_right", "first_learned"):
        np.testing.assert_array_equal(getattr(snapshot, mark)[other.places], getattr(cohort, mark))
    for column, place in enumerate(other.places):
        np.testing.assert_array_equal(snapshot.shown[place], cohort.parameters[:, column])
    assert not snapshot.right[other.places].any()
    networks = range(int(other.places[0]), int(other.places[-1]) + 1)
    assert snapshot.progress_of(networks) == 150 / 200
    assert snapshot.progress_of(range(30)) == 0
    taken = 150 * len(other.places) + 5 * 200
    assert snapshot.progress == pytest.approx(taken / (60 * 200))


def summary_of(errors: Sequence[float], firsts: Sequence[int], states: Sequence[str]) -> Summary:
    """Return the summary of a finished recipe."""
    plan = LabPlan((RunConfig(),), range(len(errors)), 50)
    snapshot = replace(
        LabResults(plan).snapshot(),
        done=np.ones(len(errors), dtype=bool),
        error=np.array(errors),
        first_right=np.array(firsts),
        state=np.array([STATES.index(state) for state in states], dtype=np.uint8),
    )
    summary = snapshot.summary()
    assert summary is not None
    return summary


@pytest.mark.parametrize(
    ("errors", "firsts", "quartiles"),
    [
        ([0.5, 0.5], [3, -1], None),
        ([0.2], [7], (7, 7, 7)),
        # Rounding can make the final outputs correct although no step was.
        ([0.4] * 3, [-1, 10, 20], (10, 10, 20)),
        ([0.4] * 3, [-1] * 3, None),
    ],
)
def test_quartiles_are_of_known_first_steps(
    errors: list[float], firsts: list[int], quartiles: tuple[int, ...] | None
) -> None:
    assert summary_of(errors, firsts, ["too slow"] * len(errors)).quartiles == quartiles


def test_a_plan_without_steps_draws_its_networks() -> None:
    plan = replace(PLAN, steps=0)
    results, shares = LabResults(plan), list(shares_of(plan, 2))
    assert results.snapshot().progress == 0
    note(results, shares[0], 0)
    assert results.snapshot().progress == pytest.approx(len(shares[0].places) / 60)
    drawn = filled(plan)
    assert drawn.progress == 1
    assert not drawn.still_learning.any()
    assert (drawn.first_right == NO_STEP).all()
    summary = drawn.summary(1)
    assert summary is not None
    assert (summary.states, summary.quartiles) == ({UNTRAINED: 30}, None)
    for place, shown in enumerate(drawn.shown):
        np.testing.assert_array_equal(shown, flat(initial_weights(plan.config(place))))


def test_networks_that_stopped_early_count_as_complete() -> None:
    snapshot = filled(replace(PLAN, rules=StopRules(at_step=None, when_learned=True)))
    assert (snapshot.steps < PLAN.steps).sum() > 10
    assert snapshot.progress == 1


def test_later_results_do_not_change_a_snapshot() -> None:
    results, shares = begun()
    note(results, shares[0], 50, is_known=False)
    snapshot = results.snapshot()
    names = [f.name for f in fields(LabSnapshot) if f.name not in {"plan", "shown", "is_over"}]
    kept = {name: getattr(snapshot, name).copy() for name in names}
    shown = [weights.copy() for weights in snapshot.shown]
    for share in shares[:2]:
        note(results, share, 200)
    for name in names:
        np.testing.assert_array_equal(getattr(snapshot, name), kept[name], err_msg=name)
    for weights, before in zip(snapshot.shown, shown, strict=True):
        np.testing.assert_array_equal(weights, before)
    assert results.snapshot().progress > snapshot.progress


def test_only_the_first_networks_weights_are_kept() -> None:
    snapshot = filled(LabPlan((RunConfig(width=1), RunConfig(width=2)), range(50), 3))
    assert len(snapshot.shown) == MOST_SHOWN == 64
    assert [len(weights) for weights in snapshot.shown] == [3] * 50 + [6] * 14


def test_each_recipe_is_judged_by_its_own_targets() -> None:
    recipes = recipes_of({"targets": [(1, 1, 1, 1), (0, 0, 0, 0)]}, RunConfig(rate=1))
    snapshot = filled(LabPlan(recipes, range(4), 50))
    assert [s and s.right.count for s in (snapshot.summary(0), snapshot.summary(1))] == [4, 4]
    assert ((snapshot.outputs > 0.5).T == [True] * 4 + [False] * 4).all()


def test_earlier_findings_are_recalled_and_told_the_same(snapshot: LabSnapshot) -> None:
    results = LabResults(PLAN)
    results.recall(*done_in(snapshot))
    recalled = results.snapshot()
    for name in (*COLUMNS, "done", "still_learning"):
        np.testing.assert_array_equal(getattr(recalled, name), getattr(snapshot, name))
    assert 0 < recalled.still_learning.sum() < 60
    assert recalled.summary(1) == snapshot.summary(1)
    assert [len(weights) for weights in recalled.shown] == [0] * 60


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


@pytest.mark.parametrize(
    "config",
    [RunConfig(width=1, rate=0.1), RunConfig(init="zero")],
    ids=["cannot get all four rows right", "its gradient is zero"],
)
def test_networks_that_cannot_get_further_are_not_still_learning(config: RunConfig) -> None:
    early, late = trained(config, 2, 500, 1000)
    assert not early.still_learning.any()
    assert late.right.sum() == early.right.sum()


@pytest.mark.parametrize(
    ("numbers", "learns"),
    [
        # 0.01 below the plateau, falling by 0.1 * 0.02**2 a step: at a quarter in 805 steps.
        ({"steps": 403}, True),
        ({"steps": 402}, False),
        ({"loss": 1.0}, False),
        ({"loss": 1.001}, False),
        ({"gradient_norm": 0.0}, False),
        ({"gradient_norm": np.nan}, False),
        ({"error": 0.4}, False),
    ],
)
def test_a_network_just_below_a_plateau_is_still_learning_if_its_steps_suffice(
    numbers: dict[str, float], learns: bool
) -> None:
    """The network is at the plateau of four equal outputs, whose loss is 1."""
    known = {"steps": 10**6, "loss": 0.99, "gradient_norm": 0.02, "error": 0.5}
    known |= dict.fromkeys(("first_right", "first_learned", "diverged_at"), -1)
    known |= {"state": STATES.index(NO_ROW)}
    columns = {name: np.array([value]) for name, value in (known | numbers).items()}
    findings = Findings(outputs=np.full((1, 4), 0.5), **columns)
    plan = LabPlan((RunConfig(rate=0.1),), range(1), int(findings.steps[0]))
    assert still_learning(plan, np.array([0]), findings).tolist() == [learns]
