"""Results of the lab per recipe, as a table or JSON."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from xorviz.cli.terminal.printing import printable
from xorviz.core import numerals
from xorviz.core.rules import written
from xorviz.core.runs.project import differing
from xorviz.core.settings import LOSS_FORMULAS, SETTINGS, RunConfig
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, Summary, interval_text, percent

_SETTINGS = tuple(name for name in SETTINGS if name != "seed")
"""The table's first columns."""
_RESULTS = (
    *("networks", "correct (95 %)", "learned (95 %)", "first correct step (quartiles)"),
    *("still learning when stopped", "states"),
)
_LONGEST_SEEDS = 60
"""Characters; longer lists are cut."""
_GAP = "  "


def table(snapshot: LabSnapshot) -> str:
    """Return the settings common to all recipes, and a row of results per recipe.

    Characters that standard output cannot show are replaced.
    """
    recipes = snapshot.plan.recipes
    names = [name for name in _SETTINGS if name in differing(recipes)]
    lines = [[*(_heading(name, names, recipes[0]) for name in names), *_RESULTS]]
    for number, recipe in enumerate(recipes):
        settings = [_shown(name, recipe) for name in names]
        lines.append([*settings, *_results(snapshot.summary(number), len(snapshot.plan.seeds))])
    if not snapshot.still_learning.any():
        for line in lines:
            del line[-2]
    common = [
        f"{SETTINGS[name].short} {_shown(name, recipes[0])}"
        for name in _relevant(recipes)
        if name not in names
    ]
    head = [_plan_text(snapshot.plan), ", ".join(common), _warning(snapshot)]
    cells = [[printable(cell) for cell in line] for line in lines]
    return "".join(
        f"{line}\n" for line in (*map(printable, filter(None, head)), "", *_aligned(cells))
    )


def as_json(snapshot: LabSnapshot, kernel: str) -> str:
    """Return plan, kernel, and the results of each recipe as one line of JSON."""
    plan = snapshot.plan
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
            _recipe_value(recipe, snapshot.summary(number))
            for number, recipe in enumerate(plan.recipes)
        ],
    }
    return json.dumps(value, allow_nan=False) + "\n"


def seeds_text(seeds: Sequence[int]) -> str:
    """Return seeds as --seeds accepts them: 0..499, or 1,2,7."""
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
        "still_learning": summary.still_learning if summary else 0,
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


def _warning(snapshot: LabSnapshot) -> str:
    """Return a warning if the networks done so far are not representative, otherwise nothing."""
    rules = snapshot.plan.rules
    if snapshot.done.all() or not (rules.when_learned or rules.at_loss is not None):
        return ""
    return "Networks that stop early finish first, so these rates are not those of all networks."


def _relevant(recipes: Sequence[RunConfig]) -> Iterator[str]:
    """Yield the settings that matter to at least one recipe."""
    for name in _SETTINGS:
        if any(map(SETTINGS[name].matters, recipes)):
            yield name


def _heading(name: str, names: Sequence[str], recipe: RunConfig) -> str:
    """Return the heading of a column; rates are comparable only for one loss."""
    if name == "rate" and "loss" not in names:
        return f"rate ({recipe.loss})"
    return SETTINGS[name].short


def _shown(name: str, recipe: RunConfig) -> str:
    value = getattr(recipe, name)
    if name == "loss":
        return f"{value} = {LOSS_FORMULAS[value]}"
    text = written(value)
    return text.replace("-", numerals.MINUS) if isinstance(value, float) else text


def _results(summary: Summary | None, wanted: int) -> list[str]:
    if summary is None:
        return ["0", *["-"] * (len(_RESULTS) - 1)]
    networks = numerals.whole(summary.networks)
    if summary.networks < wanted:
        networks += f" of {numerals.whole(wanted)}"
    states = [f"{state} {numerals.whole(count)}" for state, count in summary.states.items()]
    return [
        networks,
        _share_text(summary.right),
        _share_text(summary.learned),
        _quartiles_text(summary.quartiles),
        numerals.whole(summary.still_learning),
        ", ".join(states),
    ]


def _share_text(share: Proportion) -> str:
    return f"{percent(share)} % ({interval_text(share)})"


def _quartiles_text(quartiles: tuple[float, float, float] | None) -> str:
    """Return steps, with one decimal where they lie between two."""
    if quartiles is None:
        return "-"
    texts = (f"{step:,.1f}".removesuffix(".0") for step in quartiles)
    low, median, high = (text.replace(",", numerals.THIN_SPACE) for text in texts)
    return f"{median} ({low} to {high})"


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines with columns aligned to the right, the last to the left."""
    sizes = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [text.rjust(size) for text, size in zip(line[:-1], sizes, strict=False)]
        yield _GAP.join([*cells, line[-1]])
