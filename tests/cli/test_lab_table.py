"""Results of the lab as a table and as JSON."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.support.lab import SMALL, WILD, trained_snapshot
from xorviz.cli.lab import as_json, seeds_text, table
from xorviz.cli.lab_options import Seeds
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import LOSS_FORMULAS, RunConfig
from xorviz.lab.plan import LabPlan, recipes_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot


@pytest.fixture(scope="module")
def small() -> LabSnapshot:
    return trained_snapshot(SMALL)


def lines_of(picture: LabSnapshot) -> list[str]:
    return table(picture).replace(THIN_SPACE, " ").splitlines()


def with_correct(count: int, networks: int) -> LabSnapshot:
    """Return a finished lab of one recipe with this number of correct networks."""
    plan = LabPlan((RunConfig(),), range(networks), 1)
    done, error = np.ones(networks, dtype=bool), np.where(np.arange(networks) < count, 0, 0.5)
    return replace(LabResults(plan).snapshot(), done=done, error=error)


def test_shares_have_confidence_intervals() -> None:
    *_, heading, line = lines_of(with_correct(425, 500))
    assert re.split(" {2,}", heading.strip()) == [
        *(
            "networks",
            "correct (95 %)",
            "learned (95 %)",
            "first correct step (quartiles)",
            "states",
        )
    ]
    networks, right, learned, _, states = re.split(" {2,}", line.strip())
    assert networks == "500"
    assert right == learned == "85.0 % (81.6 to 87.9)"
    assert sum(map(int, re.findall(r"\d+", states))) == 500


def test_networks_still_learning_have_a_column_where_there_are_any() -> None:
    plan = LabPlan(recipes_of({"rate": [0.001, 0.5]}), range(20), 1500)
    seen = trained_snapshot(plan)
    *_, heading, slow, fast = lines_of(seen)
    assert re.split(" {2,}", heading.strip())[-2:] == ["still learning when stopped", "states"]
    counts = [int(seen.still_learning[plan.places_of(recipe)].sum()) for recipe in (0, 1)]
    assert counts[0] == 0 < counts[1]
    for line, count in zip((slow, fast), counts, strict=True):
        assert re.split(" {2,}", line.strip())[-2] == str(count)
    told = [recipe["still_learning"] for recipe in json.loads(as_json(seen, NUMPY))["recipes"]]
    assert told == counts
    assert "still learning" not in table(with_correct(425, 500))


def test_none_and_all_have_intervals_too() -> None:
    plan = LabPlan(recipes_of({"targets": [(1, 1, 1, 1), (0, 1, 0, 1)]}, RunConfig(rate=1)),
                   range(10), 60)  # fmt: skip
    all_of_them, none = lines_of(trained_snapshot(plan))[-2:]
    assert "100.0 % (72.2 to 100.0)" in all_of_them
    assert re.search(r" 0\.0 % \(0\.0 to 27\.8\) .* - +\S", none)


def test_a_warning_says_that_early_results_are_not_representative() -> None:
    warning = "Networks that stop early finish first, so these rates do not represent all networks."
    stops = StopRules(at_step=None, when_learned=True)
    short = replace(SMALL, steps=20)
    for plan in (short, replace(short, rules=stops), replace(short, rules=StopRules(at_loss=0.1))):
        can_stop = plan is not short
        assert (warning in lines_of(trained_snapshot(plan, range(2)))) is can_stop
        assert warning not in lines_of(trained_snapshot(plan))


def test_all_but_one_is_not_rounded_to_all() -> None:
    picture = with_correct(9999, 10_000)
    assert "99.9 % (99.9 to 100.0)" in table(picture)
    assert json.loads(as_json(picture, NUMPY))["recipes"][0]["right"]["share"] == 0.9999


def test_only_varying_settings_have_columns(small: LabSnapshot) -> None:
    who, what, blank, heading, *lines = lines_of(small)
    assert who == ("6 networks of each recipe, from the initial weights of seeds 0..5: 700 steps")
    assert what == (
        "activation sigmoid, loss sse = Σ(t−y)², momentum 0, "
        "initial weights uniform, initial range 1, targets x1 xor x2"
    )
    assert blank == ""
    assert heading.split()[:5] == ["width", "rate", "(sse)", "biases", "networks"]
    settings = [tuple(line.split()[:3]) for line in lines]
    assert settings == [(w, r, b) for w in "23" for r in ("0.1", "5") for b in ("off", "on")]


def test_columns_are_aligned_to_the_right(small: LabSnapshot) -> None:
    *_, heading, first, second = lines_of(small)[:6]
    for name in ("networks", "correct (95 %)", "first correct step (quartiles)"):
        end = heading.index(name) + len(name)
        for line in (first, second):
            assert line[end - 1] != " "
            assert line[end : end + 2] == "  "
    assert all(line == line.rstrip() for line in lines_of(small))


def test_the_rate_is_shown_with_the_formula_of_the_loss() -> None:
    base = RunConfig(rate=0.5)
    (one,) = (
        line for line in lines_of(trained_snapshot(LabPlan((base,), range(2), 5))) if "rate" in line
    )
    assert f"rate 0.5, activation sigmoid, loss sse = {LOSS_FORMULAS['sse']}," in one
    plan = LabPlan(recipes_of({"rate": [1, 2], "loss": ["mse", "sse"]}), range(2), 5)
    heading, first, *_ = lines_of(trained_snapshot(plan))[-5:]
    assert re.search(r"^rate +loss ", heading)
    assert re.search(r"^   1  mse = ¼Σ\(t−y\)²", first)


def test_stop_rules_are_named() -> None:
    head = lines_of(trained_snapshot(WILD))[0]
    assert head.endswith(
        "of seeds 7,3,4294967295: 300 steps, or until learned, or until the loss is 0.001"
    )
    one = LabPlan((RunConfig(),), (7,), 1, StopRules(at_step=None))
    assert lines_of(trained_snapshot(one))[0] == (
        "1 network, from the initial weights of seed 7: 1 step"
    )


def test_only_relevant_settings_of_the_initial_weights_are_named() -> None:
    for init, text in (
        ("zero", "initial weights zero, targets"),
        (
            "nearly-equal",
            "initial weights nearly-equal, initial range 1, perturbation 1e−06, targets",
        ),
    ):
        picture = trained_snapshot(LabPlan((RunConfig(init=init),), range(2), 5))
        assert text in lines_of(picture)[1]


def test_unfinished_networks_are_not_counted() -> None:
    picture = trained_snapshot(SMALL, [3])
    lines = lines_of(picture)[4:]
    assert lines[0].split()[3:] == ["0", "-", "-", "-", "-"]
    assert lines[3].split()[3] == "6"
    done = picture.done.copy()
    done[SMALL.places_of(3).start] = False
    assert " 5 of 6 " in lines_of(replace(picture, done=done))[7]


def test_long_lists_of_seeds_are_cut() -> None:
    plan = LabPlan((RunConfig(),), tuple(range(0, 200, 2)), 1)
    head = lines_of(LabResults(plan).snapshot())[0]
    assert head.startswith("100 networks, from the initial weights of seeds 0,2,4,")
    assert re.search(r",\d\d,…: 1 step$", head)


def test_seeds_are_written_as_they_are_read() -> None:
    for text in ("0..499", "7", "1,2,7", "3..5,9,11..12", "5,4,3"):
        seeds = Seeds().parse(text)
        written = seeds_text(seeds)
        assert list(Seeds().parse(written)) == list(seeds)
        assert len(written) <= len(text)


def test_json_has_the_plan_and_each_recipe(small: LabSnapshot) -> None:
    text = as_json(small, NUMPY)
    assert text.count("\n") == 1
    value = json.loads(text)
    assert value["plan"] == {
        "seeds": "0..5",
        "steps": 700,
        "stop_when_learned": False,
        "stop_at_loss": None,
        "networks": 48,
    }
    assert value["kernel"] == "numpy"
    assert len(value["recipes"]) == 8
    for number, recipe in enumerate(value["recipes"]):
        summary = small.summary(number)
        assert summary is not None
        assert RunConfig.from_dict(recipe["config"]) == SMALL.recipes[number]
        assert "seed" not in recipe["config"]
        assert recipe["networks"] == 6
        for name in ("right", "learned"):
            share = getattr(summary, name)
            low, high = share.interval
            wanted = {"count": share.count, "share": share.value, "low": low, "high": high}
            assert recipe[name] == wanted
        quartiles = recipe["first_right"]
        assert (tuple(quartiles.values()) if quartiles else None) == summary.quartiles
        assert recipe["states"] == summary.states
    assert {recipe["first_right"] is None for recipe in value["recipes"]} == {True, False}


def test_json_without_results_is_valid() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    value = json.loads(as_json(LabResults(SMALL).snapshot(), NUMPY), parse_constant=refuse)
    assert value["recipes"][0]["networks"] == 0
    assert value["recipes"][0]["right"] is value["recipes"][0]["first_right"] is None


def test_columns_stay_aligned_when_characters_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = LabPlan(recipes_of({"loss": ["sse", "half-mse"]}), range(4), 9)
    monkeypatch.setattr("xorviz.cli.lab.printable", lambda text: text.replace("Σ", "sum of "))
    lines = table(trained_snapshot(plan)).splitlines()
    heading, *rows = lines[-3:]
    assert "sum of " in rows[0]
    column = "networks  "
    end = heading.index(column) + len("networks")
    assert [row[end - 1 : end + 2] for row in rows] == ["4  ", "4  "]
