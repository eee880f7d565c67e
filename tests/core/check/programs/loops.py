"""Plain Python without NumPy: one weight after the other in nested loops."""

import math

from tests.core.check.programs.task import Fits, Task, packed
from xorviz.core.network import Weights

FITS = Fits()


def activate(name: str, z: float) -> float:
    if name == "sigmoid":
        return 1.0 / (1.0 + math.exp(-z)) if z > -700 else 0.0
    if name == "tanh":
        return math.tanh(z)
    return z if name == "linear" or z > 0 else 0.0


def derivative(name: str, output: float) -> float:
    if name == "sigmoid":
        return output * (1.0 - output)
    if name == "tanh":
        return 1.0 - output * output
    return 1.0 if name == "linear" or output > 0 else 0.0


def loss_factor(loss: str, rows: int) -> float:
    twice = 2.0 if loss in {"sse", "mse"} else 1.0
    return twice / rows if loss.startswith("mean") or loss.endswith("mse") else twice


def step(net: Weights, task: Task) -> Weights:
    w1, w2 = net.w1.tolist(), net.w2[:, 0].tolist()
    n_hidden = len(w2)
    b1 = [0.0] * n_hidden if net.b1 is None else net.b1.tolist()
    b2 = 0.0 if net.b2 is None else float(net.b2[0])
    sum_w1 = [[0.0] * n_hidden, [0.0] * n_hidden]
    sum_b1, sum_w2, sum_b2 = [0.0] * n_hidden, [0.0] * n_hidden, 0.0
    for inputs, (target,) in zip(task.x.tolist(), task.t.tolist(), strict=True):
        # forward
        hidden = []
        for j in range(n_hidden):
            total = inputs[0] * w1[0][j] + inputs[1] * w1[1][j] + b1[j]
            hidden.append(activate(task.activation, total))
        output = activate(task.output, b2 + sum(hidden[j] * w2[j] for j in range(n_hidden)))
        # backward
        error = output - target
        delta = error * (1.0 if "cross" in task.loss else derivative(task.output, output))
        hidden_deltas = []
        for j in range(n_hidden):
            hidden_error = delta * w2[j]
            slope = derivative(task.activation, hidden[j])
            hidden_deltas.append(hidden_error * slope)
        # sum
        for j in range(n_hidden):
            sum_w2[j] += delta * hidden[j]
            sum_b1[j] += hidden_deltas[j]
            for i in range(2):
                sum_w1[i][j] += hidden_deltas[j] * inputs[i]
        sum_b2 += delta
    # update
    rate = task.rate * loss_factor(task.loss, len(task.order))
    for j in range(n_hidden):
        w2[j] -= rate * sum_w2[j]
        b1[j] -= rate * sum_b1[j]
        w1[0][j] -= rate * sum_w1[0][j]
        w1[1][j] -= rate * sum_w1[1][j]
    b2 -= rate * sum_b2
    return packed(net, w1, b1, w2, b2)
