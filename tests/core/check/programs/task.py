"""What a program is asked to do, and what it can do. Shapes: B rows, H hidden units."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.truth_table import COUNTED, ROWS

SQUARES = ("sse", "half-sse", "mse", "half-mse")
ENTROPIES = ("cross-entropy", "mean-cross-entropy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The settings of a step. A value."""

    activation: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "sse"
    """One of SQUARES and ENTROPIES; a mean is over the rows of the batch."""
    rate: float = 0.5
    batch: str = "full"
    order: tuple[int, ...] = COUNTED
    """The rows that are used, as the program lists them: indices into ROWS."""
    low_input: float = 0.0
    low_target: float = 0.0
    targets: tuple[int, ...] = (1, 0, 1, 0)

    @property
    def x(self) -> Array:
        """(B, 2) inputs."""
        rows = np.array([ROWS[row] for row in self.order], dtype=float)
        return np.where(rows == 0, self.low_input, rows)

    @property
    def t(self) -> Array:
        """(B, 1) targets."""
        bits = np.array([[self.targets[row]] for row in self.order], dtype=float)
        return np.where(bits == 0, self.low_target, bits)

    def batches(self) -> Iterator["Task"]:
        """Yield the tasks of one step each: of a pass, one for each row."""
        if self.batch != "pass":
            yield self
            return
        for row in self.order:
            yield replace(self, batch="row", order=(row,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """What a program can do. A value."""

    activation: tuple[str, ...] = ("sigmoid", "tanh", "relu")
    output: tuple[str, ...] = ("sigmoid", "tanh", "linear")
    loss: tuple[str, ...] = SQUARES + ENTROPIES
    batch: tuple[str, ...] = ("full", "row", "pass")
    biases: tuple[bool, ...] = (False, True)
    width: tuple[int, ...] = (1, 2, 2, 3, 3, 4, 5, 6, 7, 8)


def unpacked(net: Weights, kind: type[Any] = float) -> tuple[Array, Array, Array, Array]:
    """Return w1 (2, H), b1 (H,), w2 (H, 1), b2 (1,) to write to; zeros for missing biases."""
    w1, w2 = net.w1.astype(kind), net.w2.astype(kind)
    b1 = np.zeros(len(w2), kind) if net.b1 is None else net.b1.astype(kind)
    b2 = np.zeros(1, kind) if net.b2 is None else net.b2.astype(kind)
    return w1, b1, w2, b2


def packed(net: Weights, w1: Any, b1: Any, w2: Any, b2: Any) -> Weights:
    """Return these numbers, in any nesting, in the shapes of the network and with its biases."""
    if net.b1 is None or net.b2 is None:
        b1 = b2 = None
    else:
        b1, b2 = np.reshape(b1, net.b1.shape).astype(float), np.reshape(b2, (1,)).astype(float)
    return Weights(
        np.reshape(w1, net.w1.shape).astype(float),
        b1,
        np.reshape(w2, net.w2.shape).astype(float),
        b2,
    )


def drawn(
    random: np.random.Generator, fits: Fits, only: dict[str, tuple[Any, ...]]
) -> tuple[Weights, Task]:
    """Return a random start and random settings that a program fits; some fields are narrower."""

    def one(name: str) -> Any:
        choices = [c for c in getattr(fits, name) if c in only.get(name, (c,))]
        return choices[random.integers(len(choices))]

    width, r = one("width"), (0.1, 1.0, 3.0)[random.integers(3)]
    loss = one("loss")
    output = "sigmoid" if loss in ENTROPIES else one("output")
    batch, order = one("batch"), tuple(int(row) for row in random.permutation(4))
    task = Task(
        activation=one("activation"),
        output=output,
        loss=loss,
        rate=float(f"{10 ** random.uniform(-4, 1):.2g}"),
        batch=batch,
        order=order[:1] if batch == "row" else order,
        low_input=-float(random.integers(2)),
        low_target=0.0 if output == "sigmoid" else -float(random.integers(2)),
        targets=only.get("targets", [tuple(map(int, random.integers(0, 2, 4)))])[0],
    )
    w1, b1, w2, b2 = (random.uniform(-r, r, s) for s in ((2, width), width, (width, 1), 1))
    return (Weights(w1, b1, w2, b2) if one("biases") else Weights(w1, None, w2, None)), task
