"""Checks of training steps made by hand, for what shows them."""

from xorviz.core.check.rules.rule import NO_HIDDEN_SLOPE
from xorviz.core.check.step_check import CORRECT, FAULTY, Finding, Repair, StepCheck, StepRule
from xorviz.core.network import Weights, gradient, initial_weights
from xorviz.core.settings import RunConfig

RULE = StepRule(loss="sse", rate=0.5, activation="sigmoid", output="sigmoid", batch="full")
SLOPE = Repair(
    ("w1", "b1"),
    NO_HIDDEN_SLOPE,
    "w1 and b1: hidden slope left out. Your change of w1[0, 0] is 0.2, the gradient’s 0.05.",
    "δ = (y − t) · w2",
    "δ = (y − t) · w2 · h · (1 − h)",
    "d_h = d_z @ w2.T",
    "d_h = d_z @ w2.T * h * (1 - h)",
)
"""For a network with biases."""
FOUND = "w1 and b1 change as if the slope of the hidden units were left out."


def correct_step(width: int = 3, biases: bool = True) -> StepCheck:
    """Return the check of a step of this network that is right."""
    exact = _exact(width, biases)
    names = ("w1", "b1", "w2", "b2") if biases else ("w1", "w2")
    arrays = dict.fromkeys(names, Finding(CORRECT, 0.5, 1e-15))
    return StepCheck(CORRECT, RULE, arrays, "A correct step at rate 0.5.", exact, exact)


def faulty_step(width: int = 3) -> StepCheck:
    """Return the check of a step whose hidden layer changes four times too much."""
    exact = _exact(width, biases=True)
    assert exact.b1 is not None
    yours = Weights(4 * exact.w1, 4 * exact.b1, exact.w2, exact.b2)
    wrong, right = Finding(NO_HIDDEN_SLOPE, 0.5, 1e-12), Finding(CORRECT, 0.5, 1e-15)
    arrays = {"w1": wrong, "b1": wrong, "w2": right, "b2": right}
    notes = ("The numbers are rounded to 32 bit.",)
    return StepCheck(FAULTY, RULE, arrays, FOUND, yours, exact, (SLOPE,), notes)


def _exact(width: int, biases: bool) -> Weights:
    config = RunConfig(width=width, biases=biases, rate=0.5)
    return gradient(initial_weights(config), config).each(lambda slope: -0.5 * slope)
