"""A two-layer network on a truth table: forward pass, loss, gradient and step, written to be read.

Shapes: B rows, H hidden units, P trainable numbers: w1 row by row, b1, w2, b2. All functions take
many networks at once, where their arrays have more axes before these. Weights may be complex, so
that a complex step differentiates every function here (Squire and Trapp 1998).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS

INPUTS: Array = np.array(ROWS, dtype=float)
"""(4, 2) the truth table."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The trainable numbers, and the type of their gradients. A value: never written to."""

    w1: Numbers
    """(2, H) input to hidden."""
    b1: Numbers | None
    """(H,) hidden biases; None where biases are off."""
    w2: Numbers
    """(H, 1) hidden to output."""
    b2: Numbers | None
    """(1,) output bias; None where biases are off."""

    def arrays(self) -> list[Numbers]:
        """Return w1, b1, w2, b2 without those that are None."""
        return [a for a in (self.w1, self.b1, self.w2, self.b2) if a is not None]

    def each(self, change: Callable[..., Numbers], *others: "Weights") -> "Weights":
        """Return what a function makes of each array and of the same array of others."""
        groups = zip(self.arrays(), *(other.arrays() for other in others), strict=True)
        made = iter([change(*group) for group in groups])
        each = (self.w1, self.b1, self.w2, self.b2)
        first, b1, w2, b2 = (None if array is None else next(made) for array in each)
        assert first is not None  # of every network, as w2 is
        assert w2 is not None
        return Weights(first, b1, w2, b2)


def incoming(weights: Weights) -> Array:
    """Return the incoming numbers of the hidden units (I, H): w1 and, with biases, b1."""
    if weights.b1 is None:
        return weights.w1
    return np.concatenate((weights.w1, weights.b1[..., np.newaxis, :]), axis=-2)


def flat(weights: Weights) -> Numbers:
    """Return the trainable numbers (P,) in one array."""
    many = weights.w1.shape[:-2]
    return np.concatenate([a.reshape(*many, -1) for a in weights.arrays()], axis=-1)


def parameter_count(config: RunConfig) -> int:
    """Return P, the number of trainable numbers."""
    return (3 + config.biases) * config.width + config.biases


def weights_of(parameters: Numbers, config: RunConfig) -> Weights:
    """Return the network with these trainable numbers (P,), as views of them."""
    width = config.width
    w1, rest = parameters[..., : 2 * width], parameters[..., 2 * width :]
    w1 = w1.reshape(*parameters.shape[:-1], 2, width)
    if not config.biases:
        return Weights(w1, None, rest[..., np.newaxis], None)
    b1, w2, b2 = np.split(rest, [width, 2 * width], axis=-1)
    return Weights(w1, b1, w2[..., np.newaxis], b2)


def sigmoid(z: Numbers) -> Numbers:
    """Return 1 / (1 + exp(-z)), computed with tanh, which does not overflow."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


@dataclass(frozen=True, slots=True)
class Activation:
    """The response h of a hidden unit to its input z, and the derivative of h by z."""

    value: Callable[[Numbers], Numbers]
    """z -> h."""
    slope: Callable[[Numbers], Numbers]
    """h -> dh/dz."""


ACTIVATIONS: Mapping[str, Activation] = {
    "sigmoid": Activation(sigmoid, lambda h: h * (1 - h)),
    "tanh": Activation(lambda z: np.asarray(np.tanh(z)), lambda h: 1 - h**2),
    "relu": Activation(lambda z: np.where(z.real > 0, z, 0), lambda h: np.where(h.real > 0, 1, 0)),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss for outputs y = sigmoid(z) and targets t: of all rows, their sum or their mean."""

    is_square: bool
    """Whether it is made of squared errors; otherwise of cross-entropies, in nats."""
    factor: float = 1.0
    """What the sum or the mean is multiplied by."""
    is_mean: bool = False

    @property
    def scale(self) -> float:
        """What each row's part of the loss is multiplied by."""
        return self.factor / len(ROWS) if self.is_mean else self.factor

    def value(self, z: Numbers, t: Numbers) -> Numbers:
        """Return the loss (...) for z (..., B) and t (..., B)."""
        # ln(1 + exp(z)) - t z equals -t ln(y) - (1-t) ln(1-y), and is finite for every finite z.
        parts = (t - sigmoid(z)) ** 2 if self.is_square else np.logaddexp(0, z) - t * z
        total: Numbers = (self.scale * parts).sum(axis=-1)
        return total

    def slope(self, y: Numbers, t: Numbers) -> Numbers:
        """Return d loss / dz (..., B) for y (..., B) and t (..., B)."""
        d_z: Numbers = self.scale * (y - t)
        return np.asarray(2 * d_z * y * (1 - y)) if self.is_square else d_z


LOSSES: Mapping[str, Loss] = {
    "sse": Loss(is_square=True),
    "half-sse": Loss(is_square=True, factor=1 / 2),
    "mse": Loss(is_square=True, is_mean=True),
    "half-mse": Loss(is_square=True, factor=1 / 2, is_mean=True),
    "cross-entropy": Loss(is_square=False),
    "mean-cross-entropy": Loss(is_square=False, is_mean=True),
}


def hidden(weights: Weights, activation: str, x: Numbers = INPUTS) -> Numbers:
    """Return the hidden responses (B, H) to the inputs x (B, 2)."""
    z = x @ weights.w1
    if weights.b1 is not None:
        z = z + weights.b1[..., np.newaxis, :]
    return ACTIVATIONS[activation].value(z)


def logits(weights: Weights, h: Numbers) -> Numbers:
    """Return the input of the output unit (B,) for the hidden responses h (B, H)."""
    z: Numbers = (h @ weights.w2)[..., 0]
    return z if weights.b2 is None else z + weights.b2


def outputs(weights: Weights, activation: str, x: Numbers = INPUTS) -> Numbers:
    """Return the outputs (B,), between 0 and 1, for the inputs x (B, 2)."""
    return sigmoid(logits(weights, hidden(weights, activation, x)))


def loss(weights: Weights, config: RunConfig) -> Numbers:
    """Return the loss () over the truth table."""
    z = logits(weights, hidden(weights, config.activation))
    return LOSSES[config.loss].value(z, np.array(config.targets))


def gradient(weights: Weights, config: RunConfig) -> Weights:
    """Return the derivative of the loss by every weight, by backpropagation."""
    h = hidden(weights, config.activation)
    y = sigmoid(logits(weights, h))
    d_z = LOSSES[config.loss].slope(y, np.array(config.targets))[..., np.newaxis]
    d_h = d_z * weights.w2.swapaxes(-1, -2) * ACTIVATIONS[config.activation].slope(h)
    return Weights(
        w1=INPUTS.T @ d_h,
        b1=None if weights.b1 is None else d_h.sum(axis=-2),
        w2=h.swapaxes(-1, -2) @ d_z,
        b2=None if weights.b2 is None else d_z.sum(axis=-2),
    )


def step(
    weights: Weights, slope: Weights, velocity: Weights | None, config: RunConfig
) -> tuple[Weights, Weights]:
    """Return the weights after one step down the gradient, and what the step added to them.

    With momentum, each step repeats a share of the velocity: of what the step before it added.
    """
    change = slope.each(lambda d: -config.rate * d)
    if velocity is not None:
        change = change.each(lambda c, v: c + config.momentum * v, velocity)
    return weights.each(add, change), change


def initial_weights(config: RunConfig) -> Weights:
    """Return the weights at step 0."""
    return weights_of(initial_parameters(config, [config.seed])[0], config)


def initial_parameters(
    config: RunConfig, seeds: Sequence[int], generator: "np.random.RandomState | None" = None
) -> Numbers:
    """Return the trainable numbers (N, P) at step 0 of N networks, which differ in their seeds.

    w1 and w2 are drawn first, so biases do not change them. A generator that is passed in is
    seeded again, which is far cheaper than making a new one.
    The scheme default-rng draws as hinton-problems does (cybertronai): see _drawn_unit_by_unit.
    """
    if config.init == "default-rng":
        return np.array([flat(_drawn_unit_by_unit(config, seed)) for seed in seeds])
    random, width = generator or np.random.RandomState(), config.width
    drawn = np.empty((len(seeds), parameter_count(config)))
    for row, seed in zip(drawn, seeds, strict=True):
        random.seed(seed)
        row[:] = _initial(config, random, len(row))
    w1, w2, b1, b2 = np.split(drawn, [2 * width, 3 * width, 4 * width], axis=1)
    return np.concatenate((w1, b1, w2, b2), axis=1)


def _initial(config: RunConfig, random: "np.random.RandomState", count: int) -> Numbers | float:
    """Return the next initial values (count,), or one for all."""
    r, p = config.init_range, config.perturbation
    match config.init:
        case "zero":
            return 0.0
        case "equal":
            return r
        case "nearly-equal":
            return np.asarray(r + random.uniform(-p, p, count))
        case _:
            return np.asarray(random.uniform(-r, r, count))


def _drawn_unit_by_unit(config: RunConfig, seed: int) -> Weights:
    """Return uniform(-r, r) weights of NumPy's default_rng, layer by layer and unit by unit.

    Biases are drawn even where they are off, and then dropped.
    """
    random, width = np.random.default_rng(seed), config.width
    shapes = ((width, 2), (width,), (1, width), (1,))
    w1, b1, w2, b2 = (config.init_range * (2 * random.random(shape) - 1) for shape in shapes)
    w1, w2 = w1.T.copy(), w2.T.copy()
    return Weights(w1, b1, w2, b2) if config.biases else Weights(w1, None, w2, None)
