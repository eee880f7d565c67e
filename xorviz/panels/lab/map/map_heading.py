"""What a map of the lab is of, in words."""

from collections.abc import Iterator

from xorviz.core import numerals
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.lab.results.book import LabPicture
from xorviz.lab.results.map import AXES, MapPlan

_PARTS = ("width", "rate", "activation", "loss", "biases", "momentum", "init", "targets")
"""The settings that recipe_parts tells, in its order; with the init goes its range."""


def heading_of(map_plan: MapPlan, picture: LabPicture, of_medians: bool) -> tuple[str, str]:
    """Return what a map is of: a title, and how many networks with which settings in common."""
    what = "How soon: median step right" if of_medians else "How often: % right"
    counts = (
        numerals.counted(map_plan.seeds, "seed"),
        numerals.counted(map_plan.steps, "step"),
        _how_far(picture),
    )
    title = f"{what}, {AXES[map_plan.up].label} × {AXES[map_plan.across].label}"
    return title, joined((*counts, *_common(map_plan)))


def _how_far(picture: LabPicture) -> str:
    if picture.done.all():
        return ""
    percent = f"{int(100 * picture.progress)}\u00a0%"  # stays on the line of its number
    return f"cancelled at {percent}" if picture.is_over else f"{percent} done"


def _common(map_plan: MapPlan) -> Iterator[str]:
    """Yield the settings that all cells have in common, as far as they are not the usual ones."""
    varied = {map_plan.up, map_plan.across} | ({"biases"} if map_plan.with_biases else set())
    for name, part in zip(_PARTS, recipe_parts(map_plan.base), strict=True):
        if name != "init" or not varied & {"init", "init_range"}:
            yield "" if name in varied else part
        elif "init_range" not in varied:
            yield f"init range {numerals.plain(map_plan.base.init_range)}"
        elif "init" not in varied:
            yield f"start {map_plan.base.init}"
