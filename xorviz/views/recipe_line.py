"""A recipe of the lab in one line: what its networks have in common."""

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.lab_plan import LabPlan
from xorviz.core.network import LOSSES
from xorviz.core.stuck_states import COUNTED

_XOR = RunConfig().targets


def recipe_line(plan: LabPlan, recipe: int = 0) -> str:
    """Return a recipe in short, as in: width 3 · rate 0.5 · Σ(t−y)² · no biases · U(−1, 1)."""
    config = plan.recipes[recipe]
    parts = [
        f"width {config.width}",
        f"rate {numerals.plain(config.rate)}",
        "" if config.activation == "sigmoid" else config.activation,
        LOSSES[config.loss].formula,
        "biases" if config.biases else "no biases",
        f"momentum {numerals.plain(config.momentum)}" if config.momentum else "",
        start_line(config),
        "" if config.targets == _XOR else f"targets {_counted(config.targets)}",
        f"{numerals.whole(plan.steps)} steps",
        *_rules(plan),
    ]
    return " · ".join(part for part in parts if part)


def start_line(config: RunConfig) -> str:
    """Return where weights start, in short: U(−1, 1)."""
    reach = numerals.plain(config.init_range)
    match config.init:
        case "zero":
            return "all 0"
        case "equal":
            return f"all {reach}"
        case "nearly-equal":
            return f"{reach} ± {numerals.plain(config.perturbation)}"
        case "default-rng":
            return f"default_rng ±{reach}"
        case _:
            return f"U({numerals.MINUS}{reach}, {reach})"


def _counted(targets: tuple[int, ...]) -> str:
    """Return targets as people count the rows: those of 00, 01, 10 and 11."""
    return " ".join(str(targets[row]) for row in COUNTED)


def _rules(plan: LabPlan) -> list[str]:
    at_loss = plan.rules.at_loss
    return [
        "stops when learned" if plan.rules.when_learned else "",
        "" if at_loss is None else f"stops at loss {numerals.plain(at_loss)}",
    ]
