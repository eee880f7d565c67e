"""The first advice for stuck networks, and every share shown, measured again."""

from contextlib import closing
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from xorviz.core.diagnosis.states import STATES
from xorviz.core.kernels.compiler import chosen
from xorviz.core.runs.record import Checkpoint, Streak
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.lab.results.findings import Findings, findings_of
from xorviz.lab.results.success import Proportion
from xorviz.lab.training.cohort import Cohort, Start
from xorviz.lab.training.training import advanced
from xorviz.lab.trials.trials import Trial, Tried, carried_out, trial_of
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import worker_processes

KERNEL = chosen(None)
"""The fastest that is installed."""
STEPS = 20_000
LEARNED = StopRules(at_step=None, when_learned=True)


def config(width: int, biases: bool) -> RunConfig:
    return RunConfig(width=width, biases=biases, rate=0.5)


@cache
def seeds_0_to_499(width: int, biases: bool) -> Cohort:
    recipe = config(width, biases)
    configs = [replace(recipe, seed=seed) for seed in range(500)]
    return advanced(Cohort.drawn(configs), STEPS, kernel=KERNEL)


@cache
def failed(width: int, biases: bool) -> dict[str, list[int]]:
    """Return the seeds of those that are not correct, by their state."""
    found = findings_of(seeds_0_to_499(width, biases))
    seeds: dict[str, list[int]] = {}
    for seed in np.flatnonzero(~found.right).tolist():
        seeds.setdefault(STATES[found.state[seed]], []).append(seed)
    return seeds


def all_tried(subject: Snapshot) -> Trial:
    with closing(Lab(worker_processes(), kernel=KERNEL)) as lab:
        *_, last = carried_out(trial_of(subject), lab.run, lab.workers.count)
    return last


def stuck(width: int, biases: bool, state: str) -> Snapshot:
    """Return the first failed network in a state, as its run ended."""
    trainer = Trainer(replace(config(width, biases), seed=failed(width, biases)[state][0]), KERNEL)
    trainer.advance(STEPS)
    return trainer.snapshot()


def right_of_others(one: Tried) -> float:
    """Return the share of 500 other seeds that are correct after a change."""
    change = one.change
    configs = [replace(change.config, seed=seed) for seed in range(1000, 1500)]
    others = Cohort.drawn(configs, [change.start] * len(configs))
    found: Findings = findings_of(advanced(others, one.steps, LEARNED, KERNEL))
    return float(found.right.mean())


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("width", "biases", "state"), [(2, True, "one row learned"), (2, False, "three rows learned")]
)
def test_the_first_advice_holds_for_other_seeds(width: int, biases: bool, state: str) -> None:
    first = all_tried(stuck(width, biases, state)).tried[0]
    assert first.right.value > 0.9
    if first.change.is_certain:
        assert is_right_in_a_run(first, first.change.config)
    else:
        assert first.low <= right_of_others(first) <= first.high


def is_right_in_a_run(one: Tried, recipe: RunConfig) -> bool:
    """Train one network of a change as a run, whose weights are set one by one."""
    trainer, change = Trainer(recipe, KERNEL), one.change
    if change.start is not None:
        put(trainer, change.start)
    trainer.advance(one.steps, LEARNED)
    return bool(trainer.snapshot().right.all())


def put(trainer: Trainer, start: Start) -> None:
    """Put a run that has not begun into a state; with a kick, its seed moves the weights."""
    parameters, velocity = start.for_seed(trainer.config.seed, trainer.config)
    trainer.resume(trainer.record(), Checkpoint(0, parameters, -velocity, Streak(), Streak()))


@pytest.mark.thorough
def test_every_share_shown_is_that_of_runs_really_trained() -> None:
    trial = all_tried(stuck(2, True, "two rows learned"))
    assert len(trial.tried) == len(trial.changes) > 12
    for one in trial.tried:
        seeds = trial.seeds_of(one.change)
        runs = (is_right_in_a_run(one, replace(one.change.config, seed=seed)) for seed in seeds)
        assert one.right == Proportion(sum(runs), len(seeds)), one.change.name
