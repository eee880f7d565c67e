"""Pictures of networks on their way, for the tests of the gallery."""

from collections.abc import Sequence

from xorviz.core.config import RunConfig
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

RECIPE = RunConfig(width=3, rate=0.5)


def on_the_way(
    steps: Sequence[int],
    seeds: Sequence[int] = range(12),
    recipes: Sequence[RunConfig] = (RECIPE,),
) -> list[LabSnapshot]:
    """Return the pictures of a plan before it begins, at these steps, and done at the last one."""
    plan = LabPlan(tuple(recipes), seeds, steps[-1])
    book = LabResults(plan)
    pictures = [book.snapshot()]
    shares = list(shares_of(plan, 1))
    cohorts = [Cohort.drawn(share.configs()) for share in shares]
    for step in steps:
        cohorts = [advanced(cohort, step - cohort.step) for cohort in cohorts]
        for share, cohort in zip(shares, cohorts, strict=True):
            is_done = step == plan.steps
            book.add(share.places, cohort, findings_of(cohort) if is_done else None)
        pictures.append(book.snapshot())
    return pictures


def done(steps: int = 2000, seeds: Sequence[int] = range(12)) -> LabSnapshot:
    """Return the picture of networks that have come to their end."""
    return on_the_way((steps,), seeds)[-1]
