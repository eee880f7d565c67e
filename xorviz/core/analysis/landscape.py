"""The loss on a plane through a network, and the way that training has come there.

Shapes: n points a side, P trainable numbers, C points of the path.
"""

from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from xorviz.core.analysis.planes import LandscapePlane, Pair, PlaneKind, plane_of, share_of_variance
from xorviz.core.arrays import Array
from xorviz.core.batch import batch_losses, flat
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot

Range = tuple[float, float]

LARGEST_LOSS = 1e30
"""Larger losses count as this one."""

_FINEST, _COARSEST = 101, 41
_UNITS = 32 * _FINEST**2
"""Hidden units worked out per row of the truth table: up to width 32 the grid is the finest."""
_UNITS_AT_ONCE = 4096
"""What a batch of networks has of them: its arrays stay in the processor's cache."""

_LEAST_SPANS = {PlaneKind.WEIGHTS: 10.0, PlaneKind.PATH: 1.0, PlaneKind.CURVATURE: 6.0}
_MARGIN = 0.15
"""Share of the path's extent that stays free on each side of it."""
_LARGEST_WEIGHT = 1e100
"""Weights beyond count as it, so that no sum of squares overflows; they saturate any unit."""


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """The losses on a plane. A value: nobody writes to it."""

    kind: PlaneKind
    config: RunConfig
    plane: LandscapePlane
    xs: Array
    """(n,) coordinates along the first direction."""
    ys: Array
    """(n,) coordinates along the second one."""
    losses: Array
    """(n, n) a row for each of ys: finite, and 0 or more."""
    path: Array
    """(C, 2) the feet on the plane of the recorded states so far; the last is the shown one."""
    share: float | None
    """How much of the path's variance lies in the plane, 0 to 1; None where it does not vary."""
    loss: float
    """At the shown network."""

    @property
    def point(self) -> tuple[float, float]:
        """Where the shown network is; it lies on the plane."""
        x, y = self.path[-1].tolist()
        return x, y

    def loss_at(self, x: float, y: float) -> float:
        """Return the exact loss at a point of the plane."""
        return float(_losses(self.plane, np.array([[x, y]]), self.config)[0])


@dataclass(frozen=True, slots=True, eq=False)
class LandscapeQuestion:
    """What the loss is on a plane of some kind through the network that is shown."""

    snapshot: Snapshot
    kind: PlaneKind
    pair: Pair
    """The two weights of a plane of weights, by their places among the P numbers."""
    zoom: int = 0
    """How often the sides of the plane are halved, around the shown network."""

    def answer(self) -> Landscape:
        """Work out the plane and the losses on it."""
        config = self.snapshot.config
        way = np.clip(path_of(self.snapshot), -_LARGEST_WEIGHT, _LARGEST_WEIGHT)
        plane = plane_of(self.kind, way, config, self.pair)
        feet = plane.points(way)
        # A curved plane of ±3 is about what is near; the other two show the whole path.
        held = feet[-1:] if self.kind is PlaneKind.CURVATURE else feet
        side = side_for(config.width)
        xs, ys = (
            np.linspace(*extent(along, _LEAST_SPANS[self.kind], self.zoom), side)
            for along in held.T
        )
        points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        losses = _losses(plane, points, config).reshape(side, side)
        share = share_of_variance(way, plane)
        return Landscape(self.kind, config, plane, xs, ys, losses, feet, share, self.snapshot.loss)


def path_of(snapshot: Snapshot) -> Array:
    """Return the recorded states before the shown one, and that (C, P)."""
    before = [c.parameters for c in snapshot.record.checkpoints if c.step < snapshot.step]
    return np.stack([*before, flat(snapshot.weights)])


def side_for(width: int) -> int:
    """Return how many points a side a network of this width can afford."""
    return int(np.clip(np.sqrt(_UNITS / width), _COARSEST, _FINEST))


def extent(along: Array, least: float, zoom: int = 0) -> Range:
    """Return round ends around coordinates (C,), so that they change rarely and in jumps.

    Zoomed in or out, they are around the last coordinate alone.
    """
    low, high, here = float(along.min()), float(along.max()), float(along[-1])
    # So wide at the least that its points are different numbers.
    least = max(least, 1e-9 * max(abs(low), abs(high)))
    spare = max(_MARGIN * (high - low), (least - (high - low)) / 2)
    step = _round_below((high - low + 2 * spare) / 4)
    low = step * floor((low - spare) / step + 1e-9)
    high = step * ceil((high + spare) / step - 1e-9)
    if zoom == 0:
        return low, high
    half = (high - low) / 2 * 2.0**-zoom
    middle = round(here / half * 4) * half / 4
    return middle - half, middle + half


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above a positive value."""
    base = 10.0 ** floor(log10(value))
    return next(m * base for m in (5, 2, 1) if m * base <= value * (1 + 1e-9))


def _losses(plane: LandscapePlane, points: Array, config: RunConfig) -> Array:
    """Return the losses (N,) at points (N, 2) of a plane, clipped to what can be drawn."""
    size = max(1, _UNITS_AT_ONCE // config.width)
    parts = [
        batch_losses(plane.networks(points[i : i + size]), config)
        for i in range(0, len(points), size)
    ]
    return np.concatenate(parts).clip(0, LARGEST_LOSS)
