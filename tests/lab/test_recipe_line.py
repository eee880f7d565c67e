"""A recipe of the lab in one line."""

from xorviz.core.config import RunConfig
from xorviz.core.runs.stopping import StopRules
from xorviz.lab.plan import LabPlan, recipe_line


def line(rules: StopRules | None = None, **settings: object) -> str:
    recipes = (RunConfig(), RunConfig.from_dict(settings))
    plan = LabPlan(recipes, range(9), 20_000, *([] if rules is None else [rules]))
    return recipe_line(plan, 1)


def test_a_usual_recipe_is_short() -> None:
    said = "width 3 · rate 0.5 · 20\u2009000 steps · Σ(t−y)² · no biases · U(−1, 1)"
    assert line(rate=0.5) == said


def test_whatever_else_shapes_a_network_is_named() -> None:
    said = line(
        StopRules(None, when_learned=True, at_loss=0.001),
        width=5, activation="relu", loss="mse", biases=True, momentum=0.9,
        targets=[0, 0, 0, 1],
    )  # fmt: skip
    assert said == (
        "width 5 · rate 0.01 · 20\u2009000 steps · relu · ¼Σ(t−y)² · biases · momentum 0.9 · "
        "U(−1, 1) · targets 0 0 0 1 · stops when learned · stops at loss 0.001"
    )


def test_targets_stand_in_the_order_that_people_count_in() -> None:
    assert "targets 0 1 0 0" in line(targets=[0, 0, 1, 0])
