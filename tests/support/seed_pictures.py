"""Pictures of a lab's seeds, for the tests of what shows them."""

from collections.abc import Sequence

import numpy as np

from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import STATES
from xorviz.lab.plan import LabPlan, recipes_of, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR

RECIPE = RunConfig(width=3, rate=0.5)


def trained(seeds: int = 60, steps: int = 2000, widths: Sequence[int] = (3,)) -> LabSnapshot:
    """Return networks trained to their end."""
    plan = LabPlan(recipes_of({"width": widths}, RECIPE), range(seeds), steps)
    book = LabResults(plan)
    for share in shares_of(plan, 1):
        cohort = advanced(Cohort.drawn(share.configs()), steps)
        book.add(share.places, cohort, findings_of(cohort))
    return book.snapshot()


def with_outcomes(outcomes: Sequence[str], steps: int = 1000, first_seed: int = 0) -> LabSnapshot:
    """Return networks with these outcomes; the i-th that is right became so at step 10 (i + 1)."""
    count = len(outcomes)
    seeds = range(first_seed, first_seed + count)
    plan = LabPlan((RECIPE,), seeds, steps)
    names = np.array(outcomes)
    done = ~np.isin(names, (RIGHT_SO_FAR, NOT_YET))
    is_right = names == RIGHT
    targets = np.array(RECIPE.targets, dtype=float)
    outputs = np.where(is_right[:, np.newaxis], np.abs(targets - 0.01), 0.5)
    outputs[~done] = np.nan
    was_right = is_right | (names == RIGHT_SO_FAR)
    first = np.where(was_right, 10 * np.arange(1, count + 1), -1)
    states = ["learned" if name not in STATES else name for name in outcomes]
    return LabSnapshot(
        plan=plan,
        done=done,
        steps=np.where(done, steps, steps // 2),
        first_right=first,
        first_learned=np.where(is_right, 2 * first, -1),
        diverged_at=np.where(names == "diverging", 7, -1),
        loss=np.where(done, np.where(is_right, 0.0004, 0.5), np.nan),
        gradient_norm=np.where(done, 0.125, np.nan),
        outputs=outputs,
        state=np.array([STATES.index(state) for state in states], dtype=np.uint8),
        shown=(),
    )
