"""The mathematics of network.py for many networks of one shape, each a row of numbers.

Shapes: N networks, P trainable numbers (w1 row by row, b1, w2, b2), B rows, H hidden units.
Parameters may be complex, as in network.py.
"""

import numpy as np

from xorviz.core.arrays import Numbers
from xorviz.core.config import RunConfig
from xorviz.core.network import ACTIVATIONS, INPUTS, LOSSES, Weights, sigmoid


def flat(weights: Weights) -> Numbers:
    """Return the parameters of a network as one row (P,)."""
    return np.concatenate([a.ravel() for a in weights.arrays()])


def weights_of(parameters: Numbers, config: RunConfig) -> Weights:
    """Return the network with these parameters (P,)."""
    w1, b1, w2, b2 = layers(parameters[np.newaxis], config)
    if b1 is None or b2 is None:
        return Weights(w1[0], None, w2[0][:, np.newaxis], None)
    return Weights(w1[0], b1[0], w2[0][:, np.newaxis], b2[0])


def layers(
    parameters: Numbers, config: RunConfig
) -> tuple[Numbers, Numbers | None, Numbers, Numbers | None]:
    """Return w1 (N, 2, H), b1 (N, H), w2 (N, H), b2 (N, 1) as views of parameters (N, P).

    Biases that are off are None.
    """
    width = config.width
    w1 = parameters[:, : 2 * width].reshape(-1, 2, width)
    if not config.biases:
        return w1, None, parameters[:, 2 * width :], None
    b1, w2, b2 = np.split(parameters[:, 2 * width :], [width, 2 * width], axis=1)
    return w1, b1, w2, b2


def batch_outputs(parameters: Numbers, config: RunConfig) -> Numbers:
    """Return the outputs (N, B) of networks (N, P) over the truth table."""
    return sigmoid(_logits(parameters, config))


def batch_losses(parameters: Numbers, config: RunConfig) -> Numbers:
    """Return the losses (N,) of networks (N, P)."""
    z = _logits(parameters, config)
    return np.asarray(LOSSES[config.loss].value(z, np.array(config.targets)))


def batch_gradients(parameters: Numbers, config: RunConfig) -> Numbers:
    """Return the gradients (N, P) of the losses of networks (N, P), by backpropagation."""
    w1, b1, w2, _ = layers(parameters, config)
    h = _hidden(w1, b1, config)
    y = sigmoid(_logits(parameters, config, h))
    d_z = LOSSES[config.loss].slope(y, np.array(config.targets))
    d_w2 = np.matmul(d_z[:, np.newaxis], h)[:, 0]
    d_h = d_z[:, :, np.newaxis] * w2[:, np.newaxis] * ACTIVATIONS[config.activation].slope(h)
    d_w1 = np.matmul(INPUTS.T, d_h).reshape(len(parameters), -1)
    if not config.biases:
        return np.concatenate((d_w1, d_w2), axis=1)
    d_b2 = d_z.sum(axis=1, keepdims=True)
    return np.concatenate((d_w1, d_h.sum(axis=1), d_w2, d_b2), axis=1)


def _hidden(w1: Numbers, b1: Numbers | None, config: RunConfig) -> Numbers:
    """Return the hidden responses (N, B, H)."""
    z = np.matmul(INPUTS, w1)
    if b1 is not None:
        z += b1[:, np.newaxis]
    return ACTIVATIONS[config.activation].value(z)


def _logits(parameters: Numbers, config: RunConfig, h: Numbers | None = None) -> Numbers:
    """Return the inputs of the output units (N, B)."""
    w1, b1, w2, b2 = layers(parameters, config)
    h = _hidden(w1, b1, config) if h is None else h
    z = np.matmul(h, w2[:, :, np.newaxis])[:, :, 0]
    return np.asarray(z if b2 is None else z + b2)
