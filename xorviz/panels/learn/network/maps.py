"""Small pictures for the nodes: what each hidden unit and the output answer over the square.

Shapes: H hidden units, n pixels on a side.
"""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from xorviz.core.analysis.responses import color_span, largest_responses, response_maps
from xorviz.core.analysis.surface import bounded, middles
from xorviz.core.arrays import Array
from xorviz.core.network import Weights, sigmoid
from xorviz.panels.base.square_items import level_images
from xorviz.ui.draw.isolines import Isolines
from xorviz.ui.theme.palette import Theme

_RESPONSES, _COARSEST, _FINEST = 24_000, 20, 40
"""Responses computed for a frame, and the limits of pixels on a side."""


@dataclass(frozen=True, slots=True)
class NodeMaps:
    """The pictures of all nodes at one step. A value."""

    units: list[QImage]
    """Of the hidden units (H), from the low to the high end of their activation."""
    output: QImage
    boundary: list[Array]
    """Lines (K, 2) where the output is one half, in the coordinates of the square."""

    @classmethod
    def of(cls, weights: Weights, activation: str, theme: Theme) -> "NodeMaps":
        """Compute all responses once: the output's picture is made of those of the units."""
        width = weights.w1.shape[1]
        n = min(max(math.isqrt(_RESPONSES // width), _COARSEST), _FINEST)
        answers = response_maps(weights, activation, range(width), n)
        into = np.append(weights.w2[:, 0], 0.0 if weights.b2 is None else weights.b2)
        *outgoing, bias = bounded(into).astype(answers.dtype)
        z = (outgoing @ answers.reshape(width, -1)).reshape(n, n) + bias
        # Only the scale of relu depends on the responses.
        most = largest_responses(weights, activation).max() if activation == "relu" else 1.0
        span = color_span(activation, float(most))
        shares = (answers - span.low) / (span.high - span.low)
        *units, output = level_images(np.concatenate((shares, sigmoid(z)[np.newaxis])), theme)
        at = middles(n)
        return cls(units, output, Isolines(at, at[::-1], z).at(0))
