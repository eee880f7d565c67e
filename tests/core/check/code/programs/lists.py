"""Programs of lists and floats, most of them row by row."""

import math
import random

from tests.core.check.code.programs.running import rows_of

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def neurons(seed, kind):
    """A network is a list of layers of dictionaries, each neuron's bias is its last weight."""
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
                neuron["output"] = sigmoid(w[-1] + sum(a * b for a, b in zip(w, inputs)))
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

    return network, forward_propagate, train, {"update": rows_of(X, [[t] for t in Y], train)}


def scalars(seed, kind):
    """Every weight is a number of its own."""

    class Xor:
        def __init__(self):
            random.seed(seed)
            for name in ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c"):
                setattr(self, name, random.uniform(-1, 1))

        def predict(self, x1, x2):
            self.h1 = sigmoid(self.w11 * x1 + self.w21 * x2 + self.b1)
            self.h2 = sigmoid(self.w12 * x1 + self.w22 * x2 + self.b2)
            return sigmoid(self.v1 * self.h1 + self.v2 * self.h2 + self.c)

        def train(self, x1, x2, t):
            y = self.predict(x1, x2)
            d = (y - t) * y * (1 - y)
            d1 = d * self.v1 * self.h1 * (1 - self.h1)
            d2 = d * self.v2 * self.h2 * (1 - self.h2)
            self.v1 -= 0.5 * d * self.h1
            self.v2 -= 0.5 * d * self.h2
            self.c -= 0.5 * d
            self.w11 -= 0.5 * d1 * x1
            self.w21 -= 0.5 * d1 * x2
            self.b1 -= 0.5 * d1
            self.w12 -= 0.5 * d2 * x1
            self.w22 -= 0.5 * d2 * x2
            self.b2 -= 0.5 * d2

    net = Xor()
    return net, net.predict, net.train, {"update": rows_of(X, Y, net.train, spread=True)}


def nested(seed, kind):
    """Lists of lists, a float for the output's bias, a row is a list."""

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
    return net, net.forward, net.train, {"update": rows_of(X, Y, net.train)}


def with_bias_input(seed, kind):
    """The input 1 is put behind the others."""
    random.seed(seed)
    wi = [[random.uniform(-0.5, 0.5) for _ in range(3)] for _ in range(3)]
    wo = [random.uniform(-2, 2) for _ in range(3)]
    state = {"wi": wi, "wo": wo}

    def update(inputs):
        state["ai"] = inputs + [1.0]
        state["ah"] = [
            math.tanh(sum(a * state["wi"][i][j] for i, a in enumerate(state["ai"])))
            for j in range(3)
        ]
        return [math.tanh(sum(a * w for a, w in zip(state["ah"], state["wo"])))]

    def back_propagate(inputs, targets):
        ao = update(inputs)[0]
        delta = (1 - ao**2) * (targets[0] - ao)
        deltas = [(1 - h**2) * delta * w for h, w in zip(state["ah"], state["wo"])]
        state["wo"] = [w + 0.5 * delta * h for w, h in zip(state["wo"], state["ah"])]
        state["wi"] = [
            [w + 0.5 * deltas[j] * state["ai"][i] for j, w in enumerate(row)]
            for i, row in enumerate(state["wi"])
        ]

    return state, update, back_propagate, {
        "update": rows_of(X, [[t] for t in Y], back_propagate)
    }  # fmt: skip


def gathered(seed, kind):
    """Gradients are gathered over the rows, and then used once."""
    random.seed(seed)
    w = [random.gauss(0, 1) for _ in range(9)]

    def hidden(x, w):
        return [sigmoid(w[3 * j] * x[0] + w[3 * j + 1] * x[1] + w[3 * j + 2]) for j in (0, 1)]

    def predict(x):
        h = hidden(x, w)
        return sigmoid(w[6] * h[0] + w[7] * h[1] + w[8])

    def step():
        grad = [0.0] * 9
        for x, t in zip(X, Y):
            h, d = hidden(x, w), predict(x) - t
            for j in (0, 1):
                dh = d * w[6 + j] * h[j] * (1 - h[j])
                grad[3 * j] += dh * x[0]
                grad[3 * j + 1] += dh * x[1]
                grad[3 * j + 2] += dh
                grad[6 + j] += d * h[j]
            grad[8] += d
        for i in range(9):
            w[i] -= 0.25 * grad[i] / 4

    return {"w": w}, predict, step, {}


PROGRAMS = {made.__name__: made for made in (neurons, scalars, nested, with_bias_input, gathered)}
FAULTS = {
    "neurons": [
        ("neuron[\"delta\"] = error * neuron[\"output\"] * (1 - neuron[\"output\"])",
         "neuron[\"delta\"] = error", "[0][0][weights] [0][1][weights]"),
    ],
    "scalars": [
        ("d1 = d * self.v1 * self.h1 * (1 - self.h1)", "d1 = d * self.v2 * self.h1 * (1 - self.h1)",
         "w11 w21 b1"),
        ("self.b2 -= 0.5 * d2", "self.b2 -= 0.5 * d1", "b2"),
    ],
    "nested": [
        ("delta = error * self.w2[j] * (1 - self.h[j] ** 2)",
         "delta = error * self.w2[j] * (1 - self.h[j])", "w1 b1"),
        ("self.b1[j] += 0.1 * delta", "self.b1[j] += 0.1 * error", "b1"),
        ("self.w2[j] += 0.1 * error * self.h[j]", "self.w2[j] -= 0.1 * error * self.h[j]", "w2"),
    ],
    "with_bias_input": [
        ("deltas = [(1 - h**2) * delta * w for h, w in zip(state[\"ah\"], state[\"wo\"])]",
         "deltas = [(1 - h**2) * (targets[0] - ao) * w for h, w in zip(state[\"ah\"], state[\"wo\"])]",
         "wi"),
        ("deltas = [(1 - h**2) * delta * w for h, w in zip(state[\"ah\"], state[\"wo\"])]",
         "deltas = [delta * w for h, w in zip(state[\"ah\"], state[\"wo\"])]", "wi"),
    ],
    "gathered": [
        ("dh = d * w[6 + j] * h[j] * (1 - h[j])", "dh = d * w[6 + j] * h[j]", "?"),
    ],
}  # fmt: skip
