"""The colours of both themes, and colour maps."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from xorviz.core.colors import DARK_STOPS, LIGHT_STOPS, channels, signed_colors

LEVELS = 256
"""Colours in a colour map."""
_STRENGTH = 0.75
"""Share of the accent in the sequential map's strongest colour: text on it stays readable."""


@dataclass(frozen=True)
class Theme:
    """One set of colours, as #RRGGBB, how thick lines are, and whether anything moves."""

    name: str
    ground: str
    panel: str
    hairline: str
    """Edges that only decorate."""
    rule: str
    """Axes, grid lines, and edges of what can be used: 3 to 1 on ground and panel."""
    text: str
    quiet: str
    accent: str
    on_accent: str
    hover: str
    minus: str
    """Target 0 and negative values."""
    cool: str
    neutral: str
    """The middle of the map for signed values; cool and warm are near it on either side."""
    warm: str
    plus: str
    """Target 1 and positive values."""
    wrong: str
    """Text that says a row is wrong or a run has failed."""
    stroke: float = 1.0
    """Factor of line widths and of marks; larger for an audience."""
    reduced_motion: bool = False
    """Whether animations are off."""


LIGHT = Theme(
    name="light",
    ground="#F4F5F7",
    panel="#FFFFFF",
    hairline="#DFE3E8",
    rule="#848D98",
    text="#1D2630",
    quiet="#636F7C",
    accent="#0A776C",
    on_accent="#FFFFFF",
    hover="#EDF1F4",
    minus=LIGHT_STOPS[0],
    cool=LIGHT_STOPS[1],
    neutral=LIGHT_STOPS[2],
    warm=LIGHT_STOPS[3],
    plus=LIGHT_STOPS[4],
    wrong="#B3402A",
)
DARK = Theme(
    name="dark",
    ground="#14171C",
    panel="#1B1F26",
    hairline="#2C323B",
    rule="#6B7480",
    text="#E4E8EE",
    quiet="#8E99A7",
    accent="#2BB5A5",
    on_accent="#0D1513",
    hover="#262C35",
    minus=DARK_STOPS[0],
    cool=DARK_STOPS[1],
    neutral=DARK_STOPS[2],
    warm=DARK_STOPS[3],
    plus=DARK_STOPS[4],
    wrong="#F08A6C",
)


def luminance(color: str) -> float:
    """Return the relative luminance of #RRGGBB, 0 to 1 (WCAG 2.2)."""
    shares = [channel / 255 for channel in channels(color)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def mixed(one: str, other: str, share: float = 0.5) -> str:
    """Return a colour with a share of one, the rest of another. Translucent ones paint slowly."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{int(share * a + (1 - share) * b):02X}" for a, b in pairs)


def faint(color: str, alpha: int) -> QColor:
    """Return a colour with this opacity, 0 to 255."""
    found = QColor(color)
    found.setAlpha(alpha)
    return found


_EVEN = math.sqrt(1.05 * 0.05) - 0.05
"""The luminance of a colour on which black and white have the same contrast."""


def ink_on(color: str) -> str:
    """Return black or white, whichever has more contrast on a colour: at least 4.5 to 1."""
    return "#000000" if luminance(color) > _EVEN else "#FFFFFF"


@cache
def diverging(theme: Theme) -> tuple[tuple[QColor, QColor], ...]:
    """Return the map for signed values, from minus over neutral to plus.

    Each of the LEVELS colours comes with the ink for text on it.
    """
    stops = (theme.minus, theme.cool, theme.neutral, theme.warm, theme.plus)
    fills = [QColor(*rgb) for rgb in signed_colors(stops, LEVELS)]
    return tuple((fill, QColor(ink_on(fill.name()))) for fill in fills)


@cache
def rgb32(theme: Theme) -> NDArray[np.uint32]:
    """Return the same colours as pixels (LEVELS,) of QImage.Format_RGB32."""
    return np.array([fill.rgb() for fill, _ in diverging(theme)], np.uint32)


def level(value: float, limit: float) -> int:
    """Return a signed value's index in a map from -limit to limit; that of NaN is the middle."""
    if math.isnan(value):
        return LEVELS // 2
    share = (min(max(value / limit, -1.0), 1.0) + 1) / 2
    return round(share * (LEVELS - 1))


@cache
def sequential(theme: Theme) -> NDArray[np.uint8]:
    """Return the map for values without a sign, (LEVELS, 3), from low to high.

    One hue whose lightness changes evenly: readable with colour blindness and in grey.
    """
    ground, accent = (np.array(channels(c), dtype=float) for c in (theme.neutral, theme.accent))
    share = np.linspace(_STRENGTH, 0, LEVELS)[:, np.newaxis]
    return np.asarray(np.round(share * accent + (1 - share) * ground), dtype=np.uint8)
