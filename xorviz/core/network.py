"""A two-layer network on a truth table: forward pass, loss and gradient, written to be read.

Shapes: B rows, H hidden units, P trainable numbers: w1 row by row, b1, w2, b2. All functions take
many networks at once, where their arrays have more axes before these. Weights may be complex, so
that a complex step differentiates every function here (Squire and Trapp 1998).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS

INPUTS: Array = np.array(ROWS, dtype=float)
"""(4, 2) the truth table."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The numbers that stand for the two values of inputs and targets.

    A share is 0 at the one and 1 at the other.
    """

    low: float
    high: float = 1.0

    @property
    def span(self) -> float:
        """The distance of the two."""
        return self.high - self.low

    def value(self, share: Numbers) -> Numbers:
        """Return what shares stand for: bits as inputs or targets, say."""
        return np.asarray(self.low + self.span * share)

    def share(self, value: Numbers) -> Numbers:
        """Return values as shares: outputs on the scale on which the targets are 0 and 1."""
        return np.asarray((value - self.low) / self.span)


CODINGS: Mapping[str, Coding] = {"zero-one": Coding(0.0), "plus-minus": Coding(-1.0)}
_INPUTS = {name: coding.value(INPUTS) for name, coding in CODINGS.items()}


def inputs(config: RunConfig) -> Array:
    """Return the truth table (4, 2) as the network gets it."""
    return _INPUTS[config.coding]


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
"""Of hidden units."""
UNITS: Mapping[str, Activation] = {**ACTIVATIONS, "linear": Activation(np.asarray, np.ones_like)}
"""Of hidden and output units."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of all rows: their sum or their mean."""

    is_square: bool
    """Whether it is made of squared errors; otherwise of cross-entropies, in nats."""
    factor: float = 1.0
    """What the sum or the mean is multiplied by."""
    is_mean: bool = False

    @property
    def scale(self) -> float:
        """What each row's part of the loss is multiplied by."""
        return self.scale_of(len(ROWS))

    def scale_of(self, rows: int) -> float:
        """Return the same for a loss of fewer rows: a mean is one over these."""
        return self.factor / rows if self.is_mean else self.factor


LOSSES: Mapping[str, Loss] = {
    "sse": Loss(is_square=True),
    "half-sse": Loss(is_square=True, factor=1 / 2),
    "mse": Loss(is_square=True, is_mean=True),
    "half-mse": Loss(is_square=True, factor=1 / 2, is_mean=True),
    "cross-entropy": Loss(is_square=False),
    "mean-cross-entropy": Loss(is_square=False, is_mean=True),
}


@dataclass(frozen=True, slots=True)
class Head:
    """What becomes of the input z of the output unit: its output y, errors and a loss.

    The targets are bits; those that outputs are compared with follow from the coding.
    """

    unit: Activation
    of_loss: Loss
    coding: Coding
    middle: float
    """The z whose output is halfway between the two targets; minus infinity if it always is above.
    """

    def outputs(self, z: Numbers) -> Numbers:
        """Return y (..., B)."""
        return self.unit.value(z)

    def shares(self, z: Numbers) -> Numbers:
        """Return the outputs (..., B) on the scale on which the targets are 0 and 1."""
        return self.coding.share(self.outputs(z))

    def errors(self, y: Numbers, bits: Numbers) -> Numbers:
        """Return the absolute errors (..., B) of outputs, on the same scale."""
        return np.asarray(np.abs(self.coding.share(y) - bits))

    @property
    def ends(self) -> tuple[float, float]:
        """The shares of the lowest and of the highest output."""
        low, high = self.shares(np.array((-np.inf, np.inf))).tolist()
        return low, high

    def loss(self, z: Numbers, bits: Numbers) -> Numbers:
        """Return the loss (...) for z (..., B) and targets (..., B)."""
        # ln(1 + exp(z)) - t z equals -t ln(y) - (1-t) ln(1-y), and is finite for every finite z.
        if self.of_loss.is_square:
            parts = (self.coding.value(bits) - self.outputs(z)) ** 2
        else:
            parts = np.logaddexp(0, z) - bits * z
        total: Numbers = (self.of_loss.scale * parts).sum(axis=-1)
        return total

    def slope(self, y: Numbers, bits: Numbers) -> Numbers:
        """Return d loss / dz (..., B) for y (..., B) and targets (..., B): of all B rows."""
        d_z: Numbers = self.of_loss.scale_of(y.shape[-1]) * (y - self.coding.value(bits))
        return np.asarray(2 * d_z * self.unit.slope(y)) if self.of_loss.is_square else d_z


_INVERSES: Mapping[str, Callable[[float], float]] = {
    "sigmoid": lambda y: np.log(y / (1 - y)) if y > 0 else -np.inf,
    "tanh": np.arctanh,
    "linear": float,
}
"""Output -> z."""


def level_of(share: float, output: str, coding: str) -> float:
    """Return the z whose output is at a share from 0 to 1; minus infinity if all are above it."""
    return float(_INVERSES[output](float(CODINGS[coding].value(np.array(share)))))


@cache
def _head(output: str, loss: str, coding: str) -> Head:
    return Head(UNITS[output], LOSSES[loss], CODINGS[coding], level_of(0.5, output, coding))


def head_of(config: RunConfig) -> Head:
    """Return what becomes of the logits of a network with these settings."""
    return _head(config.output, config.loss, config.coding)


def hidden(weights: Weights, config: RunConfig, x: Numbers | None = None) -> Numbers:
    """Return the hidden responses (B, H) to the inputs x (B, 2), by default the truth table."""
    z = (inputs(config) if x is None else x) @ weights.w1
    if weights.b1 is not None:
        z = z + weights.b1[..., np.newaxis, :]
    return ACTIVATIONS[config.activation].value(z)


def logits(weights: Weights, h: Numbers) -> Numbers:
    """Return the input of the output unit (B,) for the hidden responses h (B, H)."""
    z: Numbers = (h @ weights.w2)[..., 0]
    return z if weights.b2 is None else z + weights.b2


def outputs(weights: Weights, config: RunConfig, x: Numbers | None = None) -> Numbers:
    """Return the outputs (B,) for the inputs x (B, 2), by default the truth table."""
    return head_of(config).outputs(logits(weights, hidden(weights, config, x)))


def loss(weights: Weights, config: RunConfig) -> Numbers:
    """Return the loss () over the truth table."""
    z = logits(weights, hidden(weights, config))
    return head_of(config).loss(z, np.array(config.targets))


_ALL = tuple(range(len(ROWS)))


def gradient(weights: Weights, config: RunConfig, rows: Sequence[int] = _ALL) -> Weights:
    """Return the derivative of the loss of some rows by every weight, by backpropagation."""
    x, bits = inputs(config)[list(rows)], np.array(config.targets)[list(rows)]
    head = head_of(config)
    h = hidden(weights, config, x)
    y = head.outputs(logits(weights, h))
    d_z = head.slope(y, bits)[..., np.newaxis]
    d_h = d_z * weights.w2.swapaxes(-1, -2) * ACTIVATIONS[config.activation].slope(h)
    return Weights(
        w1=x.T @ d_h,
        b1=None if weights.b1 is None else d_h.sum(axis=-2),
        w2=h.swapaxes(-1, -2) @ d_z,
        b2=None if weights.b2 is None else d_z.sum(axis=-2),
    )


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
    if config.init == "fan-in":
        w1, b1, w2, b2 = (
            part / np.sqrt(n) for part, n in ((w1, 2), (b1, 2), (w2, width), (b2, width))
        )
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
        case "fan-in":
            return np.asarray(random.uniform(-1.0, 1.0, count))
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
