"""Programs as people write them, each a function of a seed and a type of number.

Each returns its weights, its forward function, one update, and what else is said of it. A line that
begins with ``#!`` is a fault: it takes the place of the line above it, and makes the steps of the
arrays after the colon wrong (none where no array is right, so that nothing can be concluded).
"""

# fmt: off
import math
from collections.abc import Iterator
from inspect import getsource
from itertools import cycle
from types import SimpleNamespace
from typing import Any

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
ONEHOT = np.hstack([1 - Y, Y])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def logistic(z):
    return 1 / (1 + math.exp(-z))

def draw(seed, kind, *shapes):
    r = np.random.RandomState(seed)
    return [r.randn(*shape).astype(kind) for shape in shapes]

def named(seed, kind, **shapes):
    return dict(zip(shapes, draw(seed, kind, *shapes.values())))

def numbers(seed, *shape):
    return draw(seed, float, shape)[0].tolist()

def online(train, x=X, t=Y, **said):
    """Return what is said, with an update from the next row."""
    rows = cycle(zip(x, t))
    return {"update": lambda: train(*next(rows)), **said}


def a_class(seed, kind):
    class NeuralNetwork:
        def __init__(self):
            self.weights1, self.bias1, self.weights2 = draw(seed, kind, (2, 3), (1, 3), (3, 1))
            self.bias2, self.lr = np.zeros((1, 1), kind), 0.5
        def forward(self, x):
            self.hidden = sigmoid(np.dot(x, self.weights1) + self.bias1)
            self.output = sigmoid(np.dot(self.hidden, self.weights2) + self.bias2)
            return self.output
        def step(self):
            d_out = (Y - self.forward(X)) * self.output * (1 - self.output)
            #! d_out = (Y - self.forward(X)) * sigmoid(self.output) * (1 - sigmoid(self.output)) : weights1 bias1 weights2 bias2
            d_hid = d_out.dot(self.weights2.T) * self.hidden * (1 - self.hidden)
            #! d_hid = d_out.dot(self.weights2.T) : weights1 bias1
            #! d_hid = (Y - self.output).dot(self.weights2.T) * self.hidden * (1 - self.hidden) : weights1 bias1
            self.weights2 += self.lr * self.hidden.T.dot(d_out)
            self.bias2 += self.lr * d_out.sum(axis=0)
            #! self.bias2 -= self.lr * d_out.sum(axis=0) : bias2
            self.weights1 += self.lr * X.T.dot(d_hid)
            self.bias1 += self.lr * d_hid.sum(axis=0)
            #! pass : bias1
    net = NeuralNetwork()
    return net, net.forward, net.step, {}

def course(seed, kind):
    state = named(seed, kind, W1=(4, 2), b1=(4, 1), W2=(1, 4), b2=(1, 1))
    def forward(x):
        a1 = np.tanh(state["W1"] @ x + state["b1"])
        return sigmoid(state["W2"] @ a1 + state["b2"]), a1
    def update():
        (a2, a1), m = forward(X.T), 4
        dz2 = a2 - Y.T
        dz1 = state["W2"].T @ dz2 * (1 - a1**2)
        #! dz1 = state["W2"].T @ dz2 * (1 - a1) : W1 b1
        grads = {"W2": dz2 @ a1.T / m + 0.01 * state["W2"]}
        grads["W1"] = dz1 @ X / m + 0.01 * state["W1"]
        #! grads["W1"] = dz1 @ X + 0.01 * state["W1"] : W1
        grads["b1"] = dz1.sum(axis=1, keepdims=True) / m
        #! grads["b1"] = dz1.sum() / m : b1
        grads["b2"] = dz2.sum(axis=1, keepdims=True) / m
        for name in state:
            state[name] = state[name] - kind(0.3) * grads[name]
    return state, forward, update, {}

def bias_columns(seed, kind):
    net = named(seed, kind, theta1=(3, 3), theta2=(1, 4))
    x, t = 2 * X - 1, 2 * Y - 1
    def forward(x):
        a1 = np.c_[np.ones(len(x)), x]
        a2 = np.c_[np.ones(len(x)), np.tanh(a1 @ net["theta1"].T)]
        return a1, a2, np.tanh(a2 @ net["theta2"].T)
    def step():
        a1, a2, y = forward(x)
        d3 = (y - t) * (1 - y**2)
        d2 = (d3 @ net["theta2"] * (1 - a2**2))[:, 1:]
        #! d2 = (d3 @ net["theta2"])[:, 1:] : theta1
        net["theta2"] = net["theta2"] - 0.1 * d3.T @ a2
        #! net["theta2"] = net["theta2"] - 0.1 * d3.T @ np.tanh(a2) : theta2
        net["theta1"] = net["theta1"] - 0.1 * d2.T @ a1
    return net, forward, step, {"inputs": x, "targets": t}

def constant_input(seed, kind):
    x = np.c_[X, np.ones(4)]
    space = globals() | named(seed, kind, syn0=(3, 4), syn1=(4, 1))
    def predict(l0):
        return sigmoid(sigmoid(l0 @ space["syn0"]) @ space["syn1"])
    def step():
        l1, l2 = sigmoid(x @ space["syn0"]), predict(x)
        l2_delta = (Y - l2) * (l2 * (1 - l2))
        #! l2_delta = (Y - l2) * (l2 * (1 - l2)) ** 2 : syn0 syn1
        l1_delta = l2_delta.dot(space["syn1"].T) * (l1 * (1 - l1))
        #! l1_delta = l2_delta.dot(space["syn1"].T) : syn0
        space["syn1"] += l1.T.dot(l2_delta)
        space["syn0"] += x.T.dot(l1_delta)
    return space, predict, step, {"inputs": x, "names": ["syn0", "syn1"]}

def momentum(seed, kind):
    net = named(seed, kind, w1=(2, 3), b1=(1, 3), w2=(3, 1), b2=(1, 1))
    velocity = {name: np.zeros_like(w) for name, w in net.items()}
    def forward(x):
        h = sigmoid(x @ net["w1"] + net["b1"])
        return h, sigmoid(h @ net["w2"] + net["b2"])
    def step():
        h, y = forward(X)
        d = y - Y
        dh = d @ net["w2"].T * h * (1 - h)
        #! dh = d @ net["w2"].T * (1 - h) : w1 b1
        g = {"w1": X.T @ dh, "b1": dh.sum(0), "w2": h.T @ d, "b2": d.sum(0)}
        #! g = {"w1": X.T @ dh, "b1": dh.sum(0), "w2": h.T @ d, "b2": d.mean(0)} : b2
        for name, w in net.items():
            velocity[name] = 0.9 * velocity[name] - 0.05 * g[name]
            w += velocity[name].astype(kind)
    return net, forward, step, {}

def layers(seed, kind):
    class Layer:
        def __init__(self, i, n, m):
            self.W, self.b = draw(seed + i, kind, (n, m), (1, m))
        def forward(self, x):
            self.x, self.y = x, sigmoid(x @ self.W + self.b)
            return self.y
        def backward(self, error):
            d = error * self.y * (1 - self.y)
            back = d @ self.W.T
            #! back = d @ (self.W - 0.7 * self.x.T @ d).T : [0].W [0].b [1].W [1].b
            self.W -= 0.7 * self.x.T @ d
            self.b -= 0.7 * d.sum(axis=0)
            #! self.b -= 0.7 * d.sum() : [0].b [1].b
            return back
    net = [Layer(0, 2, 4), Layer(1, 4, 3), Layer(2, 3, 1)]
    def forward(a):
        for layer in net:
            a = layer.forward(a)
        return a
    def step():
        error = forward(X) - Y
        for layer in reversed(net):
            error = layer.backward(error)
    return net, forward, step, {}

def deep_softmax(seed, kind):
    w = draw(seed, kind, (2, 6), (6, 5), (5, 2))
    b = [np.zeros(n, kind) for n in (6, 5, 2)]
    def forward(x):
        a = [x, *w]
        for i in (0, 1):
            a[i + 1] = np.maximum(0, a[i] @ w[i] + b[i])
        e = np.exp(a[2] @ w[2] + b[2])
        return a, e / e.sum(axis=1, keepdims=True)
    def step():
        a, p = forward(X)
        d = (p - ONEHOT) / 4
        for i in (2, 1, 0):
            grad_w, grad_b = a[i].T @ d, d.sum(axis=0)
            d = d @ w[i].T * (a[i] > 0)
            #! d = d @ w[i].T : w[0] b[0] w[1] b[1]
            w[i] -= 0.2 * grad_w
            b[i] -= 0.2 * grad_b
    return {"w": w, "b": b}, forward, step, {"targets": ONEHOT}

def columns(seed, kind):
    net = {"weights": draw(seed, kind, (3, 2), (1, 3)), "biases": draw(seed + 1, kind, (3, 1), (1, 1))}
    def feedforward(a):
        for w, b in zip(net["weights"], net["biases"]):
            a = sigmoid(w @ a + b)
        return a
    def update(x, y):
        h, a = sigmoid(net["weights"][0] @ x + net["biases"][0]), feedforward(x)
        delta2 = (a - y) * a * (1 - a)
        delta1 = net["weights"][1].T @ delta2 * h * (1 - h)
        #! delta1 = net["weights"][1].T @ delta2 * sigmoid(h) * (1 - sigmoid(h)) : weights[0] biases[0]
        nabla_w, nabla_b = [delta1 @ x.T, delta2 @ h.T], [delta1, delta2]
        #! nabla_w, nabla_b = [delta1 @ x.T, delta2 @ (1 - h).T], [delta1, delta2] : weights[1]
        net["weights"] = [w - 1.5 * n for w, n in zip(net["weights"], nabla_w)]
        net["biases"] = [b - 1.5 * n for b, n in zip(net["biases"], nabla_b)]
    return net, feedforward, update, online(update, X[:, :, None], Y[:, :, None])

def two_classes(seed, kind):
    net = named(seed, kind, V=(2, 4), c=(4,), W=(4, 2), d=(2,))
    def forward(x):
        e = np.exp(sigmoid(x @ net["V"] + net["c"]) @ net["W"] + net["d"])
        return e / e.sum()
    def learn(x, t):
        h, d = sigmoid(x @ net["V"] + net["c"]), forward(x) - t
        dh = net["W"] @ d * h * (1 - h)
        #! dh = net["W"] @ t * h * (1 - h) : V c
        net["W"] -= 0.4 * np.outer(h, d)
        #! net["W"] -= 0.4 * np.outer(h, -t) : W
        net["d"] -= 0.4 * d
        net["V"] -= 0.4 * np.outer(x, dh)
        net["c"] -= 0.4 * dh
    return net, forward, learn, online(learn, X, ONEHOT, targets=ONEHOT)

def deep_tanh(seed, kind):
    w = draw(seed, kind, (4, 2), (3, 4), (1, 3))
    b = draw(seed + 1, kind, (4,), (3,), (1,))
    x, t = 2.0 * X - 1, 2.0 * Y - 1
    def forward(x):
        h1 = np.tanh(w[0] @ x + b[0])
        h2 = np.tanh(w[1] @ h1 + b[1])
        return h1, h2, w[2] @ h2 + b[2]
    def learn(x, t):
        h1, h2, y = forward(x)
        d3 = y - t
        d2 = w[2].T @ d3 * (1 - h2**2)
        #! d2 = w[2].T @ d3 * (1 - h2) : w[0] b[0] w[1] b[1]
        d1 = w[1].T @ d2 * (1 - h1**2)
        #! d1 = w[1].T @ d2 : w[0] b[0]
        #! d1 = w[1].T @ (w[2].T @ d3) * (1 - h1**2) : w[0] b[0]
        for i, (d, h) in enumerate([(d1, x), (d2, h1), (d3, h2)]):
            w[i] = w[i] - 0.05 * np.outer(d, h)
            b[i] = b[i] - 0.05 * d
    return {"w": w, "b": b}, forward, learn, online(learn, x, t, inputs=x, targets=t)

def deep_columns(seed, kind):
    thetas = draw(seed, kind, (3, 3), (3, 4), (1, 4))
    def forward(x):
        a = [np.insert(x.astype(kind), 0, 1)]
        for theta in thetas[:-1]:
            a.append(np.insert(np.tanh(theta @ a[-1]), 0, 1))
        return a, sigmoid(thetas[-1] @ a[-1])
    def learn(x, t):
        a, y = forward(x)
        d = y - t
        for i in (2, 1, 0):
            back = thetas[i].T @ d * (1 - a[i] ** 2)
            #! back = thetas[i].T @ d * (1 - a[i]) ** 2 : [0] [1]
            thetas[i] -= 0.3 * np.outer(d, a[i])
            d = back[1:]
    return thetas, forward, learn, online(learn)

def neurons(seed, kind):
    weights = numbers(seed, 3, 3)
    network = [[{"weights": weights[0]}, {"weights": weights[1]}], [{"weights": weights[2]}]]
    def forward_propagate(row):
        for layer in network:
            for neuron in layer:
                *w, bias = neuron["weights"]
                neuron["output"] = logistic(bias + sum(a * b for a, b in zip(w, row)))
            row = [neuron["output"] for neuron in layer]
        return row
    def train(row, expected):
        y, (hidden, [out]) = forward_propagate(row)[0], network
        out["delta"] = (y - expected[0]) * y * (1 - y)
        for j, neuron in enumerate(hidden):
            error = out["weights"][j] * out["delta"]
            neuron["delta"] = error * neuron["output"] * (1 - neuron["output"])
            #! neuron["delta"] = error : [0][0][weights] [0][1][weights]
        for layer, inputs in ((hidden, row), ([out], [n["output"] for n in hidden])):
            for neuron in layer:
                for j in range(2):
                    neuron["weights"][j] -= 0.5 * neuron["delta"] * inputs[j]
                neuron["weights"][-1] -= 0.5 * neuron["delta"]
                #! neuron["weights"][-1] += 0.5 * neuron["delta"] :
    return network, forward_propagate, train, online(train)

def nested(seed, kind):
    class Net:
        def __init__(self):
            self.w1, self.b1 = numbers(seed, 4, 2), [0] * 4
            self.w2, self.b2, self.errors = numbers(seed + 9, 4), 0.0, []
        def forward(self, x):
            self.h = [math.tanh(w[0] * x[0] + w[1] * x[1] + b) for w, b in zip(self.w1, self.b1)]
            return sum(w * h for w, h in zip(self.w2, self.h)) + self.b2
        def train(self, x, t):
            error = t - self.forward(x)
            self.errors.append(error)
            for j in range(4):
                delta = error * self.w2[j] * (1 - self.h[j] ** 2)
                #! delta = error * self.w2[j] * (1 - self.h[j]) : w1 b1
                for i in range(2):
                    self.w1[j][i] += 0.1 * delta * x[i]
                self.b1[j] += 0.1 * delta
                #! self.b1[j] += 0.1 * error : b1
                self.w2[j] += 0.1 * error * self.h[j]
                #! self.w2[j] -= 0.1 * error * self.h[j] : w2
            self.b2 += 0.1 * error
    net = Net()
    return net, net.forward, net.train, online(net.train, X.tolist(), Y.ravel().tolist())

def scalars(seed, kind):
    names = ["w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c"]
    g = dict(zip(names, numbers(seed, 9)))
    def hidden(a, b):
        return [logistic(a * g[f"w1{i}"] + b * g[f"w2{i}"] + g[f"b{i}"]) for i in (1, 2)]
    def predict(a, b):
        h1, h2 = hidden(a, b)
        return logistic(h1 * g["v1"] + h2 * g["v2"] + g["c"])
    def train(a, b, t):
        (h1, h2), y = hidden(a, b), predict(a, b)
        d = (y - t) * y * (1 - y)
        d1, d2 = d * g["v1"] * h1 * (1 - h1), d * g["v2"] * h2 * (1 - h2)
        #! d1, d2 = d * g["v2"] * h1 * (1 - h1), d * g["v2"] * h2 * (1 - h2) : w11 w21 b1
        #! d1, d2 = d * g["v1"] * h1 * (1 - h1), d * g["v2"] * h1 * (1 - h2) : w12 w22 b2
        slopes = [a * d1, a * d2, b * d1, b * d2, d1, d2, d * h1, d * h2, d]
        #! slopes = [a * d1, a * d2, b * d1, b * d2, d1, -d2, d * h1, d * h2, d] : b2
        for name, slope in zip(names, slopes):
            g[name] -= 0.4 * slope
    return g, predict, train, online(lambda x, t: train(*x, *t), X.tolist(), Y.tolist(), names=names)

class Tensor:
    def __init__(self, array):
        self.array = np.asarray(array, np.float32)
        self.detach = self.cpu = lambda: self
        self.numpy = lambda: self.array
        self.new_tensor, self.data = Tensor, self
    def copy_(self, other):
        self.array[...] = other.array
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("can't convert a tensor that requires grad: use detach()")

class Variable:
    def __init__(self, array):
        self.assign(array)
    def assign(self, array):
        self.array = np.asarray(array, np.float32)
    def numpy(self):
        return self.array.copy()

def torch_module(seed, kind, holder=Tensor):
    shapes = {"0.weight": (2, 3), "0.bias": (3,), "2.weight": (3, 1), "2.bias": (1,)}
    held = {name: holder(array) for name, array in named(seed, kind, **shapes).items()}
    def outputs(x):
        w1, b1, w2, b2 = (each.array for each in held.values())
        h = sigmoid(np.float32(x) @ w1 + b1)
        return h, w2, sigmoid(h @ w2 + b2)
    def step():
        h, w2, y = outputs(X)
        d = np.float32((y - Y) * y * (1 - y))
        d_h = d @ w2.T * h * (1 - h)
        #! d_h = -d @ w2.T * h * (1 - h) : 0.weight 0.bias
        for each, slope in zip(held.values(), [X.T @ d_h, d_h.sum(axis=0), h.T @ d, d.sum(axis=0)]):
            each.array -= np.float32(0.5 * slope)
    if holder is Tensor:
        return SimpleNamespace(named_parameters=held.items), lambda x: Tensor(outputs(x.array)[2]), step, {}
    for name, each in held.items():
        each.name = name
    return SimpleNamespace(trainable_weights=[*held.values()]), lambda x: outputs(x)[2], step, {}

def keras_model(seed, kind):
    return torch_module(seed, kind, Variable)


PROGRAMS = [
    a_class, course, bias_columns, constant_input, momentum, layers, deep_softmax, torch_module,
    keras_model, columns, two_classes, deep_tanh, deep_columns, neurons, nested, scalars,
]


def faults() -> Iterator[tuple[str, Any, set[str]]]:
    """Yield the name of each fault, the program with it, and the arrays that it makes wrong."""
    for made in PROGRAMS:
        lines = getsource(made).splitlines()
        for place, text in enumerate(lines):
            indent, mark, rest = text.partition("#! ")
            if mark:
                wrong, _, arrays = rest.rpartition(" :")
                right = max(i for i in range(place) if mark not in lines[i])
                space = dict(globals())
                exec("\n".join([*lines[:right], indent + wrong, *lines[right + 1 :]]), space)
                yield f"{made.__name__}: {wrong}", space[made.__name__], set(arrays.split())


def trained(made: Any, steps: int, seed: int = 0, kind: type = float) -> Any:
    """Return a program after some updates, row after row where it is one of rows."""
    weights, predict, train, said = made(seed, kind)
    update = said.pop("update", train)
    for _ in range(steps):
        update()
    return weights, predict, train, said
