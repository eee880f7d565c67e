"""Training as people write it: one number at a time, row by row, with nothing of the package.

A network is a list of its numbers: the weights from the first input, those from the second, hidden
biases if any, the weights to the output unit, its bias if any.
"""

import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

ROWS = ((1, 0), (0, 0), (0, 1), (1, 1))
"""As targets are ordered."""


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


RESPONSES: dict[str, Callable[[float], float]] = {
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "relu": lambda z: z if z > 0 else 0.0,
    "linear": lambda z: z,
}
SLOPES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda y: y * (1 - y),
    "tanh": lambda y: (1 - y) * (1 + y),
    "relu": lambda y: 1.0 if y > 0 else 0.0,
    "linear": lambda y: 1.0,
}


def splitmix64(seed: int, k: int) -> int:
    """Return the k-th number, from 1, of the generator that begins with a seed."""
    state = number = seed
    for _ in range(k):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        number = state
        number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) % 2**64
        number ^= number >> 31
    return number


class Textbook:
    """A network, and what is needed to train it."""

    def __init__(self, config: Any, numbers: list[float]) -> None:
        self.c, self.w, self.epoch, self.t = config, list(numbers), 0, 0
        self.v = [0.0] * len(numbers)
        self.m1, self.m2 = [0.0] * len(numbers), [0.0] * len(numbers)

    def example(self, row: tuple[int, int]) -> tuple[list[float], float]:
        """Return the inputs and the target as this network has them."""
        bits = [*row, self.c.targets[ROWS.index(row)]]
        if self.c.coding == "plus-minus":
            bits = [1 if bit else -1 for bit in bits]
        return [float(bits[0]), float(bits[1])], float(bits[2])

    def forward(self, x: list[float]) -> tuple[list[float], float]:
        """Return the hidden responses and the output."""
        w, n, h = self.w, self.c.width, []
        for j in range(n):
            z = x[0] * w[j] + x[1] * w[n + j]
            if self.c.biases:
                z += w[2 * n + j]
            h.append(RESPONSES[self.c.activation](z))
        first = 3 * n if self.c.biases else 2 * n
        z = sum(w[first + j] * h[j] for j in range(n))
        if self.c.biases:
            z += w[first + n]
        return h, RESPONSES[self.c.output](z)

    def loss(self) -> float:
        """Return the loss of the four rows."""
        total = 0.0
        for row in ROWS:
            x, t = self.example(row)
            _, y = self.forward(x)
            if "entropy" in self.c.loss:
                total -= t * math.log(y) + (1 - t) * math.log(1 - y)
            else:
                total += (y - t) ** 2
        return total * self.share(4)

    def share(self, rows: int) -> float:
        """Return what each row's part is multiplied by in the loss of so many rows."""
        half = 0.5 if "half" in self.c.loss else 1.0
        return half / rows if self.c.loss in {"mse", "half-mse", "mean-cross-entropy"} else half

    def gradient(self, rows: list[tuple[int, int]]) -> list[float]:
        """Return the derivative of the loss of some rows by each number."""
        n, g = self.c.width, [0.0] * len(self.w)
        first = 3 * n if self.c.biases else 2 * n
        for row in rows:
            x, t = self.example(row)
            h, y = self.forward(x)
            if "entropy" in self.c.loss:
                delta = (y - t) * self.share(len(rows))
            else:
                delta = 2 * (y - t) * SLOPES[self.c.output](y) * self.share(len(rows))
            for j in range(n):
                back = delta * self.w[first + j] * SLOPES[self.c.activation](h[j])
                g[j] += back * x[0]
                g[n + j] += back * x[1]
                g[first + j] += delta * h[j]
                if self.c.biases:
                    g[2 * n + j] += back
            if self.c.biases:
                g[first + n] += delta
        return g

    def update(self, rows: list[tuple[int, int]]) -> None:
        """Change all numbers once."""
        self.t += 1
        for i, g in enumerate(self.gradient(rows)):
            if self.c.optimizer == "adam":
                self.m1[i] = 0.9 * self.m1[i] + (1 - 0.9) * g
                self.m2[i] = 0.999 * self.m2[i] + (1 - 0.999) * g * g
                mean = self.m1[i] / (1 - 0.9**self.t)
                square = self.m2[i] / (1 - 0.999**self.t)
                self.w[i] -= self.c.rate * mean / (math.sqrt(square) + 1e-8)
            else:
                self.v[i] = self.c.momentum * self.v[i] - self.c.rate * g
                self.w[i] += self.v[i]

    def train(self, epochs: int) -> list[float]:
        """Train; return the loss after each epoch."""
        losses = []
        for _ in range(epochs):
            self.epoch += 1
            order = [(int(name[0]), int(name[1])) for name in self.c.row_order.split(",")]
            if self.c.batch == "shuffled":
                orders = list(permutations([(0, 0), (0, 1), (1, 0), (1, 1)]))
                order = list(orders[splitmix64(self.c.seed, self.epoch) % 24])
            if self.c.batch == "full":
                self.update(list(ROWS))
            else:
                for row in order:
                    self.update([row])
            losses.append(self.loss())
        return losses
