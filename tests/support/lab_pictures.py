"""Labs that are trained in a moment, without processes, for tests of what is made of them."""

from collections.abc import Iterable

from xorviz.core.config import RunConfig
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, recipes_of, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

RULES = StopRules(at_step=None, when_learned=True, at_loss=1e-3)
SMALL = LabPlan(
    recipes_of({"width": [2, 3], "rate": [0.1, 5.0], "biases": [False, True]}), range(6), 700
)
"""Eight recipes of six seeds."""
WILD = LabPlan(
    recipes_of(
        {"rate": [1.0, 1000.0], "momentum": [0.0, 0.9]},
        RunConfig(
            width=4, activation="tanh", loss="cross-entropy", biases=True, targets=(0, 1, 0, 1)
        ),
    ),
    (7, 3, 2**32 - 1),
    300,
    RULES,
)
"""Networks of which some learn and are stopped, and some never get right."""


def picture_of(plan: LabPlan, recipes: Iterable[int] | None = None) -> LabSnapshot:
    """Train a plan, or some of its recipes, and return how far all have come."""
    results = LabResults(plan)
    others = set(range(len(plan.recipes))) - set(recipes) if recipes is not None else set()
    skipped = frozenset(place for recipe in others for place in plan.places_of(recipe))
    for share in shares_of(plan, 1, skipped=skipped):
        cohort = advanced(Cohort.drawn(share.configs()), plan.steps, plan.rules)
        results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()
