"""What networks cannot learn, against networks that are trained."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from xorviz.core.diagnosis.reach import STUCK_SEED, broken, limit_text, most_right
from xorviz.core.network import head_of, outputs, parameter_count, weights_of
from xorviz.core.runs.snapshot import RIGHT_ERROR
from xorviz.core.settings import ACTIVATION_NAMES, CODING_WORDS, OUTPUT_WORDS, RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files import assets
from xorviz.lab.results.findings import train_many

XOR, AND = (1, 0, 1, 0), (0, 0, 0, 1)
FUNCTIONS = list(product((0, 1), repeat=len(ROWS)))


@pytest.mark.parametrize(
    ("config", "most"),
    [
        (RunConfig(width=1), 2),
        (RunConfig(width=1, targets=AND, biases=True), 4),
        (RunConfig(width=2), 4),
        (RunConfig(width=8, activation="relu"), 3),
        (RunConfig(width=8, activation="relu", biases=True), 4),
    ],
)
def test_the_rows_that_can_be_right_are_known(config: RunConfig, most: int) -> None:
    assert most_right(config) == most
    text = limit_text(config)
    assert text.startswith(f"at most {most} of 4 rows can be correct: ") if most < 4 else not text
    if (config.width, config.targets) == (1, XOR):
        negated = limit_text(replace(config, targets=(0, 1, 0, 1)))
        assert negated == text.replace("XOR needs two", "its complement needs two") != text


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("coding", CODING_WORDS)
@pytest.mark.parametrize("output", OUTPUT_WORDS)
def test_no_weights_have_more_rows_right(output: str, coding: str, biases: bool) -> None:
    random = np.random.default_rng(0)
    for width, kind in product((1, 2, 3), ACTIVATION_NAMES):
        config = RunConfig(width, activation=kind, biases=biases, output=output, coding=coding)
        shape = 4000 // width, parameter_count(config)
        weights = random.normal(size=shape) * 10 ** random.uniform(-1, 1.3, shape)
        y, head = outputs(weights_of(weights, config), config), head_of(config)
        for targets in FUNCTIONS:
            most = most_right(replace(config, targets=targets))
            right = (head.errors(y, np.array(targets)) < RIGHT_ERROR).sum(axis=-1).max()
            assert right <= most, (config, targets)
            assert right >= most - (width > 1), (config, targets)


def test_a_target_below_a_sigmoid_is_named_and_the_first_thing_to_change() -> None:
    config = RunConfig(coding="plus-minus", biases=True)
    assert "never below 0" in limit_text(config)
    assert most_right(config) == sum(config.targets)
    assert not limit_text(replace(config, output="tanh"))


STEPS = 60_000


def test_the_quick_start_breaks_with_the_same_seed_rate_and_loss() -> None:
    config = assets.quick_start().config
    assert broken(config) == replace(config, width=2, biases=False)
    assert config.seed == STUCK_SEED


BREAKABLE = [
    replace(assets.quick_start().config, loss=loss, rate=rate, momentum=momentum)
    for loss in ("sse", "cross-entropy")
    for rate, momentum in ((0.01, 0.9), (0.5, 0.0), (1.7, 0.45), (5.0, 0.9))
]
FIXED = [
    RunConfig(8, 0.5, seed, activation, biases=True, init_range=2)
    for activation in ("tanh", "relu")
    for seed in range(20)
]


@pytest.mark.parametrize(
    ("tried", "steps"),
    [pytest.param(BREAKABLE, STEPS, marks=pytest.mark.thorough), (BREAKABLE[::3], 4000),
     (FIXED, 2000)],
)  # fmt: skip
def test_what_is_broken_is_never_correct(tried: list[RunConfig], steps: int) -> None:
    """Of sigmoid units with one seed, of tanh and ReLU units with every seed."""
    made = [recipe for config in tried if (recipe := broken(config)) is not None]
    assert [c.seed for c in made] == [
        STUCK_SEED if c.activation == "sigmoid" else c.seed for c in tried
    ]
    for activation in sorted({c.activation for c in made}):
        alike = [c for c in made if c.activation == activation]
        assert (train_many(alike, steps).first_right < 0).all()


def test_nothing_is_offered_that_was_not_tried() -> None:
    assert broken(RunConfig()) is not None
    assert broken(RunConfig(rate=5, momentum=0.9)) is not None
    every_seed = RunConfig(coding="plus-minus", output="tanh", batch="pass", optimizer="adam")
    assert broken(every_seed) == replace(every_seed, width=2)
    for settings in (
        *({"width": 2}, {"width": 1}, {"targets": AND}, {"rate": 5.01}, {"momentum": 0.91}),
        *({"init": "equal"}, {"init_range": 2}, {"init": "fan-in"}, {"batch": "pass"}),
        *({"batch": "shuffled"}, {"optimizer": "adam"}, {"output": "linear"}),
    ):
        assert broken(RunConfig.from_dict(settings)) is None
