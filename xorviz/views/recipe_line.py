"""A recipe of the lab in one line, with how long it is trained."""

from xorviz.core import numerals
from xorviz.core.lab_plan import LabPlan
from xorviz.core.recipe_text import joined, recipe_parts


def recipe_line(plan: LabPlan, recipe: int = 0) -> str:
    """Return a recipe in short: width 3 · rate 0.5 · Σ(t−y)² · no biases · U(−1, 1) · 900 steps."""
    steps = f"{numerals.whole(plan.steps)} steps"
    return joined((*recipe_parts(plan.recipes[recipe]), steps, *_rules(plan)))


def _rules(plan: LabPlan) -> list[str]:
    at_loss = plan.rules.at_loss
    return [
        "stops when learned" if plan.rules.when_learned else "",
        "" if at_loss is None else f"stops at loss {numerals.plain(at_loss)}",
    ]
