"""Settings that are offered as failing do fail."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.diagnosis.breaking import STUCK_SEED, broken
from xorviz.core.settings import LOSS_NAMES, RunConfig
from xorviz.files import assets
from xorviz.lab.results.findings import train_many

STEPS = 60_000


def test_the_quick_start_breaks_with_the_same_seed_rate_and_loss() -> None:
    config = assets.quick_start().config
    assert broken(config) == replace(config, width=2, biases=False)
    assert config.seed == STUCK_SEED


@pytest.mark.thorough
@pytest.mark.parametrize("loss", some(LOSS_NAMES, 1))
def test_what_is_broken_is_never_correct(loss: str) -> None:
    random = np.random.default_rng(0)
    recipes = [
        RunConfig(rate=float(np.exp(random.uniform(*np.log([0.01, 5])))), momentum=m, loss=loss)
        for m in random.uniform(0, 0.9, 60).tolist()
    ]
    tried = [broken(recipe) for recipe in (*recipes, assets.quick_start().config)]
    found = train_many([config for config in tried if config is not None], STEPS)
    assert len(found.error) == len(tried)
    assert (found.first_right < 0).all()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_without_biases_tanh_and_relu_fail_from_every_seed(activation: str) -> None:
    config = RunConfig(width=8, rate=0.5, activation=activation, biases=True, init_range=2)
    tried = [broken(replace(config, seed=seed)) for seed in range(50)]
    assert [c.seed for c in tried if c is not None] == list(range(50))
    assert (train_many([c for c in tried if c is not None], 2000).first_right < 0).all()


@pytest.mark.parametrize(
    "settings",
    [
        {"width": 2},
        {"width": 1},
        {"targets": (0, 0, 0, 1)},
        {"rate": 6},
        {"momentum": 0.95},
        {"init": "equal"},
        {"init_range": 2},
    ],
)
def test_nothing_is_offered_that_was_not_tried(settings: dict[str, object]) -> None:
    assert broken(RunConfig.from_dict(settings)) is None
    assert broken(RunConfig()) is not None
