"""Programs as people write them, each a function of a seed and a type of number.

Each returns its weights, its forward function, one update, and what else is said of it. Its lines
of documentation are faults: what is right -> what is wrong: the arrays whose steps that makes wrong
(? where nothing can be concluded).
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from inspect import getsource
from itertools import count
from textwrap import dedent
from typing import Any

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
R, T = X.tolist(), [0, 1, 1, 0]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def logistic(z):
    return 1 / (1 + math.exp(-z))


def rows_of(x, t, train):
    """Return an update from the next row."""
    numbers = count()

    def update():
        row = next(numbers) % len(x)
        train(x[row], t[row])

    return update


def a_class(seed, kind):
    """d_out.dot(self.weights2.T) * self.hidden * (1 - self.hidden) -> d_out.dot(self.weights2.T): weights1 bias1
    d_out.dot(self.weights2.T) -> (Y - self.output).dot(self.weights2.T): weights1 bias1
    self.bias1 += -> _ =: bias1
    self.bias2 += -> self.bias2 -=: bias2
    d_out = (Y - self.output) -> d_out = (self.output - Y): weights1 bias1 weights2 bias2
    self.output * (1 - self.output) -> sigmoid(self.output) * (1 - sigmoid(self.output)): weights1 bias1 weights2 bias2
    """

    class NeuralNetwork:
        def __init__(self):
            r = np.random.RandomState(seed)
            self.weights1 = r.uniform(-1, 1, (2, 3)).astype(kind)
            self.bias1 = r.uniform(-1, 1, (1, 3)).astype(kind)
            self.weights2 = r.uniform(-1, 1, (3, 1)).astype(kind)
            self.bias2 = np.zeros((1, 1), kind)
            self.lr = 0.5

        def forward(self, x):
            self.hidden = sigmoid(np.dot(x, self.weights1) + self.bias1)
            self.output = sigmoid(np.dot(self.hidden, self.weights2) + self.bias2)
            return self.output

        def step(self):
            self.forward(X)
            d_out = (Y - self.output) * self.output * (1 - self.output)
            d_hid = d_out.dot(self.weights2.T) * self.hidden * (1 - self.hidden)
            self.weights2 += self.lr * self.hidden.T.dot(d_out)
            self.bias2 += self.lr * d_out.sum(axis=0)
            self.weights1 += self.lr * X.T.dot(d_hid)
            self.bias1 += self.lr * d_hid.sum(axis=0)

    net = NeuralNetwork()
    return net, net.forward, net.step, {}


def course(seed, kind):
    """(1 - cache["a1"] ** 2) -> (1 - cache["a1"]): W1 b1
    dz1 @ x.T / m -> dz1 @ x.T: W1
    dz1.sum(axis=1, keepdims=True) -> dz1.sum(): b1
    """
    r = np.random.RandomState(seed)
    state = {
        "W1": r.randn(4, 2).astype(kind),
        "b1": np.zeros((4, 1), kind),
        "W2": r.randn(1, 4).astype(kind),
        "b2": np.zeros((1, 1), kind),
    }

    def forward(x):
        a1 = np.tanh(state["W1"] @ x + state["b1"])
        a2 = sigmoid(state["W2"] @ a1 + state["b2"])
        return a2, {"a1": a1, "a2": a2}

    def update():
        x, m = X.T, 4
        a2, cache = forward(x)
        dz2 = a2 - Y.T
        dz1 = state["W2"].T @ dz2 * (1 - cache["a1"] ** 2)
        dw2 = dz2 @ cache["a1"].T / m + 0.01 * state["W2"]
        dw1 = dz1 @ x.T / m + 0.01 * state["W1"]
        grads = {"W1": dw1, "W2": dw2}
        grads["b1"] = dz1.sum(axis=1, keepdims=True) / m
        grads["b2"] = dz2.sum(axis=1, keepdims=True) / m
        for name in state:
            state[name] = state[name] - kind(0.3) * grads[name]

    return state, forward, update, {}


def relu_list(seed, kind):
    """(z > 0) -> h: w1 b1
    0.05 * X.T -> 0.2 * X.T: w1
    """
    r = np.random.RandomState(seed)
    w1, b1 = r.randn(2, 6).astype(kind), np.zeros(6, kind)
    w2, b2 = r.randn(6, 1).astype(kind), np.zeros(1, kind)

    def forward(x):
        return np.maximum(0, x @ w1 + b1) @ w2 + b2

    def step():
        z = X @ w1 + b1
        h = np.maximum(0, z)
        d = 2 * (h @ w2 + b2 - Y) / 4
        dz = d @ w2.T * (z > 0)
        w2[...] -= 0.05 * h.T @ d
        b2[...] -= 0.05 * d.sum(axis=0)
        w1[...] -= 0.05 * X.T @ dz
        b1[...] -= 0.05 * dz.sum(axis=0)

    return [w1, b1, w2, b2], forward, step, {"names": ["w1", "b1", "w2", "b2"]}


def bias_columns(seed, kind):
    """* (1 - net["a2"] ** 2) -> : theta1"""
    r = np.random.RandomState(seed)
    net = {"theta1": r.uniform(-1, 1, (3, 3)).astype(kind)}
    net["theta2"] = r.uniform(-1, 1, (1, 4)).astype(kind)
    x, t = 2 * X - 1, 2 * Y - 1

    def forward(x):
        net["a1"] = np.c_[np.ones(len(x)), x]
        net["a2"] = np.c_[np.ones(len(x)), np.tanh(net["a1"] @ net["theta1"].T)]
        return np.tanh(net["a2"] @ net["theta2"].T)

    def step():
        y = forward(x)
        d3 = (y - t) * (1 - y**2)
        d2 = (d3 @ net["theta2"] * (1 - net["a2"] ** 2))[:, 1:]
        net["theta2"] = net["theta2"] - 0.1 * d3.T @ net["a2"]
        net["theta1"] = net["theta1"] - 0.1 * d2.T @ net["a1"]

    return net, forward, step, {"inputs": x, "targets": t}


def momentum(seed, kind):
    """self.h * (1 - self.h) -> (1 - self.h): w1 b1"""

    class Net:
        def __init__(self):
            r = np.random.RandomState(seed)
            self.w1, self.b1 = r.randn(2, 3).astype(kind), r.randn(1, 3).astype(kind)
            self.w2, self.b2 = r.randn(3, 1).astype(kind), r.randn(1, 1).astype(kind)
            self.velocity = {n: np.zeros_like(w) for n, w in self.params().items()}

        def params(self):
            return {"w1": self.w1, "b1": self.b1, "w2": self.w2, "b2": self.b2}

        def forward(self, x):
            self.h = sigmoid(x @ self.w1 + self.b1)
            return sigmoid(self.h @ self.w2 + self.b2)

        def step(self):
            y = self.forward(X)
            d = y - Y
            dh = d @ self.w2.T * self.h * (1 - self.h)
            g = {"w1": X.T @ dh, "b1": dh.sum(0), "w2": self.h.T @ d, "b2": d.sum(0)}
            for name, w in self.params().items():
                self.velocity[name] = 0.9 * self.velocity[name] - 0.05 * g[name]
                w += self.velocity[name].astype(kind)

    net = Net()
    return net, net.forward, net.step, {"names": ["w1", "b1", "w2", "b2"]}


def pass_inside(seed, kind):
    """h * (1 - h) -> h: ?"""
    r = np.random.RandomState(seed)
    net = {"w1": r.randn(2, 3).astype(kind), "w2": r.randn(3).astype(kind)}
    net |= {"b1": r.randn(3).astype(kind), "b2": np.zeros(1, kind)}

    def forward(x):
        return sigmoid(sigmoid(x @ net["w1"] + net["b1"]) @ net["w2"] + net["b2"])

    def epoch():
        for x, t in zip(X[::-1], Y[::-1, 0], strict=True):
            h = sigmoid(x @ net["w1"] + net["b1"])
            y = sigmoid(h @ net["w2"] + net["b2"])
            d = (y - t) * y * (1 - y)
            dh = d * net["w2"] * h * (1 - h)
            net["w2"] = net["w2"] - 0.5 * d * h
            net["b2"] = net["b2"] - 0.5 * d
            net["w1"] = net["w1"] - 0.5 * np.outer(x, dh)
            net["b1"] = net["b1"] - 0.5 * dh

    return net, forward, epoch, {}


def columns(seed, kind):
    """delta * h * (1 - h) -> delta * sigmoid(h) * (1 - sigmoid(h)): weights[0] biases[0]
    b - 1.5 * n -> b - 0.15 * n: biases[0] biases[1]
    """

    class Network:
        def __init__(self):
            r = np.random.RandomState(seed)
            sizes = [2, 3, 1]
            self.biases = [r.randn(n, 1).astype(kind) for n in sizes[1:]]
            self.weights = [r.randn(n, m).astype(kind) for m, n in zip(sizes, sizes[1:])]

        def feedforward(self, a):
            for w, b in zip(self.weights, self.biases):
                a = sigmoid(w @ a + b)
            return a

        def update(self, x, y):
            a, activations = x, [x]
            for w, b in zip(self.weights, self.biases):
                a = sigmoid(w @ a + b)
                activations.append(a)
            delta = (a - y) * a * (1 - a)
            nabla_w, nabla_b = [delta @ activations[-2].T], [delta]
            h = activations[1]
            delta = self.weights[1].T @ delta * h * (1 - h)
            nabla_w.insert(0, delta @ x.T)
            nabla_b.insert(0, delta)
            self.weights = [w - 1.5 * n for w, n in zip(self.weights, nabla_w)]
            self.biases = [b - 1.5 * n for b, n in zip(self.biases, nabla_b)]

    net = Network()
    return net, net.feedforward, net.update, {
        "update": rows_of(X[:, :, None], Y[:, :, None], net.update)
    }  # fmt: skip


def two_classes(seed, kind):
    """net["W"] @ d -> net["W"] @ t: V c"""
    r = np.random.RandomState(seed)
    net = {"V": r.randn(2, 4).astype(kind), "W": r.randn(4, 2).astype(kind)}
    net |= {"c": r.randn(4).astype(kind), "d": r.randn(2).astype(kind)}
    onehot = np.hstack([1 - Y, Y])

    def forward(x):
        e = np.exp(sigmoid(x @ net["V"] + net["c"]) @ net["W"] + net["d"])
        return e / e.sum()

    def learn(x, t):
        h = sigmoid(x @ net["V"] + net["c"])
        d = forward(x) - t
        dh = net["W"] @ d * h * (1 - h)
        net["W"] -= 0.4 * np.outer(h, d)
        net["d"] -= 0.4 * d
        net["V"] -= 0.4 * np.outer(x, dh)
        net["c"] -= 0.4 * dh

    return net, forward, learn, {"targets": onehot, "update": rows_of(X, onehot, learn)}


def deep_tanh(seed, kind):
    """(1 - h1**2) -> 1: w[0] b[0]
    (1 - h2**2) -> (1 - h2): w[0] b[0] w[1] b[1]
    """
    r = np.random.RandomState(seed)
    w = [r.randn(4, 2).astype(kind), r.randn(3, 4).astype(kind), r.randn(1, 3).astype(kind)]
    b = [r.randn(4).astype(kind), r.randn(3).astype(kind), r.randn(1).astype(kind)]
    x, t = 2.0 * X - 1, 2.0 * Y - 1

    def forward(x):
        h1 = np.tanh(w[0] @ x + b[0])
        h2 = np.tanh(w[1] @ h1 + b[1])
        return h1, h2, w[2] @ h2 + b[2]

    def learn(x, t):
        h1, h2, y = forward(x)
        d3 = y - t
        d2 = w[2].T @ d3 * (1 - h2**2)
        d1 = w[1].T @ d2 * (1 - h1**2)
        for i, (d, h) in enumerate([(d1, x), (d2, h1), (d3, h2)]):
            w[i] = w[i] - 0.05 * np.outer(d, h)
            b[i] = b[i] - 0.05 * d

    return {"w": w, "b": b}, forward, learn, {
        "inputs": x, "targets": t, "update": rows_of(x, t, learn)
    }  # fmt: skip


def neurons(seed, kind):
    """error * neuron["output"] * (1 - neuron["output"]) -> error: [0][0][weights] [0][1][weights]"""
    random.seed(seed)
    network = [
        [{"weights": [random.uniform(-1, 1) for _ in range(3)]} for _ in range(2)],
        [{"weights": [random.uniform(-1, 1) for _ in range(3)]}],
    ]

    def forward_propagate(row):
        inputs = row
        for layer in network:
            new_inputs = []
            for neuron in layer:
                w = neuron["weights"]
                neuron["output"] = logistic(w[-1] + sum(a * b for a, b in zip(w, inputs)))
                new_inputs.append(neuron["output"])
            inputs = new_inputs
        return inputs

    def train(row, expected):
        outputs = forward_propagate(row)
        hidden, out = network[0], network[1][0]
        out["delta"] = (outputs[0] - expected[0]) * outputs[0] * (1 - outputs[0])
        for j, neuron in enumerate(hidden):
            error = out["weights"][j] * out["delta"]
            neuron["delta"] = error * neuron["output"] * (1 - neuron["output"])
        for layer, inputs in ((hidden, row), ([out], [n["output"] for n in hidden])):
            for neuron in layer:
                for j in range(2):
                    neuron["weights"][j] -= 0.5 * neuron["delta"] * inputs[j]
                neuron["weights"][-1] -= 0.5 * neuron["delta"]

    return network, forward_propagate, train, {"update": rows_of(R, [[t] for t in T], train)}


def nested(seed, kind):
    """(1 - self.h[j] ** 2) -> (1 - self.h[j]): w1 b1
    self.b1[j] += 0.1 * delta -> self.b1[j] += 0.1 * error: b1
    self.w2[j] += -> self.w2[j] -=: w2
    """

    class Net:
        def __init__(self):
            random.seed(seed)
            self.w1 = [[random.gauss(0, 1) for _ in range(2)] for _ in range(4)]
            self.b1 = [0] * 4
            self.w2 = [random.gauss(0, 1) for _ in range(4)]
            self.b2 = 0.0
            self.errors = []

        def forward(self, x):
            self.h = [math.tanh(w[0] * x[0] + w[1] * x[1] + b) for w, b in zip(self.w1, self.b1)]
            return sum(w * h for w, h in zip(self.w2, self.h)) + self.b2

        def train(self, x, t):
            error = t - self.forward(x)
            self.errors.append(error)
            for j in range(4):
                delta = error * self.w2[j] * (1 - self.h[j] ** 2)
                for i in range(2):
                    self.w1[j][i] += 0.1 * delta * x[i]
                self.b1[j] += 0.1 * delta
                self.w2[j] += 0.1 * error * self.h[j]
            self.b2 += 0.1 * error

    net = Net()
    return net, net.forward, net.train, {"update": rows_of(R, T, net.train)}


PROGRAMS: dict[str, Callable[..., tuple[Any, ...]]] = {
    name: made
    for name, made in list(globals().items())
    if getattr(made, "__doc__", None) and " -> " in made.__doc__ and callable(made)
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong line in a program."""

    program: str
    right: str
    wrong: str
    arrays: str

    def __str__(self) -> str:
        return f"{self.program}: {self.wrong}"


def _faults():
    for name, made in PROGRAMS.items():
        for line in dedent(made.__doc__).splitlines():
            right, _, rest = line.strip().partition(" -> ")
            wrong, _, arrays = rest.rpartition(": ")
            if right:
                yield Fault(name, right, wrong, arrays)


FAULTS = list(_faults())


def planted(fault: Fault) -> Callable[..., tuple[Any, ...]]:
    """Return a program in which one thing is replaced."""
    source = dedent(getsource(PROGRAMS[fault.program]))
    head, code = source.split('"""')[0], source.split('"""', 2)[2]
    assert code.count(fault.right) == 1, f"{fault} is not planted"
    space = dict(globals())
    exec(compile(head + code.replace(fault.right, fault.wrong), f"<{fault}>", "exec"), space)
    return space[fault.program]


def trained(made: Callable[..., Any], steps: int, seed: int = 0, kind: type = float) -> Any:
    """Return a program after some updates, row after row where it is one of rows."""
    weights, predict, train, said = made(seed, kind)
    update = said.pop("update", train)
    for _ in range(steps):
        update()
    return weights, predict, train, said
