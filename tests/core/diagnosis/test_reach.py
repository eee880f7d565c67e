"""What networks cannot learn, against networks that are trained."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.diagnosis.reach import STUCK_SEED, broken, limit_text, most_right
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files import assets
from xorviz.lab.results.findings import train_many

XOR, AND = (1, 0, 1, 0), (0, 0, 0, 1)
FUNCTIONS = list(product((0, 1), repeat=len(ROWS)))
ALWAYS_SHORT = {(0, 0, 0, 1), (1, 1, 1, 0), XOR, (0, 1, 0, 1)}
"""Functions of which one ReLU unit without biases gets two rows right, but no trained one does."""


@pytest.mark.parametrize(
    ("config", "most"),
    [
        (RunConfig(width=1), 2),
        (RunConfig(width=1, biases=True), 3),
        (RunConfig(width=1, activation="tanh"), 2),
        (RunConfig(width=1, targets=AND), 3),
        (RunConfig(width=1, targets=AND, biases=True), 4),
        (RunConfig(width=1, targets=(1, 1, 1, 1)), 4),
        (RunConfig(width=2), 4),
        (RunConfig(width=8, activation="relu"), 3),
        (RunConfig(width=8, activation="relu", biases=True), 4),
    ],
)
def test_the_rows_that_can_be_right_are_known(config: RunConfig, most: int) -> None:
    assert most_right(config) == most
    text = limit_text(config)
    assert text.startswith(f"at most {most} of 4 rows can be correct: ") if most < 4 else not text


@pytest.mark.parametrize("biases", some([True, False], 1))
@pytest.mark.parametrize("activation", some(["sigmoid", "tanh", "relu"], 1))
def test_one_unit_learns_what_it_can_and_no_more(activation: str, biases: bool) -> None:
    for targets in FUNCTIONS:
        config = RunConfig(width=1, activation=activation, biases=biases, targets=targets)
        right, learns = trained(config)
        assert learns == (most_right(config) == 4), config
        if activation == "relu" and not biases and targets in ALWAYS_SHORT:
            assert right <= most_right(config), config
        else:
            assert right == most_right(config), config


def trained(config: RunConfig) -> tuple[int, bool]:
    """Return the most rows that any of 16 runs had right, and whether one learned them."""
    right, learns = 0, False
    for seed in range(16):
        loss, init_range = ("sse", "cross-entropy")[seed % 2], 1 if seed % 3 else 4
        values = {"seed": seed, "rate": 0.3, "loss": loss, "init_range": init_range}
        trainer = Trainer(RunConfig.from_dict(config.to_dict() | values), kernel="numba")
        for steps in (500, 3500):
            trainer.advance(steps)
            seen = trainer.snapshot()
            right = max(right, int(seen.right.sum()))
            learns = learns or seen.learned_since is not None
        if learns:
            break
    return right, learns


def test_one_unit_is_never_told_that_it_will_leave_a_plateau() -> None:
    hopes = ("leave", "in time", "plateau", "at this pace", "Let it run", "longer", "seed", "kick")
    for config in (
        RunConfig(width=1, rate=0.5),
        RunConfig(width=1, rate=0.5, biases=True),
        RunConfig(width=1, rate=1e-5, biases=True),
        RunConfig(width=1, rate=0.5, targets=AND),
        RunConfig(width=1, rate=0.5, activation="tanh"),
    ):
        trainer = Trainer(config, kernel="numba")
        for steps in (1, 9, 490, 2500, 17_000):
            trainer.advance(steps)
            diagnosis = diagnose_seen(trainer.snapshot())
            told = " ".join((diagnosis.sentence, *diagnosis.advice))
            assert not [hope for hope in hopes if hope in told], (config, told)
            assert diagnosis.evidence.steps_left is None
            assert not diagnosis.is_good


STEPS = 60_000


def test_the_quick_start_breaks_with_the_same_seed_rate_and_loss() -> None:
    config = assets.quick_start().config
    assert broken(config) == replace(config, width=2, biases=False)
    assert config.seed == STUCK_SEED


@pytest.mark.thorough
@pytest.mark.parametrize("loss", ["sse", "cross-entropy"])
def test_what_is_broken_is_never_correct(loss: str) -> None:
    random = np.random.default_rng(0)
    recipes = [
        RunConfig(rate=float(np.exp(random.uniform(*np.log([0.01, 5])))), momentum=m, loss=loss)
        for m in random.uniform(0, 0.9, 20).tolist()
    ]
    tried = [broken(recipe) for recipe in (*recipes, assets.quick_start().config)]
    found = train_many([config for config in tried if config is not None], STEPS)
    assert len(found.error) == len(tried)
    assert (found.first_right < 0).all()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_without_biases_tanh_and_relu_fail_from_every_seed(activation: str) -> None:
    config = RunConfig(width=8, rate=0.5, activation=activation, biases=True, init_range=2)
    tried = [broken(replace(config, seed=seed)) for seed in range(20)]
    assert [c.seed for c in tried if c is not None] == list(range(20))
    assert (train_many([c for c in tried if c is not None], 2000).first_right < 0).all()


def test_nothing_is_offered_that_was_not_tried() -> None:
    assert broken(RunConfig()) is not None
    assert broken(RunConfig(rate=5, momentum=0.9)) is not None
    for settings in (
        *({"width": 2}, {"width": 1}, {"targets": AND}, {"rate": 5.01}, {"momentum": 0.91}),
        *({"init": "equal"}, {"init_range": 2}),
    ):
        assert broken(RunConfig.from_dict(settings)) is None
