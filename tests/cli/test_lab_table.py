"""Results of the lab as a table and as JSON."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.cli.lab import as_json, table
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot


@pytest.fixture(scope="module")
def small() -> LabSnapshot:
    return trained_snapshot(SMALL)


def lines_of(picture: LabSnapshot) -> list[str]:
    return table(picture).replace(THIN_SPACE, " ").splitlines()


def cells_of(line: str) -> list[str]:
    return re.split(" {2,}", line.strip())


def with_correct(count: int, networks: int) -> LabSnapshot:
    """Return a finished lab of one recipe with this number of correct networks."""
    plan = LabPlan((RunConfig(),), range(networks), 1)
    done, error = np.ones(networks, dtype=bool), np.where(np.arange(networks) < count, 0, 0.5)
    return replace(LabResults(plan).snapshot(), done=done, error=error)


def test_networks_still_learning_have_a_column_where_there_are_any() -> None:
    plan = LabPlan(recipes_of({"rate": [0.001, 0.5]}), range(20), 1500)
    seen = trained_snapshot(plan)
    *_, heading, slow, fast = lines_of(seen)
    assert cells_of(heading)[-2:] == ["still learning when stopped", "states"]
    counts = [int(seen.still_learning[plan.places_of(recipe)].sum()) for recipe in (0, 1)]
    assert counts[0] == 0 < counts[1]
    assert [int(cells_of(line)[-2]) for line in (slow, fast)] == counts
    told = [recipe["still_learning"] for recipe in json.loads(as_json(seen, NUMPY))["recipes"]]
    assert told == counts
    assert "still learning" not in table(with_correct(425, 500))


def test_a_warning_says_that_early_results_are_not_representative() -> None:
    stops = StopRules(at_step=None, when_learned=True)
    short = replace(SMALL, steps=20)
    for plan in (short, replace(short, rules=stops), replace(short, rules=StopRules(at_loss=0.1))):
        for recipes, is_warned in (((0, 1), plan is not short), (None, False)):
            lines = lines_of(trained_snapshot(plan, recipes))
            assert any("do not represent all" in line for line in lines) == is_warned


def test_only_varying_settings_have_columns(small: LabSnapshot) -> None:
    who, what, _, heading, *lines = lines_of(small)
    assert who == "6 networks of each recipe, from the initial weights of seeds 0..5: 700 steps"
    for text in ("activation sigmoid", "Σ(t−y)²", "momentum 0", "uniform", "targets x1 xor x2"):
        assert text in what
    assert heading.split()[:5] == ["width", "rate", "(sse)", "biases", "networks"]
    settings = [tuple(line.split()[:3]) for line in lines]
    assert settings == [(w, r, b) for w in "23" for r in ("0.1", "5") for b in ("off", "on")]
    end = heading.index("networks") + len("networks")
    assert all(line[end - 1 : end + 2] == "6  " for line in lines)  # columns are aligned


def test_the_head_names_stop_rules_seeds_and_settings_that_matter() -> None:
    head = lines_of(trained_snapshot(WILD))[0]
    assert head.endswith("300 steps, or when learned, or at loss 0.001")
    many = LabPlan((RunConfig(),), tuple(range(0, 200, 2)), 1)
    head = lines_of(LabResults(many).snapshot())[0]
    assert re.search(r"^100 networks, .* seeds 0,2,4,.*,\d\d,…: 1 step$", head)
    one = LabPlan((RunConfig(init="zero"),), (7,), 1, StopRules(at_step=None))
    head, settings, *_ = lines_of(trained_snapshot(one))
    assert head == "1 network, from the initial weights of seed 7: 1 step"
    assert "initial weights zero, targets" in settings  # a range means nothing for them
    two = LabPlan(recipes_of({"rate": [1, 2], "loss": ["mse", "sse"]}), range(2), 5)
    heading, first, *_ = lines_of(trained_snapshot(two))[-5:]
    assert re.search(r"^rate +loss ", heading)  # rates of several losses do not compare
    assert re.search(r"^   1  mse = ¼Σ\(t−y\)²", first)


def test_unfinished_networks_are_not_counted() -> None:
    picture = trained_snapshot(SMALL, (3,))
    lines = lines_of(picture)[4:]
    assert lines[0].split()[3:] == ["0", "-", "-", "-", "-"]
    assert lines[3].split()[3] == "6"
    done = picture.done.copy()
    done[SMALL.places_of(3).start] = False
    assert " 5 of 6 " in lines_of(replace(picture, done=done))[7]
    value = json.loads(as_json(LabResults(SMALL).snapshot(), NUMPY), parse_constant=pytest.fail)
    first = value["recipes"][0]
    assert (first["networks"], first["right"], first["first_right"]) == (0, None, None)


def test_json_has_the_plan_and_each_recipe(small: LabSnapshot) -> None:
    value = json.loads(as_json(small, NUMPY))
    plan = {"seeds": "0..5", "steps": 700, "networks": 48}
    assert value["plan"] == plan | {"stop_when_learned": False, "stop_at_loss": None}
    assert (value["kernel"], len(value["recipes"])) == ("numpy", 8)
    lines = lines_of(small)[4:]
    for number, recipe in enumerate(value["recipes"]):
        summary = small.summary(number)
        assert summary is not None
        assert RunConfig.from_dict(recipe["config"]) == SMALL.recipes[number]
        assert "seed" not in recipe["config"]
        for name in ("right", "learned"):
            share = getattr(summary, name)
            assert tuple(recipe[name].values()) == (share.count, share.value, *share.interval)
        quartiles = recipe["first_right"]
        assert (tuple(quartiles.values()) if quartiles else None) == summary.quartiles
        assert (f"{quartiles['median']:g} (" if quartiles else " -  ") in lines[number]
        assert (recipe["networks"], recipe["states"]) == (6, summary.states)
