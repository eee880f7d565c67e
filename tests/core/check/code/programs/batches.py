"""Programs in NumPy that update from all rows at once."""

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def a_class(seed, kind):
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
    """Samples as columns, a dictionary of parameters, a mean of cross-entropies, decay."""
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


def eleven_lines(seed, kind):
    names = {"syn0": 2 * np.random.RandomState(seed).random_sample((3, 4)).astype(kind) - 1}
    names["syn1"] = 2 * np.random.RandomState(seed + 9).random_sample((4, 1)).astype(kind) - 1
    names |= {"np": np, "X3": np.c_[X, np.ones(4)], "sigmoid": sigmoid, "alpha": 1.0}

    def predict(x):
        return sigmoid(sigmoid(x @ names["syn0"]) @ names["syn1"])

    def step():
        l1 = sigmoid(names["X3"] @ names["syn0"])
        l2 = sigmoid(l1 @ names["syn1"])
        l2_delta = (Y - l2) * (l2 * (1 - l2))
        l1_error = l2_delta.dot(names["syn1"].T)
        l1_delta = l1_error * (l1 * (1 - l1))
        names["syn1"] += l1.T.dot(l2_delta)
        names["syn0"] += names["X3"].T.dot(l1_delta)

    return names, predict, step, {"inputs": names["X3"], "names": ["syn0", "syn1"]}


def relu_list(seed, kind):
    """A list of arrays that are changed in place; zero biases, so row 00 is at a kink."""
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


def layers(seed, kind):
    """Two hidden layers of objects; the whole table is handed to train."""

    class Dense:
        def __init__(self, n, m, r):
            self.W, self.b = r.randn(n, m).astype(kind), r.randn(m).astype(kind) / 2

    class Model:
        def __init__(self):
            r = np.random.RandomState(seed)
            self.layers = [Dense(2, 4, r), Dense(4, 3, r), Dense(3, 1, r)]

        def predict(self, x):
            self.a = [x]
            for layer in self.layers:
                last = layer is self.layers[-1]
                z = self.a[-1] @ layer.W + layer.b
                self.a.append(sigmoid(z) if last else np.tanh(z))
            return self.a[-1]

        def train(self, x, y):
            delta = self.predict(x) - y
            for i in (2, 1, 0):
                layer, a = self.layers[i], self.a[i]
                back = delta @ layer.W.T * (1 - a**2)
                layer.W = layer.W - 0.2 * a.T @ delta
                layer.b = layer.b - 0.2 * delta.sum(axis=0)
                delta = back

    model = Model()
    return model, model.predict, lambda: model.train(X, Y), {}


def softmax(seed, kind):
    """Two outputs, one for each class."""
    r = np.random.RandomState(seed)
    p = {"W1": r.randn(2, 5).astype(kind), "b1": r.randn(5).astype(kind)}
    p |= {"W2": r.randn(5, 2).astype(kind), "b2": np.zeros(2, kind)}
    onehot = np.hstack([1 - Y, Y])

    def forward(x):
        p["h"] = sigmoid(x @ p["W1"] + p["b1"])
        e = np.exp(p["h"] @ p["W2"] + p["b2"])
        return e / e.sum(axis=1, keepdims=True)

    def step():
        d = (forward(X) - onehot) / 4
        dh = d @ p["W2"].T * p["h"] * (1 - p["h"])
        p["W2"] -= 0.5 * p["h"].T @ d
        p["b2"] -= 0.5 * d.sum(axis=0)
        p["W1"] -= 0.5 * X.T @ dh
        p["b1"] -= 0.5 * dh.sum(axis=0)

    return p, forward, step, {"targets": onehot}


def bias_columns(seed, kind):
    """Inputs and targets of -1 and 1, tanh twice, biases as a first column."""
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
    """An update after each row, in one call."""
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


def gradient_returned(seed, kind):
    """Returns its gradients; what becomes of them is another's affair."""
    r = np.random.RandomState(seed)
    w = [r.randn(2, 4).astype(kind), r.randn(4).astype(kind), r.randn(4, 1).astype(kind)]

    def forward(x):
        return np.tanh(x @ w[0] + w[1]) @ w[2]

    def backward():
        h = np.tanh(X @ w[0] + w[1])
        d = 2 * (h @ w[2] - Y)
        dh = d @ w[2].T * (1 - h**2)
        return {"dw0": X.T @ dh, "db0": dh.sum(axis=0), "dw1": h.T @ d}

    def update():
        for one, slope in zip(w, backward().values(), strict=True):
            one -= kind(0.02) * slope

    return w, forward, None, {
        "names": ["w0", "b0", "w1"], "gradients": backward, "update": update,
    }  # fmt: skip


PROGRAMS = {
    made.__name__: made
    for made in (
        a_class,
        course,
        eleven_lines,
        relu_list,
        layers,
        softmax,
        bias_columns,
        momentum,
        pass_inside,
        gradient_returned,
    )  # fmt: skip
}
FAULTS = {
    "a_class": [
        ("d_hid = d_out.dot(self.weights2.T) * self.hidden * (1 - self.hidden)",
         "d_hid = d_out.dot(self.weights2.T)", "weights1 bias1"),
        ("d_hid = d_out.dot(self.weights2.T) * self.hidden * (1 - self.hidden)",
         "d_hid = (Y - self.output).dot(self.weights2.T) * self.hidden * (1 - self.hidden)",
         "weights1 bias1"),
        ("self.bias1 += self.lr * d_hid.sum(axis=0)", "", "bias1"),
        ("self.bias2 += self.lr * d_out.sum(axis=0)", "self.bias2 -= self.lr * d_out.sum(axis=0)",
         "bias2"),
        ("d_out = (Y - self.output) * self.output * (1 - self.output)",
         "d_out = (self.output - Y) * self.output * (1 - self.output)",
         "weights1 bias1 weights2 bias2"),
        ("d_out = (Y - self.output) * self.output * (1 - self.output)",
         "d_out = (Y - self.output) * sigmoid(self.output) * (1 - sigmoid(self.output))",
         "weights1 bias1 weights2 bias2"),
    ],
    "course": [
        ("dz1 = state[\"W2\"].T @ dz2 * (1 - cache[\"a1\"] ** 2)",
         "dz1 = state[\"W2\"].T @ dz2 * (1 - cache[\"a1\"])", "W1 b1"),
        ("dw1 = dz1 @ x.T / m + 0.01 * state[\"W1\"]", "dw1 = dz1 @ x.T + 0.01 * state[\"W1\"]",
         "W1"),
        ("grads[\"b1\"] = dz1.sum(axis=1, keepdims=True) / m", "grads[\"b1\"] = dz1.sum() / m", "b1"),
    ],
    "eleven_lines": [
        ("l1_error = l2_delta.dot(names[\"syn1\"].T)", "l1_error = (Y - l2).dot(names[\"syn1\"].T)",
         "syn0"),
        ("l1_delta = l1_error * (l1 * (1 - l1))",
         "l1_delta = l1_error * (sigmoid(l1) * (1 - sigmoid(l1)))", "syn0"),
    ],
    "relu_list": [
        ("dz = d @ w2.T * (z > 0)", "dz = d @ w2.T * h", "w1 b1"),
        ("w1[...] -= 0.05 * X.T @ dz", "w1[...] -= 0.2 * X.T @ dz", "w1"),
    ],
    "layers": [
        ("back = delta @ layer.W.T * (1 - a**2)", "back = delta @ layer.W.T * (1 - a)",
         "layers[0].W layers[0].b layers[1].W layers[1].b"),
        ("layer.b = layer.b - 0.2 * delta.sum(axis=0)",
         "layer.b = layer.b - 0.2 * delta.mean(axis=0)", "layers[0].b layers[1].b layers[2].b"),
    ],
    "softmax": [
        ("dh = d @ p[\"W2\"].T * p[\"h\"] * (1 - p[\"h\"])", "dh = d @ p[\"W2\"].T * p[\"h\"]",
         "W1 b1"),
        ("p[\"W1\"] -= 0.5 * X.T @ dh", "p[\"W1\"] += 0.5 * X.T @ dh", "W1"),
    ],
    "bias_columns": [
        ("d2 = (d3 @ net[\"theta2\"] * (1 - net[\"a2\"] ** 2))[:, 1:]",
         "d2 = (d3 @ net[\"theta2\"])[:, 1:]", "theta1"),
    ],
    "momentum": [
        ("dh = d @ self.w2.T * self.h * (1 - self.h)", "dh = d @ self.w2.T * (1 - self.h)",
         "w1 b1"),
    ],
    "pass_inside": [
        ("net[\"w1\"] = net[\"w1\"] - 0.5 * np.outer(x, dh)",
         "net[\"w1\"] = net[\"w1\"] + 0.5 * np.outer(x, dh)", "w1"),
        ("dh = d * net[\"w2\"] * h * (1 - h)", "dh = d * net[\"w2\"] * h", "?"),
    ],
    "gradient_returned": [
        ("dh = d @ w[2].T * (1 - h**2)", "dh = d @ w[2].T * (1 - np.tanh(h) ** 2)", "w0 b0"),
    ],
}  # fmt: skip
