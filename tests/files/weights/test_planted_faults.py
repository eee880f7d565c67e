"""Sixty-six networks of people whose code is wrong: none is told to wait, and most are told why.

Each is trained by a small program with one fault, in plain NumPy, and goes through the command
diagnose as its weights or its outputs.
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
WAITING = re.compile(
    r"let it run|in time|longer|keep training|train(ing)? on|most runs|most networks|leaves? "
    r"by itself|plateau that|be patient|just wait|more steps",
    re.IGNORECASE,
)


def sigmoid(z: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def right_slope(z: Array, h: Array) -> Array:
    return h * (1 - h)


def slope_of_tanh(z: Array, h: Array) -> Array:
    return 1 - h**2


def slope_applied_twice(z: Array, h: Array) -> Array:
    return sigmoid(h) * (1 - sigmoid(h))


def no_slope(z: Array, h: Array) -> Array:
    return np.zeros_like(h)


@dataclass
class Program:
    """A person's network, and the one fault in it."""

    seed: int
    width: int = 3
    biases: bool = True
    rate: float = 0.5
    steps: int = 1500
    sign: float = 1.0
    activation: str = "sigmoid"
    slope: Callable[[Array, Array], Array] = right_slope
    targets: Array = field(default_factory=XOR.copy)
    start: str = "drawn"
    is_softmax: bool = False

    def trained(self) -> "Program":
        """Train, in place, by the gradient of the sum of squared errors."""
        self._draw()
        for _ in range(self.steps):
            z, h, y = self._outputs()
            error = self.sign * 2 * (y - self.targets) * y * (1 - y)
            slope = (h > 0) * 1.0 if self.activation == "relu" else self.slope(z, h)
            if self.activation == "tanh":
                slope = 1 - h**2
            back = error @ self.w2.T * slope
            self.w2 -= self.rate * h.T @ error
            self.w1 -= self.rate * X.T @ back
            if self.biases:
                self.b1 -= self.rate * back.sum(axis=0)
                self.b2 -= self.rate * error.sum(axis=0)
        return self

    @property
    def outputs(self) -> Array:
        """(4,) in counting order."""
        return np.asarray(self._outputs()[2][:, 0])

    @property
    def text(self) -> str:
        """The weights as JSON."""
        named = {"w1": self.w1, "w2": self.w2}
        if self.biases:
            named |= {"b1": self.b1, "b2": self.b2}
        return json.dumps({name: array.tolist() for name, array in named.items()})

    def _draw(self) -> None:
        random = np.random.default_rng(self.seed)
        shapes = ((2, self.width), (self.width,), (self.width, 1), (1,))
        self.w1, self.b1, self.w2, self.b2 = (random.uniform(-1, 1, shape) for shape in shapes)
        if self.start == "zero":
            self.w1, self.b1, self.w2, self.b2 = (np.zeros(shape) for shape in shapes)
        elif self.start == "equal":
            self.w1, self.b1, self.w2, self.b2 = (np.full(shape, 0.5) for shape in shapes)
        elif self.start == "dead":
            self.b1 = np.full(self.width, -9.0)
        if not self.biases:
            self.b1, self.b2 = np.zeros(self.width), np.zeros(1)

    def _outputs(self) -> tuple[Array, Array, Array]:
        z = X @ self.w1 + self.b1
        tanh_or_relu = np.tanh(z) if self.activation == "tanh" else np.maximum(z, 0)
        h = sigmoid(z) if self.activation == "sigmoid" else np.asarray(tanh_or_relu)
        y = h @ self.w2 + self.b2
        return (
            z,
            h,
            np.exp(y) / np.exp(y).sum(axis=1, keepdims=True) if self.is_softmax else sigmoid(y),
        )


SEEDS = range(6)
OTHER_ORDER = XOR[[0, 1, 3, 2]]
"""Targets of another order of the rows: 0 0, 0 1, 1 1, 1 0."""
FAULTS: dict[str, tuple[list[Program], str, str | None]] = {
    "slope of tanh": ([Program(s, 2, slope=slope_of_tanh) for s in SEEDS], "weights", None),
    "slope twice": ([Program(s, 2, slope=slope_applied_twice) for s in SEEDS], "weights", None),
    "no slope": ([Program(s, 2, slope=no_slope) for s in SEEDS], "weights", None),
    "missing bias": (
        [Program(s, biases=False, activation="tanh") for s in SEEDS], "outputs", "missing bias",
    ),
    "negated targets": ([Program(s, 4, targets=1 - XOR) for s in SEEDS], "outputs", "negated"),
    "uphill": ([Program(s, 4, sign=-1, steps=4000) for s in SEEDS], "weights", None),
    "zero start": (
        [Program(s, start="zero", steps=50 * s + 1) for s in SEEDS], "weights", "symmetric units",
    ),
    "equal start": (
        [Program(s, 2 + s, start="equal") for s in SEEDS], "weights", "symmetric units",
    ),
    "another order": (
        [Program(s, 4, targets=OTHER_ORDER) for s in SEEDS], "outputs", "another row order",
    ),
    "softmax of one": (
        [Program(s, is_softmax=True) for s in SEEDS], "outputs", "softmax of one",
    ),
    "dead units": (
        [Program(s, activation="relu", start="dead") for s in SEEDS], "weights", "dead units",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", some(FAULTS, 5))
def test_no_one_with_a_fault_is_told_to_wait(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, fault: str
) -> None:
    def printed(*more: str) -> str:
        assert main(["diagnose", *given, *more]) == 0
        return capsys.readouterr().out

    programs, kind, cause = FAULTS[fault]
    for program in programs:
        program.trained()
        given = ["--outputs", " ".join(map(repr, program.outputs.tolist()))]
        if kind == "weights":
            file = tmp_path / "weights.json"
            file.write_text(program.text)
            given = ["--weights", str(file), "--activation", program.activation]
        said = printed()
        assert not WAITING.findall(said), said
        named = [one["name"] for one in json.loads(printed("--json"))["causes"]]
        assert cause in {None, *named}
