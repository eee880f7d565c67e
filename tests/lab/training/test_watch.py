"""Evaluation of blocks of steps with made-up numbers: losses, first steps, and stops."""

import numpy as np
import pytest

from xorviz.core.arrays import Array
from xorviz.core.config import LOSS_NAMES
from xorviz.core.network import LOSSES, sigmoid
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.lab.training.numpy_cohort import LabWatch
from xorviz.lab.training.numpy_steps import BLOCK

XOR = np.array([1.0, 0.0, 1.0, 0.0])


def watch(rules: StopRules = NEVER, loss: str = "sse", count: int = 1) -> LabWatch:
    return LabWatch(loss, count, rules)


def as_kept(logits: Array, loss: str = "sse") -> tuple[Array, Array]:
    """Return errors and parts of losses (K, 4, N) for logits (K, N, 4), in any order of rows."""
    errors = np.abs(sigmoid(logits) - XOR).transpose(0, 2, 1)
    margins = np.where(XOR, logits, -logits).transpose(0, 2, 1)
    return errors, errors if LOSSES[loss].is_square else margins


def going(*sizes: float, loss: str = "sse") -> tuple[Array, Array]:
    """Return a block of one network whose outputs are right, all by the same logits."""
    return as_kept(np.array([[[size, -size, size, -size]] for size in sizes]), loss)


FINE = np.array([True])
RIGHT, LEARNED = 0.5, 5.0
"""Logits that make a network right, and learned."""


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_losses_are_those_of_the_readable_network(loss: str) -> None:
    logits = np.random.default_rng(2).normal(size=(5, 3, 4))
    _, parts = as_kept(logits, loss)
    found = watch(loss=loss, count=3).losses(parts)
    wanted = LOSSES[loss].value(logits, XOR)
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


def test_first_steps_are_counted_from_the_start_of_the_block() -> None:
    looking, none = watch(), np.array([-1])
    looking.stops(*going(RIGHT, -1, RIGHT, -1, RIGHT), FINE)
    assert looking.first_below(0.5, none, 64).tolist() == [66]  # what was before has no say
    assert looking.first_below(0.1, none, 64).tolist() == [-1]
    assert looking.first_below(0.5, np.array([7]), 64).tolist() == [7]


def test_a_short_block_ignores_the_longer_one_before() -> None:
    looking = watch()
    looking.stops(*going(*[-1] * 20, LEARNED), FINE)
    looking.stops(*going(-1, -1, -1), FINE)
    assert looking.first_below(0.5, np.array([-1]), 0).tolist() == [-1]


@pytest.mark.parametrize("sign", [1, -1])
def test_one_wrong_row_makes_a_step_wrong(sign: int) -> None:
    sizes = np.array([9.0, -9, 9, -9])
    sizes[0 if sign < 0 else 1] *= -1
    looking = watch()
    looking.stops(*as_kept(sizes.reshape(1, 1, 4).repeat(2, axis=0)), FINE)
    assert looking.first_below(0.5, np.array([-1]), 0).tolist() == [-1]


@pytest.mark.parametrize(
    ("sizes", "stops"),
    [
        ((-1, -1, LEARNED), True),
        ((-1, LEARNED, -1), True),
        ((LEARNED, LEARNED, LEARNED), False),
        ((LEARNED, -1, LEARNED), True),
        ((LEARNED, -1, -1), False),
    ],
)
def test_a_rule_stops_a_network_when_it_becomes_true(sizes: tuple[float, ...], stops: bool) -> None:
    for rules in (StopRules(None, when_learned=True), StopRules(None, at_loss=0.05)):
        assert watch(rules).stops(*going(*sizes), FINE).tolist() == [stops]
    assert watch().stops(*going(*sizes), FINE).tolist() == [False]


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_numbers_that_are_not_finite_stop_a_network(loss: str) -> None:
    errors, parts = going(*[RIGHT] * (BLOCK + 1), loss=loss)
    assert watch(loss=loss).stops(errors, parts, ~FINE).tolist() == [True]
    assert watch(loss=loss).stops(errors, parts, FINE).tolist() == [False]
    errors[-1, 2, 0] = np.nan
    assert watch(loss=loss).stops(errors, parts, FINE).tolist() == [True]


@pytest.mark.parametrize("size", [np.inf, 1.7e308, 1e308])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_cross_entropy_that_overflows_stops_a_network(size: float, sign: int) -> None:
    # Four losses of 1e308 are finite one by one, but not their sum; in the middle of a block.
    errors, margins = going(RIGHT, RIGHT, RIGHT, loss="cross-entropy")
    margins[1] = sign * size
    looking, is_wrong = watch(loss="cross-entropy"), sign < 0
    with np.errstate(all="ignore"):
        stops = looking.stops(errors, margins, FINE)
    assert stops.tolist() == [is_wrong or not np.isfinite(size)]


def test_a_large_finite_cross_entropy_does_not_stop_a_network() -> None:
    errors, margins = going(RIGHT, RIGHT, loss="cross-entropy")
    margins[1, 0, 0] = -1e302
    assert watch(loss="cross-entropy").stops(errors, margins, FINE).tolist() == [False]
