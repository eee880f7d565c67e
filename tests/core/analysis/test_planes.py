"""Planes in the space of all weights, their names, losses on them and the path of training."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.snapshots import QUICK, trained, with_weights
from xorviz.core.analysis.curvature import hessian
from xorviz.core.analysis.planes import (
    LARGEST_LOSS,
    Landscape,
    LandscapeQuestion,
    PlaneKind,
    extent,
    parameter_names,
    percent,
    plane_of,
    principal_directions,
    share_of_variance,
    telling_pair,
)
from xorviz.core.arrays import Array
from xorviz.core.network import flat, gradient, initial_weights, loss, weights_of
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig

CONFIG = RunConfig(width=2)
NAMES = [*("w1[x1→h1]", "w1[x1→h2]", "w1[x2→h1]", "w1[x2→h2]"), *("w2[h1→o]", "w2[h2→o]")]
PAIR = (4, 5)


def here(config: RunConfig = CONFIG) -> Array:
    """Return a network as a path of one point (1, P)."""
    return flat(initial_weights(config))[np.newaxis]


def curved(points: int = 40, config: RunConfig = CONFIG, seed: int = 0) -> Array:
    """Return a path that turns within many dimensions."""
    random = np.random.RandomState(seed)
    return np.cumsum(random.randn(points, here(config).shape[1]) + 0.3, axis=0)


def straight(points: int) -> Array:
    """Return a path along one weight."""
    return np.asarray(here() + np.linspace(0, 2, points)[:, np.newaxis] * np.eye(6)[0])


def assert_same_lines(directions: Array, others: Array) -> None:
    """Check that directions are the same but for their signs."""
    assert np.abs((directions * others).sum(axis=1)) == pytest.approx(1, abs=1e-9)


def test_names_are_in_the_order_of_the_parameters() -> None:
    assert parameter_names(CONFIG) == NAMES
    with_biases = parameter_names(replace(CONFIG, biases=True))
    assert with_biases == [*NAMES[:4], "b1[h1]", "b1[h2]", *NAMES[4:], "b2"]


def test_the_default_pair_is_the_two_largest_outgoing_weights_or_of_one_unit_its_own() -> None:
    for biases in (False, True):
        config = RunConfig(width=4, biases=biases)
        outgoing = np.array([[0.1], [-3.0], [0.2], [2.0]])
        weights = replace(initial_weights(config), w2=outgoing)
        names = parameter_names(config)
        assert [names[i] for i in telling_pair(weights, config)] == ["w2[h2→o]", "w2[h4→o]"]
    alone = RunConfig(width=1)
    assert telling_pair(initial_weights(alone), alone) == (0, 1)


def test_coordinates_of_a_plane_of_weights_are_their_values() -> None:
    path = curved()
    plane = plane_of(PlaneKind.WEIGHTS, path, CONFIG, (5, 1))
    assert plane.names == ("w2[h2→o]", "w1[x1→h2]")
    assert plane.points(path) == pytest.approx(path[:, [5, 1]])
    expected = path[-1].copy()
    expected[[5, 1]] = 7, -2
    assert plane.networks(np.array([[7.0, -2.0]]))[0] == pytest.approx(expected)


@pytest.mark.parametrize("points", [4, 40])
@pytest.mark.parametrize("seed", range(3))
def test_a_path_leads_right_and_up_along_the_directions_of_the_svd(points: int, seed: int) -> None:
    path = curved(points, seed=seed)
    directions, shares = principal_directions(path)
    _, sizes, expected = np.linalg.svd(path - path.mean(axis=0))
    assert_same_lines(directions, expected[:2])
    assert shares == pytest.approx(sizes[:2] ** 2 / (sizes**2).sum())
    plane = plane_of(PlaneKind.PATH, path, CONFIG, PAIR)
    assert_same_lines(plane.directions, expected[:2])
    assert plane.points(path)[0] == pytest.approx(0, abs=1e-9)
    assert (plane.points(path).mean(axis=0) > 0).all()


def test_the_share_of_variance_is_told() -> None:
    path = np.zeros((12, 6))
    path[:, 0] = [-3, 3, -3, 3] * 3  # squares sum to 9 times
    path[:, 4] = [-1, -1, 1, 1] * 3  # as much as these
    plane = plane_of(PlaneKind.PATH, path, CONFIG, PAIR)
    assert ["90 %" in plane.names[0], "10 %" in plane.names[1]] == [True, True]
    assert share_of_variance(path, plane) == pytest.approx(1)
    weights = plane_of(PlaneKind.WEIGHTS, path, CONFIG, PAIR)
    assert share_of_variance(path, weights) == pytest.approx(1 / 10)
    texts = {1.0: "100 %", 0.9999: "over 99.9 %", 0.964: "96.4 %", 0.62: "62 %", 0.051: "5.1 %"}
    texts |= {0.0: "under 0.1 %", 0.001: "0.1 %", 0.1: "10 %", 0.95: "95 %"}
    assert {share: percent(share) for share in texts} == texts


@pytest.mark.parametrize(
    ("path", "said", "first", "share"),
    [
        (straight(10), "is a straight line, so the direction up had", "direction 1 (100 %", 1),
        (straight(9), "has only 9 points, so the direction up", "direction 1 of the path", None),
        (here(), "has only one point, so the directions had", "gradient", None),
        (here().repeat(10, axis=0), "does not move, so the directions had", "gradient", None),
    ],
)
def test_a_path_without_two_directions_gets_the_gradient_and_perhaps_a_weight(
    path: Array, said: str, first: str, share: float | None
) -> None:
    plane = plane_of(PlaneKind.PATH, path, CONFIG, PAIR)
    assert plane.note.startswith(f"The path so far {said}")
    assert plane.names[0].startswith(first)
    assert share_of_variance(path, plane) == (None if share is None else pytest.approx(share))
    slope = flat(gradient(weights_of(path[-1], CONFIG), CONFIG))
    if first == "gradient":
        assert plane.names[1] == NAMES[0]
        assert_same_lines(plane.directions[:1], slope[np.newaxis] / np.linalg.norm(slope))
    else:
        assert plane.names[1].startswith("gradient")
        slope[0] = 0
        assert_same_lines(plane.directions[1:], slope[np.newaxis] / np.linalg.norm(slope))


def test_the_plane_of_curvature_has_gradient_and_lowest_curvature() -> None:
    path = here()
    plane = plane_of(PlaneKind.CURVATURE, path, CONFIG, PAIR)
    slope = flat(gradient(weights_of(path[0], CONFIG), CONFIG))
    values, vectors = np.linalg.eigh(hessian(weights_of(path[0], CONFIG), CONFIG))
    across = slope / np.linalg.norm(slope)
    assert plane.directions[0] == pytest.approx(across)
    up = vectors[:, 0] - vectors[:, 0] @ across * across
    assert_same_lines(plane.directions[1:], up[np.newaxis] / np.linalg.norm(up))
    assert values[0] < 0
    assert plane.names[1].startswith("lowest curvature (−")
    assert plane.note == ""
    assert plane.points(path)[0] == pytest.approx([0, 0])


def test_without_a_gradient_the_extreme_curvatures_span_the_plane() -> None:
    config = RunConfig(width=2, activation="tanh")
    path = np.zeros((1, 6))  # every output one half: the errors cancel
    plane = plane_of(PlaneKind.CURVATURE, path, config, PAIR)
    second = hessian(weights_of(path[0], config), config)
    values = np.linalg.eigvalsh(second)
    curvatures = [d @ second @ d for d in plane.directions]
    assert curvatures == pytest.approx([values[0], values[-1]])
    assert plane.note.startswith("The gradient vanishes here")
    assert [name.split()[0] for name in plane.names] == ["lowest", "highest"]
    assert all(d[np.argmax(np.abs(d))] > 0 for d in plane.directions)  # so that it does not flip
    config = RunConfig(width=1, activation="relu", loss="cross-entropy", biases=True)
    path = np.array([[-1.0, -1.0, -1.0, 0.0, 2.0]])  # only b2 counts, and it curves up
    assert plane_of(PlaneKind.CURVATURE, path, config, PAIR).note.startswith("No direction curves")


@given(arrays(float, (10, 6), elements=st.floats(-1e100, 1e100)), st.sampled_from(list(PlaneKind)))
def test_any_path_gives_a_plane_that_holds_the_shown_network(path: Array, kind: PlaneKind) -> None:
    plane = plane_of(kind, path, CONFIG, PAIR)
    held = plane.networks(plane.points(path[-1:]))[0]
    assert held == pytest.approx(path[-1], abs=1e-9 * max(1, np.abs(path).max()))
    assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2), abs=1e-6)
    assert np.isfinite(plane.points(path)).all()
    share = share_of_variance(path, plane)
    assert share is None or 0 <= share <= 1


KINDS = list(PlaneKind)
OUTGOING = (6, 7)


def recorded(config: RunConfig = QUICK, steps: int = 300) -> Snapshot:
    run = Recording(config)
    run.advance(steps)
    return run.snapshot()


def asked(snapshot: Snapshot, kind: PlaneKind) -> Landscape:
    return LandscapeQuestion(snapshot, kind, OUTGOING).answer()


@pytest.mark.parametrize(
    ("points", "step", "is_line"), [(1, 0, True), (3, 2, True), (3, 60, False), (10, 60_000, True)]
)
def test_a_line_needs_every_step_or_many(points: int, step: int, is_line: bool) -> None:
    landscape = asked(trained(QUICK), PlaneKind.WEIGHTS)
    assert replace(landscape, path=np.zeros((points, 2)), step=step).is_line == is_line


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", ["sse", "cross-entropy"])
def test_losses_are_those_of_the_networks_on_the_plane(kind: PlaneKind, function: str) -> None:
    config = replace(QUICK, loss=function)
    snapshot = recorded(config)
    landscape = asked(snapshot, kind)
    plane = landscape.plane
    for i, j in np.random.RandomState(0).randint(0, len(landscape.xs), (20, 2)):
        x, y = float(landscape.xs[j]), float(landscape.ys[i])
        network = plane.origin + x * plane.directions[0] + y * plane.directions[1]
        expected = float(loss(weights_of(network, config), config))
        assert landscape.losses[i, j] == pytest.approx(expected)
        assert landscape.loss_at(x, y) == pytest.approx(expected)
    assert landscape.loss == snapshot.loss
    assert landscape.loss_at(*landscape.point) == pytest.approx(snapshot.loss)
    ends = [*landscape.xs[[0, -1]], *landscape.ys[[0, -1]]]
    if kind is PlaneKind.CURVATURE:
        assert ends == [-3, 3, -3, 3]
        nearer = LandscapeQuestion(snapshot, kind, OUTGOING, zoom=1).answer()
        assert nearer.xs[[0, -1]].tolist() == [-1.5, 1.5]
    else:  # the whole path is within
        for along, low, high in zip(landscape.path.T, ends[::2], ends[1::2], strict=True):
            assert low < along.min() <= along.max() < high


def test_the_path_ends_at_the_shown_step() -> None:
    run = Recording(QUICK)
    run.advance(300)
    snapshot = run.state_at(100)
    landscape = asked(snapshot, PlaneKind.PATH)
    before = sum(c.step < 100 for c in snapshot.record.checkpoints)
    assert len(landscape.path) == before + 1
    shown = landscape.plane.networks(landscape.path[-1:])[0]
    np.testing.assert_allclose(shown, flat(snapshot.weights), rtol=1e-12)


def test_without_checkpoints_the_path_is_the_shown_network() -> None:
    snapshot = trained(QUICK)
    bare = replace(snapshot, record=replace(snapshot.record, checkpoints=()))
    landscape = asked(bare, PlaneKind.PATH)
    assert landscape.path.tolist() == [[0, 0]]
    assert landscape.share is None
    assert landscape.plane.note


def test_wide_networks_get_a_coarser_grid() -> None:
    for width, side in ((3, 101), (32, 101), (64, 71)):
        landscape = asked(recorded(RunConfig(width=width), 20), PlaneKind.PATH)
        assert landscape.losses.shape == (side, side)


def test_the_extent_is_round_and_changes_in_jumps() -> None:
    assert extent(np.array([0.4, -0.3]), 10.0) == (-6, 6)
    reached = {extent(np.array([0.0, end]), 10.0) for end in np.linspace(0, 8, 400)}
    assert len(reached) <= 8


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=5), st.integers(-4, 8))
def test_the_extent_is_around_the_shown_network(along: list[float], zoom: int) -> None:
    low, high = extent(np.array(along), 1.0, zoom)
    assert low < high
    assert low <= along[-1] <= high
    if zoom == 0:
        assert low <= min(along) <= max(along) <= high


def test_each_zoom_halves_the_sides() -> None:
    along = np.array([0.0, 3.3])
    sides = [high - low for low, high in (extent(along, 1.0, zoom) for zoom in (-1, 0, 1, 2))]
    assert sides == pytest.approx([sides[1] * factor for factor in (2, 1, 1 / 2, 1 / 4)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fill", [0.0, 1e6, 1e80, 1e307, -1e155, -1e307])
@pytest.mark.parametrize("of", [{"loss": "cross-entropy"}, {"output": "linear"}])
def test_any_weights_give_finite_losses(kind: PlaneKind, fill: float, of: dict[str, str]) -> None:
    activation = {0.0: "sigmoid", 1e6: "tanh"}.get(fill, "relu")
    config = replace(RunConfig(activation=activation, biases=True), **of)  # type: ignore[arg-type]
    landscape = asked(with_weights(config, fill), kind)
    assert np.isfinite(landscape.losses).all()
    assert 0 <= landscape.losses.min() <= landscape.losses.max() <= LARGEST_LOSS
