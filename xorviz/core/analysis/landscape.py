"""The loss on a plane through a network, and the path of training in it.

Shapes: n points a side, P trainable numbers, C points of the path.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from xorviz.core.analysis.planes import LandscapePlane, Pair, PlaneKind, plane_of, share_of_variance
from xorviz.core.arrays import Array
from xorviz.core.network import flat, loss, weights_of
from xorviz.core.numerals import round_below
from xorviz.core.runs.record import is_line
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig

LARGEST_LOSS = 1e30
"""Losses are clipped here."""

_FINEST, _COARSEST = 101, 41
_UNITS = 32 * _FINEST**2
"""Hidden responses computed per row: up to width 32 the grid is the finest."""
_UNITS_AT_ONCE = 4096
"""Hidden units of one batch of networks, whose arrays fit in the processor's cache."""

_LEAST_SPANS = {PlaneKind.WEIGHTS: 10.0, PlaneKind.PATH: 1.0, PlaneKind.CURVATURE: 6.0}
_MARGIN = 0.15
"""Margin on each side, as a share of the path's extent."""
_LARGEST_WEIGHT = 1e100
"""Weights are clipped here so that no sum of squares overflows; they saturate any unit."""


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """The losses on a plane. A value: never written to."""

    config: RunConfig
    plane: LandscapePlane
    xs: Array
    """(n,) coordinates along the first direction."""
    ys: Array
    """(n,) coordinates along the second one."""
    losses: Array
    """(n, n) one row for each of ys: finite and not negative."""
    path: Array
    """(C, 2) the recorded states so far, projected onto the plane; the last is the shown one."""
    share: float | None
    """Share of the path's variance in the plane, 0 to 1; None if unknown."""
    loss: float
    """Loss at the shown network."""
    step: int
    """Step of the shown network."""

    @property
    def point(self) -> tuple[float, float]:
        """Position of the shown network, which lies on the plane."""
        x, y = self.path[-1].tolist()
        return x, y

    @property
    def is_line(self) -> bool:
        """Whether a line through the path's points is the way that the run took."""
        return is_line(len(self.path), self.step)

    def loss_at(self, x: float, y: float) -> float:
        """Return the exact loss at a point of the plane."""
        return float(_losses(self.plane, np.array([[x, y]]), self.config)[0])


@dataclass(frozen=True, slots=True, eq=False)
class LandscapeQuestion:
    """The loss on a plane of some kind through the shown network."""

    snapshot: Snapshot
    kind: PlaneKind
    pair: Pair
    """Indices among the P numbers, for a plane of two weights."""
    zoom: int = 0
    """How often the sides are halved around the shown network."""

    def answer(self) -> Landscape:
        """Return the plane and the losses on it."""
        seen, config = self.snapshot, self.snapshot.config
        before = [c.parameters for c in seen.record.path if c.step < seen.step]
        path = np.stack([*before, flat(seen.weights)]).clip(-_LARGEST_WEIGHT, _LARGEST_WEIGHT)
        plane = plane_of(self.kind, path, config, self.pair)
        feet = plane.points(path)
        # A plane of curvature shows ±3 around the network; the other two show the whole path.
        shown = feet[-1:] if self.kind is PlaneKind.CURVATURE else feet
        side = int(np.clip(np.sqrt(_UNITS / config.width), _COARSEST, _FINEST))
        xs, ys = (
            np.linspace(*extent(along, _LEAST_SPANS[self.kind], self.zoom), side)
            for along in shown.T
        )
        points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        losses = _losses(plane, points, config).reshape(side, side)
        share = share_of_variance(path, plane)
        return Landscape(config, plane, xs, ys, losses, feet, share, seen.loss, seen.step)


def extent(along: Array, least: float, zoom: int = 0) -> tuple[float, float]:
    """Return round limits around coordinates (C,), which change rarely and in jumps.

    With a zoom they are centered near the last coordinate.
    """
    low, high, here = float(along.min()), float(along.max()), float(along[-1])
    # Wide enough that neighbouring points are different numbers.
    least = max(least, 1e-9 * max(abs(low), abs(high)))
    spare = max(_MARGIN * (high - low), (least - (high - low)) / 2)
    step = round_below((high - low + 2 * spare) / 4)
    low = step * floor((low - spare) / step + 1e-9)
    high = step * ceil((high + spare) / step - 1e-9)
    if zoom == 0:
        return low, high
    half = (high - low) / 2 * 2.0**-zoom
    middle = round(here / half * 4) * half / 4
    return middle - half, middle + half


@np.errstate(over="ignore")  # squares of linear outputs may be huge
def _losses(plane: LandscapePlane, points: Array, config: RunConfig) -> Array:
    """Return the clipped losses (N,) at points (N, 2) of a plane."""
    size = max(1, _UNITS_AT_ONCE // config.width)
    parts = [
        loss(weights_of(plane.networks(points[i : i + size]), config), config)
        for i in range(0, len(points), size)
    ]
    return np.concatenate(parts).clip(0, LARGEST_LOSS)
