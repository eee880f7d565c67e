"""Networks of people whose code is wrong: none is told to wait, and most are told why.

Six at a time are trained by a small program with one fault, in plain NumPy, and each goes through
the command diagnose as its weights or its outputs.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.cli.main import main
from xorviz.core.arrays import Array

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([[0.0], [1], [1], [0]])
SEEDS = range(6)
WAITING = re.compile(
    r"let it run|in time|longer|keep training|train(ing)? on|most runs|most networks|leaves? "
    r"by itself|plateau that|be patient|just wait|more steps",
    re.IGNORECASE,
)


def sigmoid(z: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def right_slope(h: Array) -> Array:
    return h * (1 - h)


def slope_of_tanh(h: Array) -> Array:
    return 1 - h**2


def slope_applied_twice(h: Array) -> Array:
    return sigmoid(h) * (1 - sigmoid(h))


@dataclass
class Program:
    """The networks of a person, one for each seed, and the one fault in the code."""

    width: int = 3
    biases: bool = True
    rate: float = 0.5
    steps: int = 1500
    sign: float = 1.0
    activation: str = "sigmoid"
    slope: Callable[[Array], Array] = right_slope
    targets: Array = field(default_factory=XOR.copy)
    start: float | None = None
    is_softmax: bool = False

    def __post_init__(self) -> None:
        shapes = ((2, self.width), (1, self.width), (self.width, 1), (1, 1))
        randoms = [np.random.default_rng(seed) for seed in SEEDS]
        drawn = [[random.uniform(-1, 1, shape) for shape in shapes] for random in randoms]
        self.w1, self.b1, self.w2, self.b2 = (
            np.array(arrays) for arrays in zip(*drawn, strict=True)
        )
        if self.start is not None:
            for arrays in (self.w1, self.b1, self.w2, self.b2):
                arrays[:] = self.start
        if self.activation == "relu":
            self.b1[:] = -9.0
        if not self.biases:
            self.b1[:], self.b2[:] = 0, 0

    def outputs(self) -> tuple[Array, Array]:
        """Return the hidden units' responses, and the outputs in counting order."""
        z = X @ self.w1 + self.b1
        respond = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
        h = respond[self.activation](z)
        y = h @ self.w2 + self.b2
        softmax = np.exp(y) / np.exp(y).sum(axis=-1, keepdims=True)
        return h, softmax if self.is_softmax else sigmoid(y)

    def train(self) -> None:
        """Train by the gradient of the sum of squared errors."""
        for _ in range(self.steps):
            h, y = self.outputs()
            error = self.sign * 2 * (y - self.targets) * y * (1 - y)
            of_others = {"tanh": 1 - h**2, "relu": (h > 0) * 1.0}
            slope = of_others.get(self.activation)
            back = error @ self.w2.swapaxes(1, 2) * (self.slope(h) if slope is None else slope)
            self.w2 -= self.rate * h.swapaxes(1, 2) @ error
            self.w1 -= self.rate * X.T @ back
            if self.biases:
                self.b1 -= self.rate * back.sum(axis=1, keepdims=True)
                self.b2 -= self.rate * error.sum(axis=1, keepdims=True)

    def text(self, seed: int) -> str:
        """Return the weights of one network as JSON."""
        arrays = {"w1": self.w1, "w2": self.w2}
        arrays |= {"b1": self.b1[:, 0], "b2": self.b2[:, 0]} if self.biases else {}
        return json.dumps({name: array[seed].tolist() for name, array in arrays.items()})


FAULTS: dict[str, tuple[Program, str, str | None]] = {
    "slope of tanh": (Program(2, slope=slope_of_tanh), "weights", None),
    "slope twice": (Program(2, slope=slope_applied_twice), "weights", None),
    "no slope": (Program(2, slope=np.zeros_like), "weights", None),
    "missing bias": (Program(biases=False, activation="tanh"), "outputs", "missing bias"),
    "negated targets": (Program(4, targets=1 - XOR), "outputs", "negated"),
    "uphill": (Program(4, sign=-1, steps=4000), "weights", None),
    "zero start": (Program(start=0, steps=100), "weights", "symmetric units"),
    "equal start": (Program(4, start=0.5), "weights", "symmetric units"),
    "another order": (Program(4, targets=XOR[[0, 1, 3, 2]]), "outputs", "another row order"),
    "softmax of one": (Program(is_softmax=True), "outputs", "softmax of one"),
    "dead units": (Program(activation="relu"), "weights", "dead units"),
}


@pytest.mark.parametrize("fault", some(FAULTS, 6))
def test_no_one_with_a_fault_is_told_to_wait(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, fault: str
) -> None:
    def printed(*more: str) -> str:
        assert main(["diagnose", *given, *more]) == 0
        return capsys.readouterr().out

    program, kind, cause = FAULTS[fault]
    program.train()
    outputs = program.outputs()[1]
    # All of them are the same if nothing was drawn.
    for seed in SEEDS if program.start is None else SEEDS[:1]:
        given = ["--outputs", " ".join(map(repr, outputs[seed, :, 0].tolist()))]
        if kind == "weights":
            file = tmp_path / "weights.json"
            file.write_text(program.text(seed))
            given = ["--weights", str(file), "--activation", program.activation]
        said = printed()
        assert not WAITING.findall(said), said
        named = [one["name"] for one in json.loads(printed("--json"))["causes"]]
        assert cause in {None, *named}
