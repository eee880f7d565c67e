"""Planes in the space of all weights, the loss on them, and the path of training in them.

Shapes: P trainable numbers in the order of network.py, C points of a path, the last of them the
shown network, n points a side of a grid. The directions are orthonormal, so that distances on a
plane are distances between networks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from math import ceil, floor

import numpy as np

from xorviz.core import numerals
from xorviz.core.analysis.curvature import hessian
from xorviz.core.arrays import Array
from xorviz.core.network import Weights, flat, gradient, loss, parameter_count, weights_of
from xorviz.core.numerals import round_below
from xorviz.core.runs.record import is_line, is_telling, weight_name, weight_shapes
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig

Pair = tuple[int, int]

_VANISHING = 1e-9
"""Gradients up to this norm have no direction."""
_DISTINCT = 1e-6
"""Least part of a unit vector across the first direction that makes it a second one."""

LARGEST_LOSS = 1e30
"""Losses are clipped here."""

_FINEST, _COARSEST = 101, 41
_UNITS = 32 * _FINEST**2
"""Hidden responses computed per row: up to width 32 the grid is the finest."""
_UNITS_AT_ONCE = 4096
"""Hidden units of one batch of networks, whose arrays fit in the processor's cache."""

_MARGIN = 0.15
"""Margin on each side, as a share of the path's extent."""
_LARGEST_WEIGHT = 1e100
"""Weights are clipped here so that no sum of squares overflows; they saturate any unit."""


class PlaneKind(Enum):
    """The directions that span a plane."""

    WEIGHTS = "weights"
    """Two of the P numbers."""
    PATH = "path"
    """The first two principal components of the path so far."""
    CURVATURE = "curvature"
    """The gradient and the direction of lowest curvature."""


_LEAST_SPANS = {PlaneKind.WEIGHTS: 10.0, PlaneKind.PATH: 1.0, PlaneKind.CURVATURE: 6.0}
"""Least sides of what is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class LandscapePlane:
    """A plane: its origin, directions and axis names."""

    origin: Array
    """(P,) the network at (0, 0)."""
    directions: Array
    """(2, P) horizontal and vertical."""
    names: tuple[str, str]
    note: str = ""
    """One sentence, if the plane differs from the requested kind."""

    def networks(self, points: Array) -> Array:
        """Return the networks (N, P) at points (N, 2) of the plane."""
        return self.origin + points @ self.directions

    def points(self, networks: Array) -> Array:
        """Return the projections (N, 2) of networks (N, P) onto the plane."""
        return np.asarray((networks - self.origin) @ self.directions.T)


def parameter_names(config: RunConfig) -> list[str]:
    """Return the names of the P trainable numbers: w1[x1→h3], b2."""
    shapes = weight_shapes(config).items()
    return [weight_name(field, index) for field, shape in shapes for index in np.ndindex(*shape)]


def telling_pair(weights: Weights, config: RunConfig) -> Pair:
    """Return the indices of the two largest weights of w2, or of w1 at width 1."""
    if config.width == 1:
        return 0, 1
    first = parameter_count(config) - config.width - config.biases
    one, other = sorted(np.argsort(-np.abs(weights.w2[:, 0]), kind="stable")[:2].tolist())
    return first + one, first + other


def plane_of(kind: PlaneKind, path: Array, config: RunConfig, pair: Pair) -> LandscapePlane:
    """Return the plane of this kind through the last network of a path (C, P)."""
    if kind is PlaneKind.PATH:
        return _plane_of_path(path, config)
    if kind is PlaneKind.CURVATURE:
        return _plane_of_curvature(path[-1], config)
    names, axes, origin = parameter_names(config), list(pair), path[-1].copy()
    origin[axes] = 0
    return LandscapePlane(origin, np.eye(len(origin))[axes], (names[pair[0]], names[pair[1]]))


def _plane_of_path(path: Array, config: RunConfig) -> LandscapePlane:
    """Return the plane of most variance, with the start of the path at (0, 0)."""
    directions, shares = principal_directions(path)
    is_long = is_telling(len(path))
    named = []
    for number, (direction, share) in enumerate(zip(directions, shares, strict=True), start=1):
        held = f"({percent(share)} of the path’s variance)" if is_long else "of the path"
        named.append((f"direction {number} {held}", direction))
    spare = (_gradient(path[-1], config), *_axes(config))
    note = ""
    if len(named) < 2:
        state = "is a straight line" if named else "does not move"
        if not is_long:
            state = "has only one point" if len(path) == 1 else f"has only {len(path)} points"
        missing = "direction up" if named else "directions"
        note = f"The path so far {state}, so the {missing} had to be chosen otherwise."
    plane = _spanned(path[-1], (*named, *spare), note)
    # The start of the path is at (0, 0), and its mean to the right and above.
    mean = (path - path[0]).mean(axis=0) @ plane.directions.T
    directions = plane.directions * np.where(mean < 0, -1, 1)[:, np.newaxis]
    end = (path[-1] - path[0]) @ directions.T
    return LandscapePlane(path[-1] - end @ directions, directions, plane.names, plane.note)


def principal_directions(path: Array) -> tuple[Array, Array]:
    """Return the first principal components (K, P) and their shares of the variance (K,).

    K is 2, or less where the path varies in fewer directions. After Li et al. 2018, "Visualizing
    the loss landscape of neural nets": the components of w_i - w_n, about their mean.
    """
    deviations = _deviations(path)
    if not deviations.any():
        return np.empty((0, path.shape[1])), np.empty(0)
    # The smaller of two square matrices: a path has up to 512 points.
    if path.shape[0] > path.shape[1]:
        deviations = np.asarray(np.linalg.qr(deviations, mode="r"))
    _, sizes, directions = np.linalg.svd(deviations, full_matrices=False)
    kept = int((sizes[:2] > _DISTINCT * sizes[0]).sum())
    return directions[:kept], sizes[:kept] ** 2 / (sizes**2).sum()


def share_of_variance(path: Array, plane: LandscapePlane) -> float | None:
    """Return the share of the path's variance in a plane.

    None if the path does not vary, or has too few points.
    """
    deviations = _deviations(path)
    if not deviations.any() or not is_telling(len(path)):
        return None
    within = ((deviations @ plane.directions.T) ** 2).sum()
    return float(min(within / (deviations**2).sum(), 1.0))


def _deviations(path: Array) -> Array:
    """Return the path's deviations from its mean (C, P), over the largest one; 0 if all are."""
    deviations = path - path.mean(axis=0)
    scale = float(np.abs(deviations).max())
    # The mean of equal numbers can differ from them by rounding.
    return deviations / scale if scale > 1e-12 * np.abs(path).max() else np.zeros_like(path)


def _plane_of_curvature(here: Array, config: RunConfig) -> LandscapePlane:
    """Return the plane of gradient and lowest curvature, with this network at (0, 0)."""
    steepest = _gradient(here, config)
    values, vectors = np.linalg.eigh(hessian(weights_of(here, config), config))
    curvatures = (
        (f"{name} curvature ({numerals.real(float(values[i]), 2)})", _signed(vectors[:, i]))
        for name, i in (("lowest", 0), ("highest", -1))
    )
    note = ""
    if not steepest[1].any():
        note = "The gradient vanishes here: the axes are the lowest and the highest curvature."
    elif values[0] >= 0:
        note = "No direction curves down here: up is the one that curves least."
    return _spanned(here, (steepest, *curvatures, *_axes(config)), note)


def _signed(vector: Array) -> Array:
    """Return an eigenvector with its largest component positive, so that the plot does not flip."""
    return vector * (-1 if vector[np.argmax(np.abs(vector))] < 0 else 1)


def _gradient(here: Array, config: RunConfig) -> tuple[str, Array]:
    """Return the name and direction of the gradient, uphill; zero where it vanishes."""
    uphill = flat(gradient(weights_of(here, config), config))
    largest = float(np.abs(uphill).max())  # whose square may overflow
    slope = largest * float(np.linalg.norm(uphill / (largest or 1.0)))
    if slope <= _VANISHING:
        return "", np.zeros_like(here)
    return f"gradient (slope {numerals.real(slope, 2)})", uphill / slope


def _axes(config: RunConfig) -> Iterator[tuple[str, Array]]:
    """Yield the coordinate axes with their names."""
    names = parameter_names(config)
    yield from zip(names, np.eye(len(names)), strict=True)


def _spanned(here: Array, candidates: Iterable[tuple[str, Array]], note: str) -> LandscapePlane:
    """Return the plane of the first two candidates that are linearly independent."""
    names: list[str] = []
    directions = np.empty((0, len(here)))
    remaining = iter(candidates)
    while len(names) < 2:
        name, candidate = next(remaining)
        across = candidate - candidate @ directions.T @ directions
        length = float(np.linalg.norm(across))
        if length > _DISTINCT:
            names.append(name)
            directions = np.vstack((directions, across / length))
    return LandscapePlane(here, directions, (names[0], names[1]), note)


def percent(share: float) -> str:
    """Return a share in percent; only all of it reads as 100 %."""
    if share < 0.001:
        return "under 0.1 %"
    if 0.9995 <= share < 1 - 1e-9:
        return "over 99.9 %"
    return f"{numerals.fixed(100 * share, int(share < 0.1 or 0.95 < share < 1 - 1e-9))} %"


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
