"""Labels and explanations of a run's settings, and names of the functions of two bits."""

from xorviz.core.config import ROWS

_NAMES = (
    "never", "x1 nor x2", "x2 and not x1", "not x1", "x1 and not x2", "not x2", "x1 xor x2",
    "x1 nand x2", "x1 and x2", "x1 equals x2", "x2", "x1 implies x2", "x1", "x2 implies x1",
    "x1 or x2", "always",
)  # fmt: skip
"""Index: the number whose binary digits are the outputs for 11 10 01 00."""


def _targets(number: int) -> str:
    """Return a function's targets in the order of ROWS, as four digits."""
    return "".join(str(number >> (2 * x1 + x2) & 1) for x1, x2 in ROWS)


FUNCTIONS = {_targets(number): name for number, name in enumerate(_NAMES)}
"""Names of the sixteen functions by their targets."""

STARTS = {
    "uniform": "drawn evenly",
    "zero": "all zero",
    "equal": "all equal",
    "nearly-equal": "nearly equal",
    "default-rng": "drawn by default_rng",
}
"""Texts for the values of RunConfig.init."""

LABELS = {
    "width": "Width",
    "rate": "Learning rate",
    "seed": "Seed",
    "activation": "Activation",
    "loss": "Loss",
    "biases": "Biases",
    "momentum": "Momentum",
    "init": "Start",
    "init_range": "Init range ±",
    "perturbation": "Perturbation ±",
    "targets": "Learns",
}
"""Labels of the fields."""

WHATS_THIS = {
    "width": "How many hidden units the network has. Another width starts the run again.",
    "rate": (
        "The learning rate: each step moves every weight by this times the gradient of the loss "
        "as the formula below states it. A change applies from the next step and is marked on "
        "the loss curve."
    ),
    "seed": (
        "Which initial weights are drawn. The same seed gives the same weights every time; "
        "another one starts the run again."
    ),
    "activation": "How a hidden unit answers to its input. The output unit is always a sigmoid.",
    "loss": (
        "What training makes small. Rates compare only under one formula: half the loss at "
        "twice the rate is the same training."
    ),
    "biases": (
        "Whether each unit may shift its line away from the origin. The biases are drawn after "
        "the weights, so that those stay as they are."
    ),
    "momentum": (
        "How much of the last step's movement is carried into the next. A change applies from "
        "the next step and is marked on the loss curve."
    ),
    "init": (
        "Where weights and biases start: drawn, all zero, all equal, or equal but for a "
        "perturbation. Hidden units that start the same learn the same, for ever. NumPy's "
        "default_rng draws them unit by unit, as a published experiment does."
    ),
    "init_range": (
        "Initial weights are drawn evenly from minus to plus this; where all start equal, they "
        "start at this. It means nothing where all are zero."
    ),
    "perturbation": (
        "How far nearly equal weights start from each other: to each is added what is drawn "
        "evenly from minus to plus this."
    ),
    "targets": "Which function of the two inputs is to be learned.",
}
