"""As "Neural Networks and Deep Learning" (Michael Nielsen, 2015): a class and mini-batches."""

import numpy as np

from tests.core.check.programs.task import Fits, Task, packed, unpacked
from xorviz.core.arrays import Array
from xorviz.core.network import Weights

FITS = Fits(activation=("sigmoid",), output=("sigmoid",), loss=("half-mse",), biases=(True,))


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z: Array) -> Array:
    return sigmoid(z) * (1 - sigmoid(z))


class Network:
    """Layers of sigmoid neurons; biases are columns."""

    def __init__(self, weights: list[Array], biases: list[Array]) -> None:
        self.weights = weights
        self.biases = biases

    def update_mini_batch(self, mini_batch: list[tuple[Array, Array]], eta: float) -> None:
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b, strict=True)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w, strict=True)]
        rate = eta / len(mini_batch)
        self.weights = [w - rate * nw for w, nw in zip(self.weights, nabla_w, strict=True)]
        self.biases = [b - rate * nb for b, nb in zip(self.biases, nabla_b, strict=True)]

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights, strict=True):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])
        nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].T)]
        delta = np.dot(self.weights[-1].T, delta) * sigmoid_prime(zs[-2])
        return [delta, *nabla_b], [np.dot(delta, activations[-3].T), *nabla_w]

    def cost_derivative(self, output_activations: Array, y: Array) -> Array:
        return output_activations - y


def step(net: Weights, task: Task) -> Weights:
    w1, b1, w2, b2 = unpacked(net)
    network = Network([w1.T, w2.T], [b1[:, None], b2[:, None]])
    batch = [(x[:, None], t[:, None]) for x, t in zip(task.x, task.t, strict=True)]
    network.update_mini_batch(batch, task.rate)
    (w1, w2), (b1, b2) = network.weights, network.biases
    return packed(net, w1.T, b1, w2.T, b2)
