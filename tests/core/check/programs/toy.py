"""As the Toy-Neural-Network-JS of the Coding Train: one row at a time, column vectors, ih and ho.

The original adds the deltas to weights_ho before it transposes them; here that is a planted fault.
"""

import numpy as np

from tests.core.check.programs.task import Fits, Task, packed, unpacked
from xorviz.core.arrays import Array
from xorviz.core.network import Weights

FITS = Fits(
    activation=("sigmoid", "tanh"), output=("sigmoid",), loss=("half-sse",), batch=("pass", "row")
)


def func(name: str, x: Array) -> Array:
    return np.tanh(x) if name == "tanh" else 1 / (1 + np.exp(-x))


def dfunc(name: str, y: Array) -> Array:
    return 1 - y * y if name == "tanh" else y * (1 - y)


def step(net: Weights, task: Task) -> Weights:
    w1, b1, w2, b2 = unpacked(net)
    weights_ih, weights_ho = w1.T, w2.T
    bias_h, bias_o = b1[:, np.newaxis], b2[:, np.newaxis]
    inputs, targets = task.x.T, task.t.T
    # generating the hidden outputs
    hidden = func(task.activation, weights_ih @ inputs + bias_h)
    # generating the output's output
    outputs = func("sigmoid", weights_ho @ hidden + bias_o)
    output_errors = targets - outputs
    gradients = dfunc("sigmoid", outputs) * output_errors * task.rate
    # calculate the hidden layer errors
    hidden_errors = weights_ho.T @ gradients
    # adjust the weights by deltas, the bias by its deltas, which is just the gradients
    weights_ho = weights_ho + gradients @ hidden.T
    bias_o = bias_o + gradients
    hidden_gradient = dfunc(task.activation, hidden) * hidden_errors
    weights_ih = weights_ih + hidden_gradient @ inputs.T
    bias_h = bias_h + hidden_gradient
    return packed(net, weights_ih.T, bias_h, weights_ho.T, bias_o)
