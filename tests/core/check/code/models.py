"""Models that behave as those of PyTorch and Keras do, as far as weights go."""

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
Y = np.array([[0], [1], [1], [0]], dtype=np.float32)


class Tensor:
    def __init__(self, array, name=""):
        self.array = np.asarray(array, dtype=np.float32)
        self.data = self

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.array

    def new_tensor(self, values):
        return Tensor(values)

    def copy_(self, other):
        self.array[...] = other.array

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("can't convert a tensor that requires grad: use detach()")


class Variable:
    def __init__(self, array, name):
        self.array, self.name = np.asarray(array, dtype=np.float32), name

    def numpy(self):
        return self.array.copy()

    def assign(self, values):
        assert values.shape == self.array.shape
        self.array = np.asarray(values, dtype=np.float32)


class Model:
    """Two layers with sigmoid; a step of squared errors at rate 0.5."""

    def __init__(self, holder):
        r = np.random.RandomState(3)
        shapes = {"0.weight": (2, 3), "0.bias": (3,), "2.weight": (3, 1), "2.bias": (1,)}
        self.held = {name: holder(r.uniform(-1, 1, s), name) for name, s in shapes.items()}

    def outputs(self, x):
        w1, b1, w2, b2 = (held.array for held in self.held.values())
        h = 1 / (1 + np.exp(-(x @ w1 + b1)))
        return h, w2, 1 / (1 + np.exp(-(h @ w2 + b2)))

    def step(self, factor=1):
        h, w2, y = self.outputs(X)
        d = (y - Y) * y * (1 - y)
        d_h = d @ w2.T * h * (1 - h)
        slopes = [factor * X.T @ d_h, d_h.sum(axis=0), h.T @ d, d.sum(axis=0)]
        for held, slope in zip(self.held.values(), slopes):
            held.array -= np.float32(0.5) * slope


class TorchModule(Model):
    def __init__(self):
        super().__init__(Tensor)

    def named_parameters(self):
        return iter(self.held.items())

    def __call__(self, x):
        return Tensor(self.outputs(x.array)[2])


class KerasModel(Model):
    def __init__(self):
        super().__init__(Variable)

    @property
    def trainable_weights(self):
        return list(self.held.values())

    def __call__(self, x):
        return self.outputs(np.asarray(x, dtype=np.float32))[2]
