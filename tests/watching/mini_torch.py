"""A stand-in for PyTorch with the parts of its interface that the example uses.

Its gradients are taken by reverse mode, as PyTorch does it. Where PyTorch is installed, the tests
use that.
"""

from collections.abc import Callable, Iterator
from copy import copy
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Numbers

Back = Callable[[Array], None]


class Tensor:
    """A value and its gradient; like those of PyTorch, it gives its numbers only detached."""

    def __init__(self, data: Any, back: Back | None = None, needs: bool = True) -> None:
        self.data: Numbers = np.array(data, dtype=np.float32)
        self.grad: Array | None = None
        self._back, self.requires_grad = back, needs

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def detach(self) -> "Tensor":
        shared = copy(self)
        shared.requires_grad = False
        return shared

    def cpu(self) -> "Tensor":
        return self

    def numpy(self, *_: object, **__: object) -> Numbers:
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.data

    __array__ = numpy

    def backward(self, slope: Any = 1.0) -> None:
        if self._back is not None:
            self._back(np.asarray(slope))
        elif self.requires_grad:
            self.grad = slope if self.grad is None else self.grad + slope

    def __sub__(self, other: "Tensor") -> "Tensor":
        return Tensor(self.data - other.data, self.backward)

    def __pow__(self, power: int) -> "Tensor":
        return Tensor(self.data**power, lambda d: self.backward(d * power * self.data))

    def sum(self) -> "Tensor":
        return Tensor(self.data.sum(), lambda d: self.backward(d * np.ones_like(self.data)))

    def flatten(self) -> Numbers:
        return self.data.ravel()


class Linear:
    """A layer whose weight has a row for each unit."""

    def __init__(self, inputs: int, outputs: int) -> None:
        bound = inputs**-0.5
        self.weight = Tensor(_draw.uniform(-bound, bound, (outputs, inputs)))
        self.bias = Tensor(_draw.uniform(-bound, bound, outputs))

    def __call__(self, x: Tensor) -> Tensor:
        def back(slope: Array) -> None:
            self.weight.backward(slope.T @ x.data)
            self.bias.backward(slope.sum(axis=0))
            x.backward(slope @ self.weight.data)

        return Tensor(x.data @ self.weight.data.T + self.bias.data, back)


class Sigmoid:
    """A layer of sigmoids."""

    def __call__(self, x: Tensor) -> Tensor:
        y = 1 / (1 + np.exp(-x.data))
        return Tensor(y, lambda slope: x.backward(slope * y * (1 - y)))


class Sequential:
    """Layers in a row, whose parameters are named by their places."""

    def __init__(self, *layers: Any) -> None:
        self._layers = layers

    def __call__(self, x: Tensor) -> Tensor:
        for layer in self._layers:
            x = layer(x)
        return x

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        for place, layer in enumerate(self._layers):
            yield from ((f"{place}.{name}", parameter) for name, parameter in vars(layer).items())

    def parameters(self) -> Iterator[Tensor]:
        return (parameter for _, parameter in self.named_parameters())


class SGD:
    """Gradient descent."""

    def __init__(self, parameters: Iterator[Tensor], lr: float) -> None:
        self._parameters, self._rate = list(parameters), np.float32(lr)

    def zero_grad(self) -> None:
        for parameter in self._parameters:
            parameter.grad = None

    def step(self) -> None:
        for parameter in self._parameters:
            assert parameter.grad is not None
            parameter.data -= self._rate * parameter.grad.astype(np.float32)


_draw = np.random.default_rng(1)


def mini_torch() -> ModuleType:
    """Return the stand-in as a module."""
    module = ModuleType("torch")
    module.__dict__.update(
        tensor=lambda data: Tensor(data, needs=False),
        manual_seed=lambda seed: None,
        nn=SimpleNamespace(Linear=Linear, Sigmoid=Sigmoid, Sequential=Sequential),
        optim=SimpleNamespace(SGD=SGD),
    )
    return module
