"""As micrograd (Andrej Karpathy, 2020): every number remembers how its gradient flows back."""

import math
from collections.abc import Callable

from tests.core.check.programs.task import Fits, Task, packed, unpacked
from xorviz.core.network import Weights

FITS = Fits()


def logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


class Value:
    """A number and its gradient."""

    def __init__(self, data: float, children: "tuple[Value, ...]" = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.children = children
        self.back: Callable[[], None] = lambda: None

    def __add__(self, other: "Value") -> "Value":
        out = Value(self.data + other.data, (self, other))

        def back() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.back = back
        return out

    def __mul__(self, other: "Value") -> "Value":
        out = Value(self.data * other.data, (self, other))

        def back() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.back = back
        return out

    def of(self, result: float, derivative: float) -> "Value":
        """Return a function of this number."""
        out = Value(result, (self,))

        def back() -> None:
            self.grad += derivative * out.grad

        out.back = back
        return out

    def sigmoid(self) -> "Value":
        s = logistic(self.data)
        return self.of(s, s * (1 - s))

    def tanh(self) -> "Value":
        t = math.tanh(self.data)
        return self.of(t, 1 - t**2)

    def relu(self) -> "Value":
        return self.of(max(self.data, 0.0), 1.0 if self.data > 0 else 0.0)

    def linear(self) -> "Value":
        return self

    def softplus(self) -> "Value":
        """Return ln(1 + exp(z)), of which cross-entropy is made."""
        return self.of(
            max(self.data, 0.0) + math.log1p(math.exp(-abs(self.data))), logistic(self.data)
        )

    def backward(self) -> None:
        topo, visited = [], set()

        def build(v: "Value") -> None:
            if v not in visited:
                visited.add(v)
                for child in v.children:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v.back()


def loss_of(task: Task, z: Value, target: float) -> Value:
    """Return the loss of one row, from the input of the output unit."""
    if task.loss in {"cross-entropy", "mean-cross-entropy"}:
        loss = z.softplus() + z * Value(-target)
    else:
        error = getattr(z, task.output)() + Value(-target)
        loss = error * error
    factor = 0.5 if task.loss in {"half-sse", "half-mse"} else 1.0
    if task.loss in {"mse", "half-mse", "mean-cross-entropy"}:
        factor /= len(task.order)
    return loss * Value(factor)


def step(net: Weights, task: Task) -> Weights:
    numbers = [[Value(v) for v in array.ravel().tolist()] for array in unpacked(net)]
    w1, b1, w2, b2 = numbers
    width = len(b1)
    total = Value(0.0)
    for (x1, x2), (target,) in zip(task.x.tolist(), task.t.tolist(), strict=True):
        out = b2[0]
        for j in range(width):
            z = w1[j] * Value(x1) + w1[width + j] * Value(x2) + b1[j]
            out = out + getattr(z, task.activation)() * w2[j]
        total = total + loss_of(task, out, target)
    total.backward()
    for array in numbers:
        for p in array:
            p.data -= task.rate * p.grad
    return packed(net, *([p.data for p in array] for array in numbers))
