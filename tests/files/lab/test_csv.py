"""Tables of networks and recipes: their contents, and that they read back."""

import csv
import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.core.diagnosis.states import STATES
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files.lab.csv import COLUMNS, networks_csv, recipes_csv, setting_text
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.findings import train_many
from xorviz.lab.results.lab_results import LabResults, LabSnapshot


@pytest.fixture(scope="module")
def small() -> LabSnapshot:
    return trained_snapshot(SMALL)


@pytest.fixture(scope="module")
def wild() -> LabSnapshot:
    return trained_snapshot(WILD)


def table_of(text: str) -> list[dict[str, str]]:
    """Read a table as other programs do."""
    assert text.endswith("\n")
    assert "\r" not in text
    assert text.isascii()
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows = list(reader)
    assert all(None not in row and None not in row.values() for row in rows)
    return rows


def column_of(state: str) -> str:
    """Return the column that counts networks in a state."""
    return f"state_{state.replace(' ', '_')}"


def config_of(row: dict[str, str]) -> RunConfig:
    values: dict[str, Any] = {
        name: setting.rule.parse(row[name]) for name, setting in SETTINGS.items()
    }
    return RunConfig(**values)


@pytest.mark.parametrize("plan", [SMALL, WILD])
def test_each_network_has_a_row_with_its_settings_and_all_its_numbers(
    plan: LabPlan, request: pytest.FixtureRequest
) -> None:
    picture = request.getfixturevalue("small" if plan is SMALL else "wild")
    rows = table_of(networks_csv(picture))
    assert [config_of(row) for row in rows] == [plan.config(place) for place in range(len(plan))]
    result = train_many([plan.config(place) for place in range(len(plan))], plan.steps, plan.rules)
    for i, row in enumerate(rows):
        assert int(row["step"]) == result.steps[i]
        for name in ("first_right", "first_learned", "diverged_at"):
            assert int(row[name] or -1) == getattr(result, name)[i]
        for name, wanted in (
            ("final_loss", result.loss[i]),
            ("gradient_norm", result.gradient_norm[i]),
            *((f"y{x1}{x2}", result.outputs[i][k]) for k, (x1, x2) in enumerate(ROWS)),
        ):
            assert float(row[name]) == wanted or (math.isnan(wanted) and row[name] == "nan")
        assert int(row["right"]) == result.right[i]
        assert int(row["learned"]) == result.learned[i]
        assert row["state"] == result.states[i]


def test_each_row_has_the_requested_steps_and_rules(small: LabSnapshot, wild: LabSnapshot) -> None:
    names = ("steps_wanted", "stop_when_learned", "stop_at_loss")
    for picture, wanted in ((small, ("700", "off", "none")), (wild, ("300", "on", "0.001"))):
        assert {tuple(row[n] for n in names) for row in table_of(networks_csv(picture))} == {wanted}


def test_the_wild_plan_has_every_outcome(wild: LabSnapshot) -> None:
    """The other tests rely on it."""
    rows = table_of(networks_csv(wild))
    assert any(row["state"] == "learned" and int(row["step"]) < 300 for row in rows)
    assert any(not row["first_right"] for row in rows)


def test_networks_that_are_not_done_have_no_row() -> None:
    rows = table_of(networks_csv(trained_snapshot(SMALL, [3])))
    assert [config_of(row) for row in rows] == [SMALL.config(p) for p in SMALL.places_of(3)]
    assert networks_csv(LabResults(SMALL).snapshot()) == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize("recipe", [0, 5, 7])
def test_a_table_can_be_of_one_recipe(small: LabSnapshot, recipe: int) -> None:
    places = SMALL.places_of(recipe)
    header, *lines = networks_csv(small).splitlines()
    wanted = [header, *lines[places.start : places.stop]]
    assert networks_csv(small, places).splitlines() == wanted
    rows = table_of(networks_csv(trained_snapshot(SMALL, [3, 5]), SMALL.places_of(recipe)))
    assert [config_of(row) for row in rows] == [SMALL.config(p) for p in places if recipe == 5]


@pytest.mark.parametrize("write", [networks_csv, recipes_csv])
@pytest.mark.parametrize("name", ["small", "wild"])
def test_column_names_are_distinct(
    write: Callable[[LabSnapshot], str], name: str, request: pytest.FixtureRequest
) -> None:
    names = write(request.getfixturevalue(name)).splitlines()[0].split(",")
    assert len(set(names)) == len(names)
    assert {"right", "learned"} <= set(names)


def test_each_recipe_has_a_row_with_its_summary(small: LabSnapshot) -> None:
    rows = table_of(recipes_csv(small))
    assert len(rows) == 8
    for number, row in enumerate(rows):
        summary, recipe = small.summary(number), SMALL.recipes[number]
        assert summary is not None
        assert (int(row["width"]), float(row["rate"])) == (recipe.width, recipe.rate)
        assert row["biases"] == ("on" if recipe.biases else "off")
        assert int(row["networks"]) == 6
        for name in ("right", "learned"):
            share = getattr(summary, name)
            assert int(row[name]) == share.count
            parts = tuple(float(row[f"{name}_{part}"]) for part in ("share", "low", "high"))
            assert parts == (share.value, *share.interval)
        quartiles = [
            row[f"first_right_{n}"] for n in ("lower_quartile", "median", "upper_quartile")
        ]
        assert tuple(map(float, filter(None, quartiles))) == (summary.quartiles or ())
        counts = {state: int(row[column_of(state)]) for state in STATES}
        assert {state: count for state, count in counts.items() if count} == summary.states
    assert {row["first_right_median"] == "" for row in rows} == {True, False}


def test_only_settings_that_differ_have_a_column(small: LabSnapshot, wild: LabSnapshot) -> None:
    assert recipes_csv(small).startswith("width,rate,biases,networks,right,")
    assert recipes_csv(wild).startswith("rate,momentum,networks,")
    one = trained_snapshot(LabPlan((RunConfig(),), range(2), 10))
    assert recipes_csv(one).startswith("networks,")


def test_a_recipe_without_results_has_empty_fields() -> None:
    rows = table_of(recipes_csv(trained_snapshot(SMALL, [3])))
    assert [row["networks"] for row in rows] == ["0", "0", "0", "6", "0", "0", "0", "0"]
    assert rows[0]["right"] == rows[0]["right_low"] == rows[0]["first_right_median"] == ""
    assert {rows[0][column_of(state)] for state in STATES} == {"0"}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_settings_text_is_read_by_its_rule(name: str) -> None:
    numbers = np.random.default_rng(0).random(50).tolist()
    values = numbers if isinstance(getattr(RunConfig(), name), float) else []
    for value in (getattr(RunConfig(), name), *values):
        assert SETTINGS[name].rule.parse(setting_text(value)) == value
