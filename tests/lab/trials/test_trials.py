"""What is told of a change is what becomes of a network that is really trained with it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.support.cases import FEW_RECIPES, some, text_of
from tests.support.reference import XOR, Networks
from xorviz.core.analysis.curvature import curvature_of, followed, kicked
from xorviz.core.diagnosis.reach import most_right
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import Weights, flat, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import numbers_of
from xorviz.core.runs.snapshot import RIGHT_ERROR, Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import SETTINGS, SQUARED, RunConfig
from xorviz.core.steps import fresh_memory, joined, memory_sizes
from xorviz.lab.results.success import Proportion
from xorviz.lab.training.cohort import Start
from xorviz.lab.trials import trials as trial
from xorviz.lab.trials.trials import (
    FEWEST_SEEDS,
    Change,
    Tried,
    changes_to,
    outlook,
    ranked,
    trial_of,
    what_helps,
)

SADDLE = RunConfig(rate=0.5, seed=3)
TRAP = RunConfig(width=2, biases=True, rate=0.5, seed=13)
FAST = RunConfig(width=2, rate=0.1, momentum=0.9, seed=16, biases=True, loss="mse")
STATES = {"saddle": (SADDLE, 300), "trap": (TRAP, 3000), "with momentum": (FAST, 200)}


@cache
def helps(name: str) -> tuple[Tried, ...]:
    """Try all changes at a state, those by chance with few steps: it is what takes time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "_SECONDS", 0.3)
        return what_helps(branched(name).snapshot())


def branched(name: str) -> Trainer:
    """Return a run at the state of that name, which can be changed."""
    kernels.prepare(NUMBA)  # which has the bits of NumPy, and is faster
    config, steps = STATES[name]
    trainer = Trainer(config, kernel=NUMBA)
    trainer.advance(steps)
    return trainer


def put(trainer: Trainer, weights: Weights) -> None:
    for field, index, value in numbers_of(weights):
        trainer.intervene(field, value, index)


def made(change: Change, name: str, seed: int = 0) -> Trainer:
    """Return a run after the change, as a person makes it."""
    trainer, settings = branched(name), change.settings
    seen = trainer.snapshot()
    if "kick" in settings:
        put(trainer, kicked(seen.weights, settings["kick"], seed))
    elif "follow" in settings:
        curvature = curvature_of(seen.weights, seen.config)
        lower = followed(seen.weights, seen.config, curvature)
        assert lower is not None
        put(trainer, lower)
    elif "steps" not in settings:
        for field, value in settings.items():
            trainer.intervene(field, value)
    return trainer


def fate(trainer: Trainer, steps: int) -> tuple[bool, int | None]:
    """Train until learned; return whether all rows are correct, and after how many steps first."""
    begun = trainer.step
    trainer.advance(steps, StopRules(at_step=None, when_learned=True))
    seen = trainer.snapshot()
    first = seen.record.right.first
    return bool(seen.right.all()), None if first is None else max(first - begun, 1)


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(STATES, 1))
def test_a_certain_change_does_what_is_told(name: str) -> None:
    certain = [one for one in helps(name) if one.change.is_certain]
    assert len(certain) >= 4
    for one in certain:
        steps = 3000 if one.median_steps is None else one.steps
        is_right, first = fate(made(one.change, name), steps)
        assert (is_right, one.low, one.high) == (one.helped, one.helped, one.helped)
        if one.helped:
            assert first == one.median_steps


@pytest.mark.thorough
def test_kicks_do_what_is_told() -> None:
    for one in helps("saddle"):
        if "kick" in one.change.settings:
            fates = [fate(made(one.change, "saddle", seed), 4000) for seed in (500, 501, 502)]
            assert one.right == Proportion(FEWEST_SEEDS, FEWEST_SEEDS)
            assert all(is_right for is_right, _ in fates)


@pytest.mark.thorough
def test_what_starts_again_is_trained_from_the_weights_of_other_seeds() -> None:
    found = {one.change.name: one for one in helps("trap")}
    for name, settings in {"another seed": {}, "one more unit": {"width": 3}}.items():
        one = found[name]
        config = replace(TRAP, **settings)  # type: ignore[arg-type]
        seeds = range(500, 500 + one.right.of)
        own = Networks.drawn(config.width, config.biases, seeds)
        own.train(config.rate, one.steps)
        errors = np.abs(own.outputs()[1].T - XOR)
        assert one.right.count == int((errors < RIGHT_ERROR).all(axis=1).sum())
        assert one.right.of >= FEWEST_SEEDS
        assert (one.low, one.high) == one.right.interval


def tried(count: int, of: int, steps: float | None, name: str = "x") -> Tried:
    change = Change(name, name.upper(), {}, TRAP)
    return Tried(change, Proportion(count, of), steps, 100, "learned")


def test_the_best_is_first() -> None:
    many, few = tried(45, 50, 300), tried(9, 10, 10)
    slow, fast = tried(50, 50, 900), tried(50, 50, 90)
    never = tried(0, 50, None)
    assert ranked([never, few, many, slow, fast]) == (fast, slow, many, few, never)
    longer = Change("run longer", "Train longer", {}, TRAP, Start(np.zeros(9)))
    certain = replace(tried(1, 1, 900), change=longer)
    assert ranked([fast, certain])[0] is certain
    stuck = replace(tried(0, 1, None), change=longer, state="stuck")
    assert [one.text for one in (many, certain, stuck)] == [
        *("45 of 50", "correct after 900 more steps", "stuck after 100 more steps")
    ]
    assert outlook([many, certain, stuck]) == (
        f"From these weights: train longer, {certain.text}; train longer, {stuck.text}."
    )


def test_json_has_the_numbers() -> None:
    assert tried(49, 50, 640).to_dict() == {
        "change": "x",
        "settings": {},
        "right": 49,
        "of": 50,
        "low": pytest.approx(0.895, abs=5e-4),
        "high": pytest.approx(0.996, abs=5e-4),
        "median_steps": 640,
        "steps": 100,
        "state": "learned",
    }


def names(config: RunConfig) -> set[str]:
    return {change.name for change in changes_to(config, None, 100)}


def test_what_cannot_help_is_not_tried() -> None:
    assert names(RunConfig(width=1, biases=True)) == {"one more unit", "width 4"}
    assert names(RunConfig(activation="tanh")) - {"tanh output"} == {"biases", "sigmoid units"}
    assert names(RunConfig(width=1, activation="relu")) == {"width 4 and biases"}


def test_a_setting_that_the_run_has_is_not_tried() -> None:
    config = RunConfig(width=64, biases=True, momentum=0.9, rate=1000, loss="cross-entropy")
    assert names(config) == {
        *("run longer", "smaller rate", "momentum 0", "another seed", "tanh units", "relu units"),
        *("larger initial weights", "smaller initial weights", "row by row", "shuffled", "adam"),
    }
    assert names(replace(config, loss="mean-cross-entropy")) == names(config)
    assert "random initial weights" in names(RunConfig(init="zero"))
    assert "random initial weights" in names(RunConfig(init="nearly-equal"))
    assert "random initial weights" not in names(RunConfig(init="default-rng"))
    adam = names(RunConfig(optimizer="adam", batch="pass", init="fan-in", output="tanh"))
    assert {"all rows at once", "shuffled", "gradient descent", "biases"} <= adam
    assert not {"momentum 0.9", "row by row", "adam", "cross-entropy"} & adam
    assert not {name for name in adam if "initial weights" in name}


@pytest.mark.parametrize("config", FEW_RECIPES, ids=text_of)
def test_every_change_is_allowed_matters_and_can_begin(config: RunConfig) -> None:
    memory = joined(fresh_memory(config))
    here = Start(flat(initial_weights(config)), memory, step=7)
    found = changes_to(config, here, 100)
    for change in found:
        for name in change.settings.keys() & SETTINGS.keys():
            assert SETTINGS[name].matters(change.config)
            if name in {"batch", "optimizer", "loss"}:  # the memory of another would not fit
                assert change.start is None
        _, begun = (change.start or Start(here.parameters)).for_seed(0, change.config)
        assert len(begun) == sum(memory_sizes(change.config).values())
    names = {change.name for change in found}
    assert len(names) == len(found)
    assert all(most_right(change.config) == 4 for change in found)
    wanted = {name for name, settings in KINDS.items() if is_new(config, settings)}
    assert names & KINDS.keys() == wanted


KINDS: dict[str, dict[str, Any]] = {
    **{name: {"batch": batch} for name, batch in
       (("all rows at once", "full"), ("row by row", "pass"), ("shuffled", "shuffled"))},
    "adam": {"optimizer": "adam"},
    "gradient descent": {"optimizer": "gradient-descent"},
    "tanh output": {"output": "tanh"},
    "momentum 0.9": {"momentum": 0.9},
    "cross-entropy": {"loss": "cross-entropy"},
}  # fmt: skip


def is_new(config: RunConfig, settings: dict[str, Any]) -> bool:
    """Return whether settings are allowed, matter, and make another network that can learn."""
    ((name, value),) = settings.items()
    if getattr(config, name) == value or (name == "loss" and config.loss not in SQUARED):
        return False
    with suppress(SettingError):
        changed = replace(config, **settings)
        return SETTINGS[name].matters(changed) and most_right(changed) == 4
    return False


def test_an_unknown_rate_is_tried_widely() -> None:
    known = changes_to(RunConfig(rate=0.5), None, 100, knows_rate=False)
    rates = [change.config.rate for change in known if change.name.startswith("rate ")]
    assert rates == [0.01, 0.1, 0.5, 1, 10]


def test_a_run_can_restart_with_another_rate_or_momentum_too() -> None:
    here = Start(flat(initial_weights(TRAP)), None, 7)
    found = [one for one in changes_to(TRAP, here, 100) if one.title.startswith("Restart with ")]
    names = {f"{name}, anew" for name in ("larger rate", "smaller rate", "momentum 0.9")}
    assert {one.name for one in found} == names
    assert all(one.start is None for one in found)


def plans(subject: Snapshot | RunConfig) -> Iterator[tuple[int, int]]:
    for one in trial_of(subject).rounds:
        yield len(one.plan.seeds), one.plan.steps


def test_a_recipe_alone_is_trained_from_the_start_and_five_times_longer() -> None:
    assert [steps for _, steps in plans(TRAP)] == [20_000, 100_000]
    assert all(seeds >= FEWEST_SEEDS for seeds, _ in plans(TRAP))
    assert all(change.start is None for change in trial_of(TRAP).changes)


def test_a_wide_network_takes_fewer_steps_but_not_fewer_seeds() -> None:
    wide = Trainer(RunConfig(width=64)).snapshot()
    first, (seeds, steps) = plans(wide)
    assert (first, seeds) == ((1, 20_000), FEWEST_SEEDS)
    assert 5000 <= steps < 20_000
    assert next(plans(RunConfig(width=64))) == (FEWEST_SEEDS, 20_000)


@pytest.mark.parametrize("batch", ["full", "pass", "shuffled"])
def test_where_chance_plays_a_part_row_by_row_takes_no_longer_than_is_allowed(batch: str) -> None:
    *_, often = trial_of(Trainer(RunConfig(width=2, biases=True, batch=batch)).snapshot()).rounds
    assert often.plan.seconds(trial._CORES) < 1.3 * trial._SECONDS
    assert (len(often.plan.seeds), often.plan.steps >= 1000) == (FEWEST_SEEDS, True)


def test_equal_initial_weights_are_tried_once_since_no_seed_changes_them() -> None:
    trainer = Trainer(RunConfig(width=2, rate=0.5, init="equal"))
    trainer.advance(100)
    once, often = trial_of(trainer.snapshot()).rounds
    assert [len(once.plan.seeds), len(often.plan.seeds) >= FEWEST_SEEDS] == [1, True]
    assert {"width 4", "biases", "run longer"} <= {change.name for change in once.changes}
    kicks = {f"kick of {size}" for size in ("0.01", "0.1", "1")}
    assert {change.name for change in often.changes} == {"random initial weights", *kicks}
