"""Outcomes of a lab as CSV, a row for each network or recipe. Shapes: N networks, 4 rows (ROWS)."""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

import numpy as np

from xorviz.core.diagnosis.states import STATES
from xorviz.core.rules import Rule, written
from xorviz.core.runs.project import differing
from xorviz.core.runs.stopping import RULES
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.exports.tables import table_csv
from xorviz.lab import STEPS
from xorviz.lab.plan import LabPlan, Places
from xorviz.lab.results.findings import COLUMNS as FINDINGS
from xorviz.lab.results.findings import MARKS, Findings
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Summary
from xorviz.lab.training.cohort import NO_STEP

ASKED: Mapping[str, tuple[Rule, Callable[[LabPlan], object]]] = {
    "steps_wanted": (STEPS, attrgetter("steps")),
    "stop_when_learned": (RULES["when_learned"], attrgetter("rules.when_learned")),
    "stop_at_loss": (RULES["at_loss"], attrgetter("rules.at_loss")),
}
"""Columns of the requested steps and stop rules, the same in all rows of a file: what each may
hold, and what a plan requests."""
OUTPUTS = tuple("y{}{}".format(*ROWS[row]) for row in COUNTED)
"""Columns of the outputs: y00, y01, y10, y11."""
COLUMNS = (
    *(*SETTINGS, *ASKED, "step", *MARKS, "final_loss", "gradient_norm"),
    *("right", "learned", "state", *OUTPUTS),
)
"""All columns. "loss" is the name of the loss function; marks are empty for "never"."""
HEADER = ",".join(COLUMNS)

_OF_A_SHARE = ("", "_share", "_low", "_high")
_OF_A_RECIPE = (
    "networks",
    *(f"{name}{part}" for name in ("right", "learned") for part in _OF_A_SHARE),
    *("first_right_lower_quartile", "first_right_median", "first_right_upper_quartile"),
    *(f"state_{state.replace(' ', '_')}" for state in STATES),
    "still_learning",
)


def networks_csv(snapshot: LabSnapshot, places: range | None = None) -> str:
    """Return the header and a row for each network, or for those at some places, that is done."""
    return f"{HEADER}\n{rows_csv(snapshot.plan, *done_in(snapshot, places))}"


def done_in(snapshot: LabSnapshot, places: range | None = None) -> tuple[Places, Findings]:
    """Return the networks of a snapshot, or those at some places, that are done."""
    chosen = range(len(snapshot.plan)) if places is None else places
    done = np.flatnonzero(snapshot.done[chosen.start : chosen.stop]) + chosen.start
    return done, Findings(**{name: getattr(snapshot, name)[done] for name in FINDINGS})


def rows_csv(plan: LabPlan, places: Places, findings: Findings) -> str:
    """Return a row for each network. Numbers read back to the last bit."""
    return "".join(f"{row}\n" for row in _rows(plan, places, findings))


def recipes_csv(snapshot: LabSnapshot) -> str:
    """Return a header and a row for each recipe, with the settings in which they differ."""
    recipes = snapshot.plan.recipes
    names = differing(recipes)
    rows = []
    for number, recipe in enumerate(recipes):
        settings = (setting_text(getattr(recipe, name)) for name in names)
        rows.append((*settings, *_summary_row(snapshot.summary(number))))
    return table_csv((*names, *_OF_A_RECIPE), rows)


def setting_text(value: object) -> str:
    """Return a setting's value as text that its rule parses, floats to the last bit."""
    if value is None:
        return "none"
    return repr(value) if isinstance(value, float) else written(value)


def _rows(plan: LabPlan, places: Places, found: Findings) -> Iterator[str]:
    asked = ",".join(setting_text(asked_of(plan)) for _, asked_of in ASKED.values())
    recipes, seeds = np.divmod(places, len(plan.seeds))
    settings = {place: _settings_row(plan.recipes[place]) for place in set(recipes.tolist())}
    columns = (
        *(recipes.tolist(), seeds.tolist(), found.steps.tolist()),
        np.stack([getattr(found, name) for name in MARKS], axis=1).tolist(),
        *(found.loss.tolist(), found.gradient_norm.tolist()),
        *(found.right.astype(int).tolist(), found.learned.astype(int).tolist()),
        *(found.state.tolist(), found.outputs[:, COUNTED].tolist()),
    )
    for recipe, seed, step, marks, loss, norm, right, learned, state, outputs in zip(
        *columns, strict=True
    ):
        when = ",".join("" if mark == NO_STEP else str(mark) for mark in marks)
        yield (
            f"{settings[recipe] % plan.seeds[seed]},{asked},{step},{when},"
            f"{loss!r},{norm!r},{right},{learned},{STATES[state]},{','.join(map(repr, outputs))}"
        )


def _settings_row(recipe: RunConfig) -> str:
    """Return a recipe's part of a row, with %d in place of the seed."""
    return ",".join(
        "%d" if name == "seed" else setting_text(getattr(recipe, name)) for name in SETTINGS
    )


def _summary_row(summary: Summary | None) -> tuple[float | None, ...]:
    if summary is None:
        counts = [0] * (len(STATES) + 1)
        return (0, *[None] * (len(_OF_A_RECIPE) - 1 - len(counts)), *counts)
    return (
        summary.networks,
        *(summary.right.count, summary.right.value, *summary.right.interval),
        *(summary.learned.count, summary.learned.value, *summary.learned.interval),
        *(summary.quartiles or (None, None, None)),
        *(summary.states.get(state, 0) for state in STATES),
        summary.still_learning,
    )
