"""A network that is trained by its own few lines, as people write them, and what it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xorviz.core.arrays import Array
from xorviz.watching.states_file import StatesReader

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
TARGETS = np.array([[0], [1], [1], [0]], dtype=float)
RATE = 0.5


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


@dataclass
class Program:
    """Arrays that each step changes in place."""

    w1: Array
    b1: Array
    w2: Array
    b2: Array

    @classmethod
    def of(cls, width: int = 3, seed: int = 1) -> "Program":
        """Return a network with drawn weights."""
        draw = np.random.default_rng(seed).normal
        return cls(draw(size=(2, width)), draw(size=width), draw(size=(width, 1)), draw(size=1))

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """Return the arrays themselves."""
        return self.w1, self.b1, self.w2, self.b2

    @property
    def line(self) -> Array:
        """Return a copy of all numbers in their order: w1 row by row, b1, w2, b2."""
        return np.concatenate([array.ravel() for array in self.arrays])

    def predict(self, x: Array) -> Array:
        """Return the outputs (R, 1) for rows (R, 2)."""
        return sigmoid(sigmoid(x @ self.w1 + self.b1) @ self.w2 + self.b2)

    def step(self) -> None:
        """Take a step by the sum of squared errors."""
        h = sigmoid(INPUTS @ self.w1 + self.b1)
        y = sigmoid(h @ self.w2 + self.b2)
        d_y = 2 * (y - TARGETS) * y * (1 - y)
        d_h = d_y @ self.w2.T * h * (1 - h)
        self.w1 -= RATE * INPUTS.T @ d_h
        self.b1 -= RATE * d_h.sum(axis=0)
        self.w2 -= RATE * h.T @ d_y
        self.b2 -= RATE * d_y.sum(axis=0)


def trained(see: Callable[..., None], steps: int = 50) -> Array:
    """Train a network and show it before each step; return all its numbers (steps, P)."""
    program, seen = Program.of(), []
    for _ in range(steps):
        seen.append(program.line)
        see(*program.arrays)
        program.step()
    return np.array(seen)


def shown(path: Path) -> dict[int, Array]:
    """Return the states in a file by their steps, which rise."""
    states = StatesReader(path).read()
    assert (np.diff(states.steps) > 0).all()
    return dict(zip(states.steps.tolist(), states.numbers, strict=True))
