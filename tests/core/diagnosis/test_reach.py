"""What networks cannot learn, against networks that are trained."""

from itertools import product

import pytest

from tests.support.cases import some
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.diagnosis.reach import limit_text, most_right
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS

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


@pytest.mark.parametrize("biases", some([False, True], 1))
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
    """Return the most rows that any of 24 runs had right, and whether one learned them."""
    right, learns = 0, False
    for seed in range(24):
        loss, init_range = ("sse", "cross-entropy")[seed % 2], 1 if seed % 3 else 4
        values = {"seed": seed, "rate": 0.3, "loss": loss, "init_range": init_range}
        trainer = Trainer(RunConfig.from_dict(config.to_dict() | values), kernel="numba")
        for _ in range(8):
            trainer.advance(500)
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
