"""What a lab has found, recipe by recipe: a table for people, or JSON for programs."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.network import LOSSES
from xorviz.files.lab.csv import varying
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, Summary, interval_text, percent

_PEOPLE_ORDER = (
    *("width", "rate", "loss", "activation", "biases", "momentum"),
    *("init", "init_range", "perturbation", "targets"),
)
"""The settings of a recipe; the loss stands beside the rate."""
_FOUND = ("networks", "right (95 %)", "learned (95 %)", "first step right (quartiles)", "states")
_LONGEST_SEEDS = 60
"""Characters; longer lists are cut."""
_GAP = "  "


def table(picture: LabSnapshot, spelled: Callable[[str], str] = str) -> str:
    """Return what all recipes have in common, and a line for each with what was found.

    A text can be spelled for a terminal that does not know all signs.
    """
    recipes = picture.plan.recipes
    names = [name for name in _PEOPLE_ORDER if name in varying(recipes)]
    lines = [[*(_heading(name, names, recipes[0]) for name in names), *_FOUND]]
    for number, recipe in enumerate(recipes):
        settings = [_shown(name, recipe) for name in names]
        lines.append([*settings, *_found(picture.summary(number), len(picture.plan.seeds))])
    common = [_told(name, recipes[0]) for name in _relevant(recipes) if name not in names]
    head = [_plan_text(picture.plan), ", ".join(common), _warning(picture)]
    cells = [[spelled(cell) for cell in line] for line in lines]
    return "".join(
        f"{line}\n" for line in (*map(spelled, filter(None, head)), "", *_aligned(cells))
    )


def as_json(picture: LabSnapshot, kernel: str) -> str:
    """Return plan, kernel, and each recipe with what was found, as one line of JSON."""
    plan = picture.plan
    value = {
        "plan": {
            "seeds": seeds_text(plan.seeds),
            "steps": plan.steps,
            "stop_when_learned": plan.rules.when_learned,
            "stop_at_loss": plan.rules.at_loss,
            "networks": len(plan),
        },
        "kernel": kernel,
        "recipes": [
            _recipe_value(recipe, picture.summary(number))
            for number, recipe in enumerate(plan.recipes)
        ],
    }
    return json.dumps(value, allow_nan=False) + "\n"


def seeds_text(seeds: Sequence[int]) -> str:
    """Return seeds as the option --seeds takes them: 0..499, or 1,2,7."""
    if isinstance(seeds, range):
        to = ".." if len(seeds) > 2 else ","
        return f"{seeds[0]}{to}{seeds[-1]}" if len(seeds) > 1 else str(seeds[0])
    breaks = [i for i, (a, b) in enumerate(pairwise(seeds), 1) if b != a + 1]
    ends = pairwise([0, *breaks, len(seeds)])
    return ",".join(seeds_text(range(seeds[first], seeds[last - 1] + 1)) for first, last in ends)


def _recipe_value(recipe: RunConfig, summary: Summary | None) -> dict[str, Any]:
    config = recipe.to_dict()
    del config["seed"]
    quartiles = summary.quartiles if summary else None
    names = ("lower_quartile", "median", "upper_quartile")
    return {
        "config": config,
        "networks": summary.networks if summary else 0,
        "right": _share_value(summary.right) if summary else None,
        "learned": _share_value(summary.learned) if summary else None,
        "first_right": dict(zip(names, quartiles, strict=True)) if quartiles else None,
        "states": dict(summary.states) if summary else {},
    }


def _share_value(share: Proportion) -> dict[str, float]:
    low, high = share.interval
    return {"count": share.count, "share": share.value, "low": low, "high": high}


def _plan_text(plan: LabPlan) -> str:
    seeds = seeds_text(plan.seeds)
    if len(seeds) > _LONGEST_SEEDS:
        seeds = f"{seeds[:_LONGEST_SEEDS].rpartition(',')[0]},…"
    count = len(plan.seeds)
    networks = numerals.counted(count, "network")
    of_each = " of each recipe" if len(plan.recipes) > 1 else ""
    text = f"{networks}{of_each}, from the initial weights of seed"
    text += f"{'s' * (count > 1)} {seeds}: {numerals.counted(plan.steps, 'step')}"
    if plan.rules.when_learned:
        text += ", or until learned"
    if plan.rules.at_loss is not None:
        text += f", or until the loss is {numerals.plain(plan.rules.at_loss)}"
    return text


def _warning(picture: LabSnapshot) -> str:
    """Return in what the networks that are done differ from all, where they do."""
    rules = picture.plan.rules
    if picture.done.all() or not (rules.when_learned or rules.at_loss is not None):
        return ""
    return "Those that stop early are done first: the rates of all will be others."


def _relevant(recipes: Sequence[RunConfig]) -> Iterator[str]:
    """Yield the settings that make a difference to some recipe."""
    starts = {recipe.init for recipe in recipes}
    for name in _PEOPLE_ORDER:
        if name == "init_range" and starts == {"zero"}:
            continue
        if name == "perturbation" and "nearly-equal" not in starts:
            continue
        yield name


def _heading(name: str, names: Sequence[str], recipe: RunConfig) -> str:
    """Return what stands above a column; rates compare only under one formula."""
    if name == "rate" and "loss" not in names:
        return f"rate ({recipe.loss})"
    return _label(name)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _told(name: str, recipe: RunConfig) -> str:
    return f"{_label(name)} {_shown(name, recipe)}"


def _shown(name: str, recipe: RunConfig) -> str:
    match getattr(recipe, name):
        case bool(value):
            return "on" if value else "off"
        case float(value):
            return numerals.plain(value).replace("-", numerals.MINUS)
        case tuple(value):
            return "".join(map(str, value))
        case str(value) if name == "loss":
            return f"{value} = {LOSSES[value].formula}"
        case value:
            return str(value)


def _found(summary: Summary | None, wanted: int) -> list[str]:
    if summary is None:
        return ["0", *["-"] * (len(_FOUND) - 1)]
    networks = numerals.whole(summary.networks)
    if summary.networks < wanted:
        networks += f" of {numerals.whole(wanted)}"
    states = [f"{state} {numerals.whole(count)}" for state, count in summary.states.items()]
    return [
        networks,
        _share_text(summary.right),
        _share_text(summary.learned),
        _quartiles_text(summary.quartiles),
        ", ".join(states),
    ]


def _share_text(share: Proportion) -> str:
    return f"{percent(share)} % ({interval_text(share)})"


def _quartiles_text(quartiles: tuple[float, float, float] | None) -> str:
    if quartiles is None:
        return "-"
    low, median, high = map(_step_text, quartiles)
    return f"{median} ({low} to {high})"


def _step_text(step: float) -> str:
    """Return a step, with one decimal where it lies between two."""
    return f"{step:,.1f}".removesuffix(".0").replace(",", numerals.THIN_SPACE)


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines with their columns to the right; the last begins with its heading."""
    sizes = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [text.rjust(size) for text, size in zip(line[:-1], sizes, strict=False)]
        yield _GAP.join([*cells, line[-1]])
