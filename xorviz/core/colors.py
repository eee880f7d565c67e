"""The colours of signed values. Shapes: N colours of three channels."""

import numpy as np

from xorviz.core.arrays import Array

MINUS, PLUS = "#2E6FB7", "#E0791D"
"""Target 0 and negative values; target 1 and positive values."""
LIGHT_STOPS = (MINUS, "#C0D2EA", "#F7F7F7", "#FAD6B5", PLUS)
DARK_STOPS = (MINUS, "#2C4A75", "#282C34", "#8E5237", PLUS)
"""From minus over neutral to plus, on a light and on a dark ground."""

_NEAR_NEUTRAL = 0.3
"""Where the map for signed values, from -1 to 1, has the second colour and the fourth."""
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
"""From linear red, green, blue to the responses of the eye (Ottosson 2020, OKLab)."""
_OPPONENT = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""From their cube roots to lightness, green to red, blue to yellow."""


def signed_colors(stops: tuple[str, ...], levels: int) -> list[tuple[int, int, int]]:
    """Return the map for signed values through five colours, from minus over neutral to plus.

    What lies between two colours is mixed in OKLab, as the eye does: mixed channels of a screen
    turn grey and brown.
    """
    places = (-1, -_NEAR_NEUTRAL, 0, _NEAR_NEUTRAL, 1)
    labs = _to_oklab(np.array([channels(color) for color in stops]) / 255)
    at = np.linspace(-1, 1, levels)
    mixed = np.stack([np.interp(at, places, channel) for channel in labs.T], axis=1)
    rows = np.round(255 * _from_oklab(mixed)).astype(int).tolist()
    return [(red, green, blue) for red, green, blue in rows]


def channels(color: str) -> list[int]:
    """Return the channels of #RRGGBB."""
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def _to_oklab(rgb: Array) -> Array:
    """Return colours (N, 3) of a screen, each channel 0 to 1, in OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _CONES.T) @ _OPPONENT.T)


def _from_oklab(lab: Array) -> Array:
    """Return colours (N, 3) of OKLab for a screen, each channel 0 to 1."""
    linear = ((lab @ np.linalg.inv(_OPPONENT).T) ** 3 @ np.linalg.inv(_CONES).T).clip(0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
