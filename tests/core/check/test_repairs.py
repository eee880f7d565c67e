"""Wrong lines: a program that has them makes a step in which they are found."""

from typing import Any

import numpy as np
import pytest

from xorviz.core.check.check import check
from xorviz.core.check.repairs import Program, lines
from xorviz.core.check.rules import rule
from xorviz.core.check.said import OWN, Said
from xorviz.core.network import INPUTS, Weights, initial_weights
from xorviz.core.settings import RunConfig

RATE = 0.5
START = initial_weights(RunConfig(width=3, biases=True))
PROGRAM = """\
z = X @ w1 + b1; h = sigmoid(z); z_y = h @ w2 + b2; y = sigmoid(z_y)
d_y = (y - t) * y * (1 - y)
w2_new = w2 - rate * h.T @ d_y
d_h = d_y @ w2.T * h * (1 - h)
w1 -= rate * X.T @ d_h
b1 -= rate * d_h.sum(axis=0)
w2 -= rate * h.T @ d_y
b2 -= rate * d_y.sum(axis=0)
"""
"""That of the README, with names for what faults use."""
PLANTED: list[tuple[str, tuple[str, ...]]] = [
    (rule.NO_OUTPUT_SLOPE, ("w1", "b1", "w2", "b2")),
    (rule.NO_HIDDEN_SLOPE, ("w1", "b1")),
    (rule.SLOPE_TWICE, ("w1", "b1")),
    (rule.SLOPE_OF_INPUT, ("w1", "b1")),
    (rule.W2_FIRST, ("w1", "b1")),
    (rule.W2_SIGN_LOST, ("w1", "b1")),
    (rule.ERROR_SENT, ("w1", "b1")),
    (rule.NOT_UPDATED, ("b1", "b2")),
    (rule.WRONG_SIGN, ("w1", "b1")),
    (rule.OTHER_RATE, ("b1", "b2")),
    (rule.NO_INPUTS, ("w1",)),
    (rule.TRANSPOSED, ("w1",)),
    (rule.SHARED_BIAS, ("b1",)),
    (rule.ONE_ROW, ("w2", "b2")),
    (rule.TARGETS_INVERTED, ("w1", "b1", "w2", "b2")),
]


def after(program: str) -> Weights:
    """Return the weights after a program has run."""
    each = zip(("w1", "b1", "w2", "b2"), START.arrays(), strict=True)
    names: dict[str, Any] = {name: array.copy() for name, array in each} | {
        "X": INPUTS, "t": np.array([[1.0], [0.0], [1.0], [0.0]]), "rate": RATE, "i": 3, "np": np,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }  # fmt: skip
    exec(program, names)
    return Weights(names["w1"], names["b1"], names["w2"], names["b2"])


@pytest.mark.parametrize(("fault", "arrays"), PLANTED)
def test_a_program_with_the_wrong_line_has_the_fault(fault: str, arrays: tuple[str, ...]) -> None:
    told = lines(fault, arrays, Program("sigmoid", "sigmoid", OWN), (RATE / 4, RATE))
    program = PROGRAM
    for right, wrong in zip(told.right_code.split("\n"), told.wrong_code.split("\n"), strict=True):
        line = right.partition("  #")[0]
        assert f"{line}\n" in PROGRAM
        program = program.replace(f"{line}\n", f"{wrong}\n")
    found = check([START, after(program)], Said(output="sigmoid", loss="sse"))
    assert [(one.fault, one.wrong_code) for one in found.repairs] == [(fault, told.wrong_code)]
