"""As a well-known course teaches it: the samples are columns, W1 is (H, 2), a mean over m."""

import numpy as np

from tests.core.check.programs.task import Fits, Task, packed, unpacked
from xorviz.core.network import Weights

FITS = Fits(
    activation=("sigmoid", "tanh"),
    output=("sigmoid",),
    loss=("mean-cross-entropy",),
    biases=(True,),
)


def step(net: Weights, task: Task) -> Weights:
    w1, b1, w2, b2 = unpacked(net)
    parameters = {"W1": w1.T, "b1": b1[:, None], "W2": w2.T, "b2": b2[:, None]}
    x, y = task.x.T, task.t.T
    m = x.shape[1]
    # forward propagation
    z1 = np.dot(parameters["W1"], x) + parameters["b1"]
    a1 = np.tanh(z1) if task.activation == "tanh" else 1 / (1 + np.exp(-z1))
    z2 = np.dot(parameters["W2"], a1) + parameters["b2"]
    a2 = 1 / (1 + np.exp(-z2))
    # backward propagation
    g1 = 1 - np.power(a1, 2) if task.activation == "tanh" else a1 * (1 - a1)
    dz2 = a2 - y
    dz1 = np.multiply(np.dot(parameters["W2"].T, dz2), g1)
    grads = {
        "W1": (1 / m) * np.dot(dz1, x.T),
        "b1": (1 / m) * np.sum(dz1, axis=1, keepdims=True),
        "W2": (1 / m) * np.dot(dz2, a1.T),
        "b2": (1 / m) * np.sum(dz2, axis=1, keepdims=True),
    }
    parameters = {name: parameters[name] - task.rate * grads[name] for name in parameters}
    return packed(net, parameters["W1"].T, parameters["b1"], parameters["W2"].T, parameters["b2"])
