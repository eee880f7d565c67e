"""Recipes as text."""

from dataclasses import replace

from tests.support.watched import source_of, watched_record
from xorviz.core.runs.project import continued
from xorviz.core.runs.recipe_text import (
    joined,
    own_part,
    own_settings,
    recipe_parts,
    short_recipe,
    told,
)
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.settings import SETTINGS, RunConfig, start_text


def test_initializations_have_short_texts() -> None:
    texts = {
        RunConfig(): "uniform in [−1, 1]",
        RunConfig(init_range=0.25): "uniform in [−0.25, 0.25]",
        RunConfig(init="zero", init_range=5): "all 0",
        RunConfig(init="equal", init_range=2.5): "all 2.5",
        RunConfig(init="default-rng", init_range=0.5): "uniform in [−0.5, 0.5] by default_rng",
        RunConfig(init="nearly-equal"): "1 ± 10⁻⁶",
        RunConfig(init="nearly-equal", perturbation=2.5e-4): "1 ± 2.5·10⁻⁴",
        RunConfig(init="nearly-equal", init_range=3, perturbation=1e-3): "3 ± 0.001",
    }
    assert {config: start_text(config) for config in texts} == texts


def test_only_unusual_settings_are_mentioned_and_never_the_seed() -> None:
    usual = "width 3 · rate 0.01 · Σ(t−y)² · no biases · initial weights uniform in [−1, 1]"
    assert joined(recipe_parts(RunConfig(seed=7)).values()) == usual
    config = RunConfig(activation="relu", biases=True, momentum=0.5, targets=(0, 0, 0, 1))
    assert joined(recipe_parts(config).values()) == (
        "width 3 · rate 0.01 · relu · Σ(t−y)² · biases · momentum 0.5 · "
        "initial weights uniform in [−1, 1] · targets 0 0 0 1"
    )


def test_of_two_runs_each_says_in_what_it_differs() -> None:
    slow, plain = RunConfig(rate=0.5), Record(RunConfig())
    change = Intervention(3, "w1", -2.5, (0, 2))
    changed, kicked = replace(plain, interventions=(change,)), replace(change, index=(1, 1))
    watched = watched_record(steps=(0, 9), name="theirs")
    for mine, other, said in (
        (replace(plain, config=slow), plain, ("rate 0.5", "rate 0.01")),
        (changed, plain, ("1 change", "unchanged")),
        (replace(changed, interventions=(change, kicked)), plain, ("2 changes", "unchanged")),
        (watched, continued(watched, 0), ("theirs", "trained by xorviz")),
    ):
        assert own_part(mine.config, mine, other.config, other) == said[0]
        assert own_part(other.config, other, mine.config, mine) == said[1]


def test_only_settings_that_differ_are_listed() -> None:
    run = RunConfig(rate=2, biases=True, targets=(1, 1, 1, 1))
    assert own_settings(run, RunConfig()) == "rate 2, biases on, targets always"
    assert own_settings(RunConfig(), RunConfig()) == ""
    assert own_settings(RunConfig(), RunConfig(width=2), RunConfig(rate=2)) == "width 3, rate 0.01"
    for mine in (run, RunConfig(momentum=0.9, activation="relu", loss="mean-cross-entropy")):
        assert told(RunConfig(), own_settings(mine, RunConfig()), SETTINGS) == mine
    assert told(run, "", SETTINGS) == run


def test_a_watched_run_has_no_initial_scheme_and_says_what_is_assumed() -> None:
    config = RunConfig(rate=0.5, activation="tanh", momentum=0.9, targets=(0, 0, 0, 1))
    assert joined(recipe_parts(config, source_of()).values()) == (
        "width 3 · rate 0.5 · tanh · Σ(t−y)² · no biases · momentum 0.9 · targets 0 0 0 1"
    )
    names = ("rate", "activation", "loss", "momentum", "targets")
    assert joined(recipe_parts(config, source_of(assumed=names)).values()) == (
        "width 3 · rate 0.5 assumed · tanh assumed · Σ(t−y)² assumed · no biases · "
        "momentum 0.9 assumed · targets 0 0 0 1 assumed"
    )


def test_a_short_recipe_has_the_seed_or_the_name_of_a_watched_run() -> None:
    config = RunConfig(rate=0.5)
    assert short_recipe(config, Record(config)) == "width 3, rate 0.5, seed 1234"
    watched = watched_record(config, (0, 1), assumed=("rate",))
    assert short_recipe(config, watched) == "my network, watched: width 3, rate 0.5 assumed"
    assert short_recipe(config, continued(watched, 1)) == "width 3, rate 0.5, given weights"
