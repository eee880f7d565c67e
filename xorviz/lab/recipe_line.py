"""A recipe of the lab in one line, with how long it is trained."""

from xorviz.core import numerals
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.lab.plan import LabPlan


def recipe_line(plan: LabPlan, recipe: int = 0) -> str:
    """Return a recipe in short: width 3 · rate 0.5 · 900 steps · Σ(t−y)² · no biases · U(−1, 1).

    Where there is little room, its end is cut off.
    """
    width, rate, *others = recipe_parts(plan.recipes[recipe])
    steps = numerals.counted(plan.steps, "step")
    return joined((width, rate, steps, *others, *_rules(plan)))


def _rules(plan: LabPlan) -> list[str]:
    at_loss = plan.rules.at_loss
    return [
        "stops when learned" if plan.rules.when_learned else "",
        "" if at_loss is None else f"stops at loss {numerals.plain(at_loss)}",
    ]
