"""What can be tried on a network that does not learn: a kick, and the way that curves down.

Shapes: P trainable numbers, in the order of batch.py.
"""

import numpy as np

from xorviz.core.analysis.curvature import Curvature
from xorviz.core.batch import batch_losses, flat, weights_of
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights, loss

_LENGTHS = 2.0 ** np.arange(-10, 6)
"""How far a network is moved along the direction down, one after another: 0.001 to 32."""


def kicked(weights: Weights, size: float, seed: int) -> Weights:
    """Return the network moved in a random direction by a distance; a seed always goes its way."""
    row = flat(weights)
    kick = np.random.RandomState(seed).normal(size=row.shape)
    shape = RunConfig(width=weights.w1.shape[1], biases=weights.b1 is not None)
    return weights_of(row + size / np.linalg.norm(kick) * kick, shape)


def followed(weights: Weights, config: RunConfig, curvature: Curvature) -> Weights | None:
    """Return the network moved along the direction that curves down most, where the loss is lower.

    All lengths from 0.001 to 32, each twice the one before, are tried to both sides, and the
    lowest loss is taken. None where no direction curves down, or none of them is lower.
    """
    if not curvature.curves_down:
        return None
    row = flat(weights)
    lengths = np.concatenate((_LENGTHS, -_LENGTHS))
    tried = row + lengths[:, np.newaxis] * curvature.direction
    with np.errstate(all="ignore"):  # from huge weights on
        losses = batch_losses(tried, config)
        before = float(loss(weights, config))
    best = int(np.argmin(np.nan_to_num(losses, nan=np.inf)))
    return weights_of(tried[best], config) if losses[best] < before else None
