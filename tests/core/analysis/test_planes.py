"""Planes in the space of all weights, and their names."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xorviz.core.analysis.curvature import hessian
from xorviz.core.analysis.planes import (
    PlaneKind,
    parameter_names,
    percent,
    plane_of,
    principal_directions,
    share_of_variance,
    telling_pair,
)
from xorviz.core.arrays import Array
from xorviz.core.network import flat, gradient, initial_weights, weights_of
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


@pytest.mark.parametrize("kind", PlaneKind)
@pytest.mark.parametrize("biases", [False, True])
def test_every_plane_holds_the_shown_network_and_is_orthonormal(
    kind: PlaneKind, biases: bool
) -> None:
    config = RunConfig(width=3, biases=biases)
    path = curved(9, config)
    plane = plane_of(kind, path, config, PAIR)
    assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2), abs=1e-12)
    assert plane.networks(plane.points(path[-1:]))[0] == pytest.approx(path[-1])
    assert plane.note == "" or kind is PlaneKind.CURVATURE


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
        (
            straight(9),
            "has only 9 points, so the direction up had",
            "direction 1 of the path",
            None,
        ),
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
def test_any_path_gives_a_plane(path: Array, kind: PlaneKind) -> None:
    plane = plane_of(kind, path, CONFIG, PAIR)
    assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2), abs=1e-6)
    assert np.isfinite(plane.points(path)).all()
    share = share_of_variance(path, plane)
    assert share is None or 0 <= share <= 1
