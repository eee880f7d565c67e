"""Programs in NumPy that update after each row."""

import numpy as np

from tests.core.check.code.programs.running import rows_of

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def outer(seed, kind):
    """A row is a vector."""

    class Net:
        def __init__(self):
            r = np.random.RandomState(seed)
            self.w_ih, self.b_h = r.randn(3, 2).astype(kind), r.randn(3).astype(kind)
            self.w_ho, self.b_o = r.randn(1, 3).astype(kind), r.randn(1).astype(kind)

        def predict(self, x):
            self.h = np.tanh(self.w_ih @ x + self.b_h)
            return sigmoid(self.w_ho @ self.h + self.b_o)

        def train(self, x, t):
            y = self.predict(x)
            grad_o = (y - t) * y * (1 - y)
            grad_h = (self.w_ho.T @ grad_o) * (1 - self.h**2)
            self.w_ho -= 0.3 * np.outer(grad_o, self.h)
            self.b_o -= 0.3 * grad_o
            self.w_ih -= 0.3 * np.outer(grad_h, x)
            self.b_h -= 0.3 * grad_h

    net = Net()
    return net, net.predict, net.train, {"update": rows_of(X, Y, net.train)}


def columns(seed, kind):
    """A row is a column (2, 1), as in a well-known book; weights and biases in lists."""

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


def one_row_matrices(seed, kind):
    """A row is a matrix (1, 2); cross-entropy, relu, biases."""
    r = np.random.RandomState(seed)
    net = {"W1": r.randn(2, 5).astype(kind), "b1": r.randn(1, 5).astype(kind) / 3}
    net |= {"W2": r.randn(5, 1).astype(kind), "b2": np.zeros((1, 1), kind)}

    def forward(x):
        h = np.maximum(0, x @ net["W1"] + net["b1"])
        return h, sigmoid(h @ net["W2"] + net["b2"])

    def fit(x, y):
        h, out = forward(x)
        d2 = out - y
        d1 = d2 @ net["W2"].T
        d1[h <= 0] = 0
        net["W2"] -= 0.1 * h.T @ d2
        net["b2"] -= 0.1 * d2
        net["W1"] -= 0.1 * x.T @ d1
        net["b1"] -= 0.1 * d1

    return net, forward, fit, {"update": rows_of(X[:, None], Y[:, None], fit)}


def two_classes(seed, kind):
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
    """Two hidden layers, -1 and 1, linear output."""
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


def random_row(seed, kind):
    """Each call takes a row by chance."""
    r = np.random.RandomState(seed)
    net = {"w1": r.randn(2, 3).astype(kind), "w2": r.randn(3, 1).astype(kind)}

    def forward(x):
        return sigmoid(sigmoid(x @ net["w1"]) @ net["w2"])

    def step():
        i = r.randint(4)
        x, t = X[i : i + 1], Y[i : i + 1]
        h = sigmoid(x @ net["w1"])
        y = sigmoid(h @ net["w2"])
        d = (y - t) * y * (1 - y)
        dh = d @ net["w2"].T * h * (1 - h)
        net["w2"] = net["w2"] - 0.5 * h.T @ d
        net["w1"] = net["w1"] - 0.5 * x.T @ dh

    return net, forward, step, {}


PROGRAMS = {
    made.__name__: made
    for made in (outer, columns, one_row_matrices, two_classes, deep_tanh, random_row)
}
FAULTS = {
    "outer": [
        ("grad_h = (self.w_ho.T @ grad_o) * (1 - self.h**2)",
         "grad_h = (self.w_ho.T @ grad_o) * self.h * (1 - self.h)", "w_ih b_h"),
        ("self.b_h -= 0.3 * grad_h", "self.b_h -= 0.3 * grad_h.sum()", "b_h"),
        ("grad_h = (self.w_ho.T @ grad_o) * (1 - self.h**2)",
         "grad_h = (self.w_ho.T @ (y - t)) * (1 - self.h**2)", "w_ih b_h"),
    ],
    "columns": [
        ("delta = self.weights[1].T @ delta * h * (1 - h)",
         "delta = self.weights[1].T @ delta * sigmoid(h) * (1 - sigmoid(h))",
         "weights[0] biases[0]"),
        ("self.biases = [b - 1.5 * n for b, n in zip(self.biases, nabla_b)]",
         "self.biases = [b - 0.15 * n for b, n in zip(self.biases, nabla_b)]",
         "biases[0] biases[1]"),
    ],
    "one_row_matrices": [
        ("d1[h <= 0] = 0", "", "W1 b1"),
        ("net[\"b1\"] -= 0.1 * d1", "net[\"b1\"] += 0.1 * d1", "b1"),
    ],
    "two_classes": [
        ("dh = net[\"W\"] @ d * h * (1 - h)", "dh = net[\"W\"] @ t * h * (1 - h)", "V c"),
    ],
    "deep_tanh": [
        ("d1 = w[1].T @ d2 * (1 - h1**2)", "d1 = w[1].T @ d2", "w[0] b[0]"),
        ("d2 = w[2].T @ d3 * (1 - h2**2)", "d2 = w[2].T @ d3 * (1 - h2)",
         "w[0] b[0] w[1] b[1]"),
    ],
    "random_row": [
        ("dh = d @ net[\"w2\"].T * h * (1 - h)", "dh = d @ net[\"w2\"].T * (1 - h)", "?"),
    ],
}  # fmt: skip
