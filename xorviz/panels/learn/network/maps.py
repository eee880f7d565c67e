"""Small pictures for the nodes: what hidden units and the output answer over the square.

Shapes: U hidden units in sight, n pixels on a side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

from xorviz.core.analysis.surface import (
    color_span,
    largest_responses,
    logit_maps,
    middles,
    response_maps,
)
from xorviz.core.arrays import Array, Pixels
from xorviz.core.network import Weights, flat, sigmoid
from xorviz.core.settings import RunConfig
from xorviz.panels.base.square_items import level_images
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import Theme

_RESPONSES, _COARSEST, _FINEST = 12_000, 16, 28
"""Responses computed for the output of a frame, and the limits of samples on a side."""
_MOST = 60_000
"""Pixels of all hidden units together."""


@dataclass(frozen=True, slots=True)
class NodeMaps:
    """The pictures of all nodes in sight at one step. A value.

    They have the pixels of the screen: Qt scales large images in other threads, which may be busy.
    """

    units: dict[int, QImage]
    """Of hidden units, from the low to the high end of their activation."""
    output: QImage
    boundary: list[Array]
    """Lines (K, 2) where the output is one half, in the coordinates of the square."""

    @classmethod
    def of(
        cls,
        weights: Weights,
        config: RunConfig,
        theme: Theme,
        units: Sequence[int],
        sides: tuple[int, int],
    ) -> "NodeMaps":
        """Compute the pictures of some hidden units and of the output, of so many pixels."""
        # Only the scale of relu depends on the responses.
        is_scaled = config.activation == "relu"
        most = largest_responses(weights, config.activation).max() if is_scaled else 1.0
        span = color_span(config.activation, float(most))
        n = max(1, min(sides[0], math.isqrt(_MOST // len(units))))
        answers = response_maps(weights, config.activation, units, n)
        images = level_images((answers - span.low) / (span.high - span.low), theme)
        n = min(max(math.isqrt(_RESPONSES // config.width), _COARSEST), _FINEST)
        z, at = logit_maps(flat(weights)[np.newaxis], config, n)[0], middles(n)
        between = _between(n, max(1, sides[1]))
        (output,) = level_images(sigmoid(between @ z @ between.T)[np.newaxis], theme)
        boundary = isolines(at, at[::-1], z)(0)
        return cls(dict(zip(units, images, strict=True)), output, boundary)


@lru_cache(maxsize=16)
def _between(n: int, pixels: int) -> Pixels:
    """Return the weights (pixels, n) of samples at each pixel; outermost ones also beyond."""
    at = np.clip((np.arange(pixels) + 0.5) / pixels * n - 0.5, 0, n - 1)
    return np.asarray(np.maximum(1 - np.abs(at[:, np.newaxis] - np.arange(n)), 0), np.float32)
